# SPDX-License-Identifier: MIT
"""Mails composed by `courant send --dry-run`, read by Python's email and by GMime (gir1.2-gmime-3.0), and held to the rules of the wire.

Each case is options and what a reader must find: subject, addresses, the tree of parts, names, contents byte for byte. Expected
values are what went in, never what the program says."""
import base64
import email
import email.header
import email.policy
import email.utils
import itertools
import os
import random
import re

import tap

try:
	import gi
	gi.require_version("GMime", "3.0")
	from gi.repository import GMime
	GMime.init()
except (ImportError, ValueError):
	GMime = None

BASE = ["--from", "运维 <ops@example.com>", "--to", "admin@example.org"]
SEED = {"SOURCE_DATE_EPOCH": "1794182400"}


def dry_run(options, files=None, base=BASE):
	place = tap.folder()
	for name, content in (files or {}).items():
		(place / name).write_bytes(content)
	return tap.run([tap.PROGRAM, "send", "--dry-run", *base, *options], cwd=place, env=SEED)


def unfolded(value):
	return re.sub(r"\r?\n([ \t])", r"\1", value)


# ---- The wire ----

WORD = re.compile(rb"=\?([^?*]+)(?:\*[^?]*)?\?([BbQq])\?([^?]*)\?=")


def word_is_whole(match):
	"""An encoded word decodes alone, to whole characters."""
	charset, kind, text = match.groups()
	if kind in b"Bb":
		raw = base64.b64decode(text, validate=True)
	else:
		raw = re.sub(rb"=([0-9A-F]{2})", lambda m: bytes([int(m[1], 16)]), text.replace(b"_", b" "))
	return raw.decode(charset.decode()) != ""


def header_lines(raw):
	return raw.split(b"\r\n\r\n", 1)[0].split(b"\r\n")


def check_wire(raw, eight_bit=False):
	lines = raw.split(b"\r\n")
	tap.check(b"\n" not in b"".join(lines) and b"\r" not in b"".join(lines), "only CRLF ends lines")
	tap.check(max(map(len, lines)) <= 998, "no line is over 998 bytes")
	tap.check(eight_bit or max(raw) < 128, "7-bit")
	tap.check(b"\0" not in raw, "no NUL")
	for line in header_lines(raw):
		tap.check(line.strip() != b"", "no header line of blanks")
		words = list(WORD.finditer(line))
		tap.check(not words or len(line) <= 78, f"a line with encoded words is at most 78: {line!r}")
		for word in words:
			tap.check(len(word[0]) <= 75, "an encoded word is at most 75")
			tap.check(word_is_whole(word), f"decodes alone: {word[0]!r}")


def check_encoded_lines(raw):
	"""Bodies in base64 and quoted-printable have lines of at most 76."""
	for part in re.split(rb"\r\n--=_[0-9A-Za-z]{24}(?:--)?\r\n", b"\r\n" + raw):
		head, _, body = part.partition(b"\r\n\r\n")
		if re.search(rb"(?i)content-transfer-encoding: (base64|quoted-printable)", head):
			tap.check(max(map(len, body.split(b"\r\n"))) <= 76, "encoded lines are at most 76")


# ---- The readers ----

class PythonMail:
	"""Python's email, which raises at the first defect."""

	def __init__(self, raw):
		self.message = email.message_from_bytes(raw, policy=email.policy.strict)
		self.plain = email.message_from_bytes(raw)

	def subject(self):
		return str(email.header.make_header(email.header.decode_header(unfolded(self.plain["Subject"]))))

	def addresses(self, header):
		# The older way loses address literals, the newer one keeps the blank between two encoded words of a name.
		if "@[" in self.plain[header]:
			return [(a.display_name, a.addr_spec) for a in self.message[header].addresses]
		found = email.utils.getaddresses([unfolded(value) for value in self.plain.get_all(header)])
		return [(str(email.header.make_header(email.header.decode_header(name))), address) for name, address in found if address]

	def tree(self):
		def shape(part):
			inner = "".join(shape(p) for p in part.iter_parts()) if part.is_multipart() and part.get_content_maintype() == "multipart" else ""
			return f"{part.get_content_subtype()}({inner})" if inner else part.get_content_subtype() + " "
		return shape(self.message)

	def leaves(self):
		for part in self.message.walk():
			if part.get_content_maintype() != "multipart":
				content = part.get_payload(decode=True)
				yield part.get_content_type(), part.get_filename(), part["Content-ID"], content

	def defects(self):
		return [defect for part in self.message.walk() for defect in part.defects]


