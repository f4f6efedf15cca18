#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Report files of several sources and sections of one's own: what they show, what they refuse, and strangers' texts in every one of their fields."""
import datetime
import random
import re

import tap

from forms import PAYLOADS, is_harmless, save, shape

NOW = "2026-11-10T06:00:00+08:00"
ZONE = datetime.timezone(datetime.timedelta(hours=8))
PRODUCT = """\
report: traffic
title: 官网流量数据报表
language: zh
timezone: Asia/Shanghai
period: yesterday
compare: same day last week
schedule: daily 08:00
to: [admin@example.com]
privacy: together
send: always
link: https://monitor.example.com
brand: {logo: logo.gif, colour: '#0072B2', footer: 运维平台}
targets: {error_share: 1 %, p95: 500 ms, availability: 99.9 %}
sources:
  web: {weblog: access.log*}
  system: {csv: system.csv}
sections:
  - summary: web.totals
  - chart: web.hours
  - table: web.status
  - table: web.pages
    top: 10
  - charts: [system.rows, {series: system.rows, columns: [load], title: 负载, threshold: 3}]
  - text: 详细内容见附件。
attach:
  - workbook: 业务服务质量周报({week}周).xlsx
    sheets: [web.totals, web.pages, system.rows]
"""
GIF = bytes.fromhex("47494638396102000200800000000000ffffff2c00000000020002000002028451003b")


def write_log(path, times=False):
	begin = datetime.datetime(2026, 11, 9, tzinfo=ZONE)
	with path.open("w") as file:
		for i in range(288):
			at = begin + datetime.timedelta(minutes=5 * i)
			file.write(f'192.0.2.{i % 9} - - [{at:%d/%b/%Y:%H:%M:%S %z}] "GET /page{i % 4}.php HTTP/1.1" 200 1000 "-" "Mozilla/5.0 Chrome/140.0"' + (f" 0.{i % 9}00\n" if times else "\n"))


def write_series(path, gap=range(0), first="2026-11-02T00:00:00"):
	begin = datetime.datetime.fromisoformat(first)
	with path.open("w") as file:
		file.write("time,load,temperature\n")
		for i in range(8 * 144):
			if i not in gap:
				file.write(f"{begin + datetime.timedelta(minutes=10 * i):%Y-%m-%d %H:%M:%S},{1 + i % 3},{20 + i % 5}.5\n")


@tap.test
def one_file_of_several_sources():
	place = tap.folder()
	write_log(place / "access.log")
	write_series(place / "system.csv")
	(place / "logo.gif").write_bytes(GIF)
	(place / "daily.yaml").write_text(PRODUCT, "utf-8")
	tap.check_equal(tap.courant("check", place / "daily.yaml").out, f"{place}/daily.yaml: OK\n")
	saved = save(place, "daily.yaml", now=NOW)
	tap.check_equal(saved.err, "")
	tap.check_equal(shape(saved.mail), ["mixed", ["related", ["alternative", "text/plain", "text/html"], "image/gif", "image/png", "image/png"],
					     "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"])
	for words in ("页面浏览量", "一天中的各小时", "状态码", "/page3.php", "system", "负载", "详细内容见附件。", "业务服务质量周报(46周).xlsx", "运维平台", "access.log", "system.csv"):
		tap.row(words)
		tap.check_in(words, saved.page.words)
		tap.check_in(words, saved.text)
	tap.check_in("#0072b2", saved.html.lower())
	sheets = saved.workbook
	tap.check_equal(len(sheets), 4)
	pages = next(rows for name, rows in sheets.items() if name == "页面")
	tap.check_equal([row[:2] for row in pages[1:]], [[f"/page{i}.php", 72.0] for i in range(4)])
	load = [row[1] for row in sheets["system"][1:]]
	tap.check_equal((len(load), sum(load)), (144, 288.0))


# ---- Situations ----

def verdict(place, text, language="zh"):
	(place / "own.yaml").write_text(f"language: {language}\ntimezone: Asia/Shanghai\nperiod: yesterday\n{text}", "utf-8")
	result = tap.courant("report", "own.yaml", cwd=place, env={"COURANT_NOW": NOW})
	tap.check_equal(result.status, 0)
	return re.sub(r"\s", "", result.out), result


SITUATIONS = [
	("a limit crossed", range(0), "{series: s.rows, columns: [load], threshold: 2}", "[异常]", "[Problem]"),
	("a floor", range(0), "{series: s.rows, columns: [load], threshold: '>= 1.5'}", "[异常]", "[Problem]"),
	("a gap", range(7 * 144 + 40, 7 * 144 + 47), "s.rows", "[注意]", "[Attention]"),
	("most is missing", range(7 * 144 + 10, 7 * 144 + 80), "s.rows", "[数据不全]", "[Incomplete]"),
	("nothing recorded", range(7 * 144, 8 * 144), "s.rows", "[无数据]", "[Nodata]"),
	("all is well", range(0), "s.rows", "[正常]", "[Normal]"),
]


