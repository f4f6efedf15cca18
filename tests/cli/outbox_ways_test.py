#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""From courant send --queue to the reader: over courant catch, by accounts in their order, and what the owner is told, read by Python's email package."""
import email
import email.policy
import email.utils
import json
import signal
import subprocess
import sys

import tap

sys.path.insert(0, str(tap.SOURCE / "tests/outbox"))
import mailer  # noqa: E402
from mailer import courant, place, states  # noqa: E402

MAIL = ["--subject", "周报 1", "--text-body", "Hello\n"]


def parsed(message):
	return email.message_from_bytes(message, policy=email.policy.default)


def status_of(notice):
	"""The blocks of fields of a delivery-status mail: that of the mail, then one for each recipient."""
	return [dict(block.items()) for block in notice.get_payload()[1].get_payload()]


class Catch:
	"""courant catch, with STARTTLS and a login."""

	def __init__(self, *options):
		self.folder = tap.folder()
		(self.folder / "secret").write_text("pass word\n")
		(self.folder / "secret").chmod(0o600)
		words = [tap.PROGRAM, "catch", "--maildir", "caught", "--user", "ops", "--password-file", "secret", *options]
		self.process = subprocess.Popen(words, cwd=self.folder, env=tap.environment(self.folder), stdout=subprocess.PIPE, text=True)

	def __enter__(self):
		self.ca = self.folder / self.process.stdout.readline().split()[-1]
		self.port = self.process.stdout.readline().split(":")[-1].strip()
		return self

	def __exit__(self, *_):
		self.process.send_signal(signal.SIGTERM)
		tap.check_equal(self.process.wait(20), 0)
		self.process.stdout.close()

	def place(self):
		"""As mailer.place(), by this server."""
		folder = tap.folder()
		account = f"{{server: 'smtp://ops@localhost:{self.port}', from: 运维 <ops@example.com>, ca_file: {self.ca}, password_file: {self.folder / 'secret'}}}"
		(folder / "courant.yaml").write_text(f"accounts: {{caught: {account}}}\noutbox: outbox.db\nowner: oncall@example.com\n")
		return folder

	def mails(self):
		return [path.read_bytes() for path in sorted((self.folder / "caught/new").iterdir())]


@tap.test
def mails_arrive_as_they_were_queued():
	with Catch() as server:
		folder = server.place()
		(folder / "large.bin").write_bytes(bytes(range(256)) * 2000)
		to = ["--to", "张三 <b@example.org>", "--bcc", "hidden@example.org"]
		tap.check_equal(courant(folder, "send", "--queue", *to, *MAIL, "--attach", "large.bin").status, 0)
		tap.check_equal(courant(folder, "sendmail", "-t", "-i", stdin=b"To: c@example.org\nBcc: d@example.org\nSubject: x\n\n.\nline\n").status, 0)
		tap.check_equal(len(list((folder / "outbox.db-messages").iterdir())), 1)
		shown = tap.run([tap.PROGRAM, "outbox", "show", "1", "--message"], cwd=folder, env={"COURANT_CONFIG": str(folder / "courant.yaml")}).out
		result = courant(folder, "outbox", "flush")
		tap.check_equal((result.status, result.out.count("accepted")), (0, 4))
		caught = {parsed(mail)["Subject"]: mail for mail in server.mails()}
		tap.check_equal(sorted(caught), ["x", "周报 1"])
		# Its own lines in front, then the message, byte by byte.
		tap.check(caught["周报 1"].replace(b"\r\n", b"\n").endswith(shown.replace(b"\r\n", b"\n")), "the message as it was queued")
		mail = parsed(caught["周报 1"])
		tap.check_equal([part.get_content() for part in mail.iter_attachments()], [bytes(range(256)) * 2000])
		tap.check_equal((mail["Bcc"], mail["To"].addresses[0].display_name, mail["Return-Path"]), (None, "张三", "<ops@example.com>"))
		tap.check_equal(parsed(caught["x"]).get_content(), ".\r\nline\r\n")
		tap.check_equal(parsed(caught["x"])["Bcc"], None)
		tap.check_equal(courant(folder, "outbox", "drop", "1").out, "2 recipients dropped\n")
		tap.check_equal(list((folder / "outbox.db-messages").iterdir()), [])