class GMimeMail:
	def __init__(self, raw):
		stream = GMime.StreamMem.new_with_buffer(raw)
		self.message = GMime.Parser.new_with_stream(stream).construct_message(None)

	def subject(self):
		return self.message.get_subject()

	def addresses(self, header):
		kinds = {"From": GMime.AddressType.FROM, "To": GMime.AddressType.TO, "Cc": GMime.AddressType.CC}

		def flat(found):
			for i in range(found.length()):
				one = found.get_address(i)
				if isinstance(one, GMime.InternetAddressGroup):
					yield from flat(one.get_members())
				else:
					yield one.get_name() or "", one.get_addr()
		return list(flat(self.message.get_addresses(kinds[header])))

	def tree(self):
		def shape(part):
			subtype = part.get_content_type().get_media_subtype()
			if isinstance(part, GMime.Multipart):
				return subtype + "(" + "".join(shape(part.get_part(i)) for i in range(part.get_count())) + ")"
			return subtype + " "
		return shape(self.message.get_mime_part())

	def leaves(self):
		def walk(part):
			if isinstance(part, GMime.Multipart):
				for i in range(part.get_count()):
					yield from walk(part.get_part(i))
				return
			kind = part.get_content_type()
			content = None
			if isinstance(part, GMime.Part) and part.get_content():
				stream = GMime.StreamMem.new()
				part.get_content().write_to_stream(stream)
				content = bytes(stream.get_byte_array())
			elif isinstance(part, GMime.Part):
				content = b""
			name = part.get_filename() if isinstance(part, GMime.Part) else None
			cid = part.get_content_id()
			yield f"{kind.get_media_type()}/{kind.get_media_subtype()}", name, f"<{cid}>" if cid else None, content
		yield from walk(self.message.get_mime_part())

	def defects(self):
		return []


READERS = [PythonMail] + ([GMimeMail] if GMime else [])


def accepted(name, options, files=None, base=BASE, eight_bit=False):
	"""The mail's bytes when it was composed and keeps the rules, and each reader's view of it."""
	tap.row(name)
	result = dry_run(options, files, base)
	tap.check_equal((result.status, result.err), (0, b""))
	if result.status != 0:
		return b"", []
	check_wire(result.out, eight_bit)
	if len(result.out) < 1 << 20:
		check_encoded_lines(result.out)
	mails = [reader(result.out) for reader in READERS]
	for mail in mails:
		tap.check_equal(mail.defects(), [])
	return result.out, mails


def refused(name, options, files=None, base=BASE, status=65):
	tap.row(name)
	result = dry_run(options, files, base)
	tap.check_equal((result.status, result.out), (status, b""))
	tap.check(result.err.startswith(b"courant: ") and result.err.count(b"\n") == 1, f"one sentence: {result.err!r}")


# ---- Subjects ----

SUBJECTS = {
	"Chinese": "官网流量数据报表",
	"Chinese and English": "官网 traffic 数据 report 12",
	"English": "Test email from A",
	"emoji": "🎉 Done 👩‍💻 ✅",
	"emoji alone, many": "😀" * 60,
	"Hebrew": "דוח שבועי על השירות",
	"Arabic with a number": "تقرير 42 الأسبوعي",
	"a mark of direction": "a\u202eb",
	"Thai": "รายงานประจำสัปดาห์",
	"combining marks": "e\u0301a\u0308" * 30,
	"300 Chinese characters": "业务服务质量周报" * 37 + "完成了吗",
	"300 letters without a blank": "x" * 300,
	"1,500 letters without a blank": "y" * 1500,
	"300 characters in words": "word and word " * 21 + "x",
	"what looks like an encoded word": "=?utf-8?B?5a6Y?= and =?x",
	"equals and question marks": "a =? b ?= c = d ?",
	"two blanks inside": "a  b",
	"a tab inside": "a\tb",
	"quotes and backslashes": 'say "hi" \\ now',
	"brackets and commas": "<a@b>, (c); [d]: e",
	"a colon and a dot": "Re: Fwd: .",
	"one character": "官",
	"a letter before Chinese": "a" + "官" * 80,
	"two-byte characters": "é" * 100,
	"mixed widths": "aé官😀" * 40,
	"a long URL": "see https://example.org/" + "p" * 120 + " now",
	"percent signs": "100 % %s %n",
	"a dash and a plus": "-- + --",
	"full-width forms": "ＡＢＣ　ＤＥＦ",
	"private use": "\ue000\uf8ff",
	"the last code point": "\U0010ffff",
	"an underscore": "a_b é_c",
	"foreign words one by one": "é à ü ö ñ ç " * 12 + "x",
}


