#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""courant send to servers whose TLS is not what it should be: certificates, versions, bytes between STARTTLS and the handshake, broken records, downgrades."""
import os
import socket
import ssl
import warnings

import peers
import tap
import trials
from peers import CLOSE, HANG, RESET, drip
from trials import LOGIN, OK, PROTOCOL, TEMPORARY, UNKNOWN, Trial

warnings.simplefilter("ignore", DeprecationWarning) # old versions of TLS are wanted here

AUTHORITY, STRANGER = peers.Authority(), peers.Authority()
GOOD = AUTHORITY.issue("good")
EC = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256")


def pem(authority, label, chain=()):
	out = authority.folder / f"{label}.pem"
	out.write_text("".join((authority.folder / name).read_text() for name in (f"{label}.crt", *chain, f"{label}.key")))
	return out


def self_signed(label, *more):
	peers.openssl(STRANGER.folder, "req", "-x509", *EC, "-nodes", "-keyout", f"{label}.key", "-out", f"{label}.crt", "-subj", "/CN=localhost", "-days", "2",
		      "-addext", "subjectAltName=IP:127.0.0.1", *more)
	return pem(STRANGER, label)


def below(label, is_authority, sends_it=True):
	"""A certificate signed by another one, which the authority signed."""
	middle, folder = f"{label}-middle", AUTHORITY.folder
	(folder / "middle.ext").write_text(f"basicConstraints=critical,CA:{'TRUE' if is_authority else 'FALSE'}\n")
	(folder / "leaf.ext").write_text("subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth\n")
	for name, by, extensions in ((middle, "ca", "middle.ext"), (label, middle, "leaf.ext")):
		by_file = "ca.pem" if by == "ca" else f"{by}.crt"
		peers.openssl(folder, "req", *EC, "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
		peers.openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", by_file, "-CAkey", f"{by}.key", "-CAcreateserial", "-out", f"{name}.crt", "-days", "2",
			      "-extfile", extensions)
	return pem(AUTHORITY, label, (f"{middle}.crt",) if sends_it else ())


def weak(certificate, **attributes):
	context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
	context.set_ciphers("ALL:eNULL:@SECLEVEL=0")
	context.load_cert_chain(certificate)
	for name, value in attributes.items():
		setattr(context, name, value)
	return context


def with_ciphers(names):
	context = weak(GOOD, maximum_version=ssl.TLSVersion.TLSv1_2)
	context.set_ciphers(names)
	return context


def nothing_said(outcome):
	tap.check(not {"AUTH", "MAIL", "RCPT", "DATA"} & set(outcome.server.verbs()), f"said {outcome.server.verbs()}")
	tap.check(not outcome.server.messages, "no mail was sent")


CERTIFICATES = [
	("good", lambda: peers.tls_context(GOOD), OK, ""),
	("good, with a certificate between", lambda: peers.tls_context(below("chained", True)), OK, ""),
	("good, of a thousand names", lambda: peers.tls_context(AUTHORITY.issue("names", names=",".join(f"DNS:n{i}.example" for i in range(1000)) + ",IP:127.0.0.1")), OK, ""),
	("a certificate between is not sent", lambda: peers.tls_context(below("unchained", True, False)), PROTOCOL, ""),
	("signed by one that is no authority", lambda: peers.tls_context(below("forged", False)), PROTOCOL, ""),
	("of an unknown authority", lambda: peers.tls_context(STRANGER.issue("server")), PROTOCOL, "unknown CA"),
	("self-signed", lambda: peers.tls_context(self_signed("own")), PROTOCOL, "self-signed"),
	("expired", lambda: peers.tls_context(AUTHORITY.issue("expired", days=("-days", "-1"))), PROTOCOL, "expired on 20"),
	("another address", lambda: peers.tls_context(AUTHORITY.issue("address", names="IP:127.0.0.2")), PROTOCOL, "127.0.0.2"),
	("the address as a name", lambda: peers.tls_context(AUTHORITY.issue("as-name", names="DNS:127.0.0.1")), PROTOCOL, ""),
	("any name", lambda: peers.tls_context(AUTHORITY.issue("any", names="DNS:*")), PROTOCOL, ""),
	("no name", lambda: peers.tls_context(AUTHORITY.issue("none", names=None)), PROTOCOL, "no subject alternative name"),
	("for clients", lambda: peers.tls_context(AUTHORITY.issue("client", usage="clientAuth")), PROTOCOL, "not made for a server"),
	("for mail readers", lambda: peers.tls_context(AUTHORITY.issue("reader", usage="emailProtection")), PROTOCOL, "not made for a server"),
	("RSA of 1,024 bits", lambda: weak(AUTHORITY.issue("short", key="rsa:1024")), PROTOCOL, ""),
	("TLS 1.2", lambda: peers.tls_context(GOOD, maximum_version=ssl.TLSVersion.TLSv1_2), OK, ""),
	("TLS 1.1", lambda: weak(GOOD, minimum_version=ssl.TLSVersion.TLSv1, maximum_version=ssl.TLSVersion.TLSv1_1), PROTOCOL, ""),
	("TLS 1.0", lambda: weak(GOOD, minimum_version=ssl.TLSVersion.TLSv1, maximum_version=ssl.TLSVersion.TLSv1), PROTOCOL, ""),
	("ciphers without encryption", lambda: with_ciphers("eNULL:@SECLEVEL=0"), PROTOCOL, ""),
	("ciphers without a certificate", lambda: with_ciphers("aNULL:@SECLEVEL=0"), PROTOCOL, ""),
	("wants a certificate of ours", lambda: asks_for_ours(), PROTOCOL, ""),
]


