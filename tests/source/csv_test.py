#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The source csv as a report sees it: whole files in, tables out, faults with their line."""
import csv
import io
import json
import os
import random

import tap

TAKE = os.environ["TAKE"]


def take(text, *words, option="", table="rows", name="x.csv"):
	place = tap.folder()
	(place / name).write_bytes(text if isinstance(text, bytes) else text.encode())
	done = tap.run([TAKE, name + option, table, *words], cwd=place)
	if done.status:
		return done.err.decode()
	return json.loads(done.out)


def rows(result):
	return [list(row.values()) for row in result["rows"]]


DAY = "2026-11-09T0"


@tap.test
def a_time_series_is_regular_with_its_gap():
	result = take("time,sent,load\n2026-11-09 00:00,10,0.5\n2026-11-09 00:01,20,\n2026-11-09 00:02,30,1.5\n2026-11-09 00:05,40,2\n")
	tap.check_equal(result["head"], {"name": "rows", "from": 1794182400000, "to": 1794182760000, "step": 60000, "first": 1794182400000,
					 "last": 1794182760000, "coverage": 0.666666667, "unknown": 2, "resets": 0, "left_out": 0})
	tap.check_equal(result["types"], {"time": ["time", ""], "sent": ["count", ""], "load": ["number", ""]})
	tap.check_equal(rows(result), [[f"{DAY}0:00:00Z", 10, 0.5], [f"{DAY}0:01:00Z", 20, None], [f"{DAY}0:02:00Z", 30, 1.5], [f"{DAY}0:03:00Z", None, None],
				       [f"{DAY}0:04:00Z", None, None], [f"{DAY}0:05:00Z", 40, 2]])


@tap.test
def counters_become_rates():
	"""A reset and a gap are unknown: never negative, never zero."""
	result = take("ts,bytes\n1794182400,1000\n1794182460,1600\n1794182520,2200\n1794182580,100\n1794182640,700\n1794182820,9000\n1794182880,9600\n",
		      option=";counters=bytes;types.bytes=bytes/s")
	tap.check_equal([row[1] for row in rows(result)], [10, 10, None, 10, None, None, None, 10])
	tap.check_equal(result["head"]["resets"], 1)
	tap.check_equal(result["types"]["bytes"], ["bytes/s", ""])


@tap.test
def times_have_the_zone_that_is_said():
	text = "日期,页面浏览量\n2026/11/08,152433\n2026/11/09,140000\n2026/11/10,7\n"
	result = take(text, "zone=Asia/Shanghai")
	tap.check_equal([row[0] for row in rows(result)], [f"2026-11-{day}T00:00:00+08:00" for day in ("08", "09", "10")])
	tap.check_equal(result["head"]["step"], 86400000)
	result = take(text, "zone=Asia/Shanghai", option=";timezone=UTC")
	tap.check_equal(rows(result)[0], ["2026-11-08T00:00:00Z", 152433])


@tap.test
def rows_with_words_stay_as_they_are():
	result = take('time,host,"said, twice",share\n2026-11-09 10:00,a,"x\ny",99.5%\n2026-11-08 10:00,b,"he said ""no""",0%\n2026-11-10 00:00,c,-,NA\n',
		      "from=1794182400000", "to=1794268800000")
	tap.check_equal(rows(result), [["2026-11-09T10:00:00Z", "a", "x\ny", 0.995]])
	tap.check_equal(result["types"]["share"], ["ratio", ""])
	result = take("name,n\na,1\nb,2\nc,3\n", "top=2")
	tap.check_equal(rows(result), [["a", 1], ["b", 2]])
	tap.check_equal(result["head"]["left_out"], 1)


OTHER_FORMS = [
	("semicolons and decimal commas", "zeit;wert\n2026-11-09 00:00;1,5\n2026-11-09 00:01;2\n", ";time=zeit", [[f"{DAY}0:00:00Z", 1.5], [f"{DAY}0:01:00Z", 2]]),
	("tabs", "time\tx\n2026-11-09 00:00\t1\n", "", [[f"{DAY}0:00:00Z", 1]]),
	("no head line", "2026-11-09 00:00,1\n2026-11-09 00:01,2\n", ";header=no", [[f"{DAY}0:00:00Z", 1], [f"{DAY}0:01:00Z", 2]]),
	("a byte order mark", "\ufefftime,x\n2026-11-09,1\n", "", [[f"{DAY}0:00:00Z", 1]]),
	("newest first", "time,x\n2026-11-09 00:01,2\n2026-11-09 00:00,1\n", "", [[f"{DAY}0:00:00Z", 1], [f"{DAY}0:01:00Z", 2]]),
	("GB18030", "时间,温度\n2026-11-09,21.5\n".encode("gb18030"), ";charset=gb18030;units.温度=°C", [[f"{DAY}0:00:00Z", 21.5]]),
	("UTF-16", "time,x\n2026-11-09,1\n".encode("utf-16"), ";charset=utf-16", [[f"{DAY}0:00:00Z", 1]]),
	("milliseconds", "time,p95\n2026-11-09,242\n", ";types.p95=ms", [[f"{DAY}0:00:00Z", 0.242]]),
	("percent without a sign", "time,up\n2026-11-09,99.5\n", ";types.up=percent", [[f"{DAY}0:00:00Z", 0.995]]),
	("epochs by another name", "at,x\n1794182400,5\n", ";types.at=time", [[f"{DAY}0:00:00Z", 5]]),
	("numbers as words", "time,id\n2026-11-09,007\n", ";types.id=text", [[f"{DAY}0:00:00Z", "007"]]),
	("an unnamed column", "time,,x\n2026-11-09,1,2\n", "", [[f"{DAY}0:00:00Z", 1, 2]]),
	("a column that is empty", "time,a,b\n2026-11-09,,2\n", "", [[f"{DAY}0:00:00Z", None, 2]]),
	("only a head line", "time,a\n", "", []),
	("CR LF", "time,a\r\n2026-11-09,1\r\n", "", [[f"{DAY}0:00:00Z", 1]]),
]