@tap.test
def series_make_the_verdict():
	place = tap.folder()
	for name, gap, chart, chinese, english in SITUATIONS:
		write_series(place / "s.csv", gap)
		for language, status in (("zh", chinese), ("en", english)):
			tap.row(f"{name}, {language}")
			said, _ = verdict(place, f"sources: {{s: {{csv: s.csv}}}}\nsections:\n  - summary: s.rows.load\n  - chart: {chart}\n", language)
			tap.check_in(status, said)


@tap.test
def the_worst_of_all_sources_speaks_first():
	place = tap.folder()
	write_log(place / "access.log")
	write_series(place / "s.csv")
	said, _ = verdict(place, "sources:\n  web: {weblog: access.log}\n  s: {csv: s.csv}\nsections:\n  - summary: web.totals\n  - chart: {series: s.rows, columns: [load], threshold: 2}\n")
	tap.check_in("[异常]load", said)
	said, _ = verdict(place, "sources:\n  web: {weblog: access.log}\n  s: {csv: gone.csv}\nsections:\n  - summary: web.totals\n  - chart: s.rows\n")
	tap.check_in("[数据不全]数据不全：未取得s：gone.csv不存在", said)
	tap.check_equal(said.count("gone.csv不存在"), 3)


@tap.test
def only_all_sources_missing_is_an_error():
	place = tap.folder()
	(place / "own.yaml").write_text("sources:\n  a: {csv: gone.csv}\n  b: {rrd: gone.rrd}\nsections:\n  - chart: a\n  - chart: b\n")
	result = tap.courant("report", "own.yaml", cwd=place)
	tap.check_equal((result.status, result.out), (66, ""))
	tap.check_in("gone.csv", result.err)


@tap.test
def all_that_there_is_has_a_beginning_and_an_end():
	place = tap.folder()
	write_series(place / "s.csv")
	for language, period in (("zh", "全部数据，2026-11-02 00:00:00 至 2026-11-10 00:00:00"), ("en", "All data, 2026-11-02 00:00:00 to 2026-11-10 00:00:00")):
		tap.row(language)
		(place / "own.yaml").write_text(f"language: {language}\ntimezone: Asia/Shanghai\nperiod: all\nsources: {{s: {{csv: s.csv}}}}\nsections: [{{summary: s.rows.load}}, {{chart: s}}]\n")
		saved = save(place, "own.yaml", now=NOW)
		tap.check_in(period, saved.page.words)
		tap.check_equal([path.name for path in saved.folder.glob("*.txt")], ["own_2026-11-02_2026-11-09.txt"])
	(place / "empty.csv").write_text("time,load\n")
	(place / "own.yaml").write_text("language: zh\nperiod: all\nsources: {s: {csv: empty.csv}}\nsections: [{chart: s}]\n")
	tap.check_in("[无数据]", tap.courant("report", "own.yaml", cwd=place).out)


# ---- Faults ----

FAULTS = [
	("an unknown kind", "sources: {a: {cvs: x.csv}}", '1:15: unknown', "csv"),
	("an unknown option", "sources: {a: {csv: x.csv, seperator: ';'}}", "1:27:", "separator"),
	("an unknown source", "sources: {web: {weblog: x.log}}\nsections: [{table: wbe.pages}]", "2:20:", "web"),
	("an unknown table", "sources: {web: {weblog: x.log}}\nsections: [{table: web.page}]", "2:24:", "pages"),
	("an unknown section", "sections: [{tabel: web.pages}]", "1:13:", "table"),
	("an unknown key of a chart", "sources: {a: {csv: x.csv}}\nsections: [{chart: {serie: a}}]", "2:21:", "series"),
	("a limit that is none", "sources: {a: {csv: x.csv}}\nsections: [{chart: {series: a, threshold: much}}]", "2:43:", "300 ms"),
	("a colour that is none", "brand: {colour: blue}", "1:17:", "#"),
	("a target that is none", "targets: {p95: quick}", "1:16:", "300 ms"),
	("sources that the built-in report shows nothing of", "report: performance\nsources: {a: {csv: x.csv}}", "2:1:", "sections"),
	("sources twice", "report: performance\nsources: {a: {rrd: a.rrd}}\nsources: {b: {rrd: b.rrd}}", "3:1:", "sources"),
	("an unknown word in braces", "sources: {web: {weblog: x.log}}\nattach: [{workbook: '{weak}.xlsx'}]", "2:", "week"),
]


@tap.test
def faults_have_their_place_and_the_nearest_word():
	place = tap.folder()
	for name, text, where, words in FAULTS:
		tap.row(name)
		(place / "own.yaml").write_text(text + "\n", "utf-8")
		result = tap.courant("check", "own.yaml", cwd=place)
		tap.check_equal(result.status, 78)
		said = result.out + result.err
		tap.check_in(f"own.yaml:{where}", said)
		tap.check_in(words, said)


