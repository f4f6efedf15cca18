#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""courant sendmail under the programs that call sendmail: s-nail's mail, git send-email, and the ways of cron and PHP."""
import email
import email.policy
import re
import shutil
import subprocess
from pathlib import Path

import peers
import tap

MAIL = b"From: Ann <ann@example.net>\nTo: bob@example.org\nSubject: x\n\nhello\n"


class Machine:
	"""A catcher, a configuration that leads to it, and a program called sendmail."""

	def __init__(self, catcher, more="", account="from: 运维 <ops@example.com>"):
		self.catcher, self.home = catcher, tap.folder()
		self.config = self.home / "courant.yaml"
		(self.home / "aliases").write_text("postmaster: chief@example.org\n")
		if "aliases:" not in more:
			more += f"aliases: {self.home}/aliases\n"
		fields = ", ".join(filter(None, [f"server: 'smtp://127.0.0.1:{catcher.port}'", f"ca_file: {catcher.ca}", account]))
		self.config.write_text("accounts:\n  office: {%s}\n  other: {%s}\n%s" % (fields, fields.replace("ops@", "other@"), more))
		self.sendmail = self.home / "sendmail"
		self.sendmail.symlink_to(tap.PROGRAM)
		self.env = {"COURANT_CONFIG": str(self.config), "HOME": str(self.home), "LC_ALL": "C.UTF-8", "USER": "me"}

	def call(self, *words, stdin=MAIL):
		return tap.run([str(self.sendmail), *words], stdin, self.home, self.env)


def take(catcher):
	"""The one mail that has come, and its envelope; the maildir is empty afterwards."""
	paths = list(Path(catcher.box, "new").iterdir())
	tap.check_equal(len(paths), 1)
	if len(paths) != 1:
		return None, None, [], b""
	raw = paths[0].read_bytes()
	paths[0].unlink()
	mail = email.message_from_bytes(raw, policy=email.policy.default)
	recipients = re.findall(rb"(?m)^X-Envelope-To: *<?([^>\r\n]*)", raw)
	return mail, str(mail["Return-Path"]).strip(" <>"), [one.decode() for one in recipients], raw


RESENT = (b"Resent-From: b@example.net\nResent-To: new@example.org\nResent-From: a@example.net\nResent-To: old@example.org\n"
	  b"From: o@example.net\nTo: first@example.org\nSubject: x\n\nx\n")

# name, words, what is given on standard input, return path, recipients
WAYS = [
	("a recipient", ["bob@example.org"], MAIL, "ops@example.com", ["bob@example.org"]),
	("two, one behind options", ["a@example.org", "-oi", "b@example.org"], MAIL, "ops@example.com", ["a@example.org", "b@example.org"]),
	("two in one word", ["a@example.org, B <b@example.org>"], MAIL, "ops@example.com", ["a@example.org", "b@example.org"]),
	("behind --", ["-i", "--", "a@example.org"], MAIL, "ops@example.com", ["a@example.org"]),
	("-t", ["-t"], MAIL, "ops@example.com", ["bob@example.org"]),
	("-t and a recipient", ["-t", "c@example.org"], MAIL, "ops@example.com", ["c@example.org", "bob@example.org"]),
	("-t and one of the header", ["-t", "bob@EXAMPLE.org"], MAIL, "ops@example.com", ["bob@example.org"]),
	("-t with Cc and Bcc", ["-t"], b"Cc: c@example.org\nBcc: d@example.org\n" + MAIL, "ops@example.com",
	 ["bob@example.org", "c@example.org", "d@example.org"]),
	("-ti", ["-ti"], MAIL, "ops@example.com", ["bob@example.org"]),
	("-oi -t", ["-oi", "-t"], MAIL, "ops@example.com", ["bob@example.org"]),
	("-f", ["-f", "ann@example.net", "-t"], MAIL, "ann@example.net", ["bob@example.org"]),
	("-fADDRESS", ["-fann@example.net", "-t"], MAIL, "ann@example.net", ["bob@example.org"]),
	("-tf ADDRESS", ["-tf", "ann@example.net"], MAIL, "ann@example.net", ["bob@example.org"]),
	("-r", ["-r", "ann@example.net", "-t"], MAIL, "ann@example.net", ["bob@example.org"]),
	("-f <>", ["-f", "<>", "-t"], MAIL, "", ["bob@example.org"]),
	("-f with nothing", ["-f", "", "-t"], MAIL, "", ["bob@example.org"]),
	("-f with a name of this machine", ["-f", "www-data", "-t"], MAIL, "ops@example.com", ["bob@example.org"]),
	("-bm, -oem, -om, -B8BITMIME, -G, -L", ["-bm", "-oem", "-om", "-B8BITMIME", "-G", "-Ltag", "-t"], MAIL, "ops@example.com", ["bob@example.org"]),
	("-odb, -oQ, -O, -h, -m, -n, -X", ["-odb", "-oQ/x", "-OQueue=a", "-h5", "-m", "-n", "-X", "/x", "-t"], MAIL, "ops@example.com", ["bob@example.org"]),
	("-N and -R", ["-N", "failure,delay", "-Rhdrs", "-t"], MAIL, "ops@example.com", ["bob@example.org"]),
	("another account", ["-a", "other", "-t"], MAIL, "other@example.com", ["bob@example.org"]),
	("the newest Resent-To", ["-t"], RESENT, "ops@example.com", ["new@example.org"]),
	("a name of this machine", ["root"], MAIL, "ops@example.com", ["root@example.com"]),
	("an alias", ["postmaster"], MAIL, "ops@example.com", ["chief@example.org"]),
	("-t to names of this machine", ["-t"], b"To: root, postmaster\n\nx\n", "ops@example.com", ["root@example.com", "chief@example.org"]),
]


