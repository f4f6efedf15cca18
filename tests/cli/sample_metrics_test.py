#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""courant-sample-metrics: the same every time, and the story that the reports tell of it."""
import csv
import io
import json
import os
import statistics
from pathlib import Path

import tap

TAKE = os.environ["TAKE"]
SAMPLE = Path(tap.PROGRAM).parent / "courant-sample-metrics"
FROM, TO = 1794174600000, 1794261000000 # 24 hours until 2026-11-10 05:50 +08:00
WEEK = 7 * 86400000
PLACE = tap.folder()


def make(*words):
	result = tap.run([SAMPLE, *map(str, words)])
	tap.check_equal((result.status, result.err), (0, b""))
	return result.out


def take(file, table, back=0):
	done = tap.run([TAKE, PLACE / file, table, f"from={FROM - back}", f"to={TO - back}", "rows=144", "bands=1", "zone=Asia/Shanghai"],
		       env={"COURANT_RRD": os.environ["COURANT_RRD"]})
	return json.loads(done.out)


def column(result, name):
	return [row[name] for row in result["rows"] if row[name] is not None]


@tap.test
def the_same_bytes_every_time():
	for what in ("machine", "probes"):
		tap.row(what)
		tap.check(make(what, "-") == make(what, "-"), "they differ")
	make("machine", PLACE)


@tap.test
def a_day_has_its_gap_its_spike_and_its_reset():
	result = take("system.rrd", "network")
	tap.check_equal(result["head"]["step"], 600000)
	unknown = [row["time"][11:16] for row in result["rows"] if row["sent"] is None]
	tap.check_equal(unknown, ["12:40", "12:50", "13:00", "13:10", "13:20", "13:30", "13:40", "13:50", "14:00"])
	tap.check(0.93 < result["head"]["coverage"] < 0.94, result["head"])
	tap.check_equal(result["head"]["resets"], 1)
	highest = max((row for row in result["rows"] if row["sent"]), key=lambda row: row["sent"])
	tap.check_equal(highest["time"][11:16], "01:00")
	tap.check(2.4e6 < highest["sent"] < 2.6e6 and highest["sent_max"] >= highest["sent"], highest)
	tap.check(0.6e6 < statistics.mean(column(result, "sent")) < 0.8e6, statistics.mean(column(result, "sent")))


@tap.test
def memory_is_nearly_full_and_nothing_is_missing():
	result = take("system.rrd", "memory")
	tap.check_equal((result["head"]["coverage"], result["head"]["resets"]), (1, 0))
	used, total = statistics.mean(column(result, "used")), statistics.mean(column(result, "total"))
	tap.check(0.99 < used / total < 1, used / total)
	swapped = take("system.rrd", "swap")
	tap.check(12 < max(column(swapped, "in")) < 13, max(column(swapped, "in")))


@tap.test
def the_key_cache_hits():
	result = take("mysql.rrd", "key")
	tap.check_equal(result["head"]["coverage"], 1)
	tap.check(0.999 < statistics.mean(column(result, "hit_ratio")) < 1, column(result, "hit_ratio"))
	tap.check(27 < result["rows"][-1]["read_requests"] < 30, result["rows"][-1])


@tap.test
def the_week_before_was_an_ordinary_one():
	result = take("system.rrd", "network", WEEK)
	tap.check_equal((result["head"]["coverage"], result["head"]["resets"]), (1, 0))
	tap.check(max(column(result, "sent")) < 1e6, max(column(result, "sent")))


@tap.test
def machines_and_probes_can_end_elsewhere():
	text = make("machine", "-", "2027-01-01T00:00:00Z").decode()
	tap.check_equal(len(text.splitlines()), 2 * (8 * 1440 + 12))
	tap.check_in("\n2027-01-01T08:00:00+08:00,", text)
	rows = list(csv.DictReader(io.StringIO(make("probes", "-").decode())))
	tap.check_equal(len(rows), 2 * 20160 - 120)
	for words in ([], ["machine"], ["machine", PLACE, "soon"], ["weather", PLACE]):
		tap.check_equal(tap.run([SAMPLE, *map(str, words)]).status, 64)


tap.main()
