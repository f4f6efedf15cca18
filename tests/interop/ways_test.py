#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""courant send by ways other than SMTP, and many mails at once."""
import base64
import contextlib
import json
import os
import socket
import threading
from collections import Counter

import peers
import tap

MAIL = ["--from", "a@example.com", "--to", "b@example.org, c@example.org", "--subject", "x", "--text-body", "One.\nTwo.\n"]
BODY = b"One.\nTwo.\n"


@tap.test
def a_maildir_gets_the_mail():
	folder = tap.folder()
	result = tap.courant("send", "--server", "maildir:box", *MAIL, cwd=folder)
	tap.check_equal(result.status, 0)
	[path] = (folder / "box/new").iterdir()
	text = path.read_bytes()
	tap.check(text.startswith(b"Return-Path: <a@example.com>\nDate: "), "the return path stands first")
	tap.check(text.endswith(b"\n\n" + BODY) and b"\r" not in text, "line ends are the system's")
	tap.check_equal(list((folder / "box/tmp").iterdir()), [])


@tap.test
def a_file_gets_the_message_as_it_would_travel():
	folder = tap.folder()
	tap.check_equal(tap.courant("send", "--server", "file:out.eml", *MAIL, cwd=folder).status, 0)
	tap.check((folder / "out.eml").read_bytes().endswith(b"\r\n\r\nOne.\r\nTwo.\r\n"), "CRLF")


@tap.test
def the_sendmail_program_is_called_and_believed():
	folder = tap.folder()
	program = folder / "sendmail"
	program.write_text('#!/bin/sh\nfor word; do echo "$word"; done >"$HOME/words"\ncat >"$HOME/mail"\nexit ${STATUS-0}\n')
	program.chmod(0o755)
	rows = [("taken", "0", 0), ("deferred", "75", 75), ("refused", "67", 69), ("missing", None, 78)]
	for name, exit_status, status in rows:
		tap.row(name)
		url = f"sendmail:{program}" if exit_status else "sendmail:/nowhere"
		result = tap.courant("send", "--server", url, *MAIL, "--to", "-oX@example.org", cwd=folder, env={"STATUS": exit_status or ""})
		tap.check_equal(result.status, status)
	tap.check_equal((folder / "words").read_text().split(), ["-i", "-f", "a@example.com", "--", "b@example.org", "c@example.org", "-oX@example.org"])
	tap.check((folder / "mail").read_bytes().endswith(b"\n\n" + BODY), "LF line ends")


@tap.test
def a_parent_that_ignores_its_children_changes_nothing():
	folder = tap.folder()
	words = [tap.PROGRAM, "send", "--server", "sendmail:/bin/true", *MAIL]
	result = tap.run(["env", "--ignore-signal=CHLD", *map(str, words)], cwd=folder)
	tap.check_equal(result.status, 0)


class Lmtp(threading.Thread):
	"""An LMTP server on a unix socket that answers each recipient after the dot."""

	def __init__(self, path, replies):
		super().__init__(daemon=True)
		self.listening = socket.socket(socket.AF_UNIX)
		self.listening.bind(str(path))
		self.listening.listen()
		self.replies, self.heard = replies, []
		self.start()

	def run(self):
		conn, _ = self.listening.accept()
		lines = conn.makefile("rwb", buffering=0)
		lines.write(b"220 lmtp\r\n")
		in_data = False
		while line := lines.readline():
			if in_data:
				if line == b".\r\n":
					in_data = False
					lines.write(b"".join(self.replies))
				continue
			self.heard.append(line.split()[0])
			if line.startswith(b"DATA"):
				in_data = True
				lines.write(b"354 go on\r\n")
			elif line.startswith(b"LHLO"):
				lines.write(b"250-lmtp\r\n250 PIPELINING\r\n")
			elif line.startswith(b"QUIT"):
				lines.write(b"221 bye\r\n")
				break
			else:
				lines.write(b"250 2.1.0 ok\r\n")
		conn.close()
		self.listening.close()


@tap.test
def lmtp_has_a_reply_for_each_recipient():
	rows = [
		("both taken", [b"250 2.0.0 b\r\n", b"250 2.0.0 c\r\n"], 0, ["accepted", "accepted"]),
		("one over quota", [b"250 2.0.0 b\r\n", b"452 4.2.2 full\r\n"], 75, ["accepted", "deferred"]),
		("one refused", [b"550 5.1.1 no\r\n", b"250 2.0.0 c\r\n"], 69, ["refused", "accepted"]),
		("closed after the first", [b"250 2.0.0 b\r\n"], None, ["accepted", "unknown"]),
	]
	for name, replies, status, outcomes in rows:
		tap.row(name)
		folder = tap.folder()
		server = Lmtp(folder / "s", replies)
		result = tap.courant("send", "--server", f"lmtp+unix://{folder}/s", "--timeout", "1", *MAIL)
		if status is not None:
			tap.check_equal(result.status, status)
		tap.check_equal([line.split()[0] for line in result.out.splitlines()], outcomes)
		tap.check_equal(server.heard[0], b"LHLO")