@tap.test
def every_way_of_calling_leads_to_its_envelope():
	with peers.Catcher() as catcher:
		machine = Machine(catcher)
		for name, words, mail, sender, recipients in WAYS:
			tap.row(name)
			tap.check_equal(machine.call(*words, stdin=mail), (0, b"", b""))
			got, back, to, raw = take(catcher)
			tap.check_equal((back, to), (sender, recipients))
			tap.check(b"Bcc" not in raw, "Bcc is gone")
			tap.check(got and all(got[header] for header in ("From", "Date", "Message-ID")), "what a mail must have is there")


@tap.test
def what_cannot_be_done_is_refused_with_a_sentence():
	rows = [
		("nobody", [], MAIL, 64, "who is it to?"),
		("-t without recipients", ["-t"], b"Subject: x\n\nx\n", 65, "does not say who it is to"),
		("a server on standard input", ["-bs"], MAIL, 64, "-bs is not done"),
		("a daemon", ["-bd"], MAIL, 64, "-bd is not done"),
		("the queue", ["-bp"], MAIL, 64, "-bp is not done"),
		("aliases", ["-bi"], MAIL, 64, "-bi is not done"),
		("an address test", ["-bt"], MAIL, 64, "-bt is not done"),
		("a queue run", ["-q15m"], MAIL, 64, "unknown option"),
		("an unknown letter", ["-Z", "a@example.org"], MAIL, 64, "unknown option -Z"),
		("-f without a value", ["-f"], MAIL, 64, "needs a value"),
		("-N with a word that is none", ["-Nsoon", "a@example.org"], MAIL, 64, "not success"),
		("an account that is not there", ["-a", "home", "a@example.org"], MAIL, 78, "no account home"),
		("a recipient that is none", ["a@b@c"], MAIL, 65, "more than one @"),
		("a line end in a recipient", ["a@example.org\nx@example.org"], MAIL, 65, "line end"),
		("a line too long in a part that is signed", ["a@example.org"],
		 b"Content-Type: multipart/signed; boundary=b\n\n--b\n\n" + b"x" * 1000 + b"\n--b--\n", 65, "signature"),
	]
	with peers.Catcher() as catcher:
		machine = Machine(catcher)
		for name, words, mail, status, sentence in rows:
			tap.row(name)
			result = machine.call(*words, stdin=mail)
			tap.check_equal((result.status, result.out), (status, b""))
			tap.check_in(sentence, result.err.decode())
			tap.check_equal(list(Path(catcher.box, "new").iterdir()), [])


@tap.test
def what_no_server_has_to_take_arrives_all_the_same():
	long = "x" * 5000
	rows = [
		("a NUL", b"Subject: x\n\na\0b\n", "a\0b\n"),
		("a long line", f"Subject: x\n\n{long}\n".encode(), long + "\n"),
		("a long line in Chinese", ("Subject: x\n\n" + "完成" * 500 + "\n").encode(), "完成" * 500 + "\n"),
		("a long line of HTML without MIME-Version", f"Content-Type: text/html; charset=utf-8\nSubject: x\n\n<p>{long}é\n".encode(), f"<p>{long}é\n"),
	]
	with peers.Catcher() as catcher:
		machine = Machine(catcher)
		for name, mail, content in rows:
			tap.row(name)
			tap.check_equal(machine.call("a@example.org", stdin=mail), (0, b"", b""))
			got, _, _, raw = take(catcher)
			tap.check(max(map(len, raw.splitlines())) <= 998, "all lines are short")
			tap.check_equal(got and got.get_content().replace("\r\n", "\n"), content)
			tap.check_in("from ", got and got["X-MIME-Autoconverted"])


