#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""courant send against a server that misbehaves over real sockets and TLS: the right exit status, in time, and nothing said that should not be."""
import resource
import socket
import ssl
import time
import warnings

import peers
import tap
import trials
from peers import CLOSE, HANG, RESET, drip
from trials import LOGIN, NOHOST, OK, PROTOCOL, REFUSED, TEMPORARY, UNKNOWN

TIMEOUT_S = 2   # what courant send is given for each answer
PATIENCE_S = 12 # how long a whole run may take at most

warnings.simplefilter("ignore", DeprecationWarning) # old versions of TLS are wanted here



def flood(text, times=200000):
	"""A reply that does not end (while anybody listens)."""
	def answer(script):
		for _ in range(times):
			script.conn.sendall(text)
		return CLOSE
	return answer


def then(*answers):
	"""One answer after the other; the last one stays."""
	left = list(answers)

	def answer(script):
		reply = left.pop(0) if len(left) > 1 else left[0]
		return reply(script) if callable(reply) else reply
	return answer


def said(text, after):
	"""A reply, and then the connection ends."""
	def answer(script):
		script.conn.sendall(text)
		return after
	return answer


# In clear (--tls none): name, what the server does, exit status, outcomes of the two recipients (a accepted, r refused, d deferred, u unknown).
PLAIN = [
	("greeting: 554", {"greeting": b"554 no\r\n"}, REFUSED, "rr"),
	("greeting: 421", {"greeting": b"421 later\r\n"}, TEMPORARY, "dd"),
	("greeting: 450", {"greeting": b"450 later\r\n"}, TEMPORARY, "dd"),
	("greeting: an SSH server", {"greeting": b"SSH-2.0-OpenSSH_9.2\r\n"}, PROTOCOL, "dd"),
	("greeting: an HTTP server", {"greeting": b"HTTP/1.1 400 Bad Request\r\n\r\n"}, PROTOCOL, "dd"),
	("greeting: binary rubbish", {"greeting": b"\x00\xff\xfe\r\n"}, PROTOCOL, "dd"),
	("greeting: never", {"greeting": HANG}, TEMPORARY, "dd"),
	("greeting: closed", {"greeting": CLOSE}, TEMPORARY, "dd"),
	("greeting: reset", {"greeting": RESET}, TEMPORARY, "dd"),
	("greeting: half a line, then nothing", {"greeting": said(b"220 mail", HANG)}, TEMPORARY, "dd"),
	("greeting: half a line, then closed", {"greeting": said(b"220 mail", CLOSE)}, TEMPORARY, "dd"),
	("greeting: a byte at a time", {"greeting": drip(b"220 " + b"x" * 100, 0.2)}, TEMPORARY, "dd"),
	("greeting: lines without end", {"greeting": flood(b"220-hello\r\n")}, PROTOCOL, "dd"),
	("greeting: a line without end", {"greeting": flood(b"220 hello hello hello hello hello")}, PROTOCOL, "dd"),
	("greeting: NULs without end", {"greeting": flood(b"\0" * 65536, 100)}, PROTOCOL, "dd"),
	("greeting: different codes", {"greeting": b"220-a\r\n554 b\r\n"}, PROTOCOL, "dd"),
	("greeting: escape sequences", {"greeting": b"554 \x1b[2J\x1b]0;x\x07 \xe2\x80\xae\r\n"}, REFUSED, "rr"),
	("greeting: several lines", {"greeting": b"220-a\r\n220-b\r\n220 c\r\n"}, OK, "aa"),
	("greeting: code alone", {"greeting": b"220\r\n"}, OK, "aa"),
	("greeting: lone LF", {"greeting": b"220 hello\n"}, OK, "aa"),
	("EHLO: refused, HELO accepted", {"EHLO": b"502 what\r\n"}, OK, "aa"),
	("EHLO and HELO refused", {"EHLO": b"502 what\r\n", "HELO": b"502 what\r\n"}, REFUSED, "rr"),
	("EHLO: 421", {"EHLO": b"421 bye\r\n"}, TEMPORARY, "dd"),
	("EHLO: never", {"EHLO": HANG}, TEMPORARY, "dd"),
	("EHLO: closed", {"EHLO": CLOSE}, TEMPORARY, "dd"),
	("EHLO: reset", {"EHLO": RESET}, TEMPORARY, "dd"),
	("EHLO: a thousand lines and more", {"EHLO": flood(b"250-X-LINE\r\n")}, PROTOCOL, "dd"),
	("EHLO: different codes", {"EHLO": b"250-a\r\n550 b\r\n"}, PROTOCOL, "dd"),
	("EHLO: code 354", {"EHLO": b"354 go on\r\n"}, PROTOCOL, "dd"),
	("MAIL: refused", {"MAIL": b"550 5.7.1 not you\r\n"}, REFUSED, "rr"),
	("MAIL: deferred", {"MAIL": b"451 4.3.0 later\r\n"}, TEMPORARY, "dd"),
	("MAIL: 421", {"MAIL": b"421 bye\r\n"}, TEMPORARY, "dd"),
	("MAIL: 421 and closed", {"MAIL": said(b"421 bye\r\n", CLOSE)}, TEMPORARY, "dd"),
	("MAIL: never", {"MAIL": HANG}, TEMPORARY, "dd"),
	("MAIL: closed", {"MAIL": CLOSE}, TEMPORARY, "dd"),
	("MAIL: reset", {"MAIL": RESET}, TEMPORARY, "dd"),
	("MAIL: rubbish", {"MAIL": b"hello\r\n"}, PROTOCOL, "dd"),
	("MAIL: a login is wanted", {"MAIL": b"530 5.7.0 authentication required\r\n"}, REFUSED, "rr"),
	("RCPT: first refused", {"RCPT": then(b"550 5.1.1 no\r\n", b"250 ok\r\n")}, REFUSED, "ra"),
	("RCPT: second refused", {"RCPT": then(b"250 ok\r\n", b"550 5.1.1 no\r\n")}, REFUSED, "ar"),
	("RCPT: second deferred", {"RCPT": then(b"250 ok\r\n", b"450 4.2.1 busy\r\n")}, TEMPORARY, "ad"),
	("RCPT: refused and deferred", {"RCPT": then(b"550 no\r\n", b"450 busy\r\n")}, TEMPORARY, "rd"),
	("RCPT: both refused", {"RCPT": b"550 5.1.1 no\r\n"}, REFUSED, "rr"),
	("RCPT: 251 and 252", {"RCPT": then(b"251 forwarded\r\n", b"252 perhaps\r\n")}, OK, "aa"),
	("RCPT: 421", {"RCPT": said(b"421 bye\r\n", CLOSE)}, TEMPORARY, "dd"),
	("RCPT: second closes", {"RCPT": then(b"250 ok\r\n", CLOSE)}, TEMPORARY, "dd"),
	("RCPT: never", {"RCPT": HANG}, TEMPORARY, "dd"),
	("RCPT: enhanced code of another class", {"RCPT": b"550 2.1.5 no\r\n"}, REFUSED, "rr"),
	("DATA: refused", {"DATA": b"554 no\r\n"}, REFUSED, "rr"),
	("DATA: deferred", {"DATA": b"451 later\r\n"}, TEMPORARY, "dd"),
	("DATA: 250 instead of 354", {"DATA": b"250 ok\r\n"}, PROTOCOL, "dd"),
	("DATA: 421", {"DATA": said(b"421 bye\r\n", CLOSE)}, TEMPORARY, "dd"),
	("DATA: never", {"DATA": HANG}, TEMPORARY, "dd"),
	("DATA: closed", {"DATA": CLOSE}, TEMPORARY, "dd"),
	("DATA: reset", {"DATA": RESET}, TEMPORARY, "dd"),
	("final dot: refused", {".": b"554 5.6.0 spam\r\n"}, REFUSED, "rr"),
	("final dot: too large", {".": b"552 5.3.4 too large\r\n"}, REFUSED, "rr"),
	("final dot: deferred", {".": b"451 4.3.0 later\r\n"}, TEMPORARY, "dd"),
	("final dot: 421", {".": said(b"421 bye\r\n", CLOSE)}, TEMPORARY, "dd"),
	("final dot: closed", {".": CLOSE}, UNKNOWN, "uu"),
	("final dot: reset", {".": RESET}, UNKNOWN, "uu"),
	("final dot: never", {".": HANG}, UNKNOWN, "uu"),
	("final dot: half a reply, then closed", {".": said(b"250 2.0", CLOSE)}, UNKNOWN, "uu"),
	("final dot: a byte at a time", {".": drip(b"250 " + b"x" * 100, 0.2)}, UNKNOWN, "uu"),
	("final dot: rubbish", {".": b"hello\r\n"}, UNKNOWN, "uu"),
	("final dot: lines without end", {".": flood(b"250-ok\r\n")}, UNKNOWN, "uu"),
	("final dot: closed, one was refused before", {"RCPT": then(b"550 no\r\n", b"250 ok\r\n"), ".": CLOSE}, UNKNOWN, "ru"),
	("QUIT: never answered", {"QUIT": HANG}, OK, "aa"),
	("QUIT: refused", {"QUIT": b"500 stay\r\n"}, OK, "aa"),
	("QUIT: closed", {"QUIT": CLOSE}, OK, "aa"),
	("QUIT: reset", {"QUIT": RESET}, OK, "aa"),
	("QUIT: rubbish without end", {"QUIT": flood(b"x" * 1000)}, OK, "aa"),
	("SIZE: too small for the mail", {"EHLO": b"250-mail\r\n250 SIZE 100\r\n"}, REFUSED, "rr"),
	("no PIPELINING", {"EHLO": b"250 mail\r\n"}, OK, "aa"),
	("CHUNKING", {"EHLO": b"250-mail\r\n250-PIPELINING\r\n250 CHUNKING\r\n"}, OK, "aa"),
	("CHUNKING: refused once, DATA after", {"EHLO": b"250-mail\r\n250 CHUNKING\r\n", "BDAT": b"502 not today\r\n"}, OK, "aa"),
	("CHUNKING: closed after LAST", {"EHLO": b"250-mail\r\n250 CHUNKING\r\n", "BDAT": CLOSE}, UNKNOWN, "uu"),
]

