#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""courant check: what the sources that are here lack is told with its place, as courant report tells it; what is not here is no fault."""
import tap

from forms import make

HEAD = "timezone: UTC\nperiod: all\nsources:\n  s: {csv: s.csv}\n  t: {csv: t.csv}\n  p: {probe: probes.db}\nsections:\n"

FAULTS = [
	("a table", "  - table: s.row\n", '8:14: there is no table "row" (did you mean "rows"?)'),
	("a table of probes", "  - table: p.event\n", '8:14: there is no table "event" (did you mean "events"?)'),
	("a column of a picture", "  - chart: s.rows.laod\n", '8:19: s.rows has no column "laod"; did you mean "load"?'),
	("a column in a list", "  - chart: {series: s.rows, columns: [load, temperatur]}\n", '8:45: s.rows has no column "temperatur"; did you mean "temperature"?'),
	("a column of a table", "  - {table: t.rows, columns: [name, amont]}\n", '8:37: t.rows has no column "amont"; did you mean "amount"?'),
	("a figure of several rows", "  - summary: t.rows\n", "8:14: t.rows has several rows"),
	("a sheet", "  - table: t\nattach:\n  - {workbook: x.xlsx, sheets: [s.row]}\n", '10:35: there is no table "row"'),
]


def sample():
	place = tap.folder()
	make(place, "courant-sample-metrics", "probes", place)
	(place / "s.csv").write_text("time,load,temperature\n2026-11-25 00:00:00,1,2\n2026-11-25 00:10:00,1,2\n")
	(place / "t.csv").write_text("name,amount\na,1\nb,2\n")
	return place


@tap.test
def what_sources_lack_is_told_as_the_report_tells_it():
	place = sample()
	for name, sections, words in FAULTS:
		(place / "own.yaml").write_text(HEAD + sections)
		for command in ("check", "report"):
			tap.row(f"{name}, {command}")
			result = tap.courant(command, "own.yaml", cwd=place)
			tap.check_equal((result.status, result.out), (78, ""))
			tap.check_in(f"own.yaml:{words}", result.err)
	tap.row("all is well")
	(place / "own.yaml").write_text(HEAD + "  - table: t.rows\n  - chart: s.rows.load\n  - table: p.events\n  - {table: t.rows, columns: [name, amount]}\n")
	tap.check_equal(tap.courant("check", "own.yaml", cwd=place), (0, "own.yaml: OK\n", ""))


# The settings of a source that only its file can tell to be wrong.
SETTINGS = [
	("a type of no column", "{csv: t.csv, types: {amont: bytes}}", 't.csv: there is no column "amont" (did you mean "amount"?)'),
	("a time that is none", "{csv: t.csv, time: when}", 't.csv: there is no column of times called "when"'),
	("no such target", "{probe: probes.db, target: nobody}", 'probes.db has no target "nobody"'),
]


@tap.test
def settings_are_held_against_the_file():
	place = sample()
	for name, source, words in SETTINGS:
		tap.row(name)
		(place / "own.yaml").write_text(f"sources:\n  s: {source}\nsections:\n  - table: s\n")
		result = tap.courant("check", "own.yaml", cwd=place)
		tap.check_equal((result.status, result.out), (78, ""))
		tap.check_in(f'own.yaml:2:3: the source "s": {words}\n', result.err)


ELSEWHERE = [
	("a file", "{csv: gone.csv}", "table: s.row", "cannot open gone.csv: No such file or directory"),
	("a broken file", "{csv: broken.csv}", "table: s.row", "broken.csv:2: 3 fields, where the first line has 2"),
	("a log", "{weblog: gone.log}", "table: s.pages", "cannot open gone.log: No such file or directory"),
	("logs", "{weblog: gone*.log}", "table: s.pages", "no log file is named gone*.log"),
	("what is no log", "{weblog: broken.csv}", "table: s.pages", "broken.csv is in no format that is known: line 1 is \"a,b\""),
	("an optional file", "{csv: gone.csv, optional: yes}", "table: s", None),
	("a server", "{prometheus: 'http://127.0.0.1:9', queries: {up: up}}", "chart: s.up", None),
]


@tap.test
def what_is_not_here_is_no_fault():
	place = sample()
	(place / "broken.csv").write_text("a,b\n1,2,3\n")
	for name, source, section, words in ELSEWHERE:
		tap.row(name)
		(place / "own.yaml").write_text(f"sources:\n  s: {source}\nsections:\n  - {section}\n")
		result = tap.courant("check", "own.yaml", cwd=place)
		tap.check_equal((result.status, result.out), (0, "own.yaml: OK\n"))
		if words:
			tap.check_in(f'courant: own.yaml:2:3: the source "s" cannot be read here: {words}', result.err)
			tap.check_equal(tap.courant("check", "--quiet", "own.yaml", cwd=place), (0, "", ""))
		else:
			tap.check_equal(result.err, "")


@tap.test
def logs_are_looked_at_and_ledgers_left_alone():
	place = sample()
	line = '192.0.2.1 - - [09/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 1000 "-" "Mozilla/5.0"\n'
	(place / "access.log").write_text(line * 20000 + "\0" * 1000)
	(place / "own.yaml").write_text("sources:\n  web: {weblog: access.log, state: state.db}\nsections:\n  - summary: web.totals\n  - chart: web.hours\n  - table: web.pages\n")
	tap.check_equal(tap.courant("check", "own.yaml", cwd=place), (0, "own.yaml: OK\n", ""))
	tap.check(not (place / "state.db").exists(), "no ledger is made")


tap.main()
