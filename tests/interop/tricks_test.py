#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""courant send against what servers, proxies and what stands between them do more cunningly: replies that are right and then turn, certificates that
are good but for one thing, a second connection that is not like the first, proxies that lie."""
import socket
import ssl
import threading

import peers
import tap
import trials
from peers import CLOSE, HANG, RESET
from trials import LOGIN, OK, PROTOCOL, REFUSED, TEMPORARY, UNKNOWN, Trial

PLAIN = ["--tls", "none"]
PIPELINED, BARE, CHUNKED = b"250-mail\r\n250 PIPELINING\r\n", b"250 mail\r\n", b"250-mail\r\n250-PIPELINING\r\n250 CHUNKING\r\n"


def said(text, after):
	def answer(script):
		script.conn.sendall(text)
		return after
	return answer


def pause(*texts, seconds=0.3):
	"""One after the other, with time between."""
	def answer(script):
		for text in texts[:-1]:
			script.conn.sendall(text)
			script.over.wait(seconds)
		return texts[-1]
	return answer


def half_closed(text):
	"""A reply, and no more will come, though we are still heard."""
	def answer(script):
		script.conn.sendall(text)
		script.conn.shutdown(socket.SHUT_WR)
		while script.conn.recv(65536):
			pass
		return CLOSE
	return answer


def urgent(text):
	"""A byte out of band in front of a reply, as Telnet has it."""
	def answer(script):
		script.conn.send(b"!", socket.MSG_OOB)
		return text
	return answer


def silent_until_the_last(script):
	"""The first line of a greeting is a trap (postscreen): who speaks before the last one is no mail server."""
	script.conn.sendall(b"220-mail.example.com wait for it\r\n")
	script.conn.settimeout(1)
	try:
		spoke = script.conn.recv(100)
	except TimeoutError:
		spoke = b""
	script.conn.settimeout(peers.PATIENCE_S)
	return b"521 5.7.0 you spoke too early\r\n" if spoke else b"220 go on\r\n"


def row(name, on, status, outcomes, words=(), waits=False, check=None):
	return Trial(name, lambda: peers.Script({"EHLO": PIPELINED, **on}), [*PLAIN, *words], status, outcomes, waits, check=check)


@tap.test
def replies_that_are_right_and_then_turn():
	rows = []
	phases = [("greeting", 220), ("EHLO", 250), ("MAIL", 250), ("RCPT", 250), ("DATA", 354), (".", 250), ("QUIT", 221)]
	for phase, code in phases:
		fine = phase in (".", "QUIT")
		right = b"%d ok\r\n" % code
		for name, answer in (("then closed", said(right, CLOSE)), ("then reset", said(right, RESET)), ("then half closed", half_closed(right))):
			# Behind 354 the whole of a small message is out before the end is seen.
			after_data = phase == "DATA" and name != "then reset"
			rows.append(row(f"{phase}: {code}, {name}", {phase: answer}, *((OK, "aa") if fine else (UNKNOWN, "uu") if after_data else (TEMPORARY, "dd"))))
		rows.append(row(f"{phase}: {code} and CR CR LF", {phase: b"%d ok\r\r\n" % code}, OK, "aa"))
		wrong = {"QUIT": (OK, "aa"), ".": (UNKNOWN, "uu")}.get(phase, (PROTOCOL, "dd"))
		rows.append(row(f"{phase}: {code} and a TAB", {phase: b"%d\tok\r\n" % code}, *wrong))
		if phase != "RCPT": # of two such bytes the first one comes with the others
			rows.append(row(f"{phase}: {code} with a byte out of band", {phase: urgent(b"%d okay\r\n" % code)}, OK, "aa"))
		rows.append(row(f"{phase}: {code} with blanks in front", {phase: b" %d ok\r\n" % code}, *wrong))
		late = (TEMPORARY, "dd") if wrong[0] == PROTOCOL else wrong
		rows.append(row(f"{phase}: lone CR for a line end", {phase: said(b"%d ok\r" % code, HANG)}, *late, waits=phase != "QUIT"))
	trials.run(rows)


LARGE = tap.folder() / "large.bin"
LARGE.write_bytes(bytes(range(256)) * 16384)
with_large = ["--from", "ops@example.com", "--to", "ann@example.org, bob@example.org", "--text-body", "x", "--attach", LARGE]


def throw_away(reply):
	"""Only the first command of a packet is looked at: a firewall that knows no PIPELINING."""
	def answer(script):
		script.buffer = b""
		return reply
	return answer


def in_the_middle(text):
	"""Said behind the first piece of a message, which is read to its end all the same."""
	def answer(script):
		script.conn.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
		script.conn.sendall(b"354 go on\r\n")
		script.conn.recv(65536)
		script.conn.sendall(text)
		while script.conn.recv(65536):
			pass
		return CLOSE
	return answer


def bdat_unknown(script):
	"""The lines of the chunk are taken for commands."""
	lines = script.messages.pop().count(b"\r\n")
	return b"500 what?\r\n" * (lines + 1)


def many(n):
	return ["--from", "ops@example.com", "--to", ", ".join(f"u{i}@example.org" for i in range(n)), "--text-body", "Hello"]


@tap.test
def servers_that_are_odd_in_other_ways():
	long_no = b"550-" + b"x" * 500 + b"\r\n"
	rows = [
		row("the greeting's first line is a trap", {"greeting": silent_until_the_last}, OK, "aa"),
		row("a greeting that takes its time", {"greeting": pause(b"220-one\r\n", b"220-two\r\n", b"220 three\r\n")}, OK, "aa"),
		row("a greeting of 521", {"greeting": b"521 5.3.2 no mail here\r\n"}, REFUSED, "rr"),
		row("a greeting of 299", {"greeting": b"299 odd\r\n"}, PROTOCOL, "dd"),
		row("MAIL: 221", {"MAIL": b"221 odd\r\n"}, OK, "aa"),
		row("MAIL: 334", {"MAIL": b"334 odd\r\n"}, PROTOCOL, "dd"),
		row("RCPT: 299", {"RCPT": b"299 odd\r\n"}, OK, "aa"),
		row("RCPT: 354", {"RCPT": b"354 odd\r\n"}, PROTOCOL, "dd"),
		row("DATA: 355", {"DATA": b"355 odd\r\n"}, PROTOCOL, "dd"),
		row("end: 299", {".": b"299 odd\r\n"}, OK, "aa"),
		row("end: 354 again", {".": b"354 odd\r\n"}, UNKNOWN, "uu"),
		row("end: 60 KB of praise", {".": (b"250-" + b"x" * 500 + b"\r\n") * 120 + b"250 ok\r\n"}, OK, "aa"),
		row("end: 70 KB of praise", {".": (b"250-" + b"x" * 500 + b"\r\n") * 140 + b"250 ok\r\n"}, UNKNOWN, "uu"),
		row("each of 40 recipients refused with 60 KB", {"RCPT": long_no * 119 + b"550 no\r\n"}, REFUSED, "r" * 40, many(40)),
		row("all but the first command of a packet are thrown away", {"MAIL": throw_away(b"250 ok\r\n")}, TEMPORARY, "dd", waits=True),
		row("552 in the middle of the message", {"DATA": in_the_middle(b"552 5.3.4 enough\r\n")}, REFUSED, "rr", with_large),
		row("452 in the middle of the message", {"DATA": in_the_middle(b"452 4.3.1 disk full\r\n")}, TEMPORARY, "dd", with_large),
		row("250 in the middle of the message", {"DATA": in_the_middle(b"250 2.0.0 thanks\r\n")}, PROTOCOL, "dd", with_large),
		row("BDAT offered and unknown, its bytes taken for commands", {"EHLO": CHUNKED, "BDAT": bdat_unknown}, PROTOCOL, "dd"),
		row("EHLO: NULs among the keywords", {"EHLO": b"250-mail\r\n250-SI\0ZE 10\r\n250 8BITMIME\0\r\n"}, OK, "aa"),
		row("EHLO: SIZE twice", {"EHLO": b"250-mail\r\n250-SIZE 100\r\n250 SIZE 1000000\r\n"}, OK, "aa"),
		row("EHLO: no name of its own", {"EHLO": b"250\r\n"}, OK, "aa"),
		row("EHLO: the name alone, with a hyphen and nothing more", {"EHLO": said(b"250-mail\r\n", HANG)}, TEMPORARY, "dd", waits=True),
	]
	trials.run(rows)


def turns(**changes):
	"""Answers that differ by the number of the connection: MAIL=(first, later)."""
	def choose(first, later):
		def answer(script):
			reply = first if script.connections == 1 else later
			return reply(script) if callable(reply) else reply
		return answer
	return {verb: choose(*both) for verb, both in changes.items()}


def letters(n):
	folder, words = tap.folder(), []
	for i in range(n):
		(folder / f"{i}.eml").write_bytes(b"From: ops@example.com\r\nTo: u%d@example.org\r\nSubject: x\r\n\r\n%d\r\n" % (i, i))
		words += ["--message", folder / f"{i}.eml"]
	return words


def connections(n):
	return lambda outcome: tap.check(outcome.server.connections <= n, f"{outcome.server.connections} connections, {n} at most")


@tap.test
def a_second_connection_that_is_not_like_the_first():
	"""The server closes after each mail; the next connection is somebody else's."""
	authority, stranger = peers.Authority(), peers.Authority()
	good, bad = peers.tls_context(authority.issue("good")), peers.tls_context(stranger.issue("bad"))
	ehlo, inside = peers.Script.REPLIES["EHLO"], peers.Script.REPLIES["EHLO2"]
	closes = {".": said(b"250 2.0.0 taken\r\n", CLOSE)}

	def other_certificate(script):
		script.tls = good if script.connections == 1 else bad
		return b"220 go ahead\r\n"

	def never_in_clear(outcome):
		tap.check_equal(len(outcome.server.messages), 1)
		tap.check(outcome.server.verbs().count("AUTH") <= 2, "the password is not offered again and again")

	rows = [
		("the same", {}, OK, "aa", None),
		("no STARTTLS", turns(EHLO=(ehlo, b"250-mail\r\n250 AUTH PLAIN\r\n")), PROTOCOL, "ad", never_in_clear),
		("another certificate", {"STARTTLS": other_certificate}, PROTOCOL, "ad", never_in_clear),
		("no login", turns(EHLO2=(inside, b"250 mail\r\n")), LOGIN, "ar", never_in_clear),
		("the login refused", turns(AUTH=(b"235 ok\r\n", b"535 5.7.8 no\r\n")), LOGIN, "ar", never_in_clear),
		("421 for a greeting", turns(greeting=(b"220 ok\r\n", b"421 4.3.2 full\r\n")), TEMPORARY, "ad", never_in_clear),
		("554 for a greeting", turns(greeting=(b"220 ok\r\n", b"554 5.3.2 no\r\n")), REFUSED, "ar", never_in_clear),
		("closed at once", turns(greeting=(b"220 ok\r\n", CLOSE)), TEMPORARY, "ad", never_in_clear),
	]
	trials.run([Trial(name, lambda on=on: peers.Script({**closes, **on}, tls=good), ["--ca-file", authority.file, *letters(2)], status, outcomes,
			  url="smtp://ops@127.0.0.1:{port}", check=check) for name, on, status, outcomes, check in rows])


