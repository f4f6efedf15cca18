#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""courant weblog --state: logs are rotated, packed, cut, completed, given twice, read by two at once and killed, and each line counts once.

Whatever happens to the files, in the end all tables must be those of one plain run over all lines.
"""
import bz2
import gzip
import json
import lzma
import os
import random
import shutil
import sqlite3
import subprocess

import tap

AGENTS = [
	"Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/118.0",
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
	"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "curl/8.0", "-", "",
]
PATHS = ["/", "/a.html", "/b?x=1", "/robots.txt", "/s.css", "/missing", "/%E6%90%9C", "/long" + "x" * 300]
DAY_S = 86400


def stamp(second, offset):
	second += int(offset[1:3]) * 3600 + int(offset[3:]) * 60
	return f"{9 + second // DAY_S:02}/Nov/2026:{second // 3600 % 24:02}:{second // 60 % 60:02}:{second % 60:02} {offset}"


def make_lines(n, seed, server="a", offset="+0800", times=True):
	"""Lines of two days in order of time, now and then late ones, some of which cannot be read."""
	dice = random.Random(seed)
	lines, second = [], dice.randrange(1000)
	for number in range(n):
		second += dice.choice([0, 0, 1, 2, 30, 2 * DAY_S // n])
		if dice.random() < 0.01:
			lines.append(b"no log line %d of %s\n" % (number, server.encode()))
			continue
		late = dice.choice([1, 700, 5000]) if dice.random() < 0.03 and second > 5000 else 0
		agent = dice.choice(AGENTS)
		status = dice.choice([200, 200, 200, 304, 404, 500])
		referrer = dice.choice(["-", "https://example.org/x", "http://search.example/?q=1"])
		took = f" {dice.randrange(5000) / 1000:.3f}" if times else ""
		lines.append(
			f'192.0.2.{dice.randrange(40)} - {server} [{stamp(second - late, offset)}] "GET {dice.choice(PATHS)} HTTP/1.1" {status} '
			f'{dice.randrange(9999)} "{referrer}" "{agent}"{took}\n'.encode())
	return lines


def tables(*words, cwd, status=0, zone="Asia/Shanghai"):
	result = tap.courant("weblog", "--json", "--top", "0", "--timezone", zone, *words, cwd=cwd)
	tap.check_equal(result.status, status)
	return comparable(json.loads(result.out))


def comparable(got):
	"""Names of files and numbers of lines in them are no figures."""
	got["rejected"] = sorted(row["text"] for row in got["rejected"])
	return got


class Place:
	"""A folder with logs, a ledger, and every line that was ever written."""

	def __init__(self, name):
		tap.row(name)
		self.folder = tap.folder()
		self.all = []

	def write(self, name, lines, mode="wb"):
		self.all += lines
		with open(self.folder / name, mode) as file:
			file.writelines(lines)

	def append(self, name, lines):
		self.write(name, lines, "ab")

	def move(self, name, to):
		os.rename(self.folder / name, self.folder / to)

	def pack(self, name, to, module):
		(self.folder / to).write_bytes(module.compress((self.folder / name).read_bytes()))
		(self.folder / name).unlink()

	def count(self, *names):
		return tables("--state", "ledger", *names, cwd=self.folder)

	def check(self, *names, zone="Asia/Shanghai"):
		"""Counts the logs once more, and compares with one run over all lines."""
		got = tables("--state", "ledger", *names, cwd=self.folder, zone=zone)
		(self.folder / "plain").write_bytes(b"".join(self.all))
		plain = tables("plain", cwd=self.folder, zone=zone)
		for name in plain:
			# Ten of each reason, and which ones depends on the files.
			if name == "rejected":
				tap.check_equal(len(got[name]), len(plain[name]))
			elif got[name] != plain[name]:
				tap.check_equal((name, got[name]), (name, plain[name]))
		tap.check_equal(sorted(got), sorted(plain))

	def text(self, *names):
		return tap.courant("ledger", *names, cwd=self.folder)


@tap.test
def a_log_grows_and_is_given_again():
	place = Place("grows")
	lines = make_lines(3000, 1)
	place.write("access.log", lines[:1000])
	place.check("access.log")
	place.check("access.log")
	place.append("access.log", lines[1000:1001])
	place.check("access.log")
	place.append("access.log", lines[1001:])
	place.check("access.log", "access.log")
	place.check()


@tap.test
def every_zone_is_made_of_quarters():
	place = Place("zones")
	place.write("access.log", make_lines(3000, 2))
	place.count("access.log")
	for zone in ("UTC", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "America/New_York", "-03:30"):
		tap.row(zone)
		place.check(zone=zone)


@tap.test
def rotation_renames_and_packs():
	place = Place("rotation")
	lines = make_lines(4000, 3)
	place.write("access.log", lines[:1500])
	place.count("access.log")
	place.append("access.log", lines[1500:2000])
	place.move("access.log", "access.log.1")
	place.write("access.log", lines[2000:2500])
	place.check("access.log", "access.log.1")
	place.append("access.log", lines[2500:3000])
	place.pack("access.log.1", "access.log.2.gz", gzip)
	place.move("access.log", "access.log.1")
	place.write("access.log", lines[3000:])
	place.check("access.log", "access.log.1", "access.log.2.gz")
	for to, module in (("x.xz", lzma), ("x.bz2", bz2), ("x.gz", gzip)):
		tap.row(to)
		shutil.copy(place.folder / "access.log.1", place.folder / "copy")
		place.pack("copy", to, module)
		place.check("access.log", to, "access.log.2.gz")
	if shutil.which("zstd"):
		subprocess.run(["zstd", "-q", "access.log.1"], cwd=place.folder, check=True)
		place.check("access.log.1.zst")


@tap.test
def lines_written_behind_a_packed_copy_are_new():
	place = Place("packed, then grown")
	lines = make_lines(2000, 4)
	(place.folder / "old.gz").write_bytes(gzip.compress(b"".join(lines[:1500])))
	place.count("old.gz")
	place.write("access.log", lines)
	place.check("access.log")
	place.check("old.gz", "access.log")


@tap.test
def copytruncate_loses_nothing_and_doubles_nothing():
	place = Place("copytruncate")
	lines = make_lines(3000, 5)
	place.write("access.log", lines[:1000])
	place.count("access.log")
	place.append("access.log", lines[1000:1400])
	shutil.copy(place.folder / "access.log", place.folder / "access.log.1")
	place.write("access.log", lines[1400:1410])
	place.check("access.log", "access.log.1")
	place.append("access.log", lines[1410:])
	place.check("access.log", "access.log.1")


@tap.test
def a_beginning_of_what_was_counted_is_known():
	place = Place("a copy from before")
	lines = make_lines(3000, 6)
	for number, n in enumerate((1, 2, 50, 900, 2500)):
		(place.folder / f"copy{number}").write_bytes(b"".join(lines[:n]))
	(place.folder / "cut").write_bytes(b"".join(lines[:700])[:-40])
	place.write("access.log", lines)
	place.count("access.log")
	place.check("copy0", "copy1", "copy2", "copy3", "copy4", "cut", "access.log")


@tap.test
def a_last_line_without_an_end_counts_once():
	place = Place("a line in two parts")
	data = b"".join(make_lines(300, 7))
	for cut in (len(data) - 1, len(data) - 60, data.rindex(b"\n", 0, -1) + 1 + 20, data.index(b"\n") - 30):
		tap.row(f"cut at {cut}")
		for name in ("ledger", "ledger-wal", "ledger-shm"):
			(place.folder / name).unlink(missing_ok=True)
		place.all = [data[:cut]]
		(place.folder / "access.log").write_bytes(data[:cut])
		place.check("access.log")
		place.check("access.log")
		place.all = [data]
		(place.folder / "access.log").write_bytes(data)
		place.check("access.log")
	place.all = [data + b"x" * 2000000]
	(place.folder / "access.log").write_bytes(place.all[0])
	place.check("access.log")
	place.check("access.log")
	place.all[0] += b"y" * 2000000 + b"\n" + data.replace(b"192.0.2.", b"198.51.100.")
	(place.folder / "access.log").write_bytes(place.all[0])
	place.check("access.log")
	place.check("access.log")


@tap.test
def two_servers_interleave():
	place = Place("two servers")
	# They begin with the same line, as a balancer's probe makes them.
	first = make_lines(1, 8)
	one, two = make_lines(1500, 9, "one"), make_lines(1500, 10, "two", "+0000")
	place.write("one.log", first + one[:500])
	place.write("two.log", first)
	place.count("one.log", "two.log")
	place.append("two.log", two[:700])
	place.check("one.log", "two.log")
	place.append("one.log", one[500:])
	place.append("two.log", two[700:])
	place.check("two.log", "one.log")


@tap.test
def two_that_begin_alike_and_then_differ_are_two():
	place = Place("alike at first")
	first = make_lines(1, 11)
	place.write("one.log", first)
	place.count("one.log")
	place.write("two.log", first + make_lines(100, 12, "two"))
	place.append("one.log", make_lines(100, 13, "one"))
	place.check("two.log", "one.log")


@tap.test
def a_copy_that_was_cut_and_went_on_in_another_way():
	place = Place("cut and gone on")
	lines = make_lines(3000, 30)
	place.write("access.log", lines)
	place.count("access.log")
	(place.folder / "copy").write_bytes(b"".join(lines[:1000]))
	place.check("copy")
	place.append("copy", make_lines(100, 31, "b"))
	place.check("copy")
	place.check("access.log", "copy")
	place.append("copy", make_lines(700, 32, "b"))
	place.check("copy", "access.log")
	tap.row("the first is forgotten, and given again")
	tap.check_equal(place.text("forget", "ledger", "access.log").status, 0)
	place.check("copy", "access.log")


@tap.test
def two_with_a_short_beginning_are_two():
	place = Place("short")
	line = b'192.0.2.1 - - [09/Nov/2026:10:00:00 +0000] "GET /%s HTTP/1.1" 200 5 "-" "curl/8"\n'
	place.write("a.log", [line % b"", line % (b"x" * 100)])
	place.write("b.log", [line % b"", line % b"y"])
	place.check("a.log", "b.log")
	place.check("b.log", "a.log")


# Loaded before the C library: when the log is opened for the nth time, it has just been rotated.
ROTATE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static void note(const char *path)
{
	static int opened;
	if (strcmp(path, "live.log") == 0 && ++opened == atoi(getenv("ROTATE_AT"))) {
		rename("live.log", "live.log.1");
		rename("new.log", "live.log");
	}
}
#define HOOK(name) int name(const char *path, int flags, ...) { \
	va_list rest; va_start(rest, flags); int mode = va_arg(rest, int); va_end(rest); \
	note(path); \
	return ((int (*)(const char *, int, ...))dlsym(RTLD_NEXT, #name))(path, flags, mode); }
HOOK(open)
HOOK(open64)
"""


