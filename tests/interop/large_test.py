#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""An attachment of 2 GB, which has no more room on the disk than a hole: composed in the memory that a small one takes."""
import base64
import os
import subprocess

import tap

SIZE = 2 << 30
ALLOWED_KB = 4096


def compose(place, name):
	"""The bytes that came out, counted; their last ones; and the most memory that the program had, in KB."""
	words = [tap.PROGRAM, "send", "--from", "a@example.com", "--to", "b@example.org", "--text-body", "x", "--attach", name, "--dry-run"]
	with subprocess.Popen(words, stdout=subprocess.PIPE, cwd=place, env=tap.environment(place)) as process:
		n, last = 0, b""
		while block := process.stdout.read(1 << 20):
			n += len(block)
			last = (last + block)[-200:]
		_, status, usage = os.wait4(process.pid, 0)
		process.returncode = os.waitstatus_to_exitcode(status)
	tap.check_equal(process.returncode, 0)
	return n, last, usage.ru_maxrss


@tap.test
def two_gigabytes_take_no_more_memory_than_two_bytes():
	place = tap.folder()
	(place / "small.bin").write_bytes(b"\0\0")
	with open(place / "large.bin", "wb") as file:
		file.truncate(SIZE)
	_, _, before = compose(place, "small.bin")
	n, last, after = compose(place, "large.bin")
	tap.check(after - before <= ALLOWED_KB, f"{before} KB, then {after} KB")
	lines = -(-SIZE // 57)
	tap.check(0 < n - (4 * -(-SIZE // 3) + 2 * lines) < 2000, f"{n} bytes: base64 in lines of 76")
	tap.check_in(base64.b64encode(bytes(SIZE % 57)) + b"\r\n", last)


tap.main()
