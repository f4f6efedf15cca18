#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The source rrd: every figure is that of rrdtool fetch; joined rows, bands, coverage and resets are what can be worked out from these."""
import json
import math
import os
import random
from datetime import datetime
from pathlib import Path

import tap

TAKE = os.environ["TAKE"]
FROM = 1_794_182_400


def rrdtool(*words):
	done = tap.run(["rrdtool", *map(str, words)])
	if done.status != 0:
		raise RuntimeError(done.err.decode())
	return done.out.decode()


def take(path, table, *words, option=""):
	done = tap.run([TAKE, f"rrd:{path}{option}", table, *words], env={"COURANT_RRD": os.environ["COURANT_RRD"]})
	return json.loads(done.out) if done.status == 0 else done.err.decode()


def fetched(path, consolidation, begin, end, resolution=1):
	"""{begin of the row's step: values}"""
	head, _, *lines = rrdtool("fetch", path, consolidation, "-s", begin, "-e", end, "-r", resolution).splitlines()
	rows = {int(time): [float(word) for word in rest.split()] for time, rest in (line.split(":") for line in lines if line)}
	times = sorted(rows)
	step = times[1] - times[0]
	return head.split(), step, {time - step: rows[time] for time in times}


def seconds(time):
	return int(datetime.fromisoformat(time.replace("Z", "+00:00")).timestamp())


def same(ours, theirs):
	if ours is None or math.isnan(theirs):
		return ours is None and math.isnan(theirs)
	return math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-300)


def make(path):
	rrdtool("create", path, "--step", 60, "--start", FROM, "DS:rx:DERIVE:120:0:U", "DS:load:GAUGE:120:U:U",
		*(f"RRA:{c}:0.5:{steps}:{rows}" for c in ("AVERAGE", "MIN", "MAX") for steps, rows in ((1, 600), (5, 1000))))
	dice = random.Random(3)
	time, counter, samples = FROM, 0, []
	while time < FROM + 86400:
		time += dice.choice((60,) * 40 + (57, 63, 1200))
		counter = 0 if dice.random() < 0.005 else counter + dice.randrange(5_000_000)
		samples.append(f"{time}:{counter}:{dice.uniform(0, 4):.6f}")
	for at in range(0, len(samples), 200):
		rrdtool("update", path, *samples[at:at + 200])
	return time


PATH = tap.folder() / "made here.rrd"
END = make(PATH)


def compare(path, table, consolidation, begin, end, option, resolution=1):
	result = take(path, table, f"from={begin * 1000}", f"to={end * 1000}", option=option)
	names, step, rows = fetched(path, consolidation, begin, end, resolution)
	if not tap.check(isinstance(result, dict), result):
		return 0
	tap.check_equal(result["head"]["step"], step * 1000)
	wrong = []
	for row in result["rows"]:
		time = seconds(row["time"])
		theirs = rows.get(time, [math.nan] * len(names))
		if not all(same(row[name], value) for name, value in zip(names, theirs)):
			wrong.append((row, theirs))
	tap.check_equal(wrong[:3], [])
	shown = {seconds(row["time"]) for row in result["rows"]}
	lost = [time for time, values in rows.items() if time not in shown and begin <= time and time + step <= end and not all(map(math.isnan, values))]
	tap.check_equal(lost, [])
	return len(result["rows"])


@tap.test
def figures_are_those_of_rrdtool():
	n = 0
	for consolidation in ("AVERAGE", "MIN", "MAX"):
		for begin, end in ((END - 3600, END), (END - 30000, END - 12345), (FROM, END), (FROM - 3600, FROM + 7200)):
			tap.row(f"{consolidation} {begin - FROM} {end - FROM}")
			n += compare(PATH, "all", consolidation, begin, end, f";consolidation={consolidation.lower()}")
	tap.check(n > 1000, n)


@tap.test
def a_resolution_may_be_wished_for():
	tap.check_equal(compare(PATH, "all", "AVERAGE", END - 3600 - END % 300, END - END % 300, ";resolution=300", 300), 12)


@tap.test
def files_of_others_are_those_of_rrdtool():
	folder = os.environ.get("COURANT_TEST_DATA")
	files = sorted(Path(folder, "rrd/restored").glob("*.rrd")) if folder else []
	if not files:
		tap.skip("COURANT_TEST_DATA names no folder with RRD files")
		return
	n = 0
	for path in files:
		last, info = int(rrdtool("last", path)), rrdtool("info", path)
		kept = [c for c in ("AVERAGE", "MIN", "MAX", "LAST") if f'.cf = "{c}"' in info]
		for consolidation in kept:
			for span in (300, 3600, 20000):
				tap.row(f"{path.name} {consolidation} {span}")
				n += compare(path, "all", consolidation, last - span, last, f";consolidation={consolidation.lower()}" if n % 2 or len(kept) > 1 else "")
	tap.check(n > 100, n)