# What the names say where no answer will come.
WAITING = ("never", "then nothing", "a byte at a time")


def send(port, *words, tls="none", recipients=("ann@example.org", "bob@example.org"), host="127.0.0.1", **more):
	begun = time.monotonic()
	result = tap.courant("send", "--server", f"smtp://{host}:{port}", "--tls", tls, "--timeout", TIMEOUT_S, "--from", "ops@example.com", "--to",
			     ", ".join(recipients), "--subject", "x", "--text-body", "Hello\n.\n", *words, **more)
	tap.check(time.monotonic() - begun < PATIENCE_S, "it ends in time")
	return result


@tap.test
def in_clear():
	def arrived(outcome):
		message = outcome.server.messages[-1]
		tap.check(message.endswith(b"\r\n\r\nHello\r\n=2E\r\n"), f"what arrived: {message!r}")

	trials.run([trials.Trial(name, lambda on=on: peers.Script(on), ["--tls", "none"], status, outcomes, any(word in name for word in WAITING),
				 check=arrived if outcomes == "aa" else None) for name, on, status, outcomes in PLAIN])


@tap.test
def memory_stays_small_whatever_the_server_says():
	before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
	with peers.Script({"EHLO": flood(b"250-" + b"x" * 500 + b"\r\n", 100000)}) as server:
		tap.check_equal(send(server.port).status, PROTOCOL)
	after = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
	tap.check(after - before < 20000, f"{after - before} KB more")


