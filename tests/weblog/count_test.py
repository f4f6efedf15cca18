#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""courant weblog --json --top 0 equals an independent count (count.py), on made-up logs with everything in them that goes wrong and on real ones."""
import bz2
import gzip
import json
import lzma
import os
import random
import shutil
import subprocess
from datetime import datetime, timedelta, timezone
from pathlib import Path

import count
import tap

BROWSERS = [
	b"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.0.0 Safari/537.36",
	b"Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/118.0",
	b"Mozilla/5.0 (iPhone; CPU iPhone OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1",
	b'odd \\"quoted\\" agent \\x22x\\x22',
	b"\xe4\xb8\xad\xe6\x96\x87 \xff\xfe",
]
ROBOTS = [b"-", b"", b"curl/7.88.1", b"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"]
PATHS = [
	b"/", b"/index.php", b"/a?b=c", b"/style.CSS", b"/img/logo.png?v=3", b"/robots.txt", b"/\xe6\x90\x9c\xe7\xb4\xa2", b"/%E6%90%9C", b"/\xff\\\"",
	b"/" + b"x" * 6000, b"?", b"/a.b.c/d", b"/noextension.", b"/x.webmanifest", b"/x.nosuchsuffix", b"/nul\x00byte",
]
REQUESTS = [
	b"", b"-", b"GET /", b"GET  /two  blanks  HTTP/1.1", b"GET /a b HTTP/1.1", b"\\x16\\x03\\x01", b"\x16\x03\x01\x00\xff", b"one", b"a b c d",
	b"OPTIONS * HTTP/1.0", b"get /small HTTP/1.1", b"GET http://other.example/ HTTP/1.1", b"PRI * HTTP/2.0", b" GET / HTTP/1.0 ",
]
REFERRERS = [
	b"-", b"", b"https://www.Example.org/page?x=y", b"http://example.org:8080/", b"http://user:pw@host.example/x", b"http://[::1]:80/", b"about:blank",
	b"android-app://com.example", b"http:///", b"https://\xff.example/", b"notaurl",
]
USERS = [b"-", b"john", b"John Begood", b"a [b] c", b'\\"q\\"', b"\xe5\xbc\xa0"]
BROKEN = [
	b"# a comment", b" ", b"x", b"- - -", b'1.2.3.4 - - [31/Feb/2023:10:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "-"',
	b'1.2.3.4 - - [10/Oct/2023:24:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "-"', b'1.2.3.4 - - [10/Okt/2023:10:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "-"',
	b'1.2.3.4 - - [10/Oct/2023:10:00:60 +0000] "GET / HTTP/1.1" 200 1 "-" "-"', b'1.2.3.4 [10/Oct/2023:10:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "-"',
	b'1.2.3.4 - - [10/Oct/2023:10:00:00 +2400] "GET / HTTP/1.1" 200 1 "-" "-"', b'1.2.3.4 - - [10/Oct/2023:10:00:00 +0000] "GET / HTTP/1.1" 20 1 "-" "-"',
	b'1.2.3.4 - - [10/Oct/2023:10:00:00 +0000] "GET / HTTP/1.1" 2000 1 "-" "-"', b'1.2.3.4 - - [10/Oct/2023:10:00:00 +0000] "GET / HTTP/1.1" 200 -1 "-" "-"',
	b'1.2.3.4 - - [10/Oct/2023:10:00:00 +0000] "GET / HTTP/1.1" 200 1', b'1.2.3.4 - - [10/Oct/2023:10:00:00 +0000] "GET / HTTP/1.1" 200 1 "-"',
	b'1.2.3.4 - - [10/Oct/2023:10:00:00 +0000] "GET /', b'1.2.3.4 - - [10/Oct/2023:10:00:00 +0000] "GET /"x" 200 1 "-" "-"',
	b'1.2.3.4 - - [10/Oct/2023:10:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "open', b'1.2.3.4 - - [10/Oct/2023:10:00:00 +0000] "GET / HTTP/1.1\\" 200 1',
	b'1.2.3.4 - - [10/Oct/2023:10:00:00] "GET / HTTP/1.1" 200 1 "-" "-"', b'1.2.3.4 - - 10/Oct/2023:10:00:00 +0000 "GET / HTTP/1.1" 200 1 "-" "-"',
	b'1.2.3.4  - - [10/Oct/2023:10:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "-"', b'1.2.3.4 - - [10/Oct/2023:10:00:00 +0000]  "GET / HTTP/1.1" 200 1 "-" "-"',
]
ZONES = [b"+0000", b"+0800", b"-0330", b"+0545"]


