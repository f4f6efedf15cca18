#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""courant send to a server that cheats at the login: SCRAM played by hand with one thing wrong at a time, prompts without end, refusals and what follows them."""
import base64
import hashlib
import hmac

import peers
import tap
import trials
from peers import CLOSE, HANG, RESET
from trials import LOGIN, OK, PROTOCOL, TEMPORARY, Trial

SALT = b"courant's salt"


def encode(text):
	return base64.b64encode(text.encode() if isinstance(text, str) else text)


def challenge(script, text):
	"""Sends one, returns what the client says to it (None: the connection ended)."""
	script.conn.sendall(b"334 " + text + b"\r\n")
	line = script._line()
	if line is not None:
		script.heard.append(line)
	return line


def scram(first=lambda fields: None, final=lambda sent: sent, done=b"235 2.7.0 welcome\r\n", digest="sha256", raw_first=None):
	"""An honest server of SCRAM (RFC 5802), but for `first`, which changes the fields of its first message, and `final`, which changes the last one."""
	def answer(script):
		words = script.heard[-1].split()
		if words[1] != b"SCRAM-" + (b"SHA-256" if digest == "sha256" else b"SHA-1"):
			return b"504 5.5.4 not that one\r\n"
		gs2, bare = base64.b64decode(words[2]).decode().split(",,", 1)
		nonce = dict(part.split("=", 1) for part in bare.split(","))["r"]
		fields = {"r": nonce + "3rfcNHYJY1ZVvWVs7j", "s": encode(SALT).decode(), "i": "4096"}
		first(fields)
		message = ",".join(f"{name}={value}" for name, value in fields.items() if value is not None)
		said = challenge(script, raw_first if raw_first is not None else encode(message))
		if said is None or said == b"*":
			return b"501 5.7.0 cancelled\r\n" if said else CLOSE
		without_proof = base64.b64decode(said).decode().rsplit(",p=", 1)[0]
		salted = hashlib.pbkdf2_hmac(digest, b"secret", SALT, 4096)
		key = hmac.digest(salted, b"Server Key", digest)
		signature = encode(hmac.digest(key, f"{bare},{message},{without_proof}".encode(), digest))
		last = final(b"v=" + signature)
		if isinstance(last, bytes):
			if challenge(script, encode(last)) == b"*":
				return b"501 5.7.0 cancelled\r\n"
			return done
		return last[0]
	return answer


def with_fields(**changed):
	return lambda fields: fields.update(changed)


def prompts(*texts, then):
	def answer(script):
		for text in texts:
			if challenge(script, text) in (None, b"*"):
				return b"501 5.7.0 cancelled\r\n"
		return then
	return answer


def endless(text):
	def answer(script):
		for _ in range(1000):
			if challenge(script, text) in (None, b"*"):
				return b"501 5.7.0 cancelled\r\n"
		return CLOSE
	return answer


