#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""courant serve: real processes, a clock that stands where the test wants it (COURANT_NOW), and courant catch as the mail server."""
import http.server
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

import tap

sys.path.insert(0, str(tap.SOURCE / "tests/interop"))
import peers

PATIENCE_S = 30
LINE = '192.0.2.1 - - [09/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 100 "-" "Mozilla/5.0 Firefox/130.0"\n'
# Two seconds before a minute begins.
BEFORE = "2026-11-09T12:00:58Z"


class Place:
	"""A folder with a configuration, a log and a report; and the service in it."""

	def __init__(self, server, report="schedule: every 1 min", serve="", more=""):
		self.folder = tap.folder()
		self.folder.chmod(0o755)
		self.server, self.more, self.serve = server, more, serve
		(self.folder / "access.log").write_text(LINE)
		self.write_report(report)
		self.write_config()
		self.process = None

	def write_report(self, lines):
		(self.folder / "r.yaml").write_text("report: traffic\ntimezone: UTC\nperiod: last 24 h\nto: ann@example.org\nsources: {web: {weblog: access.log}}\n" + lines + "\n")

	def write_config(self, reports="r.yaml"):
		port = self.server if isinstance(self.server, int) else self.server.port
		(self.folder / "courant.yaml").write_text(
			f"accounts:\n  office: {{server: 'smtp://127.0.0.1:{port}?tls=none', from: ops@example.com}}\n"
			f"outbox: {{file: {self.folder}/outbox.db, socket: {self.folder}/socket}}\nowner: oncall@example.com\nreports: {reports}\n"
			f"serve: {{http: '127.0.0.1:0', metrics: {self.folder}/courant.prom{self.serve}}}\n{self.more}")

	def spawn(self, *words, **env):
		self.log = open(self.folder / "serve.log", "ab")
		self.mark = (self.folder / "serve.log").stat().st_size
		self.process = subprocess.Popen([tap.PROGRAM, "serve", "--config", "courant.yaml", *words], cwd=self.folder, stderr=self.log,
						env=tap.environment(self.folder, **env))

	def start(self, now=BEFORE):
		self.spawn(COURANT_NOW=now)
		self.await_line("event=ready")
		return self

	def lines(self):
		with open(self.folder / "serve.log", "rb") as log:
			log.seek(self.mark)
			return log.read().decode("utf-8", "replace").splitlines()

	def await_line(self, part, n=1):
		"""The n-th line with this in it."""
		end = time.monotonic() + PATIENCE_S
		while time.monotonic() < end:
			found = [line for line in self.lines() if part in line]
			if len(found) >= n:
				return found[n - 1]
			time.sleep(0.02)
		tap.check(False, f"no line {part!r} in\n" + "\n".join(self.lines()))
		return ""

	def get(self, path):
		address = re.search(r"address=(\S+)", self.await_line("address="))[1]
		try:
			with urllib.request.urlopen(f"http://{address}{path}", timeout=PATIENCE_S) as answer:
				return answer.status, answer.read().decode()
		except urllib.error.HTTPError as refusal:
			return refusal.code, refusal.read().decode()

	def await_health(self, status, part=""):
		end = time.monotonic() + PATIENCE_S
		while time.monotonic() < end:
			got = self.get("/health")
			if got[0] == status and part in got[1]:
				return got[1]
			time.sleep(0.05)
		tap.check(False, f"health is {got}")
		return ""

	def send_signal(self, number):
		self.process.send_signal(number)

	def end(self, number=signal.SIGTERM):
		self.send_signal(number)
		status = self.process.wait(PATIENCE_S)
		self.log.close()
		return status

	def courant(self, *words):
		return tap.courant(*words, "--config", "courant.yaml", cwd=self.folder, env={"COURANT_NOW": BEFORE})


def catcher():
	return peers.Catcher("--tls", "none")


