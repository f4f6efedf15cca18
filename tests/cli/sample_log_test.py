#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""courant-sample-log: the same bytes every time, nobody's addresses, and the story that ./quickstart shows."""
import collections
import ipaddress
import re
from pathlib import Path

import tap

PROGRAM = str(Path(tap.PROGRAM).parent / "courant-sample-log")
LINE = re.compile(
	rb'^(\S+) - - \[(\d\d)/(\w{3})/(\d{4}):(\d\d):\d\d:\d\d \+0800\] "(GET|POST|HEAD) (\S+) HTTP/1\.1" (\d{3}) (\d+) "([^"]*)" "([^"]*)"$')
OURS = [ipaddress.ip_network(text) for text in ("198.18.0.0/15", "2001:db8::/32")]


def make(*words):
	result = tap.run([PROGRAM, *words])
	tap.check_equal(result.status, 0)
	return result.out


def is_ours(address):
	address = ipaddress.ip_address(address.decode())
	return any(address in network for network in OURS if network.version == address.version)


@tap.test
def the_same_bytes_every_time():
	tap.check(make("week") == make("week"), "two weeks differ")
	tap.check(make("bench", "2") == make("bench", "2"), "two bench logs differ")


@tap.test
def the_week_has_its_story():
	lines = make("week").splitlines()
	hits = [match for match in map(LINE.match, lines) if match and match[3] == b"Nov"]
	days = collections.Counter(match[2] for match in hits)
	tap.check_equal(sorted(days), [b"%02d" % day for day in range(2, 10)])
	tap.check_equal(len(lines) - len(hits), 7)
	tap.check(1.02 < days[b"09"] / days[b"02"] < 1.10, "the last Monday is a little busier")
	errors = collections.Counter((match[2], match[5]) for match in hits if match[8] >= b"500")
	last = sum(n for (day, _), n in errors.items() if day == b"09")
	tap.check(last > 2.5 * sum(n for (day, _), n in errors.items() if day == b"02"), "errors have risen")
	tap.check(errors[b"09", b"10"] > last / 2, "most of them from 10:00 on")
	banner = [match[2] for match in hits if match[7] == b"/img/banner-2025.jpg"]
	tap.check(len(banner) > 100 and set(banner) == {b"09"}, "a picture is gone since the last day")
	tap.check(all(is_ours(address) for address in {match[1] for match in hits}), "addresses of nobody")


@tap.test
def a_bench_log_is_as_large_as_asked_and_varied():
	text = make("bench", "20", "2026-11-01")
	tap.check(20e6 <= len(text) < 20.001e6, f"{len(text)} bytes")
	hits = [LINE.match(line) for line in text.splitlines()]
	tap.check(all(hits), "every line is a hit")
	visitors = {(match[1], match[11]) for match in hits}
	tap.check(0.05 < len(visitors) / len(hits) < 0.08, f"{len(visitors)} visitors in {len(hits)} lines")
	tap.check(len({match[11] for match in hits}) > 1000, "thousands of agents")
	tap.check_equal({match[2] + match[3] + match[4] for match in hits}, {b"01Nov2026"})


@tap.test
def wrong_words_are_told():
	for words in ([], ["month"], ["week", "2026-13-01"], ["week", "2026-11-09", "x"], ["bench"], ["bench", "0"], ["bench", "1", "today"]):
		tap.row(" ".join(words))
		result = tap.run([PROGRAM, *words])
		tap.check_equal(result.status, 64)
		tap.check_in(b"Usage: courant-sample-log", result.err)


tap.main()