def asks_for_ours():
	context = peers.tls_context(GOOD, verify_mode=ssl.CERT_REQUIRED, maximum_version=ssl.TLSVersion.TLSv1_2)
	context.load_verify_locations(AUTHORITY.file)
	return context


WORDS = ("--ca-file", AUTHORITY.file)
URLS = (("STARTTLS", "smtp://ops@127.0.0.1:{port}", False), ("TLS from the start", "smtps://ops@127.0.0.1:{port}", True))


@tap.test
def certificates_and_versions():
	rows = []
	for name, make, status, words in CERTIFICATES:
		context = make()
		for way, url, is_first in URLS:
			def check(outcome, status=status, words=words):
				tap.check_in(words, outcome.err)
				if status != OK:
					nothing_said(outcome)
			rows.append(Trial(f"{way}: {name}", lambda context=context, is_first=is_first: peers.Script(tls=context, tls_first=is_first), WORDS, status,
					  "aa" if status == OK else "dd", url=url, check=check))
	trials.run(rows)


def go_ahead(text, then):
	"""220, and then no handshake, but text."""
	def answer(script):
		script.conn.sendall(b"220 go ahead\r\n")
		script.conn.recv(65536) # the client's hello
		script.conn.sendall(text)
		if then == HANG:
			return HANG
		script.over.wait(0.1)
		return then
	return answer


def slow_handshake(script):
	script.conn.sendall(b"220 go ahead\r\n")
	for byte in b"\x16\x03\x03\x40\x00" + b"\x02" * 1000:
		script.conn.sendall(bytes([byte]))
		if script.over.wait(0.1):
			break
	return CLOSE


def without_end(script):
	script.conn.sendall(b"220 go ahead\r\n")
	for _ in range(10000):
		script.conn.sendall((b"\x16\x03\x03\x40\x00" + b"\0" * 16384) * 4)
	return CLOSE


