#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""courant send --queue, sendmail, and courant outbox: into the outbox, out of it, and what people do with it."""
import contextlib
import json
import re
import socket
import sys
import threading

import tap

sys.path.insert(0, str(tap.SOURCE / "tests/outbox"))
import mailer  # noqa: E402
from mailer import courant, place, states  # noqa: E402

MAIL = ["--subject", "周报 1", "--text-body", "Hello\n"]


@tap.test
def a_mail_is_queued_and_sent_by_flush():
	with mailer.Server() as server:
		folder = place(server.port)
		result = courant(folder, "send", "--queue", "--to", "b@example.org, c@example.org", *MAIL)
		tap.check_equal(result, (0, "queued    b@example.org  as 1\nqueued    c@example.org  as 1\n", ""))
		tap.check_equal(server.connections, 0)
		tap.check_equal((folder / "outbox.db").stat().st_mode & 0o777, 0o600)
		result = courant(folder, "outbox", "flush")
		tap.check_equal(result, (0, "accepted  b@example.org  250 2.0.0 queued\naccepted  c@example.org  250 2.0.0 queued\n", ""))
		tap.check_equal(len(server.messages), 1)
		tap.check_equal(courant(folder, "outbox", "flush"), (0, "", ""))
		tap.check_equal(courant(folder, "outbox", "list"), (0, "nothing waits\n", ""))


@tap.test
def a_maildir_of_mails_is_queued():
	with mailer.Server() as server:
		folder = place(server.port)
		mailer.maildir(folder, 250)
		(folder / "box/new/broken").write_text("no header\n")
		result = courant(folder, "send", "--queue", "--json", "--message", "box")
		tap.check_equal(result.status, 65)
		lines = [json.loads(line) for line in result.out.splitlines()]
		tap.check_equal(len(lines), 250)
		tap.check_equal({line["outcome"] for line in lines}, {"queued"})
		tap.check_equal(len({line["mail"] for line in lines}), 250)
		tap.check(lines[0]["message"].startswith("box/new/"), "the file is named")
		tap.check_equal(courant(folder, "outbox", "flush", "-q").status, 0)
		tap.check_equal(len(server.messages), 250)
		tap.check(server.most_connections <= 2, f"{server.most_connections} connections at a time")


@tap.test
def results_are_those_of_each_recipient():
	replies = {"c@example.org": b"550 5.1.1 no such user\r\n", "d@example.org": b"451 4.3.0 try later\r\n"}
	with mailer.Server(answer=replies.get) as server:
		folder = place(server.port)
		courant(folder, "send", "--queue", "--to", "b@example.org, c@example.org, d@example.org", *MAIL)
		result = courant(folder, "outbox", "flush")
		tap.check_equal(result.status, 75)
		tap.check_in("refused   c@example.org  550 5.1.1 no such user\n", result.out)
		tap.check_in("deferred  d@example.org  451 4.3.0 try later\n", result.out)
		# The sender and the owner are told.
		notice = server.messages[-1].decode()
		tap.check_in("To: ops@example.com, oncall@example.com\r\n", notice)
		tap.check_in("Final-Recipient: rfc822; c@example.org\r\n", notice)
		listed = courant(folder, "outbox", "list").out
		tap.check_in("deferred", listed)
		tap.check_in("2 recipients: 1 deferred, 1 refused\n", listed)
		tap.check(re.search("in [12] min", listed), f"when it goes on: {listed}")
		shown = courant(folder, "outbox", "show", 1).out
		for part in ("subject: 周报 1\n", "by: send\n", "<b@example.org>: accepted since ", "550 5.1.1 no such user", "    Message-ID: <"):
			tap.check_in(part, shown)
		document = json.loads(courant(folder, "outbox", "show", 1, "--json").out)
		tap.check_equal([(r["recipient"], r["state"], len(r["history"])) for r in document["recipients"]],
				[("b@example.org", "accepted", 1), ("c@example.org", "refused", 1), ("d@example.org", "deferred", 1)])
		tap.check_equal(document["recipients"][1]["history"][0]["code"], 550)
		bytes_ = courant(folder, "outbox", "show", 1, "--message").out
		tap.check(bytes_.endswith("\r\n\r\nHello\r\n"), "the message itself")
		replies.clear()
		result = courant(folder, "outbox", "retry", "--state", "refused")
		tap.check_equal(result, (0, "1 recipient due now\n", ""))
		tap.check_equal(courant(folder, "outbox", "flush").status, 0)
		tap.check_equal([state for mail, _, state in states(folder) if mail == 1], ["accepted"] * 3)
		# Who had it is not sent it again.
		tap.check_equal(sorted(server.taken.values()), [1] * 5)


