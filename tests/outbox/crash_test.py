#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The outbox in trouble: killed at every named instant and at random ones, on disks that are full, read-only, slow, or fail to sync.

    crash_test.py FAULT.so short|long

Every accepted mail is delivered, at least once; more often only those that were honestly unknown, and these are counted; the file is whole. Figures are printed
as "# …" lines; docs/reliability.md has those of a long run.
"""
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import mailer
import tap
from mailer import courant, is_whole, place, states

FAULT, IS_LONG = Path(sys.argv[1]).resolve(), sys.argv[2] == "long"
SEED = int(os.environ.get("CRASH_SEED", "7"))
PATIENCE_S = 60


def environment(folder, **fault):
	return tap.environment(folder, COURANT_CONFIG=str(folder / "courant.yaml"), LD_PRELOAD=str(FAULT), FAULT_FILES="outbox.db",
			       **{f"FAULT_{name.upper()}": str(value) for name, value in fault.items()})


def troubled(folder, *words, **fault):
	"""courant with trouble: status (negative: the signal), output, errors."""
	done = subprocess.run([tap.PROGRAM, *words], cwd=folder, env=environment(folder, **fault), capture_output=True, timeout=PATIENCE_S, check=False, text=True)
	return tap.Result(done.returncode, done.stdout, done.stderr)


def instants(folder, *words):
	"""The names of all instants of a call, in order."""
	log = folder / "instants"
	result = troubled(folder, *words, log=log)
	tap.check(result.status in (0, 75, 69), f"the call works: {result}")
	return log.read_text().splitlines()


def chosen(names, most):
	"""Numbers of instants from 1: all of them, or, in the short form, each name's first and last and some between."""
	if IS_LONG or len(names) <= most:
		return list(range(1, len(names) + 1))
	places = {}
	for number, name in enumerate(names, 1):
		places.setdefault(name, []).append(number)
	numbers = {number for each in places.values() for number in (each[0], each[-1])}
	rest = [number for number in range(1, len(names) + 1) if number not in numbers]
	random.Random(SEED).shuffle(rest)
	return sorted([*numbers, *rest[:max(0, most - len(numbers))]])


def copy(template):
	folder = tap.folder()
	shutil.copytree(template, folder, dirs_exist_ok=True)
	return folder


def say(text):
	print(f"# {text}", flush=True)


def attach(folder, size):
	path = folder / "large"
	path.write_bytes(b"x" * size)
	return path


def queue(folder, to, *more):
	return courant(folder, "send", "--queue", "--to", to, "--subject", f"to {to}", "--text-body", f"for {to}\n", *more)


# ---- enqueueing ----


@tap.test
def queueing_is_killed_at_every_instant():
	template = place(9)
	queue(template, "old@example.org")
	large = attach(template, 200_000)
	for kind, more, most in (("a small mail", (), 16), ("a large mail", ("--attach", str(large)), 24)):
		words = ("send", "--queue", "--to", "b@example.org, c@example.org", "--text-body", "x", *more)
		names = instants(copy(template), *words)
		n_told = n_kept = 0
		numbers = chosen(names, most)
		for number in numbers:
			tap.row(f"{kind}, killed {names[number - 1]} ({number} of {len(names)})")
			folder = copy(template)
			result = troubled(folder, *words, kill=number)
			tap.check_equal(result.status, -signal.SIGKILL)
			rows = states(folder)
			told = "queued" in result.out
			tap.check(is_whole(folder), "the file is whole")
			tap.check_equal(rows[0], (1, "old@example.org", "queued"))
			tap.check_equal(len(rows) - 1 in (0, 2), True)
			tap.check(len(rows) == 3 or not told, "what was promised is there")
			n_told += told
			n_kept += len(rows) == 3
			# And the next one works, whatever was left lying about.
			tap.check_equal(troubled(folder, *words).status, 0)
			tap.check_equal(len(states(folder)), len(rows) + 2)
		say(f"queueing {kind}: killed at {len(numbers)} of {len(names)} instants; {n_kept} were queued, {n_told} of them had been told so, none was lost")


# ---- delivering ----


class World:
	"""A server that refuses r@, and defers d@ once."""

	def __init__(self):
		self.lock = threading.Lock()
		self.server = mailer.Server(answer=self.answer)
		self.deferred = 0

	def answer(self, address):
		if address.startswith("r"):
			return b"550 5.1.1 no such user\r\n"
		if address.startswith("d"):
			with self.lock:
				self.deferred += 1
				return b"451 4.3.0 later\r\n" if self.deferred == 1 else None
		return None

	def forget(self):
		deadline = time.monotonic() + 5
		while self.server.open and time.monotonic() < deadline:
			time.sleep(0.001)
		self.deferred = 0
		self.server.taken.clear()
		self.server.messages.clear()


def flush_until_done(folder, most=6):
	for _ in range(most):
		courant(folder, "outbox", "flush", "-q")
		if all(state in ("accepted", "refused") for _, _, state in states(folder)):
			return
		# Killed so often that it waits for a word.
		courant(folder, "outbox", "release", "--state", "unknown")
	tap.check(False, f"not done after {most} flushes: {states(folder)}")


