#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""courant send against a server that misbehaves in one phase of the session: each fault in each phase, in clear and inside TLS."""
import peers
import tap
import trials
from peers import CLOSE, HANG, RESET, drip
from trials import OK, PROTOCOL, REFUSED, TEMPORARY, UNKNOWN, LOGIN, Trial


def flood(text, times=20000):
	"""A reply that does not end (while anybody listens)."""
	def answer(script):
		for _ in range(times):
			script.conn.sendall(text)
		return CLOSE
	return answer


def said(text, after):
	"""A reply, and then the connection ends."""
	def answer(script):
		script.conn.sendall(text)
		return after
	return answer


def once(answer, usual):
	"""Only the first time."""
	left = [answer]

	def reply(script):
		one = left.pop() if left else usual
		return one(script) if callable(one) else one
	return reply


# What a fault is: the connection is lost (LOST), or nothing useful comes in time (LATE), or what comes is no SMTP (WRONG), a refusal, or nothing to mind.
LOST, LATE, WRONG, NO_NOW, NO_EVER, FINE = "lost", "late", "wrong", "4yz", "5yz", "fine"

# Name, the answer (%d is the code that would be right), its kind.
FAULTS = [
	("closed", CLOSE, LOST),
	("reset", RESET, LOST),
	("half a line, then closed", said(b"2", CLOSE), LOST),
	("a line without its end, then reset", said(b"%d ok", RESET), LOST),
	("the first of two lines, then closed", said(b"%d-ok\r\n", CLOSE), LOST),
	("421, then closed", said(b"421 4.3.2 going down\r\n", CLOSE), NO_NOW),
	("421, and open", b"421 4.3.2 going down\r\n", NO_NOW),
	("silence", HANG, LATE),
	("half a line, then silence", said(b"%d o", HANG), LATE),
	("the first of two lines, then silence", said(b"%d-ok\r\n", HANG), LATE),
	("a byte each 0.2 s", drip(b"%d " + b"x" * 200, 0.2), LATE),
	("a line each 0.2 s", "lines", LATE),
	("lines without end", flood(b"%d-hello\r\n"), WRONG),
	("a line without end", flood(b"%d hello hello hello hello hello" * 100), WRONG),
	("NULs without end", flood(b"\0" * 65536, 100), WRONG),
	("a line of 64 KB", b"%d " + b"x" * 65536 + b"\r\n", WRONG),
	("1,001 lines", b"%d-x\r\n" * 1000 + b"%d x\r\n", WRONG),
	("two codes in one reply", b"%d-ok\r\n550 or not\r\n", WRONG),
	("rubbish", b"hello\r\n", WRONG),
	("binary rubbish", b"\x00\xff\xfe\x80\r\n", WRONG),
	("an empty line", b"\r\n", WRONG),
	("code 199", b"199 no\r\n", WRONG),
	("code 600", b"600 no\r\n", WRONG),
	("a code of two digits", b"25 ok\r\n", WRONG),
	("a code of four digits", b"2500 ok\r\n", WRONG),
	("a code with a sign", b"+50 ok\r\n", WRONG),
	("a TLS alert", b"\x15\x03\x01\x00\x02\x02\x28", LATE),
	("450", b"450 4.2.0 not now\r\n", NO_NOW),
	("550", b"550 5.7.1 never\r\n", NO_EVER),
	("550 in nine lines", b"550-5.7.1 never\r\n" * 8 + b"550 5.7.1 never\r\n", NO_EVER),
	("550 with escape sequences", b"550 \x1b[2J\x1b]0;x\x07 \xe2\x80\xae\x9b31m\r\n", NO_EVER),
	("the code alone", b"%d\r\n", FINE),
	("the code and a blank", b"%d \r\n", FINE),
	("a bare LF", b"%d ok\n", FINE),
	("many lines", b"%d-ok\r\n" * 50 + b"%d ok\r\n", FINE),
	("text in UTF-8", "%d 好的\r\n".encode(), FINE),
	("text in no charset", b"%d \xff\xfe\x80\r\n", FINE),
	("a NUL in the text", b"%d o\0k\r\n", FINE),
	("two bytes at a time", "pieces", FINE),
]

