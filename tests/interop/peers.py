# SPDX-License-Identifier: MIT
"""Peers for the tests of this folder: certificates, a mail server that behaves as it is told to, courant catch."""
import re
import socket
import ssl
import struct
import subprocess
import threading
from pathlib import Path

import tap

PATIENCE_S = 30

# What a scripted server does instead of a reply.
CLOSE, RESET, HANG = "close", "reset", "hang"


def openssl(folder, *words):
	subprocess.run(["openssl", *map(str, words)], cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


class Authority:
	"""A CA in a folder of its own, and certificates that it signs."""

	def __init__(self):
		self.folder = tap.folder()
		self.file = self.folder / "ca.pem"
		openssl(self.folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "ca.key", "-out", "ca.pem",
			"-days", "2", "-subj", "/CN=Test Authority", "-addext", "keyUsage=critical,keyCertSign")

	def issue(self, label, names="DNS:localhost,IP:127.0.0.1", usage="serverAuth", days=("-days", "2"), key="ec"):
		"""PEM file with certificate and key."""
		out = self.folder / f"{label}.pem"
		extensions = self.folder / f"{label}.ext"
		lines = [f"extendedKeyUsage={usage}"] + ([f"subjectAltName={names}"] if names else [])
		extensions.write_text("\n".join(lines) + "\n")
		how = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256") if key == "ec" else ("-newkey", key)
		openssl(self.folder, "req", *how, "-nodes", "-keyout", f"{label}.key", "-out", f"{label}.csr", "-subj", "/CN=localhost")
		openssl(self.folder, "x509", "-req", "-in", f"{label}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", f"{label}.crt",
			"-extfile", extensions, *days)
		out.write_text((self.folder / f"{label}.crt").read_text() + (self.folder / f"{label}.key").read_text())
		return out


def tls_context(certificate, **attributes):
	context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
	context.load_cert_chain(certificate)
	for name, value in attributes.items():
		setattr(context, name, value)
	return context


class Script:
	"""A mail server on a free port that answers as it is told.

	`on` maps a verb ("MAIL", "." for the end of the message, "greeting", "EHLO2" for the EHLO inside TLS …) to bytes, CLOSE, RESET, HANG or a function of
	the connection that returns one of these. Every command that came is kept in `heard`, and the messages in `messages`."""

	REPLIES = {
		"greeting": b"220 mail.example.com ESMTP\r\n",
		"EHLO": b"250-mail.example.com\r\n250-PIPELINING\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN\r\n",
		"EHLO2": b"250-mail.example.com\r\n250-PIPELINING\r\n250 AUTH PLAIN LOGIN\r\n",
		"HELO": b"250 mail.example.com\r\n",
		"STARTTLS": b"220 go ahead\r\n",
		"AUTH": b"235 2.7.0 welcome\r\n",
		"MAIL": b"250 2.1.0 sender ok\r\n",
		"RCPT": b"250 2.1.5 recipient ok\r\n",
		"DATA": b"354 go on\r\n",
		"BDAT": b"250 2.0.0 queued as 1\r\n",
		".": b"250 2.0.0 queued as 1\r\n",
		"RSET": b"250 ok\r\n",
		"NOOP": b"250 ok\r\n",
		"QUIT": b"221 bye\r\n",
	}

	def __init__(self, on=None, tls=None, tls_first=False, address="127.0.0.1", port=0):
		self.on = {**self.REPLIES, **(on or {})}
		self.tls, self.tls_first = tls, tls_first
		self.heard, self.messages, self.faults, self.connections = [], [], [], 0
		self.is_secured = False
		self.over = threading.Event()
		self.listening = socket.create_server((address, port), family=socket.AF_INET6 if ":" in address else socket.AF_INET)
		self.port = self.listening.getsockname()[1]
		self.thread = threading.Thread(target=self._serve, daemon=True)

	def __enter__(self):
		self.thread.start()
		return self

	def __exit__(self, *_):
		self.over.set()
		self.listening.shutdown(socket.SHUT_RDWR)
		self.listening.close()
		self.thread.join(PATIENCE_S)

	def verbs(self):
		return [line.split()[0].upper().decode("latin-1") for line in self.heard if line.split()]

	def _serve(self):
		while not self.over.is_set():
			try:
				raw, _ = self.listening.accept()
			except OSError:
				return
			self.connections += 1
			self.is_secured = False
			try:
				self._talk(raw)
			except (OSError, ssl.SSLError, EOFError) as fault:
				self.faults.append(fault)
			finally:
				self.conn.close()
				raw.close()

	def _talk(self, raw):
		raw.settimeout(PATIENCE_S)
		self.raw = self.conn = raw
		self.buffer = b""
		if self.tls_first:
			self._secure()
		if not self._answer("greeting"):
			return
		while (line := self._line()) is not None:
			self.heard.append(line)
			verb = line.split()[0].upper().decode("latin-1") if line.split() else ""
			key = "EHLO2" if verb == "EHLO" and self.is_secured else verb
			if verb == "BDAT":
				self._bdat(line)
			if not self._answer(key):
				return
			if verb == "STARTTLS" and self.reply[:3] == b"220":
				self._secure()
			if verb == "DATA" and self.reply[:3] == b"354":
				self.messages.append(self._message())
				if not self._answer("."):
					return
			if verb == "QUIT":
				return

	def _secure(self):
		self.conn = self.tls.wrap_socket(self.conn, server_side=True)
		self.is_secured = True
		self.buffer = b""

	def _answer(self, key):
		reply = self.on.get(key, b"500 unknown\r\n")
		if callable(reply):
			reply = reply(self)
		self.reply = reply
		if reply == RESET:
			self.conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
		if reply == HANG:
			self.over.wait(PATIENCE_S)
		if reply in (CLOSE, RESET, HANG):
			return False
		self.conn.sendall(reply)
		return True

	def _fill(self):
		more = self.conn.recv(65536)
		if not more:
			raise EOFError
		self.buffer += more

	def _line(self):
		while b"\r\n" not in self.buffer:
			try:
				self._fill()
			except EOFError:
				return None
		line, self.buffer = self.buffer.split(b"\r\n", 1)
		return line

	def _message(self):
		while not self.buffer.startswith(b".\r\n") and b"\r\n.\r\n" not in self.buffer:
			self._fill()
		if self.buffer.startswith(b".\r\n"):
			self.buffer = self.buffer[3:]
			return b""
		message, self.buffer = self.buffer.split(b"\r\n.\r\n", 1)
		return re.sub(rb"(?m)^\.", b"", message + b"\r\n")

	def _bdat(self, line):
		size = int(line.split()[1])
		while len(self.buffer) < size:
			self._fill()
		self.messages.append(self.buffer[:size])
		self.buffer = self.buffer[size:]


def drip(text, seconds):
	"""A reply that comes a byte at a time, one each `seconds`."""
	def answer(script):
		for byte in text:
			script.conn.sendall(bytes([byte]))
			if script.over.wait(seconds):
				break
		return CLOSE
	return answer


class Catcher:
	"""courant catch with a maildir of its own."""

	def __init__(self, *words, password="secret"):
		self.folder = tap.folder()
		self.box = self.folder / "box"
		self.words = [tap.PROGRAM, "catch", "--listen", "127.0.0.1:0", "--maildir", str(self.box), *words]
		self.env = tap.environment(self.folder, COURANT_PASSWORD=password)

	def __enter__(self):
		self.process = subprocess.Popen(self.words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.env, text=True)
		self.ca = None
		while line := self.process.stdout.readline():
			word, _, rest = line.strip().partition(" ")
			if word == "certificate":
				self.ca = rest
			if word == "listening":
				self.port = int(rest.rsplit(":", 1)[1])
				return self
		raise RuntimeError("courant catch did not start: " + self.process.stderr.read())

	def __exit__(self, *_):
		self.process.terminate()
		self.status = self.process.wait(PATIENCE_S)
		self.process.stdout.close()
		self.process.stderr.close()

	def mails(self):
		return [path.read_bytes() for path in sorted(Path(self.box, "new").iterdir(), key=lambda path: path.stat().st_mtime_ns)]