def static_suffixes():
	line = next(l for l in tap.courant("weblog", "--definitions").out.splitlines() if l.startswith("static file:"))
	return set(line.rpartition(": ")[2].split())


STATIC = static_suffixes()


def is_robot(agent):
	return agent is None or agent in ROBOTS


def make_line(chance, second, has_host, has_agent, tail):
	if chance.random() < 0.03:
		return chance.choice(BROKEN)
	zone = chance.choice(ZONES) if chance.random() < 0.2 else ZONES[1]
	offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:5])) * (-1 if zone[:1] == b"-" else 1)
	time = datetime.fromtimestamp(second, timezone(offset)).strftime("%d/%b/%Y:%H:%M:%S ").encode() + zone
	request = (
		chance.choice(REQUESTS)
		if chance.random() < 0.1
		else chance.choice([b"GET", b"GET", b"GET", b"POST", b"HEAD"]) + b" " + chance.choice(PATHS) + b" HTTP/1.1"
	)
	address = chance.choice([b"2001:db8::%x", b"192.0.2.%d", b"host%d.example"]) % chance.randrange(40)
	size = b"-" if chance.random() < 0.1 else b"%d" % chance.randrange(100000)
	status = b"%03d" % chance.choice([200, 200, 200, 206, 304, 301, 404, 404, 403, 500, 503, 0, 999])
	line = b'%s - %s [%s] "%s" %s %s' % (address, chance.choice(USERS), time, request, status, size)
	if has_host:
		line = chance.choice([b"www.example.com:443 ", b"example.org "]) + line
	if has_agent:
		line += b' "%s" "%s"' % (chance.choice(REFERRERS), chance.choice(BROWSERS + BROWSERS + ROBOTS))
	return line + tail(chance)


def make_log(seed, n, has_host=False, has_agent=True, tail=lambda chance: b"", end=b"\n"):
	chance = random.Random(seed)
	second, lines = 1696892400, []
	for _ in range(n):
		second += chance.choice([0, 0, 1, 5, 60, 700]) if chance.random() < 0.9 else chance.choice([-4000, 1800, 1801, 3600])
		lines.append(make_line(chance, second, has_host, has_agent, tail))
		if chance.random() < 0.02:
			lines.append(b"")
	return end.join(lines) + (b"" if seed % 2 else end)


def compare(got, want):
	for name, table in want.items():
		if got[name] == table:
			tap.check(True, name)
			continue
		if isinstance(table, dict):
			tap.check_equal({k: v for k, v in got[name].items() if v != table[k]}, {k: v for k, v in table.items() if v != got[name][k]})
			continue
		differing = [(g, w) for g, w in zip(got[name], table) if g != w][:3]
		tap.check(False, f"{name}: {len(got[name])} rows, {len(table)} wanted; {differing!r}")


def count_and_compare(data, options=(), words=("-",), **how):
	result = tap.courant("weblog", "--json", "--top", "0", *options, *words, stdin=data if words == ("-",) else b"")
	tap.check_equal(result.status, 0)
	if result.status:
		tap.check_equal(result.err, "")
		return None
	got = json.loads(result.out)
	totals = got["totals"]
	if not options or "--since" not in options:
		tap.check_equal(totals["lines"], totals["hits"] + totals["rejected"])
	compare(got, count.Counts(data, STATIC, how.pop("is_robot", is_robot), **how).all())
	return got


