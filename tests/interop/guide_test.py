#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The programs of docs/guide-sending.md: each compiles as C99 without a warning, and delivers to courant catch."""
import os
import re
import sys

import peers
import tap

GUIDE = tap.SOURCE / "docs" / "guide-sending.md"
LIBRARY = os.path.abspath(sys.argv[1])
COMPILER = sys.argv[2:] or ["cc"]


def build(number):
	programs = re.findall(r"^```c\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.M | re.S)
	tap.check_equal(len(programs), 3)
	place = tap.folder()
	(place / "send.c").write_text(programs[number], encoding="utf-8")
	made = tap.run([*COMPILER, "-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", f"-I{tap.SOURCE / 'include'}", "send.c", LIBRARY,
			f"-Wl,-rpath,{os.path.dirname(LIBRARY)}", "-o", "send"], cwd=place)
	tap.check_equal((made.status, made.err), (0, b""))
	return place


@tap.test
def one_mail_is_sent():
	place = build(0)
	with peers.Catcher("--user", "ops") as catcher:
		result = tap.run([str(place / "send"), "127.0.0.1", str(catcher.port), catcher.ca], cwd=place, env={"PASSWORD": "secret"})
		mails = catcher.mails()
	tap.check_equal((result.status, result.err), (0, b""))
	tap.check_in(b"recipient 0: accepted: 250 ", result.out)
	tap.check_in(b"recipient 1: accepted: 250 ", result.out)
	tap.check_equal(len(mails), 1)
	tap.check_in(b"Subject: Backup done\r\n", mails[0])


@tap.test
def a_server_that_is_not_known_gets_nothing():
	place = build(0)
	with peers.Catcher("--user", "ops") as catcher:
		result = tap.run([str(place / "send"), "127.0.0.1", str(catcher.port)], cwd=place, env={"PASSWORD": "secret"})
		mails = catcher.mails()
	tap.check_equal(result.status, 1)
	tap.check_equal(mails, [])


@tap.test
def many_mails_are_sent():
	place = build(1)
	names = [f"{number}.eml" for number in range(5)]
	for name in names:
		(place / name).write_bytes(b"From: ops@example.com\nSubject: " + name.encode() + b"\n\nHello\n")
	with peers.Catcher("--user", "ops") as catcher:
		result = tap.run([str(place / "send"), "127.0.0.1", str(catcher.port), catcher.ca, *names, "missing.eml"], cwd=place, env={"PASSWORD": "secret"})
		mails = catcher.mails()
	tap.check_equal(result.status, 1)
	tap.check_in(b"missing.eml: ", result.err)
	tap.check_in(b"5 of 6 sent", result.out)
	tap.check_equal(len(mails), 5)


@tap.test
def a_pool_sends_to_many():
	place = build(2)
	addresses = [f"reader{number}@example.org" for number in range(20)]
	with peers.Catcher("--user", "ops") as catcher:
		url = f"smtp://ops@127.0.0.1:{catcher.port}?ca_file={catcher.ca}"
		result = tap.run([str(place / "send"), url, *addresses], cwd=place, env={"PASSWORD": "secret"})
		mails = catcher.mails()
		worse = tap.run([str(place / "send"), url, "no address"], cwd=place, env={"PASSWORD": "secret"})
	tap.check_equal((result.status, result.err, result.out), (0, b"", b"20 accepted\n"))
	tap.check_equal(len(mails), 20)
	for address in addresses:
		tap.check(any(f"To: {address}".encode() in mail for mail in mails), address)
	tap.check_equal((worse.status, worse.out), (1, b"0 accepted\n"))


tap.main()
