#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The example programs, as a reader of the guide would run them."""
import email
import email.policy
import re
import struct
import zlib
from pathlib import Path

import peers
import tap

EXAMPLES = Path(tap.PROGRAM).parent / "examples"
MESSAGE = b"From: ops@example.com\nTo: ann@example.org\nSubject: hello\n\nOne line.\n.\n..\n"


def event_loop(port, *words):
	return tap.run([str(EXAMPLES / "example-event_loop"), "127.0.0.1", str(port), *words], stdin=MESSAGE)


@tap.test
def the_event_loop_delivers():
	with peers.Catcher("--tls", "none") as catcher:
		result = event_loop(catcher.port, "ops@example.com", "ann@example.org", "bob@example.org")
		mails = catcher.mails()
	tap.check_equal(result.err, b"")
	tap.check_equal(result.status, 0)
	tap.check_in(b"ann@example.org: accepted: 250 ", result.out)
	tap.check_in(b"bob@example.org: accepted: 250 ", result.out)
	tap.check_equal(len(mails), 1)
	tap.check_in(MESSAGE.replace(b"\n", b"\r\n"), mails[0])


@tap.test
def the_event_loop_tells_what_is_refused():
	with peers.Catcher("--tls", "none") as catcher:
		result = event_loop(catcher.port, "ops@example.com", "ann@example.org>\r\nDATA")
		mails = catcher.mails()
	tap.check_equal(result.status, 1)
	tap.check_in(b"line break", result.err)
	tap.check_equal(mails, [])


# ---- The four mails ----

def png(width, height, grey):
	"""A picture of one shade."""
	def chunk(name, data):
		return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
	rows = (b"\0" + bytes([grey]) * width) * height
	return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows))
		+ chunk(b"IEND", b""))


FILES = {name + ".png": png(74, 36, 40 * i) for i, name in enumerate(("io", "key_hit", "men", "swap", "weekly"))}
FILES["week_report.xlsx"] = b"PK\x03\x04" + bytes(range(256)) * 40


def simple(number):
	"""Runs one, logged in inside TLS; its mail as Python's email reads it, and the bytes."""
	place = tap.folder()
	for name, content in FILES.items():
		(place / name).write_bytes(content)
	user = "ann" if number == 1 else "ops"
	with peers.Catcher("--user", user) as catcher:
		result = tap.run([str(EXAMPLES / f"example-simple{number}"), "127.0.0.1", str(catcher.port), catcher.ca], cwd=place,
				 env={"PASSWORD": "secret"})
		mails = catcher.mails()
	tap.check_equal((result.status, result.err), (0, b""))
	tap.check(result.out != b"", "the server's reply is shown")
	tap.check_equal(len(mails), 1)
	raw = re.sub(rb"(?s)^.*?(?=^(?:Date|From|Message-ID|MIME-Version): )", b"", mails[0], flags=re.M)
	tap.check(max(raw) < 128 and max(map(len, raw.split(b"\r\n"))) <= 78, "7-bit, in lines of at most 78")
	mail = email.message_from_bytes(mails[0], policy=email.policy.strict)
	tap.check(mail["Date"] and mail["Message-ID"], "Date and Message-ID are there")
	tap.check_equal([defect for part in mail.walk() for defect in part.defects], [])
	return mail


def tree(mail):
	return [part.get_content_type() for part in mail.walk()]


@tap.test
def the_first_mail_is_a_line_of_text():
	mail = simple(1)
	tap.check_equal((tree(mail), mail["Subject"], mail["To"]), (["text/plain"], "Test email from Ann", "bob@example.org"))
	tap.check_equal(mail.get_content().splitlines(), ["Sent by a C program."])


@tap.test
def the_second_mail_is_a_table():
	mail = simple(2)
	tap.check_equal((tree(mail), mail["Subject"]), (["multipart/alternative", "text/plain", "text/html"], "官网流量数据报表"))
	tap.check_equal([address.addr_spec for address in mail["To"].addresses], ["admin@example.org", "boss@example.org"])
	html, text = (mail.get_body((kind,)).get_content() for kind in ("html", "plain"))
	for figure in ("152433", "23651", "45123", "545122", "504Mb", "500: 105", "404: 3264", "503: 214"):
		tap.check_in(figure, html)
		tap.check_in(figure, text)
	tap.check_in('width="800"', html)


@tap.test
def the_third_mail_shows_four_pictures():
	mail = simple(3)
	tap.check_equal((tree(mail), mail["Subject"]), (["multipart/related", "text/html"] + ["image/png"] * 4, "业务性能数据报表"))
	parts = list(mail.iter_parts())
	tap.check_equal([part["Content-ID"] for part in parts[1:]], ["<io>", "<key_hit>", "<men>", "<swap>"])
	for part in parts[1:]:
		name = part["Content-ID"].strip("<>")
		tap.check_in(f'"cid:{name}"', parts[0].get_content())
		tap.check(part.get_content() == FILES[name + ".png"], "the picture is what it was")


@tap.test
def the_fourth_mail_has_a_workbook():
	mail = simple(4)
	xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	tap.check_equal((tree(mail), mail["Subject"]),
			(["multipart/mixed", "multipart/related", "text/html", "image/png", xlsx], "官网业务服务质量周报"))
	book = list(mail.iter_attachments())[0]
	tap.check_equal(book.get_filename(), "业务服务质量周报(12周).xlsx")
	tap.check_in("gb18030", book.as_string())
	tap.check(book.get_content() == FILES["week_report.xlsx"], "the workbook is what it was")


@tap.test
def a_picture_that_is_missing_is_told():
	with peers.Catcher("--user", "ops") as catcher:
		result = tap.run([str(EXAMPLES / "example-simple3"), "127.0.0.1", str(catcher.port), catcher.ca], env={"PASSWORD": "secret"})
		tap.check_equal(result.status, 1)
		tap.check_in(b"io.png", result.err)
		tap.check_equal(catcher.mails() if Path(catcher.box, "new").exists() else [], [])


@tap.test
def each_is_well_under_a_page():
	for number in range(1, 5):
		tap.row(f"simple{number}.c")
		text = (tap.SOURCE / "examples" / f"simple{number}.c").read_text(encoding="utf-8")
		tap.check(len(text.splitlines()) <= 75, "at most 75 lines")
		tap.check("#include <courant/courant.h>" in text and '#include "' not in text, "on the public headers alone")


tap.main()
