#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What packaging/ ships is sound: systemd's own checker has nothing to say, nothing is left open that need not be, and the other files are what their readers expect.

    units_test.py FOLDER    with the units that the build made
"""
import fnmatch
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import tap

UNITS = Path(sys.argv[1])
PACKAGING = tap.SOURCE / "packaging"
# systemd-analyze's figure: 0 is locked up, 10 wide open. What is left is the network.
EXPOSURE_MAX = 20 # tenths


def units():
	return sorted([*UNITS.glob("courant*.service"), *(PACKAGING / "systemd").glob("courant*.timer")])


def prepared(place):
	"""The units in a folder of their own, calling the program that was built; templates have an instance."""
	for unit in units():
		text = re.sub(r"(?m)^(Exec\w+=)/\S*/courant ", rf"\g<1>{tap.PROGRAM} ", unit.read_text())
		(place / unit.name).write_text(text)
		if "@." in unit.name:
			(place / unit.name.replace("@.", "@weekly.")).symlink_to(unit.name)
	return sorted(path for path in place.iterdir() if "@." not in path.name)


def analyze(*words, **more):
	done = subprocess.run(["systemd-analyze", *map(str, words)], capture_output=True, text=True, check=False, env=tap.environment(tap.folder(), **more))
	return done.returncode, done.stdout + done.stderr


@tap.test
def systemd_understands_the_units():
	if not shutil.which("systemd-analyze"):
		tap.skip("no systemd-analyze")
		return
	place = tap.folder()
	paths = prepared(place)
	tap.check(paths, "there are units")
	for path in paths:
		tap.row(path.name)
		# A folder of our own alone; what other units of this machine lack is no fault of these.
		_, words = analyze("verify", "--man=no", "--recursive-errors=no", path, SYSTEMD_UNIT_PATH=f"{place}:")
		tap.check_equal([line for line in words.splitlines() if "courant" in line], [])


@tap.test
def the_services_are_locked_up():
	if not shutil.which("systemd-analyze"):
		tap.skip("no systemd-analyze")
		return
	for path in prepared(tap.folder()):
		if path.suffix != ".service":
			continue
		tap.row(path.name)
		status, words = analyze("security", "--offline=true", f"--threshold={EXPOSURE_MAX}", path)
		last = words.strip().splitlines()[-1] if words.strip() else ""
		print(f"# {path.name}: {last.strip()}")
		tap.check_equal(status, 0)


@tap.test
def the_commands_of_the_units_and_of_cron_are_understood():
	lines = [line.split("=", 1)[1] for unit in units() for line in unit.read_text().splitlines() if line.startswith("ExecStart=")]
	lines += [re.match(r"(?:\S+\s+){5}(.*)", line)[1] for line in (PACKAGING / "crontab").read_text().splitlines() if re.match(r"[\d*]", line)]
	tap.check(len(lines) >= 3, "there are commands")
	for line in lines:
		tap.row(line)
		words = shlex.split(line)
		tap.check_equal(Path(words[0]).name, "courant")
		# With --help at the end every option before it is read.
		result = tap.courant(*words[1:], "--help")
		tap.check_equal((result.status, result.err), (0, ""))
		tap.check("%" not in line or words[0].startswith("/"), "cron ends a command at %")


def yaml_maps(text):
	"""The file as maps and lists, by PyYAML."""
	import yaml
	return yaml.safe_load(text)


def unknown(value, shape, place=""):
	"""What stands in a YAML file and not in its shape: a map of keys, a list of one shape, or a type."""
	if isinstance(shape, dict):
		if not isinstance(value, dict):
			return [f"{place} is no map"]
		return [f"{place}.{key} is unknown" for key in value if key not in shape and "*" not in shape] + [
			fault for key, inner in value.items() if key in shape or "*" in shape for fault in unknown(inner, shape.get(key, shape.get("*")), f"{place}.{key}")]
	if isinstance(shape, list):
		if not isinstance(value, list):
			return [f"{place} is no list"]
		return [fault for i, inner in enumerate(value) for fault in unknown(inner, shape[0], f"{place}[{i}]")]
	return [] if isinstance(value, shape) else [f"{place} is {value!r}"]


# The part of the CronJob's schema (batch/v1, kubernetes 1.27 and later) that is of use here.
NAMED = {"name": str, "key": str}
CONTAINER = {
	"name": str, "image": str, "args": [str], "command": [str],
	"env": [{"name": str, "value": str, "valueFrom": {"secretKeyRef": NAMED}}],
	"securityContext": {"allowPrivilegeEscalation": bool, "readOnlyRootFilesystem": bool, "capabilities": {"drop": [str], "add": [str]}, "runAsNonRoot": bool,
			    "runAsUser": int},
	"resources": {"requests": {"*": str}, "limits": {"*": str}},
	"volumeMounts": [{"name": str, "mountPath": str, "readOnly": bool, "subPath": str}],
}
POD = {
	"restartPolicy": str, "automountServiceAccountToken": bool, "serviceAccountName": str,
	"securityContext": {"runAsNonRoot": bool, "runAsUser": int, "runAsGroup": int, "fsGroup": int, "seccompProfile": {"type": str}},
	"containers": [CONTAINER],
	"volumes": [{"name": str, "configMap": {"name": str}, "secret": {"secretName": str}, "persistentVolumeClaim": {"claimName": str, "readOnly": bool}, "emptyDir": {"*": str}}],
}
CRON_JOB = {
	"apiVersion": str, "kind": str, "metadata": {"name": str, "labels": {"*": str}},
	"spec": {
		"schedule": str, "timeZone": str, "concurrencyPolicy": str, "startingDeadlineSeconds": int, "suspend": bool, "successfulJobsHistoryLimit": int,
		"failedJobsHistoryLimit": int,
		"jobTemplate": {"spec": {"backoffLimit": int, "activeDeadlineSeconds": int, "template": {"spec": POD}}},
	},
}


@tap.test
def the_cron_job_is_one_that_kubernetes_takes():
	try:
		job = yaml_maps((PACKAGING / "kubernetes/cronjob.yaml").read_text())
	except ImportError:
		tap.skip("no python3-yaml")
		return
	tap.check_equal(unknown(job, CRON_JOB), [])
	tap.check_equal((job["apiVersion"], job["kind"]), ("batch/v1", "CronJob"))
	spec = job["spec"]
	pod = spec["jobTemplate"]["spec"]["template"]["spec"]
	tap.check_in(spec["concurrencyPolicy"], ("Allow", "Forbid", "Replace"))
	tap.check_in(pod["restartPolicy"], ("Never", "OnFailure"))
	tap.check_equal(len(spec["schedule"].split()), 5)
	names = {volume["name"] for volume in pod["volumes"]}
	for container in pod["containers"]:
		tap.check_equal({mount["name"] for mount in container["volumeMounts"]}, names)
		result = tap.courant(*container["args"], "--help")
		tap.check_equal((result.status, result.err), (0, ""))


@tap.test
def the_containerfile_says_what_a_builder_knows():
	text = (PACKAGING / "Containerfile").read_text().replace("\\\n", " ")
	lines = [line for line in text.splitlines() if line and not line.startswith("#")]
	known = {"FROM", "RUN", "COPY", "WORKDIR", "USER", "ENTRYPOINT", "CMD", "ENV", "ARG", "LABEL", "EXPOSE", "VOLUME", "STOPSIGNAL", "HEALTHCHECK"}
	tap.check(lines[0].startswith("FROM "), "it begins with FROM")
	stages = {match[1] for match in re.finditer(r"(?m)^FROM \S+ AS (\w+)", text)}
	for line in lines:
		tap.row(line)
		word, _, rest = line.partition(" ")
		tap.check_in(word, known)
		if word == "RUN":
			shell = re.sub(r"^(\s*--\w+=\S+)+", "", rest)
			tap.check_equal(subprocess.run(["sh", "-n", "-c", shell], check=False).returncode, 0)
		if word in ("ENTRYPOINT", "CMD"):
			tap.check(re.fullmatch(r'\[("[^"]*"(, *)?)+\]', rest), "a list of words")
		for stage in re.findall(r"from=(\w+)", rest):
			tap.check_in(stage, stages)
	tap.row("nobody is root")
	tap.check(any(line.startswith("USER ") for line in lines), "there is a USER")


def installed():
	"""Every file that the build installs, below /usr; libraries in usr/lib/LIBDIR, wherever a build without Debian's tools has them."""
	done = subprocess.run(["meson", "introspect", "--installed", str(UNITS.parent)], capture_output=True, text=True, check=True)
	places = json.loads(done.stdout).values()
	prefix = os.path.commonpath([place for place in places if "/bin/" in place or "/share/" in place])
	libdir = next(place for place in places if place.endswith("/libcourant.a")).removesuffix("/libcourant.a")
	return sorted("usr" + place.replace(libdir, f"{prefix}/lib/LIBDIR").removeprefix(prefix) for place in places)