@tap.test
def subjects_arrive_as_they_were():
	for name, subject in SUBJECTS.items():
		_, mails = accepted(name, ["--subject", subject, "--text-body", "x"])
		for mail in mails:
			tap.check_equal(mail.subject(), subject)


# ---- Addresses ----

ADDRESSES = {
	"a name of atoms": ("Ann Lee <ann@example.org>", [("Ann Lee", "ann@example.org")]),
	"a Chinese name": ("管理员 <a@example.org>", [("管理员", "a@example.org")]),
	"a comma in the name": ('"Lee, Ann" <ann@example.org>', [("Lee, Ann", "ann@example.org")]),
	"quotes in the name": ('"Ann \\"A\\" Lee" <ann@example.org>', [('Ann "A" Lee', "ann@example.org")]),
	"an at sign in the name": ('"ann@home" <ann@example.org>', [("ann@home", "ann@example.org")]),
	"brackets in the name": ('"<x@y.org>" <ann@example.org>', [("<x@y.org>", "ann@example.org")]),
	"a dot in the name": ("John Q. Public <j@example.org>", [("John Q. Public", "j@example.org")]),
	"Chinese with a comma": ('"运维, 一组" <a@example.org>', [("运维, 一组", "a@example.org")]),
	"Chinese in brackets": ('"运维(一组)" <a@example.org>', [("运维(一组)", "a@example.org")]),
	"an emoji": ('"😀 Ann" <a@example.org>', [("😀 Ann", "a@example.org")]),
	"a Hebrew name": ("דנה <a@example.org>", [("דנה", "a@example.org")]),
	"a long Chinese name": ("运维" * 40 + " <a@example.org>", [("运维" * 40, "a@example.org")]),
	"a long English name": ("Ann " * 40 + "<a@example.org>", [(("Ann " * 40).strip(), "a@example.org")]),
	"a name that looks encoded": ('"=?utf-8?Q?x?=" <a@example.org>', [("=?utf-8?Q?x?=", "a@example.org")]),
	"a comment as name": ("a@example.org (Ann)", [("Ann", "a@example.org")]),
	"no name": ("a@example.org", [("", "a@example.org")]),
	"an IDN": ("a@bücher.example", [("", "a@xn--bcher-kva.example")]),
	"a Chinese domain": ("a@例子.中国", [("", "a@xn--fsqu00a.xn--fiqs8s")]),
	"a quoted local part": ('"a b"@example.org', [("", '"a b"@example.org')]),
	"a literal": ("a@[192.0.2.1]", [("", "a@[192.0.2.1]")]),
	"plus and equals": ("a+b=c@example.org", [("", "a+b=c@example.org")]),
	"an apostrophe": ("Pat O'Neil <o'neil@example.org>", [("Pat O'Neil", "o'neil@example.org")]),
	"two": ("a@x.org, B <b@x.org>", [("", "a@x.org"), ("B", "b@x.org")]),
	"a group": ("team: a@x.org, 乙 <b@x.org>;", [("", "a@x.org"), ("乙", "b@x.org")]),
	"a Chinese group": ("团队: a@x.org;, c@x.org", [("", "a@x.org"), ("", "c@x.org")]),
}