@tap.test
def combined_logs_are_counted_exactly():
	for seed in range(6):
		tap.row(f"seed {seed}")
		count_and_compare(make_log(seed, 1500))


@tap.test
def common_logs_are_counted_exactly():
	count_and_compare(make_log(11, 800, has_agent=False), has_agent=False, is_robot=lambda agent: True)


@tap.test
def logs_with_a_virtual_host_in_front_are_counted_exactly():
	count_and_compare(make_log(12, 800, has_host=True), has_host=True)
	count_and_compare(make_log(13, 800, has_host=True, has_agent=False), has_host=True, has_agent=False, is_robot=lambda agent: True)


@tap.test
def fields_behind_the_agent_are_no_harm():
	count_and_compare(make_log(14, 800, tail=lambda chance: b" %.3f" % chance.random()))
	count_and_compare(make_log(15, 800, tail=lambda chance: b" %.3f %s" % (chance.random(), chance.choice([b"-", b"0.004"]))))
	count_and_compare(make_log(16, 800, tail=lambda chance: b' "-" rt=0.1 "open'))


@tap.test
def line_ends_of_other_systems_are_no_harm():
	count_and_compare(make_log(17, 500, end=b"\r\n"))
	count_and_compare(make_log(18, 500, end=b"\r\n") + b"\r\n\n\r\n")


@tap.test
def packed_logs_are_counted_like_plain_ones():
	data = make_log(19, 600)
	half = len(data) // 2
	count_and_compare(data, words=(write("one.gz", gzip.compress(data)),))
	count_and_compare(data, words=(write("two.gz", gzip.compress(data[:half]) + gzip.compress(data[half:])),))
	tap.check_equal(tap.courant("weblog", "--json", "-", stdin=gzip.compress(data)), tap.courant("weblog", "--json", "-", stdin=data))