@tap.test
def connections_that_end_between_mails():
	counts = {"n": 0}

	def every_second_mail(script):
		counts["n"] += 1
		return b"250 ok\r\n" if counts["n"] % 2 else said(b"421 4.4.2 idle\r\n", CLOSE)(script)

	def restarting(*refusals):
		"""The connections behind the first one are refused, so many; the server closes after each mail."""
		left = list(refusals)
		return {".": said(b"250 ok\r\n", CLOSE), "greeting": lambda script: left.pop(0) if script.connections > 1 and left else b"220 hello\r\n"}

	rows = [
		("421 to the second connection", restarting(b"421 4.3.2 too many\r\n"), OK, "aaa", 4),
		("the second and third connection closed at once", restarting(CLOSE, RESET), OK, "aaa", 5),
		("no connection is of use any more", restarting(*[CLOSE] * 100), TEMPORARY, "add", 5),
		("421 behind the acceptance", {".": said(b"250 ok\r\n421 4.4.2 idle\r\n", CLOSE)}, OK, "aaa", 3),
		("421 to each second MAIL", {"MAIL": every_second_mail}, OK, "aaa", 6),
		("closed at each MAIL", {"MAIL": CLOSE}, TEMPORARY, "ddd", 6),
		("reset behind the acceptance", {".": said(b"250 ok\r\n", RESET)}, OK, "aaa", 3),
	]
	trials.run([Trial(name, lambda on=on: peers.Script({"EHLO": BARE, **on}), [*PLAIN, *letters(3)], status, outcomes, check=connections(n)) for name, on, status, outcomes, n in rows])


