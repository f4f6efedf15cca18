#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Thousands of mails over several connections with a window, to a server that refuses, defers, drops and dawdles by chance: each mail has the result that the
server knows of, and the memory stays small.

    soak_test.py COUNT
"""
import asyncio
import json
import random
import re
import subprocess
import sys
import threading
from collections import Counter

import tap

COUNT = int(sys.argv[1])
MEMORY_MAX_BYTES = 24 << 20
SEED = 4


class Gone(Exception):
	"""The server ends the connection."""


class Fickle:
	"""What it does is left to chance, and written down."""

	def __init__(self, keywords):
		self.keywords, self.chance = keywords, random.Random(SEED)
		self.taken, self.refused, self.lost = Counter(), {}, 0
		self.sessions = {} # the recipients of the transaction; None: there is none
		self.ready = threading.Event()
		self.thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)

	def __enter__(self):
		self.thread.start()
		self.ready.wait()
		return self

	def __exit__(self, *_):
		self.loop.call_soon_threadsafe(self.over.set)
		self.thread.join()

	async def _run(self):
		self.loop, self.over = asyncio.get_running_loop(), asyncio.Event()
		server = await asyncio.start_server(self._talk, "127.0.0.1", 0, limit=1 << 20)
		self.port = server.sockets[0].getsockname()[1]
		self.ready.set()
		await self.over.wait()
		server.close()

	async def _talk(self, reader, writer):
		try:
			writer.write(b"220 fickle\r\n")
			while line := await reader.readline():
				await self._command(line, reader, writer)
				await writer.drain()
		except (Gone, ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
			pass
		if self.chance.random() < 0.5 and writer.transport:
			writer.transport.abort()
		else:
			writer.close()

	async def _trouble(self, writer, may_speak=True):
		"""Now and then the connection ends, or nothing happens for a while."""
		dice = self.chance.random()
		if dice < 0.002:
			self.lost += 1
			if dice < 0.0005 and may_speak:
				writer.write(b"421 4.3.2 going down\r\n")
			elif dice < 0.001:
				writer.write(b"25")
			raise Gone
		if dice < 0.01:
			await asyncio.sleep(0.01)

	async def _command(self, line, reader, writer):
		verb = line[:4].upper()
		# (Not in the middle of a chunk, whose fate is decided below.)
		if verb not in (b"BDAT", b"QUIT"):
			await self._trouble(writer)
		if verb == b"EHLO":
			writer.write(b"250-fickle\r\n" + b"".join(b"250-" + word + b"\r\n" for word in self.keywords) + b"250 SIZE\r\n")
		elif verb == b"MAIL":
			reply = self._no(0.01)
			self.sessions[writer] = None if reply else []
			writer.write(reply or b"250 ok\r\n")
		elif verb == b"RCPT":
			address = re.search(rb"<(.*)>", line)[1].decode()
			reply = self._no(0.03) if self.sessions.get(writer) is not None else b"503 5.5.1 no sender\r\n"
			if reply:
				self.refused[address] = int(reply[:1])
			else:
				self.sessions[writer].append(address)
			writer.write(reply or b"250 ok\r\n")
		elif verb == b"DATA":
			writer.write(b"354 go on\r\n" if self.sessions.get(writer) else b"554 no recipients\r\n")
			await writer.drain()
			if self.sessions.get(writer):
				await reader.readuntil(b"\r\n.\r\n")
				await self._end(writer)
		elif verb == b"BDAT":
			await reader.readexactly(int(line.split()[1]))
			await self._end(writer)
		elif verb == b"QUIT":
			writer.write(b"221 bye\r\n")
			await writer.drain()
			raise Gone
		else:
			writer.write(b"250 ok\r\n")

	def _no(self, share):
		dice = self.chance.random()
		return b"451 4.3.0 later\r\n" if dice < share / 2 else b"550 5.7.1 no\r\n" if dice < share else None

	async def _end(self, writer):
		"""A whole message is here."""
		recipients, self.sessions[writer] = self.sessions.get(writer), None
		if not recipients:
			writer.write(b"503 5.5.1 no recipients\r\n")
			return
		await self._trouble(writer)
		reply = self._no(0.02)
		if not reply:
			# Taken, though the word of it may be lost. (421 would say that it was not.)
			self.taken.update(recipients)
			await self._trouble(writer, may_speak=False)
		writer.write(reply or b"250 2.0.0 taken\r\n")


def fill(folder):
	box = folder / "in"
	for part in ("new", "cur", "tmp"):
		(box / part).mkdir(parents=True)
	for i in range(COUNT):
		(box / "new" / f"{i}").write_bytes(b"From: a@example.com\nTo: u%d@example.org, v%d@example.org\nSubject: %d\n\n%b\n" % (i, i, i, b"x" * (i % 900)))


def send(server, folder, words):
	done = subprocess.run([*tap.in_memory(MEMORY_MAX_BYTES), tap.PROGRAM, "send", "--server", f"smtp://127.0.0.1:{server.port}?tls=none&timeout=20",
			       "--message", "in", "--json", *words], cwd=folder, env=tap.environment(folder), capture_output=True, check=False)
	return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr.decode()


@tap.test
def every_mail_has_the_result_that_the_server_knows_of():
	folder = tap.folder()
	fill(folder)
	rows = [
		("one connection, no extension", [b"8BITMIME"], []),
		("eight connections, PIPELINING", [b"PIPELINING"], ["--connections", "8"]),
		("eight connections, CHUNKING, a window of 8", [b"PIPELINING", b"CHUNKING"], ["--connections", "8", "--window", "8"]),
		("one connection, CHUNKING, a window of 32", [b"PIPELINING", b"CHUNKING"], ["--window", "32"]),
		("a few mails a connection", [b"PIPELINING", b"CHUNKING"], ["--connections", "4", "--window", "4", "--per-connection", "7"]),
	]
	for name, keywords, words in rows:
		tap.row(name)
		with Fickle(keywords) as server:
			status, results, err = send(server, folder, words)
		outcomes = {result["recipient"]: result["outcome"] for result in results}
		tap.check_equal((len(results), len(outcomes)), (2 * COUNT, 2 * COUNT))
		wrong = [(address, outcome, server.taken[address]) for address, outcome in outcomes.items()
			 if server.taken[address] > 1 or (outcome == "accepted") > server.taken[address] or (outcome in ("refused", "deferred") and server.taken[address])]
		tap.check(not wrong, f"the server says otherwise of {len(wrong)}: {wrong[:5]}")
		unsaid = [address for address, digit in server.refused.items() if digit == 5 and outcomes[address] == "accepted" and not server.taken[address]]
		tap.check(not unsaid, f"refused and called accepted: {unsaid[:5]}")
		n = Counter(outcomes.values())
		tap.check(n["accepted"] > 1.2 * COUNT, f"most are accepted: {n}, {server.lost} connections lost; {err[-300:]}")
		tap.check(n["unknown"] <= 2 * 32 * server.lost, f"{n['unknown']} unknown of {server.lost} lost connections")
		tap.check_equal(status, 79 if n["unknown"] else 75 if n["deferred"] else 69)
		print(f"# {name}: {dict(n)}, {server.lost} connections lost")


tap.main()