@tap.test
def between_starttls_and_the_handshake():
	inject = [b"250 injected\r\n", b"250-injected\r\n", b"\r\n", b"\n", b"x", b"\0", b"\x16\x03\x01\x00\x01", b"250 AUTH PLAIN\r\n250 ok\r\n", b"220 again\r\n" * 1000]
	rows = [(f"injected {text[:20]!r}", {"STARTTLS": b"220 go ahead\r\n" + text}, PROTOCOL) for text in inject]
	rows += [(f"injected in front: {text[:20]!r}", {"STARTTLS": text + b"220 go ahead\r\n"}, PROTOCOL) for text in (b"250 injected\r\n", b"x\r\n", b"\r\n", b"220 a\r\n")]
	rows += [(f"injected behind EHLO's reply: {text[:20]!r}", {"EHLO": b"250-mail\r\n250 STARTTLS\r\n" + text}, PROTOCOL) for text in (b"220 go ahead\r\n", b"250 injected\r\n")]
	rows += [(f"STARTTLS: code {code}", {"STARTTLS": b"%d 5.7.0 x\r\n" % code}, PROTOCOL) for code in (250, 221, 354, 334, 454, 500, 501, 502, 503, 504, 530, 554)]
	rows += [
		("STARTTLS is not offered", {"EHLO": b"250-mail\r\n250 AUTH PLAIN\r\n"}, PROTOCOL),
		("STARTTLS offered with a misprint", {"EHLO": b"250-mail\r\n250-XXXXXXXA\r\n250 AUTH PLAIN\r\n"}, PROTOCOL),
		("STARTTLS as somebody's parameter", {"EHLO": b"250-mail\r\n250-X STARTTLS\r\n250 AUTH PLAIN\r\n"}, PROTOCOL),
		("STARTTLS as the server's name", {"EHLO": b"250-STARTTLS\r\n250 AUTH PLAIN\r\n"}, PROTOCOL),
		("EHLO unknown", {"EHLO": b"500 what\r\n"}, PROTOCOL),
		("rubbish, then closed", {"STARTTLS": go_ahead(b"hello, this is no TLS\r\n", CLOSE)}, PROTOCOL),
		("HTTP, then closed", {"STARTTLS": go_ahead(b"HTTP/1.1 400 Bad Request\r\n\r\n", CLOSE)}, PROTOCOL),
		("an alert", {"STARTTLS": go_ahead(b"\x15\x03\x03\x00\x02\x02\x28", CLOSE)}, PROTOCOL),
		("an alert of no kind", {"STARTTLS": go_ahead(b"\x15\x03\x03\x00\x02\xff\xff", CLOSE)}, PROTOCOL),
		("zeros", {"STARTTLS": go_ahead(b"\0" * 10000, CLOSE)}, PROTOCOL),
		("a record that is too long", {"STARTTLS": go_ahead(b"\x16\x03\x03\xff\xff" + b"\0" * 65535, CLOSE)}, PROTOCOL),
		("records without end", {"STARTTLS": without_end}, PROTOCOL),
		("application data", {"STARTTLS": go_ahead(b"\x17\x03\x03\x00\x05hello", CLOSE)}, PROTOCOL),
	]
	late = [
		("silence after 220", {"STARTTLS": go_ahead(b"", HANG)}, TEMPORARY),
		("half a record, then silence", {"STARTTLS": go_ahead(b"\x16\x03\x03\x00\x7a\x02", HANG)}, TEMPORARY),
		("a handshake a byte at a time", {"STARTTLS": slow_handshake}, TEMPORARY),
		("220 a byte at a time", {"STARTTLS": drip(b"220 " + b"x" * 100, 0.2)}, TEMPORARY),
	]
	context = peers.tls_context(GOOD)
	trials.run([Trial(name, lambda on=on: peers.Script(on, tls=context), WORDS, status, "dd", waits, URLS[0][1], check=nothing_said)
		    for waits, some in ((False, rows), (True, late)) for name, on, status in some])


@tap.test
def opportunistic_goes_without():
	"""RFC 7435: a handshake that fails costs a connection, not the mail, unless more than TLS was asked for; and no password for it."""
	context = peers.tls_context(GOOD)
	rubbish = go_ahead(b"hello, this is no TLS\r\n", CLOSE)

	def in_clear(outcome):
		said = outcome.server.verbs()
		tap.check_equal((outcome.server.connections, said.count("STARTTLS"), outcome.server.is_secured), (2, 1, False))
		tap.check("MAIL" not in said[:said.index("STARTTLS") + 1] and len(outcome.server.messages) == 1, f"said {said}")

	def once(outcome):
		tap.check_equal(outcome.server.connections, 1)
		nothing_said(outcome)

	def without_password(outcome):
		tap.check_equal(outcome.server.connections, 2)
		nothing_said(outcome)

	broken = [("rubbish", rubbish), ("an alert", go_ahead(b"\x15\x03\x03\x00\x02\x02\x28", CLOSE)), ("closed", go_ahead(b"", CLOSE)), ("reset", go_ahead(b"", RESET))]
	ways = ["--tls", "opportunistic"]
	rows = [Trial(name, lambda answer=answer: peers.Script({"STARTTLS": answer}, tls=context), ways, check=in_clear) for name, answer in broken]
	rows += [
		Trial("only TLS 1.0", lambda: peers.Script(tls=weak(GOOD, minimum_version=ssl.TLSVersion.TLSv1, maximum_version=ssl.TLSVersion.TLSv1)), ways, check=in_clear),
		Trial("a login that can only be in clear", lambda: peers.Script({"STARTTLS": rubbish}, tls=context), ways, LOGIN, "rr", url=URLS[0][1], check=without_password),
		Trial("a pinned key", lambda: peers.Script({"STARTTLS": rubbish}, tls=context), [*ways, "--pin", "sha256//" + "A" * 43 + "="], PROTOCOL, "dd", check=once),
		Trial("bytes injected", lambda: peers.Script({"STARTTLS": b"220 go ahead\r\n250 injected\r\n"}, tls=context), ways, PROTOCOL, "dd", check=once),
		Trial("silence", lambda: peers.Script({"STARTTLS": go_ahead(b"", HANG)}, tls=context), ways, TEMPORARY, "dd", True, check=once),
		Trial("two connections at a time", lambda: peers.Script({"STARTTLS": rubbish}, tls=context), [*ways, "--connections", "2"], check=in_clear),
	]
	trials.run(rows)


