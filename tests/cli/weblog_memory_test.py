#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""courant weblog --memory: what does not fit is estimated, and no more wrong than it says; what fits is exact."""
import json
import math
import os
import random
import resource
import subprocess

import tap

AGENT = '"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36"'
LINES = 150000


def make_log(lines, seed=1, one_agent=False):
	"""Many visitors that come once, some that come often; few paths that are seen often, many that are seen once."""
	chance = random.Random(seed)
	out = []
	for i in range(lines):
		second = i * 7200 // lines
		visitor = chance.randrange(300) if chance.random() < 0.3 else chance.randrange(60000)
		agent = 0 if one_agent else visitor % 7
		path = int(chance.paretovariate(0.5)) % 1000003
		status = 404 if path % 11 == 3 else 500 if path % 13 == 5 else 200
		site = int(chance.paretovariate(0.5)) % 100003
		out.append(
			f"10.{visitor >> 16}.{visitor >> 8 & 255}.{visitor & 255} - - [09/Nov/2026:{8 + second // 3600:02}:{second // 60 % 60:02}:{second % 60:02} +0800] "
			f'"GET /p/{path}.html HTTP/1.1" {status} {path % 5000} "https://site{site}.example/" {AGENT.format(90 + agent)} {(i % 500) / 100}\n'
		)
	return "".join(out).encode()


def write(data):
	place = tap.folder() / "access.log"
	place.write_bytes(data)
	return place


def tables(log, *words, cwd=None):
	result = tap.courant("weblog", "--json", "--top", "0", *words, log, cwd=cwd)
	tap.check_equal(result.status, 0)
	return json.loads(result.out), result.err


LOG = write(make_log(LINES))
EXACT, _ = tables(LOG)
EXACT_SUMS = ("lines", "hits", "rejected", "bytes", "page_views", "robot_hits", "errors_4xx", "errors_5xx", "first", "last")


def near(got, want, error, what):
	"""Within three standard errors; `error` is twice one."""
	tap.check(abs(got - want) <= 1.5 * error * want + 1, f"{what}: {got} for {want}, more than {error:.3f} away")


def check_estimates(got):
	error = got["estimates"]["totals"]["error"]
	tap.check(0 < error < 0.1, f"an error of {error}")
	tap.check_equal({name: got["totals"][name] for name in EXACT_SUMS}, {name: EXACT["totals"][name] for name in EXACT_SUMS})
	for name in ("addresses", "visitors", "visits"):
		near(got["totals"][name], EXACT["totals"][name], error, name)
	for table in ("status", "status_classes", "methods", "hours_of_day"):
		tap.check_equal(got[table], EXACT[table])
	for mine, theirs in zip(got["hours"], EXACT["hours"]):
		tap.check_equal([mine["hits"], mine["bytes"], mine["page_views"]], [theirs["hits"], theirs["bytes"], theirs["page_views"]])
		near(mine["visitors"], theirs["visitors"], 2 * error, "visitors of an hour")
	near(sum(row["visitors"] for row in got["browsers"]), EXACT["totals"]["visitors"], error, "visitors of all browsers")


