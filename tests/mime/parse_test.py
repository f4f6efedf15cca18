# SPDX-License-Identifier: MIT
"""Mails read by Courant and by Python's email: the same tree, types, names, contents, subjects and addresses."""
import email
import email.errors
import email.header
import email.policy
import email.utils
import os
import re
import subprocess
import sys
from pathlib import Path

import tap

DUMP = sys.argv[1]
DATA = os.environ.get("COURANT_TEST_DATA")

def text(value):
	return bytes.fromhex(value).decode("utf-8", "replace")


def dump(path):
	result = subprocess.run([DUMP, path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=20)
	tap.check_equal(result.returncode, 0)
	tap.check_equal(result.stderr, b"")
	return [line.split("\t") for line in result.stdout.decode("utf-8", "replace").splitlines()]


def python_tree(part, depth=0):
	"""As the dump has it: depth, type, content of leaves. A container whose payload is text has no parts."""
	type_ = part.get_content_type()
	if type_.startswith("message/") and type_ != "message/rfc822":
		# Python makes messages of its blocks; they are headers of another kind.
		yield depth, type_, None
	elif part.is_multipart():
		yield depth, part.get_content_type(), None
		for inner in part.get_payload():
			yield from python_tree(inner, depth + 1)
	else:
		yield depth, part.get_content_type(), part.get_payload(decode=True)


def decoded(value):
	try:
		return str(email.header.make_header(email.header.decode_header(value)))
	except (LookupError, UnicodeDecodeError, email.errors.HeaderParseError):
		return None


def squeezed(value):
	return " ".join(value.split())


def python_names(part):
	for inner in part.walk() if not part.get_content_type().startswith("message/d") else []:
		name = inner.get_filename()
		yield decoded(name) if name else ""


def compare_texts(message, lines, raw):
	subject = decoded(message["Subject"]) if message["Subject"] is not None else None
	got = [text(line[1]) for line in lines if line[0] == "S"]
	if subject is not None and "\\ufffd" not in ascii(subject) and "\\udc" not in ascii(subject):
		tap.check_equal([squeezed(value) for value in got], [squeezed(subject)])
	for header in ("From", "To", "Cc"):
		if re.search(rf"(?mi)^{header}[ \t]+:".encode(), raw):  # a blank before the colon: no header to Python
			continue
		want = [(decoded(name), address) for name, address in email.utils.getaddresses([str(value) for value in message.get_all(header, [])])]
		got = [(text(line[2]), text(line[3])) for line in lines if line[0] == "A" and line[1] == header]
		# Python keeps comments in names, and takes words without an @ for addresses.
		if all(name is not None and "(" not in name and "@" in address and " " not in address for name, address in want):
			tap.check_equal([(squeezed(name), address) for name, address in got], [(squeezed(name), address) for name, address in want])


def compare(path):
	raw = path.read_bytes()
	lines = dump(path)
	tap.row(str(path.relative_to(DATA)))
	tap.check(["ROUNDTRIP"] not in lines, "writing the tree gives the bytes that were read")
	message = email.message_from_bytes(raw)
	want = list(python_tree(message))
	got = [line for line in lines if line[0] == "P"]
	tap.check_equal([(int(line[1]), line[2]) for line in got], [(depth, type_) for depth, type_, _ in want])
	compare_texts(message, lines, raw)
	names = list(python_names(message))
	if len(got) == len(names) and None not in names:
		tap.check_equal([text(line[3]) for line in got], names)
	if len(got) == len(want):
		for line, (_, type_, content) in zip(got, want):
			if content is not None and not type_.startswith("multipart/"):
				tap.check(bytes.fromhex(line[4]) == content, f"content of {type_}: {bytes.fromhex(line[4])[-80:]!r} is {content[-80:]!r}")


@tap.test
def real_mails_are_understood_as_python_understands_them():
	if not DATA or not (Path(DATA) / "mail").is_dir():
		tap.skip("COURANT_TEST_DATA has no mails")
		return
	for path in sorted((Path(DATA) / "mail").rglob("*")):
		if path.is_file():
			compare(path)


tap.main()
