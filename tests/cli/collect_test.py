#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""courant collect: samples of made-up machines into RRD files, looked at with rrdtool; what is wrong is told."""
import json
import math
import os
import shutil
import subprocess
from datetime import datetime, timedelta, timezone
from pathlib import Path

import tap

BEGIN = datetime(2026, 11, 9, tzinfo=timezone.utc)
TAKE = os.environ["TAKE"]


def machine(root, minute, *, sent=0, total=1000, cpu=0, pages=0):
	"""What /proc and /sys say. Two processors that are half busy, 100 ticks a second."""
	files = {
		"proc/stat": f"cpu  {cpu} 0 0 {minute * 6000} 0 0 0 0\ncpu0 1 0 0 1 0 0 0 0\ncpu1 1 0 0 1 0 0 0 0\n",
		"proc/loadavg": f"{minute}.5 1 2 1/2 3\n",
		"proc/meminfo": f"MemTotal: {total} kB\nMemFree: 100 kB\nMemAvailable: 250 kB\nCached: 10 kB\nActive: 300 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n",
		"proc/vmstat": f"pswpin {pages}\npswpout 0\n",
		"proc/net/dev": f"eth0: {sent * 2} 1 0 0 0 0 0 0 {sent} 1 0 0 0 0 0 0\n",
	}
	for name, text in files.items():
		path = root / name
		path.parent.mkdir(parents=True, exist_ok=True)
		path.write_text(text)


def collect(place, minute, *words, seconds=0):
	now = (BEGIN + timedelta(minutes=minute, seconds=seconds)).isoformat().replace("+00:00", "Z")
	return tap.courant("collect", "--root", place / "root", *words, env={"COURANT_NOW": now}, cwd=place)


