#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""courant send to servers with limits, with half an answer, that do not read, that take some recipients and not others: by SMTP, BDAT and LMTP."""
import itertools
import socket

import peers
import tap
import trials
from peers import CLOSE, HANG, RESET
from trials import OK, PROTOCOL, REFUSED, TEMPORARY, UNKNOWN, Trial

PLAIN = ["--tls", "none"]
PIPELINED, BARE, CHUNKED = b"250-mail\r\n250 PIPELINING\r\n", b"250 mail\r\n", b"250-mail\r\n250-PIPELINING\r\n250 CHUNKING\r\n"
WAYS = [("PIPELINING", PIPELINED), ("no extension", BARE), ("CHUNKING", CHUNKED)]


def many(n):
	return ["--from", "ops@example.com", "--to", ", ".join(f"u{i}@example.org" for i in range(n)), "--text-body", "Hello"]


class Limited:
	"""Takes `limit` recipients a transaction, and answers the next ones as it is told."""

	def __init__(self, limit, reply):
		self.limit, self.reply, self.taken, self.transactions = limit, reply, 0, []

	def mail(self, script):
		self.taken = 0
		return b"250 ok\r\n"

	def rcpt(self, script):
		if self.taken == self.limit:
			return self.reply
		self.taken += 1
		return b"250 ok\r\n"

	def on(self, ehlo):
		return {"EHLO": ehlo, "MAIL": self.mail, "RCPT": self.rcpt}


def limited(limit, reply, ehlo):
	return lambda: peers.Script(Limited(limit, reply).on(ehlo))


def cycle(*replies):
	"""One after the other, and again."""
	left = itertools.cycle(replies)
	return lambda script: next(left)


class Strict:
	"""Says what it takes (RFC 9422), and hangs up on whoever wants more. Its replies name the connection."""

	def __init__(self, mails=0, recipients=0, domains=0, says=True, ehlo=BARE):
		self.limits, self.ehlo = {"MAILMAX": mails, "RCPTMAX": recipients, "RCPTDOMAINMAX": domains}, ehlo
		self.says, self.connection, self.mails, self.recipients = says, 0, 0, []

	def hello(self, script):
		self.connection, self.mails = script.connections, 0
		words = " ".join(f"{name}={n}" for name, n in self.limits.items() if n)
		return b"250-mail\r\n250-LIMITS " + words.encode() + b"\r\n" + self.ehlo if self.says else self.ehlo

	def over(self, name, n):
		return self.limits[name] and n > self.limits[name]

	def mail(self, script):
		self.mails += 1
		self.recipients = []
		return CLOSE if self.over("MAILMAX", self.mails) else b"250 ok\r\n"

	def rcpt(self, script):
		self.recipients.append(script.heard[-1].split(b"@")[1].strip())
		if self.over("RCPTMAX", len(self.recipients)):
			return b"452 4.5.3 too many\r\n" if not self.says else CLOSE
		return CLOSE if self.over("RCPTDOMAINMAX", len(set(self.recipients))) else b"250 ok\r\n"

	def end(self, script):
		return b"250 2.0.0 by %d\r\n" % self.connection

	def on(self):
		return {"EHLO": self.hello, "MAIL": self.mail, "RCPT": self.rcpt, ".": self.end, "BDAT": self.end}


def strict(**limits):
	return lambda: peers.Script(Strict(**limits).on())


def connections(n):
	return lambda outcome: tap.check_equal(outcome.server.connections, n)


