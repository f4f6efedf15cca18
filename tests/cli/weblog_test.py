#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""courant weblog as a shell sees it: outputs, options, and what it says of input that is no log."""
import csv
import gzip
import io
import json
import os
import select
import shutil
import subprocess
import tempfile

import tap

LINE = '192.0.2.1 - - [10/Oct/2023:13:55:36 +0800] "GET {} HTTP/1.1" {} {} "{}" "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/118.0"\n'
PLANTED = "<a href=x>\x1b[31m\u202e=cmd|'/C calc'!A0"


def log(*rows):
	return "".join(LINE.format(*row) for row in rows).encode()


def weblog(*words, stdin=b"", cwd=None):
	return tap.courant("weblog", *words, stdin=stdin, cwd=cwd)


THREE = log(("/", 200, 10, "-"), ("/a?x", 404, 5, "http://example.org/"), ("/", 304, "-", "-"))


@tap.test
def all_tables_are_one_object():
	got = json.loads(weblog("--json", "-", stdin=THREE).out)
	tap.check_equal(
		list(got),
		"totals hours days hours_of_day status status_classes methods paths pages files not_found failing referrers browsers systems devices robots latency "
		"latency_days latency_total slow_pages hosts addresses rejected".split(),
	)
	tap.check_equal(got["totals"]["first"], "2023-10-10T13:55:36+08:00")
	tap.check_equal(got["pages"], [{"path": "/", "views": 2, "visitors": 1, "bytes": 10}])
	tap.check_equal(got["browsers"], [{"name": "Firefox", "visitors": 1, "hits": 3, "share": 1}])
	tap.check_equal(got["not_found"], [{"path": "/a", "hits": 1, "referrer": "http://example.org/"}])
	tap.check_equal(got["failing"], [])


@tap.test
def failing_paths_have_their_errors_and_hits():
	data = log(("/a", 503, 1, "-"), ("/a", 200, 1, "-"), ("/b", 500, 1, "-"), ("/b", 599, 1, "-"), ("/c", 404, 1, "-"))
	tap.check_equal(
		json.loads(weblog("--json", "-", stdin=data).out)["failing"],
		[{"path": "/b", "errors_5xx": 2, "hits": 2}, {"path": "/a", "errors_5xx": 1, "hits": 2}],
	)


@tap.test
def chosen_tables_only():
	tap.check_equal(list(json.loads(weblog("--json", "--table", "status", "--table", "days", "-", stdin=THREE).out)), ["status", "days"])
	tap.check_equal(weblog("--csv", "--table", "status", "-", stdin=THREE).out, "status,hits,bytes\r\n200,1,10\r\n304,1,0\r\n404,1,5\r\n")


@tap.test
def ranked_tables_are_cut():
	data = log(*((f"/{i % 30}", 200, 1, "-") for i in range(45)))
	rows = json.loads(weblog("--json", "-", stdin=data).out)["paths"]
	tap.check_equal([len(rows), rows[0]["path"], rows[0]["hits"], rows[15]["path"]], [20, "/0", 2, "/15"])
	tap.check_equal([row["path"] for row in rows[:5]], ["/0", "/1", "/10", "/11", "/12"])
	tap.check_equal(len(json.loads(weblog("--json", "--top", "0", "-", stdin=data).out)["paths"]), 30)
	tap.check_in("10 more with 10", weblog("--table", "paths", "-", stdin=data).out)


@tap.test
def planted_payloads_do_no_harm():
	data = LINE.format("/" + PLANTED, 404, 1, "http://x/" + PLANTED).encode() + b"rejected " + PLANTED.encode() + b"\xff\n"
	screen = weblog("-", stdin=data)
	tap.check_equal(screen.status, 0)
	tap.check(not any(c < " " and c != "\n" or c in "\x7f\u202e" for c in screen.out + screen.err), "no control character on the terminal")
	rows = json.loads(weblog("--json", "-", stdin=data).out)["rejected"]
	tap.check_equal(rows, [{"file": "-", "line": 2, "reason": rows[0]["reason"], "text": "rejected " + PLANTED + "\\xFF"}])
	cells = list(csv.reader(io.StringIO(weblog("--csv", "--table", "robots", "-", stdin=b'1.1.1.1 - - [10/Oct/2023:13:55:36 +0800] "" 400 0 "-" "=bot/1"\n').out)))
	tap.check(not cells[1][0].startswith("="), "no formula in a cell")


