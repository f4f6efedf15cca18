#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The crontab line of the daily report, run as cron runs it: by /bin/sh, with cron's few variables, in the user's home."""
import email
import email.policy
import subprocess
from datetime import datetime, timedelta, timezone
from pathlib import Path

import tap

ZONE = timezone(timedelta(hours=8))
CRONTAB = "0 8 * * *  courant report traffic {place}/access.log* --period yesterday --timezone Asia/Shanghai --language zh --send"

CONFIG = """\
accounts:
  office:
    server: smtp://ops@127.0.0.1:{port}
    from: 运维 <ops@example.com>
    password_file: {place}/password
    ca_file: {mails}/ca.pem
"""


def hits(day):
	lines = []
	for i in range(500):
		at = day + timedelta(seconds=150 * i)
		lines.append(f'192.0.2.{i % 50} - - [{at:%d/%b/%Y:%H:%M:%S %z}] "GET /index.php HTTP/1.1" 200 100 "-" "Mozilla/5.0 Firefox/130.0"\n')
	return "".join(lines)


class Catcher:
	"""courant catch on a free port."""

	def __enter__(self):
		self.place = tap.folder()
		self.mails = self.place / "mails"
		environment = tap.environment(self.place, COURANT_PASSWORD="geheim")
		self.process = subprocess.Popen([tap.PROGRAM, "catch", "--listen", "127.0.0.1:0", "--maildir", self.mails, "--user", "ops"],
						stdout=subprocess.PIPE, env=environment, cwd=self.place)
		self.process.stdout.readline()
		self.port = int(self.process.stdout.readline().rsplit(b":", 1)[1])
		return self

	def __exit__(self, *_):
		self.process.terminate()
		self.process.stdout.close()
		self.process.wait(tap.TIMEOUT_S)

	def caught(self):
		return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in sorted((self.mails / "new").iterdir())]


def prepare(catcher, recipients="--to admin@example.com"):
	place = tap.folder()
	(place / "access.log").write_text(hits(datetime(2026, 11, 9, 1, tzinfo=ZONE)))
	(place / "access.log.1").write_text(hits(datetime(2026, 11, 2, 1, tzinfo=ZONE)))
	(place / "password").write_text("geheim\n")
	(place / "password").chmod(0o600)
	(place / "courant.yaml").write_text(CONFIG.format(port=catcher.port, place=place, mails=catcher.mails), "utf-8")
	command = CRONTAB.format(place=place).split("  ", 1)[1] + " " + recipients
	bin_folder = Path(tap.PROGRAM).parent
	variables = {"PATH": f"{bin_folder}:/usr/bin:/bin", "HOME": str(place), "SHELL": "/bin/sh", "LOGNAME": "ops", "COURANT_CONFIG": f"{place}/courant.yaml",
		     "COURANT_NOW": "2026-11-10T08:00:00+08:00"}
	return place, command, variables


def run(command, variables, place):
	return tap.run(["/bin/sh", "-c", command], cwd=place, env=variables)


@tap.test
def the_crontab_line_delivers_yesterdays_report():
	with Catcher() as catcher:
		place, command, variables = prepare(catcher)
		result = run(command, variables, place)
		tap.check_equal((result.status, result.err), (0, b""))
		tap.check_in(b"accepted  admin@example.com  250", result.out)
		mails = catcher.caught()
		tap.check_equal(len(mails), 1)
		tap.check_equal(mails[0]["Subject"], "官网流量数据报表 · 11月9日 周一 · 正常：页面浏览 500，持平")
		tap.check_equal(str(mails[0]["From"]), "运维 <ops@example.com>")
		tap.check_equal(mails[0]["X-Envelope-To"].strip("<>"), "admin@example.com")
		text = mails[0].get_body(("plain",)).get_content()
		tap.check_in("读入 1,000 行 = 500 次点击 + 500 次在对比时段 + 0 行无法解析", text)