def plain_address(address):
	"""Readers differ in whether they give quotes and A-labels back."""
	local, _, domain = address.replace('"', "").rpartition("@")
	return f"{local}@{domain.encode('ascii', 'ignore').decode('idna') if domain.isascii() and domain[:1] != '[' else domain}"


@tap.test
def addresses_arrive_as_they_were():
	for name, (given, want) in ADDRESSES.items():
		for header, option in (("To", "--to"), ("Cc", "--cc")):
			base = ["--from", "ops@example.com"] + (["--to", "x@example.net"] if header == "Cc" else [])
			_, mails = accepted(f"{name} in {header}", [option, given, "--text-body", "x"], base=base)
			for mail in mails:
				tap.check_equal([(n, plain_address(a)) for n, a in mail.addresses(header)], [(n, plain_address(a)) for n, a in want])


@tap.test
def five_hundred_recipients_arrive():
	want = [(f"收件人 {i}", f"user{i}@example.org") for i in range(500)]
	options = list(itertools.chain.from_iterable(("--to", f"{n} <{a}>") for n, a in want))
	raw, mails = accepted("500 recipients", options + ["--text-body", "x"], base=["--from", "ops@example.com"])
	tap.check(all(len(line) <= 78 for line in header_lines(raw)), "folded")
	for mail in mails:
		tap.check_equal(mail.addresses("To"), want)


@tap.test
def utf8_local_parts_stay_utf8():
	raw, _ = accepted("a Chinese local part", ["--to", "用户@example.org", "--text-body", "x"], base=["--from", "a@example.com"], eight_bit=True)
	tap.check_in("To: 用户@example.org\r\n".encode(), raw)


@tap.test
def bcc_is_not_in_the_mail():
	raw, _ = accepted("Bcc", ["--bcc", "Secret <secret@example.net>", "--text-body", "x"])
	tap.check(b"ecret" not in raw and b"cc:" not in raw.lower(), "no trace of Bcc")


# ---- Texts ----

TEXTS = {
	"empty": b"",
	"a line end alone": b"\n",
	"ASCII": b"Hello\nworld\n",
	"no line end at the end": b"Hello",
	"Chinese": "官网流量数据报表\n详细内容见附件。\n".encode(),
	"Chinese without line ends": ("官网" * 2000).encode(),
	"a few accents": "Voilà, c'est la première ligne\n".encode() * 20,
	"2,000 letters in a line": b"x" * 2000 + b"\n" + b"y" * 2000 + b"\n",
	"998 letters in a line": b"x" * 998 + b"\n",
	"999 letters in a line": b"x" * 999 + b"\n",
	"lines of 76, 77, 78, 79": b"".join(b"x" * n + b"\n" for n in (75, 76, 77, 78, 79)),
	"lines that end in blanks": b"a \nb\t\nc  \n\t\n \n",
	"From at a line's begin": b"From here\n>From there\nFrom",
	"dots": b".\n..\n.a\n\n.\n",
	"CRLF line ends": b"a\r\nb\r\n",
	"mixed line ends": b"a\r\nb\nc\r\n",
	"a bare CR": b"a\rb\nc",
	"CR CR LF": b"a\r\r\nb\n",
	"equals signs": b"a=b\n=\n=3D\n=20\n",
	"a signature": b"text\n-- \nAnn\n",
	"lines like boundaries": b"--\n--=_abc\n--=_x--\n",
	"tabs and a form feed": b"a\tb\n\x0cc\n",
	"an escape": b"\x1b[31mred\x1b[0m\n",
	"an emoji a line": "😀\n".encode() * 100,
	"a byte order mark": "\ufeffhello\n".encode(),
	"a long Chinese page": ("业务服务质量周报 12\n" * 3000).encode(),
}


def same_lines(got, want):
	return got.replace(b"\r\n", b"\n") == want.replace(b"\r\n", b"\n")


@tap.test
def texts_arrive_as_they_were():
	for (name, text), kind in itertools.product(TEXTS.items(), ("text", "html")):
		_, mails = accepted(f"{kind}: {name}", [f"--{kind}", "body"], {"body": text})
		for mail in mails:
			(type_, _, _, content), = mail.leaves()
			tap.check_equal(type_, "text/plain" if kind == "text" else "text/html")
			tap.check(same_lines(content, text), f"{content[:200]!r} is {text[:200]!r}")