def recipients(folder):
	"""(Message-ID, address): state and how often it was unknown."""
	with mailer.open_store(folder) as db:
		return {(name, address): (state, unknowns) for name, address, state, unknowns in db.execute(
			"select message_id, address_ascii, state, unknowns from recipient join mail on mail.id = mail")}


ACCEPTED, REFUSED = 2, 4


def check_delivered(folder, server):
	"""Everybody got it, and more than once only who was unknown. The number of unknown recipients and of those that got it again."""
	n_unknown = n_again = 0
	tap.check(is_whole(folder), "the file is whole")
	for (name, address), (state, unknowns) in recipients(folder).items():
		times = server.taken[name, address]
		wanted = REFUSED if address.startswith("r") else ACCEPTED
		tap.check(state == wanted, f"{address} is in state {state}")
		tap.check(times >= 1 or wanted == REFUSED, f"{address} got it {times} times")
		tap.check(times <= 1 + unknowns, f"{address} got it {times} times, and was unknown {unknowns} times")
		n_unknown += unknowns
		n_again += max(0, times - 1)
	return n_unknown, n_again


@tap.test
def delivering_is_killed_at_every_instant():
	world = World()
	with world.server as server:
		template = place(server.port)
		queue(template, "b1@example.org, b2@example.org, d@example.org")
		queue(template, "r@example.org, b3@example.org")
		queue(template, "b4@example.org", "--attach", str(attach(template, 100_000)))
		names = instants(copy(template), "outbox", "flush")
		numbers = chosen(names, 45)
		sum_unknown = sum_again = 0
		for number in numbers:
			tap.row(f"killed {names[min(number, len(names)) - 1]} ({number} of {len(names)})")
			world.forget()
			folder = copy(template)
			result = troubled(folder, "outbox", "flush", kill=number)
			# The order of instants differs a little from run to run: the last ones may not come.
			tap.check(result.status in (-signal.SIGKILL, 0, 75, 69), f"status {result.status}")
			tap.check(is_whole(folder), "the file is whole")
			flush_until_done(folder)
			n_unknown, n_again = check_delivered(folder, server)
			sum_unknown += n_unknown
			sum_again += n_again
			tap.check(any(address == "oncall@example.com" for _, address in server.taken), "the owner was told of the refused one")
		say(f"delivering: killed at {len(numbers)} of {len(names)} instants; {sum_unknown} recipients became unknown, {sum_again} of them got their mail twice, none was lost")


@tap.test
def two_runners_and_those_who_queue_are_killed_at_random():
	"""All at once, each for some milliseconds, until enough have died."""
	chance = random.Random(SEED)
	n_kills = 3000 if IS_LONG else 25
	with mailer.Server() as server:
		folder = place(server.port)
		queue(folder, "first@example.org")
		promised, n_killed, running = set(), 0, {}
		number = 0

		def start(role):
			nonlocal number
			number += 1
			words = ["outbox", "flush"] if role != "queue" else ["send", "--queue", "--to", f"n{number}a@example.org, n{number}b@example.org",
									    "--message-id", f"<{number}@example.com>", "--text-body", str(number)]
			running[role] = (number, subprocess.Popen([tap.PROGRAM, *words], cwd=folder, env=environment(folder), stdout=subprocess.PIPE,
								  stderr=subprocess.DEVNULL), time.monotonic() + chance.uniform(0, 0.12 if IS_LONG else 0.06))

		while n_killed < n_kills:
			for role in ("queue", "runner 1", "runner 2"):
				if role not in running:
					start(role)
					continue
				own, process, end = running[role]
				if process.poll() is None and time.monotonic() < end:
					continue
				if process.poll() is None:
					process.kill()
					n_killed += 1
				out, _ = process.communicate()
				if role == "queue" and b"queued" in out:
					promised.update({(f"<{own}@example.com>", f"n{own}{letter}@example.org") for letter in "ab"})
				del running[role]
			time.sleep(0.0005)
		for _, process, _ in running.values():
			process.communicate()
		flush_until_done(folder)
		n_unknown, n_again = check_delivered(folder, server)
		tap.check(promised <= set(recipients(folder)), "every promise was kept")
		say(f"at random: {n_killed} processes were killed; {len(recipients(folder))} recipients, {len(promised)} of them promised; {n_unknown} times unknown, "
		    f"{n_again} mails again, none lost")


# ---- disks ----


@tap.test
def a_full_disk_refuses_and_loses_nothing():
	template = place(9)
	queue(template, "old@example.org")
	sizes = range(0, 110_000, 1_500 if IS_LONG else 15_000)
	n_refused = 0
	for space in sizes:
		tap.row(f"{space} bytes left")
		folder = copy(template)
		result = troubled(folder, "send", "--queue", "--to", "b@example.org", "--text-body", "x" * 9000, space=space)
		tap.check_equal((result.status == 0, "queued" in result.out), (len(states(folder)) == 2,) * 2)
		if result.status:
			n_refused += 1
			tap.check_equal(result.status, 74)
			tap.check_in("disk", result.err)
		tap.check(is_whole(folder), "the file is whole")
		tap.check_equal(queue(folder, "c@example.org").status, 0)
	say(f"a full disk: {n_refused} of {len(sizes)} mails were refused with a sentence and status 74, the others were queued")