@tap.test
def bad_input_is_told():
	folder = tap.folder()
	(folder / "binary").write_bytes(bytes(range(256)) * 50)
	(folder / "text").write_text("\n\nhello world\n" * 3)
	(folder / "cut.gz").write_bytes(gzip.compress(THREE * 100)[:100])
	(folder / "damaged.gz").write_bytes(gzip.compress(THREE)[:-8] + b"12345678")
	(folder / "followed.gz").write_bytes(gzip.compress(THREE) + b"not gzip")
	for name, status, words in (
		("missing", 66, "missing: No such file"),
		(".", 66, "Is a directory"),
		("binary", 66, "binary is binary, not an access log"),
		("text", 66, 'line 3 is "hello world", expected: [HOST] ADDRESS'),
		("cut.gz", 66, "cut.gz: its gzip data end too early; to count what can be read: zcat cut.gz"),
		("damaged.gz", 66, "damaged.gz: its gzip data are damaged"),
		("followed.gz", 66, "followed by something else"),
	):
		tap.row(name)
		result = weblog("--json", name, cwd=folder)
		tap.check_equal(result.status, status)
		tap.check_equal(result.out, "")
		tap.check_in(words, result.err)
	tap.check_in("to count what can be read: … | zcat | courant weblog -", weblog("-", stdin=gzip.compress(THREE * 100)[:100]).err)
	tap.row("unreadable")
	(folder / "text").chmod(0)
	if os.geteuid() != 0:
		tap.check_in("Permission denied", weblog("text", cwd=folder).err)


@tap.test
def wrong_words_are_told():
	for words, said in (
		((), "no log is given"),
		(("--json", "--csv", "-"), "exclude each other"),
		(("--csv", "-"), "--csv writes one table"),
		(("--csv", "--table", "page", "-"), "did you mean pages?"),
		(("--top", "x", "-"), "--top is x"),
		(("--since", "yesterdays", "--timezone", "UTC", "-"), "--since is yesterdays"),
		(("--since", "2023-10-11", "--until", "2023-10-10", "--timezone", "UTC", "-"), "--since is not before --until"),
		(("--since", "2023-10-09..2023-10-10", "--timezone", "UTC", "-"), "--since is 2023-10-09..2023-10-10, not a date"),
		(("--until", "2023-10-09..2023-10-10", "--timezone", "UTC", "-"), "--until is 2023-10-09..2023-10-10, not a date"),
		(("--status", "99", "-"), "--status is 99, not like 404"),
		(("--status", "40-499", "-"), "--status is 40-499, not like 404"),
		(("--status", "400-99", "-"), "--status is 400-99, not like 404"),
		(("--status", "0404", "-"), "--status is 0404, not like 404"),
	):
		tap.row(" ".join(words))
		result = weblog(*words, stdin=THREE)
		tap.check_equal(result.status, 64)
		tap.check_in(said, result.err)
	tap.check_in("Foo/Bar", weblog("--timezone", "Foo/Bar", "-", stdin=THREE).err)


@tap.test
def empty_logs_are_no_error():
	folder = tap.folder()
	(folder / "access.log").write_bytes(b"")
	result = weblog("--json", "access.log", cwd=folder)
	tap.check_equal(result.status, 0)
	tap.check_in("access.log holds no lines", result.err)
	got = json.loads(result.out)
	tap.check_equal([got["totals"]["lines"], got["totals"]["first"], len(got["hours_of_day"]), got["pages"]], [0, None, 24, []])
	tap.check_equal(weblog("-q", "--json", "access.log", cwd=folder).err, "")


