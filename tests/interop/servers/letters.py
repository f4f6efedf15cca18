# SPDX-License-Identifier: MIT
"""The mails that are sent through each server, and what is looked at when they arrive.

A mail is what `courant send --dry-run` writes for the same words; with SOURCE_DATE_EPOCH it is the same bytes each time. It has arrived when the server's copy
ends with exactly these bytes (before them stand the server's own header lines), and its attachments are the files that went in.
"""
import email
import email.policy
import hashlib
import re

import tap

PICTURE = bytes.fromhex("89504e470d0a1a0a0000000d494844520000000100000001080200000090" "7753de0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082")
ENV = {"SOURCE_DATE_EPOCH": "1790000000", "COURANT_PASSWORD": "secret"}
SERVER_HEADERS = rb"(?:(?:Return-Path|Received|Delivered-To|X-Original-To|Envelope-To|Delivery-date|X-MailFrom|X-RcptTo|X-Peer):.*\r\n(?:[ \t].*\r\n)*)*"


def random_bytes(size):
	"""The same ones each time, and nothing that any encoding likes."""
	return b"".join(hashlib.sha256(bytes([i & 255, i >> 8])).digest() for i in range(size // 32 + 1))[:size]


FILES = {
	"周报(47周).xlsx": b"PK\x03\x04" + random_bytes(300000),
	"lines.bin": b"\r\n.\r\n\n.\n\r\rFrom x\n" * 100 + bytes(range(256)),
	"empty.dat": b"",
}
DOTS = ".\n..\n.a\nFrom the begin\n" + "." * 75 + "\n \t\n\nlast line without an end."
LONG_HTML = "<p>" + "流量 " * 3000 + "</p>"
EIGHT_BIT = ("From: ops@example.com\r\nTo: ann@example.com\r\nDate: Tue, 10 Nov 2026 08:00:00 +0800\r\nMessage-ID: <eight@example.com>\r\nMIME-Version: 1.0\r\n"
	     "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n你好\r\n.\r\n..\r\nFrom 运维\r\n").encode()
TO = ["--from", "运维 <ops@example.com>", "--to", "ann@example.com"]

# Name, words, whether it is 8-bit.
LETTERS = [
	("a line of text", [*TO, "--subject", "x", "--text-body", "Hello"], False),
	("nothing at all", [*TO, "--text-body", ""], False),
	("dots and From lines", [*TO, "--subject", "点", "--text-body", DOTS], False),
	("a long line of HTML", [*TO, "--subject", "官网流量数据报表", "--html-body", LONG_HTML, "--text-body", "短"], False),
	("picture and attachments", [*TO, "--subject", "业务服务质量周报 " * 20, "--html-body", '<img src="cid:io">', "--inline", "io=io.png",
				     *(word for name in FILES for word in ("--attach", name))], False),
	("a finished 8-bit message", ["--message", "eight.eml"], True),
]


def desk():
	"""A folder with the files that the letters need."""
	folder = tap.folder()
	for name, content in FILES.items():
		(folder / name).write_bytes(content)
	(folder / "io.png").write_bytes(PICTURE)
	(folder / "eight.eml").write_bytes(EIGHT_BIT)
	return folder


def check_same(words, arrived, place):
	"""What arrived is what was sent, byte for byte behind the server's own header lines; each attachment is the file that went in."""
	sent = tap.run([tap.PROGRAM, "send", "--dry-run", *words], cwd=place, env=ENV).out
	tap.check(len(sent) > 100, f"a mail is made of {words}: {sent!r}")
	if not sent.endswith(b"\r\n"):
		sent += b"\r\n" # as SMTP ends it
	if not tap.check(arrived.endswith(sent), f"sent {len(sent)} bytes, and something else arrived: … {arrived[-1000:]!r}"):
		return
	tap.check(re.fullmatch(SERVER_HEADERS, arrived[:len(arrived) - len(sent)]), f"more before it: {arrived[:len(arrived) - len(sent)]!r}")
	message = email.message_from_bytes(arrived, policy=email.policy.default)
	for part in message.iter_attachments() if message.is_multipart() else ():
		if (name := part.get_filename()) in FILES:
			tap.check(part.get_payload(decode=True) == FILES[name], f"{name} is the file that went in")


def send(place, *words, **env):
	return tap.courant("send", "--timeout", "20", *words, cwd=place, env={**ENV, **env})