@tap.test
def statuses_tell_programs_what_became_of_it():
	rows = [
		("refused for good", {"RCPT": b"550 5.1.1 no such user\r\n"}, 69, "no such user"),
		("not now", {"MAIL": b"451 4.3.0 later\r\n"}, 75, "later"),
		("taken", {}, 0, ""),
	]
	for name, on, status, sentence in rows:
		tap.row(name)
		with peers.Script(on) as server:
			words = ["sendmail", "--server", f"smtp://127.0.0.1:{server.port}?tls=none", "-t"]
			result = tap.courant(*words, stdin=MAIL)
			tap.check_equal((result.status, result.out), (status, ""))
			tap.check_in(sentence, result.err)
	tap.row("nobody listens")
	tap.check_equal(tap.courant("sendmail", "--server", "smtp://127.0.0.1:1?tls=none", "-t", stdin=MAIL).status, 75)


@tap.test
def a_lone_dot_ends_the_mail_unless_dots_are_ignored():
	head = b"From: a@example.net\nSubject: x\n\n"
	rows = [
		("a dot", [], b"a\n.\nb\n", b"a\r\n"),
		("a dot with CRLF", [], b"a\r\n.\r\nb\r\n", b"a\r\n"),
		("a dot at the end", [], b"a\n.", b"a\r\n"),
		("dots that end nothing", [], b"..\n.a\n. \n a.\n", b"..\r\n.a\r\n. \r\n a.\r\n"),
		("-i", ["-i"], b"a\n.\nb\n", b"a\r\n.\r\nb\r\n"),
		("-oi", ["-oi"], b"a\n.\nb\n", b"a\r\n.\r\nb\r\n"),
		("-o i", ["-o", "i"], b"a\n.\nb\n", b"a\r\n.\r\nb\r\n"),
		("-t -oi", ["-t", "-oi"], b".\n.\n", b".\r\n.\r\n"),
		("far behind, over the edge of a block", [], b"x" * 63 + b"\n" + (b"y" * 63 + b"\n") * 2048 + b".\nz\n",
		 b"x" * 63 + b"\r\n" + (b"y" * 63 + b"\r\n") * 2048),
	]
	with peers.Catcher() as catcher:
		machine = Machine(catcher)
		for name, words, body, want in rows:
			tap.row(name)
			tap.check_equal(machine.call(*words, "a@example.org", stdin=head + body), (0, b"", b""))
			_, _, _, raw = take(catcher)
			tap.check_equal(raw.partition(b"\r\n\r\n")[2][:5000], want[:5000])
			tap.check_equal(len(raw.partition(b"\r\n\r\n")[2]), len(want))


@tap.test
def every_cut_of_the_input_gives_the_same_mail():
	words = [tap.PROGRAM, "sendmail", "--dry-run", "-f", "a@example.net", "b@example.org"]
	mail = b"From: a@example.net\nDate: x\nMessage-ID: <1@x>\n\n.a\n\r\n..\n.\r\nno more\n"
	for cut in range(1, len(mail)):
		with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=tap.environment(tap.folder())) as process:
			process.stdin.write(mail[:cut])
			process.stdin.flush()
			process.stdin.write(mail[cut:])
			out, _ = process.communicate()
		if not tap.check(out.endswith(b"\r\n\r\n.a\r\n\r\n..\r\n"), f"cut at {cut}: {out!r}"):
			break


@tap.test
def cron_can_call_it():
	mail = (b"From: root (Cron Daemon)\nTo: root\nSubject: Cron <root@host> backup\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n"
		b"Content-Transfer-Encoding: 8bit\nX-Cron-Env: <SHELL=/bin/sh>\n\n\xe5\xae\x8c\xe6\x88\x90\n.\nend\n")
	words = ["-FCronDaemon", "-i", "-B8BITMIME", "-oem", "root"]
	with peers.Catcher() as catcher:
		tap.row("with an owner")
		tap.check_equal(Machine(catcher, "owner: oncall@example.org\n").call(*words, stdin=mail), (0, b"", b""))
		got, back, to, raw = take(catcher)
		tap.check_equal((back, to, got["From"]), ("ops@example.com", ["oncall@example.org"], "Cron Daemon <ops@example.com>"))
		tap.check_equal(raw.partition(b"\r\n\r\n")[2], "完成\r\n.\r\nend\r\n".encode())
		tap.check_equal(raw.count(b"From: "), 1)
		tap.row("without")
		tap.check_equal(Machine(catcher).call(*words, stdin=mail), (0, b"", b""))
		tap.check_equal(take(catcher)[1:3], ("ops@example.com", ["root@example.com"]))
		tap.row("without an address of ours")
		tap.check_equal(Machine(catcher, account="").call(*words, stdin=mail), (0, b"", b""))
		got, back, to, _ = take(catcher)
		tap.check(back and to == ["root@" + back.rpartition("@")[2]], f"{back} and {to} are of this machine")
		tap.check_in("Cron Daemon", got["From"])


