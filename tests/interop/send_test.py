#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""courant send to Python's aiosmtpd and to courant catch: what arrives is what was sent."""
import base64
import email
import email.policy
import os
import pty
import socket
import subprocess
import time

import peers
import tap

try:
	from aiosmtpd.controller import Controller
	from aiosmtpd.smtp import AuthResult
except ImportError:
	Controller = object


class OnFreePort(Controller):
	"""The controller greets itself to see whether it is up, but does not look which port it got."""

	def _trigger_server(self):
		with socket.create_connection(("127.0.0.1", self.server.sockets[0].getsockname()[1])) as conn:
			conn.recv(1000)

MAIL = ["--from", "运维 <ops@example.com>", "--to", "ann@example.org", "--subject", "官网流量数据报表", "--text-body", "你好\n.\n..two dots\n"]


class Keeper:
	"""An aiosmtpd handler that keeps what comes, and refuses recipients at refused.example."""

	def __init__(self):
		self.envelopes = []

	async def handle_RCPT(self, server, session, envelope, address, options):
		if address.endswith("@refused.example"):
			return "550 5.1.1 no such user"
		if address.endswith("@later.example"):
			return "450 4.2.1 mailbox busy"
		envelope.rcpt_tos.append(address)
		return "250 2.1.5 ok"

	async def handle_DATA(self, server, session, envelope):
		self.envelopes.append((session.authenticated, session.ssl is not None, envelope))
		return "250 2.0.0 kept as 42"


class Aio:
	"""aiosmtpd with STARTTLS and a login."""

	def __init__(self, authority, **more):
		self.handler = Keeper()
		options = dict(tls_context=peers.tls_context(authority.issue("aio")), require_starttls=True, auth_required=True, authenticator=self.check)
		options.update(more)
		self.controller = OnFreePort(self.handler, hostname="127.0.0.1", port=0, **options)

	def check(self, server, session, envelope, mechanism, data):
		return AuthResult(success=(data.login, data.password) == (b"ops", b"secret"), handled=False)

	def __enter__(self):
		self.controller.start()
		self.port = self.controller.server.sockets[0].getsockname()[1]
		return self

	def __exit__(self, *_):
		self.controller.stop()


def send(port, *words, user="ops@", ca=None, secret="secret", **more):
	trust = ["--ca-file", ca] if ca else []
	return tap.courant("send", "--server", f"smtp://{user}127.0.0.1:{port}", "--timeout", "20", *trust, *words, env={"COURANT_PASSWORD": secret}, **more)


@tap.test
def aiosmtpd_takes_a_mail_by_starttls_and_login():
	if Controller is object:
		tap.skip("python3-aiosmtpd is not installed")
		return
	authority = peers.Authority()
	for mechanisms in (None, "PLAIN", "LOGIN"):
		tap.row(mechanisms or "the strongest")
		with Aio(authority) as server:
			result = send(server.port, *MAIL, *(["--auth", mechanisms] if mechanisms else []), ca=authority.file)
			tap.check_equal(result.status, 0)
			tap.check_equal(result.out, "accepted  ann@example.org  250 2.0.0 kept as 42\n")
			authenticated, secured, envelope = server.handler.envelopes[0]
		tap.check(authenticated and secured, "logged in, inside TLS")
		tap.check_equal((envelope.mail_from, envelope.rcpt_tos), ("ops@example.com", ["ann@example.org"]))
		message = email.message_from_bytes(envelope.content, policy=email.policy.default)
		tap.check_equal(message["Subject"], "官网流量数据报表")
		tap.check_equal(message["From"], "运维 <ops@example.com>")
		tap.check_equal(message.get_content().splitlines(), ["你好", ".", "..two dots"])
		tap.check_equal(message.defects, [])


