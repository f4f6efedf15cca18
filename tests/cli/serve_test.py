#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""courant serve runs reports, sends what is in the outbox, takes mail, and reads its configuration anew."""
import os
import re
import signal
import threading
import time

import tap
from service import LINE, PATIENCE_S, Place, await_mails, catcher, peers, wait_for


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
		# Made once more by hand it is the same mail, byte for byte but for what the server has put in front, and goes to nobody who has had it.
		tap.check_equal(place.courant("report", "r.yaml", "--save", "out", "--slot", "2026-11-09T12:01:00Z").status, 0)
		saved = next((place.folder / "out").glob("*.eml")).read_bytes()
		tap.check(mail.replace(b"\r\n", b"\n").endswith(saved.replace(b"\r\n", b"\n")), "it is the same mail")
		again = place.courant("report", "r.yaml", "--send", "--slot", "2026-11-09T12:01:00Z")
		tap.check_equal(again.status, 0)
		tap.check_in("already", again.err)
		tap.check_equal(place.courant("outbox", "flush").status, 0)
		tap.check_equal(len(server.mails()), 1)


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
		wait_for(lambda: server.mails())
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
		tap.check_in('level=error event=fault at="courant.yaml:6:1: unknown key', place.await_line("owner2"))
		place.await_health(503, "the new configuration was refused")
		place.write_config()
		place.write_report("schedule: every 1 min")
		place.send_signal(signal.SIGHUP)
		place.await_line('event="configuration read anew"')
		place.await_health(200)
		await_mails(server, 1)
		tap.check_equal(place.end(), 0)


@tap.test
def mail_under_way_is_not_disturbed():
	slow = lambda _: time.sleep(0.02) or b"250 2.0.0 queued\r\n"
	with peers.Script({".": slow, "EHLO": b"250 mail.example.com\r\n"}) as server:
		place = Place(server, "schedule: monthly 1 07:30").start()
		for i in range(20):
			place.queue(f"mail {i}")
			if i % 5 == 4:
				place.send_signal(signal.SIGHUP)
		place.await_line("event=mail state=accepted", 20)
		place.await_line('event="configuration read anew"')
		tap.check_equal(place.end(), 0)
	bodies = [re.search(rb"mail \d+", message)[0] for message in server.messages]
	tap.check_equal(sorted(bodies), sorted(b"mail %d" % i for i in range(20)))


@tap.test
def counters_do_not_fall_when_the_configuration_is_read_anew():
	"""While the runner before still has mail under way, what it has delivered counts."""
	begun, go_on = threading.Event(), threading.Event()

	def answer(script):
		if b"slow" in script.messages[-1]:
			begun.set()
			go_on.wait(PATIENCE_S)
		return b"250 2.0.0 queued\r\n"

	def n_accepted():
		return int(re.search(r'courant_recipients_total\{state="accepted"\} (\d+)', place.get("/metrics")[1])[1])

	with peers.Script({".": answer, "EHLO": b"250 mail.example.com\r\n"}) as server:
		place = Place(server, "schedule: monthly 1 07:30").start()
		place.queue("quick")
		wait_for(lambda: n_accepted() == 1)
		place.queue("slow")
		tap.check(begun.wait(PATIENCE_S), "the slow mail is under way")
		place.send_signal(signal.SIGHUP)
		place.await_line('event="configuration read anew"')
		tap.check_equal(n_accepted(), 1)
		go_on.set()
		tap.check(wait_for(lambda: n_accepted() == 2), "both have been delivered")
		tap.check_equal(place.end(), 0)


@tap.test
def it_ends_in_bounded_time():
	# A server that never answers, and a report that does not want to end.
	with peers.Script({".": peers.HANG, "EHLO": b"250 mail.example.com\r\n"}) as server:
		place = Place(server)
		program = place.folder / "courant-report"
		program.write_text("#!/bin/sh\ntrap '' TERM\n>begun\nwhile :; do sleep 1; done\n")
		program.chmod(0o755)
		place.spawn(COURANT_NOW="2026-11-09T12:00:58Z", COURANT_LIBEXEC_DIR=str(place.folder))
		place.await_line("event=ready")
		place.queue()
		wait_for(lambda: server.messages and (place.folder / "begun").exists())
		begun = time.monotonic()
		tap.check_equal(place.end(), 0)
		took_s = time.monotonic() - begun
		tap.check(took_s < 15, f"it took {took_s:.1f} s")
		server.over.set()
	# It was perhaps delivered, so it goes once more; nothing is lost.
	tap.check_in("unknown", place.courant("outbox", "list", "--all").out)
	with catcher() as server:
		place.server = server
		place.write_config()
		place.start()
		tap.check_equal(place.courant("outbox", "retry", "--state", "unknown").status, 0)
		mails = await_mails(server, 2)
		tap.check_in(b"X-Envelope-To: <bob@example.org>", b"".join(mails))
		tap.check_in(b"X-Envelope-To: <ann@example.org>", b"".join(mails))
		place.end()


@tap.test
def another_account_takes_what_the_first_does_not():
	with catcher() as server:
		# Nobody listens at port 1.
		place = Place(1)
		config = place.folder / "courant.yaml"
		backup = f"  backup: {{server: 'smtp://127.0.0.1:{server.port}?tls=none', from: ops@example.com}}\naccount: [office, backup]\noutbox:"
		config.write_text(config.read_text().replace("outbox:", backup, 1))
		place.start()
		tap.check_in(b"X-Envelope-To: <ann@example.org>", await_mails(server, 1)[0])
		place.await_health(200)
		place.end()


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
	# By its name, as courant.yaml knows it; also by one that is built in.
	for name in ("r", "traffic"):
		tap.row(name)
		(place.folder / "reports.d").mkdir(exist_ok=True)
		(place.folder / f"reports.d/{name}.yaml").write_text((place.folder / "r.yaml").read_text().replace("access.log", "../access.log"))
		place.write_config("reports.d/*.yaml")
		elsewhere = tap.folder()
		result = tap.courant("report", name, "--slot", "2026-11-09T08:00:00Z", "--save", "out", "--config", place.folder / "courant.yaml", cwd=elsewhere)
		tap.check_equal(result.status, 0)
		tap.check_equal(len(list(elsewhere.glob("out/*.eml"))), 1)
	tap.check_in("has no schedule", place.courant("report", "performance", "--slot", "last").err)
	tap.row("no schedule")
	place.write_report("")
	tap.check_in("has no schedule", place.courant("report", "r.yaml", "--slot", "last").err)


tap.main()