@tap.test
def rotation_while_it_is_read():
	folder = tap.folder()
	(folder / "rotate.c").write_text(ROTATE)
	if subprocess.run(["cc", "-shared", "-fPIC", "-o", "rotate.so", "rotate.c", "-ldl"], cwd=folder, capture_output=True, check=False).returncode:
		tap.skip("no compiler")
		return
	for nth in range(1, 5):
		place = Place(f"rotated before it is opened for the {nth}. time")
		old, new = make_lines(60, 33), make_lines(30, 34, "b")
		data = b"".join(old)
		(place.folder / "live.log").write_bytes(data[:-30])
		place.count("live.log")
		place.write("live.log", old)
		place.write("new.log", new)
		env = dict(os.environ, LD_PRELOAD=f"{folder}/rotate.so", ROTATE_AT=str(nth))
		if "asan" in subprocess.run(["ldd", tap.PROGRAM], capture_output=True, text=True, check=False).stdout:
			tap.skip("the sanitizer wants to be loaded first")
			return
		subprocess.run([tap.PROGRAM, "weblog", "--state", "ledger", "-q", "--json", "live.log"], cwd=place.folder, env=env, stdout=subprocess.DEVNULL, check=True)
		if (place.folder / "new.log").exists():
			place.move("live.log", "live.log.1")
			place.move("new.log", "live.log")
		place.check("live.log", "live.log.1")


