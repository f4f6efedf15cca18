#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prometheus in a report file: asked once for each window, its figures the same in every form, and what becomes of a report when it refuses or is not there."""
import json

import tap

from fake_prometheus import Server, matrix
from forms import plain, save

NOW = "2026-11-10T06:00:00+00:00"
DAY = 1_794_182_400 # 2026-11-09 00:00 UTC
WEEK = 7 * 86400

OWN = """\
language: {language}
timezone: UTC
period: yesterday
compare: same day last week
sources:
  prom:
    prometheus: {url}
    queries: {{requests: "sum(rate(http_requests_total[5m]))", heap: memory_used}}
    label: instance
    types: {{heap: memory}}
sections:
  - summary: prom.requests
  - charts: [{{series: prom.requests, threshold: 90}}, prom.heap]
  - statistics: charts
attach:
  - workbook: all.xlsx
    sheets: [prom.requests, prom.heap]
"""


def hour(at):
	"""Twice as much as a week before."""
	return (at - 60 - DAY) // 3600 + 1 if at > DAY else ((at - 60 - DAY + WEEK) // 3600 + 1) / 2


def answer(form):
	if "memory" in form["query"]:
		return matrix(form, ({"instance": "web1:9100"}, lambda at: str(3 * 2**30)), ({"instance": "web2:9100"}, lambda at: str(2**30)))
	return matrix(form, ({}, lambda at: f"{hour(at):g}"))


@tap.test
def a_report_of_prometheus():
	place = tap.folder()
	for language, average, rate in (("zh", "平均", "12.5"), ("en", "average", "12.5")):
		tap.row(language)
		server = Server(answer)
		(place / "own.yaml").write_text(OWN.format(language=language, url=server.url))
		saved = save(place, "own.yaml", now=NOW)
		tap.check_equal(saved.err, "")
		tap.check_equal(sorted((form["query"][:6], float(form["end"])) for _, form, _ in server.asked),
				[("memory", DAY + 86400 - WEEK), ("memory", DAY + 86400), ("sum(ra", DAY + 86400 - WEEK), ("sum(ra", DAY + 86400)])
		# Hours of 1, 2 … 24 a second: 12.5 in the middle, 24 at the end, and twice the week before.
		tap.check_equal(len(saved.pictures), 2)
		for words in (rate, "24.0", "×2.0"):
			tap.row(f"{language}: {words}")
			tap.check_in(words, saved.page.words)
		tap.row(f"{language}: the other forms")
		tap.check_in("12.5", saved.text)
		tap.check_in("x2.0", saved.text)
		alt = plain("".join(saved.page.alts))
		for words in ("12.5", "24（23:00）" if language == "zh" else "24 (23:00)", "web1:9100", "3.00", "web2:9100", "1.00"):
			tap.check_in(words, alt)
		requests = next(rows for name, rows in saved.workbook.items() if name == "requests")
		tap.check_equal([round(sum(row[1] for row in requests[1:]) / (len(requests) - 1), 9), requests[-1][1]], [12.5, 24.0])
		memory = next(rows for name, rows in saved.workbook.items() if name == "heap")
		tap.check_equal(([head.split(' ')[0] for head in memory[0][1:]], set(map(tuple, (row[1:] for row in memory[1:])))), (["web1:9100", "web2:9100"], {(3.0 * 2**30, 2.0**30)}))
		# The server is named, what it was asked is not.
		tap.check_in(f"127.0.0.1:{server.server_port}", saved.page.words)


@tap.test
def queries_and_columns_are_known():
	place = tap.folder()
	server = Server(answer)
	for section, words in (("chart: prom.request", 'there is no table "request" (did you mean "requests"?)'),
			       ("chart: {series: prom.heap, columns: ['web3:9100']}", 'prom.heap has no column "web3:9100"; did you mean')):
		tap.row(section)
		(place / "own.yaml").write_text(OWN.format(language="en", url=server.url).replace("summary: prom.requests", section))
		result = tap.courant("report", "own.yaml", cwd=place, env={"COURANT_NOW": NOW})
		tap.check_equal((result.status, result.out), (78, ""))
		tap.check_in("own.yaml:12:", result.err)
		tap.check_in(words, result.err)


REFUSALS = [
	("a login", (401, "no"), "应答 401：需要登录", "answers 401: it wants a login"),
	("a query it does not understand", (400, json.dumps({"status": "error", "errorType": "bad_data", "error": "parse error"})), "Prometheus 拒绝查询（bad_data：parse error）",
	 "Prometheus refuses the query: bad_data: parse error"),
	("not Prometheus", (200, "<html>"), "的应答不是 Prometheus 的", "the answer is none of Prometheus"),
	("a fault", (503, "busy"), "应答 503", "answers 503"),
	("a lost connection", (None, None), "暂时无法连接", "127.0.0.1"),
]


@tap.test
def what_it_refuses_stands_in_the_sections_place():
	place = tap.folder()
	(place / "t.csv").write_text("name,amount\na,1\n")
	for name, refusal, chinese, english in REFUSALS:
		for language, words in (("zh", chinese), ("en", english)):
			tap.row(f"{name}, {language}")
			server = Server(lambda form: refusal)
			text = OWN.format(language=language, url=server.url).replace("sources:\n", "sources:\n  t: {csv: t.csv}\n").replace("sections:\n", "sections:\n  - table: t\n")
			(place / "own.yaml").write_text(text)
			saved = save(place, "own.yaml", now=NOW)
			tap.check_equal(saved.page.words.count(words) >= 2, True)
			tap.check_in("数据不全" if language == "zh" else "ncomplete", saved.mail["Subject"])


tap.main()