@tap.test
def every_file_is_in_a_package():
	if not shutil.which("meson"):
		tap.skip("no meson")
		return
	lists = [*(tap.SOURCE / "debian").glob("*.install"), tap.SOURCE / "debian/not-installed"]
	patterns = [line.split()[0] for path in lists for line in path.read_text().splitlines() if line and not line.startswith("#")]
	files = installed()
	tap.check_equal([file for file in files if not any(fnmatch.fnmatch(file, pattern) or fnmatch.fnmatch(file, f"{pattern}/*") for pattern in patterns)], [])
	# (Without librrd there is no such program.)
	unused = {pattern for pattern in patterns if not any(fnmatch.fnmatch(file, pattern) or fnmatch.fnmatch(file, f"{pattern}/*") for file in files)}
	tap.check_equal(unused - {"usr/libexec/courant/courant-rrd"}, set())
	overview = tap.courant("--help").out.split("Commands:\n")[1].split("\n\n")[0]
	for command in [line.split()[0] for line in overview.splitlines() if line[2] != " "]:
		tap.check_in(f"usr/share/man/man1/courant-{command}.1", files)


@tap.test
def the_package_needs_what_compiling_needs():
	control = (tap.SOURCE / "debian/control").read_text()
	field = re.search(r"(?ms)^Build-Depends:(.*?)(?=^\S)", control)[1]
	named = {re.sub(r"\s*\(.*?\)", "", name).replace(" ", "").strip() for name in field.split(",")} - {"debhelper-compat"}
	listed = set(tap.run([str(tap.SOURCE / "scripts/deps"), "--list", "build"]).out.decode().split())
	tap.check_equal(named, listed - {"gcc", "libc6-dev"})


@tap.test
def the_symbols_of_the_library_are_those_of_its_headers():
	text = "".join(path.read_text() for path in (tap.SOURCE / "include/courant").glob("*.h"))
	declared = {re.search(r"\b(\w+)\(", line)[1] for line in re.findall(r"^COURANT_API\s+([^;]*);", re.sub(r"/\*.*?\*/", "", text, flags=re.S), re.M)}
	listed = set(re.findall(r"(?m)^ (courant_\w+)@", (tap.SOURCE / "debian/libcourant0.symbols").read_text()))
	tap.check_equal(sorted(declared ^ listed), [])


@tap.test
def the_versions_are_one():
	version = re.search(r"version: '([^']+)'", (tap.SOURCE / "meson.build").read_text())[1]
	tap.check_in(f"courant ({version}) ", (tap.SOURCE / "debian/changelog").read_text())
	tap.check_in(f"image: courant:{version}\n", (PACKAGING / "kubernetes/cronjob.yaml").read_text())


tap.main()