@tap.test
def what_figures_cannot_say_is_a_warning():
	tap.check_in("1 of 2 lines were rejected", weblog("-", stdin=log(("/", 200, 1, "-")) + b"x\n").err)
	tap.check_in("no user agents", weblog("-", stdin=b'192.0.2.1 - - [10/Oct/2023:13:55:36 +0800] "GET / HTTP/1.1" 200 1\n').err)
	tap.check_in("no line fits --since\n", weblog("--timezone", "UTC", "--since", "2024-01-01", "-", stdin=THREE).err)
	tap.row("what left nothing over")
	tap.check_in("no line fits --host\n", weblog("--host", "a.example", "-", stdin=THREE).err)
	tap.check_in("no line fits --path, --status\n", weblog("--status", "599", "--path", "/x", "-", stdin=THREE).err)
	period = ("--timezone", "UTC", "--since", "2023-01-01", "--until", "2024-01-01")
	tap.check_in("no line fits --since, --until, --status\n", weblog(*period, "--status", "599", "-", stdin=THREE).err)
	tap.check_in("was taken for", weblog("-", stdin=THREE + b"x\n").err)
	tap.row("nothing of a format that was given can be read")
	tap.check_equal(weblog("--format", "combined", "-", stdin=b"x\n").err, "courant: 1 of 1 lines were rejected; samples are in the table rejected\n")


@tap.test
def dates_are_those_of_the_log():
	folder = tap.folder()
	(folder / "access.log").write_bytes(THREE)
	early = weblog("--json", "--since", "2023-10-10T13:55:36+08:00", "access.log", cwd=folder)
	tap.check_equal(json.loads(early.out)["totals"]["hits"], 3)
	tap.check_equal(json.loads(weblog("--json", "--until", "2023-10-10", "access.log", cwd=folder).out)["totals"]["hits"], 3)
	tap.check_equal(json.loads(weblog("--json", "--until", "2023-10-09", "access.log", cwd=folder).out)["totals"]["hits"], 0)
	(folder / "empty.log").write_bytes(b"")
	# The first of them is at 05:55 UTC, and so of another day than at +0800 when it is shifted by ten hours.
	(folder / "own.log").write_bytes(b"192.0.2.1 [11/Oct/2023:01:00:00 +0800] 200\n")
	(folder / "late.log").write_bytes(THREE.replace(b"10/Oct/2023:13", b"11/Oct/2023:01"))
	for words in (("lat*.log",), ("empty.log", "late.log"), ("-",), ("--format", "$remote_addr [$time_local] $status", "own.log")):
		tap.row(" ".join(words))
		hits = json.loads(weblog("--json", "--since", "2023-10-11", *words, stdin=(folder / "late.log").read_bytes(), cwd=folder).out)["totals"]["hits"]
		tap.check_equal(hits, 1 if "own.log" in words else 3)


@tap.test
def filters_choose_hits():
	hosts = b"".join(b"%s " % host + line + b"\n" for host, line in zip([b"www.a.example:443", b"b.example", b"www.a.example"], THREE.split(b"\n")))
	for words, hits in (
		(("--path", "/"), 2),
		(("--path", "/a*", "--path", "/"), 3),
		(("--path", "/?"), 1),
		(("--exclude", "/a"), 2),
		(("--status", "4xx"), 1),
		(("--status", "200-304"), 2),
		(("--status", "200", "--status", "404"), 2),
		(("--status", "200", "--path", "/a"), 0),
		(("--host", "WWW.a.example"), 2),
		(("--host", "*.example"), 3),
	):
		tap.row(" ".join(words))
		totals = json.loads(weblog("--json", *words, "-", stdin=hosts).out)["totals"]
		tap.check_equal((totals["hits"], totals["lines"]), (hits, 3))
	tap.check_in("--status is x", weblog("--status", "x", "-", stdin=THREE).err)
	tap.check_equal(json.loads(weblog("--json", "-", stdin=hosts).out)["hosts"][0], {"name": "www.a.example", "hits": 2, "visitors": 1, "bytes": 10})


