#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""courant send to Python's aiosmtpd, the simple server: neither PIPELINING nor CHUNKING. As SMTP and LMTP, with and without TLS; what arrives is what was sent."""
import socket
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import letters
import peers
import tap

try:
	from aiosmtpd.controller import Controller, UnixSocketController
	from aiosmtpd.lmtp import LMTP
	from aiosmtpd.smtp import AuthResult
except ImportError:
	print("TAP version 13\n1..0 # SKIP python3-aiosmtpd is not installed")
	sys.exit(0)


class Keeper:
	"""Keeps what comes, behind no header lines of its own."""

	def __init__(self):
		self.mails = []

	async def handle_RCPT(self, server, session, envelope, address, options):
		if address.startswith("nobody@"):
			return "550 5.1.1 no such user"
		envelope.rcpt_tos.append(address)
		return "250 2.1.5 ok"

	async def handle_DATA(self, server, session, envelope):
		self.mails.append((list(envelope.rcpt_tos), list(envelope.mail_options), envelope.content))
		# LMTP's reply for each recipient is left to the handler.
		return "\r\n".join(["250 2.0.0 kept as 42"] * (len(envelope.rcpt_tos) if isinstance(server, LMTP) else 1))


class OnFreePort(Controller):
	"""The controller greets itself to see whether it is up, but does not look which port it got."""

	protocol = None

	def factory(self):
		return self.protocol(self.handler, **self.SMTP_kwargs) if self.protocol else super().factory()

	def _trigger_server(self):
		address = self.server.sockets[0].getsockname()
		with socket.create_connection(address[:2]) as conn:
			if not self.ssl_context:
				conn.recv(1000)


class ByLmtp(OnFreePort):
	protocol = LMTP


class OnSocket(UnixSocketController):
	def factory(self):
		return LMTP(self.handler, **self.SMTP_kwargs)


def check_login(server, session, envelope, mechanism, data):
	return AuthResult(success=(data.login, data.password) == (b"ops", b"secret"), handled=False)


class Server:
	def __init__(self, kind=OnFreePort, **options):
		self.handler = Keeper()
		where = {"unix_socket": str(tap.folder() / "lmtp")} if kind is OnSocket else {"hostname": "127.0.0.1", "port": 0}
		self.controller = kind(self.handler, **where, **options)
		self.socket = where.get("unix_socket")

	def __enter__(self):
		self.controller.start()
		self.port = None if self.socket else self.controller.server.sockets[0].getsockname()[1]
		return self

	def __exit__(self, *_):
		self.controller.stop()


AUTHORITY = peers.Authority()
CONTEXT = peers.tls_context(AUTHORITY.issue("server"))
DESK = letters.desk()
LOGIN = {"auth_required": True, "authenticator": check_login}
TRUST = ["--ca-file", AUTHORITY.file]

# Each way in: the server, its URL, more words.
WAYS = [
	("in clear", lambda: Server(), "smtp://127.0.0.1:{port}", ["--tls", "none"]),
	("by STARTTLS", lambda: Server(tls_context=CONTEXT, require_starttls=True), "smtp://127.0.0.1:{port}", TRUST),
	("by STARTTLS and a login", lambda: Server(tls_context=CONTEXT, require_starttls=True, **LOGIN), "smtp://ops@127.0.0.1:{port}", TRUST),
	("by STARTTLS and LOGIN", lambda: Server(tls_context=CONTEXT, require_starttls=True, **LOGIN), "smtp://ops@127.0.0.1:{port}", [*TRUST, "--auth", "LOGIN"]),
	("by TLS from the start", lambda: Server(ssl_context=CONTEXT), "smtps://127.0.0.1:{port}", TRUST),
	("by LMTP", lambda: Server(ByLmtp), "lmtp://127.0.0.1:{port}", []),
	("by LMTP on a unix socket", lambda: Server(OnSocket), "lmtp+unix://{socket}", []),
]


@tap.test
def what_arrives_is_what_was_sent():
	for way, make, url, more in WAYS:
		with make() as server:
			where = ["--server", url.format(port=server.port, socket=server.socket), *more]
			for name, words, is_8_bit in letters.LETTERS:
				tap.row(f"{name}, {way}")
				result = letters.send(DESK, *where, *words)
				tap.check_equal((result.status, result.err), (0, ""))
				tap.check_equal(result.out, "accepted  ann@example.com  250 2.0.0 kept as 42\n")
				if result.status == 0:
					recipients, options, content = server.handler.mails.pop()
					tap.check_equal(recipients, ["ann@example.com"])
					tap.check_equal("BODY=8BITMIME" in options, is_8_bit)
					letters.check_same(words, content, DESK)


@tap.test
def addresses_in_utf_8():
	words = ["--from", "ops@example.com", "--to", "用户@example.com", "--subject", "地址", "--text-body", "你好"]
	tap.row("with SMTPUTF8")
	with Server(enable_SMTPUTF8=True) as server:
		tap.check_equal(letters.send(DESK, "--server", f"smtp://127.0.0.1:{server.port}", "--tls", "none", *words).status, 0)
		recipients, options, content = server.handler.mails.pop()
		tap.check_equal(recipients, ["用户@example.com"])
		tap.check_in("SMTPUTF8", options)
		letters.check_same(words, content, DESK)
	tap.row("without it")
	with Server(enable_SMTPUTF8=False) as server:
		result = letters.send(DESK, "--server", f"smtp://127.0.0.1:{server.port}", "--tls", "none", *words)
		tap.check(result.status in (65, 69), str(result))
		tap.check_in("SMTPUTF8", result.out + result.err)
		tap.check_equal(server.handler.mails, [])


@tap.test
def each_recipient_of_lmtp_has_its_reply():
	words = ["--from", "ops@example.com", "--to", "ann@example.com, nobody@example.com, bob@example.com", "--text-body", "to many"]
	with Server(ByLmtp) as server:
		result = letters.send(DESK, "--server", f"lmtp://127.0.0.1:{server.port}", *words)
		tap.check_equal(result.status, 69)
		tap.check_equal([line.split()[0] for line in result.out.splitlines()], ["accepted", "refused", "accepted"])


@tap.test
def a_mail_that_is_too_large_is_not_pushed():
	with Server(data_size_limit=100000) as server:
		result = letters.send(DESK, "-v", "--server", f"smtp://127.0.0.1:{server.port}", "--tls", "none", *letters.LETTERS[4][1])
		tap.check_equal(result.status, 69)
		tap.check("C: MAIL" not in result.err, "it is refused by its size, before MAIL")
		tap.check_equal(server.handler.mails, [])


if __name__ == "__main__":
	tap.main()
