#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How fast mails go out beside Postfix's smtp-source, libcurl and Python's smtplib, in one run: mails a second, processor time a mail, ratios.

usage: bench/send_compare.py BUILD-FOLDER [COUNT]

The server is bench-null. smtp-source comes from scripts/deps servers, libcurl and msmtp from scripts/deps bench; what is missing is left out.
"raw" is bench-send-raw: send and recv of the same bytes with nothing around them, the least that any client can cost on this machine. Best of three runs
each (with a round trip: one), of a release build. Client and server share one core: where they have two, waking up the other one costs more than
the work, now and then twice as much. Of two ratios the one of processor time is the steadier: other programs on the machine change it little.
"""
import math
import os
import re
import resource
import shutil
import smtplib
import ssl
import statistics
import subprocess
import sys
import time
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1]
RUNS = 3
CONNECTIONS = (1, 2, 4, 8, 16, 64)
POSTFIX = SOURCE / "build/interop/postfix/root/usr"
MESSAGE = ("From: a@example.com\r\nTo: b@example.org\r\nSubject: bench\r\n\r\n" + ("x" * 76 + "\r\n") * 12 + "x" * 28)
SMTPLIB = "--smtplib" # this program again, as a process of its own


class Server:
	def __init__(self, build, *words):
		self.words = [str(build / "bench/bench-null"), *map(str, words)]

	def __enter__(self):
		self.process = subprocess.Popen(self.words, stdout=subprocess.PIPE, text=True)
		self.where = self.process.stdout.readline().split()[-1]
		return self

	def __exit__(self, *_):
		self.process.terminate()
		self.process.wait()

	def cpu_seconds(self):
		fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
		return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def smtplib_main(where, count, tls):
	host, port = where.split(":")
	with smtplib.SMTP(host, int(port)) as smtp:
		if tls == "tls":
			smtp.starttls(context=ssl._create_unverified_context())
		for _ in range(int(count)):
			smtp.sendmail("a@example.com", ["b@example.org"], MESSAGE)


def run_once(words, count, env):
	"""(mails a second, microseconds of processor time a mail, KB at most), or None."""
	before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
	done = subprocess.run([str(word) for word in words], capture_output=True, text=True, env={**os.environ, **(env or {})}, check=False)
	seconds, after = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
	if done.returncode != 0:
		print(f"{words[0]}: {done.stderr or done.stdout}", file=sys.stderr)
		return None
	own = re.search(r"([\d.]+) mails/s, ([\d.]+) us", done.stdout)
	if own:
		held = re.search(r"(\d+) KB at most", done.stdout)
		return float(own[1]), float(own[2]), int(held[1]) if held else 0
	# Starting is in it, as a share of many mails.
	cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
	return count / seconds, cpu * 1e6 / count, 0


def measure(words, count, env=None, runs=RUNS):
	"""The most mails a second and the least processor time of a few runs."""
	all_runs = [run_once(words, count, env) for _ in range(runs)]
	if None in all_runs:
		return None
	rates, times, held = zip(*all_runs)
	return max(rates), min(times), max(held)


def peers(build, where, count, tls, fresh):
	"""Name, words and environment of what is there."""
	found = [] if fresh else [("smtplib", [sys.executable, __file__, SMTPLIB, where, count, "tls" if tls else "clear"], None)]
	if (POSTFIX / "sbin/smtp-source").exists() and not tls:
		found.append(("smtp-source", [POSTFIX / "sbin/smtp-source", "-d", "-s", 1, "-m", count, "-l", 1024, "-f", "a@example.com", "-t", "b@example.org",
					      "inet:" + where], {"LD_LIBRARY_PATH": str(POSTFIX / "lib/postfix"), "MAIL_CONFIG": str(SOURCE / "build/interop/postfix/etc")}))
	if (build / "bench/bench-send-curl").exists():
		found.append(("libcurl", [build / "bench/bench-send-curl", where, "--count", count, "--size", 1024, *(["--tls"] if tls else []),
				  *(["--fresh"] if fresh else [])], None))
	return found


def ratios(row, other):
	"""How much faster, and with how much less processor time."""
	return f"{row[0] / other[0]:.1f}, {other[1] / row[1]:.1f}" if other else "-"


def compare(build, title, count, ours, delay_ms=0, tls=False, fresh=False):
	print(f"\n{title}\n{'':30}{'mails/s':>10}{'us CPU':>9}{'x libcurl (CPU)':>19}{'x smtp-source (CPU)':>21}", flush=True)
	extra = (["--delay", delay_ms] if delay_ms else []) + (["--tls"] if tls else [])
	runs = 1 if delay_ms else RUNS # waiting is not noisy
	few = min(max(count // 4, 20), 100 if delay_ms else count)
	rows = {}
	with Server(build, *extra) as server:
		for name, words, env in peers(build, server.where, few, tls, fresh):
			rows[name] = measure(words, few, env, runs)
	for name, program, options, words in ours:
		with Server(build, *options, *extra) as server:
			rows[name] = measure([build / "bench" / program, server.where, "--count", count, "--size", 1024, *words, *(["--tls"] if tls else [])], count,
					     runs=runs)
	for name, result in rows.items():
		if result:
			print(f"{name:30}{result[0]:10.0f}{result[1]:9.1f}{ratios(result, rows.get('libcurl')):>19}{ratios(result, rows.get('smtp-source')):>21}",
			      flush=True)


def scale(build, title, count, options, words):
	"""Mails a second by the number of connections, and what a mail costs on both sides."""
	print(f"\n{title}\n{'connections':>11}{'mails/s':>10}{'x one':>8}{'us CPU':>9}{'of the server':>15}", flush=True)
	first = None
	for connections in CONNECTIONS:
		n = count * connections
		with Server(build, *options) as server:
			result = measure([build / "bench/bench-send", server.where, "--count", n, "--size", 1024, "--connections", connections, *words], n, runs=1)
			theirs = server.cpu_seconds() * 1e6 / n
		if result:
			first = first or result[0]
			print(f"{connections:11}{result[0]:10.0f}{result[0] / first:8.1f}{result[1]:9.1f}{theirs:15.1f}", flush=True)


def sizes(build):
	print(f"\nMemory by the size of a mail\n{'bytes':>12}{'KB at most':>12}", flush=True)
	for size in (1 << 10, 1 << 20, 100 << 20):
		with Server(build) as server:
			result = measure([build / "bench/bench-send", server.where, "--count", 3, "--size", size], 3, runs=1)
		if result:
			print(f"{size:12}{result[2]:12}", flush=True)


def start(build):
	"""Milliseconds from nothing to nothing: what cron pays for each mail before it is begun. In turns, for other programs slow all of them down alike."""
	print(f"\nStarting, PROGRAM --version\n{'':22}{'least':>8}{'median':>8}  ms{'least / msmtp':>18}{'median / msmtp':>16}", flush=True)
	programs = {os.path.basename(name): path for name in ("/bin/true", str(build / "courant"), "msmtp", "curl") if (path := shutil.which(name))}
	times = {name: [] for name in programs}
	with open(os.devnull, "wb") as null:
		for _ in range(300):
			for name, path in programs.items():
				begun = time.monotonic()
				os.waitpid(os.posix_spawn(path, [path, "--version"], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, null.fileno(), 1)]), 0)
				times[name].append((time.monotonic() - begun) * 1e3)
	for name, took in times.items():
		ratios = [middle(took) / middle(times["msmtp"]) if "msmtp" in times else math.nan for middle in (min, statistics.median)]
		print(f"{name:22}{min(took):8.2f}{statistics.median(took):8.2f}    {ratios[0]:18.2f}{ratios[1]:16.2f}", flush=True)


def main(words):
	if words[:1] == [SMTPLIB]:
		smtplib_main(*words[1:])
		return
	build, count = Path(words[0]).resolve(), int(words[1]) if len(words) > 1 else 20000
	etc = SOURCE / "build/interop/postfix/etc"
	if POSTFIX.exists():
		etc.mkdir(exist_ok=True)
		(etc / "main.cf").write_text("compatibility_level = 3.6\ninet_interfaces = 127.0.0.1\nmyhostname = mail.example.com\n")
	os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
	data, send, raw = ["--no-chunking"], "bench-send", "bench-send-raw"
	compare(build, "1 KB mails on one connection", count, [
		("raw, PIPELINING", raw, data, ["--data"]), ("raw, BDAT", raw, [], []), ("courant, PIPELINING", send, data, []), ("courant, BDAT", send, [], []),
		("courant, BDAT, window 32", send, [], ["--window", 32])])
	compare(build, "the same through TLS", count, [
		("courant, PIPELINING", send, data, []), ("courant, BDAT", send, [], []), ("courant, BDAT, window 32", send, [], ["--window", 32])], tls=True)
	compare(build, "a connection a mail, its TLS session taken up again", count // 10, [
		("courant, PIPELINING", send, data, ["--per-connection", 1]), ("courant, BDAT", send, [], ["--per-connection", 1])], tls=True, fresh=True)
	compare(build, "with a round trip of 20 ms", max(count // 100, 20), [("courant, PIPELINING", send, data, []), ("courant, BDAT", send, [], [])], delay_ms=20)
	compare(build, "with a round trip of 20 ms, many under way", max(count // 10, 20), [
		("courant, BDAT, window 32", send, [], ["--window", 32])], delay_ms=20)
	scale(build, "more connections, with a round trip of 20 ms: each waits for itself", max(count // 400, 20), [*data, "--delay", 20], [])
	scale(build, "more connections, without: the core that they share with the server is the limit", max(count // 20, 20), data, [])
	sizes(build)
	start(build)


if __name__ == "__main__":
	main(sys.argv[1:])
