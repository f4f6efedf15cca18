#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The source probe: its tables hold what can be counted by hand from two weeks of sample probes, in any zone; and what is wrong is told."""
import collections
import csv
import io
import json
import math
import os
from datetime import datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import tap

TAKE = os.environ["TAKE"]
SAMPLE = Path(tap.PROGRAM).parent / "courant-sample-metrics"
PLACE = tap.folder()
STORE = PLACE / "probes.db"
FROM, TO = 1773590400, 1774195200 # the week from 2026-03-16 00:00 +08:00 on
EVERY = 30


def make():
	done = tap.run([SAMPLE, "probes", PLACE])
	if done.status:
		raise RuntimeError(done.err.decode())
	text = tap.run([SAMPLE, "probes", "-"]).out.decode()
	return [(datetime.fromisoformat(row["time"]).timestamp(), row["result"], int(row["status"]), int(row["total_us"]) / 1e6) for row in csv.DictReader(io.StringIO(text))]


PROBES = make()


def take(table, *words, begin=FROM, end=TO, zone="Asia/Shanghai", now=TO + 3600, option="", store=STORE):
	done = tap.run([TAKE, f"probe:{store}{option}", table, f"from={begin * 1000}", f"to={end * 1000}", f"zone={zone}", f"now={now * 1000}", *words])
	return json.loads(done.out) if done.status == 0 else done.err.decode()


def figures(probes):
	"""done, failed, availability and the percentiles by rank, as the definitions say them."""
	times = sorted(total for _, result, _, total in probes if result == "ok")
	quantiles = [times[math.ceil(share * len(times)) - 1] if times else None for share in (0.5, 0.95, 0.99, 1)]
	return len(probes), len(probes) - len(times), len(times) / len(probes) if probes else None, *quantiles


def compare(row, wanted):
	done, failed, availability, *quantiles = wanted
	tap.check_equal((row["done"], row["failed"]), (done, failed if done else None))
	tap.check(row["availability"] == availability or math.isclose(row["availability"], availability), f"{row} {availability}")
	for name, value in zip(("p50", "p95", "p99", "max"), quantiles):
		tap.check(row[name] == value if value is None else math.isclose(row[name], value, rel_tol=0.008), f"{row} {name} {value}")


def between(begin, end):
	return [probe for probe in PROBES if begin <= probe[0] < end]


@tap.test
def totals_are_those_of_the_probes():
	result = take("totals")
	row = result["rows"]
	compare(row, figures(between(FROM, TO)))
	tap.check_equal((row["targets"], row["every"], row["expected"], row["done"], row["failed"]), (1, 30, 20160, 20040, 17))
	tap.check_equal(result["head"]["unknown"], 120)
	tap.check_equal(result["head"]["coverage"], round(20040 / 20160, 9))


def steps(zone, begin, end, days):
	"""Begins of the zone's days, or hours, of the window."""
	at = datetime.fromtimestamp(begin, ZoneInfo(zone)).replace(minute=0, second=0)
	if days:
		at = at.replace(hour=0)
	while at.timestamp() < end:
		yield at.timestamp()
		at = at + timedelta(days=1) if days else datetime.fromtimestamp(at.timestamp() + 3600, ZoneInfo(zone))


@tap.test
def hours_and_days_are_those_of_the_zone():
	"""Shanghai; India and Nepal, whose hours begin elsewhere; New York, whose 8 March of 2026 has 23 hours."""
	for zone, begin, end in (("Asia/Shanghai", FROM, TO), ("Asia/Kolkata", FROM + 9000, TO - 5 * 86400), ("Asia/Kathmandu", FROM, FROM + 86400),
				 ("America/New_York", FROM - 7 * 86400, FROM)):
		for table in ("days", "hours"):
			tap.row(f"{zone} {table}")
			result = take(table, begin=begin, end=end, zone=zone)
			starts = [datetime.fromisoformat(row["time"].replace("Z", "+00:00")).timestamp() for row in result["rows"]]
			wanted = list(steps(zone, begin, end, table == "days"))
			tap.check_equal(starts, wanted)
			for row, start, following in zip(result["rows"], wanted, [*wanted[1:], end]):
				compare(row, figures(between(max(start, begin), min(following, end))))


@tap.test
def an_hour_without_probes_is_unknown():
	saturday = FROM + 5 * 86400 + 5 * 3600
	[row] = take("hours", begin=saturday, end=saturday + 3600)["rows"]
	tap.check_equal([row[name] for name in ("done", "failed", "availability", "p50", "p95", "p99", "max")], [0, None, None, None, None, None, None])


