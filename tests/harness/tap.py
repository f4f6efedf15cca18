# SPDX-License-Identifier: MIT
"""The test harness for tests of whole programs: TAP version 13 on standard output, as tap.h does for C.

    import tap

    @tap.test
    def unknown_options_are_told():
        result = tap.courant("send", "--form=x")
        tap.check_equal(result.status, 64)
        tap.check_in("did you mean --from?", result.err)

    tap.main()

The environment COURANT names the program; it runs in a fresh folder, which is removed at the end, with English words and without
anything of the user's configuration. Checks do not jump: all failures of a run are seen.
"""
import os
import shutil
import subprocess
import sys
import tempfile
import traceback
from collections import namedtuple
from pathlib import Path

PROGRAM = os.path.abspath(os.environ.get("COURANT", "build/courant"))
SOURCE = Path(__file__).resolve().parents[2]
TIMEOUT_S = 60

Result = namedtuple("Result", "status out err")

_tests = []
_folders = []
_row = None
_failed = False
_skipped = None
_counts = {"passed": 0, "failed": 0}


def test(function):
	_tests.append(function)
	return function


def row(name):
	"""Says which row of a table the following checks belong to."""
	global _row
	_row = name


def skip(why):
	"""The rest of the test does not apply here. Return after it."""
	global _skipped
	_skipped = why


def check(holds, what):
	global _failed
	_counts["passed" if holds else "failed"] += 1
	if not holds:
		_failed = True
		caller = next(f for f in reversed(traceback.extract_stack()) if f.filename != __file__)
		place = f"{Path(caller.filename).name}:{caller.lineno}"
		text = f"{place}: {f'[{_row}]: ' if _row else ''}{what}"
		print("\n".join("# " + line for line in text.splitlines()))
	return bool(holds)


def check_equal(got, want):
	return check(got == want, f"got  {got!r}\nwant {want!r}")


def check_in(part, whole):
	return check(part in whole, f"no {part!r}\nin {whole!r}")


def folder():
	"""A fresh folder, removed at the end."""
	made = tempfile.mkdtemp(prefix="courant-test-")
	_folders.append(made)
	return Path(made)


def environment(home, **more):
	"""What a program gets: the sanitizers' settings and paths, nothing of the user's."""
	kept = ("PATH", "LD_LIBRARY_PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "COURANT_TEST_DATA", "TMPDIR")
	result = {name: os.environ[name] for name in kept if name in os.environ}
	result.update(HOME=str(home), LC_ALL="C.UTF-8", TZ="UTC")
	result.update(more)
	return result


def in_memory(max_bytes):
	"""The words before those of a program that give it so much data and no more; none under the sanitizers, which need memory of their own."""
	return [] if "ASAN_OPTIONS" in os.environ else ["prlimit", f"--data={max_bytes}", "--"]


def run(words, stdin=b"", cwd=None, env=None, **more):
	"""Any program; standard output and error as bytes."""
	place = cwd or folder()
	done = subprocess.run(words, input=stdin, cwd=place, env=environment(place, **(env or {})), capture_output=True,
			      timeout=TIMEOUT_S, check=False, **more)
	return Result(done.returncode, done.stdout, done.stderr)


def clean_up():
	for made in _folders:
		shutil.rmtree(made, ignore_errors=True)


def courant(*words, stdin=b"", cwd=None, env=None):
	"""The program under test; output as text. `env` is added to a clean environment."""
	result = run([PROGRAM, *map(str, words)], stdin, cwd, env)
	return Result(result.status, result.out.decode("utf-8", "replace"), result.err.decode("utf-8", "replace"))


def main():
	global _row, _failed, _skipped
	print(f"TAP version 13\n1..{len(_tests)}")
	for number, function in enumerate(_tests, 1):
		_row, _failed, _skipped = None, False, None
		try:
			function()
		except Exception:  # a test that breaks is a test that fails; the others go on
			check(False, traceback.format_exc())
		name = function.__name__.replace("_", " ")
		print(f"{'not ok' if _failed else 'ok'} {number} - {name}{f' # SKIP {_skipped}' if _skipped else ''}", flush=True)
	clean_up()
	print(f"# {_counts['passed']} passed, {_counts['failed']} failed")
	sys.exit(1 if _counts["failed"] else 0)
