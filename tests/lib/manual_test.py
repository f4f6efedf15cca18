#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The manual: every public function has its page, and every page is one that man and mandoc find no fault with.

    manual_test.py FOLDER    with the pages that were made
"""
import re
import shutil
import subprocess
import sys
from pathlib import Path

import tap

PAGES = Path(sys.argv[1])
HEADERS = sorted((tap.SOURCE / "include/courant").glob("*.h"))


def prototypes(header):
	"""The functions of a public header, by name, without their comments."""
	text = re.sub(r"/\*.*?\*/", "", header.read_text(encoding="utf-8"), flags=re.S)
	for declaration in re.findall(r"^COURANT_API\s+([^;]*);", text, re.M):
		yield re.search(r"\b(\w+)\(", declaration)[1], declaration


def shown(page):
	"""A page as a reader sees it, without its line breaks."""
	text = page.read_text(encoding="utf-8")
	text = re.sub(r"(?m)^\.(EX|EE|PP|RE|RS.*)$", "", text).replace("\\-", "-").replace("\\e", "\\").replace("\\&", "")
	return re.sub(r"\s+", " ", text)


@tap.test
def every_function_is_in_one_page():
	pages = {page.stem: shown(page) for page in PAGES.glob("libcourant-*.3") if not page.read_text(encoding="utf-8").startswith(".so ")}
	n = 0
	for header in HEADERS:
		for name, prototype in prototypes(header):
			tap.row(name)
			n += 1
			bare = re.sub(r"\s", "", prototype) + ";"
			holding = [page for page, text in pages.items() if bare in text.replace(" ", "")]
			tap.check_equal(holding, ["libcourant-" + header.stem])
			own = PAGES / f"{name}.3"
			tap.check(own.exists(), "has a page of its name")
			if own.exists() and name not in pages:
				tap.check_equal(own.read_text(encoding="utf-8"), f".so man3/libcourant-{header.stem}.3\n")
	tap.row("all")
	tap.check(n > 100, f"{n} functions")


@tap.test
def every_word_of_the_headers_is_there():
	for header in HEADERS:
		if header.stem == "courant":
			continue
		text = shown(PAGES / f"libcourant-{header.stem}.3")
		for comment in re.findall(r"(?m)^/\*(.*?)\*/", header.read_text(encoding="utf-8"), re.S):
			words = re.sub(r"(?m)^ \*", "", comment)
			words = re.sub(r"[`*]", "", words) if "    " not in words else words
			# The last words of each comment: a page that lost a paragraph lacks them.
			last = " ".join(words.split()[-4:])
			if "SPDX" in words or "----" in words or not last:
				continue
			tap.check_in(re.sub(r"[`*]", "", last), re.sub(r"\\f[IBR]|[`*]", "", text))


@tap.test
def the_overview_names_every_page():
	text = (PAGES / "libcourant.3").read_text(encoding="utf-8")
	for header in HEADERS:
		if header.stem != "courant":
			tap.check_in(f".BR libcourant\\-{header.stem} (3)", text)


def faults(*words, **more):
	done = subprocess.run(words, capture_output=True, text=True, check=False, **more)
	return done.stdout + done.stderr


@tap.test
def mandoc_finds_no_fault():
	if not shutil.which("mandoc"):
		tap.skip("mandoc is not installed")
		return
	for page in sorted(PAGES.glob("*.[135]")):
		tap.row(page.name)
		if not page.read_text(encoding="utf-8").startswith(".so "):
			tap.check_equal(faults("mandoc", "-T", "lint", "-W", "warning", str(page)), "")


@tap.test
def man_finds_no_fault():
	if not shutil.which("man"):
		tap.skip("man is not installed")
		return
	for page in sorted(PAGES.glob("*.[135]")):
		tap.row(page.name)
		if not page.read_text(encoding="utf-8").startswith(".so "):
			tap.check_equal(faults("sh", "-c", 'man -Wall --warnings -l "$1" 2>&1 >/dev/null', "sh", str(page), env=tap.environment(tap.folder(), MANWIDTH="80")), "")


tap.main()