def fetched(path, begin, end, column, consolidation="AVERAGE"):
	"""{minute: value} by rrdtool."""
	at = int(BEGIN.timestamp())
	done = tap.run(["rrdtool", "fetch", str(path), consolidation, "-s", str(at + 60 * begin), "-e", str(at + 60 * end - 1), "-r", "60"])
	head, _, *lines = done.out.decode().splitlines()
	i = head.split().index(column)
	return {(int(line.split(":")[0]) - at) // 60: float(line.split()[1 + i]) for line in lines}


def info(path):
	return tap.run(["rrdtool", "info", str(path)]).out.decode()


def near(got, want):
	return tap.check((math.isnan(got) and math.isnan(want)) or math.isclose(got, want, rel_tol=1e-6), f"got {got}, want {want}")


@tap.test
def a_file_is_made_as_it_is_described():
	place = tap.folder()
	machine(place / "root", 0)
	result = collect(place, 0, "--into", "lib/courant")
	tap.check_equal((result.status, result.out, result.err), (0, "", ""))
	text = info(place / "lib/courant/system.rrd")
	for line in ("step = 60", 'ds[network_sent].type = "DERIVE"', "ds[network_sent].minimal_heartbeat = 120", "ds[network_sent].min = 0.0000000000e+00",
		     'ds[memory_used].type = "GAUGE"', 'ds[cpu_user].type = "DDERIVE"'):
		tap.check_in(line + "\n", text)
	kept = {tuple(text.split(f"rra[{i}].{key} = ")[1].split("\n")[0].strip('"') for key in ("cf", "pdp_per_row", "rows")) for i in range(9)}
	tap.check_equal(kept, {(c, steps, rows) for c in ("AVERAGE", "MIN", "MAX") for steps, rows in (("1", "2880"), ("5", "4032"), ("60", "9504"))})


@tap.test
def counters_become_rates_and_resets_are_unknown():
	place = tap.folder()
	#        minute: (bytes sent, ticks busy)
	samples = {0: (1000, 0), 1: (61000, 3000), 2: (121000, 6000), 3: (500, 20), 4: (60500, 3020), 8: (120500, 6020), 9: (180500, 12020)}
	for minute, (sent, cpu) in samples.items():
		machine(place / "root", minute, sent=sent, cpu=cpu)
		tap.check_equal(collect(place, minute, "--into", ".").status, 0)
	nan = math.nan
	path = place / "system.rrd"
	sent = fetched(path, 0, 10, "network_sent")
	for minute, want in {1: 1000, 2: 1000, 3: nan, 4: 1000, 5: nan, 8: nan, 9: 1000}.items():
		tap.row(f"minute {minute}")
		near(sent[minute], want)
	received = fetched(path, 0, 10, "network_received")
	near(received[2], 2000)
	user = fetched(path, 0, 10, "cpu_user")
	# 3000 ticks of 100 a second in a minute of two processors: a quarter.
	near(user[2], 0.25)
	near(user[9], 0.5)
	near(fetched(path, 0, 10, "memory_used")[2], 750 * 1024)
	near(fetched(path, 0, 10, "network_resets")[9], 1)


def take(place, table, *words):
	done = tap.run([TAKE, f"rrd:{place / 'system.rrd'}", table, *words], env={"COURANT_RRD": os.environ["COURANT_RRD"]})
	return json.loads(done.out) if done.status == 0 else done.err.decode()


@tap.test
def reports_read_what_was_collected():
	place = tap.folder()
	for minute in range(0, 30):
		machine(place / "root", minute, sent=(minute if minute < 12 else minute - 12) * 6_000_000, pages=minute * 600)
		if not 20 <= minute < 24:
			collect(place, minute, "--into", ".")
	begin = int(BEGIN.timestamp())
	result = take(place, "network", f"from={begin * 1000}", f"to={(begin + 1740) * 1000}")
	tap.check_equal(result["types"], {"time": ["time", ""], "received": ["bytes/s", ""], "sent": ["bytes/s", ""]})
	tap.check_equal(result["head"]["resets"], 1)
	known = [i for i, row in enumerate(result["rows"]) if row["sent"] is not None]
	# Begun anew in the step that ends at minute 12; the five steps from 19 to 24 have no sample at one of their ends.
	tap.check_equal(sorted(set(range(29)) - set(known)), [11, 19, 20, 21, 22, 23])
	tap.check(all(math.isclose(result["rows"][i]["sent"], 100_000) for i in known), result["rows"])
	tap.check_equal(result["head"]["unknown"], 6)
	swap = take(place, "swap", f"from={begin * 1000}", f"to={(begin + 600) * 1000}")
	tap.check_equal(swap["types"]["in"], ["rate", "pages"])
	tap.check(math.isclose(swap["rows"][0]["in"], 10), swap["rows"][0])
	tap.check_equal(take(place, "memory")["types"]["used"], ["memory", ""])
	listed = tap.courant("report", "--sources", place / "system.rrd").out
	tap.check_equal([line.split(",")[0] for line in listed.splitlines() if line.endswith(", a series")], ["cpu", "load", "memory", "swap", "disk", "network"])


@tap.test
def a_sample_can_be_looked_at():
	place = tap.folder()
	machine(place / "root", 0, sent=5000)
	result = collect(place, 0)
	tap.check_equal(result.status, 0)
	for line in ("system.network_sent 5000", "system.load_1min 0.5", "system.memory_used 768000", "system.disk_read -"):
		tap.check_in(line + "\n", result.out)
	tap.check_equal(list(place.glob("*.rrd")), [])
	shown = json.loads(collect(place, 0, "--json").out)
	tap.check_equal(shown["time"], "2026-11-09T00:00:00Z")
	tap.check_equal(shown["system"]["network_sent"], 5000)
	tap.check_equal(shown["system"]["disk_read"], None)
	tap.check("network_resets" not in shown["system"], shown)
	result = collect(place, 1, "--print", "--into", ".")
	tap.check_in("system.network_sent 5000\n", result.out)
	tap.check((place / "system.rrd").exists(), "nothing was kept")


@tap.test
def the_configuration_names_the_folder():
	place = tap.folder()
	machine(place / "root", 0)
	(place / "etc").mkdir()
	(place / "etc/courant.yaml").write_text("samples: kept\n")
	tap.check_equal(collect(place, 0, "--config", "etc/courant.yaml").out, "")
	tap.check((place / "etc/kept/system.rrd").exists(), "not beside the configuration")


@tap.test
def the_same_second_twice_is_once():
	place = tap.folder()
	machine(place / "root", 0)
	for _ in range(2):
		tap.check_equal(collect(place, 0, "--into", ".").status, 0)
	tap.check_in(f"last_update = {int(BEGIN.timestamp())}\n", info(place / "system.rrd"))


@tap.test
def two_at_once_make_one_file():
	place = tap.folder()
	machine(place / "root", 0)
	started = [subprocess.Popen([tap.PROGRAM, "collect", "--root", "root", "--into", "."], cwd=place, env=tap.environment(place), stderr=subprocess.PIPE)
		   for _ in range(4)]
	for process in started:
		tap.check_equal((process.communicate(timeout=60)[1], process.returncode), (b"", 0))


WRONG = [
	("an unknown name", ["sytem"], 64, "unknown counters sytem: there are system and mysql"),
	("no /proc", ["--root", "/nonexistent"], 66, "this machine's counters cannot be read: cannot open /nonexistent/proc/stat"),
	("a folder that cannot be", ["--into", "/proc/nothing"], 73, "/proc/nothing"),
	("both ways to MySQL", ["mysql", "--host", "a", "--socket", "b"], 64, "--host and --socket exclude each other"),
	("a port that is none", ["mysql", "--host", "a", "--port", "0"], 64, "--port is 0, not a number from 1 to 65535"),
	("no server", ["mysql", "--socket", "/nonexistent/s"], 75, "MySQL at /nonexistent/s: Can't connect"),
	("no server there", ["mysql", "--host", "127.0.0.1", "--port", "9"], 75, "MySQL at 127.0.0.1: "),
	("a password others may read", ["mysql", "--socket", "/nonexistent/s", "--password-file", "/etc/passwd"], 78, "which holds a password: chmod 600 it"),
]


@tap.test
def what_is_wrong_is_told():
	place = tap.folder()
	machine(place / "root", 0)
	for name, words, status, sentence in WRONG:
		tap.row(name)
		result = tap.courant("collect", *([] if "--root" in words else ["--root", place / "root"]), *words, cwd=place)
		tap.check_equal(result.status, status)
		tap.check_in(sentence, result.err)


@tap.test
def a_file_of_another_program_is_left_alone():
	place = tap.folder()
	machine(place / "root", 0)
	tap.run(["rrdtool", "create", "system.rrd", "DS:x:GAUGE:120:U:U", "RRA:AVERAGE:0.5:1:10"], cwd=place)
	before = (place / "system.rrd").read_bytes()
	result = collect(place, 0, "--into", ".")
	tap.check_equal(result.status, 66)
	tap.check_in("system.rrd has no data source cpu_user, so another program or version has made it: move it away", result.err)
	tap.check((place / "system.rrd").read_bytes() == before, "it was changed")


@tap.test
def one_that_fails_does_not_stop_the_other():
	place = tap.folder()
	machine(place / "root", 0)
	result = collect(place, 0, "mysql", "system", "--socket", "/nonexistent/s", "--into", ".")
	tap.check_equal(result.status, 75)
	tap.check((place / "system.rrd").exists(), "the system was not collected")


@tap.test
def without_courant_rrd_it_says_what_to_install():
	place = tap.folder()
	machine(place / "root", 0)
	bare = place / "bin"
	bare.mkdir()
	for name in ("courant", "courant-report"):
		shutil.copy(Path(tap.PROGRAM).parent / name, bare)
	result = tap.run([str(bare / "courant"), "collect", "--root", "root", "--into", "."], cwd=place)
	if (result.status, result.err) == (0, b""):
		tap.skip("courant-rrd is installed on this machine")
		return
	tap.check_equal(result.status, 78)
	tap.check_in(b"install the package courant-rrd, or build Courant with -Drrd=enabled", result.err)


tap.main()