@tap.test
def fewer_rows_join_histograms():
	result = take("hours", "rows=28")
	tap.check_equal(result["head"]["step"], 6 * 3600 * 1000)
	tap.check_equal(len(result["rows"]), 28)
	compare(result["rows"][5], figures(between(FROM + 30 * 3600, FROM + 36 * 3600)))


def iso(seconds):
	return datetime.fromtimestamp(seconds, timezone(timedelta(hours=8))).isoformat()


@tap.test
def events_are_told():
	day = 86400
	rows = take("events")["rows"]
	tap.check_equal([tuple(row.values()) for row in rows], [
		("timeout", None, "首页", iso(FROM + 2 * day + 11520), iso(FROM + 2 * day + 11940), 420, 14),
		("status", 502, "首页", iso(FROM + 4 * day + 50760), iso(FROM + 4 * day + 50820), 60, 2),
		("none", None, "首页", iso(FROM + 5 * day + 18000), iso(FROM + 5 * day + 21600), 3600, None),
		("refused", None, "首页", iso(FROM + 6 * day + 81060), iso(FROM + 6 * day + 81090), 30, 1),
	])
	failures = collections.Counter((result, status if result == "status" else None) for _, result, status, _ in between(FROM, TO) if result != "ok")
	tap.check_equal({(row["kind"], row["status"]): row["failures"] for row in take("failures")["rows"]}, dict(failures))
	tap.check_equal([row["kind"] for row in take("events", "top=2")["rows"]], ["timeout", "status"])
	tap.check_equal(take("events", "top=2")["head"]["left_out"], 2)


@tap.test
def silence_is_an_event_while_it_lasts():
	"""The sample ends with its week; a day later, nobody has probed for a day."""
	rows = take("events", end=TO + 86400, now=TO + 86400)["rows"]
	tap.check_equal(tuple(rows[-1].values()), ("none", None, "首页", iso(TO), iso(TO + 86400), 86400, None))
	result = take("totals", begin=TO, end=TO + 86400, now=TO + 86400)
	tap.check_equal((result["rows"]["done"], result["rows"]["availability"], result["rows"]["expected"]), (0, None, 2880))
	tap.check_equal(result["head"]["coverage"], 0)


@tap.test
def what_is_to_come_is_not_missing():
	noon = FROM + 43200
	result = take("totals", begin=FROM, end=FROM + 86400, now=noon)
	tap.check_equal(result["rows"]["expected"], max(1440, result["rows"]["done"]))


@tap.test
def targets_come_slowest_first():
	place = tap.folder()
	config = place / "courant.yaml"
	config.write_text("samples: .\ntargets:\n" + "".join(f"  - {{name: {name}, url: 'http://127.0.0.1:9/{name}'}}\n" for name in ("shop", "home", "cart")))
	tap.courant("probe", "-q", env={"COURANT_CONFIG": str(config), "COURANT_NOW": "2026-03-17T00:00:00Z"})
	result = take("targets", store=place / "probes.db")
	# None has answered, so that their names decide.
	tap.check_equal([row["target"] for row in result["rows"]], ["cart", "home", "shop"])
	tap.check_equal([row["failed"] for row in result["rows"]], [1, 1, 1])
	tap.check_equal([row["p95"] for row in result["rows"]], [None] * 3)
	tap.check_equal(len(take("targets", "top=1", store=place / "probes.db")["rows"]), 1)
	tap.check_equal(take("totals", store=place / "probes.db", option=";target=cart;target=shop")["rows"]["done"], 2)
	tap.check_in('has no target "hme" (did you mean "home"?)', take("totals", store=place / "probes.db", option=";target=hme"))
	[row] = take("targets")["rows"]
	tap.check_equal((row["target"], row["url"], row["certificate"]), ("首页", "https://www.example.com/", "2026-05-20T08:00:00+08:00"))


@tap.test
def what_is_wrong_is_told():
	tap.check_in("/nonexistent/probes.db", take("totals", store="/nonexistent/probes.db"))
	tap.check_in('there is no table "hour" (did you mean "hours"?)', take("hour"))
	bad = tap.folder() / "bad.db"
	bad.write_bytes(b"no database " * 400)
	tap.check_in("is not a store of probes", take("totals", store=bad))


@tap.test
def a_damaged_histogram_is_told():
	place = tap.folder()
	tap.run(["cp", STORE, place / "probes.db"])
	tap.run(["python3", "-c", "import sqlite3; db = sqlite3.connect('probes.db'); db.execute(\"update quarter set total_us = x'0501'\"); db.commit()"], cwd=place)
	tap.check_in("is damaged: a histogram cannot be read", take("totals", store=place / "probes.db"))


tap.main()