def check_ranked(got, table, name, count, rows=20):
	"""Counts are too low by no more than is said, and what is missing has no more than that."""
	missed = got["estimates"].get(table, {}).get("missed", 0)
	want = {row[name]: row[count] for row in EXACT[table]}
	mine = {row[name]: row[count] for row in got[table]}
	tap.row(table)
	tap.check(0 < len(mine) < len(want), f"{len(mine)} of {len(want)} rows")
	wrong = [key for key, value in mine.items() if not value <= want[key] <= value + missed]
	tap.check_equal(wrong, [])
	tap.check(all(value <= missed for key, value in want.items() if key not in mine), "no frequent row is missing")
	tap.check_equal([row[name] for row in got[table][: rows // 4]], [row[name] for row in EXACT[table][: rows // 4]])


@tap.test
def what_does_not_fit_is_estimated():
	got, said = tables(LOG, "--memory", "8M")
	tap.check_in("visitors and visits are estimated, right to", said)
	tap.check_in("visitors", got["estimates"]["pages"]["columns"])
	check_estimates(got)
	check_ranked(got, "paths", "path", "hits")
	check_ranked(got, "pages", "path", "views")
	check_ranked(got, "referrers", "site", "hits")
	tap.row(None)
	for row in EXACT["pages"][:3]:
		mine = next(r for r in got["pages"] if r["path"] == row["path"])
		near(mine["visitors"], row["visitors"], 0.15, f"visitors of {row['path']}")
	tap.check_equal(got["latency"], EXACT["latency"])


@tap.test
def what_fits_is_exact():
	got, said = tables(LOG, "--memory", "256M")
	tap.check_equal(got.pop("estimates"), {})
	tap.check_equal(got, EXACT)
	tap.check_equal(said, "")


@tap.test
def many_workers_share_the_memory():
	got, _ = tables(LOG, "--memory", "12M", "--jobs", "3")
	check_estimates(got)
	check_ranked(got, "paths", "path", "hits")


@tap.test
def the_ledger_keeps_estimates():
	folder = tap.folder()
	counted, _ = tables(LOG, "--memory", "8M", "--state", "ledger", cwd=folder)
	check_estimates(counted)
	again, said = tables(LOG, "--state", "ledger", cwd=folder)
	# Without a limit the quarters are put together as they were kept.
	tap.check_equal(again["totals"]["hits"], EXACT["totals"]["hits"])
	tap.check_equal(again["status"], EXACT["status"])
	near(again["totals"]["visitors"], EXACT["totals"]["visitors"], 0.05, "visitors")
	near(again["totals"]["visits"], EXACT["totals"]["visits"], 0.05, "visits")


@tap.test
def a_ledger_that_has_all_is_exact_whatever_the_memory_was():
	"""Quarters are written when they do not fit together; alone, each of them fits."""
	folder = tap.folder()
	tables(LOG, "--memory", "24M", "--state", "ledger", cwd=folder)
	got, _ = tables(LOG, "--state", "ledger", cwd=folder)
	tap.check_equal(got["totals"], EXACT["totals"])
	tap.check_equal(got["pages"], EXACT["pages"])


def peak_mb(*words):
	"""Of a fresh process: memory of its parent would count, too, if it were started here."""
	script = (
		"import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True); "
		"print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
	)
	done = subprocess.run(["python3", "-c", script, tap.PROGRAM, *words], capture_output=True, check=True, env=tap.environment(tap.folder()))
	return int(done.stdout) / 1024


@tap.test
def memory_is_bounded():
	if any(word in os.environ.get("ASAN_OPTIONS", "") + os.environ.get("UBSAN_OPTIONS", "") for word in "=:"):
		return tap.skip("a sanitizer takes memory of its own")
	log = write(make_log(3 * LINES, seed=2))
	bounded, free = peak_mb("weblog", "--json", "--memory", "8M", str(log)), peak_mb("weblog", "--json", str(log))
	tap.check(bounded < 30, f"{bounded:.0f} MB with --memory 8M")
	tap.check(bounded < free, f"{bounded:.0f} MB with --memory 8M, {free:.0f} without")


@tap.test
def too_many_hours_are_told():
	lines = (
		f'10.0.0.1 - - [{day:02}/{month}/{year}:{hour:02}:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" {AGENT.format(90)}\n'
		for year in range(2000, 2008) for month in ("Jan", "Mar", "May", "Jul") for day in range(1, 29) for hour in range(24)
	)
	result = tap.courant("weblog", "--memory", "8M", "-", stdin="".join(lines).encode())
	tap.check_equal(result.status, 69)
	tap.check_in("hours do not fit into the memory that is allowed: choose a part of them with --since and --until", result.err)


@tap.test
def wrong_sizes_are_told():
	for size in ("x", "0", "7M", "-1", "99999999999999999999"):
		tap.row(size)
		result = tap.courant("weblog", "--memory", size, "-")
		tap.check_equal(result.status, 64)
		tap.check_in(f"--memory is {size}, not a size like 32M, of 8 MiB at least", result.err)


tap.main()
