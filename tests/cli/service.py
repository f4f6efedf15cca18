# SPDX-License-Identifier: MIT
"""courant serve for its tests: real processes, a clock that stands where the test wants it (COURANT_NOW), and courant catch as the mail server."""
import atexit
import http.server
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

import tap

sys.path.insert(0, str(tap.SOURCE / "tests/interop"))
import peers

PATIENCE_S = 30
LINE = '192.0.2.1 - - [09/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 100 "-" "Mozilla/5.0 Firefox/130.0"\n'
# Two seconds before a minute begins.
BEFORE = "2026-11-09T12:00:58Z"


def wait_for(what):
	"""What the function returns, once that is something; what it returned last when time is over."""
	end = time.monotonic() + PATIENCE_S
	while not (got := what()) and time.monotonic() < end:
		time.sleep(0.02)
	return got


class Place:
	"""A folder with a configuration, a log and a report; and the service in it."""

	def __init__(self, server, report="schedule: every 1 min", serve="", more=""):
		"""`server`: a mail server, or a port; `serve` and `more` go into the configuration."""
		self.folder = tap.folder()
		self.folder.chmod(0o755)
		self.server, self.more, self.serve = server, more, serve
		(self.folder / "access.log").write_text(LINE)
		self.write_report(report)
		self.write_config()
		self.process = None

	def write_report(self, lines):
		(self.folder / "r.yaml").write_text("report: traffic\ntimezone: UTC\nperiod: last 24 h\nto: ann@example.org\nsources: {web: {weblog: access.log}}\n" + lines + "\n")

	def write_config(self, reports="r.yaml"):
		port = self.server if isinstance(self.server, int) else self.server.port
		(self.folder / "courant.yaml").write_text(
			f"accounts:\n  office: {{server: 'smtp://127.0.0.1:{port}?tls=none', from: ops@example.com}}\n"
			f"outbox: {{file: {self.folder}/outbox.db, socket: {self.folder}/socket}}\nowner: oncall@example.com\nreports: {reports}\n"
			f"serve: {{http: '127.0.0.1:0', metrics: {self.folder}/courant.prom{self.serve}}}\n{self.more}")

	def spawn(self, *words, **env):
		self.log = open(self.folder / "serve.log", "ab")
		self.mark = (self.folder / "serve.log").stat().st_size
		self.process = subprocess.Popen([tap.PROGRAM, "serve", "--config", "courant.yaml", *words], cwd=self.folder, stdout=subprocess.DEVNULL, stderr=self.log,
						env=tap.environment(self.folder, **env))
		# Of a test that breaks.
		atexit.register(self.process.kill)

	def start(self, now=BEFORE):
		self.spawn(COURANT_NOW=now)
		self.await_line("event=ready")
		return self

	def lines(self):
		with open(self.folder / "serve.log", "rb") as log:
			log.seek(self.mark)
			return log.read().decode("utf-8", "replace").splitlines()

	def await_line(self, part, n=1):
		"""The n-th line with this in it."""
		found = wait_for(lambda: [line for line in self.lines() if part in line][n - 1 : n])
		tap.check(found, f"no line {part!r} in\n" + "\n".join(self.lines()))
		return found[0] if found else ""

	def get(self, path):
		address = re.search(r"address=(\S+)", self.await_line("address="))[1]
		try:
			with urllib.request.urlopen(f"http://{address}{path}", timeout=PATIENCE_S) as answer:
				return answer.status, answer.read().decode()
		except urllib.error.HTTPError as refusal:
			return refusal.code, refusal.read().decode()

	def await_health(self, status, part=""):
		"""What /health says, once it does."""
		got = None

		def is_so():
			nonlocal got
			got = self.get("/health")
			return got[0] == status and part in got[1]
		tap.check(wait_for(is_so), f"health is {got}")
		return got[1]

	def send_signal(self, number):
		self.process.send_signal(number)

	def end(self, number=signal.SIGTERM):
		self.send_signal(number)
		status = self.process.wait(PATIENCE_S)
		self.log.close()
		return status

	def courant(self, *words):
		return tap.courant(*words, "--config", "courant.yaml", cwd=self.folder, env={"COURANT_NOW": BEFORE})

	def queue(self, text="x"):
		tap.check_equal(self.courant("send", "--queue", "--to", "bob@example.org", "--text-body", text).status, 0)


def catcher():
	return peers.Catcher("--tls", "none")


def await_mails(server, n):
	wait_for(lambda: len(server.mails()) >= n)
	tap.check_equal(len(server.mails()), n)
	return server.mails()


class Site(http.server.ThreadingHTTPServer):
	"""A web server on a free port. It keeps what it was asked for, and answers with its status."""

	def __init__(self):
		super().__init__(("127.0.0.1", 0), Site.Answer)
		self.heard, self.status = [], 200
		threading.Thread(target=self.serve_forever, daemon=True).start()

	def url(self, path):
		return f"http://127.0.0.1:{self.server_port}{path}"

	def __exit__(self, *_):
		self.shutdown()
		self.server_close()

	class Answer(http.server.BaseHTTPRequestHandler):
		def do_GET(self):
			self.server.heard.append(self.path)
			self.send_response(self.server.status)
			self.end_headers()

		def log_message(self, *_):
			pass