@tap.test
def a_wrong_password_ends_with_77_and_nothing_is_sent():
	if Controller is object:
		tap.skip("python3-aiosmtpd is not installed")
		return
	authority = peers.Authority()
	with Aio(authority) as server:
		result = send(server.port, *MAIL, ca=authority.file, secret="wrong")
		tap.check_equal(result.status, 77)
		tap.check_equal(server.handler.envelopes, [])
		tap.check("wrong" not in result.out, "the password is not shown")


@tap.test
def refused_recipients_do_not_stop_the_others():
	if Controller is object:
		tap.skip("python3-aiosmtpd is not installed")
		return
	authority = peers.Authority()
	rows = [
		("one refused", ["ann@example.org", "x@refused.example", "bob@example.org"], 69, ["ann@example.org", "bob@example.org"]),
		("one refused, one deferred", ["x@refused.example", "y@later.example", "bob@example.org"], 75, ["bob@example.org"]),
		("all refused", ["x@refused.example"], 69, None),
		("all deferred", ["y@later.example"], 75, None),
	]
	for name, recipients, status, arrived in rows:
		tap.row(name)
		with Aio(authority) as server:
			result = send(server.port, "--from", "a@example.com", "--to", ", ".join(recipients), "--text-body", "x", ca=authority.file)
			tap.check_equal(result.status, status)
			tap.check_equal([envelope.rcpt_tos for _, _, envelope in server.handler.envelopes], [arrived] if arrived else [])
			tap.check_equal(len(result.out.splitlines()), len(recipients))
			for line, recipient in zip(result.out.splitlines(), recipients):
				state = "refused" if "refused" in recipient else "deferred" if "later" in recipient else "accepted"
				tap.check_equal(line.split()[:2], [state, recipient])


@tap.test
def the_password_comes_from_where_it_was_said():
	with peers.Catcher("--user", "ops") as catcher:
		home = catcher.folder
		words = [tap.PROGRAM, "send", "--server", f"smtp://ops@127.0.0.1:{catcher.port}", "--ca-file", catcher.ca, *MAIL]
		private, public, netrc = home / "private", home / "public", home / ".netrc"
		private.write_text("secret\nsecond line\n")
		private.chmod(0o600)
		public.write_text("secret\n")
		public.chmod(0o644)
		rows = [
			("a command", ["--password-command", "printf 'secret\\nmore'"], None, {}, 0, ""),
			("a command that fails", ["--password-command", "echo secret; exit 3"], None, {}, 78, "exit status 3"),
			("a command that says nothing", ["--password-command", "true"], None, {}, 78, "no password comes from"),
			("a file", ["--password-file", str(private)], None, {}, 0, ""),
			("a file that others may read", ["--password-file", str(public)], None, {}, 78, "others may read"),
			("a file that is not there", ["--password-file", "nowhere"], None, {}, 66, "nowhere"),
			("the command before the file", ["--password-command", "echo secret", "--password-file", "nowhere"], None, {}, 0, ""),
			("the environment", [], None, {"COURANT_PASSWORD": "secret"}, 0, ""),
			("the file before the environment", ["--password-file", str(private)], None, {"COURANT_PASSWORD": "wrong"}, 0, ""),
			("netrc", [], "machine 127.0.0.1\nlogin ops password secret\n", {}, 0, ""),
			("netrc, quoted, after another user", [], '# c\nmachine 127.0.0.1 login x password y machine 127.0.0.1 login ops password "secret"\n', {}, 0, ""),
			("netrc, the default", [], "machine other login ops password x\ndefault login ops password secret\n", {}, 0, ""),
			("the environment before netrc", [], "machine 127.0.0.1 login ops password wrong\n", {"COURANT_PASSWORD": "secret"}, 0, ""),
			("nowhere, and no terminal", [], None, {}, 78, "no password for ops at 127.0.0.1"),
		]
		for name, more, netrc_text, env, status, sentence in rows:
			tap.row(name)
			netrc.unlink(missing_ok=True)
			if netrc_text:
				netrc.write_text(netrc_text)
				netrc.chmod(0o600)
			done = subprocess.run(words + more, env=tap.environment(home, **env), capture_output=True, timeout=60, start_new_session=True, text=True)
			tap.check_equal(done.returncode, status)
			tap.check_in(sentence, done.stderr)
		tap.row("netrc that others may read")
		netrc.write_text("machine 127.0.0.1 login ops password secret\n")
		netrc.chmod(0o644)
		done = subprocess.run(words, env=tap.environment(home), capture_output=True, timeout=60, start_new_session=True, text=True)
		tap.check_equal(done.returncode, 78)


