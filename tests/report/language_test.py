#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A Chinese report is Chinese: what our own sources write into cells, and why a source could not be read. What is other people's stays theirs."""
import re
from pathlib import Path

import tap

from forms import make, save

ROOT = Path(__file__).parents[2]
NOW = "2026-03-23T08:00:00+08:00"

OWN = """\
language: {language}
timezone: Asia/Shanghai
period: 2026-03-16..2026-03-22
sources:
  p: {{probe: probes.db}}
  mine: {{csv: mine.csv}}
sections:
  - table: p.totals
  - table: p.events
  - table: p.failures
  - table: mine
attach:
  - workbook: all.xlsx
    sheets: [p.events, p.failures, mine]
"""

CELLS = [
	("zh", ["超时", "连接被拒", "HTTP 状态码", "无数据", "事件", "失败", "开始", "结束", "间隔", "应有"], ["Time-out", "Connection refused", "No data", "expected", "every"]),
	("en", ["Time-out", "Connection refused", "HTTP status", "No data", "From", "To", "Every", "Expected"], ["超时"]),
]


@tap.test
def cells_speak_the_language():
	place = tap.folder()
	make(place, "courant-sample-metrics", "probes", place)
	(place / "mine.csv").write_text("kind,reason,n\ntimeout,no address,1\n")
	for language, there, absent in CELLS:
		(place / "own.yaml").write_text(OWN.format(language=language))
		saved = save(place, "own.yaml", now=NOW)
		sheets = "\n".join(str(cell) for rows in saved.workbook.values() for row in rows for cell in row)
		for words in there:
			tap.row(f"{language}: {words}")
			tap.check_in(words.replace(" ", ""), saved.words)
			tap.check_in(words, saved.page.words)
		for words in there[:3]:
			tap.row(f"{language}: {words} in the workbook")
			tap.check_in(words, sheets)
		for words in absent:
			tap.row(f"{language}: no {words}")
			tap.check(words.lower() not in (saved.page.words + sheets).lower(), f"{words} is there")
		tap.row(f"{language}: a file's own cells")
		for text in (saved.page.words, sheets):
			tap.check_in("timeout", text)
			tap.check_in("no address", text)


FAILURES = [
	("fields", "{csv: fields.csv}", "fields.csv:2：有 3 个字段，而首行有 2 个"),
	("word", "{csv: word.csv, types: {n: number}}", "word.csv:3：“n”列的“many”不是数字"),
	("folder", "{csv: folder}", "无法打开 folder：是文件夹"),
	("utf16", "{csv: utf16.csv}", "utf16.csv 的编码是 UTF-16：请注明（charset: utf-16），或存为 UTF-8"),
	("column", "{csv: good.csv, types: {amont: number}}", "good.csv：没有“amont”列（是否为“amount”？）"),
	("store", "{probe: fields.csv}", "fields.csv 不是探测结果库"),
	("log", "{weblog: binary.log}", "binary.log 是二进制文件，不是访问日志"),
	("format", "{weblog: words.log}", "words.log 的格式无法识别：第 1 行是 \"no log\""),
	("prometheus", "{prometheus: 'http://127.0.0.1:9', queries: {up: up}}", "查询 up：暂时无法连接 http://127.0.0.1:9"),
]


@tap.test
def failures_speak_the_language():
	place = tap.folder()
	for name, content in (("fields.csv", b"a,b\n1,2,3\n"), ("word.csv", b"k,n\na,1\nb,many\n"), ("utf16.csv", b"\xff\xfea\0"), ("good.csv", b"k,amount\na,1\n"),
			      ("binary.log", bytes(range(256)) * 16), ("words.log", b"no log\n")):
		(place / name).write_bytes(content)
	(place / "folder").mkdir()
	sources = "".join(f"  {name}: {source}\n" for name, source, _ in FAILURES)
	sections = "".join(f"  - {'table: ' + name + '.pages' if 'weblog' in source else 'chart: ' + name if 'prometheus' in source else 'table: ' + name}\n"
			   for name, source, _ in FAILURES)
	text = f"timezone: UTC\nperiod: yesterday\nsources:\n  good: {{csv: good.csv}}\n{sources}sections:\n  - table: good\n{sections}"
	(place / "zh.yaml").write_text("language: zh\n" + text)
	(place / "en.yaml").write_text("language: en\n" + text)
	saved = save(place, "zh.yaml", now=NOW)
	for name, _, words in FAILURES:
		tap.row(name)
		tap.check_in(f"未取得 {name}：{words}", saved.page.words)
		tap.check_in(re.sub(r"\s", "", f"未取得{name}：{words}"), saved.words)
	said = save(place, "en.yaml", now=NOW).page.words
	tap.row("English")
	tap.check_in("fields could not be read: fields.csv:2: 3 fields, where the first line has 2", said)


# ---- Every sentence has its Chinese ----

# What can fail while a source is opened or read; what a report file says wrongly is told before there is a report, and other people's words have none of ours.
SOURCES = ["src/source/csv*.c", "src/source/measure.c", "src/source/rrd.c", "src/source/probe*.c", "src/source/prometheus*.c", "src/source/series*.c", "src/samples/rrd_process.c",
	   "src/samples/probe_store_read.c", "src/rrd/answer.c", "src/store/store.c", "src/weblog/feed.c", "src/weblog/input.c", "src/base/file.c"]
CALL = re.compile(r"\b(?:fail|fail_line|fail_errno)\((?:[^\";]*?,)?\s*((?:\"(?:[^\"\\]|\\.)*\"(?:\s|PRIu64)*)+)")
OTHERS = ["%s: %s", "%s:%s: %s", "%s", "cannot %s %s: %s", "cannot open %s: %s", "no file is named", "%s cannot be asked: %s", "the answer is none of Prometheus: line %d: %s",
	  "cannot make a pipe", "cannot wait for %s", "cannot start %s", "%s is not %s", "cannot read from %s",
	  "a source of kind prometheus needs \"queries\": {requests: sum(rate(http_requests_total[5m]))}", "there is no %s \"%s\" (did you mean \"%s\"?)",
	  "there is no %s \"%s\""]


def bare(words):
	"""Without what stands around the places: quotes, blanks, a place beside another."""
	return re.sub(r"[\s\"*]*\*[\s\"*]*", "*", words)


def form_of(text):
	return bare(re.sub(r"%(\.\*)?(zu|llu|ld|lu|d|s|u)?", "*", text))


def sentences():
	for pattern in SOURCES:
		for path in sorted(ROOT.glob(pattern)):
			for literals in CALL.findall(path.read_text("utf-8")):
				text = "".join(re.findall(r"\"((?:[^\"\\]|\\.)*)\"", literals.replace("PRIu64", "")))
				yield path.name, form_of(text.replace('\\"', '"'))


def templates():
	text = (ROOT / "src/table/failures.def").read_text("utf-8")
	for english in re.findall(r"WORD\(FAILURE_\w+,\s*\"((?:[^\"\\]|\\.)*)\"", text):
		yield bare(re.sub(r"\{\d\}", "*", english.replace('\\"', '"')))


@tap.test
def every_sentence_has_its_chinese():
	known = set(templates())
	others = {form_of(text) for text in OTHERS}
	found = 0
	for name, sentence in sentences():
		found += 1
		if sentence not in others:
			tap.row(f"{name}: {sentence}")
			tap.check(any(bare(form) in known for form in (sentence, f"*: {sentence}", f"*:*: {sentence}", f"{sentence}: *")), f"failures.def has no \"{sentence}\"")
	tap.row("there are many")
	tap.check(found > 45, f"{found}")


tap.main()