CHARSETS = {
	"gb18030": "业务服务质量周报\n",
	"gbk": "业务\n",
	"big5": "業務\n",
	"iso-2022-jp": "日本語のテキスト\n次の行\n",
	"shift_jis": "日本語\n",
	"euc-jp": "日本語\n",
	"euc-kr": "한국어\n",
	"iso-8859-1": "café\n",
	"koi8-r": "Привет\n",
	"windows-1252": "“café” €\n",
}


@tap.test
def other_charsets_are_kept_and_labelled():
	for charset, text in CHARSETS.items():
		raw, mails = accepted(charset, ["--text", "body", "--charset", charset], {"body": text.encode(charset)})
		tap.check_in(f"charset={charset}".encode(), raw)
		for mail in mails:
			(_, _, _, content), = mail.leaves()
			tap.check(same_lines(content, text.encode(charset)), f"{content!r}")


# ---- Files ----

NAMES = {
	"ASCII": "report.pdf",
	"blanks": "my report 12.pdf",
	"Chinese": "周报.xlsx",
	"the weekly report": "业务服务质量周报(12周).xlsx",
	"Japanese": "レポート.csv",
	"Hebrew": "דוח.pdf",
	"an emoji": "😀.png",
	"accents": "café à la crème.txt",
	"200 Chinese characters": "业" * 196 + ".txt",
	"200 letters": "n" * 196 + ".txt",
	"200 letters in words": "name and " * 21 + "x.txt",
	"quotes": 'a"b\'c.txt',
	"semicolons and equals": "a;b=c.txt",
	"percent and star": "a%20b*c.txt",
	"parentheses and commas": "a(b),c.txt",
	"an apostrophe like RFC 2231's": "utf-8''x.txt",
	"no ending": "README",
	"several dots": "a.tar.gz",
	"a leading hyphen": "-rf.txt",
	"what looks encoded": "=?utf-8?Q?x?=.txt",
	"brackets": "[1] <2> {3}.txt",
	"mixed widths": "aé官😀" * 12 + ".bin",
}
# Hostile names, and what is left of them.
CLEANED = {
	"climbing": ("../../etc/passwd", "passwd"),
	"absolute": ("/etc/passwd", "passwd"),
	"Windows": ("C:\\Windows\\cmd.exe", "cmd.exe"),
	"hidden": (".bashrc", "bashrc"),
	"dots": ("...x", "x"),
	"an escape": ("a\x1b[2Jb.txt", "a[2Jb.txt"),
	"turned around": ("photo\u202egnp.exe", "photognp.exe"),
}


def quoted(name):
	return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


@tap.test
def file_names_arrive_as_they_were():
	cases = [(name, given, given) for name, given in NAMES.items()] + [(name, given, left) for name, (given, left) in CLEANED.items()]
	for name, given, want in cases:
		if '"' in given or "\\" in given:
			# What the option's own quoting makes of these is the command's business: the file itself has the name.
			if "\\" in given:
				continue
			options, files = ["--attach", given], {given: b"data"}
		else:
			options, files = ["--attach", f'data;name="{given}"'], {"data": b"data"}
		_, mails = accepted(name, ["--text-body", "x", *options], files)
		for mail in mails:
			leaves = list(mail.leaves())
			tap.check_equal([leaf[1] for leaf in leaves[1:]], [want])


@tap.test
def the_second_name_can_have_another_charset():
	raw, mails = accepted("gb18030", ["--text-body", "x", "--attach", 'data;name="业务.xlsx"', "--name-charset", "gb18030"], {"data": b"x"})
	tap.check_in(b'name="=?gb18030?B?' + base64.b64encode("业务.xlsx".encode("gb18030")) + b'?="', raw)
	for mail in mails:
		tap.check_equal(list(mail.leaves())[1][1], "业务.xlsx")


def rnd(n):
	return random.Random(n).randbytes(n)