@tap.test
def anonymous_output_names_nobody():
	data = log(("/x", 404, 1, "http://a.example/p?secret#f")) + THREE.replace(b"192.0.2.1", b"2001:db8:1:2::3") + b"192.0.2.77 secret\n"
	data += THREE.replace(b"192.0.2.1", b"192.0.2.9") + THREE.replace(b"192.0.2.1", b"pc7.example.org")
	out = weblog("--json", "--anonymize", "-", stdin=data).out
	got = json.loads(out)
	tap.check_equal(
		[(row["name"], row["hits"], row["visitors"]) for row in got["addresses"]],
		[("192.0.2.0/24", 4, 2), ("*.example.org", 3, 1), ("2001:db8:1::/48", 3, 1)],
	)
	tap.check("secret" not in out and "192.0.2.9" not in out, "nothing is left")
	tap.check_equal(got["not_found"][1]["referrer"], "http://a.example/p")
	tap.check_equal(got["totals"]["visitors"], 4)
	tap.row("addresses with ports, in brackets, or in a list")
	data = b"".join(THREE.replace(b"192.0.2.1", written) for written in (b"192.0.2.77:4711", b"[::ffff:192.0.2.77]", b"192.0.2.78,", b"192.0.2.77,198.51.100.7"))
	got = json.loads(weblog("--json", "--anonymize", "-", stdin=data).out)
	tap.check_equal([(row["name"], row["hits"]) for row in got["addresses"]], [("192.0.2.0/24", 9), ("*", 3)])


@tap.test
def jobs_change_nothing():
	import random

	chance = random.Random(1)
	rows = [
		LINE.format(f"/{chance.randrange(500)}", chance.choice([200, 304, 404]), chance.randrange(9999), chance.choice(["-", "http://a.example/x"]))
		.replace("192.0.2.1", f"10.0.{chance.randrange(30)}.{chance.randrange(99)}")
		.replace("10/Oct/2023:13", f"{chance.randrange(10, 13)}/Oct/2023:{chance.randrange(24):02}")
		.replace("Firefox/118", f"Firefox/{chance.randrange(90, 118)}")
		if chance.random() < 0.99
		else "rejected\n\n"
		for _ in range(20000)
	]
	data = "".join(rows).encode()
	one = weblog("--json", "--top", "0", "-", stdin=data)
	for jobs in ("2", "3", "8"):
		tap.check(weblog("--json", "--top", "0", "--jobs", jobs, "-", stdin=data) == one, f"{jobs} jobs give the same tables")
	tap.check(weblog("--json", "--top", "0", "--jobs", "3", "-", stdin=gzip.compress(data)) == one, "of a compressed log too")
	tap.check_in("--jobs is 0", weblog("--jobs", "0", "-", stdin=THREE).err)


