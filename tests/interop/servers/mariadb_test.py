#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""courant collect mysql against Debian's MariaDB in a private machine: what it counts, over its socket and over TLS; logins; a server that is started again."""
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import machine
import tap
from machine import PLACE

machine.enter("databases")

DATA, SOCKET, PORT = PLACE / "db", PLACE / "s", 23306
server = None


def openssl(*words):
	subprocess.run(["openssl", *map(str, words)], cwd=PLACE, check=True, capture_output=True)


def make_certificates():
	openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Test CA", "-days", "2")
	openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "request.pem", "-subj", f"/CN={machine.HOST}")
	(PLACE / "names").write_text(f"subjectAltName=DNS:{machine.HOST}\n")
	openssl("x509", "-req", "-in", "request.pem", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "cert.pem", "-days", "2", "-extfile", "names")


def start():
	global server
	with open(PLACE / "said", "ab") as said:
		server = subprocess.Popen(["mariadbd", "--no-defaults", "--user=root", f"--datadir={DATA}", f"--socket={SOCKET}", f"--port={PORT}",
					   "--bind-address=0.0.0.0", f"--ssl-cert={PLACE / 'cert.pem'}", f"--ssl-key={PLACE / 'key.pem'}", "--innodb-buffer-pool-size=16M"],
					  stdin=subprocess.DEVNULL, stdout=said, stderr=said)
	machine.await_that(lambda: client("select 1").returncode == 0, "MariaDB does not answer")


def stop():
	server.send_signal(signal.SIGTERM)
	server.wait(timeout=20)


def client(sql):
	return subprocess.run(["mariadb", "--no-defaults", "-uroot", "-S", str(SOCKET), "-N", "-e", sql], capture_output=True, check=False, text=True)


def status():
	return {name: int(value) for name, value in (line.split("\t") for line in client("show global status").stdout.splitlines()) if value.isdigit()}


def collect(*words, env=None, now=None):
	return tap.courant("collect", "mysql", *words, env={**(env or {}), **({"COURANT_NOW": now} if now else {})})


FIGURES = {
	"network_sent": "Bytes_sent", "key_read_requests": "Key_read_requests", "key_reads": "Key_reads", "key_write_requests": "Key_write_requests",
	"key_writes": "Key_writes", "innodb_requests": "Innodb_buffer_pool_read_requests", "innodb_reads": "Innodb_buffer_pool_reads", "queries_all": "Queries",
	"queries_slow": "Slow_queries", "connections_new": "Connections", "connections_open": "Threads_connected", "connections_running": "Threads_running",
}


@tap.test
def the_figures_are_those_of_the_server():
	client("create database t; create table t.i (n int primary key) engine=MyISAM; insert into t.i values (1),(2),(3);"
	       "create table t.b (n int primary key) engine=InnoDB; insert into t.b select n from t.i; flush tables; select count(*) from t.i where n > 1; select * from t.b")
	before = status()
	result = collect("--socket", SOCKET, "--user", "root", "--json")
	after = status()
	tap.check_equal((result.status, result.err), (0, ""))
	shown = json.loads(result.out)["mysql"]
	tap.check_equal(set(FIGURES) | {"network_received"}, set(shown))
	for name, variable in FIGURES.items():
		tap.row(name)
		tap.check(before[variable] <= shown[name] <= after[variable] if after[variable] >= before[variable] else shown[name] >= 1,
			  f"{before[variable]} {shown[name]} {after[variable]}")
	tap.check(shown["key_write_requests"] >= 3, shown)


@tap.test
def rates_are_those_of_what_happened():
	"""Six hundred queries in a minute are ten a second; a server that was started again is unknown."""
	place = tap.folder()
	at = "2026-11-09T00:{:02}:00Z"
	words = ("--socket", SOCKET, "--user", "root", "--into", place)
	collect(*words, now=at.format(0))
	before = status()["Queries"]
	client(";".join(["select 1"] * 600))
	tap.check_equal(collect(*words, now=at.format(1)).status, 0)
	grown = status()["Queries"] - before
	stop()
	start()
	collect(*words, now=at.format(2))
	collect(*words, now=at.format(3))
	done = tap.run([os.environ["TAKE"], f"rrd:{place / 'mysql.rrd'}", "queries", "from=1794182400000", "to=1794182580000"],
		       env={"COURANT_RRD": os.environ["COURANT_RRD"]})
	result = json.loads(done.out)
	rates = [row["all"] for row in result["rows"]]
	tap.check(abs(rates[0] - grown / 60) < 0.2 and rates[0] > 10, (rates, grown))
	tap.check_equal(rates[1], None)
	tap.check(rates[2] is not None and 0 <= rates[2] < 1, rates)
	tap.check_equal(result["head"]["resets"], 1)