@tap.test
def a_refusal_is_told_as_rfc_3464_has_it():
	replies = {"c@example.org": b"550-5.1.1 no such user,\r\n550 5.1.1 ask \xc3\xa9lsewhere\r\n", "e@example.org": b"552 over quota\r\n"}
	with mailer.Server(answer=replies.get) as server:
		folder = place(server.port)
		courant(folder, "send", "--queue", "--to", "b@example.org, c@example.org", "--cc", "e@example.org", "--dsn", "failure,delay", *MAIL)
		tap.check_equal(courant(folder, "outbox", "flush").status, 69)
		mail, notice = map(parsed, server.messages)
		tap.check_equal(server.senders, ["ops@example.com", ""])
		tap.check_equal((notice.get_content_type(), notice.get_param("report-type")), ("multipart/report", "delivery-status"))
		tap.check_equal([part.get_content_type() for part in notice.iter_parts()], ["text/plain", "message/delivery-status", "text/rfc822-headers"])
		tap.check_equal((notice["Auto-Submitted"], notice["Subject"]), ("auto-replied", "Not delivered: 周报 1"))
		tap.check_equal([a.addr_spec for a in notice["To"].addresses], ["ops@example.com", "oncall@example.com"])
		tap.check_equal(notice["References"], mail["Message-ID"])
		tap.check(not notice.defects and not any(part.defects for part in notice.walk()), "nothing is wrong with it")
		whole, *each = status_of(notice)
		tap.check(whole["Reporting-MTA"].startswith("dns; "), f"who reports: {whole}")
		tap.check(email.utils.parsedate_to_datetime(whole["Arrival-Date"]), "since when")
		tap.check_equal([(fields["Final-Recipient"], fields["Action"], fields["Status"], fields["Remote-MTA"]) for fields in each],
				[("rfc822; c@example.org", "failed", "5.1.1", "dns; 127.0.0.1"), ("rfc822; e@example.org", "failed", "5.0.0", "dns; 127.0.0.1")])
		tap.check_equal(each[0]["Diagnostic-Code"], "smtp; 550 5.1.1 no such user, ask ??lsewhere")
		words, _, header = (part.get_content() for part in notice.iter_parts())
		for part in ("<c@example.org>\r\n    not delivered; 127.0.0.1:", "550 5.1.1 no such user, ask élsewhere", "Subject: 周报 1", "courant outbox show 1"):
			tap.check_in(part, words)
		tap.check_equal(email.message_from_string(header, policy=email.policy.default)["Message-ID"], mail["Message-ID"])


@tap.test
def nobody_is_told_who_asked_for_silence():
	with mailer.Server(answer=lambda address: b"550 no\r\n" if address == "c@example.org" else None) as server:
		folder = place(server.port)
		courant(folder, "send", "--queue", "--to", "c@example.org", "--dsn", "never", *MAIL)
		courant(folder, "outbox", "flush")
		# But the owner of the outbox is, for a report that does not arrive.
		tap.check_equal([a.addr_spec for a in parsed(server.messages[0])["To"].addresses], ["oncall@example.com"])
		replies = iter([b"550 no\r\n"] * 3)
		server.answer = lambda address: next(replies, None)
		courant(folder, "send", "--queue", "--to", "c@example.org", *MAIL)
		courant(folder, "outbox", "flush")
		courant(folder, "outbox", "flush")
		# A notice that is refused brings forth no other.
		tap.check_equal([state for _, _, state in states(folder)][2:], ["refused"] * 3)


@tap.test
def what_was_given_up_is_told():
	with mailer.Server(answer=lambda address: b"451 4.7.1 greylisted\r\n" if address == "c@example.org" else None) as server:
		folder = place(server.port)
		early = {"COURANT_NOW": "2020-01-01T00:00:00Z"}
		courant(folder, "send", "--queue", "--to", "c@example.org", *MAIL, env=early)
		for i in range(4):
			tap.row(f"attempt {i + 1}")
			tap.check_equal(courant(folder, "outbox", "flush").status, 75)
			tap.check_equal(states(folder), [(1, "c@example.org", "deferred")])
		tap.row("attempt 5")
		tap.check_equal(courant(folder, "outbox", "flush").status, 69)
		whole, fields = status_of(parsed(server.messages[0]))
		tap.check_equal(email.utils.parsedate_to_datetime(whole["Arrival-Date"]).year, 2020)
		tap.check_equal((fields["Action"], fields["Status"], fields["Diagnostic-Code"]), ("failed", "5.4.7", "smtp; 451 4.7.1 greylisted"))
		history = json.loads(courant(folder, "outbox", "show", 1, "--json").out)["recipients"][0]["history"]
		tap.check_equal([(attempt["outcome"], attempt["code"]) for attempt in history], [("deferred", 451)] * 5)


