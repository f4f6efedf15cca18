#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""courant probe against servers that behave, and others that do not: results, times, what is kept, exit statuses."""
import json
import os
import socket
import sqlite3
import ssl
import struct
import subprocess
import threading
import time

import tap


class Server:
	"""`behave(connection)` for each connection, in a thread of its own; connections are counted."""

	def __init__(self, behave, context=None):
		self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
		self.port = self.listener.getsockname()[1]
		self.behave, self.context, self.n = behave, context, 0
		self.url = f"{'https' if context else 'http'}://127.0.0.1:{self.port}/"
		threading.Thread(target=self.accept, daemon=True).start()

	def accept(self):
		while True:
			connection, _ = self.listener.accept()
			self.n += 1
			threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

	def serve(self, connection):
		try:
			if self.context:
				connection = self.context.wrap_socket(connection, server_side=True)
			self.behave(connection)
			connection.close()
		except OSError:
			pass


def request(connection):
	text = b""
	while not text.endswith(b"\r\n\r\n"):
		more = connection.recv(4096)
		if not more:
			break
		text += more
	return text


def answering(status="200 OK", body=b"Welcome", headers=(), wait=0):
	def behave(connection):
		asked = request(connection)
		time.sleep(wait)
		lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: keep-alive", *headers]
		connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + (b"" if asked.startswith(b"HEAD") else body))
		connection.recv(1)
	return behave


def silent(connection):
	request(connection)
	time.sleep(30)


def closing(connection):
	request(connection)


def resetting(connection):
	request(connection)
	connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
	connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def dripping(connection):
	request(connection)
	connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
	for _ in range(1000):
		connection.sendall(b"x")
		time.sleep(0.1)


def endless(connection):
	request(connection)
	connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
	while True:
		connection.sendall(b"x" * 65536)


def endless_headers(connection):
	request(connection)
	connection.sendall(b"HTTP/1.1 200 OK\r\n")
	while True:
		connection.sendall(b"X-More: " + b"y" * 1000 + b"\r\n")


def rubbish(connection):
	request(connection)
	connection.sendall(b"220 mail.example.com ESMTP\r\n")


def circling(connection):
	request(connection)
	connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n")


def hostile(connection):
	request(connection)
	connection.sendall(b"HTTP/1.1 200 \x1b[31mOK\r\nContent-Length: 1\r\nX: \x1b]0;title\x07\r\n\r\nx")
	connection.recv(1)


def probe(*words, cwd=None, env=None):
	return tap.courant("probe", *words, cwd=cwd, env=env)


def one(server, *words):
	"""The result of one probe as JSON, and the exit status."""
	result = probe(server if isinstance(server, str) else server.url, "--json", *words)
	if not tap.check(result.out.count("\n") == 1 and result.err == "", result):
		return {}, result.status
	return json.loads(result.out), result.status


@tap.test
def a_probe_says_what_it_measured():
	server = Server(answering(wait=0.2))
	shown, status = one(server)
	tap.check_equal(status, 0)
	tap.check_equal((shown["target"], shown["url"], shown["result"], shown["status"], shown["bytes"]), (server.url, server.url, "ok", 200, 7))
	tap.check_equal((shown["tls_s"], shown["certificate_expires"]), (None, None))
	tap.check(0 <= shown["name_s"] <= shown["connect_s"] <= shown["first_byte_s"] <= shown["total_s"], shown)
	tap.check(0.2 <= shown["first_byte_s"] < 5 and shown["connect_s"] < 0.2, shown)
	result = probe(server.url, "-v")
	tap.check_equal((result.status, result.err), (0, ""))
	first, second = result.out.splitlines()
	tap.check(first.startswith("ok       " + server.url) and first.endswith(" 7 B") and " 200 " in first, first)
	tap.check_in("first byte 2", second)


#                name, behaviour, words, result, status, words of the error
BEHAVIOURS = [
	("an error of the server", answering("500 Oops"), [], "status", 500, "the status is 500"),
	("a page that is gone", answering("404 Gone"), [], "status", 404, "the status is 404"),
	("one that is expected", answering("404 Gone"), ["--status", "404"], "ok", 404, None),
	("of several", answering("503 No"), ["--status", "2xx", "--status", "500-503"], "ok", 503, None),
	("a redirect is an answer", answering("302 Found", headers=("Location: /there",)), [], "ok", 302, None),
	("the text is there", answering(body=b"Hello, Welcome!"), ["--body", "Welcome"], "ok", 200, None),
	("the text is not", answering(body=b"Hello"), ["--body", "Welcome"], "body", 200, 'the body does not hold "Welcome"'),
	("no answer at all", silent, ["--timeout", "1"], "timeout", None, "timed out"),
	("an answer that drips", dripping, ["--timeout", "1"], "timeout", 200, "timed out"),
	("a connection that is closed", closing, [], "lost", None, "Empty reply from server"),
	("one that is reset", resetting, [], "lost", 200, "reset"),
	("a body without end", endless, [], "ok", 200, None),
	("a text in a body without end", endless, ["--body", "Welcome"], "body", 200, 'the body as far as it was read does not hold "Welcome"'),
	("another protocol", rubbish, [], "broken", None, "HTTP/0.9"),
	("a circle", circling, ["--redirects", "follow"], "broken", 302, "redirects"),
	("only the head", answering(), ["--method", "HEAD"], "ok", 200, None),
]


