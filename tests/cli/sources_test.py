#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""courant report --sources: the kinds of sources, and what one of them offers."""
import tap

LOG = '192.0.2.1 - - [09/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 100 "-" "Mozilla/5.0 (X11; Linux x86_64) Firefox/120.0"\n'


@tap.test
def the_kinds_are_listed_with_their_options():
	result = tap.courant("report", "--sources")
	tap.check_equal((result.status, result.err), (0, ""))
	for line in ("csv: a file of comma-separated values", "  counters: [COLUMN, \u2026] ", "rrd: a file of RRDtool", "  types: {DATA_SOURCE: TYPE, \u2026}", "weblog: access logs",
		     "  bytes/s "):
		tap.check_in("\n" + line, "\n" + result.out)
	tap.check(max(map(len, result.out.splitlines())) < 125, "a line is too long")


@tap.test
def the_tables_of_a_source_are_listed():
	place = tap.folder()
	(place / "data.csv").write_text("time,sent\n2026-11-09 10:00,5.5\n2026-11-09 10:01,6\n")
	(place / "access.log").write_text(LOG)
	result = tap.courant("report", "--sources", "data.csv;types.sent=bytes/s", cwd=place)
	tap.check_equal(result.out, "rows, a series\n  time                          time\n  sent                          bytes/s\n")
	result = tap.courant("report", "--sources", "data.csv", "access.log", cwd=place)
	tap.check_equal(result.status, 0)
	tap.check_in("data.csv:\nrows, a series\n", result.out)
	tap.check_in("\naccess.log:\ntotals\n  lines                         count\n", result.out)
	tap.check_in("\nlatency\n", result.out)


@tap.test
def what_is_wrong_is_told():
	for words, status, sentence in ((["x.foo"], 64, "what kind of source is it?"), (["gone.csv"], 66, "gone.csv: No such file or directory"),
					(["x.csv;tipes.a=rate"], 64, 'unknown option of a source "tipes" (did you mean "types"?)')):
		tap.row(words[0])
		result = tap.courant("report", "--sources", *words)
		tap.check_equal(result.status, status)
		tap.check_in(sentence, result.err)
	result = tap.courant("report")
	tap.check_equal(result.status, 64)
	tap.check_in("report: an argument is missing", result.err)


tap.main()