@tap.test
def php_can_call_it():
	"""mail() runs `sendmail -t -i` by a shell, with LF or CRLF lines and a body that may begin with a From line's look."""
	mail = b"To: Bob <bob@example.org>\r\nSubject: =?UTF-8?B?5LqU?=\r\nX-PHP-Originating-Script: 33:a.php\r\nBcc: c@example.org\r\n\r\nFrom here\r\n.\r\n"
	with peers.Catcher() as catcher:
		machine = Machine(catcher)
		tap.check_equal(tap.run(["sh", "-c", f"{machine.sendmail} -t -i"], mail, machine.home, machine.env), (0, b"", b""))
		got, back, to, raw = take(catcher)
		tap.check_equal((back, to), ("ops@example.com", ["bob@example.org", "c@example.org"]))
		tap.check_equal((got["From"], got["Subject"]), ("运维 <ops@example.com>", "五"))
		tap.check(raw.endswith(b"\r\n\r\nFrom here\r\n.\r\n"), "the body is whole")
		tap.check(b"c@example.org" not in re.sub(rb"X-Envelope-To: .*", b"", raw), "Bcc is gone")


@tap.test
def mail_can_send_by_it():
	program = shutil.which("s-nail")
	if not program:
		tap.skip("s-nail is not installed")
		return
	with peers.Catcher() as catcher:
		machine = Machine(catcher)
		(machine.home / "notes.txt").write_text("附件\n")
		# It asks the system where the home is, and would keep there what could not be sent.
		words = [program, "-:/", "-S", f"mta={machine.sendmail}", "-S", f"DEAD={machine.home}/dead.letter", "-S", "sendwait",
			 "-S", "ttycharset=UTF-8", "-s", "周报 of the week"]
		tap.row("text and an attachment")
		sent = tap.run([*words, "-a", "notes.txt", "-c", "carl@example.org", "-b", "dora@example.org", "bob@example.org"], "你好\n.\n".encode(),
			       machine.home, machine.env)
		tap.check_equal(sent.status, 0)
		got, back, to, raw = take(catcher)
		tap.check_equal((back, sorted(to)), ("ops@example.com", ["bob@example.org", "carl@example.org", "dora@example.org"]))
		tap.check_equal(got["Subject"], "周报 of the week")
		tap.check_equal([part.get_content().split() for part in got.iter_attachments()], [["附件"]])
		tap.check(b"dora" not in re.sub(rb"X-Envelope-To: .*", b"", raw), "Bcc is gone")
		tap.row("a sender of one's own")
		sent = tap.run([*words, "-r", "ann@example.net", "bob@example.org"], b"x\n", machine.home, machine.env)
		tap.check_equal(sent.status, 0)
		tap.check_equal(take(catcher)[1:3], ("ann@example.net", ["bob@example.org"]))
		tap.row("refused")
		sent = tap.run([*words, "a@b@c"], b"x\n", machine.home, machine.env)
		tap.check(sent.status != 0, "mail hears of it")
		tap.check((machine.home / "dead.letter").exists(), "and keeps it here")


@tap.test
def git_can_send_patches_by_it():
	if subprocess.run(["git", "send-email", "--help"], capture_output=True, check=False).returncode not in (0, 1, 16) or not Path("/usr/lib/git-core/git-send-email").exists():
		tap.skip("git-email is not installed")
		return
	with peers.Catcher() as catcher:
		machine = Machine(catcher)
		env = {**machine.env, "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "Ann Lee", "GIT_AUTHOR_EMAIL": "ann@example.net",
		       "GIT_COMMITTER_NAME": "安", "GIT_COMMITTER_EMAIL": "an@example.net", "GIT_TERMINAL_PROMPT": "0"}

		def git(*words):
			return tap.run(["git", *words], b"", machine.home, env)
		git("init", "-q", ".")
		(machine.home / "file").write_text("你好\n.\nFrom here\n")
		git("add", "file")
		git("commit", "-q", "-m", "say 你好\n\nFrom here on.\n")
		sent = git("send-email", f"--smtp-server={machine.sendmail}", "--to=dev@example.org", "--cc=carl@example.org", "--confirm=never",
			   "--suppress-cc=all", "-1")
		tap.check(sent.status == 0, sent.err.decode())
		got, back, to, raw = take(catcher)
		tap.check_equal((back, to), ("ops@example.com", ["dev@example.org", "carl@example.org"]))
		tap.check_equal(got["Subject"], "[PATCH] say 你好")
		tap.check_in("+.\r\n+From here\r\n", raw.decode())


tap.main()
