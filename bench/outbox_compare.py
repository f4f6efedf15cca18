#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How fast the outbox takes mails and gives them away, beside the disk and the sender themselves, in one run.

usage: bench/outbox_compare.py BUILD-FOLDER [FOLDER] [WAITING]

FOLDER is where the outboxes lie (a temporary one); WAITING, a million, is how long the long queue is. The server is bench-null. Of each pair the two
sides are run in turn, three times, and the best counts.
"""
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

BUILD = Path(sys.argv[1]).resolve()
PLACE = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(tempfile.gettempdir())
WAITING = int(sys.argv[3]) if len(sys.argv) > 3 else 1_000_000
BENCH = BUILD / "bench/bench-outbox"
RUNS = 3


def measure(*words):
	"""(each second, microseconds of processor time each, commits)"""
	done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)
	found = re.search(r"([\d.]+)(?: mails)?/s, ([\d.]+) us CPU(?: each, (\d+) commits)?", done.stdout)
	if done.returncode or not found:
		sys.exit(f"{words[0]}: {done.stdout}{done.stderr}")
	return float(found[1]), float(found[2]), int(found[3] or 0)


def best(measures):
	return max(measures, key=lambda one: one[0])


class Server:
	def __init__(self, *options):
		self.options = options

	def __enter__(self):
		self.process = subprocess.Popen([str(BUILD / "bench/bench-null"), *self.options], stdout=subprocess.PIPE, text=True)
		return self.process.stdout.readline().split()[-1]

	def __exit__(self, *_):
		self.process.terminate()
		self.process.wait()


def fresh(folder, name):
	for path in folder.glob(f"{name}*"):
		shutil.rmtree(path) if path.is_dir() else path.unlink()
	return folder / name


def compare_sending(folder, where, n, what):
	"""The sender alone, and out of an outbox."""
	pool, run = [], []
	for _ in range(RUNS):
		pool.append(measure(BUILD / "bench/bench-send", where, "--count", n, "--size", 4000, "--connections", 4))
		store = fresh(folder, "run")
		measure(BENCH, "put", store, n, 4000, 100)
		run.append(measure(BENCH, "run", store, n, where, 4))
	sent, delivered = best(pool), best(run)
	print(f"sending alone, 4 connections, {what}: {sent[0]:.0f} mails/s, {sent[1]:.0f} us CPU a mail")
	print(f"delivering out of the outbox: {delivered[0]:.0f} mails/s = {delivered[0] / sent[0]:.2f} of sending alone, {delivered[1]:.0f} us CPU a mail, "
	      f"{n / delivered[2]:.0f} mails a commit")


def main():
	folder = Path(tempfile.mkdtemp(prefix="courant-bench-", dir=PLACE))
	try:
		disk, put, alone = [], [], []
		for _ in range(RUNS):
			disk.append(measure(BENCH, "sync", fresh(folder, "disk"), 1000))
			put.append(measure(BENCH, "put", fresh(folder, "put"), 10_000, 4000, 64))
			alone.append(measure(BENCH, "put", fresh(folder, "alone"), 1000, 4000, 1))
		syncs, queued, single = best(disk)[0], best(put), best(alone)
		print(f"the disk: {syncs:.0f} syncs a second of 4 KB each")
		print(f"queueing, 64 at a time: {queued[0]:.0f} durable mails/s of 4 KB = {queued[0] / syncs:.2f} a sync of the disk; {10_000 / queued[2]:.0f} mails a commit")
		print(f"queueing, one at a time: {single[0]:.0f} durable mails/s = {single[0] / syncs:.2f} a sync of the disk")

		with Server("--delay", "5") as where:
			compare_sending(folder, where, 2000, "a server that takes 5 ms to answer")
		with Server() as where:
			compare_sending(folder, where, 10_000, "a server that takes no time")

			long = fresh(folder, "long")
			filled = measure(BENCH, "put", long, WAITING, 1000, 100)
			print(f"filling a queue of {WAITING}: {filled[0]:.0f} durable mails/s")
			few, many = [], []
			for _ in range(RUNS):
				short = fresh(folder, "short")
				measure(BENCH, "put", short, 1000, 1000, 100)
				few.append(measure(BENCH, "run", short, 1000, where, 4))
				many.append(measure(BENCH, "run", long, 1000, where, 4))
			few, many = best(few), best(many)
			print(f"a thousand of a thousand: {few[0]:.0f} mails/s, {few[1]:.0f} us CPU a mail; a thousand of {WAITING}: {many[0]:.0f} mails/s, {many[1]:.0f} us CPU a "
			      f"mail; ratio of time {few[0] / many[0]:.2f}, of CPU {many[1] / few[1]:.2f}")
	finally:
		shutil.rmtree(folder)


main()