EC = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256")


class Chain(peers.Authority):
	"""An authority that signs whatever it is told to."""

	def sign(self, label, *extensions, by="ca", key=EC, how=(), subject="/CN=localhost"):
		"""A certificate with these lines of extensions, and its key; the chain below the authority when `by` is another one."""
		(self.folder / f"{label}.ext").write_text("\n".join(extensions) + "\n")
		peers.openssl(self.folder, "req", *key, "-nodes", "-keyout", f"{label}.key", "-out", f"{label}.csr", "-subj", subject)
		signer = "ca.pem" if by == "ca" else f"{by}.crt"
		peers.openssl(self.folder, "x509", "-req", "-in", f"{label}.csr", "-CA", signer, "-CAkey", f"{by}.key", "-CAcreateserial", "-out", f"{label}.crt",
			      "-days", "2", "-extfile", f"{label}.ext", *how)

	def file_of(self, *labels):
		"""What the first of them shows: its chain and its key."""
		out = self.folder / f"{labels[0]}.pem"
		out.write_text("".join((self.folder / f"{label}.crt").read_text() for label in labels) + (self.folder / f"{labels[0]}.key").read_text())
		return out

	def signed(self, label, *extensions, **more):
		self.sign(label, *(extensions or LEAF), **more)
		return self.file_of(label)

	def not_yet(self):
		"""Good from next year on."""
		folder = self.folder
		(folder / "index.txt").write_text("")
		(folder / "ca.conf").write_text("[ca]\ndefault_ca=own\n[own]\ndatabase=index.txt\nserial=ca.srl\nnew_certs_dir=.\npolicy=any\ndefault_md=sha256\n[any]\ncommonName=supplied\n")
		self.sign("early", *LEAF)
		peers.openssl(folder, "ca", "-batch", "-config", "ca.conf", "-cert", "ca.pem", "-keyfile", "ca.key", "-in", "early.csr", "-out", "early.crt", "-notext",
			      "-extfile", "early.ext", "-startdate", "20400101000000Z", "-enddate", "20410101000000Z")
		return self.file_of("early")