def inject(text):
	"""Plain text in the same packet as the answer to STARTTLS: what a man in the middle would put in front of the handshake."""
	return b"220 go ahead\r\n" + text


@tap.test
def tls_that_is_wanted_and_not_good():
	authority, stranger = peers.Authority(), peers.Authority()
	good = authority.issue("good")
	expired = authority.issue("expired", days=("-days", "-1"))
	self_signed = stranger.file.parent / "own.pem"
	peers.openssl(stranger.folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "own.key", "-out", "own.crt",
		      "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1")
	self_signed.write_text((stranger.folder / "own.crt").read_text() + (stranger.folder / "own.key").read_text())
	rows = [
		("a good one", good, {}, {}, OK, ""),
		("STARTTLS not offered", good, {"EHLO": b"250-mail\r\n250 AUTH PLAIN\r\n"}, {}, PROTOCOL, "STARTTLS"),
		("STARTTLS offered and refused", good, {"STARTTLS": b"454 not now\r\n"}, {}, None, "454"),
		("STARTTLS offered and unknown", good, {"STARTTLS": b"502 what\r\n"}, {}, PROTOCOL, "502"),
		("STARTTLS never answered", good, {"STARTTLS": HANG}, {}, TEMPORARY, ""),
		("closed instead of an answer", good, {"STARTTLS": CLOSE}, {}, None, ""),
		("EHLO refused, so no STARTTLS", good, {"EHLO": b"502 what\r\n"}, {}, PROTOCOL, ""),
		("plain text behind the answer", good, {"STARTTLS": inject(b"250 injected\r\n")}, {}, PROTOCOL, ""),
		("no handshake follows", good, {"STARTTLS": lambda script: (script.conn.sendall(b"220 go\r\n"), script.over.wait(20), CLOSE)[2]}, {}, None, ""),
		("rubbish instead of a handshake", good, {"STARTTLS": lambda script: (script.conn.sendall(b"220 go\r\n"), script.conn.recv(10000),
										    script.conn.sendall(b"hello, this is no TLS\r\n"), CLOSE)[3]}, {}, PROTOCOL, ""),
		("closed in the handshake", good, {"STARTTLS": said(b"220 go\r\n", CLOSE)}, {}, PROTOCOL, ""),
		("an unknown authority", stranger.issue("server"), {}, {}, PROTOCOL, "unknown CA"),
		("self-signed", self_signed, {}, {}, PROTOCOL, "self-signed"),
		("expired", expired, {}, {}, PROTOCOL, "expired on 20"),
		("another name", authority.issue("other", names="DNS:mail.example.net"), {}, {}, PROTOCOL, "was issued for mail.example.net, not for 127.0.0.1"),
		("no alternative name, the right common name", authority.issue("cn", names=None), {}, {}, PROTOCOL, "no subject alternative name"),
		("a client's certificate", authority.issue("client", usage="clientAuth"), {}, {}, PROTOCOL, "not made for a server"),
		("a key that is too short", authority.issue("short", key="rsa:1024"), {}, {}, PROTOCOL, ""),
		("EHLO inside TLS refused", good, {"EHLO2": b"550 no\r\n", "HELO": b"550 no\r\n"}, {}, REFUSED, "550"),
		("mail refused inside TLS", good, {"MAIL": b"550 no\r\n"}, {}, REFUSED, "550"),
		("reset after the final dot", good, {".": RESET}, {}, UNKNOWN, ""),
		("closed without a goodbye after QUIT", good, {"QUIT": RESET}, {}, OK, ""),
	]
	for name, certificate, on, _, status, words in rows:
		tap.row(name)
		context = peers.tls_context(certificate) if name != "a key that is too short" else weak_context(certificate)
		with peers.Script(on, tls=context) as server:
			result = send(server.port, "--ca-file", authority.file, "--user", "ops", tls="starttls", env={"COURANT_PASSWORD": "secret"})
		if status is not None:
			tap.check_equal(result.status, status)
		tap.check(result.status in (OK, REFUSED, UNKNOWN) or not server.messages, "no mail was sent")
		tap.check_in(words, result.err)
		if status not in (OK, REFUSED, UNKNOWN):
			tap.check(not {"AUTH", "MAIL", "RCPT", "DATA"} & set(server.verbs()), f"said {server.verbs()}")


