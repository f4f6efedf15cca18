#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Pictures and workbooks beside what people make them with today, in one run: bench/chart_compare.py BUILD-FOLDER

Each is timed as processor time of whole processes, the least of several runs, since other work on the machine only adds to it. What is
not installed (scripts/deps bench) is left out.
"""
import math
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile

BEGIN = 1794174600 // 86400 * 86400
RUNS = 5

MATPLOTLIB = """
import sys, matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
rows = [list(map(float, line.split())) for line in open(sys.argv[1])]
times = [row[0] for row in rows]
for _ in range(int(sys.argv[2])):
	figure = plt.figure(figsize=(7.4, 3.6), dpi=100)
	axes = figure.add_subplot()
	for i in range(1, 5):
		axes.plot(times, [row[i] for row in rows], label=str(i))
	axes.grid(); axes.legend()
	figure.savefig(sys.argv[3])
	plt.close(figure)
"""

XLSXWRITER = """
import datetime, sys, xlsxwriter
rows = int(sys.argv[1])
book = xlsxwriter.Workbook(sys.argv[2], {"constant_memory": True})
sheet = book.add_worksheet("rows")
date = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
methods = ["GET", "POST", "HEAD", "PUT"]
statuses = ["200 OK", "304 Not Modified", "404 Not Found"]
for i, name in enumerate(["n", "value", "share", "bytes", "time", "method", "status", "path"]):
	sheet.write_string(0, i, name)
for i in range(rows):
	sheet.write_number(i + 1, 0, i)
	sheet.write_number(i + 1, 1, i * 0.25)
	sheet.write_number(i + 1, 2, i % 1000 / 1000)
	sheet.write_number(i + 1, 3, i * 13 % 100000)
	sheet.write_number(i + 1, 4, (1773590400 + i) / 86400 + 25569, date)
	sheet.write_string(i + 1, 5, methods[i % 4])
	sheet.write_string(i + 1, 6, statuses[i % 3])
	sheet.write_string(i + 1, 7, "/page/%d.html" % (i * 7919))
book.close()
"""


def cpu_ms(words, stdin=None):
	before = resource.getrusage(resource.RUSAGE_CHILDREN)
	subprocess.run(words, input=stdin, stdout=subprocess.DEVNULL, check=True)
	after = resource.getrusage(resource.RUSAGE_CHILDREN)
	return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def least(*words, stdin=None):
	return min(cpu_ms(words, stdin) for _ in range(RUNS))


def each(make, count):
	"""One picture's time: of many less that of one, so that starting does not count."""
	return (make(count) - make(1)) / (count - 1)


def tell(name, ms, ours=None):
	print(f"  {name:44} {ms:9.2f} ms" + (f"   {ms / ours:5.2f} x" if ours else ""), flush=True)


class Points:
	def __init__(self, place, n):
		random.seed(1)
		self.n, self.path, self.rrd = n, os.path.join(place, f"{n}.txt"), os.path.join(place, f"{n}.rrd")
		step = 86400 // n
		rows = [[BEGIN + i * step] + [100 + 40 * s + 30 * math.sin(i * 28.8 / n + s) + random.random() * 20 for s in range(4)] for i in range(n)]
		with open(self.path, "w", encoding="ascii") as file:
			file.writelines(" ".join(f"{value:.10g}" for value in row) + "\n" for row in rows)
		if shutil.which("rrdtool"):
			subprocess.run(["rrdtool", "create", self.rrd, "--start", str(BEGIN - step), "--step", str(step),
				*[f"DS:v{s}:GAUGE:{2 * step}:U:U" for s in range(4)], f"RRA:AVERAGE:0.5:1:{n + 10}"], check=True)
			for at in range(0, n, 2000):
				subprocess.run(["rrdtool", "update", self.rrd, *[":".join(f"{value:.10g}" for value in row) for row in rows[at:at + 2000]]], check=True)

	def graph(self, out):
		return (f"graph {out} --start {BEGIN} --end {BEGIN + 86400} --full-size-mode --width 740 --height 360 "
			+ " ".join(f"DEF:v{s}={self.rrd}:v{s}:AVERAGE LINE2:v{s}{c}:v{s}" for s, c in enumerate(["#0072b2", "#c47f00", "#009e73", "#a8558a"])))


def compare_pictures(build, place, n, count):
	points, out = Points(place, n), os.path.join(place, "out.png")
	chart = [f"{build}/bench/bench-chart", points.path, "--size", "740x360", "-o", out, "--count"]
	print(f"a picture of 740x360, four series of {n} points")
	ours = each(lambda k: least(*chart, str(k)), count)
	tell("courant, in one process", ours)
	print(f"  {'':44} {os.path.getsize(out):9} bytes")
	if shutil.which("rrdtool"):
		tell("rrdtool graph, in one process", each(lambda k: least("rrdtool", "-", stdin=(points.graph(out) + "\n").encode() * k), count), ours)
		print(f"  {'':44} {os.path.getsize(out):9} bytes")
	plain = f"{build}/bench/bench-chart-plain"
	tell("plain cairo, lines alone, in one process", each(lambda k: least(plain, points.path, str(k), out), count if n < 1000 else 2), ours)
	if subprocess.run(["/usr/bin/python3", "-c", "import matplotlib"], stderr=subprocess.DEVNULL, check=False).returncode == 0:
		tell("matplotlib, in one process", each(lambda k: least("/usr/bin/python3", "-c", MATPLOTLIB, points.path, str(k), out), 4), ours)
	alone = least(*chart, "1")
	tell("courant, one process a picture", alone)
	if shutil.which("rrdtool"):
		tell("rrdtool graph, one process a picture", least("rrdtool", *points.graph(out).split()), alone)


def memory_kb(words):
	return int(subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()[2])


def compare_workbooks(build, place):
	out, rows = os.path.join(place, "out.xlsx"), "100000"
	ours_words = [f"{build}/bench/bench-xlsx", rows, "-o", out]
	print(f"a workbook of {rows} rows, eight columns")
	ours = least(*ours_words)
	tell("courant", ours)
	bare = least(*ours_words, "--bare")
	print(f"  {'bare libxlsxwriter in constant memory':44} {bare:9.2f} ms   courant takes {ours / bare:.2f} times as long")
	if subprocess.run(["/usr/bin/python3", "-c", "import xlsxwriter"], stderr=subprocess.DEVNULL, check=False).returncode == 0:
		tell("python3-xlsxwriter in constant memory", least("/usr/bin/python3", "-c", XLSXWRITER, rows, out), ours)
	for n in ("1000", "100000", "1000000"):
		print(f"  {'courant, greatest memory, ' + n + ' rows':44} {memory_kb([ours_words[0], n, '-o', out]):9} KB")


def main():
	if len(sys.argv) != 2:
		sys.exit("usage: bench/chart_compare.py BUILD-FOLDER")
	with tempfile.TemporaryDirectory() as place:
		compare_pictures(sys.argv[1], place, 288, 60)
		compare_pictures(sys.argv[1], place, 86400, 12)
		compare_workbooks(sys.argv[1], place)


main()
