#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Who hears of it how courant serve is: systemd, the owner, Prometheus, whoever reads the log; and somebody when no mail can leave."""
import json
import re
import signal
import socket
import time

import tap
from service import PATIENCE_S, Place, await_mails, catcher, wait_for


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
def a_report_that_is_never_sent_tells_the_owner():
	with catcher() as server:
		# The log ends on the 9th, and three runs were missed.
		place = Place(server, "schedule: every 60 min\nsend: if data").start("2026-12-01T12:30:00Z")
		place.end()
		place.start("2026-12-01T15:30:00Z")
		place.await_line('event="report not sent"', 3)
		mail = await_mails(server, 1)[0].decode()
		tap.check_in("X-Envelope-To: <oncall@example.com>", mail)
		tap.check_in("Subject: Courant: the report r.yaml was not sent", mail)
		tap.check_in("no data in the period", mail)
		tap.check_in('courant_reports_total{outcome="skipped"} 3\n', place.get("/metrics")[1])
		# That is what the file asks for, and no trouble.
		place.await_health(200)
		place.end()


@tap.test
def more_troubles_than_can_be_told_are_no_silence():
	place = Place(1)
	good, faulty = (place.folder / "r.yaml").read_text(), "no_such_key: 1\n"
	reports = [place.folder / f"reports.d/{'r' * 200}{number}.yaml" for number in range(90)]
	reports[0].parent.mkdir()
	for report in reports:
		report.write_text(good.replace("access.log", "../access.log"))
	place.write_config("reports.d/*.yaml")
	place.start()
	for report in reports:
		report.write_text(faulty)
	place.await_line('event="report failed"', 90)
	place.await_health(503, "failed 1 time")
	# Not only at the first look.
	time.sleep(1.5)
	place.await_health(503, "failed 1 time")
	tap.check_in("courant_healthy 0\n", place.get("/metrics")[1])
	place.end()


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
def when_no_mail_can_leave_somebody_is_notified():
	# Nobody listens at port 1.
	place = Place(1, "schedule: monthly 1 07:30", ", patience: 1 s, notify: 'echo \"$COURANT_EVENT\" >>notified'").start()
	place.queue()
	tap.check_in("mail waits, and none has left", place.await_health(503, "none has left"))
	place.await_line("event=notified")
	wait_for((place.folder / "notified").exists)
	tap.check_in("none has left", (place.folder / "notified").read_text())
	# Not every second.
	time.sleep(1.5)
	tap.check_equal((place.folder / "notified").read_text().count("none has left"), 1)
	place.end()


@tap.test
def the_log_may_be_json():
	with catcher() as server:
		place = Place(server)
		place.spawn("--log", "json")
		place.await_line('"event":"ready"')
		place.write_config("r.yaml\nowned: x")
		place.send_signal(signal.SIGHUP)
		place.await_line('"event":"configuration refused"')
		tap.check_equal(place.end(), 0)
		for line in place.lines():
			tap.check_in("event", json.loads(line))
		tap.check_equal(place.courant("serve", "--log", "xml").status, 64)


tap.main()