def await_mails(server, n):
	end = time.monotonic() + PATIENCE_S
	while time.monotonic() < end and len(server.mails()) < n:
		time.sleep(0.02)
	tap.check_equal(len(server.mails()), n)
	return server.mails()


@tap.test
def a_report_that_is_due_is_made_and_sent():
	with catcher() as server:
		place = Place(server).start()
		mail = await_mails(server, 1)[0]
		tap.check_in(b"X-Envelope-To: <ann@example.org>", mail)
		place.await_line('event="report made" report=r.yaml slot=2026-11-09T12:01:00Z attempt=1 status=0')
		place.await_line("event=mail state=accepted")
		tap.check_equal(place.await_health(200), "ok\n")
		status, metrics = place.get("/metrics")
		tap.check_equal(status, 200)
		for line in ("courant_healthy 1", 'courant_reports_total{outcome="sent"} 1', 'courant_recipients_total{state="accepted"} 1',
			     "courant_next_report_timestamp_seconds 1794225720.000"):
			tap.check_in(line + "\n", metrics)
		tap.check_equal(place.get("/")[0], 404)
		tap.check_in("courant_start_time_seconds", (place.folder / "courant.prom").read_text())
		begun = time.monotonic()
		tap.check_equal(place.end(), 0)
		tap.check(time.monotonic() - begun < 5, "it ends at once")
		tap.check(not (place.folder / "socket").exists(), "the socket is gone")
		# Made once more by hand it is the same mail, and goes to nobody who has had it.
		again = place.courant("report", "r.yaml", "--send", "--slot", "2026-11-09T12:01:00Z")
		tap.check_equal(again.status, 0)
		tap.check_in("already", again.err)
		tap.check_equal(place.courant("outbox", "flush").status, 0)
		tap.check_equal(len(server.mails()), 1)


@tap.test
def the_guide_names_every_figure():
	guide = (tap.SOURCE / "docs/guide-service.md").read_text()
	with catcher() as server:
		place = Place(server).start()
		names = set(re.findall(r"(?m)^# TYPE (\S+)", place.get("/metrics")[1]))
		place.end()
	told = set(re.findall(r"`(courant_\w+)", guide))
	tap.check_equal(sorted(told - names), [])
	tap.check_equal(sorted(names - told), ["courant_reports_running", "courant_start_time_seconds"])


@tap.test
def what_was_missed_is_made_up_for_newest_first():
	with catcher() as server:
		place = Place(server, "schedule: every 60 min", ", catch_up: 2").start("2026-11-09T12:30:00Z")
		tap.check_equal(place.end(), 0)
		place.start("2026-11-09T18:30:00Z")
		place.await_line('event="report made"', 2)
		made = [re.search(r"slot=(\S+)", line)[1] for line in place.lines() if 'event="report made"' in line]
		tap.check_equal(made, ["2026-11-09T18:00:00Z", "2026-11-09T17:00:00Z"])
		place.await_line('event="missed runs let go"')
		place.end()
		# Once.
		place.start("2026-11-09T18:31:00Z")
		tap.check_equal([line for line in place.lines() if "report made" in line], [])
		place.end()


@tap.test
def killed_in_the_middle_it_sends_once():
	with catcher() as server:
		place = Place(server).start()
		place.await_line('event="report made"')
		place.end(signal.SIGKILL)
		# Whoever finds the stale socket, the lease of a dead runner and a run that is not remembered goes on from there.
		place.start("2026-11-09T12:01:30Z")
		await_mails(server, 1)
		place.await_health(200)
		place.end()
		tap.check(len(server.mails()) <= 2, "twice only when it was perhaps delivered")


