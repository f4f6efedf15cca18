#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every example of the help, every recipe of the README and ./quickstart, run for real on this machine.

The examples name mail.example.com and logs under /var/log; here a catcher stands in for the one and made-up logs for the others.
"""
import gzip
import http.server
import os
import re
import shlex
import shutil
import subprocess
import threading
from pathlib import Path

import tap

BUILD = Path(tap.PROGRAM).parent
NOW = "2026-11-10T08:00:00+08:00"
PASSWORD = "a secret of the test"
README = (tap.SOURCE / "README.md").read_text()


class Catcher:
	"""courant catch on a free port, for as long as the with statement lasts."""

	def __init__(self, place):
		self.mails = place / "caught"

	def __enter__(self):
		self.process = subprocess.Popen(
			[tap.PROGRAM, "catch", "--listen", "127.0.0.1:0", "--maildir", str(self.mails), "--user", "ops"],
			stdout=subprocess.PIPE, env=tap.environment(self.mails.parent, COURANT_PASSWORD=PASSWORD))
		for line in self.process.stdout:
			ready = re.match(rb"listening on 127\.0\.0\.1:(\d+)", line)
			if ready:
				self.port = int(ready.group(1))
				return self
		raise AssertionError("the catcher did not start")

	def __exit__(self, *_):
		self.process.terminate()
		self.process.communicate(timeout=10)

	def caught(self):
		return sorted((self.mails / "new").glob("*"))


def bench_log(date):
	return subprocess.run([BUILD / "courant-sample-log", "bench", "1", date], stdout=subprocess.PIPE, check=True).stdout


def prepare(place):
	"""Every file that an example names."""
	(place / "access.log").write_bytes(bench_log("2026-11-09"))
	(place / "access.log.1").write_bytes(bench_log("2026-11-02"))
	(place / "access.log.2.gz").write_bytes(gzip.compress(bench_log("2026-11-01")))
	(place / "password").write_text(PASSWORD + "\n")
	(place / "password").chmod(0o600)
	for name in ("report.html", "r.html"):
		(place / name).write_text('<p>官网</p><img src="cid:io" alt="">')
	(place / "mail.eml").write_text("From: a@example.com\nTo: b@example.org\nSubject: x\n\nhello\n")
	(place / "io.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
	(place / "week.xlsx").write_bytes(b"PK\x03\x04" + bytes(64))
	(place / "app.log").write_text("192.0.2.1 [2026-11-09T10:00:00+08:00] 200\n")
	(place / "mail.eml").write_text("From: ops@example.com\nTo: ann@example.org\nSubject: hello\n\nhello\n")
	(place / "latency.csv").write_text("time,p50,p95\n2026-11-09 08:00,0.1,0.2\n2026-11-09 08:05,0.2,0.4\n")
	subprocess.run([BUILD / "courant", "collect", "--into", place / "lib"], check=True, env=tap.environment(place, COURANT_NOW="2026-11-09T08:00:00Z"))
	(place / "reports.d").mkdir()
	shutil.copy(tap.SOURCE / "reports/traffic.yaml", place / "reports.d")
	(place / "reports.d/weekly.yaml").write_text("schedule: weekly mon 09:00\nperiod: last week\n")
	# A browser that opens everything.
	(place / "bin").mkdir()
	(place / "bin/xdg-open").write_text("#!/bin/sh\ntest -r \"$1\"\n")
	(place / "bin/xdg-open").chmod(0o755)


class Site(http.server.BaseHTTPRequestHandler):
	"""www.example.com, on this machine."""

	def do_GET(self):
		self.send_response(200)
		self.end_headers()
		self.wfile.write(b"Welcome")

	def log_message(self, *_):
		pass


SITE = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
threading.Thread(target=SITE.serve_forever, daemon=True).start()


def stand_in(command, catcher):
	"""The command with what is there in place of what is not."""
	command = re.sub(r"/etc/courant/\w+", "password", command.replace("/var/log/nginx/", ""))
	command = command.replace("/usr/sbin/", "").replace("/var/lib/courant", "lib").replace("outbox show 17", "outbox show 1")
	if "courant probe" in command:
		command = command.replace("https://www.example.com", f"http://127.0.0.1:{SITE.server_port}")
	command = re.sub(r"smtp://ops@[a-z.]+", f"smtp://ops@127.0.0.1:{catcher.port}", command)
	if "--server" in command:
		command = re.sub(r"(--server\s+\S+)", rf"\1 --ca-file {shlex.quote(str(catcher.mails / 'ca.pem'))}", command)
	return command


def run(command, place, catcher):
	env = {"TMPDIR": str(place), "PATH": f"{place}/bin:{BUILD}:{os.environ['PATH']}", "COURANT_NOW": NOW, "COURANT_PASSWORD": PASSWORD}
	return tap.run(["sh", "-c", stand_in(command, catcher)], cwd=place, env=env)


def check_runs(command, place, catcher):
	tap.row(command)
	result = run(command, place, catcher)
	tap.check(result.status == 0, f"exit status {result.status}: {result.err.decode()}")
	return result


def examples(name):
	text = tap.courant("help", name).out.partition("Examples:\n")[2].replace("\\\n", " ")
	return [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]


def commands():
	overview = tap.courant("--help").out.split("Commands:\n")[1].split("\n\n")[0]
	return [line.split()[0] for line in overview.splitlines() if line[2] != " "]


@tap.test
def the_examples_of_the_help_run():
	place = tap.folder()
	prepare(place)
	with Catcher(place) as catcher:
		config = place / ".config/courant/courant.yaml"
		config.parent.mkdir(parents=True)
		config.write_text(f"accounts:\n  office: {{server: 'smtp://ops@127.0.0.1:{catcher.port}', from: ops@example.com, ca_file: {catcher.mails}/ca.pem}}\n"
				  f"reports: {place}/reports.d/*.yaml\noutbox: {place}/outbox.db\n")
		# Examples look after mail that waits.
		check_runs("courant send --queue --to b@x.org --text-body Hello", place, catcher)
		for name in commands():
			for example in examples(name):
				# The catcher runs until it is told to stop; this one is running. Git wants a repository, and setup a person; so does the service.
				if name != "catch" and not example.startswith("git ") and example not in ("courant setup", "courant serve --verbose"):
					check_runs(example, place, catcher)


def block(language):
	return re.search(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE).group(1)


@tap.test
def the_recipe_for_a_mail_delivers_it():
	place = tap.folder()
	with Catcher(place) as catcher:
		result = check_runs(block("sh"), place, catcher)
		tap.check_in("accepted", result.out.decode())
		tap.check_equal(len(catcher.caught()), 1)
		tap.check_in(b"All 412 files are safe.", b"".join(mail.read_bytes() for mail in catcher.caught()))


@tap.test
def the_recipe_for_cron_delivers_the_report():
	place = tap.folder()
	prepare(place)
	with Catcher(place) as catcher:
		schedule, command = re.match(r"((?:\S+\s+){5})(.*)", block("crontab")).groups()
		tap.check_equal(schedule.split(), ["0", "8", "*", "*", "*"])
		tap.check("%" not in command, "cron ends a command at %")
		check_runs(command, place, catcher)
		tap.check_equal(len(catcher.caught()), 1)


@tap.test
def the_recipe_for_a_service_fits_together():
	commands = block("bash").splitlines()
	packages = re.findall(r"(?m)^Package: (\S+)", (tap.SOURCE / "debian/control").read_text())
	for name in re.findall(r"\.\./([\w-]+)_\*\.deb", block("bash")):
		tap.check_in(name, packages)
	tap.check_equal(tap.run([str(tap.SOURCE / "scripts/deps"), "--list", commands[0].split()[-1]]).status, 0)
	unit = (tap.SOURCE / f"packaging/systemd/{commands[-1].split()[-1]}.service.in").read_text()
	for line in ("WantedBy=", "ExecReload="):
		tap.check_in(line, unit)
	place = tap.folder()
	result = tap.courant("setup", "--offline", "--server", "smtp://mail.example.com", "--from", "ops@example.com", "--config", place / "courant.yaml")
	tap.check_equal(result.status, 0)
	for command in commands:
		if command.startswith("echo "):
			tap.check_equal(tap.run(["sh", "-c", command.replace("/etc/courant", str(place))]).status, 0)
	config = (place / "courant.yaml").read_text()
	tap.check_in("\noutbox: /var/lib/courant/outbox.db\n", config)
	tap.check_equal(tap.courant("check", place / "courant.yaml").status, 0)
	# What the text says of the names beside it.
	for words in re.findall(r"`((?:reports|schedule|serve): [^`]*)`", README):
		name = "report.yaml" if words.startswith("schedule") else "courant.yaml"
		(place / name).write_text(words + "\n")
		tap.check_equal((words, tap.courant("check", place / name).status), (words, 0))


@tap.test
def the_tour_names_every_folder_of_the_sources():
	for folder in sorted(path.name for path in (tap.SOURCE / "src").iterdir() if path.is_dir()):
		tap.check_in(f"[src/{folder}](src/{folder})", README)
	for target in re.findall(r"\]\(([a-zA-Z][^):]*)\)", README):
		tap.check((tap.SOURCE / target).exists(), f"{target} is not there")


@tap.test
def quickstart_delivers_three_reports():
	place = tap.folder()
	prepare(place)
	result = tap.run([str(tap.SOURCE / "quickstart"), "access.log"], cwd=place,
			 env={"COURANT_BUILD": str(BUILD), "COURANT_QUICKSTART": str(place / "work")})
	tap.check_equal(result.status, 0)
	said = result.out.decode()
	tap.check_equal(said.count("  accepted  "), 3)
	tap.check("made-up ones" in said or os.access("/var/lib/courant/system.rrd", os.R_OK), "whose samples they are")
	for report in ("traffic", "performance", "quality"):
		for extension in ("eml", "html", "txt"):
			tap.row(f"{report} {extension}")
			tap.check_equal(len(list(place.glob(f"work/saved/{report}_*.{extension}"))), 1)
	tap.check_equal(len(list(place.glob("work/saved/*.xlsx"))), 1)
	tap.check_equal(len(list(place.glob("work/mails/new/*"))), 3)


tap.main()