# Phases: the key in peers.Script, the code that would be right, and what else the server is to say.
CHUNKING = {"EHLO": b"250-mail\r\n250-PIPELINING\r\n250 CHUNKING\r\n"}
NO_PIPELINING = {"EHLO": b"250 mail\r\n"}
PHASES = [
	("greeting", "greeting", 220, {}),
	("EHLO", "EHLO", 250, {}),
	("MAIL", "MAIL", 250, {}),
	("MAIL, no PIPELINING", "MAIL", 250, NO_PIPELINING),
	("RCPT", "RCPT", 250, {}),
	("DATA", "DATA", 354, {}),
	("DATA, no PIPELINING", "DATA", 354, NO_PIPELINING),
	("final dot", ".", 250, {}),
	("BDAT LAST", "BDAT", 250, CHUNKING),
	("QUIT", "QUIT", 221, {}),
]
TLS_PHASES = [
	("STARTTLS", "STARTTLS", 220, {}),
	("EHLO inside TLS", "EHLO2", 250, {}),
	("AUTH", "AUTH", 235, {}),
	("MAIL inside TLS", "MAIL", 250, {}),
	("final dot inside TLS", ".", 250, {}),
	("QUIT inside TLS", "QUIT", 221, {}),
]


def coded(answer, code):
	"""The same answer with the code that is right here."""
	def with_code(text):
		return text.replace(b"%d", b"%d" % code)

	class Coded:
		"""A script whose connection writes the right code."""
		def __init__(self, script):
			self.over, self.conn, self.script = script.over, self, script

		def sendall(self, text):
			self.script.conn.sendall(with_code(text))

	def lines(script):
		for _ in range(100):
			script.conn.sendall(with_code(b"%d-slowly\r\n"))
			if script.over.wait(0.2):
				break
		return CLOSE

	def pieces(script):
		text = with_code(b"%d-one\r\n")
		for i in range(0, len(text), 2):
			script.conn.sendall(text[i:i + 2])
			script.over.wait(0.002)
		return with_code(b"%d two\r\n")

	if isinstance(answer, bytes):
		return with_code(answer)
	if answer in ("lines", "pieces"):
		return {"lines": lines, "pieces": pieces}[answer]
	return (lambda script: answer(Coded(script))) if callable(answer) else answer


def expected(phase, kind):
	"""Exit status and outcomes: what is right, whatever the fault is."""
	if phase == "QUIT" or kind == FINE:
		return OK, "aa"
	if kind == NO_NOW:
		return TEMPORARY, "dd"
	if kind == NO_EVER:
		return REFUSED, "rr"
	if phase in (".", "BDAT"):
		return UNKNOWN, "uu"
	return (PROTOCOL if kind == WRONG else TEMPORARY), "dd"


# Where the rule does not hold.
EXCEPTIONS = {
	# HELO comes next.
	("EHLO", NO_EVER): (OK, "aa"),
	# The next reply, which was asked for in the same breath, ends the line.
	("MAIL", "a TLS alert"): (PROTOCOL, "dd"),
	("RCPT", "a TLS alert"): (PROTOCOL, "dd"),
	("MAIL inside TLS", "a TLS alert"): (PROTOCOL, "dd"),
	# TLS that is wanted and not to be had, for whatever reason.
	("STARTTLS", "450"): (PROTOCOL, "dd"),
	("STARTTLS", NO_EVER): (PROTOCOL, "dd"),
	# AUTH, which was offered before, is not offered any more.
	("EHLO inside TLS", FINE): (LOGIN, "rr"),
	("AUTH", NO_EVER): (LOGIN, "rr"),
}


def table(phases, tls=None, more=()):
	rows = []
	for phase, key, code, others in phases:
		for name, answer, kind in FAULTS:
			status, outcomes = EXCEPTIONS.get((phase, name)) or EXCEPTIONS.get((phase, kind)) or expected(key, kind)
			on = {**others, key: coded(answer, code)}
			rows.append(Trial(f"{phase}: {name}", lambda on=on: peers.Script(on, tls=tls), more, status, outcomes, kind == LATE and key != "QUIT",
					  "smtp://ops@127.0.0.1:{port}" if tls else "smtp://127.0.0.1:{port}"))
	return rows


@tap.test
def each_fault_in_each_phase():
	trials.run(table(PHASES, more=["--tls", "none"]))


@tap.test
def each_fault_in_each_phase_of_tls():
	authority = peers.Authority()
	trials.run(table(TLS_PHASES, peers.tls_context(authority.issue("server")), ["--ca-file", authority.file]))


tap.main()
