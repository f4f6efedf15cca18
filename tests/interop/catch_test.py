#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""courant catch, with other people's clients: Python's smtplib, swaks, bare sockets."""
import os
import pathlib
import resource
import shutil
import smtplib
import socket
import ssl
import threading
import time

import peers
import tap

MESSAGE = b"From: ops@example.com\r\nTo: ann@example.org\r\nSubject: hello\r\n\r\nOne line.\r\n.A dot.\r\n..\r\n"


def trusting(catcher):
	return ssl.create_default_context(cafile=catcher.ca)


def client(catcher):
	smtp = smtplib.SMTP("127.0.0.1", catcher.port, timeout=peers.PATIENCE_S)
	smtp.starttls(context=trusting(catcher))
	return smtp


@tap.test
def smtplib_delivers_by_starttls_and_login():
	with peers.Catcher("--user", "ops") as catcher:
		with client(catcher) as smtp:
			smtp.login("ops", "secret")
			refused = smtp.sendmail("ops@example.com", ["ann@example.org", "bob@example.org"], MESSAGE)
		mails = catcher.mails()
	tap.check_equal(refused, {})
	tap.check_equal(len(mails), 1)
	head, _, rest = mails[0].partition(b"From: ")
	tap.check_equal(b"From: " + rest, MESSAGE)
	tap.check_in(b"Return-Path: <ops@example.com>\r\nX-Envelope-To: <ann@example.org>\r\nX-Envelope-To: <bob@example.org>\r\nReceived: from ", head)
	tap.check_in(b"with ESMTPSA (TLSv1.3)", head)
	tap.check_equal(catcher.status, 0)


@tap.test
def swaks_delivers_by_starttls_and_login():
	if not shutil.which("swaks"):
		tap.skip("swaks is not installed")
		return
	with peers.Catcher("--user", "ops") as catcher:
		for mechanism in ("PLAIN", "LOGIN"):
			tap.row(mechanism)
			result = tap.run(["swaks", "--server", "127.0.0.1", "--port", str(catcher.port), "--tls", "--auth", mechanism, "--auth-user", "ops",
					  "--auth-password", "secret", "--from", "ops@example.com", "--to", "ann@example.org", "--header", f"Subject: {mechanism}"])
			tap.check_equal(result.status, 0)
		tap.row("a wrong password")
		result = tap.run(["swaks", "--server", "127.0.0.1", "--port", str(catcher.port), "--tls", "--auth", "PLAIN", "--auth-user", "ops",
				  "--auth-password", "wrong", "--from", "ops@example.com", "--to", "ann@example.org"])
		tap.check_equal(result.status, 28)  # swaks: authentication failed
		subjects = [line for mail in catcher.mails() for line in mail.splitlines() if line.startswith(b"Subject")]
	tap.check_equal(subjects, [b"Subject: PLAIN", b"Subject: LOGIN"])


@tap.test
def nobody_sends_without_the_login_that_was_asked_for():
	with peers.Catcher("--user", "ops") as catcher:
		with smtplib.SMTP("127.0.0.1", catcher.port) as smtp:
			smtp.ehlo()
			tap.row("no AUTH is offered in clear")
			tap.check(not smtp.has_extn("auth"), "AUTH is offered without TLS")
			tap.check_equal(smtp.docmd("MAIL FROM:<a@example.org>")[0], 530)
		with client(catcher) as smtp:
			tap.row("MAIL inside TLS, before the login")
			smtp.ehlo()
			tap.check_equal(smtp.docmd("MAIL FROM:<a@example.org>")[0], 530)
			tap.row("another user")
			try:
				smtp.login("other", "secret")
				tap.check(False, "another user logged in")
			except smtplib.SMTPAuthenticationError as refused:
				tap.check_equal(refused.smtp_code, 535)
		tap.check_equal(catcher.mails(), [])


