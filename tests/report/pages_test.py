#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""courant.yaml(5) and courant-report(5) say what the program reads: every key and every word, and nothing else; their examples have no fault.

    pages_test.py FOLDER    with the pages that were made

What the program reads it says itself: an unknown key or word is told with all that are known.
"""
import re
import sys
from pathlib import Path

import tap

PAGES = Path(sys.argv[1])
NONSENSE = "zzzzzzzzzzzzzz"

# Each map of the files: how it is reached, and the section of the page with its keys.
MAPS = [
	("courant.yaml", f"{NONSENSE}: 1", "KEYS OF THE CONFIGURATION"),
	("courant.yaml", f"accounts: {{a: {{server: smtp://x, {NONSENSE}: 1}}}}", "KEYS OF AN ACCOUNT"),
	("courant.yaml", f"outbox: {{{NONSENSE}: 1}}", "KEYS OF THE OUTBOX"),
	("courant.yaml", f"serve: {{{NONSENSE}: 1}}", "KEYS OF SERVE"),
	("courant.yaml", f"mysql: {{{NONSENSE}: 1}}", "KEYS OF MYSQL"),
	("courant.yaml", f"targets: {{{NONSENSE}: 1}}", "KEYS OF A TARGET"),
	("courant-report", f"{NONSENSE}: 1", "KEYS OF A REPORT"),
	("courant-report", f"brand: {{{NONSENSE}: 1}}", "KEYS OF BRAND"),
	("courant-report", f"targets: {{{NONSENSE}: 1}}", "KEYS OF TARGETS"),
	("courant-report", f"sources: {{web: {{{NONSENSE}: 1}}}}", "KEYS OF A SOURCE"),
	("courant-report", f"sections: [{{{NONSENSE}: 1}}]", "KEYS OF A SECTION"),
	("courant-report", f"sections: [{{summary: {{{NONSENSE}: 1}}}}]", "KEYS OF A FIGURE"),
	("courant-report", f"sections: [{{chart: {{{NONSENSE}: 1}}}}]", "KEYS OF A CHART"),
	("courant-report", f"attach: [{{{NONSENSE}: 1}}]", "KEYS OF AN ATTACHMENT"),
]

# Values of which the program knows every one: how they are reached, and the key whose paragraph names them.
WORDS = [
	("courant.yaml", "language: {}", "KEYS OF THE CONFIGURATION", "language"),
	("courant.yaml", "outbox: {{file: x, unknown: {}}}", "KEYS OF THE OUTBOX", "unknown"),
	("courant-report", "report: {}", "KEYS OF A REPORT", "report"),
	("courant-report", "language: {}", "KEYS OF A REPORT", "language"),
	("courant-report", "period: {}", "KEYS OF A REPORT", "period"),
	("courant-report", "compare: {}", "KEYS OF A REPORT", "compare"),
	("courant-report", "privacy: {}", "KEYS OF A REPORT", "privacy"),
	("courant-report", "send: {}", "KEYS OF A REPORT", "send"),
	("courant-report", "schedule: {}", "KEYS OF A REPORT", "schedule"),
	("courant-report", "sections: [{{chart: {{series: web.hours, kind: {}}}}}]", "KEYS OF A CHART", "kind"),
	("courant-report", "sections: [{{chart: {{series: web.hours, compare: {}}}}}]", "KEYS OF A CHART", "compare"),
	("courant-report", "sections: [{{summary: {{figure: web.totals, statistic: {}}}}}]", "KEYS OF A FIGURE", "statistic"),
	("courant-report", "sections: [{{summary: {{figure: web.totals, better: {}}}}}]", "KEYS OF A FIGURE", "better"),
	("courant-report", "sections: [{{text: x, when: {}}}]", "KEYS OF A SECTION", "when"),
	("courant-report", "sources: {{web: {{weblog: x, optional: {}}}}}", "KEYS OF A SOURCE", "optional"),
	("courant-report", "sections: [{{table: web.{}}}]", "KEYS OF A SECTION", "table"),
]


def shown(text):
	return re.sub(r"\\f[BIR]", "", text).replace("\\-", "-").replace("\\&", "").replace("\\e", "\\")


def page(name):
	return (PAGES / f"{name}.5").read_text(encoding="utf-8")


def section(name, heading):
	found = re.search(rf"^\.SH {heading}\n(.*?)(?=^\.SH |\Z)", page(name), re.M | re.S)
	return found[1] if tap.check(found, f"{name}(5) has a section {heading}") else ""


def keys(name, heading):
	"""Each key with its paragraph, as a reader sees them."""
	parts = re.split(r"^\.TP\n\\fB(\w+):\\fR", section(name, heading), flags=re.M)[1:]
	return {key: re.sub(r"\s+", " ", shown(text)) for key, text in zip(parts[::2], parts[1::2])}


def check_file(name, text):
	place = tap.folder()
	path = place / ("courant.yaml" if name == "courant.yaml" else "report.yaml")
	path.write_text(text + "\n", encoding="utf-8")
	path.chmod(0o600)
	return tap.courant("check", path)


def known(name, text):
	"""What the program knows in that place."""
	told = re.search(r"known are (.*)$", check_file(name, text).err, re.M)
	return re.split(r", | and ", told[1]) if tap.check(told, f"the program tells what it knows: {text}") else []


@tap.test
def every_key_has_its_paragraph_and_every_paragraph_its_key():
	for name, text, heading in MAPS:
		tap.row(f"{name}(5), {heading}")
		# Whether a source may be missing is asked of every kind of source.
		beside = ["optional"] if heading == "KEYS OF A SOURCE" else []
		tap.check_equal(sorted(keys(name, heading)), sorted(known(name, text) + beside))


@tap.test
def every_word_stands_in_its_paragraph():
	for name, text, heading, key in WORDS:
		tap.row(f"{name}(5), {key}")
		paragraph = keys(name, heading).get(key, "")
		for word in known(name, text.format(NONSENSE)):
			# "cron lines of five fields (0 8 * * 1-5)"
			word = re.sub(r".*\((.*)\)", r"\1", word)
			tap.check(re.search(rf"(?<![\w]){re.escape(word)}(?![\w])", paragraph), f"{word} is named")


@tap.test
def every_paragraph_says_what_holds_without_the_key():
	for name, _, heading in MAPS:
		for key, paragraph in keys(name, heading).items():
			tap.row(f"{name}(5), {heading}, {key}")
			optional = heading in ("KEYS OF THE CONFIGURATION", "KEYS OF SERVE", "KEYS OF A REPORT", "KEYS OF BRAND", "KEYS OF TARGETS")
			tap.check(not optional or "Default: " in paragraph, "the default is told")


@tap.test
def the_examples_have_no_fault():
	for name in ("courant.yaml", "courant-report"):
		examples = re.findall(r"^\.EX\n(.*?)^\.EE", section(name, "EXAMPLES"), re.M | re.S)
		tap.check(len(examples) >= 2, "there are examples")
		for number, example in enumerate(examples, 1):
			tap.row(f"{name}(5), example {number}")
			result = check_file(name, shown(example))
			# The sources of the examples are on no machine of a test.
			told = [line for line in result.err.splitlines() if "cannot be read here: " not in line]
			tap.check_equal((result.status, told), (0, []))


@tap.test
def pages_that_are_named_are_there():
	for path in sorted([*PAGES.glob("courant*.1"), *PAGES.glob("*.5")]):
		for name, number in re.findall(r"(courant[\w\\.-]*) ?\(([15])\)", path.read_text(encoding="utf-8")):
			tap.row(f"{path.name}: {name}({number})")
			tap.check((PAGES / f"{shown(name)}.{number}").exists(), "the page is there")


tap.main()