LEAF = ("subjectAltName=DNS:localhost,IP:127.0.0.1", "extendedKeyUsage=serverAuth")


def below(chain, middle_extensions, more_middles=()):
	"""A certificate below another one below the authority."""
	chain.sign("middle", *middle_extensions, subject="/CN=middle")
	last = "middle"
	for label in more_middles:
		chain.sign(label, "basicConstraints=critical,CA:TRUE", by=last, subject=f"/CN={label}")
		last = label
	chain.sign("leaf", *LEAF, by=last)
	return chain.file_of("leaf", *reversed(more_middles), "middle")


def odd(certificate, **attributes):
	context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
	context.set_ciphers("DEFAULT:@SECLEVEL=0")
	context.load_cert_chain(certificate)
	for name, value in attributes.items():
		getattr(context, name)(value) if callable(getattr(context, name)) else setattr(context, name, value)
	return context


@tap.test
def certificates_with_one_thing_wrong():
	chain = Chain()
	ca = "basicConstraints=critical,CA:TRUE"
	rows = [
		("good", chain.signed("good"), {}, OK, ""),
		("RSA of 4,096 bits", chain.signed("rsa", key=("-newkey", "rsa:4096")), {}, OK, ""),
		("RSA-PSS", chain.signed("pss", key=("-newkey", "rsa-pss", "-pkeyopt", "rsa_keygen_bits:2048")), {}, OK, ""),
		("Ed25519", chain.signed("ed", key=("-newkey", "ed25519")), {}, OK, ""),
		("P-521", chain.signed("p521", key=("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-521")), {}, OK, ""),
		("a curve that has to be asked for again", chain.signed("own"), {"set_ecdh_curve": "secp384r1"}, OK, ""),
		("a hundred session tickets", chain.signed("tickets"), {"num_tickets": 100}, OK, ""),
		("a client's certificate would be welcome", chain.signed("welcome"), {"verify_mode": ssl.CERT_OPTIONAL}, OK, ""),
		("good from 2040 on", chain.not_yet(), {}, PROTOCOL, "not valid before 2040"),
		("signed with SHA-1", chain.signed("sha1", how=("-sha1",)), {}, PROTOCOL, ""),
		("RSA of 512 bits", chain.signed("rsa512", key=("-newkey", "rsa:512")), {}, PROTOCOL, ""),
		("an extension that must be known and is not", chain.signed("critical", *LEAF, "1.2.3.4.5=critical,DER:0500"), {}, PROTOCOL, ""),
		("an authority's own certificate", chain.signed("authority", LEAF[0], ca), {}, OK, ""),
	]

	def constrained(name, middle, more=(), status=PROTOCOL):
		own = Chain()
		return Trial(name, lambda context=peers.tls_context(below(own, middle, more)): peers.Script(tls=context), ["--ca-file", own.file], status,
			     "aa" if status == OK else "dd", url="smtp://ops@127.0.0.1:{port}")

	trials.run([Trial(name, lambda context=odd(certificate, **attributes): peers.Script(tls=context), ["--ca-file", chain.file], status, "aa" if status == OK else "dd",
			  url="smtp://ops@127.0.0.1:{port}", check=lambda outcome, words=words: tap.check_in(words, outcome.err))
		    for name, certificate, attributes, status, words in rows] + [
		constrained("below another authority", [ca], status=OK),
		constrained("below one that may sign no authority", [ca + ",pathlen:0"], ["second"]),
		constrained("below one that may sign other addresses only", [ca, "nameConstraints=critical,permitted;IP:192.0.2.0/255.255.255.0"]),
		constrained("below one that may not sign this address", [ca, "nameConstraints=critical,excluded;IP:127.0.0.0/255.0.0.0"]),
		constrained("below one that may sign mail only", [ca, "extendedKeyUsage=emailProtection"]),
		constrained("below one whose key may not sign certificates", [ca, "keyUsage=critical,digitalSignature"]),
	])