@tap.test
def many_connections_are_served_at_once():
	with peers.Catcher("--tls", "none") as catcher:
		clients = [smtplib.SMTP("127.0.0.1", catcher.port, timeout=peers.PATIENCE_S) for _ in range(50)]
		for smtp in clients:
			smtp.ehlo()
		threads = [threading.Thread(target=smtp.sendmail, args=(f"{i}@example.com", ["ann@example.org"], MESSAGE)) for i, smtp in enumerate(clients)]
		for thread in threads:
			thread.start()
		for thread in threads:
			thread.join()
		for smtp in clients:
			smtp.quit()
		senders = sorted(mail.split(b"\r\n")[0] for mail in catcher.mails())
	tap.check_equal(senders, sorted(b"Return-Path: <%d@example.com>" % i for i in range(50)))


def seconds_used(process):
	fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
	return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@tap.test
def without_descriptors_the_next_one_waits_and_nothing_spins():
	with peers.Catcher("--tls", "none") as catcher:
		pid = catcher.process.pid
		n_open = len(os.listdir(f"/proc/{pid}/fd"))
		resource.prlimit(pid, resource.RLIMIT_NOFILE, (n_open + 2, n_open + 2))
		conns = [socket.create_connection(("127.0.0.1", catcher.port), peers.PATIENCE_S) for _ in range(4)]
		for conn in conns[:2]:
			tap.check_in(b"220", conn.recv(1000))
		used = seconds_used(catcher.process)
		time.sleep(1.5)
		tap.check(seconds_used(catcher.process) - used < 0.1, "it waits")
		for conn in conns[:2]:
			conn.close()
		for conn in conns[2:]:
			tap.check_in(b"220", conn.recv(1000))
			conn.close()


@tap.test
def a_mail_that_does_not_come_to_its_end_is_not_kept():
	with peers.Catcher("--tls", "none") as catcher:
		conn = socket.create_connection(("127.0.0.1", catcher.port))
		lines = conn.makefile("rb")
		lines.readline()
		for command, replies in ((b"HELO me", 1), (b"MAIL FROM:<a@b.c>", 1), (b"RCPT TO:<d@e.f>", 1), (b"DATA", 1)):
			conn.sendall(command + b"\r\n")
			for _ in range(replies):
				lines.readline()
		conn.sendall(b"half a mail\r\n\n.\n\r.\rstill no end\r\n")
		conn.shutdown(socket.SHUT_WR)
		lines.read()
		conn.close()
		tap.check_equal(catcher.mails(), [])
		tap.check_equal(list((catcher.box / "tmp").iterdir()), [])


@tap.test
def count_ends_it_after_so_many_mails():
	with peers.Catcher("--tls", "none", "--count", "2") as catcher:
		for _ in range(2):
			with smtplib.SMTP("127.0.0.1", catcher.port) as smtp:
				smtp.sendmail("a@example.org", ["b@example.org"], MESSAGE)
		tap.check_equal(catcher.process.wait(peers.PATIENCE_S), 0)
		tap.check_equal(len(catcher.mails()), 2)


@tap.test
def a_certificate_of_one_s_own_is_used():
	authority = peers.Authority()
	pem = authority.issue("server")
	with peers.Catcher("--cert", str(pem), "--tls", "tls") as catcher:
		with smtplib.SMTP_SSL("127.0.0.1", catcher.port, context=ssl.create_default_context(cafile=authority.file)) as smtp:
			tap.check_equal(smtp.noop()[0], 250)


@tap.test
def wrong_words_are_told():
	rows = [
		("no maildir", [], 64, "Give --maildir"),
		("a count that is none", ["--maildir", "box", "--count", "0"], 64, "not a number of mails"),
		("a way of TLS that is none", ["--maildir", "box", "--tls", "ssl"], 64, "not starttls, tls or none"),
		("a key without a certificate", ["--maildir", "box", "--key", "k"], 64, "without --cert"),
		("a certificate that is not there", ["--maildir", "box", "--cert", "nowhere"], 66, "nowhere"),
		("an address that is none", ["--maildir", "box", "--listen", "mail.example.com:25"], 64, "not an address to listen at"),
		("a maildir that cannot be made", ["--maildir", "/proc/box"], 73, "/proc/box"),
	]
	for name, words, status, sentence in rows:
		tap.row(name)
		result = tap.courant("catch", *words)
		tap.check_equal(result.status, status)
		tap.check_in(sentence, result.err)


tap.main()