@tap.test
def a_runner_on_a_full_disk_keeps_its_results():
	with mailer.Server() as server:
		folder = place(server.port)
		for i in range(5):
			queue(folder, f"b{i}@example.org")
		# Room for the lease, not for the results.
		process = subprocess.Popen([tap.PROGRAM, "outbox", "flush"], cwd=folder, env=environment(folder, space=30_000), stdout=subprocess.PIPE,
					   stderr=subprocess.PIPE)
		time.sleep(1.5)
		process.send_signal(signal.SIGTERM)
		_, err = process.communicate(timeout=PATIENCE_S)
		tap.check_in(b"the disk is full", err)
		flush_until_done(folder)
		n_unknown, n_again = check_delivered(folder, server)
		say(f"a runner on a full disk: {n_unknown} of 5 recipients became unknown, {n_again} got their mail twice")


@tap.test
def a_read_only_disk_is_told():
	folder = place(9)
	queue(folder, "old@example.org")
	for words in (["send", "--queue", "--to", "b@example.org", "--text-body", "x"], ["outbox", "flush"], ["outbox", "hold", "1"]):
		tap.row(" ".join(words[:2]))
		result = troubled(folder, *words, read_only=1)
		tap.check(result.status in (73, 66), f"status {result.status}")
		tap.check_in("read-only", result.err.lower())
	tap.check_equal(states(folder), [(1, "old@example.org", "queued")])


@tap.test
def syncs_that_fail_promise_nothing():
	template = place(9)
	queue(template, "old@example.org")
	large = attach(template, 200_000)
	n_failed = 0
	for more in ((), ("--attach", str(large))):
		for which in ("1", "2", "3", "1+"):
			tap.row(f"sync {which}, {'large' if more else 'small'}")
			folder = copy(template)
			result = troubled(folder, "send", "--queue", "--to", "b@example.org", "--text-body", "x", *more, sync=which)
			n_failed += result.status != 0
			tap.check_equal(result.status == 0, "queued" in result.out)
			tap.check(result.status in (0, 74), f"status {result.status}")
			tap.check(result.status or len(states(folder)) == 2, "what was promised is there")
			tap.check(is_whole(folder), "the file is whole")
			tap.check_equal(queue(folder, "c@example.org").status, 0)
	tap.check(n_failed >= 4, "some did fail")
	say(f"syncs that fail: {n_failed} of 8 calls ended with status 74 and promised nothing")


@tap.test
def a_runner_whose_syncs_fail_tries_again():
	with mailer.Server() as server:
		template = place(server.port)
		for i in range(3):
			queue(template, f"b{i}@example.org")
		for number in range(1, 8 if IS_LONG else 4):
			tap.row(f"sync {number}")
			server.taken.clear()
			folder = copy(template)
			troubled(folder, "outbox", "flush", sync=number)
			flush_until_done(folder)
			check_delivered(folder, server)


@tap.test
def a_slow_disk_gathers_what_comes_meanwhile():
	with mailer.Server() as server:
		folder = place(server.port)
		n = 2000 if IS_LONG else 400
		mailer.maildir(folder, n)
		counts = folder / "syncs"
		tap.check_equal(troubled(folder, "send", "--queue", "-q", "--message", "box", slow=20, syncs=counts).status, 0)
		tap.check_equal(troubled(folder, "outbox", "flush", "-q", slow=20, syncs=counts).status, 0)
		queued, delivered = map(int, counts.read_text().split())
		n_unknown, n_again = check_delivered(folder, server)
		tap.check_equal((n_unknown, n_again), (0, 0))
		tap.check(n / queued >= 20, f"{n} mails queued by {queued} syncs")
		say(f"a disk that takes 20 ms a sync: {n} mails were queued by {queued} syncs and delivered with {delivered}")


@tap.test
def two_runners_share_one_outbox():
	with mailer.Server() as server:
		folder = place(server.port)
		n = 3000 if IS_LONG else 200
		mailer.maildir(folder, n)
		courant(folder, "send", "--queue", "-q", "--message", "box")
		# Into files: who does not read what one of them says would hold it up, with its mails in hand.
		said = [folder / "one", folder / "two"]
		both = [subprocess.Popen([tap.PROGRAM, "outbox", "flush"], cwd=folder, env=environment(folder), stdout=path.open("wb")) for path in said]
		tap.check_equal([process.wait(PATIENCE_S) for process in both], [0, 0])
		shares = [path.read_bytes().count(b"accepted") for path in said]
		tap.check_equal(sum(shares), n)
		tap.check_equal(set(server.taken.values()), {1})
		tap.check(server.most_connections <= 2, f"{server.most_connections} connections at a time")
		say(f"two runners: {shares[0]} and {shares[1]} of {n} mails, each delivered once, over {server.most_connections} connections at a time")


tap.main()
