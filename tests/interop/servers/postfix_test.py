#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""courant send to Postfix and Dovecot in a private machine: every way in, every login, every extension they offer; what arrives is what was sent."""
import os
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

machine.enter("postfix")

HERE = Path(__file__).resolve().parent
MASTER = """\
24025 inet n - n - - smtpd -o smtpd_tls_security_level=none -o smtpd_relay_restrictions=permit_mynetworks,reject -o smtpd_authorized_xclient_hosts=127.0.0.1
25587 inet n - n - - smtpd -o smtpd_tls_security_level=encrypt -o smtpd_sasl_auth_enable=yes
25465 inet n - n - - smtpd -o smtpd_tls_wrappermode=yes -o smtpd_sasl_auth_enable=yes
25026 inet n - n - - smtpd -o smtpd_tls_security_level=none -o smtpd_sasl_auth_enable=yes
25027 inet n - n - - smtpd -o smtpd_relay_restrictions=permit_mynetworks,reject -o smtpd_discard_ehlo_keywords=chunking,pipelining,8bitmime,smtputf8,dsn,size
25028 inet n - n - - smtpd -o smtpd_relay_restrictions=permit_mynetworks,reject -o smtpd_discard_ehlo_keywords=chunking -o smtpd_recipient_limit=2
gone unix - n n - - pipe user=nobody argv=/bin/sh -c {exit 67}
"""
MAILBOXES = {"ops": "ops", "gone": "gone", "ann": "ann", "bob": "bob", "用户": "utf8"}
MECHANISMS = ["PLAIN", "LOGIN", "CRAM-MD5", "DIGEST-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256"]


def start_dovecot():
	for user in ("dovecot", "dovenull"):
		machine.add_user(user)
	(PLACE / "users").write_text("ops:{PLAIN}secret::::::\nann:{PLAIN}secret::::::\nbob:{PLAIN}secret::::::\n"
				     "full:{PLAIN}secret::::::userdb_quota_rule=*:bytes=1\n")
	for folder in ("run", "home"):
		(PLACE / folder).mkdir()
	os.chown(PLACE / "home", 65534, 65534)
	machine.start("dovecot", "-c", HERE / "dovecot.conf")
	machine.await_port(24024)


def start_postfix():
	for user in ("postfix", "postdrop"):
		machine.add_user(user)
	etc = PLACE / "postfix/etc"
	for folder in ("etc", "spool", "data"):
		(PLACE / "postfix" / folder).mkdir(parents=True)
	shutil.chown(PLACE / "postfix/data", "postfix")
	(PLACE / "mailboxes").write_text("".join(f"{user}@example.com {box}/\n" for user, box in MAILBOXES.items()), encoding="utf-8")
	shutil.copy(HERE / "postfix.cf", etc / "main.cf")
	shutil.copy("/usr/share/postfix/master.cf.dist", etc / "master.cf")
	subprocess.run(["postconf", "-c", etc, "-F", "*/*/chroot = n"], check=True)
	subprocess.run(["postconf", "-c", etc, "-MX", "smtp/inet"], check=True)
	with open(etc / "master.cf", "a", encoding="ascii") as master:
		master.write(MASTER)
	machine.start("postfix", "-c", etc, "start")
	machine.await_port(25587)


def start_all():
	authority = peers.Authority()
	shutil.copy(authority.issue("server", names=f"DNS:{machine.HOST},IP:127.0.0.1"), PLACE / "cert.pem")
	(PLACE / "mail").mkdir()
	os.chown(PLACE / "mail", 65534, 65534)
	start_dovecot()
	start_postfix()
	return authority.file


CA = start_all()
DESK = letters.desk()
BOXES = {name: machine.Box(PLACE / "mail" / name) for name in ("ops", "ann", "bob", "utf8", "full")}


def submission(port, scheme="smtp"):
	return ["--server", f"{scheme}://ops@{machine.HOST}:{port}", "--ca-file", CA]


CLEAR = ["--server", "smtp://127.0.0.1:24025", "--tls", "none"]
BARE = ["--server", "smtp://127.0.0.1:25027", "--tls", "none"]

# Each way in, and whether 8-bit text can go that way.
WAYS = [
	("in clear", CLEAR, True),
	("with no extension at all", BARE, False),
	("by STARTTLS", submission(25587), True),
	("by TLS from the start", submission(25465, "smtps"), True),
	("through Dovecot's submission by STARTTLS", submission(24587), True),
	("through Dovecot's submission by TLS from the start", submission(24465, "smtps"), True),
	("by LMTP", ["--server", "lmtp://127.0.0.1:24024"], True),
	("by LMTP on a unix socket", ["--server", f"lmtp+unix://{PLACE}/lmtp"], True),
]


