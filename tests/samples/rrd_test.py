#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""courant-rrd by itself: the figures it reads are those of rrdtool fetch, and no question and no file brings it down."""
import fcntl
import math
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import tap

PROGRAM = Path(os.environ["COURANT_RRD"])
FROM = 1_800_000_000
CONSOLIDATIONS = ("AVERAGE", "MIN", "MAX", "LAST")


def escaped(word):
	return "".join(f"%{ord(c):02x}" if c in " %\n" else c for c in word)


def ask(*questions):
	"""The answers, a list of lines each."""
	done = subprocess.run([PROGRAM], input="".join(" ".join(escaped(str(word)) for word in q) + "\n" for q in questions).encode(),
			      capture_output=True, check=False, timeout=60)
	lines = done.stdout.decode().split("\n")
	tap.check_equal(lines.pop(0), "courant-rrd 1")
	tap.check_equal(lines.pop(), "")
	answers = [[]]
	for line in lines:
		answers[-1].append(line)
		if line == "ok" or line.startswith("error "):
			answers.append([])
	tap.check_equal(answers.pop(), [])
	tap.check_equal(done.returncode, 0)
	return answers


def number(word):
	return math.nan if word in ("U", "-nan", "nan", "NaN") else float(word)


def rrdtool(*words):
	done = tap.run(["rrdtool", *map(str, words)])
	if done.status != 0:
		raise RuntimeError(done.err.decode())
	return done.out.decode()


def rrdtool_rows(path, consolidation, begin, end, resolution):
	head, _, *lines = rrdtool("fetch", path, consolidation, "-s", begin, "-e", end, "-r", resolution).splitlines()
	rows = [(int(time), [number(word) for word in rest.split()]) for time, rest in (line.split(":") for line in lines if line)]
	return head.split(), rows


def equal(ours, theirs):
	"""rrdtool prints eleven digits."""
	return (math.isnan(ours) and math.isnan(theirs)) or math.isclose(ours, theirs, rel_tol=1e-10, abs_tol=1e-300)


def compare(path, consolidation, begin, end, resolution):
	names, rows = rrdtool_rows(path, consolidation, begin, end, resolution)
	[answer] = ask(("fetch", path, consolidation, begin, end, resolution))
	head = answer[0].split()
	if not tap.check_equal(head[0], "rows"):
		return 0
	start, step = int(head[1]), int(head[2])
	tap.check_equal(head[4:], names)
	tap.check_equal(int(head[3]), len(rows))
	wrong = []
	for i, (line, (time, values)) in enumerate(zip(answer[1:-1], rows)):
		ours = [number(word) for word in line.split()[1:]]
		if start + (i + 1) * step != time or len(ours) != len(values) or not all(map(equal, ours, values)):
			wrong.append((time, ours, values))
	tap.check_equal(wrong[:3], [])
	return len(rows)


def make(path):
	"""Counters and gauges for a day, with resets, gaps, what is unknown, what lies outside of the limits."""
	rrdtool("create", path, "--step", 60, "--start", FROM, "DS:sent:DERIVE:120:0:U", "DS:asked:COUNTER:120:0:1000000", "DS:load:GAUGE:120:U:U",
		"DS:share:GAUGE:300:0:1", "DS:got:ABSOLUTE:120:0:U", *(f"RRA:{c}:0.5:{steps}:{rows}" for c in ("AVERAGE", "MIN", "MAX")
								       for steps, rows in ((1, 600), (5, 1000), (60, 100))), "RRA:LAST:0.5:5:1000")
	dice = random.Random(20261127)
	time, sent, asked = FROM, 0, 2**32 - 5_000_000
	samples = []
	for _ in range(1440):
		time += dice.choice((60,) * 30 + (55, 65, 119, 121, 900))
		sent = 0 if dice.random() < 0.01 else sent + dice.randrange(10_000_000)
		asked = (asked + dice.randrange(10_000)) % 2**32
		load = "U" if dice.random() < 0.02 else f"{dice.expovariate(1):.6f}"
		samples.append(f"{time}:{sent}:{asked}:{load}:{dice.uniform(-0.2, 1.2):.9f}:{dice.randrange(1000)}")
	for at in range(0, len(samples), 100):
		rrdtool("update", path, *samples[at:at + 100])
	return time


@tap.test
def figures_are_those_of_rrdtool():
	path = tap.folder() / "made here.rrd"
	end = make(path)
	n = 0
	for consolidation in CONSOLIDATIONS:
		for begin, until, resolution in ((end - 3600, end, 60), (end - 86400, end, 300), (FROM, end, 3600), (FROM - 86400, FROM, 60),
						 (end, end + 600, 60), (end - 12345, end - 1234, 77), (FROM, end + 86400, 1)):
			tap.row(f"{consolidation} {begin - FROM} {until - FROM} {resolution}")
			n += compare(path, consolidation, begin, until, resolution)
	tap.check(n > 5000, f"{n} rows")


@tap.test
def files_of_others_are_read_as_rrdtool_reads_them():
	folder = os.environ.get("COURANT_TEST_DATA")
	files = sorted(Path(folder, "rrd/restored").glob("*.rrd")) if folder else []
	if not files:
		tap.skip("COURANT_TEST_DATA names no folder with RRD files")
		return
	for path in files:
		last = int(rrdtool("last", path))
		for consolidation in CONSOLIDATIONS:
			for span, resolution in ((600, 1), (3600, 60), (86400, 300)):
				tap.row(f"{path.name} {consolidation} {span}")
				try:
					rrdtool_rows(path, consolidation, last - span, last, resolution)
				except RuntimeError:
					[answer] = ask(("fetch", path, consolidation, last - span, last, resolution))
					tap.check(answer[0].startswith("error "), answer[0])
				else:
					compare(path, consolidation, last - span, last, resolution)