CONTENTS = {
	"empty": b"",
	"a byte": b"\0",
	"56 bytes": rnd(56),
	"57 bytes": rnd(57),
	"58 bytes": rnd(58),
	"114 bytes": rnd(114),
	"all bytes": bytes(range(256)),
	"a text with LF": b"a\nb\n",
	"a text with CRLF and blanks": b"a \r\nb\r\n\r\n",
	"a line of dots": b".\r\n.\r\n",
	"58,368 bytes, one block": rnd(58368),
	"58,369 bytes": rnd(58369),
	"a megabyte": rnd(1 << 20),
	"20 MB": rnd(20 << 20),
}


@tap.test
def attachments_arrive_byte_for_byte():
	for name, content in CONTENTS.items():
		_, mails = accepted(name, ["--text-body", "x", "--attach", "data.bin"], {"data.bin": content})
		for mail in mails:
			leaves = list(mail.leaves())
			tap.check_equal(len(leaves), 2)
			tap.check(leaves[1][3] == content, f"{len(leaves[1][3] or b'')} bytes are the {len(content)} that went in")


TYPES = {
	"a.png": (b"\x89PNG\r\n\x1a\n" + b"0" * 20, "image/png"),
	"a.jpg": (b"\xff\xd8\xff\xe0" + b"0" * 20, "image/jpeg"),
	"a.gif": (b"GIF89a" + b"0" * 20, "image/gif"),
	"a.webp": (b"RIFF0000WEBPVP8 ", "image/webp"),
	"a.svg": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "image/svg+xml"),
	"a.pdf": (b"%PDF-1.7\n", "application/pdf"),
	"a.zip": (b"PK\x03\x04" + b"0" * 26, "application/zip"),
	"a.xlsx": (b"PK\x03\x04" + b"0" * 26, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
	"a.docx": (b"PK\x03\x04" + b"0" * 26, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
	"a.wav": (b"RIFF0000WAVEfmt ", "audio/wav"),
	"a.mp3": (b"ID3\x03" + b"0" * 20, "audio/mpeg"),
	"a.ogg": (b"OggS" + b"0" * 20, "audio/ogg"),
	"a.flac": (b"fLaC" + b"0" * 20, "audio/flac"),
	"a.csv": (b"a,b\n", "text/csv"),
	"a.json": (b"{}", "application/json"),
	"a.unknown": (b"\x01\x02", "application/octet-stream"),
	"wrong.txt": (b"\x89PNG\r\n\x1a\n" + b"0" * 20, "image/png"),
}


@tap.test
def types_are_found_out():
	for name, (content, type_) in TYPES.items():
		_, mails = accepted(name, ["--text-body", "x", "--attach", name], {name: content})
		for mail in mails:
			leaf = list(mail.leaves())[1]
			tap.check_equal((leaf[0], leaf[3]), (type_, content))


PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
TREES = {
	"text": (["--text-body", "a"], "plain "),
	"HTML": (["--html-body", "<p>a"], "html "),
	"nothing": ([], "plain "),
	"both": (["--text-body", "a", "--html-body", "<p>a"], "alternative(plain html )"),
	"HTML and a picture": (["--html-body", '<img src="cid:io">', "--inline", "io=io.png"], "related(html png )"),
	"both and a picture": (["--text-body", "a", "--html-body", '<img src="cid:io">', "--inline", "io=io.png"],
			       "related(alternative(plain html )png )"),
	"both and four pictures": (["--text-body", "a", "--html-body", "".join(f"<img src='cid:p{i}@example.org'>" for i in range(4))]
				   + [x for i in range(4) for x in ("--inline", f"p{i}@example.org=io.png")], "related(alternative(plain html )png png png png )"),
	"text and a file": (["--text-body", "a", "--attach", "d.bin"], "mixed(plain octet-stream )"),
	"a file alone": (["--attach", "d.bin"], "mixed(octet-stream )"),
	"everything": (["--text-body", "a", "--html-body", '<img src="cid:io">', "--inline", "io=io.png", "--attach", "d.bin", "--attach", "io.png"],
		       "mixed(related(alternative(plain html )png )octet-stream png )"),
	"an invitation": (["--text-body", "a", "--calendar", "c.ics"], "alternative(plain calendar )"),
	"another alternative": (["--text-body", "a", "--html-body", "<p>", "--alternative", "m.md;type=text/markdown"],
				"alternative(plain html markdown )"),
}


@tap.test
def the_tree_has_the_levels_it_needs():
	files = {"io.png": PNG, "d.bin": b"\1\2", "c.ics": b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n", "m.md": b"# a\n"}
	for name, (options, tree) in TREES.items():
		_, mails = accepted(name, options, files)
		for mail in mails:
			got = mail.tree()
			# An alternative that was given before another stands before it: Markdown may stand in front of HTML.
			tap.check_equal(sorted(re.split(r"(?<=[ )(])", got)), sorted(re.split(r"(?<=[ )(])", tree)))


@tap.test
def pictures_are_found_by_their_ids():
	raw, mails = accepted("ids", ["--html-body", '<img src="cid:io@example.com">', "--inline", "io@example.com=io.png"], {"io.png": PNG})
	for mail in mails:
		tap.check_equal([(leaf[1], leaf[2], leaf[3]) for leaf in mail.leaves()][1], ("io.png", "<io@example.com>", PNG))
	tap.check_in(b"Content-Disposition: inline; filename=io.png\r\n", raw)


@tap.test
def the_same_epoch_gives_the_same_bytes():
	options = ["--subject", "官网", "--text-body", "a", "--html-body", "<p>", "--attach", "d.bin"]
	tap.check_equal(dry_run(options, {"d.bin": b"x"}).out, dry_run(options, {"d.bin": b"x"}).out)


# ---- What is refused ----

REFUSED = {
	"a line end in the subject": ["--subject", "a\r\nBcc: evil@example.org"],
	"a line feed in the subject": ["--subject", "a\nb"],
	"a CR in the subject": ["--subject", "a\rb"],
	"a line end in To": ["--to", "a@x.org\r\nBcc: evil@example.org"],
	"a line end in Cc": ["--cc", "a@x.org\nX: y"],
	"a line end in Bcc": ["--bcc", "a@x.org\n"],
	"a line end in Reply-To": ["--reply-to", "a@x.org\r\n"],
	"a line end in a name": ["--to", '"a\r\nb" <a@x.org>'],
	"a line end in the Message-ID": ["--message-id", "<a@x>\r\nX: y"],
	"a line end in a header": ["--header", "X-Note: a\r\nBcc: b@x.org"],
	"a line end in a header's name": ["--header", "X\r\nY: a"],
	"a line end in a file name": ["--attach", 'data;name="a\r\nb"'],
	"a line end in a content id": ["--html-body", "<img src='cid:a'>", "--inline", "a\r\nb=data"],
	"an address without @": ["--to", "ann"],
	"two @": ["--to", "a@b@c.org"],
	"an address without a domain": ["--to", "a@"],
	"an address without a local part": ["--to", "@x.org"],
	"dots in a row": ["--to", "a..b@x.org"],
	"an empty label": ["--to", "a@x..org"],
	"a blank in the local part": ["--to", "a b@x.org"],
	"an open quote": ["--to", '"a@x.org'],
	"an empty address": ["--to", ""],
	"From by hand": ["--header", "From: x@y.org"],
	"Bcc by hand": ["--header", "Bcc: x@y.org"],
	"Content-Type by hand": ["--header", "Content-Type: text/html"],
	"a header's name with a blank": ["--header", "X Y: a"],
	"a malformed Message-ID": ["--message-id", "abc"],
	"a picture that is not used": ["--html-body", "<p>", "--inline", "io=data"],
	"a picture that is missing": ["--html-body", "<img src='cid:mem'>"],
	"text that is not UTF-8": ["--text", "bad"],
	"text with a NUL": ["--text", "nul"],
	"a charset that is no word": ["--text-body", "a", "--charset", "utf 8"],
	"a malformed type": ["--attach", "data;type=nonsense"],
}


@tap.test
def what_cannot_be_composed_is_refused_with_a_sentence():
	files = {"data": b"x", "bad": b"abc\xff\n", "nul": b"a\0b"}
	for name, options in REFUSED.items():
		refused(name, ["--text-body", "x", *options] if "--text" not in options and "--text-body" not in options else options, files)


tap.main()
