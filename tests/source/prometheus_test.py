#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The source prometheus against a small server that answers as Prometheus 2.42 did when it was asked (answers/), or badly."""
import base64
import json
import math
import os
import ssl
import time
from pathlib import Path

import tap

from fake_prometheus import Server, matrix

TAKE = os.environ["TAKE"]
ANSWERS = Path(__file__).resolve().parent / "answers"
FROM = 1_794_182_400 # 2026-11-09 00:00 UTC


def take(server, table="q", *words, option=";queries.q=up", url=None):
	done = tap.run([TAKE, f"prometheus:{url or server.url}{option}", table, *words])
	return json.loads(done.out) if done.status == 0 else done.err.decode()


def window(hours, begin=FROM):
	return f"from={begin * 1000}", f"to={(begin + round(hours * 3600)) * 1000}"


@tap.test
def what_prometheus_said_is_read_exactly():
	"""Each recorded answer, with what was asked: every value of it is in the table, and nothing else."""
	for path in sorted(ANSWERS.glob("*.json")):
		tap.row(path.name)
		recorded = json.loads(path.read_text())
		server = Server(lambda form: (200, json.dumps(recorded["answer"])))
		begin, end, step = recorded["from"], recorded["to"], recorded["step"]
		result = take(server, "q", f"from={begin * 1000}", f"to={end * 1000}", option=f";queries.q={recorded['query']};step={step}")
		if not tap.check(isinstance(result, dict), result):
			continue
		_, form, _ = server.asked[0]
		tap.check_equal((form["query"], float(form["start"]), float(form["end"]), float(form["step"])),
				(recorded["query"], begin + step, end, step))
		tap.check_equal(len(result["rows"]), (end - begin) // step)
		series = recorded["answer"]["data"]["result"]
		names = [name for name in result["types"] if name != "time"]
		tap.check_equal(len(names), len(series))
		wrong = []
		for name, one in zip(names, series):
			values = {round(at): float(value) for at, value in one["values"]}
			for i, row in enumerate(result["rows"]):
				value = values.get(begin + (i + 1) * step, math.nan)
				if row[name] != (value if math.isfinite(value) else None):
					wrong.append((name, row, value))
		tap.check_equal(wrong[:3], [])


@tap.test
def a_long_window_is_asked_for_in_parts():
	"""Ten days of minutes are 14,400 points: two requests, one after the other, and not a point twice."""
	server = Server(lambda form: matrix(form, ({"job": "a"}, lambda t: str(t))))
	result = take(server, "q", *window(240))
	tap.check_equal(len(server.asked), 2)
	first, second = (form for _, form, _ in server.asked)
	tap.check_equal(float(first["end"]) + 60, float(second["start"]))
	tap.check_equal(len(result["rows"]), 14400)
	tap.check(all(row["value"] == FROM + 60 * (i + 1) for i, row in enumerate(result["rows"])), result["rows"][:2])


@tap.test
def a_very_long_window_has_longer_steps():
	server = Server(lambda form: matrix(form, ({}, lambda t: "1")))
	result = take(server, "q", *window(24 * 90))
	tap.check(len(server.asked) <= 5, len(server.asked))
	tap.check_equal(result["head"]["step"], 300_000)


@tap.test
def longer_rows_keep_the_spike():
	server = Server(lambda form: matrix(form, ({}, lambda t: "100" if t == FROM + 600 else "1")))
	result = take(server, "q", *window(24), "rows=144", "bands=1")
	tap.check_equal(result["head"]["step"], 600_000)
	tap.check_equal(result["rows"][0], {"time": "2026-11-09T00:00:00Z", "value": 10.9, "value_min": 1, "value_max": 100})


@tap.test
def gaps_and_infinities_are_unknown():
	values = {FROM + 60: "1", FROM + 120: "NaN", FROM + 180: "+Inf", FROM + 240: "-Inf", FROM + 360: "1e-05"}
	server = Server(lambda form: matrix(form, ({}, lambda t: values.get(t))))
	result = take(server, "q", *window(0.1))
	tap.check_equal([row["value"] for row in result["rows"]], [1, None, None, None, None, 1e-05])
	tap.check_equal(result["head"]["coverage"], 0.333333333)


NAMES = [
	("one series", [{"__name__": "up", "job": "a", "instance": "x:1"}], "", ["value"]),
	("no labels", [{}], "", ["value"]),
	("what differs", [{"job": "a", "instance": "x:1"}, {"job": "a", "instance": "y:1"}], "", ["x:1", "y:1"]),
	("two that differ", [{"code": "200", "m": "GET"}, {"code": "404", "m": "GET"}, {"code": "200", "m": "PUT"}], "", ["200 GET", "404 GET", "200 PUT"]),
	("a label", [{"job": "a", "instance": "x:1"}, {"job": "b", "instance": "y:1"}], ";label=job", ["a", "b"]),
	("strange ones", [{"p": "<a href=x>"}, {"p": "=cmd|"}], "", ["<a href=x>", "=cmd|"]),
]


@tap.test
def columns_are_called_by_what_differs():
	for name, labels, option, wanted in NAMES:
		tap.row(name)
		server = Server(lambda form: matrix(form, *((one, lambda t: "1") for one in labels)))
		result = take(server, "q", *window(0.1), option=";queries.q=up" + option)
		if tap.check(isinstance(result, dict), result):
			tap.check_equal([key for key in result["types"] if key != "time"], wanted)


@tap.test
def types_and_units_are_said():
	server = Server(lambda form: matrix(form, ({}, lambda t: "250")))
	result = take(server, "q", *window(0.1), option=";queries.q=up;types.q=ms")
	tap.check_equal(result["types"]["value"], ["seconds", ""])
	tap.check_equal(result["rows"][0]["value"], 0.25)


@tap.test
def no_series_is_a_table_without_columns():
	result = take(Server(lambda form: matrix(form)), "q", *window(0.1))
	tap.check_equal(list(result["types"]), ["time"])
	tap.check_equal(result["head"]["coverage"], 0)


def success(result, kind="matrix"):
	return 200, json.dumps({"status": "success", "data": {"resultType": kind, "result": result}})


BAD_ANSWERS = [
	("a refused query", (400, '{"status":"error","errorType":"bad_data","error":"1:5: parse error: unexpected end"}'),
	 "query q: URL: Prometheus refuses the query: bad_data: 1:5: parse error: unexpected end"),
	("one that took too long", (503, '{"status":"error","errorType":"timeout","error":"query timed out"}'), "timeout: query timed out"),
	("a page of a proxy", (502, "<html>Bad Gateway</html>"), "query q: URL answers 502"),
	("a page with 200", (200, "<html>welcome</html>"), "the answer is none of Prometheus: line 1: "),
	("a login", (401, "Unauthorized"), "URL answers 401: it wants a login (user and password_file, or token_file)"),
	("nothing", (200, ""), "the answer is none of Prometheus"),
	("half an answer", (200, '{"status":"succ'), "the answer is none of Prometheus"),
	("another kind of result", success([], "vector"), "its result is no matrix"),
	("a number for a value", success([{"metric": {}, "values": [[FROM + 60, 1]]}]), "a point is no pair of a time and a number"),
	("words for a value", success([{"metric": {}, "values": [[FROM + 60, "much"]]}]), "a point is no pair of a time and a number"),
	("three for a pair", success([{"metric": {}, "values": [[FROM + 60, "1", "2"]]}]), "a point is no pair"),
	("a time of another day", success([{"metric": {}, "values": [[FROM + 86400, "1"]]}]), "it holds a time that was not asked for"),
	("a time between steps", success([{"metric": {}, "values": [[FROM + 61, "1"]]}]), "it holds a time that was not asked for"),
	("a time beyond all", success([{"metric": {}, "values": [[1e300, "1"]]}]), "it holds a time that was not asked for"),
	("a label that is no text", success([{"metric": {"a": 1}, "values": []}]), "a label is no text"),
	("histograms", success([{"metric": {}, "histograms": []}]), "the query gives histograms: make numbers of them"),
	("no labels", success([{"values": []}]), "a series has no labels or no values"),
	("the same name twice", success([{"metric": {"a": "x", "b": "1"}, "values": []}, {"metric": {"a": "x", "b": "2"}, "values": []}]),
	 'several series have the a "x": join them'),
	("too many series", success([{"metric": {"a": str(i)}, "values": []} for i in range(257)]), "more than 256 series"),
	("doubled keys", (200, '{"status":"success","status":"error"}'), "duplicate object key"),
	("a closed connection", (None, ""), "Empty reply from server"),
]


@tap.test
def bad_answers_are_sentences():
	for name, answer, sentence in BAD_ANSWERS:
		tap.row(name)
		server = Server(lambda form: answer)
		result = take(server, "q", *window(0.1), option=";queries.q=up" + (";label=a" if name == "the same name twice" else ""))
		if tap.check(isinstance(result, str), result):
			tap.check_in(sentence.replace("URL", server.url), result)


@tap.test
def who_does_not_answer_is_told():
	server = Server(lambda form: time.sleep(5) or (200, "{}"))
	begun = time.monotonic()
	tap.check_in("timed out", take(server, "q", *window(0.1), option=";queries.q=up;timeout=1"))
	tap.check(time.monotonic() - begun < 4, "it took too long")
	tap.check_in("Failed to connect", take(None, url="http://127.0.0.1:9"))
	tap.check_in("Could not resolve host", take(None, url="http://name.invalid"))


@tap.test
def logins_are_sent():
	place = tap.folder()
	secret = place / "secret"
	secret.write_text("swordfish\nnot this\n")
	secret.chmod(0o600)
	for name, option, header in (("a user", f";user=ops;password_file={secret}", "Basic " + base64.b64encode(b"ops:swordfish").decode()),
				     ("a token", f";token_file={secret}", "Bearer swordfish")):
		tap.row(name)
		server = Server(lambda form: matrix(form, ({}, lambda t: "1")))
		result = take(server, "q", *window(0.1), option=";queries.q=up" + option)
		tap.check(isinstance(result, dict), result)
		tap.check_equal(server.asked[0][2].get("Authorization"), header)


@tap.test
def passwords_never_travel_in_clear():
	secret = tap.folder() / "secret"
	secret.write_text("swordfish\n")
	secret.chmod(0o600)
	result = take(None, url="http://prometheus.example.com", option=f";queries.q=up;user=ops;password_file={secret}")
	tap.check_in("would send a password in clear: use https", result)
	secret.chmod(0o644)
	result = take(None, url="https://prometheus.example.com", option=f";queries.q=up;user=ops;password_file={secret}")
	tap.check_in("which holds a password: chmod 600 it", result)


WRONG = [
	("no URL", "prometheus.example.com", ";queries.q=up", "is no URL of a server"),
	("a user in the URL", "http://ops:pw@x.example.com", ";queries.q=up", "is no URL of a server"),
	("another scheme", "ftp://x.example.com", ";queries.q=up", "is no URL of a server"),
	("no queries", "http://x.example.com", "", 'a source of kind prometheus needs "queries"'),
	("types of no query", "http://x.example.com", ";queries.req=up;types.rek=rate", 'there is no query "rek" (did you mean "req"?)'),
	("a password without a user", "https://x.example.com", ";queries.q=up;password_file=/dev/null", "no password comes from"),
]


@tap.test
def wrong_settings_are_told():
	for name, url, option, sentence in WRONG:
		tap.row(name)
		result = take(None, url=url, option=option)
		if tap.check(isinstance(result, str), result):
			tap.check_in(sentence, result)


def certificate(place):
	"""An authority of our own, and a certificate for 127.0.0.1."""
	run = lambda *words: tap.run(["openssl", *map(str, words)], cwd=place)
	run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Test CA", "-days", "2")
	run("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "request.pem", "-subj", "/CN=x")
	(place / "names").write_text("subjectAltName=IP:127.0.0.1\n")
	run("x509", "-req", "-in", "request.pem", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "cert.pem", "-days", "2", "-extfile", "names")
	context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
	context.load_cert_chain(place / "cert.pem", place / "key.pem")
	return context


@tap.test
def certificates_are_checked():
	place = tap.folder()
	server = Server(lambda form: matrix(form, ({}, lambda t: "1")), certificate(place))
	tap.check_in("SSL certificate problem", str(take(server, "q", *window(0.1))))
	result = take(server, "q", *window(0.1), option=f";queries.q=up;ca_file={place / 'ca.pem'}")
	tap.check(isinstance(result, dict), result)
	tap.check_in("SSL: no alternative certificate subject name matches",
		     str(take(server, "q", *window(0.1), option=f";queries.q=up;ca_file={place / 'ca.pem'}", url=server.url.replace("127.0.0.1", "localhost"))))


tap.main()