@tap.test
def a_pipe_is_read_whole():
	place = Place("pipes")
	lines = make_lines(3000, 35)
	for lot in (lines[:2000], lines):
		(place.folder / "data").write_bytes(b"".join(lot))
		words = f"{tap.PROGRAM} weblog --state ledger --json -q <(cat data)"
		result = subprocess.run(["bash", "-c", words], cwd=place.folder, capture_output=True, check=False)
		tap.check_equal(result.returncode, 0)
		tap.check_equal(json.loads(result.stdout)["totals"]["lines"], len(lot))
	place.all = lines
	place.check()


@tap.test
def a_ledger_of_the_first_version_is_used_on():
	place = Place("first version")
	lines = make_lines(3000, 36)
	place.write("access.log", lines[:2000])
	place.count("access.log")
	with sqlite3.connect(place.folder / "ledger") as old:
		old.executescript("drop table line; pragma writable_schema = 1;"
			"update sqlite_master set sql = replace(replace(sql, ', start integer not null default 0', ''), ', base integer references log on delete set null', '') where name = 'log';"
			"pragma writable_schema = 0; pragma user_version = 1;")
	old.close()
	place.append("access.log", lines[2000:])
	place.check("access.log")
	place.check("access.log")


@tap.test
def directives_are_remembered():
	place = Place("W3C")
	head = b"#Version: 1.0\n#Fields: date time c-ip cs-method cs-uri-stem sc-status sc-bytes cs(User-Agent)\n"
	other = b"#Fields: time date c-ip cs-method cs-uri-stem sc-status sc-bytes\n"
	line = "2026-11-09 0{}:{:02}:07 192.0.2.{} GET /{} 200 {} Mozilla/5.0+(X11;+Linux+x86_64;+rv:109.0)+Gecko/20100101+Firefox/118.0\n"
	lines = [line.format(i // 60, i % 60, i % 7, i % 11, i).encode() for i in range(120)]
	swapped = [f"03:{i:02}:09 2026-11-09 192.0.2.9 GET /x 404 {i}\n".encode() for i in range(60)]
	place.write("w3c.log", [head] + lines[:50])
	place.check("w3c.log")
	for more in (lines[50:51], lines[51:], [other], swapped[:30], swapped[30:]):
		place.append("w3c.log", more)
		place.check("w3c.log")
	data = b"".join(place.all)
	for cut in (len(data) - 20, len(head) - 9, len(head) + 3):
		(place.folder / "cut.log").write_bytes(data[:cut])
		tap.courant("weblog", "--state", f"ledger{cut}", "cut.log", cwd=place.folder)
		(place.folder / "cut.log").write_bytes(data)
		tap.check_equal(tables("--state", f"ledger{cut}", "cut.log", cwd=place.folder), tables("cut.log", cwd=place.folder))


@tap.test
def standard_input_is_known_again():
	place = Place("standard input")
	lines = make_lines(1000, 14)
	place.write("access.log", lines[:600])
	place.count("access.log")
	place.append("access.log", lines[600:])
	for _ in range(2):
		result = tap.courant("weblog", "--state", "ledger", "-q", "-", stdin=b"".join(lines), cwd=place.folder)
		tap.check_equal(result.status, 0)
	place.check()
	place.check("access.log")


@tap.test
def a_young_log_stops_nobody():
	place = Place("young")
	line = b'198.51.100.7 - - [09/Nov/2026:05:00:00 +0000] "GET /young HTTP/1.1" 200 5 "-" "curl/8"\n'
	directives = b"#Software: Microsoft Internet Information Services 10.0\r\n#Version: 1.0\r\n#Fields: date time c-ip cs-method cs-uri-stem sc-status\r\n"
	(place.folder / "young.log").write_bytes(line[:20])
	(place.folder / "iis.log").write_bytes(directives)
	(place.folder / "access.log").write_bytes(b"".join(make_lines(100, 37)))
	tap.check_equal(tables("iis.log", cwd=place.folder)["totals"]["lines"], 0)
	tap.check_equal(place.count("young.log", "iis.log", "access.log")["totals"]["lines"], 101)
	(place.folder / "young.log").write_bytes(line)
	(place.folder / "iis.log").write_bytes(directives + b"2026-11-09 05:00:00 192.0.2.200 GET /iis 200\r\n")
	paths = [row["path"] for row in place.count("young.log", "iis.log", "access.log")["paths"]]
	tap.check("/young" in paths and "/iis" in paths, f"what has been counted: {paths}")


@tap.test
def each_log_is_read_in_its_own_format():
	place = Place("formats")
	place.write("access.log", make_lines(200, 38))
	data = (place.folder / "access.log").read_bytes()
	(place.folder / "access.log").write_bytes(data[:-1])
	place.all = [data[:-1]]
	before = place.count("access.log")
	(place.folder / "other.log").write_bytes(b"192.0.2.1 [09/Nov/2026:05:00:00 +0000] 200\n")
	after = place.count("--format", "$remote_addr [$time_local] $status", "other.log")
	for name in ("lines", "hits"):
		tap.check_equal(after["totals"][name], before["totals"][name] + 1)
	tap.check_equal(after["totals"]["rejected"], before["totals"]["rejected"])
	tap.check_equal(after["browsers"], before["browsers"])


@tap.test
def lines_in_any_order():
	place = Place("shuffled")
	lines = make_lines(1500, 15)
	random.Random(1).shuffle(lines)
	for number in range(3):
		place.append("access.log", lines[number * 500:number * 500 + 500])
		place.check("access.log")


@tap.test
def a_period_is_reported_without_the_logs():
	place = Place("period")
	place.write("access.log", make_lines(3000, 16))
	place.count("access.log")
	shutil.copy(place.folder / "access.log", place.folder / "kept")
	(place.folder / "access.log").unlink()
	for since, until in (("2026-11-09", "2026-11-09"), ("2026-11-09T03:15:00+08:00", "2026-11-10T01:30:00+08:00")):
		period = ["--since", since, "--until", until]
		got, plain = tables("--state", "ledger", *period, cwd=place.folder), tables(*period, "kept", cwd=place.folder)
		for name in plain:
			tap.row(name)
			tap.check_equal(got[name], plain[name])
	odd = tap.courant("weblog", "--state", "ledger", "--timezone", "UTC", "--since", "2026-11-09T03:10:00Z", cwd=place.folder)
	tap.check_equal(odd.status, 64)
	tap.check_in("quarter of an hour", odd.err)
	tap.check_equal(tap.courant("weblog", "--state", "ledger", "--path", "/*", cwd=place.folder).status, 64)


@tap.test
def killed_at_any_instant_it_goes_on():
	place = Place("killed")
	lines = make_lines(24000, 17)
	place.write("old.log", lines[:8000])
	place.write("access.log", lines[8000:])
	command = [tap.PROGRAM, "weblog", "--state", "ledger", "-q", "--json", "old.log", "access.log"]
	dice, done = random.Random(18), 0
	for number in range(40):
		process = subprocess.Popen(command, cwd=place.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
		try:
			process.wait(timeout=dice.random() * (0.02 + 0.01 * (number % 8)))
			done += 1
		except subprocess.TimeoutExpired:
			process.kill()
			process.wait()
		if number % 13 == 12:
			place.check("old.log", "access.log")
			place.append("access.log", make_lines(50, 100 + number))
	tap.check(done < 40, "was never killed")
	place.check("old.log", "access.log")


@tap.test
def two_at_once_count_once():
	place = Place("at once")
	lines = make_lines(6000, 19)
	place.write("one.log", lines[:3000])
	place.write("two.log", lines[3000:])
	command = [tap.PROGRAM, "weblog", "--state", "ledger", "-q", "--json"]
	running = [subprocess.Popen(command + names, cwd=place.folder, stdout=subprocess.DEVNULL)
		for names in (["one.log", "two.log"], ["two.log", "one.log"], ["one.log", "two.log"], ["two.log"])]
	tap.check_equal([process.wait() for process in running], [0] * 4)
	place.check("one.log", "two.log")


@tap.test
def the_list_and_forgetting():
	place = Place("list")
	one, two = make_lines(300, 20, "one"), make_lines(300, 21, "two")
	place.write("one.log", one)
	place.write("two.log", two)
	place.count("one.log", "two.log")
	tap.check("█" not in place.text("list", "ledger").out, "no bar where nothing is compared")
	logs = json.loads(place.text("list", "--json", "ledger").out)["logs"]
	tap.check_equal([[row["number"], row["log"], row["lines"], row["size"]] for row in logs],
		[[1, "one.log", 300, len(b"".join(one))], [2, "two.log", 300, len(b"".join(two))]])
	tap.check_equal(place.text("forget", "ledger", "one.log").status, 0)
	place.all = two
	place.check()
	place.all = one + two
	place.check("one.log")
	tap.check_equal(place.text("forget", "ledger", "no.log").status, 66)
	tap.check_equal(place.text("forget", "ledger").status, 64)
	tap.check_equal(place.text("forget", "ledger", "--before", "2026-11-09..2026-11-10").status, 64)
	tap.check_equal(place.text("forget", "ledger", "--before", "2026-11-09T05:00:00Z").status, 0)
	hours = place.count("one.log", "two.log")["hours"]
	tap.check_equal([row["hour"] for row in hours][:1], ["2026-11-09T13:00:00+08:00"])
	tap.check_equal(place.text("forget", "ledger", "--all").status, 0)
	tap.check_equal(json.loads(place.text("list", "--json", "ledger").out), {"logs": []})


@tap.test
def what_is_no_ledger_is_told():
	place = Place("no ledger")
	place.write("access.log", make_lines(3, 22))
	(place.folder / "text").write_text("this is a text, not a ledger\n" * 100)
	sqlite3.connect(place.folder / "other").execute("create table t (x)").connection.close()
	for name, status, words in (("text", 66, "is not a ledger"), ("other", 66, "is a database, but not a ledger"), ("none/x", 73, "cannot open")):
		tap.row(name)
		result = tap.courant("weblog", "--state", name, "access.log", cwd=place.folder)
		tap.check_equal(result.status, status)
		tap.check_in(words, result.err)
	tap.check_equal(place.text("list", "missing").status, 66)
	tap.check(not (place.folder / "missing").exists(), "a list made a file")


@tap.test
def a_log_that_fails_leaves_the_others():
	place = Place("failing")
	place.write("good.log", make_lines(200, 23))
	(place.folder / "bad.gz").write_bytes(gzip.compress(b"".join(make_lines(500, 24)))[:-20])
	tap.check_equal(tap.courant("weblog", "--state", "ledger", "good.log", "bad.gz", cwd=place.folder).status, 66)
	place.check("good.log")


tap.main()
