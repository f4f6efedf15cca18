#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Strangers' texts where sources of our own take them from: names and addresses of probed targets, labels of Prometheus, names inside RRD files."""
import sqlite3

import tap

from fake_prometheus import Server, matrix
from forms import PAYLOADS, is_harmless, make, save

NOW = "2026-11-10T06:00:00+00:00"


@tap.test
def targets_of_probes_do_no_harm():
	place = tap.folder()
	make(place, "courant-sample-metrics", "probes", place)
	store = sqlite3.connect(place / "probes.db")
	(own,) = store.execute("select id from target").fetchone()
	for i, payload in enumerate(PAYLOADS):
		store.execute("insert into target select ?, ?, ?, every_ms, last_ms, certificate_ms from target where id = ?", (100 + i, payload, f"https://{payload}/", own))
		store.execute("insert into quarter select ?, from_ms, done, ok, total_us from quarter where target = ?", (100 + i, own))
		store.execute("insert into failure select ?, from_ms, kind, status, n from failure where target = ?", (100 + i, own))
		store.execute("insert into event select null, ?, kind, status, from_ms, last_ms, to_ms, failures from event where target = ?", (100 + i, own))
	store.commit()
	store.close()
	for language in ("zh", "en"):
		(place / "own.yaml").write_text(f"language: {language}\ntimezone: Asia/Shanghai\nperiod: 2026-03-16..2026-03-22\nsources: {{p: {{probe: probes.db}}}}\nsections:\n  - availability: p\n"
						"  - table: p.targets\n    top: 50\n  - table: p.events\n    top: 50\n  - latency: p\nattach:\n  - {workbook: all.xlsx, sheets: [p.targets, p.events]}\n")
		saved = save(place, "own.yaml", now="2026-03-23T08:00:00+08:00")
		is_harmless(saved)
		tap.row(f"{language}: every one is there")
		cells = [cell for rows in saved.workbook.values() for row in rows for cell in row]
		tap.check_in("=cmd|' /C calc'!A0", cells)
		tap.check_in("\\u{202e}gnp.exe", saved.page.words)


@tap.test
def labels_of_prometheus_do_no_harm():
	place = tap.folder()
	for language in ("zh", "en"):
		server = Server(lambda form: matrix(form, *(({"instance": payload}, lambda at, i=i: str(i + at // 3600 % 5)) for i, payload in enumerate(PAYLOADS))))
		(place / "own.yaml").write_text(f"language: {language}\ntimezone: UTC\nperiod: yesterday\nsources:\n  prom: {{prometheus: '{server.url}', queries: {{load: load}}, label: instance}}\n"
						"sections:\n  - summary: prom.load\n  - chart: {series: prom.load, threshold: 5}\n  - statistics: charts\n  - table: prom.load\nattach:\n  - {workbook: all.xlsx, sheets: [prom.load]}\n")
		saved = save(place, "own.yaml", now=NOW)
		is_harmless(saved)
		tap.check_in("<script>alert(1)</script>", saved.page.words)
	for i, payload in enumerate(PAYLOADS):
		tap.row(f"alone, as the cause of the verdict: {payload!r}")
		server = Server(lambda form: matrix(form, ({"instance": payload}, lambda at: "9"), ({"instance": "b"}, lambda at: "1")))
		(place / "own.yaml").write_text(f"timezone: UTC\nperiod: yesterday\nsources:\n  prom: {{prometheus: '{server.url}', queries: {{load: load}}, label: instance}}\n"
						"sections:\n  - chart: {series: prom.load, threshold: 5}\nattach:\n  - {workbook: all.xlsx, sheets: [prom.load]}\n")
		is_harmless(save(place, "own.yaml", now=NOW))


@tap.test
def names_in_rrd_files_do_no_harm():
	"""rrdtool makes no such names, but somebody may write a file by hand."""
	place = tap.folder()
	make(place, "courant-sample-metrics", "machine", place)
	content = (place / "system.rrd").read_bytes()
	name = b"memory_used\0"
	tap.check(content.count(name) == 1, "the name stands there once")
	(place / "t.csv").write_text("name,amount\na,1\n")
	for payload in (b"<b>x</b>", b"\x1b[31mred", b"=1+1", b"\xff\xfe\xff", b"a\r\nBcc: x"):
		tap.row(repr(payload))
		(place / "evil.rrd").write_bytes(content.replace(name, payload.ljust(len(name), b"\0")))
		(place / "own.yaml").write_text("timezone: UTC\nperiod: yesterday\nsources:\n  t: {csv: t.csv}\n  r: {rrd: evil.rrd}\nsections:\n  - table: t\n  - chart: r\n  - statistics: [r]\nattach:\n  - {workbook: all.xlsx}\n")
		saved = save(place, "own.yaml", now=NOW)
		is_harmless(saved)
		tap.check_equal({c for c in saved.err if ord(c) < 32 and c != "\n"}, set())
		chart = tap.run([tap.PROGRAM, "chart", "evil.rrd", "--format", "text"], cwd=place)
		tap.check_equal({byte for byte in chart.out + chart.err if byte < 32 and byte != 10}, set())


tap.main()