class Raw:
	"""A server whose whole conversation is by hand: `talk` gets the connection."""

	def __init__(self, talk):
		self.talk, self.over, self.messages = talk, threading.Event(), []
		self.listening = socket.create_server(("127.0.0.1", 0))
		self.port = self.listening.getsockname()[1]
		self.thread = threading.Thread(target=self.run, daemon=True)

	def run(self):
		try:
			conn, _ = self.listening.accept()
			with conn:
				conn.settimeout(peers.PATIENCE_S)
				self.talk(self, conn)
		except OSError:
			pass

	def __enter__(self):
		self.thread.start()
		return self

	def __exit__(self, *_):
		self.over.set()
		self.listening.close()
		self.thread.join(peers.PATIENCE_S)


def mail_server(conn):
	"""Takes one mail, in the simplest way."""
	lines = conn.makefile("rwb", buffering=0)
	lines.write(b"220 mail\r\n")
	in_data = False
	while line := lines.readline():
		if in_data and line != b".\r\n":
			continue
		in_data = line.startswith(b"DATA")
		lines.write(b"354 go\r\n" if in_data else b"250 ok\r\n")


def http(answer, then=None, piece=0):
	def talk(raw, conn):
		text = b""
		while not text.endswith(b"\r\n\r\n"):
			text += conn.recv(1)
		for at in range(0, len(answer), piece or len(answer) or 1):
			conn.sendall(answer[at:at + (piece or len(answer))])
			if piece and raw.over.wait(0.01):
				return
		if then == "mail":
			mail_server(conn)
		elif then == HANG:
			raw.over.wait(peers.PATIENCE_S)
		elif then:
			then(raw, conn)
	return lambda: Raw(talk)


def socks(*answers, then=None):
	def talk(raw, conn):
		for answer in answers:
			if not conn.recv(600):
				return
			conn.sendall(answer)
		if then == "mail":
			mail_server(conn)
		elif then == HANG:
			raw.over.wait(peers.PATIENCE_S)
		elif not then:
			conn.recv(600)
	return lambda: Raw(talk)


def endless(text):
	def then(raw, conn):
		for _ in range(10000):
			conn.sendall(text)
	return then


