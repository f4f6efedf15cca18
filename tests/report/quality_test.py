#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""courant report quality, of two weeks of made-up requests and probes: exact where it counts, the same in every form, its workbook under its Chinese name."""
import collections
import csv
import datetime
import io
import math
import re

import tap

from forms import leaves, make, plain, save, shape

NOW = "2026-03-23T09:00:02+08:00"
ZONE = datetime.timezone(datetime.timedelta(hours=8))
MONDAY = datetime.datetime(2026, 3, 16, tzinfo=ZONE)
PLACE = tap.folder()
DAYS = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"]
_saved = {}


def samples():
	if not (PLACE / "probes.db").exists():
		make(PLACE, "courant-sample-metrics", "probes", PLACE)
		(PLACE / "timed.log").write_bytes(make(PLACE, "courant-sample-log", "timed"))
	return PLACE


def report(language, *sources):
	key = (language, *sources)
	if key not in _saved:
		_saved[key] = save(samples(), "quality", *(sources or ("web=timed.log", "probe=probes.db")), "--timezone", "Asia/Shanghai", "--language", language, now=NOW)
	return _saved[key]


def requests():
	"""{day of the week: seconds of each request that did not fail}, counted by hand."""
	if "log" not in _saved:
		days = collections.defaultdict(list)
		for line in (samples() / "timed.log").read_text().splitlines():
			at = datetime.datetime.strptime(re.search(r"\[([^]]+)\]", line)[1], "%d/%b/%Y:%H:%M:%S %z")
			if MONDAY <= at < MONDAY + datetime.timedelta(days=7):
				days[(at - MONDAY).days].append((float(line.rsplit(" ", 1)[1]), int(re.search(r'" (\d{3}) ', line)[1])))
		_saved["log"] = days
	return _saved["log"]


def probes():
	if "probes" not in _saved:
		rows = csv.DictReader(io.StringIO(make(samples(), "courant-sample-metrics", "probes", "-").decode()))
		_saved["probes"] = [row for row in rows if datetime.datetime.fromisoformat(row["time"]) >= MONDAY]
	return _saved["probes"]


def rank(values, share):
	values = sorted(values)
	return values[min(len(values), math.ceil(share * len(values))) - 1]


def day_rows(saved):
	"""{day: [p50, p95, p99, requests, availability]} of the plain text."""
	return {found[1]: list(found.groups()[1:]) for found in
		re.finditer(r"^(周.|整周)(?: \d+/\d+)? +([\d,]+) +([\d,]+) +([\d,]+) +([\d,]+) +([\d.]+%)", saved.text, re.M)}


@tap.test
def days_have_the_percentiles_and_counts_of_their_requests():
	rows = day_rows(report("zh"))
	for i, day in enumerate(DAYS):
		tap.row(day)
		own = requests()[i]
		tap.check_equal(rows[day][3], f"{len(own):,}")
		for column, share in enumerate((0.5, 0.95, 0.99)):
			want = 1000 * rank([seconds for seconds, _ in own], share)
			tap.check(abs(int(rows[day][column]) - want) <= 0.012 * want + 1, f"p{100 * share:.0f}: {rows[day][column]} of {want}")
	tap.row("the whole week")
	everything = [seconds for day in requests().values() for seconds, _ in day]
	tap.check_equal(rows["整周"][3], f"{len(everything):,}")
	want = 1000 * rank(everything, 0.95)
	tap.check(abs(int(rows["整周"][1]) - want) <= 0.012 * want + 1, f"{rows['整周'][1]} of {want}")
	mean = sum(int(rows[day][1]) for day in DAYS) / 7
	tap.check(abs(int(rows["整周"][1]) - mean) > 1, "a mean of the days would be told from it")


@tap.test
def availability_is_that_of_the_probes():
	failed = [row for row in probes() if row["result"] != "ok"]
	share = 1 - len(failed) / len(probes())
	saved = report("zh")
	tap.check_equal(day_rows(saved)["整周"][4], f"{100 * share:.2f}%")
	tap.check_in(f"可用率 {100 * share:.2f}%；p95 延时每天都在 500 ms 目标之内。", saved.page.words)
	tap.check_in(f"{len(probes()):,} 次实际完成的探测", saved.page.words)
	tap.check(re.search(rf"失败的探测 +{len(failed)} ", saved.text), "the number of failures")
	for event in ("超时", "HTTP 502", "连接被拒", "无数据"):
		tap.check_in(event, saved.text)
		tap.check_in(event, saved.page.words)


@tap.test
def all_forms_agree():
	saved = report("zh")
	rows = day_rows(saved)
	pages = {row[0].split(" ")[0]: row[1:] for row in saved.page.rows if len(row) == 6 and re.match("周.|整周", row[0])}
	for day in [*DAYS, "整周"]:
		tap.row(day)
		tap.check_equal(pages.get(day), rows[day])
	alt = next(alt for alt in saved.page.alts if alt.startswith("延时"))
	tap.row("alternative text")
	for name, column in (("p95，周一至周日", 1), ("p50", 0), ("p99", 2), ("请求", 3)):
		tap.check_in(f"{name}：{'、'.join(rows[day][column] for day in DAYS)}。", alt)
	tap.row("workbook")
	sheets = saved.workbook
	sheet = {row[0]: row[1:] for row in sheets["延时"] if row and isinstance(row[0], str)}
	p95 = next(cells for name, cells in sheet.items() if "p95" in name)
	tap.check_equal([f"{1000 * value:.0f}" if value < 10 else f"{value:.0f}" for value in p95[:7]], [rows[day][1] for day in DAYS])
	hours = [row for row in sheets["请求"] if row and re.fullmatch(r"\d\d:00", str(row[0]))]
	tap.check_equal(len(hours), 24)
	tap.check_equal([f"{sum(row[1 + day] for row in hours):,.0f}" for day in range(7)], [rows[day][3] for day in DAYS])