@tap.test
def servers_are_judged():
	for name, behave, words, result, status, error in BEHAVIOURS:
		tap.row(name)
		begun = time.monotonic()
		shown, exit_status = one(Server(behave), *words)
		tap.check_equal(shown.get("result"), result)
		tap.check_equal(shown.get("status"), status)
		tap.check_equal(exit_status, 0 if result == "ok" else 69)
		if error is None:
			tap.check("error" not in shown, shown)
		else:
			tap.check_in(error, shown.get("error", "none"))
		tap.check(time.monotonic() - begun < 20, "it took too long")
		tap.check(shown.get("bytes", 0) <= 1 << 20, shown)


@tap.test
def headers_without_end_end():
	"""libcurl gives up at some hundred kilobytes; how it says so depends on its version."""
	shown, status = one(Server(endless_headers), "--timeout", "5")
	tap.check(shown["result"] in ("broken", "lost"), shown)
	tap.check_equal(status, 69)


@tap.test
def who_is_not_there_is_told():
	taken = socket.create_server(("127.0.0.1", 0))
	port = taken.getsockname()[1]
	taken.close()
	for url, result, words in ((f"http://127.0.0.1:{port}/", "refused", "Failed to connect"), ("http://name.invalid/", "name", "Could not resolve host")):
		tap.row(result)
		shown, status = one(url)
		tap.check_equal((shown["result"], shown["status"], status), (result, None, 69))
		tap.check_in(words, shown["error"])