@tap.test
def a_person_is_asked_without_echo():
	with peers.Catcher("--user", "ops") as catcher:
		words = [tap.PROGRAM, "send", "--server", f"smtp://ops@127.0.0.1:{catcher.port}", "--ca-file", catcher.ca, *MAIL]
		pid, terminal = pty.fork()
		if pid == 0:
			os.execve(words[0], words, tap.environment(catcher.folder))
		shown = b""
		while b"Password of ops at 127.0.0.1: " not in shown:
			shown += os.read(terminal, 1000)
		os.write(terminal, b"secret\n")
		try:
			while more := os.read(terminal, 1000):
				shown += more
		except OSError:  # the other end is closed
			pass
		_, status = os.waitpid(pid, 0)
		os.close(terminal)
		tap.check_equal(os.waitstatus_to_exitcode(status), 0)
		tap.check(b"secret" not in shown, "the password is not shown")


@tap.test
def the_trace_shows_the_dialogue_without_secrets():
	with peers.Catcher("--user", "ops") as catcher:
		result = send(catcher.port, *MAIL, "-v", ca=catcher.ca)
		tap.check_equal(result.status, 0)
		for line in ("C: STARTTLS", "C: MAIL FROM:<ops@example.com>", "S: 235 ", "* TLSv1.3 with "):
			tap.check_in(line, result.err)
		for secret in ("secret", "AG9wcwBzZWNyZXQ=", "c2VjcmV0"):
			tap.check(secret not in result.err, f"{secret} is shown")
		quiet = send(catcher.port, *MAIL, "-q", ca=catcher.ca)
		tap.check_equal((quiet.status, quiet.out, quiet.err), (0, "", ""))


@tap.test
def what_cannot_be_composed_opens_no_connection():
	rows = [
		("CR LF in a recipient", ["--to", "ann@example.org\r\nRCPT TO:<x@example.org>"], 65),
		("LF in a recipient", ["--to", "ann@example.org\n"], 65),
		("CR LF in a blind copy", ["--to", "ann@example.org", "--bcc", "b@example.org\r\nDATA"], 65),
		("CR LF in the sender", ["--from", "ops@example.com\r\nX: y", "--to", "ann@example.org"], 65),
		("CR LF in the sender's name", ["--from", "ops\r\nX: y <ops@example.com>", "--to", "ann@example.org"], 65),
		("CR LF in the subject", ["--subject", "x\r\nBcc: me@example.org", "--to", "ann@example.org"], 65),
		("LF in the subject", ["--subject", "x\ny", "--to", "ann@example.org"], 65),
		("CR LF in a header", ["--header", "X-A: b\r\nBcc: me@example.org", "--to", "ann@example.org"], 65),
		("CR LF in a file's name", ["--attach", "/etc/hostname;name=\"a\r\nb\"", "--to", "ann@example.org"], 65),
		("CR LF in a message id", ["--message-id", "<a\r\n@b>", "--to", "ann@example.org"], 65),
		("a recipient that is none", ["--to", "ann"], 65),
		("no recipient", [], 64),
		("a missing text", ["--to", "ann@example.org", "--text", "nowhere"], 66),
		("a missing attachment", ["--to", "ann@example.org", "--attach", "nowhere"], 66),
		("text that is no UTF-8", ["--to", "ann@example.org", "--html", "latin1.html"], 65),
		("an unknown parameter of the server", ["--to", "ann@example.org", "--server", "smtp://h?time=3"], 64),
		("a password in the URL", ["--to", "ann@example.org", "--server", "smtp://a:b@h"], 64),
		("a scheme that is none", ["--to", "ann@example.org", "--server", "http://h"], 64),
		("a CA file that is not there", ["--to", "ann@example.org", "--ca-file", "nowhere"], 66),
		("a hello that is none", ["--to", "ann@example.org", "--hello", "a b"], 65),
	]
	with peers.Script() as server:
		for name, words, status in rows:
			tap.row(name)
			folder = tap.folder()
			(folder / "latin1.html").write_bytes(b"<p>caf\xe9</p>")
			result = tap.courant("send", "--server", f"smtp://127.0.0.1:{server.port}", "--from", "ops@example.com",
					     *([] if "--text" in words else ["--text-body", "x"]), *words, cwd=folder)
			tap.check_equal(result.status, status)
			tap.check_equal(len(result.err.splitlines()), 1)
		tap.row("connections")
		tap.check_equal(server.connections, 0)


