#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Many mails to a server that defers, refuses, drops connections and dawdles by chance: all end in the right state, and the memory stays what it was.

    soak_test.py COUNT
"""
import subprocess
import sys
import threading
import time
import zlib

import mailer
import tap
from mailer import is_whole, place

COUNT = int(sys.argv[1])
FLUSHES_MAX = 12


class Fate:
	"""What happens to an address is decided by its name: the same in every run."""

	def __init__(self):
		self.lock = threading.Lock()
		self.times = {}

	@staticmethod
	def number(address):
		return zlib.crc32(address.encode()) % 100

	@staticmethod
	def is_taken(number):
		return number == 21

	def nth(self, address):
		with self.lock:
			self.times[address] = self.times.get(address, 0) + 1
			return self.times[address]

	def answer(self, address):
		number = self.number(address)
		if number < 4:
			return b"550 5.1.1 no such user\r\n"
		if number < 16 and self.nth(address) <= 1 + number % 3:
			return b"451 4.3.0 try later\r\n"
		if number < 18 and self.nth(address) == 1:
			return b""  # the connection is gone
		if number < 20:
			time.sleep(0.02)
		return None

	def final(self, recipients):
		number = self.number(recipients[0])
		if 20 <= number < 23 and self.nth(recipients[0]) == 1:
			return mailer.Server.TAKE_AND_CUT if self.is_taken(number) else b""  # nobody knows
		if 23 <= number < 26 and self.nth(recipients[0]) == 1:
			return b"452 4.3.1 disk full\r\n"
		return None


def fill(folder):
	mailer.maildir(folder, COUNT, lambda i: i % 900)
	begun = time.monotonic()
	done = subprocess.run([tap.PROGRAM, "send", "--queue", "-q", "--message", "box"], cwd=folder, env=environment(folder), check=False, capture_output=True)
	tap.check_equal((done.returncode, done.stderr), (0, b""))
	return time.monotonic() - begun


def environment(folder):
	return tap.environment(folder, COURANT_CONFIG=str(folder / "courant.yaml"))


def memory_kb(pid):
	try:
		with open(f"/proc/{pid}/status", encoding="ascii") as status:
			return next((int(line.split()[1]) for line in status if line.startswith("VmRSS:")), 0)
	except OSError:
		return 0


def flush(folder):
	"""Samples of its memory."""
	process = subprocess.Popen([tap.PROGRAM, "outbox", "flush", "-q"], cwd=folder, env=environment(folder), stderr=subprocess.DEVNULL)
	samples = []
	while process.poll() is None:
		samples.append(memory_kb(process.pid))
		time.sleep(0.05)
	return [sample for sample in samples if sample]


def waiting(folder):
	with mailer.open_store(folder) as db:
		return db.execute("select count(*) from recipient where due_ms is not null").fetchone()[0]


def check_states(folder, server):
	"""All rows, how often one was unknown, and how many mails came again."""
	n_unknown = n_again = 0
	with mailer.open_store(folder) as db:
		rows = db.execute("select message_id, address_ascii, state, unknowns, notice_of from recipient join mail on mail.id = mail").fetchall()
	for name, address, state, unknowns, notice_of in rows:
		times = server.taken[name, address]
		number = Fate.number(address)
		wanted = 0 if number < 4 else 2 if Fate.is_taken(number) else 1
		n_unknown += unknowns
		n_again += max(0, times - 1)
		if not notice_of and (state != (2 if wanted else 4) or times != wanted or times > 1 + unknowns):
			tap.check(False, f"{address}: state {state}, delivered {times} times, unknown {unknowns} times")
	return rows, n_unknown, n_again


@tap.test
def all_mails_end_in_the_right_state():
	fate = Fate()
	with mailer.Server(answer=fate.answer, final=fate.final) as server:
		folder = place(server.port, more="")
		(folder / "courant.yaml").write_text((folder / "courant.yaml").read_text().replace("outbox: outbox.db", "outbox: {file: outbox.db, connections: 8}"))
		queued_s = fill(folder)
		begun, n_flushes, first = time.monotonic(), 0, []
		while waiting(folder) and n_flushes < FLUSHES_MAX:
			samples = flush(folder)
			first = first or samples
			n_flushes += 1
		took_s = time.monotonic() - begun
		tap.check_equal(waiting(folder), 0)
		rows, n_unknown, n_again = check_states(folder, server)
		tap.check(is_whole(folder), "the file is whole")
		tap.check_equal(sum(1 for row in rows if not row[4]), COUNT)
		dead = sum(1 for row in rows if row[2] == 4 and not row[4])
		told = sum(1 for row in rows if row[4] and row[1] == "oncall@example.com")
		tap.check_equal(told, dead)
		early, late = max(first[:max(1, len(first) // 4)]), max(first)
		# Of a few mails the first quarter is the beginning.
		tap.check(COUNT < 20_000 or late <= early * 1.25, f"memory grew from {early} to {late} KB")
		print(f"# {COUNT} mails queued in {queued_s:.0f} s; delivered in {took_s:.0f} s and {n_flushes} rounds: {COUNT - dead} accepted, {dead} refused and told of, "
		      f"{n_unknown} times unknown, {n_again} mails again; {server.connections} connections; memory {early} KB in the first quarter, {late} KB at most")


tap.main()