@tap.test
def servers_that_say_their_limits():
	letter = tap.folder() / "letter.eml"
	letter.write_text("From: ops@example.com\nTo: ann@example.org\nSubject: x\n\nHello\n")
	letters = ["--message", letter] * 5
	domains = ["--from", "ops@example.com", "--to", "a@one.example, b@two.example, c@one.example", "--text-body", "x"]
	rows = []
	for way, ehlo in WAYS:
		rows += [
			Trial(f"{way}: one mail, one recipient", strict(mails=1, recipients=1, ehlo=ehlo), [*PLAIN, *many(3)], OK, "aaa", check=connections(3)),
			Trial(f"{way}: the same, two connections at a time", strict(mails=1, recipients=1, ehlo=ehlo), [*PLAIN, *many(3), "--connections", "2"], OK, "aaa"),
			Trial(f"{way}: two mails, one recipient", strict(mails=2, recipients=1, ehlo=ehlo), [*PLAIN, *many(5)], OK, "aaaaa", check=connections(3)),
			Trial(f"{way}: many mails, two recipients", strict(mails=100, recipients=2, ehlo=ehlo), [*PLAIN, *many(5)], OK, "aaaaa", check=connections(1)),
			Trial(f"{way}: two mails, five wanted", strict(mails=2, ehlo=ehlo), [*PLAIN, *letters], OK, "aaaaa", check=connections(3)),
			Trial(f"{way}: two mails, five wanted, in a window", strict(mails=2, ehlo=ehlo), [*PLAIN, *letters, "--window", "4"], OK, "aaaaa", check=connections(3)),
			Trial(f"{way}: one domain", strict(domains=1, ehlo=ehlo), [*PLAIN, *domains], OK, "aaa", check=transactions(2)),
			Trial(f"{way}: one domain, one mail", strict(domains=1, mails=1, ehlo=ehlo), [*PLAIN, *domains], OK, "aaa", check=connections(2)),
		]
	# By CHUNKING the first mail's end and what follows it are on their way together: what became of it is not known when the server just closes.
	rows.append(Trial("limits that are not said", strict(mails=1, recipients=1, says=False), [*PLAIN, *many(3)], OK, "aaa", check=connections(3)))
	trials.run(rows)


def transactions(n):
	return lambda outcome: tap.check_equal(len(outcome.server.messages), n)


def nothing(outcome):
	tap.check(not any(outcome.server.messages), "no mail was sent, or an empty one where 354 came though nobody was left")


# (With CHUNKING a small mail follows its recipients at once: what became of it is not known when the connection ends before its reply.)
@tap.test
def servers_with_a_limit_of_recipients():
	rows = []
	for way, ehlo in WAYS:
		rows += [
			Trial(f"{way}: 452 after 100 of 250", limited(100, b"452 4.5.3 too many\r\n", ehlo), [*PLAIN, *many(250)], OK, "a" * 250, check=transactions(3)),
			Trial(f"{way}: 452 after one of 7", limited(1, b"452 4.5.3 too many\r\n", ehlo), [*PLAIN, *many(7)], OK, "a" * 7, check=transactions(7)),
			Trial(f"{way}: 452 to the first already", limited(0, b"452 4.5.3 too many\r\n", ehlo), [*PLAIN, *many(5)], TEMPORARY, "d" * 5, check=None if ehlo == CHUNKED else nothing),
			Trial(f"{way}: 550 after 3 of 5", limited(3, b"550 5.1.1 no more\r\n", ehlo), [*PLAIN, *many(5)], REFUSED, "aaarr", check=transactions(1)),
			Trial(f"{way}: every second one refused", lambda ehlo=ehlo: peers.Script({"EHLO": ehlo, "RCPT": cycle(b"250 ok\r\n", b"550 no\r\n")}),
			      [*PLAIN, *many(50)], REFUSED, "ar" * 25, check=transactions(1)),
			Trial(f"{way}: every third one deferred", lambda ehlo=ehlo: peers.Script({"EHLO": ehlo, "RCPT": cycle(b"250 ok\r\n", b"250 ok\r\n", b"451 later\r\n")}),
			      [*PLAIN, *many(30)], TEMPORARY, "aad" * 10, check=transactions(1)),
			Trial(f"{way}: 421 at the third", lambda ehlo=ehlo: peers.Script({"EHLO": ehlo, "RCPT": cycle(b"250 ok\r\n", b"250 ok\r\n", b"421 bye\r\n")}),
			      [*PLAIN, *many(5)], TEMPORARY, "ddddd", check=None if ehlo == CHUNKED else nothing),
			Trial(f"{way}: some closed later", lambda ehlo=ehlo: peers.Script({"EHLO": ehlo, "RCPT": cycle(b"250 ok\r\n", b"550 no\r\n", CLOSE)}),
			      [*PLAIN, *many(5)], *((UNKNOWN, "uruuu") if ehlo == CHUNKED else (TEMPORARY, "drddd")), check=nothing),
			Trial(f"{way}: all refused, then 354 all the same", lambda ehlo=ehlo: peers.Script({"EHLO": ehlo, "RCPT": b"550 no\r\n", ".": b"554 no recipients\r\n"}),
			      [*PLAIN, *many(3)], REFUSED, "rrr", check=None if ehlo == CHUNKED else nothing),
			Trial(f"{way}: all refused, then 503", lambda ehlo=ehlo: peers.Script({"EHLO": ehlo, "RCPT": b"550 no\r\n", "DATA": b"503 5.5.1 no recipients\r\n"}),
			      [*PLAIN, *many(3)], REFUSED, "rrr"),
		]
	trials.run(rows)