@tap.test
def other_forms_are_read():
	for name, text, option, want in OTHER_FORMS:
		tap.row(name)
		result = take(text, option=option)
		if tap.check(isinstance(result, dict), result):
			tap.check_equal(rows(result), want)


FAULTS = [
	("nothing", "", "", "x.csv is empty"),
	("a row that is too short", "a,b,c\n1,2,3\n4,5\n", "", "x.csv:3: 2 fields, where the first line has 3"),
	("the same name twice", "a,b,a\n1,2,3\n", "", 'x.csv:1: two columns are called "a"'),
	("an open quote", 'a,b\n1,"2\n', "", "x.csv:2: the quote that opens here is never closed"),
	("words where a number is said to be", "time,x\n2026-11-09,1\n2026-11-10,high\n", ";types.x=rate", 'x.csv:3: "high" in column "x" is no number'),
	("words where a time is said to be", "at,x\nsoon,1\n", ";types.at=time", 'x.csv:2: "soon" in column "at" is no time'),
	("an unknown column", "time,load\n2026-11-09,1\n", ";types.lod=rate", 'x.csv: there is no column "lod" (did you mean "load"?)'),
	("a time that is none", "time,load\n2026-11-09,1\n", ";time=load", 'x.csv: there is no column of times called "load"'),
	("counters among words", "time,host,n\n2026-11-09,a,1\n", ";counters=n", '"n" cannot become a rate: rates need a column of times'),
	("bytes that are no UTF-8", b"a,b\n1,\xb0\xa1\n", "", "x.csv:2: not UTF-8: name what it is written in (charset: gb18030)"),
	("UTF-16 unsaid", "a,b\n1,2\n".encode("utf-16"), "", "x.csv is written in UTF-16: say so (charset: utf-16)"),
	("NULs", b"a,b\n1,\x00\n", "", "x.csv holds NULs"),
	("an unknown charset", "a\n1\n", ";charset=klingon", 'unknown charset "klingon"'),
	("bytes that are none of the charset", b"a,b\n1,\xff\n", ";charset=gb18030", "x.csv is not written in gb18030: byte 7 is none of it"),
	("a count below zero", "n,w\n1,a\n-2,b\n", ";types.n=count", 'x.csv:3: "-2" in column "n" is no whole number from 0 on'),
]


@tap.test
def faults_are_sentences():
	for name, text, option, sentence in FAULTS:
		tap.row(name)
		result = take(text, option=option)
		if tap.check(isinstance(result, str), result):
			tap.check_in(sentence, result)


@tap.test
def unknown_tables_are_told():
	tap.check_in('there is no table "row" (did you mean "rows"?)', take("time,x\n2026-11-09,1\n", table="row"))
	result = take("time,x\n2026-11-09,1\n", table="")
	tap.check_equal(result["head"]["name"], "rows")


@tap.test
def what_python_writes_is_read_back():
	dice = random.Random(7)
	for dialect, delimiter in (("excel", ","), ("excel", ";"), ("excel-tab", "\t"), ("unix", ",")):
		tap.row(f"{dialect} {delimiter}")
		table = [["name", "n", "words"]]
		for i in range(300):
			words = "".join(dice.choice('ab "",;\t\n\r漢é=+-@') for _ in range(dice.randrange(12)))
			table.append([f"row {i}", dice.randrange(2**63), "w" + words])
		out = io.StringIO(newline="")
		csv.writer(out, dialect, delimiter=delimiter).writerows(table)
		result = take(out.getvalue())
		wrong = [pair for pair in zip(rows(result), table[1:]) if pair[0] != pair[1]]
		tap.check_equal(wrong[:3], [])
		tap.check_equal(len(result["rows"]), 300)


@tap.test
def a_large_file_is_read_soon():
	"""A hundred thousand rows, as a sum that must add up."""
	lines = ["time,n"] + [f"{1794182400 + 60 * i},{i}" for i in range(100_000)]
	result = take("\n".join(lines), "rows=100")
	tap.check(len(result["rows"]) <= 100, len(result["rows"]))
	tap.check_equal(sum(row["n"] or 0 for row in result["rows"][:-1]) + sum(range(100_000 - 100_000 % 1440, 100_000)), sum(range(100_000)))


tap.main()