@tap.test
def people_change_the_fate_of_mails():
	with mailer.Server() as server:
		folder = place(server.port)
		for address in ("b@example.org, c@example.net", "d@example.org"):
			courant(folder, "send", "--queue", "--to", address, *MAIL)
		tap.check_equal(courant(folder, "outbox", "hold", "--to", "@example.org"), (0, "2 recipients held\n", ""))
		courant(folder, "outbox", "flush")
		tap.check_equal(list(server.taken.values()), [1])
		tap.check_equal(courant(folder, "outbox", "release", 1), (0, "1 recipient released\n", "courant: 1 are in a state that it does not fit, and were left alone\n"))
		tap.check_equal(courant(folder, "outbox", "drop", 2), (0, "1 recipient dropped\n", ""))
		courant(folder, "outbox", "flush")
		tap.check_equal(states(folder), [(1, "b@example.org", "accepted"), (1, "c@example.net", "accepted")])
		tap.check_equal(courant(folder, "outbox", "purge").out, "0 mails removed\n")
		tap.check_equal(courant(folder, "outbox", "purge", "--older", "0 s").out, "1 mail removed\n")
		tap.check_equal(states(folder), [])


@tap.test
def wrong_words_are_told():
	folder = place(9)
	courant(folder, "send", "--queue", "--to", "b@example.org", *MAIL)
	rows = [
		("no such verb", ["lsit"], 64, "courant outbox does list, show, hold"),
		("which mails?", ["hold"], 64, "which mails? Give their numbers, a filter such as --to, or --all"),
		("a mail that is not there", ["hold", 7], 66, "the outbox has no mail 7"),
		("not a number", ["show", "x"], 64, '"x" is not the number of a mail'),
		("show what?", ["show"], 64, "which mail?"),
		("an option of another verb", ["flush", "--to", "x"], 64, "courant outbox flush has no --to"),
		("no such state", ["list", "--state", "sent"], 64, '--state "sent" is none of'),
		("no time", ["list", "--older", "yesterday"], 64, '--older is "yesterday"'),
		("all and some", ["drop", "--all", "--to", "x"], 64, "--all is everything"),
		("a file that is none", ["list", "--outbox", "courant.yaml"], 66, "is not an outbox of courant"),
		("a file that is not there", ["list", "--outbox", "nowhere.db"], 66, "cannot open nowhere.db"),
	]
	for name, words, status, told in rows:
		tap.row(name)
		result = courant(folder, "outbox", *words)
		tap.check_equal(result.status, status)
		tap.check_in(told, result.err)
	tap.row("an outbox that was never said")
	(folder / "courant.yaml").write_text("owner: a@example.com\n")
	for words in (["outbox", "list"], ["send", "--queue", "--from", "a@example.com", "--to", "b@example.org", *MAIL]):
		result = courant(folder, *words)
		tap.check_equal(result.status, 78)
		tap.check_in("there is no outbox: ", result.err)


@tap.test
def queueing_and_a_server_do_not_go_together():
	folder = place(9)
	for words in (["--server", "mx:"], ["--password-file", "x"], ["--connections", "2"]):
		result = courant(folder, "send", "--queue", "--to", "b@example.org", *MAIL, *words)
		tap.check_equal(result.status, 64)
		tap.check_in(f"what is {words[0]} to do with it?", result.err)
	result = courant(folder, "send", "--server", "mx:", "--to", "b@example.org", *MAIL, "--expire", "6 h")
	tap.check_equal(result.status, 64)
	result = courant(folder, "send", "--queue", "--explain", "--to", "b@example.org", *MAIL)
	tap.check_in(f"outbox: {folder}/outbox.db", result.out)
	tap.check(not (folder / "outbox.db").exists(), "nothing was queued")