def weak_context(certificate):
	context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
	context.set_ciphers("DEFAULT:@SECLEVEL=0")
	context.load_cert_chain(certificate)
	return context


@tap.test
def old_versions_of_tls_will_not_do():
	authority = peers.Authority()
	context = weak_context(authority.issue("server"))
	context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
	with peers.Script(tls=context) as server:
		result = send(server.port, "--ca-file", authority.file, tls="starttls")
		tap.check_equal(result.status, PROTOCOL)
	context = peers.tls_context(authority.issue("server"), maximum_version=ssl.TLSVersion.TLSv1_2)
	for minimum, status in (("1.2", OK), ("1.3", PROTOCOL)):
		tap.row(minimum)
		with peers.Script(tls=context) as server:
			tap.check_equal(send(server.port, "--ca-file", authority.file, "--tls-min", minimum, tls="starttls").status, status)


@tap.test
def tls_from_the_start():
	authority = peers.Authority()
	context = peers.tls_context(authority.issue("server"))
	rows = [
		("a good one", {}, context, True, OK),
		("a server that speaks first, in clear", {}, context, False, PROTOCOL),
		("a greeting of 554", {"greeting": b"554 no\r\n"}, context, True, REFUSED),
		("silence", {"greeting": HANG}, context, True, TEMPORARY),
	]
	for name, on, tls, first, status in rows:
		tap.row(name)
		with peers.Script(on, tls=tls, tls_first=first) as server:
			result = tap.courant("send", "--server", f"smtps://localhost:{server.port}?timeout={TIMEOUT_S}&ca_file={authority.file}", "--from", "a@example.com",
					     "--to", "b@example.org", "--text-body", "x")
			tap.check_equal(result.status, status)