@tap.test
def the_workbook_comes_under_its_chinese_name():
	saved = report("zh")
	sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	tap.check_equal(shape(saved.mail), ["mixed", ["related", ["alternative", "text/plain", "text/html"], "image/png"], sheet])
	part = leaves(saved.mail, sheet)[0]
	tap.check_equal(part.get_filename(), "业务服务质量周报(12周).xlsx")
	tap.check_equal((saved.folder / "业务服务质量周报(12周).xlsx").read_bytes() == part.get_content(), True)
	tap.check_in(b"filename*0*=utf-8''%E4%B8%9A%E5%8A%A1", saved.raw)
	tap.check_in(b'name="=?utf-8?B?5Lia5Yqh5pyN5Yqh6LSo6YeP5ZGo5oqlKDEy5ZGoKS54bHN4?="', saved.raw)
	tap.check_in("详细内容见附件 业务服务质量周报(12周).xlsx", saved.page.words)
	head = saved.workbook["延时"][0]
	tap.check_equal([str(cell)[:3] for cell in head[1:8]], ["星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"])
	tap.row("en")
	tap.check_equal([path.name for path in report("en").folder.glob("*.xlsx")], ["service-quality-week-12.xlsx"])


@tap.test
def one_kind_of_source_is_enough():
	for name, source, words, missing in (("the log alone", "web=timed.log", "次请求中未返回 5xx 的占比", "probes.db"), ("probes alone", "probe=probes.db", "超时", "timed.log")):
		tap.row(name)
		saved = report("zh", source)
		tap.check_in("[达标]", saved.text)
		tap.check_in(words, saved.page.words)
		tap.check(missing not in saved.text, "a source that was not named")
		tap.check_equal(len(saved.pictures), 1)
	wednesday = requests()[2]
	share = 1 - sum(status >= 500 for _, status in wednesday) / len(wednesday)
	tap.check_equal(day_rows(report("zh", "web=timed.log"))["周三"][4], f"{100 * share:.2f}%")


TARGETS = [
	("latency over target", "{p95: 200 ms}", "[异常]", "p95 延时 309 ms，超出 200 ms 目标；7 天中 7 天超标，最慢是周一。", "[Problem]",
	 "p95 latency 309 ms is over its 200 ms target, on 7 of 7 days; slowest on Monday."),
	("some days over target", "{p95: 320 ms}", "[注意]", "7 天中 2 天", "[Attention]", "2 of 7 days"),
	("availability below target", "{availability: 99.99 %}", "[异常]", "99.92%", "[Problem]", "99.92%"),
	("few probes", "{coverage: 99.9 %}", "[数据不全]", "99.4%", "[Incomplete]", "99.4%"),
	("on target", "{p95: 1 s, availability: 99 %}", "[达标]", "可用率 99.92%", "[On target]", "Availability 99.92%"),
]


@tap.test
def targets_make_the_verdict():
	for name, targets, *said in TARGETS:
		for language, status, words in (("zh", *said[:2]), ("en", *said[2:])):
			tap.row(f"{name}, {language}")
			(samples() / "own.yaml").write_text(f"report: quality\nlanguage: {language}\ntimezone: Asia/Shanghai\nsources:\n  web: {{weblog: timed.log}}\n"
							      f"  probe: {{probe: probes.db}}\ntargets: {targets}\n", "utf-8")
			result = tap.courant("report", "own.yaml", cwd=PLACE, env={"COURANT_NOW": NOW})
			tap.check_equal((result.status, result.err), (0, ""))
			tap.check_in(status, result.out)
			tap.check_in(re.sub(r"\s", "", words), re.sub(r"\s", "", result.out[:1100]))


@tap.test
def a_week_without_data_says_so():
	saved = save(samples(), "quality", "web=timed.log", "probe=probes.db", "--language", "zh", "--timezone", "Asia/Shanghai", now="2026-06-01T09:00:00+08:00")
	tap.check_in("[无数据]", saved.text)
	tap.check_in("no data in the period", saved.err)


@tap.test
def a_log_without_times_says_so():
	place = tap.folder()
	lines = [f'192.0.2.1 - - [{17 + i % 3}/Mar/2026:10:{i % 60:02}:00 +0800] "GET / HTTP/1.1" {500 if i % 50 == 0 else 200} 12 "-" "x"\n' for i in range(300)]
	(place / "plain.log").write_text("".join(sorted(lines)))
	result = tap.courant("report", "quality", "plain.log", "--language", "zh", "--timezone", "Asia/Shanghai", cwd=place, env={"COURANT_NOW": NOW})
	tap.check_equal(result.status, 0)
	tap.check_in("日志不含响应时间", result.out)
	tap.check_in("98.00%", result.out)


tap.main()
