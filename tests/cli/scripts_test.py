#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The scripts a newcomer meets: ./check's counting, scripts/deps, ./quickstart's words."""
import json
import shutil

import tap


def program(name, result, stdout=""):
	return json.dumps({"name": name, "result": result, "stdout": stdout}) + "\n"


COUNTS = [
	("cases of a program", program("a", "OK", "1..2\nok 1 - x\nok 2 - y\n# 9 passed, 0 failed\n"), "2 passed, 0 failed", 0),
	("a case that fails", program("a", "FAIL", "ok 1 - x\nnot ok 2 - y\n"), "1 passed, 1 failed", 1),
	("a case that is skipped", program("a", "OK", "ok 1 - x # SKIP no data\nok 2\n"), "1 passed, 0 failed, 1 skipped", 0),
	("a program that writes no cases", program("a", "OK"), "1 passed, 0 failed", 0),
	("a program that is skipped", program("a", "SKIP"), "0 passed, 0 failed, 1 skipped", 0),
	("a program that dies after its cases", program("a", "ERROR", "1..2\nok 1 - x\n"), "1 passed, 1 failed", 1),
	("a program that takes too long", program("a", "TIMEOUT"), "0 passed, 1 failed", 1),
	("a failed case, counted once", program("a", "ERROR", "not ok 1 - x\n"), "0 passed, 1 failed", 1),
	("words like those of a case", program("a", "OK", "okay\nnot okay\nok 1 - x\n"), "1 passed, 0 failed", 0),
	("several programs", program("a", "OK", "ok 1\n") + program("b", "OK", "ok 1\n"), "2 passed, 0 failed", 0),
]


@tap.test
def test_cases_are_counted():
	for name, log, line, status in COUNTS:
		tap.row(name)
		place = tap.folder()
		(place / "testlog.json").write_text(log)
		result = tap.run(["python3", str(tap.SOURCE / "tools/test-summary"), "testlog.json"], cwd=place)
		tap.check_equal(result.status, status)
		tap.check_equal(result.out.decode().splitlines()[-1], line)


@tap.test
def a_failed_build_counts_as_a_failed_case():
	result = tap.run(["python3", str(tap.SOURCE / "tools/test-summary"), "--failed", "1"])
	tap.check_equal((result.status, result.out), (1, b"0 passed, 1 failed\n"))


@tap.test
def wrong_words_are_told():
	for words, sentence in (
		(["check", "--fast"], b"usage: ./check"),
		(["scripts/deps"], b"usage: scripts/deps"),
		(["scripts/deps", "everything"], b"unknown section everything"),
	):
		tap.row(" ".join(words))
		result = tap.run([str(tap.SOURCE / words[0]), *words[1:]])
		tap.check_equal(result.status, 64)
		tap.check_in(sentence, result.err)


@tap.test
def quickstart_explains_itself_and_checks_its_logs():
	script = str(tap.SOURCE / "quickstart")
	result = tap.run([script, "--help"])
	tap.check_equal(result.status, 0)
	tap.check_in(b"./quickstart LOG...", result.out)
	for word, sentence in (("missing.log", b"there is no log missing.log"), (".", b". is a folder"), ("--fast", b"there is no option --fast")):
		tap.row(word)
		result = tap.run([script, word])
		tap.check_equal(result.status, 1)
		tap.check_in(sentence, result.err)


@tap.test
def every_package_is_listed_once():
	result = tap.run([str(tap.SOURCE / "scripts/deps"), "--list", "test"])
	names = result.out.decode().split()
	tap.check_equal(result.status, 0)
	tap.check_in("gcc", names)
	tap.check_equal(sorted(names), sorted(set(names)))


@tap.test
def one_of_several_packages_is_enough():
	place = tap.folder()
	for installed, is_missing in (("fonts-noto-cjk", False), ("fonts-wqy-microhei", False), ("none", True)):
		tap.row(f"installed: {installed}")
		# Every package is there but gcc and the two fonts, of which one may be; installing is refused, and then told.
		for name, script in (
			("dpkg-query", f'for name; do :; done; case $name in gcc) ;; fonts-[nw]*) [ "$name" = {installed} ] && echo ii ;; *) echo ii ;; esac'),
			("id", "echo 1000"),
			("sudo", "exit 1"),
		):
			(place / name).write_text(f"#!/bin/sh\n{script}\n")
			(place / name).chmod(0o755)
		result = tap.run([str(tap.SOURCE / "scripts/deps"), "build"], env={"PATH": f"{place}:/usr/bin:/bin"})
		wanted = "gcc fonts-wqy-microhei " if is_missing else "gcc "
		tap.check_equal(result.status, 1)
		tap.check_in(f"these packages are missing:  {wanted}\n".encode(), result.err)


@tap.test
def the_scripts_are_without_remarks_of_shellcheck():
	if not shutil.which("shellcheck"):
		tap.skip("no shellcheck")
		return
	for name in ("check", "quickstart", "scripts/deps", "scripts/try-package", "tests/packaging/smoke", "debian/courant.postinst", "debian/courant.postrm", ".ci/run"):
		tap.row(name)
		result = tap.run(["shellcheck", str(tap.SOURCE / name)])
		tap.check_equal(result.out.decode(), "")


tap.main()
