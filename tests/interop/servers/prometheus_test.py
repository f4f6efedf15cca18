#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The source prometheus against Debian's Prometheus in a private machine: every figure is the one that its API gives.

With COURANT_RECORD=FOLDER the answers that tests/source/prometheus_test.py plays are written there anew."""
import json
import math
import os
import random
import subprocess
import sys
import urllib.parse
import urllib.request
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import machine
import tap
from machine import PLACE

machine.enter("databases")

TAKE = os.environ["TAKE"]
FROM = 1_794_182_400 # 2026-11-09 00:00 UTC
HOURS = 30
URL = "http://127.0.0.1:29090"


def samples():
	"""Counters of two servers with resets, a gap of 90 minutes and a gauge, every 15 s, as OpenMetrics."""
	dice = random.Random(11)
	yield "# TYPE http_requests counter"
	for instance in ("web1:9100", "web2:9100"):
		for code in ("200", "404"):
			count = 0
			for at in range(FROM, FROM + HOURS * 3600, 15):
				count = 0 if dice.random() < 0.0002 else count + dice.randrange(40 if code == "200" else 3)
				if not FROM + 45600 <= at < FROM + 51000:
					yield f'http_requests_total{{instance="{instance}",code="{code}"}} {count} {at}'
	yield "# TYPE memory_used gauge"
	for at in range(FROM, FROM + HOURS * 3600, 60):
		yield f'memory_used{{instance="web1:9100"}} {2.4e10 + 1e8 * math.sin(at / 5000):.3f} {at}'
	yield "# EOF"


def start():
	data = PLACE / "data"
	(PLACE / "data.txt").write_text("\n".join(samples()) + "\n")
	subprocess.run(["promtool", "tsdb", "create-blocks-from", "openmetrics", PLACE / "data.txt", data], check=True, capture_output=True)
	(PLACE / "p.yml").write_text("global: {}\n")
	with open(PLACE / "said", "wb") as said:
		subprocess.Popen(["prometheus", f"--config.file={PLACE / 'p.yml'}", f"--storage.tsdb.path={data}", "--storage.tsdb.retention.time=10y",
				  "--web.listen-address=127.0.0.1:29090"], stdin=subprocess.DEVNULL, stdout=said, stderr=said)
	machine.await_port(29090)
	machine.await_that(lambda: urllib.request.urlopen(URL + "/-/ready", timeout=1).status == 200, "Prometheus is not ready")


QUERIES = {
	"requests": "sum(rate(http_requests_total[5m]))",
	"by_instance": "sum by (instance) (rate(http_requests_total[5m]))",
	"by_both": "rate(http_requests_total[5m])",
	"memory": "memory_used",
	"share": 'sum(rate(http_requests_total{code="404"}[5m])) / sum(rate(http_requests_total[5m]))',
	"nothing": "no_such_metric",
	"infinite": "memory_used / 0",
	"unlike": "memory_used > 2.405e10",
}


def asked(query, begin, end, step):
	form = urllib.parse.urlencode({"query": query, "start": begin, "end": end, "step": step})
	with urllib.request.urlopen(f"{URL}/api/v1/query_range?{form}", timeout=20) as answer:
		return json.load(answer)


def take(query, *words, option=""):
	done = tap.run([TAKE, f"prometheus:{URL};queries.q={query}{option}", "q", *words])
	return json.loads(done.out) if done.status == 0 else done.err.decode()


def seconds(time):
	return int(datetime.fromisoformat(time.replace("Z", "+00:00")).timestamp())


@tap.test
def every_figure_is_that_of_the_api():
	n = 0
	for name, query in QUERIES.items():
		for begin, hours, step in ((FROM, 2, 60), (FROM + 40000, 5, 60), (FROM, HOURS, 300), (FROM - 7200, 4, 15)):
			tap.row(f"{name} {begin - FROM} {hours} h {step} s")
			end = begin + hours * 3600
			result = take(query, f"from={begin * 1000}", f"to={end * 1000}", option=f";step={step}")
			# Ours are steps of whole multiples from 1970 on.
			first = -(-begin // step) * step
			answer = asked(query, first + step, end // step * step, step)
			if not tap.check(isinstance(result, dict), result):
				continue
			names = [key for key in result["types"] if key != "time"]
			series = answer["data"]["result"]
			tap.check_equal(len(names), len(series))
			wrong = []
			for key, one in zip(names, series):
				values = {round(at): float(value) for at, value in one["values"]}
				for row in result["rows"]:
					value = values.get(seconds(row["time"]) + step, math.nan)
					n += 1
					if row[key] != (value if math.isfinite(value) else None):
						wrong.append((key, row, value))
			tap.check_equal(wrong[:3], [])
	tap.check(n > 10000, n)


@tap.test
def a_long_window_needs_several_requests():
	"""Thirty hours of ten seconds are 10,800 points; with five there are too many for one request."""
	result = take(QUERIES["memory"], f"from={FROM * 1000}", f"to={(FROM + HOURS * 3600) * 1000}", option=";step=5")
	tap.check_equal(len(result["rows"]), HOURS * 720)
	tap.check(all(row["value"] is not None for row in result["rows"]), "a point is missing")


@tap.test
def a_wrong_query_is_told():
	result = take("sum(", f"from={FROM * 1000}", f"to={(FROM + 3600) * 1000}")
	tap.check_in("Prometheus refuses the query: bad_data: ", result)


@tap.test
def the_gap_is_unknown():
	result = take(QUERIES["requests"], f"from={FROM * 1000}", f"to={(FROM + 86400) * 1000}", "rows=144")
	unknown = [seconds(row["time"]) - FROM for row in result["rows"] if row["value"] is None]
	tap.check(6 <= len(unknown) <= 9 and 45600 <= unknown[0] and unknown[-1] < 51600, unknown)


def record(folder):
	"""What a day's queries answer, for the tests that have no Prometheus."""
	for name, begin, end, step in (("by_both", FROM + 44000, FROM + 53000, 60), ("infinite", FROM, FROM + 600, 60), ("unlike", FROM, FROM + 30000, 300),
				       ("nothing", FROM, FROM + 600, 60), ("share", FROM + 44000, FROM + 53000, 60)):
		begin, end = begin - begin % step, end - end % step
		recorded = {"query": QUERIES[name], "from": begin, "to": end, "step": step, "answer": asked(QUERIES[name], begin + step, end, step)}
		(Path(folder) / f"{name}.json").write_text(json.dumps(recorded, separators=(",", ":")) + "\n")


start()
if "COURANT_RECORD" in os.environ:
	record(os.environ["COURANT_RECORD"])
tap.main()
