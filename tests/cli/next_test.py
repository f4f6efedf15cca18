#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""courant next: the runs of several reports in order, each in its own zone."""
import json

import tap

NOW = {"COURANT_NOW": "2026-10-31T12:00:00Z"}


def reports(**files):
	folder = tap.folder()
	(folder / "reports.d").mkdir()
	for name, text in files.items():
		(folder / "reports.d" / f"{name}.yaml").write_text(text)
	(folder / "courant.yaml").write_text("reports: [reports.d/*.yaml]\ntimezone: America/New_York\n")
	return folder


@tap.test
def runs_of_several_reports_come_in_order():
	folder = reports(daily="schedule: daily 02:30\n", weekly="timezone: Asia/Shanghai\nschedule: weekly mon 09:00\nperiod: last week\n",
			 hourly="schedule: 0 11 * * *\nperiod: last 24 h\n", all="schedule: monthly 2 00:00\nperiod: all\n", none="title: x\n")
	result = tap.courant("next", 6, "--config", folder / "courant.yaml", env=NOW)
	tap.check_equal(result, (0, """\
WHEN                         REPORT  ABOUT
2026-10-31 Sat 11:00 -04:00  hourly  2026-10-30 11:00 to 2026-10-31 11:00
2026-11-01 Sun 02:30 -05:00  daily   2026-10-31
2026-11-01 Sun 11:00 -05:00  hourly  2026-10-31 12:00 to 2026-11-01 11:00
2026-11-02 Mon 09:00 +08:00  weekly  2026-10-26 to 2026-11-01
2026-11-02 Mon 00:00 -05:00  all     all there is
2026-11-02 Mon 02:30 -05:00  daily   2026-11-01 (25 h)
""", ""))


@tap.test
def runs_are_objects():
	folder = reports(weekly="timezone: Asia/Shanghai\nschedule: weekly mon 09:00\nperiod: last week\n")
	result = tap.courant("next", 1, "--json", "reports.d/weekly.yaml", cwd=folder, env=NOW)
	tap.check_equal(result.status, 0)
	tap.check_equal(json.loads(result.out), {"report": "weekly", "file": "reports.d/weekly.yaml", "at": "2026-11-02T09:00:00+08:00", "timezone": "Asia/Shanghai",
						 "from": "2026-10-26T00:00:00+08:00", "to": "2026-11-02T00:00:00+08:00"})


@tap.test
def faulty_files_do_not_hide_the_others():
	folder = reports(daily="schedule: daily 02:30\n", wrong="schedule: daily 25:00\n")
	result = tap.courant("next", 1, "--config", folder / "courant.yaml", env=NOW)
	tap.check_equal(result.status, 78)
	tap.check_in("2026-11-01 Sun 02:30 -05:00  daily ", result.out)
	tap.check_in('wrong.yaml:1:11: schedule "daily 25:00": "25:00" is no time of day', result.err)


@tap.test
def two_reports_with_one_name_are_refused():
	"""Outbox and Message-ID tell reports apart by that name: the second one would never be sent."""
	folder = tap.folder()
	for region in ("eu", "us"):
		(folder / region).mkdir()
		(folder / region / "weekly.yaml").write_text("schedule: daily 02:30\n")
	(folder / "courant.yaml").write_text("reports: [eu/*.yaml, us/*.yaml]\n")
	config = folder / "courant.yaml"
	for words in (("next", "--config", config), ("check", config), ("report", "weekly", "--config", config), ("serve", "--config", config)):
		tap.row(words[0])
		result = tap.courant(*words)
		tap.check_equal(result.status, 78)
		tap.check_in(f"two reports are named weekly, {folder}/eu/weekly.yaml and {folder}/us/weekly.yaml: their mails are told apart by that name", result.err)
	# One file that two patterns name is one report.
	config.write_text("reports: [eu/weekly.yaml, 'eu/*.yaml']\n")
	tap.row("one file twice")
	tap.check_equal(tap.courant("check", config).status, 0)


@tap.test
def what_is_missing_is_said():
	folder = reports(none="title: x\n")
	result = tap.courant("next", "--config", folder / "courant.yaml")
	tap.check_equal((result.status, result.out), (0, ""))
	tap.check_in("no report has a schedule", result.err)
	(folder / "courant.yaml").write_text("timezone: UTC\n")
	result = tap.courant("next", "--config", folder / "courant.yaml")
	tap.check_equal(result.status, 64)
	tap.check_in("which reports?", result.err)
	(folder / "courant.yaml").write_text("reports: [nowhere/*.yaml]\n")
	result = tap.courant("next", "--config", folder / "courant.yaml")
	tap.check_equal(result.status, 66)
	tap.check_in("no report file is named", result.err)


tap.main()