def below_tls(*chunks, then=CLOSE):
	"""Bytes on the wire that are no part of the conversation inside TLS."""
	def answer(script):
		for chunk in chunks:
			os.write(script.conn.fileno(), chunk)
		script.over.wait(0.1)
		return then
	return answer


def goodbye(script):
	"""An orderly end of TLS instead of a reply."""
	try:
		script.conn.settimeout(1)
		script.conn.unwrap()
	except (OSError, ssl.SSLError):
		pass
	return CLOSE


def cut(script):
	"""The end of the connection without the end of TLS."""
	with socket.socket(fileno=os.dup(script.conn.fileno())) as below:
		below.shutdown(socket.SHUT_WR)
	script.over.wait(5)
	return CLOSE


@tap.test
def inside_tls():
	broken = [
		("a record in clear", below_tls(b"250 ok\r\n"), PROTOCOL),
		("a forged record", below_tls(b"\x17\x03\x03\x00\x20" + b"\0" * 32), PROTOCOL),
		("a record of 64 KB", below_tls(b"\x17\x03\x03\xff\xff" + b"\0" * 65535), PROTOCOL),
		("an alert in clear", below_tls(b"\x15\x03\x03\x00\x02\x02\x28"), PROTOCOL),
		("half a record", below_tls(b"\x17\x03\x03\x00\x20" + b"\0" * 7), TEMPORARY),
		("an orderly goodbye", goodbye, TEMPORARY),
		("cut without a goodbye", cut, TEMPORARY),
		("reset", RESET, TEMPORARY),
	]
	context = peers.tls_context(GOOD)
	rows = []
	for phase in ("EHLO2", "AUTH", "MAIL", "DATA", ".", "QUIT"):
		for name, answer, usual in broken:
			status, outcomes = {"QUIT": (OK, "aa"), ".": (UNKNOWN, "uu")}.get(phase, (usual, "dd"))
			rows.append(Trial(f"{phase}: {name}", lambda phase=phase, answer=answer: peers.Script({phase: answer}, tls=context), WORDS, status, outcomes, url=URLS[0][1]))
	trials.run(rows)


@tap.test
def downgrades():
	context = peers.tls_context(GOOD)
	stranger = peers.tls_context(STRANGER.issue("mitm"))
	no_auth = lambda outcome: tap.check("AUTH" not in outcome.server.verbs() and not outcome.server.messages, f"said {outcome.server.verbs()}")
	rows = [
		("no AUTH inside TLS", {"EHLO2": b"250 mail\r\n"}, context, [], LOGIN, "rr"),
		("only what we don't know inside TLS", {"EHLO2": b"250-mail\r\n250 AUTH NTLM\r\n"}, context, [], LOGIN, "rr"),
		("only what we were told not to use", {}, context, ["--auth", "SCRAM-SHA-256"], LOGIN, "rr"),
		("STARTTLS again inside TLS, AUTH only outside", {"EHLO2": b"250-mail\r\n250 STARTTLS\r\n"}, context, [], LOGIN, "rr"),
		("opportunistic, AUTH without STARTTLS", {"EHLO": b"250-mail\r\n250 AUTH PLAIN LOGIN\r\n"}, context, ["--tls", "opportunistic"], LOGIN, "rr"),
		("opportunistic, a stranger's certificate", {}, stranger, ["--tls", "opportunistic"], LOGIN, "rr"),
	]
	trials.run([Trial(name, lambda on=on, tls=tls: peers.Script(on, tls=tls), [*WORDS, *words], status, outcomes, url=URLS[0][1], check=no_auth)
		    for name, on, tls, words, status, outcomes in rows])


tap.main()