@tap.test
def privacy_each_is_a_mail_for_each():
	with Catcher() as catcher:
		place, command, variables = prepare(catcher, "")
		(place / "daily.yaml").write_text("privacy: each\nto: ['Ann <ann@example.org>, bob@example.org']\ncc: [boss@example.com]\n")
		result = run(command.replace("report traffic", "report daily.yaml"), variables, place)
		tap.check_equal((result.status, result.err), (0, b""))
		mails = catcher.caught()
		tap.check_equal(sorted(str(mail["To"]) for mail in mails), ["ann@example.org", "bob@example.org", "boss@example.com"])
		tap.check_equal([mail["Cc"] for mail in mails], [None] * 3)
		tap.check_equal(len({mail["Message-ID"] for mail in mails}), 3)


@tap.test
def if_data_sends_nothing_about_nothing():
	with Catcher() as catcher:
		place, command, variables = prepare(catcher)
		(place / "daily.yaml").write_text("send: if data\n")
		variables["COURANT_NOW"] = "2026-12-10T08:00:00+08:00"
		result = run(command.replace("report traffic", "report daily.yaml"), variables, place)
		tap.check_equal(result.status, 0)
		tap.check_in(b"nothing is sent", result.err)
		tap.check_equal(catcher.caught() if (catcher.mails / "new").is_dir() else [], [])


@tap.test
def a_wrong_password_or_certificate_sends_nothing():
	with Catcher() as catcher:
		place, command, variables = prepare(catcher)
		(place / "password").write_text("falsch\n")
		result = run(command, variables, place)
		tap.row("a wrong password")
		tap.check_equal(result.status, 77)
		tap.row("a certificate that nobody vouches for")
		config = (place / "courant.yaml").read_text("utf-8")
		(place / "courant.yaml").write_text("".join(line for line in config.splitlines(True) if "ca_file" not in line), "utf-8")
		result = run(command, variables, place)
		tap.check_equal(result.status, 76)
		tap.check_equal(list((catcher.mails / "new").iterdir()), [])


@tap.test
def the_next_account_is_tried_when_nobody_answers():
	with Catcher() as catcher:
		place, command, variables = prepare(catcher)
		office = (place / "courant.yaml").read_text("utf-8")
		dead = "  dead:\n    server: smtp://127.0.0.1:1\n    from: ops@example.com\n"
		for order, status, n in (("[dead, office]", 0, 1), ("[dead]", 75, 1), ("[office, dead]", 0, 2)):
			tap.row(order)
			(place / "courant.yaml").write_text(f"{office}{dead}account: {order}\n", "utf-8")
			result = run(command, variables, place)
			tap.check_equal(result.status, status)
			tap.check_equal(b"trying the next account" in result.err, order == "[dead, office]")
			tap.check_equal(len(catcher.caught()) if (catcher.mails / "new").is_dir() else 0, n)
		tap.row("a wrong password is no reason to try the next")
		(place / "courant.yaml").write_text(f"{office}{dead}account: [office, dead]\n", "utf-8")
		(place / "password").write_text("falsch\n")
		result = run(command, variables, place)
		tap.check_equal((result.status, b"trying" in result.err), (77, False))


@tap.test
def courant_send_uses_the_account_too():
	with Catcher() as catcher:
		place, _, variables = prepare(catcher)
		result = tap.courant("send", "--from", "ops@example.com", "--to", "ann@example.org", "--text-body", "hello", cwd=place, env=variables)
		tap.check_equal((result.status, result.err), (0, ""))
		tap.check_equal([str(mail["To"]) for mail in catcher.caught()], ["ann@example.org"])


@tap.test
def a_password_that_others_may_read_is_refused():
	with Catcher() as catcher:
		place, command, variables = prepare(catcher)
		config = (place / "courant.yaml").read_text("utf-8").replace(f"password_file: {place}/password", "password: geheim")
		(place / "courant.yaml").write_text(config, "utf-8")
		for mode, status, words in ((0o644, 78, b"others may read it: chmod 600"), (0o600, 0, b"")):
			tap.row(f"mode {mode:o}")
			(place / "courant.yaml").chmod(mode)
			result = run(command, variables, place)
			tap.check_equal(result.status, status)
			tap.check_in(words, result.err)


tap.main()