EIGHT_BIT = ("From: ops@example.com\r\nTo: ann@example.org\r\nSubject: x\r\nDate: Tue, 10 Nov 2026 08:00:00 +0800\r\nMessage-ID: <1@example.com>\r\nMIME-Version: 1.0\r\n"
	     "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n你好\r\n").encode()
LARGE = tap.folder() / "large.bin"
LARGE.write_bytes(bytes(range(256)) * 16384)
with_large = ["--from", "ops@example.com", "--to", "ann@example.org, bob@example.org", "--text-body", "x", "--attach", LARGE]


def never_mail(outcome):
	tap.check("MAIL" not in outcome.server.verbs(), f"nothing is asked for: {outcome.server.verbs()}")


@tap.test
def extensions_that_are_missing_or_odd():
	eight = tap.folder() / "eight.eml"
	eight.write_bytes(EIGHT_BIT)
	utf8 = ["--from", "ops@example.com", "--to", "用户@example.org", "--text-body", "x"]

	def ehlo(*lines):
		return lambda: peers.Script({"EHLO": b"250-mail\r\n" + b"".join(b"250-" + line + b"\r\n" for line in lines) + b"250 HELP\r\n"})

	rows = [
		Trial("8-bit text, no 8BITMIME", ehlo(), [*PLAIN, "--message", eight], REFUSED, "r", check=never_mail),
		Trial("8-bit text, 8BITMIME", ehlo(b"8BITMIME"), [*PLAIN, "--message", eight], OK, "a"),
		Trial("8-bit text, 8bitmime in small letters", ehlo(b"8bitmime"), [*PLAIN, "--message", eight], OK, "a"),
		Trial("an address in UTF-8, no SMTPUTF8", ehlo(b"8BITMIME"), [*PLAIN, *utf8], REFUSED, "r", check=never_mail),
		Trial("an address in UTF-8, SMTPUTF8", ehlo(b"8BITMIME", b"SMTPUTF8"), [*PLAIN, *utf8], OK, "a"),
		Trial("SIZE too small", ehlo(b"SIZE 1000000"), [*PLAIN, *with_large], REFUSED, "rr", check=never_mail),
		Trial("SIZE large enough", ehlo(b"SIZE 100000000"), [*PLAIN, *with_large], OK, "aa"),
		Trial("SIZE 0", ehlo(b"SIZE 0"), [*PLAIN, *with_large], OK, "aa"),
		Trial("SIZE alone", ehlo(b"SIZE"), [*PLAIN, *with_large], OK, "aa"),
		Trial("SIZE that is no number", ehlo(b"SIZE lots"), [*PLAIN, *with_large], OK, "aa"),
		Trial("SIZE below nothing", ehlo(b"SIZE -1"), [*PLAIN, *with_large], OK, "aa"),
		Trial("SIZE over 64 bits", ehlo(b"SIZE 99999999999999999999999"), [*PLAIN, *with_large], OK, "aa"),
		Trial("keywords nobody knows", ehlo(*[b"X-%d a b=c" % i for i in range(500)]), PLAIN, OK, "aa"),
		Trial("keywords with odd blanks", ehlo(b"  PIPELINING  ", b"SIZE\t7", b"=", b"-"), PLAIN, OK, "aa"),
		Trial("a keyword of 7 KB", ehlo(b"X" * 7000), PLAIN, OK, "aa"),
		Trial("AUTH in the old way only", ehlo(b"AUTH=PLAIN"), PLAIN, OK, "aa"),
		Trial("LIMITS RCPTMAX=10", ehlo(b"PIPELINING", b"LIMITS RCPTMAX=10"), [*PLAIN, *many(25)], OK, "a" * 25, check=transactions(3)),
		Trial("LIMITS RCPTMAX=0", ehlo(b"LIMITS RCPTMAX=0"), [*PLAIN, *many(3)], OK, "aaa"),
		Trial("LIMITS of rubbish", ehlo(b"LIMITS RCPTMAX=x MAILMAX= =7 \xff"), [*PLAIN, *many(3)], OK, "aaa"),
	]
	trials.run(rows)