@tap.test
def all_of_a_file_begins_with_its_first_row():
	result = take(PATH, "all")
	_, _, rows = fetched(PATH, "AVERAGE", FROM - 86400, END)
	known = [time for time, values in rows.items() if not all(map(math.isnan, values))]
	tap.check_equal(result["head"]["first"], known[0] * 1000)
	tap.check(result["head"]["last"] // 1000 >= known[-1], result["head"])


def joined(begin, end, step):
	"""What rows of so many seconds must be: of at least half their samples, the average, the least and the greatest."""
	_, fine, rows = fetched(PATH, "AVERAGE", begin, end)
	expected = {}
	for start in range(begin, end, step):
		values = [rows[time] for time in range(start, start + step, fine) if time in rows]
		columns = []
		for i in range(2):
			known = [row[i] for row in values if not math.isnan(row[i])]
			columns.append((sum(known) / len(known), min(known), max(known)) if 2 * len(known) >= step // fine else (math.nan,) * 3)
		expected[start] = columns
	return expected


@tap.test
def fewer_rows_are_joined_with_their_bands():
	begin, end = END - END % 600 - 30000, END - END % 600
	result = take(PATH, "all", f"from={begin * 1000}", f"to={end * 1000}", "rows=60", "bands=1")
	tap.check_equal(result["head"]["step"], 600_000)
	tap.check_equal(len(result["rows"]), 50)
	tap.check_equal(list(result["types"]), ["time", "rx", "rx_min", "rx_max", "load", "load_min", "load_max"])
	for start, columns in joined(begin, end, 600).items():
		row = next(row for row in result["rows"] if seconds(row["time"]) == start)
		for name, wanted in zip(("rx", "load"), columns):
			ours = (row[name], row[name + "_min"], row[name + "_max"])
			tap.check(all(map(same, ours, wanted)), f"{start} {name} {ours} {wanted}")


@tap.test
def bands_are_those_of_min_and_max():
	"""Beyond the minutes there are only rows of five; their least and greatest were kept beside them."""
	begin, end = FROM + 600, FROM + 6600
	result = take(PATH, "all", f"from={begin * 1000}", f"to={end * 1000}", "bands=1")
	tap.check_equal(result["head"]["step"], 300_000)
	for consolidation, ending in (("MIN", "_min"), ("MAX", "_max")):
		_, _, rows = fetched(PATH, consolidation, begin, end, 300)
		for row in result["rows"]:
			tap.check(same(row["load" + ending], rows[seconds(row["time"])][1]), f"{consolidation} {row}")


@tap.test
def coverage_is_the_share_of_known_steps():
	begin, end = END - 6000 - END % 60, END - END % 60
	_, _, rows = fetched(PATH, "AVERAGE", begin, end)
	known = sum(begin <= time < end and not all(map(math.isnan, values)) for time, values in rows.items())
	result = take(PATH, "all", f"from={begin * 1000}", f"to={end * 1000}")
	tap.check(abs(result["head"]["coverage"] - known / 100) < 1e-6, (result["head"], known))
	tap.check_equal(result["head"]["unknown"], 100 - known)


@tap.test
def types_are_told():
	result = take(PATH, "all", "rows=2")
	tap.check_equal(result["types"], {"time": ["time", ""], "rx": ["rate", ""], "load": ["number", ""]})
	result = take(PATH, "all", "rows=2", option=";types.rx=bits/s;units.load=tasks")
	tap.check_equal(result["types"], {"time": ["time", ""], "rx": ["bytes/s", ""], "load": ["number", "tasks"]})
	whole = take(PATH, "all", "rows=2")["rows"][0]["rx"]
	tap.check(same(result["rows"][0]["rx"], whole / 8), result["rows"][0])


@tap.test
def what_is_wrong_is_told():
	for name, path, option, sentence in (
		("no file", "/nonexistent/a.rrd", "", "/nonexistent/a.rrd: No such file or directory"),
		("no data source of that name", PATH, ";types.tx=rate", 'there is no data source "tx" (did you mean "rx"?)'),
		("no RRD file", __file__, "", "is no RRD file, or a damaged one")):
		tap.row(name)
		result = take(path, "all", option=option)
		if tap.check(isinstance(result, str), result):
			tap.check_in(sentence, result)
	tap.check_in('there is no table "al" (did you mean "all"?)', take(PATH, "al"))
	folder = os.environ.get("COURANT_TEST_DATA")
	if folder:
		for path in Path(folder, "rrd").glob("munin*.rrd"):
			tap.row(path.name)
			tap.check_in("was written on a machine of another kind (32-bit", str(take(path, "all")))


@tap.test
def without_courant_rrd_it_says_what_to_install():
	done = tap.run([TAKE, f"rrd:{PATH}", "all"])
	tap.check_equal(done.status, 1)
	tap.check_in(b"install the package courant-rrd, or build Courant with -Drrd=enabled", done.err)


tap.main()
