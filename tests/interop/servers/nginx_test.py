#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""courant probe against Debian's nginx in a private machine: statuses, redirects, TLS, a certificate's end, many at once; and what nginx says it was asked."""
import json
import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import machine
import tap
from machine import PLACE

machine.enter("databases")

CONF = """
daemon off; master_process off; pid PLACE/pid; error_log PLACE/error.log;
events { worker_connections 1024; }
http {
	access_log PLACE/access.log combined;
	client_body_temp_path PLACE/t1; proxy_temp_path PLACE/t2; fastcgi_temp_path PLACE/t3; uwsgi_temp_path PLACE/t4; scgi_temp_path PLACE/t5;
	server {
		listen 127.0.0.1:28080; listen 127.0.0.1:28443 ssl http2; server_name mail.example.com;
		ssl_certificate PLACE/cert.pem; ssl_certificate_key PLACE/key.pem;
		root PLACE/www;
		location /moved { return 301 /index.html; }
		location /teapot { return 418; }
		location /large { limit_rate 200k; }
	}
}
""".replace("PLACE", str(PLACE))
HTTP, HTTPS = "http://127.0.0.1:28080", "https://127.0.0.1:28443"


def openssl(*words):
	subprocess.run(["openssl", *map(str, words)], cwd=PLACE, check=True, capture_output=True)


def start():
	openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Test CA", "-days", "99")
	openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "request.pem", "-subj", "/CN=x")
	(PLACE / "names").write_text("subjectAltName=IP:127.0.0.1\n")
	openssl("x509", "-req", "-in", "request.pem", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "cert.pem", "-days", "31", "-extfile", "names")
	(PLACE / "www").mkdir()
	(PLACE / "www/index.html").write_text("<p>Welcome</p>\n")
	(PLACE / "www/large").write_bytes(b"x" * 3_000_000)
	(PLACE / "nginx.conf").write_text(CONF)
	with open(PLACE / "said", "wb") as said:
		subprocess.Popen(["nginx", "-p", str(PLACE), "-c", str(PLACE / "nginx.conf")], stdin=subprocess.DEVNULL, stdout=said, stderr=said)
	machine.await_port(28443)


def probe(*words):
	result = tap.courant("probe", "--json", *words)
	return [json.loads(line) for line in result.out.splitlines()], result.status


@tap.test
def answers_are_judged():
	for words, kind, status in (([HTTP + "/"], "ok", 200), ([HTTP + "/gone"], "status", 404), ([HTTP + "/teapot", "--status", "418"], "ok", 418),
				    ([HTTP + "/moved"], "ok", 301), ([HTTP + "/moved", "--redirects", "follow", "--body", "Welcome"], "ok", 200),
				    ([HTTP + "/", "--method", "HEAD"], "ok", 200), ([HTTP + "/large", "--timeout", "2"], "timeout", 200)):
		tap.row(" ".join(words))
		[shown], _ = probe(*words)
		tap.check_equal((shown["result"], shown["status"]), (kind, status))


@tap.test
def tls_is_measured():
	[shown], status = probe(HTTPS + "/", "--ca-file", PLACE / "ca.pem")
	tap.check_equal((shown["result"], status), ("ok", 0))
	tap.check(0 < shown["connect_s"] < shown["tls_s"] < shown["first_byte_s"] <= shown["total_s"], shown)
	end = subprocess.run(["openssl", "x509", "-in", "cert.pem", "-noout", "-enddate", "-dateopt", "iso_8601"], cwd=PLACE, capture_output=True, check=True).stdout
	tap.check_equal(shown["certificate_expires"], end.decode().strip().removeprefix("notAfter=").replace(" ", "T"))
	[shown], status = probe(HTTPS + "/")
	tap.check_equal((shown["result"], status), ("tls", 69))


@tap.test
def nginx_was_asked_once_a_probe():
	before = len((PLACE / "access.log").read_text().splitlines())
	shown, status = probe(*[f"{HTTP}/?{i}" for i in range(300)])
	tap.check_equal((status, len(shown)), (0, 300))
	lines = (PLACE / "access.log").read_text().splitlines()[before:]
	tap.check_equal(len(lines), 300)
	tap.check(all('"courant/' in line for line in lines), lines[0])
	tap.check_equal({line.split()[6] for line in lines}, {f"/?{i}" for i in range(300)})


start()
tap.main()