@tap.test
def bdat_that_is_refused():
	rows = []
	for code, status, outcomes in ((500, OK, "aa"), (502, OK, "aa"), (503, REFUSED, "rr"), (504, OK, "aa"), (550, REFUSED, "rr"), (554, REFUSED, "rr"), (552, REFUSED, "rr"),
				       (451, TEMPORARY, "dd"), (421, TEMPORARY, "dd"), (354, None, None)):
		for size, words in (("a small mail", []), ("a large one", with_large)):
			for way, ehlo in (("with PIPELINING", CHUNKED), ("without", b"250-mail\r\n250 CHUNKING\r\n")):
				rows.append(Trial(f"{code} to BDAT, {size}, {way}", lambda code=code, ehlo=ehlo: peers.Script({"EHLO": ehlo, "BDAT": b"%d 5.0.0 no\r\n" % code
					if code < 400 or code >= 500 else b"%d 4.0.0 no\r\n" % code}), [*PLAIN, *words],
						  *((status, outcomes) if status is not None else (PROTOCOL, "dd") if words else (UNKNOWN, "uu"))))
	trials.run(rows)


class Reader:
	"""A server that says 354 and then does not read as it should. Each conversation is by hand."""

	def __init__(self, after_354):
		self.after_354 = after_354

	def __call__(self):
		def data(script):
			script.conn.sendall(b"354 go on\r\n")
			return self.after_354(script)
		script = peers.Script({"EHLO": BARE, "DATA": data})
		# Else the system may take a whole message for a server that reads some of it, and nobody knows what became of its end.
		script.listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
		return script


def slowly(script):
	script.conn.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
	for _ in range(200):
		if not script.conn.recv(512) or script.over.wait(0.1):
			break
	return CLOSE


def read_some(n, then):
	def answer(script):
		left = n
		while left > 0 and (got := script.conn.recv(min(left, 65536))):
			left -= len(got)
		if isinstance(then, bytes):
			script.conn.sendall(then)
			# What is left unread makes the system reset the connection, and the reply with it: a polite server reads on.
			while script.conn.recv(65536):
				pass
			return CLOSE
		return then
	return answer


@tap.test
def servers_that_do_not_read():
	rows = [
		Trial("nothing is read", Reader(lambda script: HANG), [*PLAIN, *with_large], TEMPORARY, "dd", True),
		Trial("half a KB each 0.1 s", Reader(slowly), [*PLAIN, *with_large], TEMPORARY, "dd", True),
		Trial("closed in the middle", Reader(read_some(1 << 20, CLOSE)), [*PLAIN, *with_large], TEMPORARY, "dd"),
		Trial("reset in the middle", Reader(read_some(1 << 20, RESET)), [*PLAIN, *with_large], TEMPORARY, "dd"),
		Trial("421 in the middle", Reader(read_some(1 << 20, b"421 4.3.2 going down\r\n")), [*PLAIN, *with_large], TEMPORARY, "dd"),
	]
	trials.run(rows)


@tap.test
def replies_that_nobody_asked_for():
	rows = [
		Trial("two greetings", lambda: peers.Script({"greeting": b"220 a\r\n220 b\r\n"}), PLAIN, PROTOCOL, "dd"),
		Trial("two replies to MAIL", lambda: peers.Script({"EHLO": PIPELINED, "MAIL": b"250 a\r\n250 b\r\n"}), PLAIN, PROTOCOL, "dd"),
		Trial("two replies to the first recipient", lambda: peers.Script({"EHLO": PIPELINED, "RCPT": cycle(b"250 a\r\n250 b\r\n", b"250 c\r\n")}), PLAIN, PROTOCOL, "dd"),
		Trial("two replies to the end", lambda: peers.Script({".": b"250 a\r\n250 b\r\n"}), PLAIN, OK, "aa"),
		Trial("a refusal behind the acceptance", lambda: peers.Script({".": b"250 a\r\n550 b\r\n"}), PLAIN, OK, "aa"),
		Trial("all replies in advance", lambda: peers.Script({"greeting": b"220 a\r\n250 b\r\n250 c\r\n250 d\r\n250 e\r\n354 f\r\n250 done\r\n221 g\r\n"}), PLAIN, PROTOCOL, "dd"),
	]
	trials.run(rows)