def certificate(place, days="90", name="IP:127.0.0.1"):
	run = lambda *words: tap.run(["openssl", *map(str, words)], cwd=place)
	if not (place / "ca.pem").exists():
		run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Test CA", "-days", "99")
	run("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "request.pem", "-subj", "/CN=x")
	(place / "names").write_text(f"subjectAltName={name}\n")
	run("x509", "-req", "-in", "request.pem", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "cert.pem", "-days", days, "-extfile", "names")
	context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
	context.load_cert_chain(place / "cert.pem", place / "key.pem")
	return context


@tap.test
def certificates_are_checked():
	place = tap.folder()
	server = Server(answering(), certificate(place))
	shown, status = one(server, "--ca-file", place / "ca.pem")
	tap.check_equal((shown["result"], status), ("ok", 0))
	tap.check(shown["connect_s"] <= shown["tls_s"] <= shown["first_byte_s"], shown)
	said = tap.run(["openssl", "x509", "-in", "cert.pem", "-noout", "-enddate", "-dateopt", "iso_8601"], cwd=place).out.decode().strip()
	tap.check_equal(shown["certificate_expires"], said.removeprefix("notAfter=").replace(" ", "T"))
	tap.check_in("certificate for 89 days", probe(server.url, "--ca-file", place / "ca.pem").out)
	for name, other, words in (("nobody knows the authority", server, []), ("another name", Server(answering(), certificate(place, name="DNS:x.example.com")), ["--ca-file", place / "ca.pem"]),
				   ("an old one", Server(answering(), certificate(place, days="-1")), ["--ca-file", place / "ca.pem"]),
				   ("no TLS at all", Server(lambda connection: connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")).url.replace("http:", "https:"), [])):
		tap.row(name)
		shown, status = one(other, *words)
		tap.check_equal((shown["result"], status), ("tls", 69))


@tap.test
def each_probe_has_a_connection_of_its_own():
	server = Server(answering())
	result = probe(*[server.url] * 10, "--json")
	tap.check_equal(result.status, 0)
	tap.check_equal(server.n, 10)


@tap.test
def many_are_probed_at_once():
	"""Two hundred that take half a second each; one after the other they would take a hundred."""
	server = Server(answering(wait=0.5))
	begun = time.monotonic()
	result = probe(*[f"{server.url}{i}" for i in range(200)], "--json")
	took = time.monotonic() - begun
	tap.check_equal(result.status, 0)
	tap.check_equal([json.loads(line)["url"] for line in result.out.splitlines()], [f"{server.url}{i}" for i in range(200)])
	tap.check(took < 30, took)


@tap.test
def one_that_fails_does_not_stop_the_others():
	good, bad = Server(answering()), Server(answering("500 No"))
	result = probe(bad.url, good.url)
	tap.check_equal(result.status, 69)
	tap.check_equal([line.split()[0] for line in result.out.splitlines()], ["status", "ok"])


@tap.test
def what_servers_say_is_made_harmless():
	shown, _ = one(Server(hostile))
	tap.check_equal(shown["result"], "ok")
	server = Server(answering("500 No"))
	result = probe(server.url + "%1b[31m", "--body", "\x1b[31m", "--status", "500")
	tap.check("\x1b" not in result.out + result.err, result)


@tap.test
def the_environment_changes_nothing():
	"""A proxy of the environment would make the figures its own."""
	server = Server(answering())
	result = probe(server.url, "--json", env={"http_proxy": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9", "all_proxy": "http://127.0.0.1:9"})
	tap.check_equal(json.loads(result.out)["result"], "ok")
	shown, _ = one(server, "--proxy", "http://127.0.0.1:9")
	tap.check_equal(shown["result"], "refused")


def kept(place, sql):
	with sqlite3.connect(place / "probes.db") as db:
		return db.execute(sql).fetchall()


@tap.test
def results_are_kept():
	place = tap.folder()
	good, bad = Server(answering()), Server(answering("502 Bad Gateway"))
	for second in (0, 30, 60):
		result = probe(good.url, bad.url, "--into", place, env={"COURANT_NOW": f"2026-11-09T08:{second // 60:02}:{second % 60:02}Z"})
		tap.check_equal((result.status, result.out), (69, ""))
		tap.check_equal(result.err, f"courant: {bad.url}: the status is 502\n")
	tap.check_equal(kept(place, "select name, url from target order by id"), [(good.url,) * 2, (bad.url,) * 2])
	tap.check_equal(kept(place, "select target, from_ms, done, ok from quarter order by target"), [(1, 1794211200000, 3, 3), (2, 1794211200000, 3, 0)])
	tap.check_equal(kept(place, "select kind, status, n from failure"), [("status", 502, 3)])
	tap.check_equal(kept(place, "select target, kind, status, from_ms, last_ms, to_ms, failures from event"),
			[(2, "status", 502, 1794211200000, 1794211260000, None, 3)])
	tap.check_equal(kept(place, "select count(*) from result"), [(6,)])
	result = probe(good.url, "--into", place, "-q")
	tap.check_equal((result.status, result.out, result.err), (0, "", ""))
	result = probe(bad.url, "--into", place, "-q")
	tap.check_equal((result.status, result.out, result.err), (69, "", ""))
	result = probe(good.url, "--into", place, "--print")
	tap.check(result.out.startswith("ok "), result.out)


@tap.test
def targets_stand_in_the_configuration():
	place = tap.folder()
	server = Server(answering())
	(place / "courant.yaml").write_text(f"samples: kept\ntargets:\n  - {server.url}\n  - {{name: 首页, url: '{server.url}home', body: Welcome, every: 30 s}}\n"
					    f"  - {{name: broken, url: '{server.url}', status: 404}}\n")
	env = {"COURANT_CONFIG": str(place / "courant.yaml")}
	result = probe("--print", env=env)
	tap.check_equal(result.status, 69)
	tap.check_equal([line.split()[:2] for line in result.out.splitlines()], [["ok", server.url], ["ok", "首页"], ["status", "broken"]])
	tap.check_equal(kept(place / "kept", "select name, every_ms from target order by id"), [(server.url, 0), ("首页", 30000), ("broken", 0)])
	result = probe("首页", "--print", env=env)
	tap.check_equal((result.status, len(result.out.splitlines())), (0, 1))
	result = probe("首页", "--status", "404", env=env)
	tap.check_equal(result.status, 64)
	tap.check_in("首页 is a target of courant.yaml, which says what is expected of it", result.err)


@tap.test
def two_at_once_keep_all_results():
	place = tap.folder()
	server = Server(answering())
	started = [subprocess.Popen([tap.PROGRAM, "probe", server.url, "--into", str(place)], cwd=place, env=tap.environment(place), stderr=subprocess.PIPE)
		   for _ in range(6)]
	for process in started:
		tap.check_equal((process.communicate(timeout=60)[1], process.returncode), (b"", 0))
	tap.check_equal(kept(place, "select sum(done) from quarter"), [(6,)])


WRONG = [
	("no target", [], 64, "no target is given, and courant.yaml has none (targets:)"),
	("a word", ["www.example.com"], 64, "www.example.com is neither a URL such as https://www.example.com/ nor a target of courant.yaml"),
	("another scheme", ["ftp://example.com/"], 64, '"ftp://example.com/" is no URL'),
	("a password", ["http://ops:pw@example.com/"], 64, "without user and password"),
	("a status that is none", ["http://127.0.0.1/", "--status", "ok"], 64, '--status: "ok" is no status'),
	("a time-out that is none", ["http://127.0.0.1/", "--timeout", "soon"], 64, '--timeout: "soon" is no duration'),
	("certificates that are not there", ["https://127.0.0.1:9/", "--ca-file", "/nonexistent.pem", "--json"], 69, ""),
	("a folder that cannot be", ["http://127.0.0.1:9/", "--into", "/proc/nothing"], 73, "/proc/nothing"),
]


@tap.test
def what_is_wrong_is_told():
	for name, words, status, sentence in WRONG:
		tap.row(name)
		result = probe(*words)
		tap.check_equal(result.status, status)
		tap.check_in(sentence, result.err)


@tap.test
def a_damaged_store_is_told():
	place = tap.folder()
	(place / "probes.db").write_bytes(b"This is no database. " * 500)
	result = probe(Server(answering()).url, "--into", place)
	tap.check_equal(result.status, 66)
	tap.check_in("is not a store of probes", result.err)


tap.main()