# What the server offers, what it answers to AUTH, exit status and outcomes.
SCRAM = [
	("an honest server", scram(), OK, "aa"),
	("a wrong signature", scram(final=lambda sent: b"v=" + encode(b"\0" * 32)), LOGIN, "rr"),
	("a signature with one bit more", scram(final=lambda sent: sent[:-3] + (b"B" if sent[-3:-2] == b"A" else b"A") + sent[-2:]), LOGIN, "rr"),
	("the signature of another password", scram(final=lambda sent: b"v=" + encode(hmac.digest(b"other", b"x", "sha256"))), LOGIN, "rr"),
	("half a signature", scram(final=lambda sent: sent[:20]), LOGIN, "rr"),
	("an empty signature", scram(final=lambda sent: b"v="), LOGIN, "rr"),
	("a signature that is no base64", scram(final=lambda sent: b"v=!!!!"), LOGIN, "rr"),
	("something else in its place", scram(final=lambda sent: b"x=hello"), LOGIN, "rr"),
	("nothing in its place", scram(final=lambda sent: b""), LOGIN, "rr"),
	("64 KB in its place", scram(final=lambda sent: b"v=" + b"A" * 5000), LOGIN, "rr"),
	("an error in its place", scram(final=lambda sent: b"e=other-error"), LOGIN, "rr"),
	("235 instead of a signature", scram(final=lambda sent: [b"235 2.7.0 welcome\r\n"]), LOGIN, "rr"),
	("235 to the first message", b"235 2.7.0 welcome\r\n", LOGIN, "rr"),
	("535 after a good signature", scram(done=b"535 5.7.8 no\r\n"), LOGIN, "rr"),
	("535 to the proof", scram(final=lambda sent: [b"535 5.7.8 no\r\n"]), LOGIN, "rr"),
	("454 to the proof", scram(final=lambda sent: [b"454 4.7.0 later\r\n"]), TEMPORARY, "dd"),
	("421 to the proof", scram(final=lambda sent: [b"421 4.3.2 down\r\n"]), TEMPORARY, "dd"),
	("closed after the proof", scram(final=lambda sent: [CLOSE]), TEMPORARY, "dd"),
	("reset after the proof", scram(final=lambda sent: [RESET]), TEMPORARY, "dd"),
	("silence after the proof", scram(final=lambda sent: [HANG]), TEMPORARY, "dd"),
	("one iteration", scram(with_fields(i="1")), LOGIN, "rr"),
	("no iteration", scram(with_fields(i="0")), LOGIN, "rr"),
	("4,095 iterations", scram(with_fields(i="4095")), LOGIN, "rr"),
	("1,000,001 iterations", scram(with_fields(i="1000001")), LOGIN, "rr"),
	("2,147,483,647 iterations", scram(with_fields(i="2147483647")), LOGIN, "rr"),
	("4,294,967,297 iterations", scram(with_fields(i="4294967297")), LOGIN, "rr"),
	("18,446,744,073,709,551,617 iterations", scram(with_fields(i="18446744073709551617")), LOGIN, "rr"),
	("fewer than none", scram(with_fields(i="-4096")), LOGIN, "rr"),
	("a word of iterations", scram(with_fields(i="many")), LOGIN, "rr"),
	("no count of iterations", scram(with_fields(i=None)), LOGIN, "rr"),
	("a nonce that is not ours", scram(with_fields(r="abcdefghijklmnopqrstuvwxyz")), LOGIN, "rr"),
	("an empty nonce", scram(with_fields(r="")), LOGIN, "rr"),
	("no nonce", scram(with_fields(r=None)), LOGIN, "rr"),
	("no salt", scram(with_fields(s=None)), LOGIN, "rr"),
	("an empty salt", scram(with_fields(s="")), LOGIN, "rr"),
	("a salt that is no base64", scram(with_fields(s="!!!!")), LOGIN, "rr"),
	("another salt", scram(with_fields(s=encode("other").decode())), LOGIN, "rr"),
	("an extension that must be known", scram(lambda fields: fields.update({"r": fields.pop("r"), "m": "x"})), LOGIN, "rr"),
	("a first message that is no base64", scram(raw_first=b"!!!!"), LOGIN, "rr"),
	("an empty first message", scram(raw_first=b""), LOGIN, "rr"),
	("a first message of 7 KB", scram(raw_first=encode("r=" + "x" * 5000)), LOGIN, "rr"),
	("a first message with NULs", scram(raw_first=encode("\0\0\0\0")), LOGIN, "rr"),
	("first messages without end", endless(encode("r=x,s=AAAA,i=4096")), LOGIN, "rr"),
]

