# SPDX-License-Identifier: MIT
"""What a report's reader sees, taken apart: the parts of a mail, the words and rows of a page, the sheets of a workbook."""
import email
import email.policy
import html.parser
import io
import re
import xml.etree.ElementTree as tree
import zipfile

import tap

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def make(place, tool, *words):
	"""Made-up samples: the tool stands beside the program."""
	result = tap.run([str(tap.Path(tap.PROGRAM).parent / tool), *map(str, words)], cwd=place)
	tap.check_equal((result.status, result.err), (0, b""))
	return result.out


def save(place, *words, now, status=0):
	"""The report's files by their endings; .png and .xlsx are lists."""
	folder = tap.folder()
	result = tap.courant("report", *words, "--from", "运维 <ops@example.com>", "--to", "ann@example.org", "--save", folder, cwd=place,
			     env={"COURANT_NOW": now})
	tap.check_equal((result.status, result.out), (status, ""))
	return Forms(folder, result.err)


class Forms:
	def __init__(self, folder, err):
		self.err = err
		self.folder = folder
		self.text = self._read("txt")
		self.html = self._read("html")
		self.page = Page(self.html)
		self.raw = next(folder.glob("*.eml")).read_bytes()
		self.mail = email.message_from_bytes(self.raw, policy=email.policy.default)
		self.pictures = sorted(folder.glob("*.png"))

	def _read(self, ending):
		return next(self.folder.glob(f"*.{ending}")).read_text("utf-8")

	@property
	def workbook(self):
		return read_workbook(next(self.folder.glob("*.xlsx")).read_bytes())

	@property
	def words(self):
		"""The plain text with its lines joined."""
		return re.sub(r"\s+", "", self.text)


def plain(text):
	return re.sub(r"\s+", " ", text.replace("\u2009", " ").replace("\u00a0", " ").replace("\u2013", "-").replace("\u2011", "-")).strip()


class Page(html.parser.HTMLParser):
	"""The texts, the tags, the alternative texts of pictures and the rows of data tables of a page."""

	def __init__(self, source):
		super().__init__()
		self.text, self.tags, self.alts, self.rows = [], [], [], []
		self.is_in_cell = False
		self.feed(source)

	def handle_starttag(self, tag, attributes):
		attributes = dict(attributes)
		self.tags.append((tag, attributes))
		if tag == "img":
			self.alts.append(plain(attributes.get("alt", "")))
		elif tag == "tr":
			self.rows.append([])
			self.is_in_cell = False
		elif tag in ("td", "th") and self.rows:
			self.rows[-1].append("")
			self.is_in_cell = True

	def handle_endtag(self, tag):
		if tag in ("td", "th", "table"):
			self.is_in_cell = False

	def handle_data(self, data):
		self.text.append(data)
		if self.is_in_cell:
			self.rows[-1][-1] = plain(self.rows[-1][-1] + " " + data)

	@property
	def words(self):
		return plain(" ".join(self.text))


def shape(part):
	"""["mixed", [...]] of a mail's parts."""
	if not part.is_multipart():
		return part.get_content_type()
	return [part.get_content_subtype(), *[shape(inner) for inner in part.iter_parts()]]


def leaves(mail, kind):
	return [part for part in mail.walk() if part.get_content_type() == kind]


# ---- workbooks ----

def _texts(archive):
	if "xl/sharedStrings.xml" not in archive.namelist():
		return []
	return ["".join(t.text or "" for t in item.iter(SHEET + "t")) for item in tree.fromstring(archive.read("xl/sharedStrings.xml")).iter(SHEET + "si")]


def _cell(cell, texts):
	value = cell.find(SHEET + "v")
	if cell.find(SHEET + "f") is not None:
		return ("formula", cell.find(SHEET + "f").text)
	if cell.get("t") == "inlineStr":
		return "".join(t.text or "" for t in cell.iter(SHEET + "t"))
	if value is None:
		return None
	return texts[int(value.text)] if cell.get("t") == "s" else float(value.text)


def _row(row, texts):
	"""Cells by their letters; what a sheet leaves out is None."""
	cells = []
	for cell in row.iter(SHEET + "c"):
		column = 0
		for letter in re.match("[A-Z]+", cell.get("r"))[0]:
			column = 26 * column + ord(letter) - ord("A") + 1
		cells += [None] * (column - 1 - len(cells)) + [_cell(cell, texts)]
	return cells


def read_workbook(content):
	"""{sheet: rows of cells}; links and formulas are what there must be none of."""
	archive = zipfile.ZipFile(io.BytesIO(content))
	texts = _texts(archive)
	names = [sheet.get("name") for sheet in tree.fromstring(archive.read("xl/workbook.xml")).iter(SHEET + "sheet")]
	sheets = {}
	for i, name in enumerate(names, 1):
		root = tree.fromstring(archive.read(f"xl/worksheets/sheet{i}.xml"))
		tap.check_equal(list(root.iter(SHEET + "hyperlink")), [])
		sheets[name] = [_row(row, texts) for row in root.iter(SHEET + "row")]
	return sheets


PAYLOADS = ["<script>alert(1)</script>", "<a href=http://evil.example>x</a>", "\x1b[31mred", "\u202egnp.exe", "=cmd|' /C calc'!A0", "@SUM(1)", "\x07bell",
	    "'\"><img src=x onerror=1>", "javascript:alert(1)", "\u2066hidden\u2069", "https://evil.example/"]


def is_harmless(saved):
	"""No form of the report makes anything of a stranger's text but text."""
	page = saved.page
	tap.check_equal({tag for tag, _ in page.tags} & {"script", "form", "iframe", "svg", "object"}, set())
	tap.check_equal([a for tag, a in page.tags if tag == "a"], [])
	tap.check_equal([a["src"] for tag, a in page.tags if tag == "img" and not re.fullmatch(r"[\w.-]+\.(png|gif)", a["src"])], [])
	tap.check_equal([name for _, a in page.tags for name in a if name.startswith("on")], [])
	for form, name in ((saved.text, "text"), (saved.html, "html"), (saved.mail["Subject"], "subject"), ("".join(page.alts), "alternative texts")):
		tap.row(name)
		tap.check_equal({hex(ord(c)) for c in form if (ord(c) < 32 and c != "\n") or 127 <= ord(c) < 160 and ord(c) != 0xA0 or c in "\u202e\u2066\u2069"}, set())
	tap.row("headers")
	head = saved.raw.replace(b"\r\n", b"\n").split(b"\n\n")[0]
	tap.check_equal([line for line in head.split(b"\n") if re.search(rb"[^\x20-\x7e]", line.replace(b"\t", b"")) or not re.match(rb"[A-Za-z-]+: |[ \t]", line)], [])
	tap.row("workbook")
	for rows in saved.workbook.values():
		tap.check_equal([cell for row in rows for cell in row if isinstance(cell, tuple)], [])
