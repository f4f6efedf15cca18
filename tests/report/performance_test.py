#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""courant report performance, of a day of made-up samples: what it says, that all its forms say the same, and what it does without data."""
import csv
import datetime
import email
import email.policy
import io
import re
import statistics

import tap

from forms import leaves, make, plain, save, shape

NOW = "2026-11-10T05:52:10+08:00"
FROM = datetime.datetime.fromisoformat("2026-11-09T05:50:00+08:00")
TO = FROM + datetime.timedelta(days=1)
PLACE = tap.folder()
SOURCES = ["system=system.rrd", "mysql=mysql.rrd", "--timezone", "Asia/Shanghai"]
_saved = {}


def samples():
	if not (PLACE / "system.rrd").exists():
		make(PLACE, "courant-sample-metrics", "machine", PLACE)
	return PLACE


def report(language):
	if language not in _saved:
		_saved[language] = save(samples(), "performance", *SOURCES, "--language", language, now=NOW)
	return _saved[language]


@tap.test
def the_mail_is_alternative_within_related():
	saved = report("zh")
	mail = email.message_from_bytes(saved.raw, policy=email.policy.strict)
	for part in mail.walk():
		tap.check_equal(part.defects, [])
	tap.check_equal(shape(mail), ["related", ["alternative", "text/plain", "text/html"], *["image/png"] * 7])
	tap.check_equal(mail.get_param("type"), "multipart/alternative")
	ids = [part["Content-ID"].strip("<>") for part in leaves(mail, "image/png")]
	page = leaves(mail, "text/html")[0].get_content()
	tap.check_equal(re.findall(r'src="cid:([^"]+)"', page), ids)
	for part in leaves(mail, "image/png"):
		tap.row(part["Content-ID"])
		tap.check_equal(part.get_content_disposition(), "inline")
		tap.check(part.get_filename().endswith(".png"), "a file name")
		tap.check(part.get_content()[:8] == b"\x89PNG\r\n\x1a\n" and len(part.get_content()) < 20480, "a PNG of less than 20 KB")
	tap.check(len(page.encode()) <= 80_000, "HTML over 80 KB")
	tap.check(len(leaves(mail, "text/html")[0].as_bytes()) <= 100_000, "encoded HTML over 100 KB")
	tap.check(max(map(len, saved.raw.split(b"\r\n"))) <= 998, "a line over 998 bytes")


@tap.test
def the_saved_page_finds_its_pictures():
	saved = report("en")
	names = [attributes["src"] for tag, attributes in saved.page.tags if tag == "img"]
	tap.check_equal(sorted(names), [path.name for path in saved.pictures])
	tap.check_equal([attributes.get("width") for tag, attributes in saved.page.tags if tag == "img"], ["314"] * 7)
	sent = [part.get_content() for part in leaves(saved.mail, "image/png")]
	tap.check(sorted(path.read_bytes() for path in saved.pictures) == sorted(sent), "the same pictures as in the mail")


VERDICT = [
	("zh", "[注意] 内存几乎占满：已用 24.0 GiB，总量 24.1 GiB；其余正常。", "12:40-14:10", "业务性能数据报表 · 11月9日 05:50–11月10日 05:50 · 注意：内存已用 99.6%"),
	("en", "[Attention] Memory is nearly full: 24.0 GiB of 24.1 GiB used; all else is normal.", "12:40 to 14:10", None),
]


@tap.test
def the_verdict_names_memory_and_the_gap():
	for language, sentence, gap, subject in VERDICT:
		tap.row(language)
		saved = report(language)
		tap.check_in(plain(sentence).replace(" ", ""), saved.words)
		tap.check_in(gap.replace(" ", ""), saved.words)
		if subject:
			tap.check_equal(plain(saved.mail["Subject"]), plain(subject))


# ---- The same figures in every form ----

def statistics_of(saved):
	"""{series: [last, average, maximum, time, p95]} of the plain text's last table."""
	rows = {}
	for line in saved.text.splitlines():
		found = re.fullmatch(r"(\S.*?) +([\d.,]+) +([\d.,]+) +([\d.,]+) +(\d\d:\d\d) +([\d.,]+)", line)
		if found:
			rows[found[1]] = list(found.groups()[1:])
	return rows


@tap.test
def text_page_and_alternative_texts_agree():
	for language in ("zh", "en"):
		saved = report(language)
		rows = statistics_of(saved)
		tap.check_equal(len(rows), 20)
		pages = {row[0]: row[1:] for row in saved.page.rows if len(row) == 6}
		for name, figures in rows.items():
			tap.row(f"{language} {name}")
			tap.check_equal(pages.get(name), figures)
	alts = report("zh").page.alts
	for name, alt, of in (("网络 发送 MB/s", "发送", 0), ("网络 接收 MB/s", "接收", 0), ("键缓存 读请求 次/s", "读请求", 1), ("内存 交换已用 GiB", "交换已用", 2),
			      ("交换区 换入 页/s", "换入", 3), ("磁盘 读 MB/s", "读", 6)):
		last, average, greatest, at, p95 = statistics_of(report("zh"))[name]
		tap.row(name)
		tap.check_in(f"{alt}：末 {last}，均 {average}，峰 {greatest}（{at}），p95 {p95}", alts[of])