class Forgetful:
	"""Takes the message, and hangs up instead of saying so, so many times."""

	def __init__(self, times):
		self.left = times

	def __call__(self, recipients):
		self.left -= "b@example.org" in recipients
		return b"" if "b@example.org" in recipients and self.left >= 0 else None


@tap.test
def what_is_unknown_is_sent_again():
	with mailer.Server(final=Forgetful(1)) as server:
		folder = place(server.port)
		courant(folder, "send", "--queue", "--to", "b@example.org, c@example.org", *MAIL)
		tap.check_equal(courant(folder, "outbox", "flush").status, 79)
		tap.check_equal([state for _, _, state in states(folder)], ["unknown"] * 2)
		tap.check_in("perhaps delivered", courant(folder, "outbox", "show", 1).out)
		rows = [json.loads(line) for line in courant(folder, "outbox", "list", "--state", "unknown", "--json").out.splitlines()]
		tap.check_equal([(row["state"], row["unknown"], row["next"] is None) for row in rows], [("unknown", 1, False)] * 2)
		tap.check_equal(courant(folder, "outbox", "flush").status, 0)
		# By the same name, so that a reader sees that it is one mail.
		tap.check_equal(sorted(server.seen.values()), [2, 2])
		tap.check_equal(len({name for name, _ in server.seen}), 1)
		tap.check_equal([state for _, _, state in states(folder)], ["accepted"] * 2)


@tap.test
def what_is_unknown_is_held_when_that_is_wanted():
	with mailer.Server(final=Forgetful(1)) as server:
		folder = place(server.port)
		text = (folder / "courant.yaml").read_text().replace("outbox: outbox.db", "outbox: {file: outbox.db, unknown: hold}")
		(folder / "courant.yaml").write_text(text)
		courant(folder, "send", "--queue", "--to", "b@example.org", *MAIL)
		tap.check_equal(courant(folder, "outbox", "flush").status, 79)
		for _ in range(2):
			courant(folder, "outbox", "flush")
		tap.check_equal(server.seen[next(iter(server.seen))], 1)
		notice = parsed(server.messages[0])
		tap.check_equal(notice["Subject"], "Perhaps not delivered: 周报 1")
		fields = status_of(notice)[1]
		tap.check_equal((fields["Action"], fields["Status"]), ("delayed", "4.4.2"))
		tap.check_equal(courant(folder, "outbox", "release", 1).out, "1 recipient released\n")
		tap.check_equal(courant(folder, "outbox", "flush").out, "accepted  b@example.org  250 2.0.0 queued\n")
		tap.check_equal(sum(n for (_, address), n in server.seen.items() if address == "b@example.org"), 2)
		tap.check_equal(len(server.messages), 2)


@tap.test
def accounts_are_tried_in_their_order():
	"""What the first server does to everybody; the mail goes on to the second one in the same breath."""
	rows = [
		("a closed port", None),
		("a greeting that sends everybody away", b"554 5.3.2 closed\r\n"),
		("a greeting that asks for patience", b"421 4.3.2 later\r\n"),
		("silence", b""),
	]
	for name, greeting in rows:
		tap.row(name)
		with mailer.Server() as second, mailer.Server() as first:
			first.greeting = greeting
			port = 9 if greeting is None else first.port
			folder = place(None, accounts={"first": port, "second": second.port}, more="account: [first, second]\n")
			courant(folder, "send", "--queue", "--to", "b@example.org, c@example.org", *MAIL)
			result = courant(folder, "outbox", "flush")
			tap.check_equal((result.status, sorted(second.taken.values())), (0, [1, 1]))
			tap.check_in("first cannot be used for 5 s: ", result.err)
			history = json.loads(courant(folder, "outbox", "show", 1, "--json").out)["recipients"][1]["history"]
			tap.check_equal([(attempt["outcome"], attempt["server"], attempt.get("code")) for attempt in history],
					[("deferred", f"127.0.0.1:{port}", None), ("accepted", f"127.0.0.1:{second.port}", 250)])