OTHERS = [
	("PLAIN: 235", "PLAIN", b"235 ok\r\n", OK, "aa"),
	("PLAIN: asks without end", "PLAIN", endless(b""), LOGIN, "rr"),
	("PLAIN: asks once, though all was said", "PLAIN", prompts(b"", then=b"235 ok\r\n"), LOGIN, "rr"),
	("PLAIN: 535", "PLAIN", b"535 5.7.8 no\r\n", LOGIN, "rr"),
	("PLAIN: 534", "PLAIN", b"534 5.7.9 too weak\r\n", LOGIN, "rr"),
	("PLAIN: 538", "PLAIN", b"538 5.7.11 encryption required\r\n", LOGIN, "rr"),
	("PLAIN: 432", "PLAIN", b"432 4.7.12 a new password is needed\r\n", TEMPORARY, "dd"),
	("PLAIN: 454", "PLAIN", b"454 4.7.0 later\r\n", TEMPORARY, "dd"),
	("PLAIN: 500", "PLAIN", b"500 5.5.6 too long\r\n", LOGIN, "rr"),
	("PLAIN: 250 instead of 235", "PLAIN", b"250 ok\r\n", PROTOCOL, "dd"),
	("LOGIN: two prompts", "LOGIN", prompts(encode("Username:"), encode("Password:"), then=b"235 ok\r\n"), OK, "aa"),
	("LOGIN: prompts in other words", "LOGIN", prompts(encode("User Name\0"), encode("Kennwort"), then=b"235 ok\r\n"), OK, "aa"),
	("LOGIN: empty prompts", "LOGIN", prompts(b"", b"", then=b"235 ok\r\n"), OK, "aa"),
	("LOGIN: three prompts", "LOGIN", prompts(encode("Username:"), encode("Password:"), encode("Again:"), then=b"535 no\r\n"), LOGIN, "rr"),
	("LOGIN: prompts without end", "LOGIN", endless(encode("Username:")), LOGIN, "rr"),
	("LOGIN: closed after the user", "LOGIN", prompts(encode("Username:"), then=CLOSE), TEMPORARY, "dd"),
	("LOGIN: 535 after the user", "LOGIN", prompts(encode("Username:"), then=b"535 no\r\n"), LOGIN, "rr"),
	("LOGIN: 235 after the user", "LOGIN", prompts(encode("Username:"), then=b"235 ok\r\n"), LOGIN, "rr"),
	("CRAM-MD5: a good challenge", "CRAM-MD5", prompts(encode("<1.2@mail>"), then=b"235 ok\r\n"), OK, "aa"),
	("CRAM-MD5: an empty challenge", "CRAM-MD5", prompts(b"", then=b"235 ok\r\n"), LOGIN, "rr"),
	("CRAM-MD5: no base64", "CRAM-MD5", prompts(b"*!*", then=b"235 ok\r\n"), LOGIN, "rr"),
	("CRAM-MD5: challenges without end", "CRAM-MD5", endless(encode("<1.2@mail>")), LOGIN, "rr"),
	("CRAM-MD5: 235 without a challenge", "CRAM-MD5", b"235 ok\r\n", LOGIN, "rr"),
	("CRAM-MD5: 535", "CRAM-MD5", prompts(encode("<1.2@mail>"), then=b"535 no\r\n"), LOGIN, "rr"),
	("DIGEST-MD5: rubbish", "DIGEST-MD5", prompts(encode("rubbish"), then=b"235 ok\r\n"), LOGIN, "rr"),
	("DIGEST-MD5: no proof of the server", "DIGEST-MD5", prompts(encode('realm="x",nonce="OA6MG9tEQGm2hh",qop="auth",algorithm=md5-sess,charset=utf-8'), then=b"235 ok\r\n"),
	 LOGIN, "rr"),
	("DIGEST-MD5: a wrong proof of the server", "DIGEST-MD5",
	 prompts(encode('realm="x",nonce="OA6MG9tEQGm2hh",qop="auth",algorithm=md5-sess,charset=utf-8'), encode("rspauth=" + "0" * 32), then=b"235 ok\r\n"), LOGIN, "rr"),
	("no mechanism at all", "", b"235 ok\r\n", LOGIN, "rr"),
	("unknown mechanisms only", "NTLM X-OWN", b"235 ok\r\n", LOGIN, "rr"),
]


def offers(mechanisms, answer):
	return {"EHLO": b"250-mail\r\n250 AUTH " + mechanisms.encode() + b"\r\n", "AUTH": answer}