def sampled(column):
	"""The samples that the RRD files were made of, as the tool prints them."""
	if "csv" not in _saved:
		# Two tables, each with a head of its own: the machine's, and MySQL's.
		machine = re.split("^(?=time,)", make(PLACE, "courant-sample-metrics", "machine", "-").decode(), flags=re.M)[1]
		_saved["csv"] = list(csv.DictReader(io.StringIO(machine)))
	return [float(row[column]) for row in _saved["csv"] if row.get(column) and FROM <= datetime.datetime.fromisoformat(row["time"]) < TO]


@tap.test
def the_figures_are_those_of_the_samples():
	rows = statistics_of(report("zh"))
	for name, column, unit, tolerance in (("内存 已用 GiB", "memory_used", 2**30, 0.01), ("负载 1 分", "load_1min", 1, 0.02)):
		values = sampled(column)
		tap.row(name)
		if not tap.check(values, f"samples of {column}"):
			continue
		tap.check(abs(float(rows[name][1]) - statistics.mean(values) / unit) <= tolerance * max(1, statistics.mean(values) / unit), "the average")


FILE = """\
report: performance
language: en
timezone: Asia/Shanghai
sources: {box: {rrd: system.rrd}}
sections:
  - summary: [box.network.sent, {figure: box.network.sent, statistic: max, label: Peak}]
  - chart: box.network
  - statistics: charts
attach:
  - workbook: figures of {date}.xlsx
    sheets: [box.network, box.memory]
"""


@tap.test
def the_workbook_has_the_rows_that_are_drawn():
	place = samples()
	(place / "box.yaml").write_text(FILE, "utf-8")
	saved = save(place, "box.yaml", now=NOW)
	tap.check_equal(shape(saved.mail), ["mixed", ["related", ["alternative", "text/plain", "text/html"], "image/png"],
					     "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"])
	attached = [part for part in saved.mail.walk() if part.get_content_disposition() == "attachment"]
	tap.check_equal([part.get_filename() for part in attached], ["figures of 2026-11-09.xlsx"])
	tap.check(attached[0].get_content() == next(saved.folder.glob("*.xlsx")).read_bytes(), "the same workbook")
	sheets = saved.workbook
	tap.check_equal(len(sheets), 3)
	head, *rows = sheets["Network"]
	tap.check_equal(len(rows), 144)
	column = next(i for i, name in enumerate(head) if "sent" in name)
	sent = [row[column] for row in rows if len(row) > column and row[column] is not None]
	tap.check_equal(len(sent), 144 - 9)
	average, last = statistics.mean(sent), sent[-1]
	figures = next(figures for name, figures in statistics_of(saved).items() if "sent" in name)
	unit = {"kB/s": 1e3, "MB/s": 1e6}[re.search(r"[kM]B/s", next(name for name in statistics_of(saved) if "sent" in name))[0]]
	tap.check_equal(figures[0], f"{last / unit:.2f}")
	tap.check_equal(figures[1], f"{average / unit:.2f}")


# ---- Without data ----

@tap.test
def a_source_that_is_not_there():
	place = samples()
	for language, words in (("zh", "未取得 mysql：gone.rrd 不存在"), ("en", "mysql could not be read: gone.rrd does not exist")):
		tap.row(language)
		(place / "gone.yaml").write_text(f"report: performance\nlanguage: {language}\ntimezone: Asia/Shanghai\nsources:\n  system: {{rrd: system.rrd}}\n  mysql: {{rrd: gone.rrd}}\n", "utf-8")
		saved = save(place, "gone.yaml", now=NOW)
		tap.check_equal(saved.words.count(words.replace(" ", "")), 2)
		tap.check_equal(saved.page.words.count(words), 2)
		tap.check_in("mysql", re.split("这些数字的依据|What these figures rest on", saved.text)[1])
		tap.check_in("[数据不全]" if language == "zh" else "[Incomplete]", saved.text)
	tap.row("optional")
	result = tap.courant("report", "performance", "system=system.rrd", "--language", "zh", cwd=place, env={"COURANT_NOW": NOW})
	tap.check_equal((result.status, "mysql" in result.out), (0, False))


@tap.test
def no_source_at_all_is_an_error():
	result = tap.courant("report", "performance", "gone.rrd", env={"COURANT_NOW": NOW})
	tap.check_equal((result.status, result.out), (66, ""))
	tap.check_in("gone.rrd", result.err)