@tap.test
def two_on_one_outbox_do_no_harm():
	with catcher() as server:
		one, two = Place(server), Place(server)
		config = two.folder / "courant.yaml"
		config.write_text(config.read_text().replace(f"{two.folder}/outbox.db", f"{one.folder}/outbox.db"))
		one.start()
		two.start()
		for place in (one, two):
			place.await_line('event="report made" report=r.yaml slot=2026-11-09T12:01:00Z')
		tap.check_in("already", "\n".join(one.lines() + two.lines()))
		await_mails(server, 1)
		# At the same socket there is one only.
		third = Place(server)
		config = third.folder / "courant.yaml"
		config.write_text(config.read_text().replace(f"{third.folder}/socket", f"{one.folder}/socket"))
		refused = third.courant("serve")
		tap.check_equal(refused.status, 73)
		tap.check_in("another courant serve takes mail at", refused.err)
		tap.check_equal((one.end(), two.end()), (0, 0))
		tap.check_equal(len(server.mails()), 1)


@tap.test
def a_report_that_fails_tells_the_owner():
	with catcher() as server:
		place = Place(server).start()
		place.write_report("schedule: every 1 min\nno_such_key: 1")
		place.await_line('event="report failed"')
		mail = await_mails(server, 1)[0].decode()
		tap.check_in("X-Envelope-To: <oncall@example.com>", mail)
		tap.check_in("Subject: Courant: the report r.yaml failed", mail)
		tap.check_in("no_such_key", mail)
		tap.check_in("report r.yaml failed 1 time\n", place.await_health(503, "r.yaml"))
		place.end()


@tap.test
def a_report_that_takes_too_long_is_ended():
	with catcher() as server:
		place = Place(server, serve=", time_limit: 1 s")
		os.mkfifo(place.folder / "slow")
		place.write_report("schedule: every 1 min")
		text = (place.folder / "r.yaml").read_text().replace("access.log", "slow")
		(place.folder / "r.yaml").write_text(text)
		place.start()
		line = place.await_line('event="report failed"')
		tap.check_in("took too long", line)
		tap.check_in("again=yes", line)
		place.end()


@tap.test
def sighup_reads_the_configuration_anew():
	with catcher() as server:
		place = Place(server, "schedule: monthly 1 07:30").start()
		place.write_config("r.yaml\nowner2: x")
		place.send_signal(signal.SIGHUP)
		tap.check_in("the old one", place.await_line('event="configuration refused"'))
		tap.check_in("unknown key \"owner2\"", "\n".join(place.lines()))
		place.await_health(503, "the new configuration was refused")
		place.write_config()
		place.write_report("schedule: every 1 min")
		place.send_signal(signal.SIGHUP)
		place.await_line('event="configuration read anew"')
		place.await_health(200)
		await_mails(server, 1)
		tap.check_equal(place.end(), 0)


@tap.test
def systemd_is_told():
	with catcher() as server, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
		place = Place(server, "schedule: monthly 1 07:30")
		manager.bind(str(place.folder / "notify"))
		manager.settimeout(PATIENCE_S)
		place.spawn(NOTIFY_SOCKET=str(place.folder / "notify"), WATCHDOG_USEC="200000", JOURNAL_STREAM="1:1")
		heard = [manager.recv(1000)]
		while heard.count(b"WATCHDOG=1") < 3:
			heard.append(manager.recv(1000))
		tap.check_equal(heard[0], b"READY=1")
		place.send_signal(signal.SIGHUP)
		while b"RELOADING=1" not in heard:
			heard.append(manager.recv(1000))
		place.send_signal(signal.SIGTERM)
		while b"STOPPING=1" not in heard:
			heard.append(manager.recv(1000))
		tap.check_equal(place.process.wait(PATIENCE_S), 0)
		tap.check_in("<6>level=info event=ready", "\n".join(place.lines()))