@tap.test
def finished_messages_go_as_they_are():
	folder = tap.folder()
	text = b"Received: from x\nFrom: Ann <ann@example.com>\nTo: b@example.org\nBcc: c@example.org\nX-Odd:   kept  \nDate: Mon, 1 Jan 2024 00:00:00 +0000\n" \
	       b"Message-ID: <m@example.com>\n\nbody\n.\n..\n"
	(folder / "m.eml").write_bytes(text)
	with peers.Catcher("--tls", "none") as catcher:
		server = f"smtp://127.0.0.1:{catcher.port}?tls=none"
		result = tap.courant("send", "--server", server, "--message", "m.eml", cwd=folder)
		tap.check_equal(result.status, 0)
		tap.check_equal([line.split()[1] for line in result.out.splitlines()], ["b@example.org", "c@example.org"])
		tap.check(catcher.mails()[0].endswith(text.replace(b"Bcc: c@example.org\n", b"").replace(b"\n", b"\r\n")), "all but Bcc is kept")
		tap.row("another envelope, from standard input")
		result = tap.courant("send", "--server", server, "--message", "-", "--from", "bounce@example.com", "--to", "d@example.org", stdin=text)
		tap.check_equal(result.out.split()[1], "d@example.org")
		tap.check_in(b"Return-Path: <bounce@example.com>\r\nX-Envelope-To: <d@example.org>\r\n", catcher.mails()[1])
		tap.row("words that make no sense with it")
		tap.check_equal(tap.courant("send", "--server", server, "--message", "m.eml", "--subject", "x", cwd=folder).status, 64)
		tap.row("one that is not there")
		tap.check_equal(tap.courant("send", "--server", server, "--message", "nowhere", cwd=folder).status, 66)


@tap.test
def a_maildir_is_sent_over_several_connections():
	folder = tap.folder()
	for part in ("new", "cur", "tmp"):
		(folder / "in" / part).mkdir(parents=True)
	for i in range(100):
		where = "new" if i % 2 else "cur"
		(folder / "in" / where / f"{i}").write_text(f"From: a@example.com\nTo: u{i}@example.org\nSubject: {i}\n\nbody {i}\n")
	for words in ([], ["--connections", "4"], ["--connections", "3", "--window", "8"], ["--window", "32"]):
		tap.row(" ".join(words) or "one connection")
		with peers.Catcher() as catcher:
			result = tap.courant("send", "--server", f"smtp://localhost:{catcher.port}?ca_file={catcher.ca}", "--message", "in", "--json", *words, cwd=folder)
			tap.check_equal(result.status, 0)
			results = [json.loads(line) for line in result.out.splitlines()]
			tap.check_equal(Counter(one["outcome"] for one in results), Counter(accepted=100))
			tap.check_equal(len({one["queue_id"] for one in results}), 100)
			tap.check_equal({one["tls"]["verified"] for one in results}, {True})
			subjects = sorted(int(line.split()[1]) for mail in catcher.mails() for line in mail.splitlines() if line.startswith(b"Subject"))
			tap.check_equal(subjects, list(range(100)))
	tap.row("one bad among them")
	os.symlink("/nowhere", folder / "in/new/bad")
	with peers.Catcher() as catcher:
		result = tap.courant("send", "--server", f"smtp://localhost:{catcher.port}?ca_file={catcher.ca}", "--message", "in", cwd=folder)
		tap.check_equal((result.status, len(result.out.splitlines()), len(catcher.mails())), (66, 100, 100))


@tap.test
def a_connection_that_fell_asleep_is_made_anew():
	"""The server closes after each mail, without a word: no mail is lost for it."""
	closing = {".": lambda script: (script.conn.sendall(b"250 2.0.0 queued as 1\r\n"), peers.CLOSE)[1], "EHLO": b"250 mail\r\n"}
	folder = tap.folder()
	for name in "abc":
		(folder / name).write_text(f"From: a@example.com\nTo: {name}@example.org\nSubject: x\n\nx\n")
	with peers.Script(closing) as server:
		result = tap.courant("send", "--server", f"smtp://127.0.0.1:{server.port}?tls=none&timeout=5", *[word for name in "abc" for word in ("--message", name)], cwd=folder)
		tap.check_equal(result.status, 0)
		tap.check_equal([line.split()[:2] for line in result.out.splitlines()], [["accepted", f"{name}@example.org"] for name in "abc"])


@tap.test
def resumption_shortens_the_next_handshake():
	folder = tap.folder()
	for i in range(6):
		(folder / f"{i}").write_text(f"From: a@example.com\nTo: u{i}@example.org\nSubject: x\n\nx\n")
	with peers.Catcher() as catcher:
		words = [word for i in range(6) for word in ("--message", str(i))]
		result = tap.courant("send", "--server", f"smtp://localhost:{catcher.port}?ca_file={catcher.ca}", "--json", "--connections", "3", *words, cwd=folder)
		resumed = [json.loads(line)["tls"]["resumed"] for line in result.out.splitlines()]
		tap.check_equal((result.status, resumed[0]), (0, False))