@tap.test
def what_arrives_is_what_was_sent():
	for way, server, takes_8_bit in WAYS:
		for name, words, is_8_bit in letters.LETTERS:
			tap.row(f"{name}, {way}")
			result = letters.send(DESK, *server, *words)
			if is_8_bit and not takes_8_bit:
				tap.check(result.status != 0, "8-bit text goes to no server without 8BITMIME")
				continue
			tap.check_equal((result.status, result.err), (0, ""))
			tap.check_equal([line.split()[:3] for line in result.out.splitlines()], [["accepted", "ann@example.com", "250"]])
			if result.status == 0:
				letters.check_same(words, BOXES["ann"].take(), DESK)


@tap.test
def every_login_that_is_offered():
	for port, scheme in ((25587, "smtp"), (25465, "smtps"), (24587, "smtp"), (24465, "smtps")):
		for mechanism in [None, *MECHANISMS]:
			tap.row(f"{mechanism or 'the strongest'}, port {port}")
			words = [*submission(port, scheme), *(["--auth", mechanism] if mechanism else []), *letters.LETTERS[0][1]]
			result = letters.send(DESK, "-v", *words)
			tap.check_equal(result.status, 0)
			tap.check_in(f"AUTH {mechanism or 'SCRAM-SHA-256'}", result.err)
			tap.check("secret" not in result.err and "c2VjcmV0" not in result.err, "the password is not shown")
			if result.status == 0:
				letters.check_same(letters.LETTERS[0][1], BOXES["ann"].take(), DESK)
			result = letters.send(DESK, *words, COURANT_PASSWORD="wrong")
			tap.check_equal(result.status, 77)
	tap.check(BOXES["ann"].is_empty(), "nothing comes after a wrong password")


@tap.test
def a_login_in_clear_only_when_it_was_asked_for():
	words = ["--server", "smtp://ops@127.0.0.1:25026", *letters.LETTERS[0][1]]
	tap.check_equal(letters.send(DESK, *words).status, 76)
	tap.check_equal(letters.send(DESK, *words, "--tls", "opportunistic", "--auth", "PLAIN,LOGIN,CRAM-MD5").status, 77)
	for mechanism in [None, *MECHANISMS]:
		tap.row(mechanism)
		tap.check_equal(letters.send(DESK, *words, "--tls", "none", *(["--auth", mechanism] if mechanism else [])).status, 0)
		letters.check_same(letters.LETTERS[0][1], BOXES["ann"].take(), DESK)


@tap.test
def a_certificate_that_is_not_trusted_gets_nothing():
	for name, words in (("no authority", ["--server", f"smtp://ops@{machine.HOST}:25587"]), ("another name", [*submission(25587), "--verify-name", "mail.example.net"]),
			    ("TLS from the start, no authority", ["--server", f"smtps://ops@{machine.HOST}:25465"])):
		tap.row(name)
		tap.check_equal(letters.send(DESK, *words, *letters.LETTERS[0][1]).status, 76)
	tap.check(BOXES["ann"].is_empty(), "nothing came")


@tap.test
def extensions_are_used_when_they_are_offered():
	rows = [
		("CHUNKING", CLEAR, ["BDAT "], ["DATA"]),
		("no extension", BARE, ["DATA"], ["BDAT", "SIZE=", "BODY="]),
		("no CHUNKING", ["--server", "smtp://127.0.0.1:25028", "--tls", "none"], ["DATA"], ["BDAT"]),
		("SIZE", CLEAR, ["SIZE="], []),
	]
	for name, server, there, missing in rows:
		tap.row(name)
		result = letters.send(DESK, "-v", *server, *letters.LETTERS[0][1])
		tap.check_equal(result.status, 0)
		said = "\n".join(line for line in result.err.splitlines() if "250" not in line[:8])
		for word in there:
			tap.check_in(word, said)
		for word in missing:
			tap.check(word not in said, f"no {word} in {said}")
		letters.check_same(letters.LETTERS[0][1], BOXES["ann"].take(), DESK)
	tap.row("8BITMIME")
	result = letters.send(DESK, "-v", *CLEAR, "--message", "eight.eml")
	tap.check_in("BODY=8BITMIME", result.err)
	letters.check_same(["--message", "eight.eml"], BOXES["ann"].take(), DESK)


@tap.test
def addresses_in_utf_8():
	words = ["--from", "ops@example.com", "--to", "用户@example.com", "--subject", "地址", "--text-body", "你好"]
	tap.row("SMTPUTF8")
	for server in (CLEAR, submission(25587)):
		result = letters.send(DESK, "-v", *server, *words)
		tap.check_equal(result.status, 0)
		tap.check_in("SMTPUTF8", result.err)
		if result.status == 0:
			letters.check_same(words, BOXES["utf8"].take(), DESK)
	tap.row("a server without it")
	result = letters.send(DESK, *submission(24587), *words)
	tap.check(result.status in (65, 69), f"{result}")
	tap.check_in("SMTPUTF8", result.out + result.err)