def other_formats():
	"""Logs of several blocks, whose fields are decoded and whose directives change in the middle."""
	rows = [(i, f"10.0.{i % 7}.{i % 250}", f"/p{i % 90}", (200, 404, 503)[i % 11 % 3], i % 5000, f"{i % 24:02}:{i // 24 % 60:02}:{i % 60:02}") for i in range(9000)]
	w3c = ["#Fields: date time c-ip cs-method cs-uri-stem sc-status sc-bytes time-taken cs(User-Agent)\n"]
	for i, address, path, status, size, clock in rows:
		if i == 5000:
			w3c.append("#Fields: time date cs-uri-stem sc-status cs(User-Agent) c-ip sc-bytes\n")
		agent = f"Mozilla/5.0+(X11;+rv:{i % 9})+Gecko/20100101+Firefox/{100 + i % 5}.0"
		w3c.append(
			f"2026-11-09 {clock} {address} GET {path} {status} {size} {i % 900} {agent}\n" if i < 5000 else f"{clock} 2026-11-09 {path} {status} {agent} {address} {size}\n"
		)
	yield "w3c", "".join(w3c)
	yield "json", "".join(
		f'{{"ts":"2026-11-09T{clock}Z","request":{{"remote_ip":"{address}","method":"GET","uri":"{path}?\\u00e9","headers":{{"User-Agent":["Fire\\u0066ox/{i % 9} \\"x\\""],'
		f'"Referer":["https:\\/\\/a{i % 5}.example\\/"]}}}},"status":{status},"size":{size},"duration":{i % 900 / 1000}}}\n'
		for i, address, path, status, size, clock in rows
	)
	yield "haproxy", "".join(
		f'Nov  9 {clock} lb haproxy[1]: {address}:{i} [09/Nov/2026:{clock}.123] f b/s 0/0/0/{i % 900}/{i % 900} {status} {size} - - ---- 1/1/1/1/0 0/0 "GET {path} HTTP/1.1"\n'
		for i, address, path, status, size, clock in rows
	)
	yield "alb", "".join(
		f'h2 2026-11-09T{clock}.1Z app/x/y {address}:1 10.0.0.1:80 0.001 0.{i % 900:03} 0.0 {status} {status} 1 {size} "GET https://a.example:443{path} HTTP/2.0" "Firefox/{i % 9}" - -\n'
		for i, address, path, status, size, clock in rows
	)


@tap.test
def other_formats_do_not_depend_on_workers_and_packing():
	for name, text in other_formats():
		folder = tap.folder()
		(folder / "log").write_text(text)
		(folder / "log.gz").write_bytes(gzip.compress(text.encode()))
		want = json.loads(weblog("--json", "--top", "0", "log", cwd=folder).out)
		tap.row(name)
		tap.check_equal([want["totals"]["hits"], want["totals"]["rejected"], len(want["paths"])], [9000, 0, 90])
		for words in (("--jobs", "3", "log"), ("log.gz",), ("--jobs", "2", "log.gz"), ("--format", name, "log")):
			tap.row(f"{name} {' '.join(words)}")
			tap.check_equal(json.loads(weblog("--json", "--top", "0", *words, cwd=folder).out), want)