@tap.test
def what_it_writes_rrdtool_reads():
	path = tap.folder() / "ours.rrd"
	answers = ask(("create", path, 60, FROM, "ds", "sent", "DERIVE", 120, 0, "U", "ds", "cpu", "DDERIVE", 120, 0, 1.5, "rra", "AVERAGE", 1, 100, "rra",
		       "MAX", 5, 10), ("update", path, "sent:cpu", f"{FROM + 60}:1000:0.25", f"{FROM + 120}.000:1600:30.25", f"{FROM + 180}.5:2200:60"))
	tap.check_equal(answers, [["ok"], ["ok"]])
	info = rrdtool("info", path)
	for line in ('ds[sent].type = "DERIVE"', "ds[sent].minimal_heartbeat = 120", "ds[sent].min = 0.0000000000e+00", "ds[sent].max = NaN",
		     "ds[cpu].max = 1.5000000000e+00", 'rra[1].cf = "MAX"', "rra[1].pdp_per_row = 5", "rra[1].rows = 10", "rra[1].xff = 5.0000000000e-01"):
		tap.check_in(line, info)
	_, rows = rrdtool_rows(path, "AVERAGE", FROM + 60, FROM + 119, 60)
	tap.check_equal(rows[0], (FROM + 120, [10.0, 0.5]))


NONSENSE = [
	"", " ", "info", "info ", "info %", "info %00", "bye x", "info a\tb", "fetch x", "fetch x AVERAGE 1 2", "fetch x MEAN 1 2 3", "fetch x AVERAGE 2 1 3",
	"fetch x AVERAGE -1 2 3", "fetch x AVERAGE 1 2 3 4", "create x", "create x 60 0", "create x 0 0 ds a GAUGE 1 U U rra MAX 1 1",
	"create x 60 0 ds a:b GAUGE 1 U U", "create x 60 0 ds a COMPUTE 1 U U", "create x 60 0 rra HWPREDICT 1 1", "create x 60 0 rra MAX 1 999999999999",
	"update x a N:1", "update x a now:1", "update x a 1:2:3", "update x a 1", "update x a 1:x", "update x a;b 1:2", "update x a -1h:2",
]


@tap.test
def nonsense_is_answered():
	done = subprocess.run([PROGRAM], input="\n".join([*NONSENSE, "x" * 200_000, ""]).encode(), capture_output=True, check=False, timeout=60)
	lines = done.stdout.decode().splitlines()[1:]
	tap.check_equal(len(lines), len(NONSENSE) + 1)
	for question, line in zip(NONSENSE, lines):
		tap.row(question)
		tap.check(line.startswith("error "), line)
	tap.check_equal(done.returncode, 0)


@tap.test
def a_line_without_end_ends_it():
	done = subprocess.run([PROGRAM], input=b"x" * 1_000_000, capture_output=True, check=False, timeout=60)
	tap.check_equal(done.returncode, 74)


@tap.test
def damaged_files_are_errors():
	"""librrd may die of such a file, which is why it has a process of its own; ours must not hang, nor write."""
	place = tap.folder()
	good = place / "good.rrd"
	make(good)
	whole = good.read_bytes()
	dice = random.Random(5)
	bad = place / "bad.rrd"
	for i in range(60):
		changed = bytearray(whole)
		for _ in range(dice.randrange(1, 8)):
			changed[dice.randrange(1500)] = dice.randrange(256)
		if i % 3 == 0:
			del changed[dice.randrange(len(changed)):]
		bad.write_bytes(changed)
		done = subprocess.run([PROGRAM], input=f"info {bad}\nfetch {bad} AVERAGE {FROM} {FROM + 86400} 300\n".encode(), capture_output=True,
				      check=False, timeout=60)
		# What a sanitizer stops is librrd's too, when the first stack that it prints ends there.
		is_librrd = b"AddressSanitizer" in done.stderr and b"librrd" in done.stderr.split(b"\n\n")[0]
		tap.check(done.returncode in (0, -6, -7, -8, -11) or is_librrd, f"round {i}: {done.returncode} {done.stderr[:2000]}")


@tap.test
def a_file_that_another_program_writes_is_waited_for():
	"""librrd gives up at once when somebody else has the lock, as another sampler or rrdtool has for a moment."""
	path = tap.folder() / "busy.rrd"
	make(path)
	for question in (("info", path), ("update", path, "load", f"{FROM + 1_000_000}:1")):
		tap.row(question[0])
		with open(path, "r+b") as busy:
			fcntl.lockf(busy, fcntl.LOCK_EX)
			asking = subprocess.Popen([PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
			asking.stdin.write((" ".join(escaped(str(word)) for word in question) + "\n").encode())
			asking.stdin.close()
			time.sleep(0.3)
			tap.check_equal(asking.poll(), None)
		tap.check_equal(asking.stdout.read().decode().splitlines()[-1][:2], "ok")
		tap.check_equal(asking.wait(), 0)


@tap.test
def at_a_terminal_it_says_who_runs_it():
	done = subprocess.run([sys.executable, "-c", "import pty, sys, os; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))", PROGRAM],
			      capture_output=True, check=False, timeout=60, stdin=subprocess.DEVNULL)
	tap.check_equal(done.returncode, 64)
	tap.check_in(b"is run by courant", done.stdout)


tap.main()
