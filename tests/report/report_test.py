#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""courant report as its readers get it: the same figures in every form, a mail that parses, errors that are told, strangers that do no harm."""
import email
import email.policy
import html
import html.parser
import json
import random
import re
import subprocess
from datetime import datetime, timedelta, timezone

import tap

ZONE = timezone(timedelta(hours=8))
DAY = datetime(2026, 11, 9, tzinfo=ZONE)
NOW = "2026-11-10T08:00:04+08:00"
AGENTS = [
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Safari/537.36",
	"Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0",
	"Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
]
PAGES = ["/", "/index.php", "/view.php", "/news/", "/about.php"]


def line(at, address, request, status, size, referrer="-", agent=AGENTS[0]):
	return f'{address} - - [{at:%d/%b/%Y:%H:%M:%S %z}] "{request}" {status} {size} "{referrer}" "{agent}"\n'


def day(begin, n, seed, errors=0, dead=0):
	"""A day of n even hits, some errors at ten, dead links on our own page."""
	dice = random.Random(seed)
	lines = []
	for i in range(n):
		at = begin + timedelta(seconds=i * 86399 // n)
		agent = AGENTS[2] if i % 17 == 0 else dice.choice(AGENTS[:2])
		lines.append(line(at, f"192.0.2.{dice.randrange(200)}", f"GET {dice.choice(PAGES)} HTTP/1.1", 200, dice.randrange(5000),
				  "https://www.example.com/index.php", agent))
	for i in range(errors):
		lines.append(line(begin + timedelta(hours=10, seconds=i), "192.0.2.9", "GET /view.php HTTP/1.1", 503, 0))
	for i in range(dead):
		lines.append(line(begin + timedelta(hours=12, seconds=i), "192.0.2.9", "GET /gone.html HTTP/1.1", 404, 0,
				  "https://www.example.com/about.php"))
	return lines


def write(place, name, lines):
	path = place / name
	path.write_text("".join(lines), "utf-8", newline="")
	return path


def two_days(place):
	return write(place, "access.log", day(DAY - timedelta(days=7), 4000, 1, 20) + day(DAY, 4200, 2, 70, 12) + ["this is no log line\n"])


def report(*words, cwd=None, now=NOW, env=None):
	return tap.courant("report", *words, cwd=cwd, env={"COURANT_NOW": now, **(env or {})})


ADDRESSED = ["--from", "运维 <ops@example.com>", "--to", "Ann <ann@example.org>, bob@example.org", "--cc", "boss@example.com"]


def save(place, *words, **more):
	folder = tap.folder()
	result = report(*words, *ADDRESSED, "--save", folder, cwd=place, **more)
	tap.check_equal(result.status, 0)
	tap.check_equal(result.out, "")
	return folder, result


class Text(html.parser.HTMLParser):
	"""What a reader of the HTML sees, and what is in it."""

	def __init__(self, source):
		super().__init__()
		self.text, self.tags = [], []
		self.feed(source)

	def handle_starttag(self, tag, attributes):
		self.tags.append((tag, dict(attributes)))

	def handle_data(self, data):
		self.text.append(data)

	@property
	def words(self):
		return re.sub(r"\s+", " ", " ".join(self.text).replace("\u2009", " ").replace("\u00a0", " "))


def grouped(n):
	return f"{n:,}"


@tap.test
def every_form_has_the_figures_of_courant_weblog():
	place = tap.folder()
	log = two_days(place)
	figures = json.loads(tap.courant("weblog", "--json", "--top", 0, "--timezone", "Asia/Shanghai", "--since", "2026-11-09", "--until",
					 "2026-11-09", log).out)
	for language in ("zh", "en"):
		tap.row(language)
		folder, _ = save(place, "traffic", log, "--period", "yesterday", "--language", language, "--timezone", "Asia/Shanghai")
		tap.check_equal(sorted(path.name for path in folder.iterdir()),
				[f"traffic_2026-11-09.{ending}" for ending in ("eml", "html", "txt")])
		text = (folder / "traffic_2026-11-09.txt").read_text("utf-8")
		page = (folder / "traffic_2026-11-09.html").read_text("utf-8")
		seen = Text(page).words
		totals = figures["totals"]
		for name in ("visitors", "visits", "page_views", "hits", "errors_5xx"):
			tap.check_in(grouped(totals[name]), text)
			tap.check_in(grouped(totals[name]), seen)
		for row in figures["status"]:
			tap.check_in(f"{row['status']}", text)
			tap.check_in(grouped(row["hits"]), text)
			tap.check_in(grouped(row["hits"]), seen)
		for row in figures["pages"][:10]:
			for form in (text, seen):
				tap.check_in(grouped(row["views"]), form)
				tap.check_in(grouped(row["visitors"]), form)
		for row in figures["browsers"]:
			tap.check_in(row["name"], text)
			tap.check_in(grouped(row["visitors"]), seen)
		for row in figures["hours"]:
			tap.check_in(grouped(row["hits"]), text)
		tap.check_in("/gone.html", text)
		tap.check_in("/about.php", text)
		lines = grouped(len(log.read_text("utf-8").splitlines()))
		tap.check_in(lines, text)
		tap.check_in(lines, seen)
		tap.check(len(page.encode()) <= 80_000, "the HTML is over 80 KB")
		tap.check_in(f'lang="{"zh-CN" if language == "zh" else "en"}"', page)


@tap.test
def the_mail_parses_without_a_defect():
	place = tap.folder()
	log = two_days(place)
	for language, subject in (("zh", "官网流量数据报表 · 11月9日 周一 · 异常：5xx 占 1.6%"), ("en", "Website traffic · Mon 9 Nov · problem: 1.6% of hits failed")):
		tap.row(language)
		folder, _ = save(place, "traffic", log, "--language", language, "--timezone", "Asia/Shanghai")
		raw = (folder / "traffic_2026-11-09.eml").read_bytes()
		tap.check_equal(raw.count(b"\n"), raw.count(b"\r\n"))
		tap.check_equal(raw.count(b"\r"), raw.count(b"\r\n"))
		tap.check(max(map(len, raw.split(b"\r\n"))) <= 998, "a line over 998 bytes")
		tap.check(raw.isascii(), "not 7-bit")
		mail = email.message_from_bytes(raw, policy=email.policy.strict)
		for part in mail.walk():
			tap.check_equal(part.defects, [])
			for _, value in part.items():
				tap.check_equal(value.defects, ())
		tap.check_equal(mail.get_content_type(), "multipart/alternative")
		tap.check_equal([part.get_content_type() for part in mail.iter_parts()], ["text/plain", "text/html"])
		tap.check_equal(mail["Subject"], subject)
		tap.check_equal(mail["From"].addresses[0].display_name, "运维")
		tap.check_equal([str(address) for address in mail["To"].addresses], ["Ann <ann@example.org>", "bob@example.org"])
		tap.check_equal(mail["Cc"].addresses[0].addr_spec, "boss@example.com")
		tap.check_equal(mail["Auto-Submitted"], "auto-generated")
		tap.check_equal(mail["List-Id"], "<traffic.reports.example.com>")
		tap.check(mail["Message-ID"] and mail["Date"], "Message-ID or Date is missing")
		text, page = (part.get_content() for part in mail.iter_parts())
		for got, ending in ((text, "txt"), (page, "html")):
			tap.check(got.replace("\r\n", "\n") == (folder / f"traffic_2026-11-09.{ending}").read_text("utf-8"), f"the mail's {ending} differs")


@tap.test
def two_runs_give_the_same_bytes():
	place = tap.folder()
	log = two_days(place)
	env = {"SOURCE_DATE_EPOCH": "1794268804"}
	first, _ = save(place, "traffic", log, "--timezone", "Asia/Shanghai", env=env)
	second, _ = save(place, "traffic", log, "--timezone", "Asia/Shanghai", env=env)
	for path in first.iterdir():
		tap.row(path.name)
		tap.check(path.read_bytes() == (second / path.name).read_bytes(), "the bytes differ")


PREHEADER_LOGS = [
	("a day with its comparison", lambda: day(DAY - timedelta(days=7), 4000, 1) + day(DAY, 4000, 2)),
	("a day alone", lambda: day(DAY, 400, 2)),
	("too many errors", lambda: day(DAY, 400, 2, 60)),
	("no hits on that day", lambda: day(DAY - timedelta(days=3), 40, 2)),
	("an empty log", lambda: []),
	("half a day missing", lambda: day(DAY - timedelta(days=7), 9000, 1) + day(DAY, 9000, 2)[:4000]),
]


@tap.test
def preheaders_have_60_to_110_characters():
	for name, lines in PREHEADER_LOGS:
		place = tap.folder()
		log = write(place, "access.log", lines())
		for language in ("zh", "en"):
			tap.row(f"{name}, {language}")
			folder, _ = save(place, "traffic", log, "--language", language, "--timezone", "Asia/Shanghai")
			page = next(folder.glob("*.html")).read_text("utf-8")
			preheader = html.unescape(re.search(r"mso-hide:all[^>]*>([^\n]*)", page).group(1))
			tap.check(60 <= len(preheader) <= 110, f"{len(preheader)}: {preheader}")


VERDICTS = [
	("an empty log", lambda: [], "无数据", "not one log line"),
	("a log of another day", lambda: day(DAY - timedelta(days=3), 400, 2), "无数据", "there are no data in the period"),
	("a normal day", lambda: day(DAY - timedelta(days=7), 4000, 1) + day(DAY, 4000, 2), "正常", None),
	("errors tripled", lambda: day(DAY - timedelta(days=7), 9000, 1, 10) + day(DAY, 9000, 2, 40), "注意", None),
	("twice the traffic", lambda: day(DAY - timedelta(days=7), 3000, 1) + day(DAY, 6000, 2), "访问增至上周一的 2.0 倍", None),
	("half the traffic", lambda: day(DAY - timedelta(days=7), 6000, 1) + day(DAY, 3000, 2), "访问减少 50%", None),
	("errors over the limit", lambda: day(DAY, 4000, 2, 100), "异常", None),
	("a gap that last week did not have",
	 lambda: day(DAY - timedelta(days=7), 8000, 1) + day(DAY, 8000, 2)[:4000] + day(DAY, 8000, 2)[5000:], "数据不全", None),
	("a log that begins at noon", lambda: day(DAY, 8000, 2)[4000:] + day(DAY + timedelta(days=1), 100, 2), "数据不全：00:00-11:59 没有日志", None),
	("a log that ends at noon", lambda: day(DAY - timedelta(days=1), 100, 2) + day(DAY, 8000, 2)[:4000], "数据不全：11:59-24:00 没有日志", None),
	("last week only begins on its evening",
	 lambda: day(DAY - timedelta(days=7), 8000, 1)[6000:] + day(DAY, 8000, 2), "一切正常", None),
	("many lines rejected", lambda: day(DAY, 980, 2) + ["garbage\n"] * 20, "2.0% 的行（20）无法解析", None),
]


@tap.test
def situations_are_recognised_in_logs():
	for name, lines, words, warning in VERDICTS:
		tap.row(name)
		place = tap.folder()
		log = write(place, "access.log", lines())
		result = report("traffic", log, "--language", "zh", "--timezone", "Asia/Shanghai", cwd=place)
		tap.check_equal(result.status, 0)
		tap.check_in(words, result.out)
		if warning:
			tap.check_in(warning, result.err)
		else:
			tap.check_equal(result.err, "")


@tap.test
def half_a_former_period_is_no_comparison():
	place = tap.folder()
	log = write(place, "access.log", day(DAY - timedelta(days=7), 8000, 1)[6000:] + day(DAY, 8000, 2))
	result = report("traffic", log, "--timezone", "Asia/Shanghai", cwd=place)
	tap.check_in("no comparison", result.out)
	tap.check("last Monday" not in result.out, "compared with half a day")


@tap.test
def samples_of_rejected_lines_speak_the_reports_language():
	place = tap.folder()
	(place / "sub").mkdir()
	write(place / "sub", "access.log", day(DAY, 300, 2) + ["no log line\n", '192.0.2.1 - - [32/Nov/2026:00:00:00 +0800] "GET / HTTP/1.1" 200 1 "-" "-"\n'])
	for language, reason, wrong in (("zh", "access.log:302：时间不可能存在", "impossible"), ("en", "access.log:302: impossible time", "时间不")):
		result = report("traffic", place / "sub" / "access.log", "--language", language, "--timezone", "Asia/Shanghai")
		tap.check_in("\n" + reason, result.out)
		tap.check(wrong not in result.out, "a reason in another language")


@tap.test
def the_verdict_names_the_path_that_fails():
	place = tap.folder()
	log = write(place, "access.log", day(DAY, 4000, 2, 100))
	for language, words in (("zh", "全部错误中 100 次是 503，100 次在 /view.php。"), ("en", "of all, 100 are 503 and 100 on /view.php.")):
		result = report("traffic", log, "--language", language, "--timezone", "Asia/Shanghai")
		tap.check_in(re.sub(r"\s", "", words), re.sub(r"\s", "", result.out))


@tap.test
def the_browser_gets_the_html():
	place = tap.folder()
	log = write(place, "access.log", day(DAY, 300, 2))
	browser = place / "browser"
	browser.write_text(f'#!/bin/sh\ncp "$1" {place}/shown.html\n')
	browser.chmod(0o755)
	result = report("traffic", log, "--open", "--timezone", "Asia/Shanghai", env={"BROWSER": str(browser), "TMPDIR": str(place)})
	tap.check_equal((result.status, result.out, result.err), (0, "", ""))
	page = (place / "shown.html").read_text("utf-8")
	tap.check("300" in Text(page).words and page.startswith("<!DOCTYPE html"), "the report in the browser")
	for name, words in (("missing", "cannot start"), ("false", "could not open")):
		tap.row(name)
		result = report("traffic", log, "--open", "--timezone", "Asia/Shanghai", env={"BROWSER": name, "TMPDIR": str(place)})
		tap.check(result.status != 0, "an error")
		tap.check_in(words, result.err)


@tap.test
def utc_is_named_once():
	place = tap.folder()
	log = write(place, "access.log", day(DAY, 3, 2))
	for zone in ("UTC", "Etc/UTC"):
		tap.check_in("00:00-24:00 UTC\n", report("traffic", log, "--timezone", zone).out)


@tap.test
def an_unknown_zone_is_wrong_usage():
	place = tap.folder()
	log = write(place, "access.log", day(DAY, 3, 2))
	for command in (["report", "traffic", log], ["weblog", log]):
		result = tap.courant(*command, "--timezone", "Asia/Shanghia")
		tap.check_equal(result.status, 64)
		tap.check_in("unknown time zone Asia/Shanghia", result.err)


PAYLOADS = [
	"<script>alert(1)</script>", "<a href=http://evil.example>x</a>", "\x1b[31mred\x1b[0m", "\u202egnp.exe", "=cmd|' /C calc'!A0",
	"&lt;b&gt;", "\x07bell", "'\"><img src=x onerror=1>", "javascript:alert(1)", "\u2066hidden\u2069", "\xc2\x9b31m", "${jndi:ldap://x}",
]


@tap.test
def strangers_texts_do_no_harm():
	place = tap.folder()
	lines = day(DAY, 300, 2)
	for i, payload in enumerate(PAYLOADS * 3):
		quoted = payload.replace('"', "%22")
		path = "/" + quoted.replace(" ", "%20")
		at = DAY + timedelta(hours=11, seconds=i)
		for status in (200, 404, 503):
			lines.append(line(at, "192.0.2.7", f"GET {path} HTTP/1.1", status, 1, f"https://www.example.com/{quoted}", quoted))
		lines.append(line(at, "192.0.2.8", f"GET {path} HTTP/1.1", 404, 1, f"https://{quoted}/", AGENTS[1]))
		lines.append(f"rubbish {payload}\n")
	log = write(place, "access.log", lines)
	for language in ("zh", "en"):
		folder, _ = save(place, "traffic", log, "--language", language, "--timezone", "Asia/Shanghai")
		text, page = ((folder / f"traffic_2026-11-09.{ending}").read_text("utf-8") for ending in ("txt", "html"))
		parsed = Text(page)
		tap.check_equal({tag for tag, _ in parsed.tags} & {"script", "img", "form", "iframe", "svg", "object"}, set())
		tap.check_equal([a for tag, a in parsed.tags if tag == "a"], [])
		tap.check_equal([name for _, a in parsed.tags for name in a if name.startswith("on")], [])
		for form, name in ((text, "text"), (page, "html")):
			tap.row(f"{language} {name}")
			bad = {hex(ord(c)) for c in form if (ord(c) < 32 and c != "\n") or 127 <= ord(c) < 160 and ord(c) != 0xA0 or c in "\u202e\u2066\u2069"}
			tap.check_equal(bad, set())


@tap.test
def overrides_stand_in_the_mail():
	place = tap.folder()
	log = two_days(place)
	folder, _ = save(place, "traffic", log, "--subject", "日报 / daily", "--link", "https://monitor.example.com/a?b=1&c=2", "--period",
			 "2026-11-08..2026-11-09", "--compare", "off", "--note", "sample data", "--timezone", "+08:00")
	mail = email.message_from_bytes(next(folder.glob("*.eml")).read_bytes(), policy=email.policy.default)
	tap.check_equal(mail["Subject"], "日报 / daily")
	page = (folder / "traffic_2026-11-08_2026-11-09.html").read_text("utf-8")
	tap.check_in('href="https://monitor.example.com/a?b=1&amp;c=2"', page)
	tap.check_in("sample data", page)


@tap.test
def the_zone_is_the_logs_own_when_nothing_says_otherwise():
	place = tap.folder()
	log = write(place, "access.log", day(DAY, 400, 2))
	result = report("traffic", log, cwd=place)
	tap.check_in("Monday 9 November 2026, 00:00-24:00 UTC+8", result.out)
	tap.check_in("400", result.out)


FAILURES = [
	("a binary file", lambda p: (p / "x.log").write_bytes(bytes(range(256)) * 20), ["traffic", "x.log"], 66, "binary"),
	("a folder", lambda p: (p / "x.log").mkdir(), ["traffic", "x.log"], 66, "x.log: Is a directory"),
	("a missing file", lambda p: None, ["traffic", "x.log"], 66, "x.log: No such file"),
	("an unknown format", lambda p: (p / "x.log").write_text("hello\nworld\n"), ["traffic", "x.log"], 66, "line 1"),
	("no log", lambda p: None, ["traffic"], 64, "which access log"),
	("an unknown report", lambda p: None, ["trafic", "x.log"], 64, "did you mean traffic?"),
	("an unknown zone", lambda p: (p / "x.log").touch(), ["traffic", "x.log", "--timezone", "Asia/Shangai"], 64, "Asia/Shanghai"),
	("an unknown period", lambda p: (p / "x.log").touch(), ["traffic", "x.log", "--period", "yesterdya"], 64, 'did you mean "yesterday"'),
	("an unknown comparison", lambda p: (p / "x.log").touch(), ["traffic", "x.log", "--compare", "prev"], 64, "known are off, previous"),
	("an unknown language", lambda p: (p / "x.log").touch(), ["traffic", "x.log", "--language", "de"], 64, "known are zh and en"),
	("a link that is none", lambda p: (p / "x.log").touch(), ["traffic", "x.log", "--link", "javascript:1"], 64, "--link"),
	("a line end in a sender", lambda p: (p / "x.log").touch(),
	 ["traffic", "x.log", "--save", ".", "--to", "a@example.org", "--from", "a@example.org\r\nBcc: b@example.org"], 65, "line end"),
	("a line end in a recipient", lambda p: (p / "x.log").touch(),
	 ["traffic", "x.log", "--save", ".", "--from", "a@example.org", "--to", "a@example.org\nBcc: b@example.org"], 65, "line end"),
	("a line end in the subject", lambda p: (p / "x.log").touch(),
	 ["traffic", "x.log", "--save", ".", "--from", "a@example.org", "--to", "a@example.org", "--subject", "x\r\nBcc: b@example.org"], 65, "line end"),
	("nobody to send to", lambda p: (p / "x.log").touch(), ["traffic", "x.log", "--save", ".", "--from", "a@example.org"], 64, "who gets"),
	("a file that cannot be made", lambda p: [(p / "x.log").touch(), (p / "out").touch()],
	 ["traffic", "x.log", "--save", "out", "--from", "a@example.org", "--to", "a@example.org"], 73, "out"),
	("an unknown key", lambda p: (p / "r.yaml").write_text("report: traffic\ntitel: x\n"), ["r.yaml", "x.log"], 78,
	 'r.yaml:2:1: unknown key "titel" in a report file; did you mean "title"?'),
	("a pattern that matches nothing", lambda p: (p / "r.yaml").write_text("sources: {web: {weblog: none*.log}}\n"), ["r.yaml"], 66, "none*.log"),
]


@tap.test
def failures_have_a_status_and_a_sentence():
	for name, make, words, status, sentence in FAILURES:
		tap.row(name)
		place = tap.folder()
		make(place)
		result = report(*words, cwd=place)
		tap.check_equal(result.status, status)
		tap.check_in(sentence, result.err)
		tap.check_equal(result.out, "")
		tap.check_equal(list(place.glob("*.eml")), [])


FILE = """\
report: traffic
title: 周报
language: zh
timezone: Asia/Shanghai
period: 2026-11-09
compare: off
to: [ann@example.org]
from: 运维 <ops@example.com>
link: https://monitor.example.com
note: 测试
brand: {footer: 运维平台}
site: www.example.com
targets: {error_share: 50 %}
sources:
  shop: {weblog: "access*.log"}
sections:
  - summary: shop.totals
  - chart: shop.hours_of_day
    title: 点击的分布
  - table: shop.status_classes
  - table: shop.methods
  - table: shop.paths
    top: 3
  - table: shop.files
  - table: shop.referrers
  - table: shop.days
  - text: 详细内容见附件。
"""


@tap.test
def a_report_file_says_what_is_shown():
	place = tap.folder()
	two_days(place)
	(place / "weekly.yaml").write_text(FILE, "utf-8")
	elsewhere = tap.folder()
	out = tap.folder()
	tap.check_equal(tap.courant("check", place / "weekly.yaml").out, f"{place}/weekly.yaml: OK\n")
	result = report(place / "weekly.yaml", "--save", out, cwd=elsewhere)
	tap.check_equal((result.status, result.err), (0, ""))
	text = (out / "weekly_2026-11-09.txt").read_text("utf-8")
	for words in ("周报", "正常", "点击的分布", "状态码类别", "请求方法", "请求路径", "静态文件", "来源站点", "每天", "详细内容见附件。", "运维平台",
		      "报表 weekly", "（报表文件指定）", "测试"):
		tap.check_in(words, text)
	mail = email.message_from_bytes((out / "weekly_2026-11-09.eml").read_bytes(), policy=email.policy.default)
	tap.check_equal(mail["To"], "ann@example.org")


@tap.test
def gzip_and_standard_input_are_logs_too():
	import gzip
	place = tap.folder()
	lines = "".join(day(DAY, 400, 2)).encode()
	(place / "access.log.gz").write_bytes(gzip.compress(lines))
	for name, words, stdin in (("gzip", ["access.log.gz"], b""), ("standard input", ["-"], lines)):
		tap.row(name)
		result = tap.courant("report", "traffic", *words, "--timezone", "Asia/Shanghai", stdin=stdin, cwd=place, env={"COURANT_NOW": NOW})
		tap.check_equal(result.status, 0)
		tap.check_in("400 lines read = 400 hits + 0 rejected", result.out)


@tap.test
def a_pipe_is_read_whole():
	place = tap.folder()
	write(place, "data", day(DAY, 4000, 3))
	result = subprocess.run(["bash", "-c", f"{tap.PROGRAM} report traffic <(cat data) --period all"], cwd=place, capture_output=True, text=True, check=False)
	tap.check_equal(result.returncode, 0)
	tap.check_in("4,000 lines read = 4,000 hits", result.stdout)


tap.main()
