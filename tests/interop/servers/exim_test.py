#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""courant send to Exim in a private machine: every way in, every login and extension; what arrives is what was sent."""
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import letters
import machine
import peers
import tap
from machine import PLACE

machine.enter("exim")


def start_exim():
	machine.add_user("Debian-exim")
	authority = peers.Authority()
	shutil.copy(authority.issue("server", names=f"DNS:{machine.HOST},IP:127.0.0.1"), PLACE / "cert.pem")
	for folder in ("spool", "mail"):
		(PLACE / folder).mkdir()
		shutil.chown(PLACE / folder, "Debian-exim", "Debian-exim")
	for file in (PLACE / "cert.pem", PLACE):
		shutil.chown(file, "Debian-exim", "Debian-exim")
	# The compiled-in name: a daemon that is told another gives its privileges away.
	Path("/etc/exim4").mkdir(exist_ok=True)
	shutil.copy(Path(__file__).resolve().parent / "exim.conf", "/etc/exim4/exim4.conf")
	Path("/etc/exim4/exim4.conf").chmod(0o644)
	shutil.chown("/etc/exim4/exim4.conf", "root", "root")
	with open(PLACE / "said", "wb") as out:
		subprocess.Popen(["exim4", "-bdf"], stdin=subprocess.DEVNULL, stdout=out, stderr=out) # it ends with the machine
	machine.await_port(465)
	return authority.file


CA = start_exim()
DESK = letters.desk()
BOX = machine.Box(PLACE / "mail/all")

STARTTLS = ["--server", f"smtp://ops@{machine.HOST}:25", "--ca-file", CA]
TLS = ["--server", f"smtps://ops@{machine.HOST}:465", "--ca-file", CA]
CLEAR = ["--server", "smtp://127.0.0.1:25", "--tls", "none"]
HELLO = letters.LETTERS[0][1]


@tap.test
def what_arrives_is_what_was_sent():
	for way, server in (("by STARTTLS", STARTTLS), ("by TLS from the start", TLS)):
		for name, words, _ in letters.LETTERS:
			tap.row(f"{name}, {way}")
			result = letters.send(DESK, *server, *words)
			tap.check_equal((result.status, result.err), (0, ""))
			if result.status == 0:
				letters.check_same(words, BOX.take(), DESK)
	tap.row("in clear")
	words = ["--from", "clear@example.com", "--to", "ann@example.com", "--text-body", letters.DOTS]
	tap.check_equal(letters.send(DESK, *CLEAR, *words).status, 0)
	letters.check_same(words, BOX.take(), DESK)


@tap.test
def every_login_that_is_offered():
	for server in (STARTTLS, TLS):
		for mechanism in (None, "PLAIN", "LOGIN", "CRAM-MD5"):
			tap.row(f"{mechanism or 'the strongest'}, {server[1]}")
			words = [*server, *(["--auth", mechanism] if mechanism else []), *HELLO]
			result = letters.send(DESK, "-v", *words)
			tap.check_equal(result.status, 0)
			tap.check_in(f"AUTH {mechanism or 'CRAM-MD5'}", result.err)
			if result.status == 0:
				letters.check_same(HELLO, BOX.take(), DESK)
			tap.check_equal(letters.send(DESK, *words, COURANT_PASSWORD="wrong").status, 77)
	tap.row("not offered before TLS")
	tap.check_equal(letters.send(DESK, *STARTTLS, "--tls", "none", *HELLO).status, 77)
	tap.row("no login")
	tap.check_equal(letters.send(DESK, *STARTTLS, "--auth", "off", *HELLO).status, 69)
	tap.check(BOX.is_empty(), "nothing comes without a login")


@tap.test
def extensions_are_used_when_they_are_offered():
	for name, words, said in (("CHUNKING", HELLO, "C: BDAT "), ("8BITMIME", ["--message", "eight.eml"], "BODY=8BITMIME"),
				  ("SMTPUTF8", ["--from", "ops@example.com", "--to", "用户@example.com", "--text-body", "你好"], "SMTPUTF8")):
		tap.row(name)
		result = letters.send(DESK, "-v", *STARTTLS, *words)
		tap.check_equal(result.status, 0)
		tap.check(any(line.startswith("C: ") and said[3:] in line for line in result.err.splitlines()), f"{said} in {result.err}")
		if result.status == 0:
			letters.check_same(words, BOX.take(), DESK)
	tap.row("DSN")
	result = letters.send(DESK, *STARTTLS, *HELLO, "--dsn", "success,headers")
	tap.check_equal(result.status, 0)
	both = [BOX.take(), BOX.take()]
	tap.check(any(b"\r\nAction: delivered" in mail for mail in both), "the notification comes too")


@tap.test
def one_recipient_refused_and_the_others_served():
	words = ["--from", "ops@example.com", "--to", "ann@example.com, nobody@example.com, bob@example.com", "--text-body", "to many"]
	result = letters.send(DESK, *STARTTLS, *words)
	tap.check_equal(result.status, 69)
	tap.check_equal([line.split()[0] for line in result.out.splitlines()], ["accepted", "refused", "accepted"])
	letters.check_same(words, BOX.take(), DESK)


if __name__ == "__main__":
	tap.main()