@tap.test
def the_account_says_who_it_is_from():
	place = tap.folder()
	config = place / "courant.yaml"
	config.write_text("accounts: {office: {server: 'smtp://ops@mail.example.com', from: 运维 <ops@example.com>, password: secret}}\n")
	config.chmod(0o600)
	words = ["send", "--config", config, "--to", "ann@example.org", "--text-body", "x"]
	shown = tap.courant(*words, "--dry-run")
	tap.check_equal((shown.status, shown.err), (0, ""))
	tap.check_equal(email.message_from_string(shown.out, policy=email.policy.default)["From"], "运维 <ops@example.com>")
	shown = tap.courant(*words, "--from", "a@example.net", "--dry-run")
	tap.check_equal(email.message_from_string(shown.out, policy=email.policy.default)["From"], "a@example.net")
	tap.row("its password goes to no other server")
	for command in (words, ["sendmail", "--config", config, "ann@example.org"]):
		with peers.Script() as server:
			sent = tap.courant(*command, "--server", f"smtp://ops@127.0.0.1:{server.port}?tls=none", stdin=b"Subject: x\n\nx\n")
			tap.check_equal(sent.status, 78)
			tap.check_in("no password for ops at 127.0.0.1", sent.err)
			tap.check("AUTH" not in server.verbs(), "no login was tried")
	tap.row("one mail is shown")
	for name in ("1.eml", "2.eml"):
		(place / name).write_bytes(b"From: a@example.net\nTo: b@example.net\n\nx\n")
	tap.check_equal(tap.courant("send", "--message", "1.eml", "--message", "2.eml", "--dry-run", cwd=place).status, 64)