@tap.test
def all_ways_of_packing_give_the_same_bytes():
	data = make_log(24, 3000)
	plain = tap.courant("weblog", "--json", "-", stdin=data).out
	packings = {"gzip": gzip.compress, "xz": lzma.compress, "bzip2": bz2.compress}
	if shutil.which("zstd"):
		packings["zstd"] = lambda bytes_: subprocess.run(["zstd", "-q", "-c"], input=bytes_, capture_output=True, check=True).stdout
	for name, pack in packings.items():
		tap.row(name)
		third = len(data) // 3
		whole, parts = pack(data), pack(data[:third]) + pack(b"") + pack(data[third:])
		tap.check_equal(tap.courant("weblog", "--json", "-", stdin=whole).out, plain)
		tap.check_equal(tap.courant("weblog", "--json", "-", stdin=parts).out, plain)
		tap.check_equal(tap.courant("weblog", "--json", "-", stdin=whole + b"\0" * 600).out, plain)
		if name == "zstd":  # what is to be skipped may stand at any place (RFC 8878, 3.1.2)
			for skipped in (b"\x50\x2a\x4d\x18\x04\0\0\0abcd", b"\x5f\x2a\x4d\x18\0\0\0\0"):
				tap.check_equal(tap.courant("weblog", "--json", "-", stdin=skipped + whole + skipped + skipped).out, plain)
		for cut in (7, 30, len(whole) // 2, len(whole) - 1):
			result = tap.courant("weblog", "--json", "-", stdin=whole[:cut])
			tap.check_equal(result.status, 66)
			tap.check_in("end too early", result.err)
		damaged = bytearray(whole)
		damaged[len(whole) // 2] ^= 0x55
		tap.check_in("data are damaged", tap.courant("weblog", "--json", "-", stdin=bytes(damaged)).err)
		followed = tap.courant("weblog", "--json", "-", stdin=whole + b"something else")
		tap.check_in("data are damaged" if name == "zstd" else "followed by something else", followed.err)


@tap.test
def other_zones_move_the_buckets():
	from zoneinfo import ZoneInfo

	data = make_log(20, 800)
	for name in ("UTC", "Asia/Kolkata", "America/New_York", "Asia/Kathmandu"):
		tap.row(name)
		count_and_compare(data, ("--timezone", name), zone=ZoneInfo(name))


@tap.test
def a_window_keeps_what_lies_inside():
	data = make_log(21, 1500)
	utc = timezone.utc
	window = (datetime(2023, 10, 10, 6, tzinfo=utc), datetime(2023, 10, 11, 12, 30, tzinfo=utc))
	count_and_compare(data, ("--timezone", "UTC", "--since", "2023-10-10T06:00:00Z", "--until", "2023-10-11T12:30:00Z"), zone=utc, window=window)
	days = (datetime(2023, 10, 11, tzinfo=utc), datetime(2023, 10, 12, tzinfo=utc))
	count_and_compare(data, ("--timezone", "UTC", "--since", "2023-10-11", "--until", "2023-10-11"), zone=utc, window=days)


@tap.test
def the_order_of_lines_changes_nothing():
	lines = [line for line in make_log(22, 1500).split(b"\n") if line and line not in BROKEN]
	tables = []
	for seed in range(4):
		random.Random(seed).shuffle(lines)
		tables.append(tap.courant("weblog", "--json", "--top", "0", "--timezone", "UTC", "-", stdin=b"\n".join(lines)).out)
	tap.check(len(set(tables)) == 1, "all orders give the same tables")


@tap.test
def several_files_are_one_log():
	data = make_log(23, 900)
	lines = data.split(b"\n")
	parts = [write(f"{i}.log", b"\n".join(lines[i * 300 : i * 300 + 300] if i < 2 else lines[600:])) for i in range(3)]
	count_and_compare(data, words=tuple(parts))


FOLDER = tap.folder()


def write(name, data):
	path = FOLDER / name
	path.write_bytes(data)
	return str(path)


def robots_among(agents):
	"""Asks the program, for each agent alone: a robot's hit is no page view."""
	agents = sorted(agents)
	data = b"".join(b'192.0.2.1 - - [10/Oct/2023:10:00:00 +0000] "GET /%d HTTP/1.1" 200 1 "-" "%s"\n' % row for row in enumerate(agents))
	pages = json.loads(tap.courant("weblog", "--json", "--top", "0", "-", stdin=data).out)["pages"]
	people = {int(row["path"][1:]) for row in pages}
	return {agent for i, agent in enumerate(agents) if i not in people}


REAL = [
	("awstats/testglobal.log", {}),
	("awstats/testsmall.log", {}),
	("bad_access.log", {}),
	("plain_access.log", {}),
	("hackers_combined.log.gz", {}),
	("nasa_aug95_head.log", {"has_agent": False}),
	("matomo/common.log", {"has_agent": False}),
	("matomo/common_vhost.log", {"has_agent": False, "has_host": True}),
	("matomo/ncsa_extended.log", {}),
	("matomo/icecast2.log", {}),
	("matomo/ovh.log", {}),
	("matomo/static_ignores.log", {"has_host": True}),
]


@tap.test
def real_logs_are_counted_exactly():
	if "COURANT_TEST_DATA" not in os.environ:
		tap.skip("COURANT_TEST_DATA is not set")
		return
	for name, how in REAL:
		path = Path(os.environ["COURANT_TEST_DATA"]) / "logs" / name
		tap.row(name)
		data = count.open_log(path)
		agents = {hit.agent for hit in count.Counts(data, STATIC, lambda agent: False, **how).hits}
		robots = {None} if None in agents else robots_among(agents)
		count_and_compare(data, words=(str(path),), is_robot=lambda agent: agent in robots, **how)


tap.main()