@tap.test
def the_name_in_the_certificate_can_be_said():
	authority = peers.Authority()
	with peers.Script(tls=peers.tls_context(authority.issue("server", names="DNS:mail.example.net,DNS:*.wild.example"))) as server:
		for name, status in (("mail.example.net", OK), ("MAIL.example.net.", OK), ("a.wild.example", OK), ("a.b.wild.example", PROTOCOL), ("other.example", PROTOCOL)):
			tap.row(name)
			tap.check_equal(send(server.port, "--ca-file", authority.file, "--verify-name", name, tls="starttls").status, status)


@tap.test
def the_authorities_may_lie_in_a_folder():
	authority, folder = peers.Authority(), tap.folder()
	(folder / "authority.pem").write_bytes(authority.file.read_bytes())
	peers.openssl(folder, "rehash", folder)
	with peers.Script(tls=peers.tls_context(authority.issue("server"))) as server:
		for name, place, status in (("theirs", folder, OK), ("an empty one", tap.folder(), PROTOCOL)):
			tap.row(name)
			tap.check_equal(send(server.port, "--ca-file", place, tls="starttls").status, status)


@tap.test
def a_client_s_certificate_is_shown():
	authority = peers.Authority()
	own = authority.issue("client", usage="clientAuth")
	context = peers.tls_context(authority.issue("server"), verify_mode=ssl.CERT_REQUIRED)
	context.load_verify_locations(authority.file)
	with peers.Script(tls=context) as server:
		tap.row("with it")
		tap.check_equal(send(server.port, "--ca-file", authority.file, "--cert", own, tls="starttls").status, OK)
		tap.row("without it")
		tap.check_equal(send(server.port, "--ca-file", authority.file, tls="starttls").status, PROTOCOL)


@tap.test
def opportunistic_takes_what_there_is_but_keeps_the_password():
	stranger = peers.Authority()
	context = peers.tls_context(stranger.issue("server", names="DNS:other.example"))
	tap.row("any certificate")
	with peers.Script(tls=context) as server:
		tap.check_equal(send(server.port, tls="opportunistic").status, OK)
		tap.check_in("STARTTLS", server.verbs())
	tap.row("no TLS at all")
	with peers.Script({"EHLO": b"250 mail\r\n"}) as server:
		tap.check_equal(send(server.port, tls="opportunistic").status, OK)
	tap.row("a password, to whomever")
	with peers.Script(tls=context) as server:
		tap.check_equal(send(server.port, "--user", "ops", tls="opportunistic", env={"COURANT_PASSWORD": "secret"}).status, LOGIN)
		tap.check("AUTH" not in server.verbs(), "the password is kept")
	tap.row("a password, in clear")
	with peers.Script({"EHLO": b"250-mail\r\n250 AUTH PLAIN\r\n"}) as server:
		tap.check_equal(send(server.port, "--user", "ops", tls="opportunistic", env={"COURANT_PASSWORD": "secret"}).status, LOGIN)
		tap.check("AUTH" not in server.verbs(), "the password is kept")


@tap.test
def logins_that_go_wrong():
	authority = peers.Authority()
	context = peers.tls_context(authority.issue("server"))
	rows = [
		("refused", {"AUTH": b"535 5.7.8 no\r\n"}, LOGIN),
		("for now", {"AUTH": b"454 4.7.0 later\r\n"}, TEMPORARY),
		("not offered", {"EHLO2": b"250 mail\r\n"}, LOGIN),
		("no mechanism of ours", {"EHLO2": b"250 AUTH X-OTHER\r\n"}, LOGIN),
		("challenges without end", {"AUTH": flood(b"334 \r\n", 1000)}, None),
		("never answered", {"AUTH": HANG}, TEMPORARY),
		("closed", {"AUTH": CLOSE}, None),
	]
	for name, on, status in rows:
		tap.row(name)
		with peers.Script(on, tls=context) as server:
			result = send(server.port, "--ca-file", authority.file, "--user", "ops", tls="starttls", env={"COURANT_PASSWORD": "secret"})
		tap.check(result.status == status if status is not None else result.status != 0, f"status {result.status}, not {status}")
		tap.check("MAIL" not in server.verbs(), "no mail without the login")


@tap.test
def nobody_there():
	rows = [
		("nothing listens", "127.0.0.1", TEMPORARY),
		("an unknown host", "nowhere.invalid", NOHOST),
	]
	with socket.create_server(("127.0.0.1", 0)) as closed:
		port = closed.getsockname()[1]
	for name, host, status in rows:
		tap.row(name)
		tap.check_equal(send(port, host=host).status, status)


tap.main()
