#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How fast mails go out beside Postfix's smtp-source, libcurl and Python's smtplib, in one run: mails a second, processor time a mail, ratios.

usage: bench/send_compare.py BUILD-FOLDER [COUNT]

The server is bench-null. smtp-source comes from scripts/deps servers, bench-send-curl is built where libcurl is installed; what is missing is left out.
Best of three runs each (with a round trip: one), of a release build.
"""
import os
import re
import resource
import smtplib
import subprocess
import sys
import time
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1]
RUNS = 3
POSTFIX = SOURCE / "build/interop/postfix/root/usr"
MESSAGE = ("From: a@example.com\r\nTo: b@example.org\r\nSubject: bench\r\n\r\n" + ("x" * 76 + "\r\n") * 12 + "x" * 28)
SMTPLIB = "--smtplib" # this program again, as a process of its own


class Server:
	def __init__(self, build, *words):
		self.words = [str(build / "bench/bench-null"), *map(str, words)]

	def __enter__(self):
		self.process = subprocess.Popen(self.words, stdout=subprocess.PIPE, text=True)
		self.where = self.process.stdout.readline().split()[-1]
		return self.where

	def __exit__(self, *_):
		self.process.terminate()
		self.process.wait()


def smtplib_main(where, count):
	host, port = where.split(":")
	with smtplib.SMTP(host, int(port)) as smtp:
		for _ in range(int(count)):
			smtp.sendmail("a@example.com", ["b@example.org"], MESSAGE)


def measure(words, count, env=None, runs=RUNS):
	"""(mails a second, microseconds of processor time a mail), the best of a few runs; what starting costs is in it, as a share of many mails."""
	best = None
	for _ in range(runs):
		before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
		done = subprocess.run([str(word) for word in words], capture_output=True, text=True, env={**os.environ, **(env or {})}, check=False)
		seconds, after = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
		if done.returncode != 0:
			print(f"{words[0]}: {done.stderr or done.stdout}", file=sys.stderr)
			return None
		cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
		own = re.search(r"([\d.]+) mails/s, ([\d.]+) us", done.stdout)
		one = (float(own[1]), float(own[2])) if own else (count / seconds, cpu * 1e6 / count)
		best = max(best or one, one)
	return best


def programs(build, where, count):
	"""Name, words and environment of what is there."""
	found = [("smtplib", [sys.executable, __file__, SMTPLIB, where, count], None)]
	if (POSTFIX / "sbin/smtp-source").exists():
		found.append(("smtp-source", [POSTFIX / "sbin/smtp-source", "-d", "-s", 1, "-m", count, "-l", 1024, "-f", "a@example.com", "-t", "b@example.org",
					      "inet:" + where], {"LD_LIBRARY_PATH": str(POSTFIX / "lib/postfix"), "MAIL_CONFIG": str(SOURCE / "build/interop/postfix/etc")}))
	if (build / "bench/bench-send-curl").exists():
		found.append(("libcurl", [build / "bench/bench-send-curl", where, "--count", count, "--size", 1024], None))
	return found


def compare(build, title, count, delay_ms, ours):
	print(f"\n{title}\n{'':28}{'mails/s':>10}{'us CPU':>9}{'x libcurl':>11}{'x smtp-source':>15}")
	extra = ["--delay", delay_ms] if delay_ms else []
	runs = 1 if delay_ms else RUNS # waiting is not noisy
	others = {}
	with Server(build, *extra) as where:
		for name, words, env in programs(build, where, min(max(count // 4, 20), 100 if delay_ms else count)):
			others[name] = measure(words, min(max(count // 4, 20), 100 if delay_ms else count), env, runs)
	rows = [(name, result) for name, result in others.items() if result]
	for name, server, words in ours:
		with Server(build, *server, *extra) as where:
			rows.append((name, measure([build / "bench/bench-send", where, "--count", count, "--size", 1024, *words], count, runs=runs)))
	for name, result in rows:
		ratios = [f"{result[0] / others[other][0]:.1f}" if others.get(other) else "-" for other in ("libcurl", "smtp-source")]
		print(f"{name:28}{result[0]:10.0f}{result[1]:9.1f}{ratios[0]:>11}{ratios[1]:>15}")


def main(words):
	if words[:1] == [SMTPLIB]:
		smtplib_main(*words[1:])
		return
	build, count = Path(words[0]).resolve(), int(words[1]) if len(words) > 1 else 20000
	etc = SOURCE / "build/interop/postfix/etc"
	if POSTFIX.exists():
		etc.mkdir(exist_ok=True)
		(etc / "main.cf").write_text("compatibility_level = 3.6\ninet_interfaces = 127.0.0.1\nmyhostname = mail.example.com\n")
	compare(build, "1 KB mails on one connection", count, 0, [
		("courant, PIPELINING", ["--no-chunking"], []), ("courant, BDAT", [], []), ("courant, BDAT, window 32", [], ["--window", 32]),
		("courant, BDAT, 8 connections", [], ["--connections", 8])])
	compare(build, "with a round trip of 20 ms", max(count // 100, 20), 20, [
		("courant, PIPELINING", ["--no-chunking"], []), ("courant, BDAT", [], [])])
	compare(build, "with a round trip of 20 ms, many under way", max(count // 10, 20), 20, [
		("courant, BDAT, window 32", [], ["--window", 32]), ("courant, 8 connections", [], ["--connections", 8])])


if __name__ == "__main__":
	main(sys.argv[1:])