@tap.test
def proxies_that_lie():
	ok, bound = b"\x05\x00", b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x19"
	rows = [
		("HTTP: 200", "http", http(b"HTTP/1.1 200 ok\r\n\r\n", "mail"), OK),
		("HTTP: 200 in pieces", "http", http(b"HTTP/1.0 200 ok\r\nVia: x\r\n\r\n", "mail", piece=3), OK),
		("HTTP: 200 and the greeting at once", "http", http(b"HTTP/1.1 200 ok\r\n\r\n220-a\r\n", "mail"), OK),
		("HTTP: bare LFs", "http", http(b"HTTP/1.1 200 ok\n\n", "mail"), OK),
		("HTTP: 204", "http", http(b"HTTP/1.1 204 ok\r\n\r\n", "mail"), OK),
		("HTTP: 100", "http", http(b"HTTP/1.1 100 go on\r\n\r\n"), TEMPORARY),
		("HTTP: 302", "http", http(b"HTTP/1.1 302 there\r\nLocation: http://x/\r\n\r\n"), TEMPORARY),
		("HTTP: 502 with escape sequences", "http", http(b"HTTP/1.1 502 \x1b[2J\x07\xff\r\n\r\n<h1>no</h1>"), TEMPORARY),
		("HTTP: 407", "http", http(b"HTTP/1.1 407 who?\r\nProxy-Authenticate: Basic\r\n\r\n"), LOGIN),
		("HTTP: HTTP/2", "http", http(b"HTTP/2 200\r\n\r\n"), PROTOCOL),
		("HTTP: no number", "http", http(b"HTTP/1.1 abc ok\r\n\r\n"), PROTOCOL),
		("HTTP: a web page", "http", http(b"<html>hello</html>\r\n\r\n"), PROTOCOL),
		("HTTP: a header without end", "http", http(b"HTTP/1.1 200 ok\r\n", endless(b"X: " + b"x" * 1000 + b"\r\n")), PROTOCOL),
		("HTTP: a line without end", "http", http(b"HTTP/1.1 200 ", endless(b"x" * 1000)), PROTOCOL),
		("HTTP: NULs without end", "http", http(b"", endless(b"\0" * 1000)), PROTOCOL),
		("HTTP: closed", "http", http(b""), TEMPORARY),
		("HTTP: closed in the header", "http", http(b"HTTP/1.1 200 ok\r\nVia"), TEMPORARY),
		("HTTP: silence", "http", http(b"", HANG), TEMPORARY),
		("HTTP: 200, then closed", "http", http(b"HTTP/1.1 200 ok\r\n\r\n"), TEMPORARY),
		("HTTP: 200, then silence", "http", http(b"HTTP/1.1 200 ok\r\n\r\n", HANG), TEMPORARY),
		("SOCKS: well", "socks5", socks(ok, bound, then="mail"), OK),
		("SOCKS: a name of 255 bytes", "socks5", socks(ok, b"\x05\x00\x00\x03\xff" + b"x" * 255 + b"\0\0", then="mail"), OK),
		("SOCKS: an empty name", "socks5", socks(ok, b"\x05\x00\x00\x03\x00\0\0", then="mail"), OK),
		("SOCKS: IPv6", "socks5", socks(ok, b"\x05\x00\x00\x04" + b"\0" * 18, then="mail"), OK),
		("SOCKS: version 4", "socks5", socks(b"\x00\x5a" + b"\0" * 6), PROTOCOL),
		("SOCKS: a method that was not offered", "socks5", socks(b"\x05\x01"), LOGIN),
		("SOCKS: a login that was not offered", "socks5", socks(b"\x05\x02"), LOGIN),
		("SOCKS: no method", "socks5", socks(b"\x05\xff"), LOGIN),
		("SOCKS: another version afterwards", "socks5", socks(ok, b"\x04" + bound[1:]), PROTOCOL),
		("SOCKS: an address of no kind", "socks5", socks(ok, b"\x05\x00\x00\x07" + b"\0" * 20), PROTOCOL),
		("SOCKS: refused for a reason of no kind", "socks5", socks(ok, b"\x05\xff\x00\x01" + b"\0" * 6), TEMPORARY),
		("SOCKS: half an answer, then closed", "socks5", socks(ok, bound[:4]), TEMPORARY),
		("SOCKS: half an answer, then silence", "socks5", socks(ok, bound[:7], then=HANG), TEMPORARY),
		("SOCKS: the first answer twice, then silence", "socks5", socks(ok + ok, then=HANG), TEMPORARY),
		("SOCKS: a mail server", "socks5", lambda: Raw(lambda raw, conn: mail_server(conn)), PROTOCOL),
	]
	states = {OK: "aa", LOGIN: "rr"}
	trials.run([Trial(name, server, ["--tls", "none", "--proxy", kind + "://127.0.0.1:{port}"], status, states.get(status, "dd"), "silence" in name,
			  url="smtp://mail.example.com") for name, kind, server, status in rows])


tap.main()