@tap.test
def who_may_not_write_the_outbox_hands_mail_over():
	if os.geteuid() != 0:
		tap.skip("becoming somebody else needs root")
		return
	with catcher() as server:
		place = Place(server, "schedule: monthly 1 07:30").start()
		home = tap.folder()
		home.chmod(0o777)
		done = tap.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", tap.PROGRAM, "sendmail", "-t", "-i", "-C", str(place.folder / "courant.yaml")],
			       b"From: web@example.com\nTo: bob@example.org\nSubject: handed over\n\nhello\n", cwd=home)
		tap.check_equal((done.status, done.err), (0, b""))
		mail = await_mails(server, 1)[0]
		tap.check_in(b"Subject: handed over", mail)
		tap.check_in("uid=65534", place.await_line('event="mail taken"'))
		tap.check_in("uid 65534, process", place.courant("outbox", "list", "--all", "--json").out + place.courant("outbox", "show", "1").out)
		place.end()


@tap.test
def when_no_mail_can_leave_somebody_is_notified():
	# Nobody listens at port 1.
	place = Place(1, "schedule: monthly 1 07:30", ", patience: 1 s, notify: 'echo \"$COURANT_EVENT\" >>notified'").start()
	tap.check_equal(place.courant("send", "--queue", "--to", "bob@example.org", "--text-body", "x").status, 0)
	tap.check_in("mail waits, and none has left", place.await_health(503, "none has left"))
	place.await_line("event=notified")
	end = time.monotonic() + PATIENCE_S
	while not (place.folder / "notified").exists() and time.monotonic() < end:
		time.sleep(0.02)
	tap.check_in("none has left", (place.folder / "notified").read_text())
	# Not every second.
	time.sleep(1.5)
	tap.check_equal((place.folder / "notified").read_text().count("none has left"), 1)
	place.end()


@tap.test
def errands_are_run_again_and_again():
	place = Place(1, "schedule: monthly 1 07:30", ", collect: 1 s, probe: 1 s, heartbeat: 'http://127.0.0.1:1/', heartbeat_every: 1 s, patience: 1 h")
	# In the place of courant-report: it tells what it was called with.
	program = place.folder / "courant-report"
	program.write_text("#!/bin/sh\necho \"$*\" >>called\ncase $1 in collect) test ! -e broken ;; probe) exit 69 ;; esac\n")
	program.chmod(0o755)
	place.spawn(COURANT_LIBEXEC_DIR=str(place.folder))
	place.await_health(200)
	end = time.monotonic() + PATIENCE_S
	while time.monotonic() < end and not ((place.folder / "called").exists() and (place.folder / "called").read_text().count("check") >= 2):
		time.sleep(0.05)
	called = (place.folder / "called").read_text().splitlines()
	for words in ("collect --quiet --config courant.yaml", "probe --quiet --config courant.yaml", "check --heartbeat --quiet --config courant.yaml"):
		tap.check_in(words, called)
	# A probe that has found something down is one that was made.
	tap.check_in('courant_errands_failed_total{errand="probe"} 0\n', place.get("/metrics")[1])
	# A heart that is not well does not beat.
	(place.folder / "broken").touch()
	place.await_health(503, "collect failed ")
	beats = (place.folder / "called").read_text().count("check")
	time.sleep(2.2)
	tap.check(((place.folder / "called").read_text().count("check")) <= beats + 1, "no more beats")
	(place.folder / "broken").unlink()
	place.await_health(200)
	place.end()


class Listener(http.server.BaseHTTPRequestHandler):
	"""A service that notices when a heart beats; its status is the server's."""

	def do_GET(self):
		self.server.heard.append(self.path)
		self.send_response(self.server.status)
		self.end_headers()

	def log_message(self, *_):
		pass


@tap.test
def the_heart_beats_by_http():
	with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener) as listener:
		listener.heard, listener.status = [], 200
		threading.Thread(target=listener.serve_forever, daemon=True).start()
		url = f"http://127.0.0.1:{listener.server_port}/ping/1f0c"
		place = Place(1, "schedule: monthly 1 07:30", f", heartbeat: '{url}', heartbeat_every: 1 s").start()
		end = time.monotonic() + PATIENCE_S
		while len(listener.heard) < 2 and time.monotonic() < end:
			time.sleep(0.02)
		tap.check_equal(listener.heard[:2], ["/ping/1f0c"] * 2)
		place.end()
		# By hand.
		tap.check_equal(place.courant("check", "--heartbeat")[:2], (0, "heartbeat: OK\n"))
		listener.status = 500
		refused = place.courant("check", "--heartbeat")
		tap.check_equal(refused.status, 69)
		tap.check_in("status 500", refused.err)
		place.serve = ""
		place.write_config()
		tap.check_equal(place.courant("check", "--heartbeat").status, 78)
		listener.shutdown()