@tap.test
def any_other_file_has_its_series_drawn():
	place = tap.folder()
	make(place, "courant-sample-metrics", "machine", place)
	tap.row("known tables in the place of others")
	saved = save(place, "performance", "system=mysql.rrd", "--language", "en", now=NOW)
	tap.check_equal(saved.err, "")
	for words in ("MyISAM key cache", "Queries", "Connections"):
		tap.check_in(words, "".join(saved.page.alts))
	tap.row("a file that courant collect has not written")
	begin = datetime.datetime.fromisoformat(NOW).timestamp() // 300 * 300 - 3 * 86400
	at = [int(begin + 300 * i) for i in range(3 * 288 + 1)]
	rrdtool(place, "create", "router.rrd", "--start", at[0] - 300, "--step", 300, "DS:in:COUNTER:600:0:U", "DS:temp:GAUGE:600:U:U", "RRA:AVERAGE:0.5:1:2000")
	rrdtool(place, "update", "router.rrd", *(f"{t}:{300 * 250 * i}:{40 + i % 3}" for i, t in enumerate(at)))
	for language, average in (("zh", "平均"), ("en", "Average")):
		saved = save(place, "performance", "router.rrd", "--language", language, now=NOW)
		tap.row(language)
		tap.check_equal((saved.err, len(saved.pictures)), ("", 2))
		# A counter that grows by 250 a second; 40, 41 and 42 in turn.
		for words in ("temp", "250", "41.0", "42", average):
			tap.check_in(words, saved.page.words)
		tap.check_in("41", "".join(saved.page.alts))
		tap.check(not re.search(r"[;；] ?(made|生成)", saved.page.words.split("\u034f")[0][:120]), "the preheader begins with its first part")
	tap.row("a check agrees")
	(place / "own.yaml").write_text("report: performance\nsources: {system: {rrd: router.rrd}}\n")
	tap.check_equal(tap.courant("check", "own.yaml", cwd=place), (0, "own.yaml: OK\n", ""))
	tap.row("a table that a report file names itself")
	(place / "own.yaml").write_text("report: performance\nsources: {system: {rrd: router.rrd}}\nsections: [{chart: system.network}]\n")
	tap.check_equal(tap.courant("report", "own.yaml", cwd=place, env={"COURANT_NOW": NOW}).status, 78)


def rrdtool(place, *words):
	tap.check_equal(tap.run(["rrdtool", *map(str, words)], cwd=place).status, 0)


@tap.test
def a_day_without_samples_says_so():
	for language, word, sentence in (("zh", "[无数据]", "最后一个样本在2026-11-1005:50:00"), ("en", "[No data]", "2026-11-1005:50:00")):
		tap.row(language)
		saved = save(samples(), "performance", *SOURCES, "--language", language, now="2026-12-01T06:00:00+08:00")
		tap.check_in(word, saved.text)
		tap.check_in(sentence, saved.words)
		tap.check_in("no data in the period", saved.err)


@tap.test
def memory_is_judged_where_only_its_figure_stands():
	place = samples()
	for target, status, words in (("95 %", "[Attention]", "Memory is nearly full"), ("99.9 %", "[Normal]", "")):
		tap.row(target)
		(place / "tile.yaml").write_text(f"sources: {{box: {{rrd: system.rrd}}}}\nperiod: latest 24 h\ntimezone: Asia/Shanghai\ntargets: {{memory: {target}}}\n"
						   "sections:\n  - summary: {figure: box.memory.used, of: box.memory.total}\n", "utf-8")
		result = tap.courant("report", "tile.yaml", cwd=place, env={"COURANT_NOW": NOW})
		tap.check_equal((result.status, result.err), (0, ""))
		tap.check_in(status, result.out)
		tap.check_in(words, plain(result.out))


LIMITS = [
	("a limit crossed", "{series: box.load, threshold: 1.2}", "[Problem]", "over its limit"),
	("a floor", "{series: box.memory, columns: [active], threshold: '>= 30 GiB'}", "[Problem]", "under"),
	("a limit kept", "{series: box.load, threshold: 5}", "[Normal]", ""),
]


@tap.test
def limits_make_the_verdict():
	place = samples()
	for name, chart, status, words in LIMITS:
		tap.row(name)
		(place / "limit.yaml").write_text(f"sources: {{box: {{rrd: system.rrd}}}}\nperiod: latest 24 h\ntimezone: Asia/Shanghai\nsections:\n  - chart: {chart}\n", "utf-8")
		result = tap.courant("report", "limit.yaml", cwd=place, env={"COURANT_NOW": NOW})
		tap.check_equal((result.status, result.err), (0, ""))
		tap.check_in(status, result.out)
		tap.check_in(words, plain(result.out))


tap.main()