@tap.test
def what_is_worthless_is_not_sent():
	with mailer.Server() as server:
		folder = place(server.port)
		now = {"COURANT_NOW": "2020-01-01T00:00:00Z"}
		tap.check_equal(courant(folder, "send", "--queue", "--expire", "6 h", "--to", "b@example.org", *MAIL, env=now).status, 0)
		courant(folder, "outbox", "flush")
		tap.check_equal(states(folder)[0], (1, "b@example.org", "refused"))
		tap.check_equal([address for _, address in server.taken], ["ops@example.com", "oncall@example.com"])
		tap.check_in(b"not delivered before it was worthless", server.messages[0])


@tap.test
def sendmail_queues_when_there_is_an_outbox():
	with mailer.Server() as server:
		folder = place(server.port)
		stdin = b"To: b@example.org\nSubject: x\n\nhello\n"
		tap.check_equal(courant(folder, "sendmail", "-t", "-i", stdin=stdin), (0, "", ""))
		tap.check_equal((server.connections, states(folder)), (0, [(1, "b@example.org", "queued")]))
		tap.check_equal(courant(folder, "sendmail", "-t", "-i", "-odi", stdin=stdin), (0, "", ""))
		tap.check_equal(len(server.messages), 1)
		courant(folder, "outbox", "flush")
		tap.check_equal(len(server.messages), 2)
		(folder / "courant.yaml").write_text((folder / "courant.yaml").read_text().replace("office", "home"))
		tap.check_equal(courant(folder, "sendmail", "-a", "home", "-i", "c@example.org", stdin=stdin).status, 0)
		tap.check_in("accounts: home\n", courant(folder, "outbox", "show", 2).out)


@tap.test
def an_account_that_cannot_be_reached_gives_way_to_the_next():
	with mailer.Server() as server:
		folder = place(None, accounts={"first": 9, "second": server.port})
		courant(folder, "send", "--queue", "--to", "b@example.org", *MAIL)
		result = courant(folder, "outbox", "flush")
		tap.check_equal((result.status, result.out), (0, "accepted  b@example.org  250 2.0.0 queued\n"))
		tap.check_in("first cannot be used for 5 s: cannot connect to 127.0.0.1:9", result.err)


@tap.test
def ways_that_wait_are_used_by_several_at_a_time():
	folder = tap.folder()
	program = folder / "sendmail"
	program.write_text("#!/bin/sh\ncat >\"$HOME/mail.$$\"\n")
	program.chmod(0o755)
	(folder / "courant.yaml").write_text(f"accounts: {{here: {{server: 'sendmail:{program}', from: a@example.com}}}}\noutbox: outbox.db\n")
	for _ in range(5):
		courant(folder, "send", "--queue", "--to", "b@example.org", *MAIL)
	result = courant(folder, "outbox", "flush")
	tap.check_equal((result.status, len(list(folder.glob("mail.*")))), (0, 5))


class Taker(threading.Thread):
	"""Stands where courant serve listens: LMTP on a unix socket."""

	def __init__(self, path):
		super().__init__(daemon=True)
		self.listening = socket.socket(socket.AF_UNIX)
		self.listening.bind(str(path))
		self.listening.listen()
		self.heard, self.messages = [], []
		self.start()

	def run(self):
		while True:
			conn, _ = self.listening.accept()
			# Whoever only asks whether somebody listens is gone at once.
			with conn, conn.makefile("rwb", buffering=0) as lines, contextlib.suppress(OSError):
				self.talk(lines)

	def talk(self, lines):
		lines.write(b"220 host LMTP\r\n")
		n = 0
		while line := lines.readline():
			self.heard.append(line.decode().strip())
			verb = line.split()[0].upper()
			if verb == b"LHLO":
				lines.write(b"250-host\r\n250-PIPELINING\r\n250 DELIVERBY\r\n")
			elif verb == b"DATA":
				lines.write(b"354 go on\r\n")
				message = b""
				while (line := lines.readline()) != b".\r\n":
					message += line
				self.messages.append(message)
				lines.write(b"250 2.0.0 queued\r\n" * n)
			elif verb == b"QUIT":
				lines.write(b"221 bye\r\n")
				return
			else:
				n += verb == b"RCPT"
				lines.write(b"250 ok\r\n")