@tap.test
def an_account_is_chosen_by_name():
	place = tap.folder()
	config = place / "courant.yaml"
	(place / "1.eml").write_bytes(b"From: a@example.net\nTo: b@example.net\n\nx\n")
	with peers.Script() as office, peers.Script() as backup:
		lines = [f"  {name}: {{server: 'smtp://ops@127.0.0.1:{server.port}?tls=none', from: {name}@example.com, password: of-{name}}}\n"
			 for name, server in (("office", office), ("backup", backup))]
		config.write_text("accounts:\n" + "".join(lines) + "account: office\n")
		config.chmod(0o600)
		words = ["send", "--config", config]
		rows = [
			("the first without a name", [], office, "office", "of-office"),
			("another by its name, one that is not in the order", ["--account", "backup"], backup, "backup", "of-backup"),
			("the first by its name", ["--account", "office"], office, "office", "of-office"),
		]
		for name, more, server, sender, password in rows:
			tap.row(name)
			heard = len(server.heard)
			sent = tap.courant(*words, *more, "--to", "ann@example.org", "--text-body", "x")
			tap.check_equal((sent.status, sent.err), (0, ""))
			said = b"\n".join(server.heard[heard:])
			tap.check_in(f"MAIL FROM:<{sender}@example.com>".encode(), said)
			tap.check_in(base64.b64encode(f"\0ops\0{password}".encode()), said)
		tap.row("a finished mail, which needs no sender")
		tap.check_equal(tap.courant(*words, "--account", "backup", "--message", place / "1.eml").status, 0)
		tap.check_equal((len(office.messages), len(backup.messages)), (2, 2))
		for name, more, status, sentence in (
			("one that is not there", ["--account", "ofice"], 78, "courant.yaml has no account ofice"),
			("a server as well", ["--account", "backup", "--server", "smtp://127.0.0.1"], 64, "which of the two?"),
		):
			tap.row(name)
			for how in ([], ["--dry-run"]):
				failed = tap.courant(*words, *more, *how, "--from", "a@example.com", "--to", "ann@example.org", "--text-body", "x")
				tap.check_equal((failed.status, failed.out), (status, ""))
				tap.check_in(sentence, failed.err)
		tap.row("no configuration at all")
		failed = tap.courant("send", "--account", "office", "--to", "ann@example.org", "--text-body", "x", cwd=place)
		tap.check_equal((failed.status, failed.out), (78, ""))
		tap.check_in("no account office: there is no courant.yaml", failed.err)
		tap.row("explained")
		shown = tap.courant(*words, "--account", "backup", "--to", "ann@example.org", "--text-body", "x", "--explain")
		tap.check_in(f"server: 127.0.0.1:{backup.port}\n", shown.out)


@tap.test
def connections_and_minutes_have_their_limits():
	place = tap.folder()
	words = []
	for name in "abcdefg":
		(place / f"{name}.eml").write_bytes(b"From: ops@example.com\nTo: ann@example.org\n\nHello\n")
		words += ["--message", f"{name}.eml"]
	with peers.Catcher("--tls", "none") as catcher:
		words = ["--server", f"smtp://127.0.0.1:{catcher.port}?tls=none", *words, "--verbose"]
		sent = tap.courant("send", *words, "--per-connection", "3", cwd=place)
		tap.check_equal((sent.status, sent.err.count("connected to"), sent.err.count("C: QUIT")), (0, 3, 3))
		begun = time.monotonic()
		sent = tap.courant("send", *words, "--per-minute", "1200", cwd=place)
		tap.check_equal((sent.status, sent.err.count("connected to")), (0, 1))
		tap.check(time.monotonic() - begun >= 6 * 0.049, "seven mails take six times 50 ms")
		tap.check_equal(len(catcher.mails()), 14)
	for option in ("--per-connection", "--per-minute"):
		for value in ("0", "-1", "many", "1000001", ""):
			tap.row(f"{option} {value}")
			tap.check_equal(tap.courant("send", *words, option, value, cwd=place).status, 64)


@tap.test
def dry_run_and_explain_send_nothing():
	with peers.Script() as server:
		words = ["--server", f"smtp://ops@127.0.0.1:{server.port}", *MAIL]
		shown = tap.courant("send", *words, "--dry-run", env={"SOURCE_DATE_EPOCH": "1794182400"})
		again = tap.courant("send", *words, "--dry-run", env={"SOURCE_DATE_EPOCH": "1794182400"})
		tap.check_equal(shown.status, 0)
		tap.check_equal(shown, again)
		tap.check_equal(email.message_from_string(shown.out, policy=email.policy.default)["Subject"], "官网流量数据报表")
		told = tap.courant("send", *words, "--explain")
		tap.check_equal(told.status, 0)
		for words in ("by STARTTLS, required", "must be good for 127.0.0.1", "login: as ops", "recipient: <ann@example.org>", "nothing was sent"):
			tap.check_in(words, told.out)
		tap.check_equal(server.connections, 0)


tap.main()