@tap.test
def large_pictures_are_warned_of():
	place = tap.folder()
	noise = random.Random(1)
	with (place / "busy.csv").open("w") as file:
		file.write("time," + ",".join(f"series_{i}" for i in range(12)) + "\n")
		for i in range(144):
			file.write(f"2026-11-09 {i // 6:02}:{i % 6}0:00," + ",".join(str(noise.randrange(100)) for _ in range(12)) + "\n")
	(place / "own.yaml").write_text("timezone: UTC\nperiod: 2026-11-09..2026-11-09\nsources: {s: {csv: busy.csv}}\nsections: [{chart: s}]\n")
	saved = save(place, "own.yaml", now=NOW)
	size = saved.pictures[0].stat().st_size
	tap.check(size > 20000, f"the picture is large: {size}")
	tap.check_equal(saved.err, f"courant: the picture s-rows.png has {round(size / 1000)} KB, more than the 20 that are good for a mail: "
				   "show fewer series in it (columns: [...]), or draw it in two\n")
	tap.row("a quiet one")
	(place / "own.yaml").write_text("timezone: UTC\nperiod: 2026-11-09..2026-11-09\nsources: {s: {csv: busy.csv}}\nsections: [{chart: {series: s, columns: [series_1]}}]\n")
	tap.check_equal(save(place, "own.yaml", now=NOW).err, "")


@tap.test
def columns_are_known_when_the_source_is_open():
	place = tap.folder()
	write_series(place / "s.csv")
	(place / "own.yaml").write_text("sources: {s: {csv: s.csv}}\nsections: [{summary: s.rows.lood}]\n")
	result = tap.courant("report", "own.yaml", cwd=place)
	tap.check_equal((result.status, result.out), (78, ""))
	tap.check_in('own.yaml:2:29: s.rows has no column "lood"; did you mean "load"?', result.err)


@tap.test
def a_mail_that_is_too_large_for_many_servers_is_told():
	place = tap.folder()
	(place / "t.csv").write_text("name,amount\na,1\n")
	(place / "own.yaml").write_text("sources: {t: {csv: t.csv}}\nsections: [{table: t}]\nattach: [notes.bin]\n")
	for size, words in ((6_200_000, "about 8 MB"), (5_000_000, "")):
		(place / "notes.bin").write_bytes(bytes(size))
		saved = save(place, "own.yaml", now=NOW)
		tap.row(str(size))
		tap.check_in(words, saved.err)
		tap.check(words or not saved.err, saved.err)
		tap.check_equal([len(part.get_content()) for part in saved.mail.iter_attachments()], [size])


@tap.test
def a_table_has_one_sheet_however_it_is_named():
	place = tap.folder()
	write_series(place / "s.csv")
	(place / "own.yaml").write_text("timezone: Asia/Shanghai\nperiod: yesterday\nsources: {s: {csv: s.csv}}\nsections: [{summary: s.rows.load}, {chart: s}, {chart: s.rows}]\nattach: [{workbook: x}]\n")
	saved = save(place, "own.yaml", now=NOW)
	tap.check_equal(list(saved.workbook)[1:], ["s"])


# ---- Strangers ----

@tap.test
def strangers_in_a_table_and_in_its_columns_do_no_harm():
	place = tap.folder()
	quoted = ['"' + payload.replace('"', '""') + '"' for payload in PAYLOADS]
	(place / "t.csv").write_text("name,amount\n" + "".join(f"{text},{i}\n" for i, text in enumerate(quoted)), "utf-8")
	(place / "s.csv").write_text("time," + ",".join(quoted) + "\n" + "".join(f"2026-11-09 {h:02}:00:00," + ",".join(str(h + i) for i in range(len(PAYLOADS))) + "\n" for h in range(24)), "utf-8")
	(place / "own.yaml").write_text("title: '<b>Bold</b> =1+1'\ntimezone: Asia/Shanghai\nperiod: yesterday\nsources:\n  t: {csv: t.csv}\n  s: {csv: s.csv}\nsections:\n  - table: t\n    top: 50\n"
					"  - chart: s\n  - statistics: charts\n  - text: '<i>no</i> [x](http://evil.example)'\nattach:\n  - workbook: all.xlsx\n", "utf-8")
	saved = save(place, "own.yaml", now=NOW)
	is_harmless(saved)
	tap.check_in("=cmd|' /C calc'!A0", [row[0] for row in saved.workbook["t"]])


@tap.test
def strangers_in_slow_pages_do_no_harm():
	place = tap.folder()
	write_log(place / "x.log", times=True)
	lines = (place / "x.log").read_text().splitlines()
	with (place / "x.log").open("w") as file:
		for i, line in enumerate(lines):
			path = "/" + PAYLOADS[i % len(PAYLOADS)].replace('"', "%22").replace(" ", "%20")
			file.write(re.sub(r"/page\d\.php", lambda _: path, line) + "\n")
	(place / "own.yaml").write_text("report: quality\nlanguage: zh\ntimezone: Asia/Shanghai\nperiod: yesterday\nsources: {web: {weblog: x.log}}\n", "utf-8")
	is_harmless(save(place, "own.yaml", now=NOW))


tap.main()