class Proxy(threading.Thread):
	"""SOCKS5 or HTTP CONNECT to a server of this machine; what it is asked for is kept."""

	def __init__(self, kind, port, login=None, refuse=None):
		super().__init__(daemon=True)
		self.kind, self.to, self.login, self.refuse, self.asked = kind, port, login, refuse, []
		self.listening = socket.create_server(("127.0.0.1", 0))
		self.port = self.listening.getsockname()[1]
		self.start()

	def run(self):
		conn, _ = self.listening.accept()
		self.listening.close()
		with conn:
			if self.socks(conn) if self.kind == "socks5" else self.http(conn):
				self.pump(conn)

	def socks(self, conn):
		exact = lambda n: conn.recv(n, socket.MSG_WAITALL)
		methods = exact(exact(2)[1])
		if self.login:
			if 2 not in methods:
				conn.sendall(b"\x05\xff")
				return False
			conn.sendall(b"\x05\x02")
			exact(1)
			said = (exact(exact(1)[0]), exact(exact(1)[0]))
			conn.sendall(b"\x01\x00" if said == self.login else b"\x01\x01")
			if said != self.login:
				return False
		else:
			conn.sendall(b"\x05\x00")
		kind = exact(4)[3]
		host = socket.inet_ntoa(exact(4)) if kind == 1 else exact(exact(1)[0]).decode()
		self.asked.append((host, int.from_bytes(exact(2), "big")))
		conn.sendall(bytes([5, self.refuse or 0, 0, 3, 3]) + b"abc\0\0")
		return not self.refuse

	def http(self, conn):
		text = b""
		while not text.endswith(b"\r\n\r\n"):
			text += conn.recv(1)
		host, port = text.split()[1].decode().rsplit(":", 1)
		self.asked.append((host, int(port)))
		if self.login and b"Proxy-Authorization: Basic " + base64.b64encode(b":".join(self.login)) not in text:
			conn.sendall(b"HTTP/1.1 407 login first\r\n\r\n")
			return False
		conn.sendall(f"HTTP/1.1 {self.refuse or 200} words\r\nX-Header: y\r\n\r\n".encode())
		return not self.refuse

	def pump(self, conn):
		server = socket.create_connection(("127.0.0.1", self.to))

		def copy(source, sink):
			with contextlib.suppress(OSError):  # one of the two has gone
				while piece := source.recv(65536):
					sink.sendall(piece)
				sink.shutdown(socket.SHUT_WR)

		other = threading.Thread(target=copy, args=(server, conn), daemon=True)
		other.start()
		copy(conn, server)
		other.join(peers.PATIENCE_S)
		server.close()


@tap.test
def a_proxy_is_gone_through():
	with peers.Catcher() as catcher:
		trust = ["--ca-file", catcher.ca, "--verify-name", "localhost"]
		rows = [
			("socks5", {}, "", "localhost", 0),
			("socks5", {}, "", "127.0.0.1", 0),
			("socks5", {"login": (b"me", b"pw")}, "me:pw@", "localhost", 0),
			("socks5", {"login": (b"me", b"pw")}, "me:no@", "localhost", 77),
			("socks5", {"login": (b"me", b"pw")}, "", "localhost", 77),
			("socks5", {"refuse": 5}, "", "localhost", 75),
			("socks5", {"refuse": 4}, "", "localhost", 68),
			("http", {}, "", "localhost", 0),
			("http", {"login": (b"me", b"pw")}, "me:pw@", "localhost", 0),
			("http", {"login": (b"me", b"pw")}, "me:no@", "localhost", 77),
			("http", {"refuse": 403}, "", "localhost", 75),
		]
		for kind, options, login, host, status in rows:
			tap.row(f"{kind} {options} {login}")
			proxy = Proxy(kind, catcher.port, **options)
			result = tap.courant("send", "--server", f"smtp://{host}:{catcher.port}", *trust, "--proxy", f"{kind}://{login}127.0.0.1:{proxy.port}", *MAIL)
			tap.check_equal(result.status, status)
			if status == 0:
				tap.check_equal(proxy.asked, [(host, catcher.port)])
		tap.row("a mail server instead of a proxy")
		result = tap.courant("send", "--server", "smtp://localhost:1", "--timeout", "3", "--proxy", f"socks5://127.0.0.1:{catcher.port}", *MAIL)
		tap.check_equal(result.status, 76)
		tap.row("no proxy's URL")
		tap.check_equal(tap.courant("send", "--server", "smtp://localhost:1", "--proxy", "ftp://x", *MAIL).status, 64)


tap.main()
