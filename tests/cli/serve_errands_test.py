#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What courant serve does again and again: samples, probes, the heartbeat."""
import os
import time

import tap
from service import Place, Site, wait_for

SELDOM = "schedule: monthly 1 07:30"


@tap.test
def errands_are_run_again_and_again():
	place = Place(1, SELDOM, ", collect: 1 s, probe: 1 s, heartbeat: 'http://127.0.0.1:1/', heartbeat_every: 1 s, patience: 1 h",
		      "samples: samples\ntargets: http://127.0.0.1:1/\n")
	# In the place of courant-report: it tells what it was called with.
	program = place.folder / "courant-report"
	program.write_text("#!/bin/sh\necho \"$*\" >>called\ncase $1 in collect) test ! -e broken ;; probe) exit 69 ;; esac\n")
	program.chmod(0o755)
	place.spawn(COURANT_LIBEXEC_DIR=str(place.folder))
	place.await_health(200)
	beats = lambda: (place.folder / "called").read_text().count("check") if (place.folder / "called").exists() else 0
	wait_for(lambda: beats() >= 2)
	called = (place.folder / "called").read_text().splitlines()
	for words in ("collect --quiet --config courant.yaml", "probe --quiet --config courant.yaml", "check --heartbeat --quiet --config courant.yaml"):
		tap.check_in(words, called)
	# A probe that has found something down is one that was made.
	tap.check_in('courant_errands_failed_total{errand="probe"} 0\n', place.get("/metrics")[1])
	# A heart that is not well does not beat.
	(place.folder / "broken").touch()
	place.await_health(503, "collect failed ")
	n_beats = beats()
	time.sleep(2.2)
	tap.check(beats() <= n_beats + 1, "no more beats")
	(place.folder / "broken").unlink()
	place.await_health(200)
	place.end()


@tap.test
def the_heart_beats_by_http():
	with Site() as site:
		place = Place(1, SELDOM, f", heartbeat: '{site.url('/ping/1f0c')}', heartbeat_every: 1 s").start()
		wait_for(lambda: len(site.heard) >= 2)
		tap.check_equal(site.heard[:2], ["/ping/1f0c"] * 2)
		place.end()
		# By hand.
		tap.check_equal(place.courant("check", "--heartbeat")[:2], (0, "heartbeat: OK\n"))
		site.status = 500
		refused = place.courant("check", "--heartbeat")
		tap.check_equal(refused.status, 69)
		tap.check_in("status 500", refused.err)
		place.serve = ""
		place.write_config()
		tap.check_equal(place.courant("check", "--heartbeat").status, 78)


@tap.test
def samples_are_taken():
	if not os.path.exists(os.path.join(os.path.dirname(tap.PROGRAM), "courant-rrd")):
		tap.skip("courant-rrd is not built")
		return
	place = Place(1, SELDOM, ", collect: 1 s", "samples: samples\n").start()
	tap.check(wait_for((place.folder / "samples/system.rrd").exists), "a sample is there: " + "\n".join(place.lines()))
	place.end()


@tap.test
def web_servers_are_probed():
	with Site() as site:
		place = Place(1, SELDOM, ", probe: 1 s", f"samples: samples\ntargets: {site.url('/shop')}\n").start()
		wait_for(lambda: len(site.heard) >= 2)
		# What is down is a finding, and no trouble of the service.
		site.status = 503
		n = len(site.heard)
		wait_for(lambda: len(site.heard) >= n + 4)
		place.await_health(200)
		metrics = place.get("/metrics")[1]
		tap.check_in('courant_errands_failed_total{errand="probe"} 0\n', metrics)
		place.end()
		tap.check_equal(set(site.heard), {"/shop"})
		tap.check((place.folder / "samples/probes.db").exists(), "the results are kept")


tap.main()