@tap.test
def notifications_come_when_they_are_asked_for():
	for server in (CLEAR, submission(24587)):
		for when, comes in (("success,headers", True), ("never", False), ("failure", False)):
			tap.row(f"{when}, {server[1]}")
			words = [*letters.LETTERS[0][1], "--dsn", when]
			tap.check_equal(letters.send(DESK, *server, *words).status, 0)
			letters.check_same(letters.LETTERS[0][1], BOXES["ann"].take(), DESK)
			if comes:
				tap.check_in(b"Action: delivered", BOXES["ops"].take())
	tap.check(BOXES["ops"].is_empty(), "no other notification came")
	for when, comes, is_full in (("failure,full", True, True), ("failure,headers", True, False), ("never", False, False)):
		tap.row(f"a mail that bounces: {when}")
		words = ["--from", "ops@example.com", "--to", "gone@example.com", "--text-body", "Hello", "--dsn", when]
		tap.check_equal(letters.send(DESK, *CLEAR, *words).status, 0)
		if comes:
			notification = BOXES["ops"].take()
			tap.check_in(b"Action: failed", notification)
			tap.check_equal(b"\r\nHello\r\n" in notification, is_full)
	tap.check(BOXES["ops"].is_empty(), "no other notification came")


@tap.test
def a_reply_for_each_recipient():
	rows = [
		("Postfix: an unknown one", CLEAR, {"ann": "accepted 250", "nobody": "refused 550", "bob": "accepted 250"}, 69),
		("Dovecot's submission: an unknown one", submission(24587), {"ann": "accepted 250", "nobody": "refused 550", "bob": "accepted 250"}, 69),
		("LMTP: unknown before the message, full after it", ["--server", "lmtp://127.0.0.1:24024"],
		 {"ann": "accepted 250", "nobody": "refused 550", "full": "refused 552", "bob": "accepted 250"}, 69),
		("LMTP on a unix socket: full only", ["--server", f"lmtp+unix://{PLACE}/lmtp"], {"full": "refused 552"}, 69),
	]
	for name, server, outcomes, status in rows:
		tap.row(name)
		words = ["--from", "ops@example.com", "--to", ", ".join(f"{user}@example.com" for user in outcomes), "--text-body", "to many"]
		result = letters.send(DESK, *server, *words)
		tap.check_equal(result.status, status)
		tap.check_equal([line.split()[:3] for line in result.out.splitlines()],
				[[text.split()[0], f"{user}@example.com", text.split()[1]] for user, text in outcomes.items()])
		for user, text in outcomes.items():
			if text.startswith("accepted") and result.status == status:
				letters.check_same(words, BOXES[user].take(), DESK)
	tap.check(BOXES["full"].is_empty(), "nothing came where there is no room")


@tap.test
def more_recipients_than_the_server_takes_at_once():
	words = ["--from", "ops@example.com", "--to", "ann@example.com, bob@example.com, ops@example.com", "--text-body", "two at a time"]
	result = letters.send(DESK, "--server", "smtp://127.0.0.1:25028", "--tls", "none", *words)
	tap.check_equal(result.status, 0)
	for user in ("ann", "bob", "ops"):
		letters.check_same(words, BOXES[user].take(), DESK)


@tap.test
def a_mail_that_is_too_large_is_not_pushed():
	(DESK / "large.bin").write_bytes(letters.random_bytes(1 << 20) * 5)
	for server in (CLEAR, submission(24587)):
		tap.row(server[1])
		result = letters.send(DESK, "-v", *server, *letters.TO, "--text-body", "x", "--attach", "large.bin")
		tap.check_equal(result.status, 69)
		tap.check("C: MAIL" not in result.err, "it is refused by its size, before MAIL")
	tap.row("a server that does not say its limit")
	tap.check_equal(letters.send(DESK, *BARE, *letters.TO, "--text-body", "x", "--attach", "large.bin").status, 69)
	tap.check(BOXES["ann"].is_empty(), "nothing came")


@tap.test
def many_mails_on_few_connections():
	folder = tap.folder()
	names = []
	for i in range(60):
		name = folder / f"{i:02}.eml"
		name.write_bytes(b"From: ops@example.com\r\nTo: ann@example.com\r\nSubject: %d\r\nDate: Tue, 10 Nov 2026 08:00:00 +0800\r\nMessage-ID: <%d@example.com>\r\n\r\n.%d\r\n"
				 % (i, i, i))
		names += ["--message", name]
	for server, more in ((CLEAR, []), (CLEAR, ["--window", "8"]), (submission(25587), ["--connections", "3"]), (submission(24587), ["--connections", "2", "--window", "4"])):
		tap.row(f"{server[1]} {more}")
		result = letters.send(DESK, *server, *names, *more)
		tap.check_equal((result.status, result.err), (0, ""))
		tap.check_equal(sum(line.startswith("accepted") for line in result.out.splitlines()), 60)
		if result.status == 0:
			arrived = sorted(int(BOXES["ann"].take().rsplit(b"\r\n.", 1)[1]) for _ in range(60))
			tap.check_equal(arrived, list(range(60)))


if __name__ == "__main__":
	tap.main()