@tap.test
def many_mails_and_one_that_hurts():
	folder = tap.folder()
	words = [*PLAIN]
	for i in range(4):
		(folder / f"{i}.eml").write_bytes(b"From: ops@example.com\r\nTo: u%d@example.org\r\nSubject: x\r\n\r\n%d\r\n" % (i, i))
		words += ["--message", folder / f"{i}.eml"]

	def ends(*replies):
		return lambda: peers.Script({"EHLO": PIPELINED, ".": cycle(*replies)})

	rows = [
		Trial("all well", ends(b"250 ok\r\n"), words, OK, "aaaa"),
		Trial("the second refused", ends(b"250 ok\r\n", b"554 no\r\n", b"250 ok\r\n", b"250 ok\r\n"), words, REFUSED, "araa"),
		Trial("the second deferred", ends(b"250 ok\r\n", b"451 no\r\n", b"250 ok\r\n", b"250 ok\r\n"), words, TEMPORARY, "adaa"),
	]
	trials.run(rows)


LMTP = "lmtp://127.0.0.1:{port}"
LHLO = {"LHLO": b"250-mail\r\n250 PIPELINING\r\n"}


def said(text, after):
	"""Replies, and then the connection ends."""
	def answer(script):
		script.conn.sendall(text)
		return after
	return answer


@tap.test
def lmtp_with_a_reply_a_recipient():
	ok, no, later = b"250 2.0.0 ok\r\n", b"550 5.2.2 full\r\n", b"452 4.2.2 full for now\r\n"
	rows = [
		("both accepted", ok + ok, OK, "aa"),
		("the second refused", ok + no, REFUSED, "ar"),
		("the first refused", no + ok, REFUSED, "ra"),
		("refused and deferred", no + later, TEMPORARY, "rd"),
		("in one breath and in several lines", b"250-2.0.0 ok\r\n250 2.0.0 so\r\n" + no, REFUSED, "ar"),
		("one reply, then closed", said(ok, CLOSE), UNKNOWN, "au"),
		("one reply, then reset", said(ok, RESET), UNKNOWN, "au"),
		("one reply, then silence", said(ok, HANG), UNKNOWN, "au"),
		("one reply, then half of one", said(ok + b"250", CLOSE), UNKNOWN, "au"),
		("one reply, then rubbish", ok + b"hello\r\n", UNKNOWN, "au"),
		("a refusal, then 421", said(no + b"421 4.3.2 down\r\n", CLOSE), TEMPORARY, "rd"),
		("no reply: closed", CLOSE, UNKNOWN, "uu"),
		("no reply: silence", HANG, UNKNOWN, "uu"),
		("three replies", ok + ok + no, OK, "aa"),
	]
	trials.run([Trial(f"LMTP: {name}", lambda answer=answer: peers.Script({**LHLO, ".": answer}), (), status, outcomes, "silence" in name, LMTP)
		    for name, answer, status, outcomes in rows])
	trials.run([
		Trial("LMTP: LHLO unknown", lambda: peers.Script({"LHLO": b"500 what\r\n"}), (), REFUSED, "rr", url=LMTP,
		      check=lambda outcome: tap.check("HELO" not in outcome.server.verbs(), "an LMTP server is not asked by HELO")),
		Trial("LMTP: a reply only for those who were accepted", lambda: peers.Script({**LHLO, "RCPT": cycle(b"550 no\r\n", b"250 ok\r\n"), ".": later}), (),
		      TEMPORARY, "rd", url=LMTP),
		Trial("LMTP: BDAT", lambda: peers.Script({"LHLO": CHUNKED, "BDAT": ok + no}), (), REFUSED, "ar", url=LMTP),
	])


tap.main()
