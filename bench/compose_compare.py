# SPDX-License-Identifier: MIT
"""compose_compare.py BENCH-FOLDER [DIR]: the two mails of bench-compose, made by Courant, by GMime, by libcurl and by Python's email, in one run.

DIR has the files (body.txt, body.html, p1.png … p4.png, att.bin); without it they are made up. Each program gets about a second,
in turns, three times; the best turn counts. (libcurl composes only while it sends: its processor time is counted, bench-null takes the mails.) Prints mails a second, MB/s and how many times the others' rate Courant's is."""
import email.message
import email.policy
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BENCH = Path(sys.argv[1])
COUNTS = {"big": {"courant": 5000, "gmime": 400, "curl": 40, "python": 20}, "small": {"courant": 300000, "gmime": 20000, "curl": 5000, "python": 2000}}


def files_make(folder):
	made = random.Random(1)
	(folder / "body.txt").write_text("各位同事：\n\n这是官网流量数据报表，请查收。Hits 545122.\n\n-- \n运维\n" * 3, encoding="utf-8")
	pictures = "".join(f'<img src="cid:p{i}@example.org">\n' for i in range(1, 5))
	(folder / "body.html").write_text("<p>官网流量 <b>545122</b></p>\n" * 60 + pictures, encoding="utf-8")
	for i in range(1, 5):
		(folder / f"p{i}.png").write_bytes(b"\x89PNG\r\n\x1a\n" + made.randbytes(20000))
	(folder / "att.bin").write_bytes(made.randbytes(1 << 20))


def run_program(name, kind, count, folder, where=os.devnull):
	out = subprocess.run([BENCH / name, kind, where, str(count), folder], capture_output=True, text=True, check=True).stdout
	return float(re.search(r": ([0-9]+) mails/s", out)[1])


def run_curl(kind, count, folder):
	with subprocess.Popen([BENCH / "bench-null"], stdout=subprocess.PIPE, text=True) as server:
		try:
			return run_program("bench-compose-curl", kind, count, folder, server.stdout.readline().split()[-1])
		finally:
			server.terminate()


def python_mail(kind, i, folder):
	mail = email.message.EmailMessage(policy=email.policy.SMTP)
	mail["From"] = "运维 <ops@example.com>"
	mail["To"] = f"收件人 {i} <user{i}@example.org>"
	mail["Subject"] = f"官网流量数据报表 第 {i} 期"
	mail["Message-ID"] = f"<mail.{i}@example.com>"
	mail.set_content((folder / "body.txt").read_text(encoding="utf-8"))
	if kind == "big":
		mail.add_alternative((folder / "body.html").read_text(encoding="utf-8"), subtype="html")
		for n in range(1, 5):
			mail.get_payload()[1].add_related((folder / f"p{n}.png").read_bytes(), "image", "png", cid=f"<p{n}@example.org>")
		mail.add_attachment((folder / "att.bin").read_bytes(), maintype="application", subtype="octet-stream", filename="report.bin")
	return bytes(mail)


def run_python(kind, count, folder):
	begin = time.monotonic()
	for i in range(count):
		python_mail(kind, i, folder)
	return count / (time.monotonic() - begin)


def compare(folder):
	ways = {"courant": lambda kind, n: run_program("bench-compose", kind, n, folder), "python": lambda kind, n: run_python(kind, n, folder)}
	if (BENCH / "bench-compose-gmime").exists():
		ways["gmime"] = lambda kind, n: run_program("bench-compose-gmime", kind, n, folder)
	if (BENCH / "bench-compose-curl").exists():
		ways["curl"] = lambda kind, n: run_curl(kind, n, folder)
	for kind in ("big", "small"):
		best = dict.fromkeys(ways, 0.0)
		for _ in range(3):
			for way, run in ways.items():
				best[way] = max(best[way], run(kind, COUNTS[kind][way]))
		size = len(python_mail(kind, 1, folder))
		for way, rate in sorted(best.items(), key=lambda entry: -entry[1]):
			print(f"{kind:6}{way:9}{rate:12.0f} mails/s{rate * size / 1e6:10.0f} MB/s   courant is {best['courant'] / rate:6.1f} times as fast")


with tempfile.TemporaryDirectory() as temporary:
	place = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(temporary)
	if len(sys.argv) <= 2:
		files_make(place)
	compare(place)
