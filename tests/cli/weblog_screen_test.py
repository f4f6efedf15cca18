#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""courant weblog on a terminal: what a person sees, at any width, with colours only where there are some."""
import fcntl
import os
import re
import struct
import subprocess
import termios
import unicodedata

import tap

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/118.0"
LONG = "/%E6%96%B0%E9%97%BB/2026/a-title-that-is-longer-than-any-column-of-a-small-terminal.html"


def line(i, path="/", status=200, size=100, day=9):
	return (
		f'192.0.2.{i % 5} - - [{day:02}/Nov/2026:{i % 24:02}:00:{i % 60:02} +0800] "GET {path} HTTP/1.1" {status} {size} '
		f'"https://www.example.org/{i % 3}" "{FIREFOX}"\n'
	)


def make_log(days=1):
	rows = [line(i, day=9 + i % days) for i in range(300)]
	rows += [line(i, LONG, 200, 5_000_000_000) for i in range(60)]
	rows += [line(i, f"/missing-{i % 30}", 404) for i in range(45)] + [line(i, "/broken", 503) for i in range(12)]
	return "".join(rows + ["no line at all\n"])


def write(text):
	place = tap.folder() / "access.log"
	place.write_text(text)
	return place


def on_terminal(columns, *words, env=None):
	"""What comes out on a terminal of that width."""
	screen, slave = os.openpty()
	fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
	with subprocess.Popen(
		[tap.PROGRAM, "weblog", *map(str, words)], stdin=subprocess.DEVNULL, stdout=slave, stderr=subprocess.DEVNULL,
		env=tap.environment(tap.folder(), **{"TERM": "xterm", **(env or {})}),
	) as program:
		os.close(slave)
		out = b""
		while True:
			try:
				more = os.read(screen, 65536)
			except OSError:  # the other end is closed
				break
			if not more:
				break
			out += more
	os.close(screen)
	tap.check_equal(program.returncode, 0)
	return out.decode().replace("\r\n", "\n")


def plain(text):
	return re.sub(r"\x1b\[\d+m", "", text)


def width(text):
	return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def section(text, name):
	"""The lines of a table under its title, which follows an empty line."""
	return re.search(rf"\n\n{name}(?:  .*)?\n((?:.+\n)*)", plain(text).split("5xx errors", 1)[1]).group(1).splitlines()


@tap.test
def no_line_is_wider_than_the_terminal():
	log = write(make_log(days=3))
	for columns in (60, 80, 100, 120, 200):
		tap.row(f"{columns} columns")
		got = plain(on_terminal(columns, log))
		tap.check_equal([text for text in got.splitlines() if width(text) > columns], [])


@tap.test
def the_head_says_what_was_read():
	log = write(make_log())
	head = plain(on_terminal(80, log)).split("\n\n")[0].splitlines()
	tap.check_equal(
		head,
		[str(log), "combined, recognised by 200 of its first 200 lines", "2026-11-09 00:00:00 to 2026-11-09 23:00:59, +08:00", "418 lines = 417 hits + 1 rejected"],
	)
	for words, said in (
		(("--format", "combined", log), "combined, as --format says"),
		(("--timezone", "UTC", "--since", "2026-11-09", log), "418 lines = 417 hits + 1 rejected; counted "),
	):
		tap.check_in(said, plain(on_terminal(80, *words)))


@tap.test
def the_main_figures_stand_in_three_columns():
	tiles = plain(on_terminal(80, write(make_log()))).split("\n\n")[1]
	tap.check_equal([text.split() for text in tiles.splitlines()], [
		"hits 417 visitors 5 robot hits 0 0%".split(),
		"data sent 300 GB visits".split() + [tiles.split("visits")[1].split()[0], "4xx", "errors", "45", "10.8%"],
		"addresses 5 page views 360 5xx errors 12 2.9%".split(),
	])


@tap.test
def rows_have_shares_and_bars():
	rows = section(on_terminal(80, write(make_log())), "status")
	tap.check_equal([row.split()[:-1] for row in rows[1:]], [
		["200", "360", "300", "GB", "86.3%"], ["404", "45", "4.50", "kB", "10.8%"], ["503", "12", "1.20", "kB", "2.9%"],
	])
	lengths = [row.split()[-1].count("█") for row in rows[1:]]
	tap.check_equal(lengths, [40, 5, 1])
	tap.check_in("… 10 more with 10; --top 0 shows all", section(on_terminal(80, write(make_log())), "not_found")[-1])


@tap.test
def colours_are_for_terminals_that_want_them():
	log = write(make_log())
	tap.check_in("\x1b[31m503\x1b[0m", on_terminal(80, log))
	tap.check_in("\x1b[33m404\x1b[0m", on_terminal(80, log))
	for name, env in (("NO_COLOR", {"NO_COLOR": "1"}), ("a dumb terminal", {"TERM": "dumb"})):
		tap.row(name)
		tap.check("\x1b" not in on_terminal(80, log, env=env), "no colours")
	tap.row("a pipe")
	tap.check("\x1b" not in tap.courant("weblog", log).out, "no colours")


@tap.test
def long_series_show_their_end():
	rows = "".join(line(0, day=1 + day).replace("/Nov/", f"/{month}/") for month in ("Oct", "Nov") for day in range(30))
	log = write(rows)
	days = section(on_terminal(80, log), "days")
	tap.check_equal([len(days), days[1].split()[0], days[-2].split()[0]], [33, "2026-10-30", "2026-11-30"])
	tap.check_equal(days[-1], "… 29 earlier ones; --table days shows all")
	tap.check_equal(len(plain(on_terminal(80, "--table", "days", log)).splitlines()), 61)


@tap.test
def hours_of_the_day_are_shown_for_several_days():
	tap.check("hours_of_day" not in plain(on_terminal(80, write(make_log()))), "of one day they are the hours")
	tap.check_equal(len(section(on_terminal(80, write(make_log(days=3))), "hours_of_day")), 25)


@tap.test
def a_log_without_agents_says_why_there_are_no_people():
	log = write("".join(f'192.0.2.{i} - - [09/Nov/2026:08:00:00 +0800] "GET /{i % 3} HTTP/1.1" 200 5\n' for i in range(9)))
	got = plain(on_terminal(80, log))
	tap.check_in("no user agents, so nobody can be told from a robot", got)
	tap.check_equal(len(section(got, "paths")), 4)
	tap.check_equal(len(section(got, "addresses")), 10)


@tap.test
def a_doubtful_format_is_a_warning():
	rows = [line(i) if i % 4 else "something else\n" for i in range(100)]
	log = write("".join(rows))
	tap.check_in('the format was taken for "combined", though only 75 of the first 100 lines can be read so', tap.courant("weblog", "--json", log).err)
	tap.check("the format was" not in tap.courant("weblog", "--json", write(make_log())).err, "no warning when most can be read")


@tap.test
def estimates_have_a_mark_and_no_more_digits_than_they_deserve():
	rows = (
		f'10.{i >> 16}.{i >> 8 & 255}.{i & 255} - - [09/Nov/2026:08:{i // 3000 % 60:02}:{i // 50 % 60:02} +0800] "GET /{i} HTTP/1.1" 200 5 "-" "{FIREFOX}"\n'
		for i in range(60000)
	)
	got = plain(on_terminal(80, "--memory", "8M", write("".join(rows))))
	tap.check(re.search(r"visitors +~\d\d,[05]00", got), f"visitors as an estimate: {got[:600]}")
	tap.check_in("too low: not all fits into --memory", got)


tap.main()
