# SPDX-License-Identifier: MIT
"""For tests of the outbox with real processes: a mail server that does as it is told, and a folder with a configuration and an outbox."""
import contextlib
import socketserver
import sqlite3
import threading
from collections import Counter

import tap

PATIENCE_S = 30


class Server:
	"""An SMTP server on a free port of loopback. `answer(address)` gives the reply to RCPT (None: 250), `final(recipients)` that to the end of a message
	(None: 250); b"" instead of a reply cuts the connection, TAKE_AND_CUT too, with the message taken."""

	TAKE_AND_CUT = b"-"

	def __init__(self, answer=None, final=None):
		self.answer = answer or (lambda address: None)
		self.final = final or (lambda recipients: None)
		self.lock = threading.Lock()
		self.taken = Counter()      # (Message-ID, recipient): how often the server has kept the message
		self.seen = Counter()       # the same, however it was answered
		self.greeting = b"220 mail.example.com\r\n"   # another code, or none: and the end of the connection
		self.messages = []
		self.senders = []           # of those messages
		self.connections = self.most_connections = self.open = 0
		server = self

		class Handler(socketserver.StreamRequestHandler):
			disable_nagle_algorithm = True

			def handle(self):
				server._enter()
				try:
					server._talk(self.rfile, self.wfile)
				except (OSError, ValueError):
					pass
				finally:
					server._leave()

		class Listener(socketserver.ThreadingTCPServer):
			allow_reuse_address = True
			daemon_threads = True
			request_queue_size = 100

		self.listener = Listener(("127.0.0.1", 0), Handler)
		self.port = self.listener.server_address[1]

	def __enter__(self):
		threading.Thread(target=self.listener.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
		return self

	def __exit__(self, *_):
		self.listener.shutdown()
		self.listener.server_close()

	def _enter(self):
		with self.lock:
			self.connections += 1
			self.open += 1
			self.most_connections = max(self.most_connections, self.open)

	def _leave(self):
		with self.lock:
			self.open -= 1

	def _talk(self, lines, out):
		out.write(self.greeting)
		if self.greeting[:3] != b"220":
			return
		recipients = []
		while line := lines.readline():
			verb = line.split(b" ")[0].strip().upper()
			reply = b"250 2.0.0 ok\r\n"
			if verb == b"EHLO":
				reply = b"250-mail.example.com\r\n250-PIPELINING\r\n250 ENHANCEDSTATUSCODES\r\n"
			elif verb == b"MAIL":
				recipients = []
				sender = line[line.index(b"<") + 1:line.index(b">")].decode()
			elif verb == b"RCPT":
				address = line[line.index(b"<") + 1:line.rindex(b">")].decode()
				given = self.answer(address)
				if given is None:
					recipients.append(address)
				else:
					reply = given
			elif verb == b"DATA":
				out.write(b"354 go on\r\n" if recipients else b"503 no recipients\r\n")
				if not recipients:
					continue
				message = bytearray()
				while (line := lines.readline()) != b".\r\n":
					if not line:
						return
					message += line
				reply = self._end(sender, bytes(message), recipients)
			elif verb == b"QUIT":
				out.write(b"221 bye\r\n")
				return
			if reply in (b"", self.TAKE_AND_CUT):
				return
			out.write(reply)

	def _end(self, sender, message, recipients):
		given = self.final(recipients)
		is_taken = given in (None, self.TAKE_AND_CUT)
		name = next((line[12:].strip() for line in message.split(b"\r\n\r\n")[0].split(b"\r\n") if line.lower().startswith(b"message-id: ")), b"?")
		with self.lock:
			for address in recipients:
				self.seen[name.decode(), address] += 1
				if is_taken:
					self.taken[name.decode(), address] += 1
			if is_taken:
				self.messages.append(message)
				self.senders.append(sender)
		return b"250 2.0.0 queued\r\n" if given is None else given


def place(port, more="", accounts=None):
	"""A folder with courant.yaml, by which mail goes to that port."""
	folder = tap.folder()
	accounts = accounts or {"office": port}
	lines = [f"  {name}: {{server: 'smtp://127.0.0.1:{number}?tls=none', from: Ops <ops@example.com>}}" for name, number in accounts.items()]
	(folder / "courant.yaml").write_text("accounts:\n" + "\n".join(lines) + f"\noutbox: outbox.db\nowner: oncall@example.com\n{more}")
	return folder


def maildir(folder, count, size=lambda i: 10):
	"""The maildir "box" in the folder, with so many mails, each to an address of its own."""
	box = folder / "box"
	(box / "cur").mkdir(parents=True)
	(box / "new").mkdir()
	for i in range(count):
		(box / f"new/{i}").write_text(f"From: a@example.com\nTo: n{i}@example.org\nMessage-ID: <{i}@x>\nSubject: {i}\n\n{'x' * size(i)}\n")


def courant(folder, *words, **more):
	more["env"] = {"COURANT_CONFIG": str(folder / "courant.yaml"), **more.get("env", {})}
	return tap.courant(*words, cwd=folder, **more)


@contextlib.contextmanager
def open_store(folder):
	"""The database, for looking."""
	db = sqlite3.connect(folder / "outbox.db")
	try:
		yield db
	finally:
		db.close()


def states(folder):
	"""Mail, address and state of all recipients, in order."""
	names = ["queued", "leased", "accepted", "deferred", "refused", "unknown", "held"]
	with open_store(folder) as db:
		return [(mail, address, names[state]) for mail, address, state in db.execute("select mail, address_ascii, state from recipient order by id")]


def is_whole(folder):
	with open_store(folder) as db:
		return db.execute("pragma integrity_check").fetchall() == [("ok",)] and db.execute("pragma foreign_key_check").fetchall() == []