def by_login(name, on, status, outcomes, *words):
	def check(outcome):
		tap.check(status == OK or not outcome.server.messages, "no mail without the login")
	return Trial(name, lambda: peers.Script(on), ["--tls", "none", *words], status, outcomes, "silence" in name, "smtp://ops@127.0.0.1:{port}", check=check)


@tap.test
def scram_with_one_thing_wrong():
	rows = [by_login(f"SCRAM: {name}", offers("SCRAM-SHA-256", answer), status, outcomes) for name, answer, status, outcomes in SCRAM]
	rows.append(by_login("SCRAM-SHA-1: an honest server", offers("SCRAM-SHA-1", scram(digest="sha1")), OK, "aa"))
	rows.append(by_login("SCRAM-SHA-1: a wrong signature", offers("SCRAM-SHA-1", scram(digest="sha1", final=lambda sent: b"v=" + encode(b"\0" * 20))), LOGIN, "rr"))
	trials.run(rows)


@tap.test
def other_logins_that_go_wrong():
	trials.run([by_login(name, offers(mechanisms, answer), status, outcomes) for name, mechanisms, answer, status, outcomes in OTHERS])


@tap.test
def what_is_tried_next():
	def only(mechanism, refusal):
		return lambda script: b"235 ok\r\n" if script.heard[-1].split()[1] == mechanism else refusal

	def tried(*mechanisms):
		return lambda outcome: tap.check_equal([line.split()[1].decode() for line in outcome.server.heard if line.startswith(b"AUTH ")], list(mechanisms))

	rows = [
		("the strongest first", "LOGIN PLAIN SCRAM-SHA-1 SCRAM-SHA-256", scram(), OK, "aa", ["SCRAM-SHA-256"]),
		("504: the next one", "PLAIN SCRAM-SHA-256", only(b"PLAIN", b"504 5.5.4 unknown\r\n"), OK, "aa", ["SCRAM-SHA-256", "PLAIN"]),
		("534: the next one", "PLAIN SCRAM-SHA-256", only(b"PLAIN", b"534 5.7.9 too weak\r\n"), OK, "aa", ["SCRAM-SHA-256", "PLAIN"]),
		("504 to each", "LOGIN PLAIN SCRAM-SHA-1 SCRAM-SHA-256", b"504 5.5.4 unknown\r\n", LOGIN, "rr", ["SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN", "LOGIN"]),
		("535: no other one", "PLAIN SCRAM-SHA-256", b"535 5.7.8 no\r\n", LOGIN, "rr", ["SCRAM-SHA-256"]),
		("a wrong signature: no other one", "PLAIN SCRAM-SHA-256", scram(final=lambda sent: b"v=" + encode(b"\0" * 32)), LOGIN, "rr", ["SCRAM-SHA-256"]),
	]
	trials.run([by_login(name, offers(mechanisms, answer), status, outcomes)._replace(check=tried(*order)) for name, mechanisms, answer, status, outcomes, order in rows])


@tap.test
def without_the_library_of_logins():
	"""GNU SASL is loaded by a login alone: without it mail goes out, and a login says what is missing."""
	folder = tap.folder()
	for name in ("libgsasl.so.18", "libgsasl.so.7"):
		(folder / name).write_bytes(b"")
	rows = [("no login", "smtp://127.0.0.1:", 0, ""), ("a login", "smtp://ops@127.0.0.1:", 78, "logging in needs libgsasl.so.")]
	for name, url, status, sentence in rows:
		with peers.Script(offers("PLAIN", b"235 ok\r\n")) as server:
			tap.row(name)
			result = tap.courant("send", "--server", f"{url}{server.port}", "--tls", "none", "--from", "a@example.com", "--to", "b@example.org", "--subject", "hello",
					     env={"COURANT_PASSWORD": "secret", "LD_LIBRARY_PATH": str(folder)})
			tap.check_equal(result.status, status)
			tap.check_in(sentence, result.err)
			tap.check_equal(len(server.messages), 1 - bool(status))


tap.main()