@tap.test
def times_become_percentiles():
	times = [i / 1000 for i in range(1, 1001)]
	data = b"".join(log(("/slow" if time > 0.9 else "/fast", 200, 1, "-"))[:-1] + b" %.3f -\n" % time for time in times)
	got = json.loads(weblog("--json", "-", stdin=data).out)
	tap.check_equal([row["path"] for row in got["slow_pages"]], ["/slow", "/fast"])
	for name, want in (("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99)):
		tap.check(abs(got["latency"][0][name] / want - 1) < 0.01, name)
	tap.check_equal((got["latency"][0]["max"], got["latency"][0]["hits"], got["slow_pages"][1]["hits"]), (1, 1000, 900))
	micro = b"".join(log(("/", 200, 1, "-"))[:-1] + b" %d\n" % (time * 1e6) for time in times)
	tap.check_equal(json.loads(weblog("--json", "-", stdin=micro).out)["latency"], got["latency"])
	tap.check_equal(json.loads(weblog("--json", "--jobs", "3", "-", stdin=data).out), got)


@tap.test
def percentiles_of_days_and_of_all_are_those_of_all_requests():
	# On the first day 90 quick and 10 slow answers, on the second 20 slow ones: the mean of two percentiles would be wrong for all.
	first = [0.01] * 90 + [1.0] * 10
	second = [1.0] * 20
	data = b""
	for i, time in enumerate(first):
		data += log(("/", 200, 1, "-")).replace(b"10/Oct/2023:13:55:36", b"10/Oct/2023:%02d:55:36" % (i % 24))[:-1] + b" %.3f -\n" % time
	for time in second:
		data += log(("/", 200, 1, "-")).replace(b"10/Oct/2023", b"11/Oct/2023")[:-1] + b" %.3f -\n" % time
	got = json.loads(weblog("--json", "-", stdin=data).out)
	days = [(row["day"][:10], round(row["p50"], 2), round(row["p95"], 2), row["hits"]) for row in got["latency_days"]]
	tap.check_equal(days, [("2023-10-10", 0.01, 1, 100), ("2023-10-11", 1, 1, 20)])
	tap.check_equal(len(got["latency_total"]), 1)
	total = got["latency_total"][0]
	# 90 of 120 are quick: the median is, and the 90 % value is not.
	tap.check_equal((round(total["p50"], 2), round(total["p90"], 2), total["max"], total["hits"]), (0.01, 1, 1, 120))
	tap.check_equal(json.loads(weblog("--json", "-", stdin=THREE).out)["latency_total"], [])


@tap.test
def long_lines_are_rejected_once():
	good = log(("/", 200, 1, "-"))
	for name, long in (("a megabyte", 1 << 20), ("three", 3 << 20), ("a little over the limit", (768 << 10) + 1)):
		tap.row(name)
		line = b"x" * long
		for data in (good + line + b"\n" + good * 2, line + b"\n" + good * 3, good * 3 + line):
			got = json.loads(weblog("--json", "-", stdin=data).out)
			tap.check_equal((got["totals"]["hits"], got["totals"]["rejected"]), (3, 1))
			tap.check_equal([row["reason"] for row in got["rejected"]], ["line too long"])
			tap.check_equal(got["rejected"][0]["line"], data.count(b"\n", 0, data.index(line)) + 1)
	tap.row("up to the limit")
	path = "/" + "x" * 700000
	got = json.loads(weblog("--json", "-", stdin=good + log((path, 200, 1, "-")) + good).out)
	tap.check_equal((got["totals"]["hits"], sorted(row["path"] for row in got["pages"])), (3, ["/", path]))


@tap.test
def lines_may_end_in_any_way():
	want = json.loads(weblog("--json", "-", stdin=THREE).out)
	for name, end, last in (("CRLF", b"\r\n", b"\r\n"), ("CRLF, the last one cut", b"\r\n", b"\r"), ("no end", b"\n", b""), ("empty lines between", b"\n\r\n\n", b"\n\n")):
		tap.row(name)
		tap.check_equal(json.loads(weblog("--json", "-", stdin=THREE.rstrip(b"\n").replace(b"\n", end) + last).out), want)
	tap.row("a mark of UTF-8 in front")
	tap.check_equal(json.loads(weblog("--json", "-", stdin=b"\xef\xbb\xbf" + THREE).out), want)
	w3c = b"#Fields: date time c-ip cs-method cs-uri-stem sc-status\r\n2023-10-10 13:55:36 192.0.2.1 GET / 200\r\n"
	tap.check_equal(json.loads(weblog("--json", "-", stdin=b"\xef\xbb\xbf" + w3c).out), json.loads(weblog("--json", "-", stdin=w3c).out))
	tap.row("a single line, cut between CR and LF")
	tap.check_equal(json.loads(weblog("--json", "-", stdin=THREE.split(b"\n")[0] + b"\r").out)["totals"]["hits"], 1)


@tap.test
def patterns_are_all_files_they_match():
	with tempfile.TemporaryDirectory() as folder:
		for name, data in (("a.log", THREE), ("a.log.1.gz", gzip.compress(THREE)), ("b[1].log", THREE[: THREE.index(b"\n")])):
			with open(os.path.join(folder, name), "wb") as out:
				out.write(data)
		for words, hits in ((("a.log*",), 6), (("a.lo?", "b*"), 4), (("b[1].log",), 1)):
			tap.row(" ".join(words))
			tap.check_equal(json.loads(weblog("--json", *words, cwd=folder).out)["totals"]["hits"], hits)
		none = weblog("c*.log", cwd=folder)
		tap.check_equal((none.status, none.err), (66, "courant: no log is named c*.log\n"))


@tap.test
def a_slow_pipe_is_read_like_a_file():
	import subprocess
	import time

	with subprocess.Popen([tap.PROGRAM, "weblog", "--json", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
		for piece in (THREE[:30], THREE[30:150], THREE[150:]):
			child.stdin.write(piece)
			child.stdin.flush()
			time.sleep(0)
		out, _ = child.communicate()
	tap.check_equal(out.decode(), weblog("--json", "-", stdin=THREE).out)


@tap.test
def static_files_can_be_chosen():
	data = log(*((path, 200, 1, "-") for path in ("/a.js", "/b.DAT", "/c", "/d.datx", "/dat")))
	for words, files in (
		((), ["/a.js"]),
		(("--static", "dat"), ["/b.DAT"]),
		(("--static", ".JS, Dat"), ["/a.js", "/b.DAT"]),
		(("--static", ""), []),
		(("--static", "dat", "--jobs", "2"), ["/b.DAT"]),
	):
		tap.row(" ".join(words))
		got = json.loads(weblog("--json", *words, "-", stdin=data).out)
		tap.check_equal([row["path"] for row in got["files"]], files)
		tap.check_equal(got["totals"]["page_views"], 5 - len(files))
	for wrong in ("tar.gz", "a/b", ".", "x" * 17):
		tap.row(wrong)
		tap.check_equal(weblog("--static", wrong, "-", stdin=data).status, 64)
	tap.row("not with a ledger")
	tap.check_in("static files cannot be chosen", weblog("--state", "x.db", "--static", "js", "-", stdin=data).err)


@tap.test
def definitions_are_sentences():
	tap.check_in("visit: a visitor's hits with no gap over 30 minutes", weblog("--definitions").out)


@tap.test
def a_missing_program_is_named():
	with tempfile.TemporaryDirectory() as folder:
		alone = shutil.copy(tap.PROGRAM, folder)
		for words in (("weblog", "-"), ("ledger", "list", "x")):
			tap.row(words[0])
			done = subprocess.run([alone, *words], stdin=subprocess.DEVNULL, capture_output=True, check=False, env={**os.environ, "COURANT_LIBEXEC_DIR": folder})
			tap.check_equal(done.returncode, 78)
			tap.check_in(b"courant-weblog", done.stderr)
			tap.check_in(b"install the package courant-report", done.stderr)


@tap.test
def the_program_for_logs_is_light():
	beside = os.path.join(os.path.dirname(tap.PROGRAM), "courant-weblog")
	done = subprocess.run([beside, "send"], stdin=subprocess.DEVNULL, capture_output=True, check=False)
	tap.check_equal(done.returncode, 64)
	tap.check_in(b"call courant send instead", done.stderr)
	# What sends, logs in and reads report files is not linked.
	linked = subprocess.run(["ldd", beside], capture_output=True, check=True).stdout
	for library in (b"libssl", b"libgsasl", b"libidn2", b"libfyaml", b"libcurl"):
		tap.row(library.decode())
		tap.check_equal(library in linked, False)


def on_terminal(*words):
	"""What a terminal gets on standard error while lines come, until it is told something or for a second."""
	screen, slave = os.openpty()
	with subprocess.Popen([tap.PROGRAM, "weblog", *words, "-"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=slave) as program:
		os.close(slave)
		got = b""
		for _ in range(60):
			program.stdin.write(THREE)
			program.stdin.flush()
			if select.select([screen], [], [], 0.02)[0]:
				break
		program.stdin.close()
		while True:
			try:
				more = os.read(screen, 4096)
			except OSError:  # the other end is closed
				break
			if not more:
				break
			got += more
	os.close(screen)
	return got


@tap.test
def progress_is_shown_on_a_terminal_and_erased():
	got = on_terminal()
	tap.check(got.startswith(b"\r\x1b[K0 MB  standard input"), f"how far it is: {got}")
	tap.check(got.endswith(b"\r\x1b[K"), f"nothing is left: {got}")
	tap.check_equal(on_terminal("--quiet"), b"")


tap.main()