@tap.test
def samples_are_taken():
	if not os.path.exists(os.path.join(os.path.dirname(tap.PROGRAM), "courant-rrd")):
		tap.skip("courant-rrd is not built")
		return
	place = Place(1, "schedule: monthly 1 07:30", ", collect: 1 s", "samples: samples\n").start()
	end = time.monotonic() + PATIENCE_S
	while not (place.folder / "samples/system.rrd").exists() and time.monotonic() < end:
		time.sleep(0.05)
	tap.check((place.folder / "samples/system.rrd").exists(), "a sample is there: " + "\n".join(place.lines()))
	place.end()


@tap.test
def what_cannot_work_does_not_begin():
	rows = [
		("no outbox", lambda text: re.sub(r"(?m)^outbox:.*\n", "", text), "needs an outbox"),
		("no account", lambda text: re.sub(r"(?m)^accounts:\n.*\n", "", text), "no account"),
		("a faulty key", lambda text: text + "owned: x\n", "unknown key"),
		("an address of everybody", lambda text: text.replace("127.0.0.1:0", "0.0.0.0:0"), "not loopback"),
	]
	for name, change, sentence in rows:
		tap.row(name)
		place = Place(1)
		config = place.folder / "courant.yaml"
		config.write_text(change(config.read_text()))
		result = place.courant("serve")
		tap.check_in(result.status, (64, 78))
		tap.check_in(sentence, result.err)


@tap.test
def the_log_may_be_json():
	with catcher() as server:
		place = Place(server)
		place.spawn("--log", "json")
		place.await_line('"event":"ready"')
		tap.check_equal(place.end(), 0)
		for line in place.lines():
			tap.check_in("event", json.loads(line))
		tap.check_equal(place.courant("serve", "--log", "xml").status, 64)


@tap.test
def a_run_made_by_hand_is_the_run_that_serve_makes():
	place = Place(1, "schedule: daily 08:00\nsubject: the report")
	made = []
	for number in range(2):
		result = place.courant("report", "r.yaml", "--slot", "2026-11-09T08:00:00Z", "--save", f"out{number}")
		tap.check_equal(result.status, 0)
		made.append(next((place.folder / f"out{number}").glob("*.eml")).read_bytes())
		# A line that comes late changes the figures, and not what mail it is.
		(place.folder / "access.log").write_text(LINE * 2)
	ids = [re.search(rb"(?mi)^Message-ID: *(\S+)", mail)[1] for mail in made]
	tap.check_equal(ids[0], ids[1])
	tap.check_in(b"Date: Mon, 09 Nov 2026 08:00:00 +0000", made[0])
	rows = [
		(["--slot", "last"], 0, ""),
		(["--slot", "next"], 0, ""),
		(["--slot", "2026-11-09T09:00:00Z"], 64, "those around it are 2026-11-09T08:00:00Z and 2026-11-10T08:00:00Z"),
		(["--slot", "yesterday"], 64, "not last, next or a time"),
		(["--slot", "last", "--period", "today"], 64, "--period cannot be given"),
	]
	for words, status, sentence in rows:
		tap.row(" ".join(words))
		result = place.courant("report", "r.yaml", *words)
		tap.check_equal(result.status, status)
		tap.check_in(sentence, result.err)
	place.write_report("")
	tap.check_in("has no schedule", place.courant("report", "r.yaml", "--slot", "last").err)


tap.main()