@tap.test
def hit_ratios_are_worked_out():
	place = tap.folder()
	words = ("--socket", SOCKET, "--user", "root", "--into", place)
	collect(*words, now="2026-11-09T00:00:00Z")
	client("select count(*) from t.b a, t.b b, t.b c; select count(*) from t.i where n = 2; select count(*) from t.i where n = 3")
	collect(*words, now="2026-11-09T00:01:00Z")
	for table in ("key", "innodb"):
		tap.row(table)
		done = tap.run([os.environ["TAKE"], f"rrd:{place / 'mysql.rrd'}", table, "from=1794182400000", "to=1794182460000"],
			       env={"COURANT_RRD": os.environ["COURANT_RRD"]})
		result = json.loads(done.out)
		tap.check_equal(result["types"]["hit_ratio"], ["ratio", ""])
		[row] = result["rows"]
		reads, requests = row["reads"], row["read_requests" if table == "key" else "requests"]
		tap.check(requests > 0 and abs(row["hit_ratio"] - (1 - reads / requests)) < 1e-9, row)


@tap.test
def logins_and_passwords():
	client("create user watcher@localhost identified by 'swordfish'")
	secret = PLACE / "secret"
	secret.write_text("swordfish\n")
	secret.chmod(0o600)
	words = ("--socket", SOCKET, "--user", "watcher", "--json")
	for name, more, env in (("a file", ("--password-file", secret), {}), ("a command", ("--password-command", "echo swordfish"), {}),
				("the environment", (), {"COURANT_PASSWORD": "swordfish"})):
		tap.row(name)
		result = collect(*words, *more, env=env)
		tap.check_equal((result.status, result.err), (0, ""))
	for name, env in (("a wrong one", {"COURANT_PASSWORD": "catfish"}), ("none", {})):
		tap.row(name)
		result = collect(*words, env=env)
		tap.check_equal(result.status, 77)
		tap.check_in("Access denied for user 'watcher'", result.err)
		tap.check("swordfish" not in result.err and "catfish" not in result.err, result.err)


@tap.test
def tls_is_wanted_and_checked():
	client(f"create user far identified by 'swordfish'; drop user if exists ''@'{machine.HOST}', ''@localhost")
	subprocess.run(["sh", "-c", f"echo 127.0.0.2 {machine.HOST} wrong.example.com > /etc/hosts; echo 127.0.0.1 localhost >> /etc/hosts"], check=True)
	words = ("--port", PORT, "--user", "far", "--json")
	env = {"COURANT_PASSWORD": "swordfish"}
	result = collect("--host", machine.HOST, *words, "--ca-file", PLACE / "ca.pem", env=env)
	tap.check_equal((result.status, result.err), (0, ""))
	for name, more in (("an authority that nobody knows", ("--host", machine.HOST)), ("another name", ("--host", "wrong.example.com", "--ca-file", PLACE / "ca.pem"))):
		tap.row(name)
		result = collect(*more, *words, env=env)
		tap.check_equal(result.status, 76)
		tap.check_in("MySQL at ", result.err)
	result = collect("--host", machine.HOST, *words, "--tls", "none", env=env)
	tap.check_equal((result.status, result.err), (0, ""))


@tap.test
def a_server_without_tls_is_refused():
	stop()
	(PLACE / "key.pem").rename(PLACE / "key.gone")
	with open(PLACE / "said", "ab") as said:
		plain = subprocess.Popen(["mariadbd", "--no-defaults", "--user=root", f"--datadir={DATA}", f"--socket={SOCKET}", f"--port={PORT}", "--bind-address=0.0.0.0",
					  "--skip-ssl", "--innodb-buffer-pool-size=16M"], stdin=subprocess.DEVNULL, stdout=said, stderr=said)
	machine.await_that(lambda: client("select 1").returncode == 0, "MariaDB does not answer")
	result = collect("--host", machine.HOST, "--port", PORT, "--user", "far", "--ca-file", PLACE / "ca.pem", env={"COURANT_PASSWORD": "swordfish"})
	tap.check_equal(result.status, 76)
	plain.send_signal(signal.SIGTERM)
	plain.wait(timeout=20)
	result = collect("--socket", SOCKET, "--user", "root")
	tap.check_equal(result.status, 75)


make_certificates()
subprocess.run(["mariadb-install-db", "--no-defaults", "--user=root", "--auth-root-authentication-method=normal", "--skip-test-db", f"--datadir={DATA}"],
	       check=True, capture_output=True)
start()
tap.main()