@tap.test
def a_mail_that_is_refused_is_not_taken_to_another_server():
	with mailer.Server() as second, mailer.Server(answer=lambda address: b"550 no\r\n" if address == "b@example.org" else None) as first:
		folder = place(None, accounts={"second": second.port, "first": first.port}, more="account: [first, second]\n")
		courant(folder, "send", "--queue", "--to", "b@example.org", *MAIL)
		tap.check_equal(courant(folder, "outbox", "flush").status, 69)
		tap.check_equal((len(second.messages), len(first.messages)), (0, 1))


@tap.test
def an_account_by_name_is_the_only_one():
	with mailer.Server() as second:
		folder = place(None, accounts={"first": 9, "second": second.port}, more="account: [first, second]\n")
		courant(folder, "sendmail", "-a", "first", "-i", "b@example.org", stdin=b"Subject: x\n\nhello\n")
		courant(folder, "outbox", "flush")
		tap.check_equal(states(folder)[0][2] in ("queued", "deferred"), True)
		tap.check_equal(len(second.messages), 0)
		courant(folder, "sendmail", "-a", "second", "-i", "c@example.org", stdin=b"Subject: x\n\nhello\n")
		courant(folder, "outbox", "flush")
		tap.check_equal(len(second.messages), 1)
		tap.row("courant send")
		shown = courant(folder, "send", "--queue", "--account", "second", "--to", "d@example.org", *MAIL, "--explain")
		tap.check_in(", from where second sends it", shown.out)
		courant(folder, "send", "--queue", "--account", "first", "--to", "d@example.org", *MAIL)
		courant(folder, "send", "--queue", "--account", "second", "--to", "e@example.org", *MAIL)
		courant(folder, "outbox", "flush")
		tap.check_equal(len(second.messages), 2)
		tap.check_in("e@example.org", str(second.messages[-1]))
		tap.check_equal(courant(folder, "send", "--queue", "--account", "third", "--to", "f@example.org", *MAIL).status, 78)


@tap.test
def a_report_has_accounts_of_its_own():
	with mailer.Server() as second, mailer.Server() as third:
		accounts = {"first": third.port, "second": second.port, "closed": 9}
		folder = place(None, accounts=accounts, more="account: [first]\n")
		(folder / "access.log").write_text('192.0.2.1 - - [09/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 10 "-" "Mozilla/5.0"\n')
		report = "to: b@example.org\nperiod: all\nsources: {web: {weblog: access.log}}\naccount: "
		for name, queues in (("out of the outbox", True), ("at once", False)):
			tap.row(name)
			if not queues:
				(folder / "courant.yaml").write_text((folder / "courant.yaml").read_text().replace("outbox: outbox.db\n", ""))
			(folder / "r.yaml").write_text(report + "[closed, second]\n")
			second.messages.clear()
			result = courant(folder, "report", "r.yaml", "--send")
			tap.check_equal(result.status, 0)
			if queues:
				tap.check_in("accounts: closed,second\n", courant(folder, "outbox", "show", 1).out)
				tap.check_equal(courant(folder, "outbox", "flush").status, 0)
			tap.check_equal((len(second.messages), len(third.messages)), (1, 0))
		tap.row("one that is not there")
		(folder / "r.yaml").write_text(report + "[second, thrid]\n")
		for words in (["report", "r.yaml", "--send"], ["check", "r.yaml"]):
			result = courant(folder, *words)
			tap.check_equal(result.status, 78)
			tap.check_in('r.yaml:4:10: courant.yaml has no account "thrid"\n', result.err)


@tap.test
def a_password_that_has_expired_kills_nothing():
	with Catch() as server:
		folder = server.place()
		(server.folder / "wrong").write_text("not that\n")
		(server.folder / "wrong").chmod(0o600)
		fine = (folder / "courant.yaml").read_text()
		(folder / "courant.yaml").write_text(fine.replace("/secret}", "/wrong}"))
		for i in range(3):
			courant(folder, "send", "--queue", "--to", f"b{i}@example.org", *MAIL)
		for _ in range(6):
			result = courant(folder, "outbox", "flush")
			tap.check_in("caught cannot be used for 5 s: ", result.err)
		tap.check_equal(len(server.mails()), 0)
		tap.check({state for _, _, state in states(folder)} <= {"queued", "deferred"}, f"they wait: {states(folder)}")
		(folder / "courant.yaml").write_text(fine)
		tap.check_equal(courant(folder, "outbox", "flush").status, 0)
		tap.check_equal(len(server.mails()), 3)


tap.main()
