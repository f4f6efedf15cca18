# SPDX-License-Identifier: MIT
"""The programs of docs/guide-composing.md: each compiles as C99 without a warning, runs, and makes a mail without a defect."""
import email
import email.policy
import os
import re
import sys

import tap

INCLUDE = tap.SOURCE / "include"
GUIDE = tap.SOURCE / "docs" / "guide-composing.md"
LIBRARY = os.path.abspath(sys.argv[1])
COMPILER = sys.argv[2:] or ["cc"]

# What each of them makes, in the order of the page.
TREES = [
	["multipart/alternative", "text/plain", "text/html"],
	["multipart/mixed", "multipart/related", "text/html", "image/png", "text/csv"],
	["multipart/report", "text/plain", "message/delivery-status", "text/plain"],
]


@tap.test
def the_programs_of_the_guide_work():
	programs = re.findall(r"^```c\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.M | re.S)
	tap.check_equal(len(programs), len(TREES))
	for number, (program, tree) in enumerate(zip(programs, TREES), 1):
		tap.row(f"program {number}")
		place = tap.folder()
		(place / "mail.c").write_text(program, encoding="utf-8")
		made = tap.run([*COMPILER, "-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", f"-I{INCLUDE}", "mail.c", LIBRARY,
				f"-Wl,-rpath,{os.path.dirname(LIBRARY)}", "-o", "mail"], cwd=place)
		tap.check_equal((made.status, made.err), (0, b""))
		result = tap.run([str(place / "mail")], cwd=place)
		tap.check_equal((result.status, result.err), (0, b""))
		message = email.message_from_bytes(result.out, policy=email.policy.strict)
		tap.check_equal([part.get_content_type() for part in message.walk()], tree)


tap.main()