@tap.test
def who_may_not_write_hands_the_mail_to_the_server_of_the_outbox():
	folder = place(9)
	text = (folder / "courant.yaml").read_text().replace("outbox: outbox.db", "outbox: {file: nowhere/outbox.db, socket: %s/socket}" % folder)
	(folder / "courant.yaml").write_text(text)
	taker = Taker(folder / "socket")
	result = courant(folder, "send", "--queue", "--expire", "6 h", "--to", "b@example.org, c@example.org", *MAIL)
	tap.check_equal((result.status, result.out, result.err),
			(0, "accepted  b@example.org  250 2.0.0 queued\naccepted  c@example.org  250 2.0.0 queued\n", ""))
	tap.check_in("MAIL FROM:<ops@example.com> BY=21600;R", taker.heard)
	tap.check_equal(courant(folder, "sendmail", "-i", "d@example.org", stdin=b"Subject: x\n\nhello\n"), (0, "", ""))
	tap.check_in("RCPT TO:<d@example.org>", taker.heard)
	line = '192.0.2.1 - - [09/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 10 "-" "Mozilla/5.0"\n'
	(folder / "access.log").write_text(line)
	(folder / "daily.yaml").write_text("to: b@example.org\nperiod: all\nexpire: 1 h\nsources: {web: {weblog: access.log}}\n")
	tap.check_equal(courant(folder, "report", "daily.yaml", "--send").status, 0)
	tap.check_in("MAIL FROM:<ops@example.com> BY=3600;R", taker.heard)
	tap.check_equal(len(taker.messages), 3)


@tap.test
def without_either_the_mail_is_sent_at_once():
	with mailer.Server() as server:
		folder = place(server.port)
		text = (folder / "courant.yaml").read_text().replace("outbox: outbox.db", "outbox: {file: nowhere/outbox.db, socket: %s/socket}" % folder)
		(folder / "courant.yaml").write_text(text)
		result = courant(folder, "send", "--queue", "--to", "b@example.org", *MAIL)
		tap.check_equal((result.status, result.out), (0, "accepted  b@example.org  250 2.0.0 queued\n"))
		tap.check_in("the mail is sent at once", result.err)
	result = courant(folder, "sendmail", "-i", "d@example.org", stdin=b"Subject: x\n\nhello\n")
	tap.check_equal(result.status, 75)


@tap.test
def a_report_is_queued():
	with mailer.Server() as server:
		folder = place(server.port)
		log = '192.0.2.1 - - [09/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 10 "-" "Mozilla/5.0"\n'
		(folder / "access.log").write_text(log)
		(folder / "daily.yaml").write_text("to: [b@example.org, c@example.org]\nprivacy: each\nperiod: 2026-11-09\nexpire: 6 h\nsources: {web: {weblog: access.log}}\n")
		result = courant(folder, "report", "daily.yaml", "--send")
		tap.check_equal((result.status, result.out), (0, "queued    b@example.org  as 1\nqueued    c@example.org  as 2\n"))
		tap.check_in("by: report daily\n", courant(folder, "outbox", "show", 1).out)
		tap.check_in("expires: ", courant(folder, "outbox", "show", 1).out)
		courant(folder, "outbox", "flush")
		tap.check_equal(len(server.messages), 2)


@tap.test
def a_report_without_change_is_not_sent():
	folder = place(9)
	line = '192.0.2.1 - - [09/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 10 "-" "Mozilla/5.0"\n'
	(folder / "access.log").write_text(line)
	(folder / "status.yaml").write_text("to: b@example.org\nperiod: all\nsend: if changed\nsources: {web: {weblog: access.log}}\n")
	tap.check_equal(courant(folder, "report", "status.yaml", "--send").status, 0)
	result = courant(folder, "report", "status.yaml", "--send")
	tap.check_equal((result.status, result.out), (0, ""))
	tap.check_in("the figures are those of the last mail: nothing is sent (send: if changed)", result.err)
	(folder / "access.log").write_text(line * 2)
	tap.check_equal(courant(folder, "report", "status.yaml", "--send").out, "queued    b@example.org  as 2\n")
	result = courant(folder, "report", "status.yaml", "--send", "--server", "smtp://127.0.0.1:9?tls=none")
	tap.check_equal(result.status, 78)
	tap.check_in("needs an outbox", result.err)


tap.main()
