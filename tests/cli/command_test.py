#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The courant command as a shell sees it: help, version, wrong words, broken output."""
import os
import signal
import subprocess
from pathlib import Path

import tap


@tap.test
def the_version_is_one_line():
	result = tap.courant("--version")
	tap.check_equal(result.status, 0)
	tap.check_equal(result.out.split()[0], "courant")
	tap.check_equal(result.out.count("\n"), 1)
	tap.check_equal(tap.courant("-V"), result)


def commands():
	overview = tap.courant("--help").out.split("Commands:\n")[1].split("\n\n")[0]
	return [line.split()[0] for line in overview.splitlines() if line[2] != " "]


@tap.test
def every_command_has_help_in_three_ways():
	tap.check_in("help", commands())
	for name in commands():
		tap.row(name)
		result = tap.courant(name, "--help")
		tap.check_equal(result.status, 0)
		tap.check_equal(result.err, "")
		tap.check_in(f"Usage: courant {name} [OPTION…]", result.out)
		# sendmail's -h counts servers.
		if name != "sendmail":
			tap.check_equal(tap.courant(name, "-h"), result)
		tap.check_equal(tap.courant("help", name), result)


@tap.test
def every_command_has_a_manual_page():
	pages = Path(tap.PROGRAM).parent / "docs"
	tap.check_equal(sorted(page.name for page in pages.glob("courant-*.1")), [f"courant-{name}.1" for name in commands()])


WRONG = [
	("no command", [], "a command is missing"),
	("an unknown command", ["hepl"], "unknown command hepl (did you mean help?)"),
	("an option in front of the command", ["--quiet", "help"], "a command comes before options such as --quiet"),
	("an unknown option", ["help", "--vebose"], "unknown option --vebose (did you mean --verbose?)"),
	("an argument too many", ["help", "help", "me"], "help: one argument too many: me"),
	("control characters", ["\x1b[31mhelp"], "unknown command \\u{1b}[31mhelp"),
	("an empty word", [""], "unknown command"),
]


@tap.test
def wrong_words_end_with_64_and_a_sentence():
	for name, words, sentence in WRONG:
		tap.row(name)
		result = tap.courant(*words)
		tap.check_equal(result.status, 64)
		tap.check_equal(result.out, "")
		tap.check_in(sentence, result.err)
		tap.check(result.err.startswith("courant: ") and result.err.count("\n") == 1, result.err)


@tap.test
def a_wrong_clock_is_told():
	for name, value in (("COURANT_NOW", "yesterday"), ("SOURCE_DATE_EPOCH", "-1")):
		tap.row(name)
		result = tap.courant("help", env={name: value})
		tap.check_equal(result.status, 78)
		tap.check_in(f"{name} is {value}, not a", result.err)


def run_with(stdout):
	return subprocess.run([tap.PROGRAM, "--help"], stdout=stdout, stderr=subprocess.PIPE, check=False,
			      env=tap.environment("/"))


@tap.test
def a_full_disk_is_an_error():
	with open("/dev/full", "wb") as full:
		result = run_with(full)
	tap.check_equal(result.returncode, 74)
	tap.check_in(b"courant: cannot write to standard output: No space left on device", result.stderr)


@tap.test
def a_closed_output_is_an_error():
	result = tap.run(["sh", "-c", '"$0" --help >&-', tap.PROGRAM])
	tap.check_equal(result.status, 74)


@tap.test
def a_reader_that_has_left_ends_the_program_quietly():
	reader, writer = os.pipe()
	os.close(reader)
	result = run_with(writer)
	os.close(writer)
	tap.check_equal(result.returncode, -signal.SIGPIPE)
	tap.check_equal(result.stderr, b"")


tap.main()
