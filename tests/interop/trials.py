# SPDX-License-Identifier: MIT
"""Many runs of courant send, each against a server of its own, several at a time: outcome, exit status and time of each, in little memory."""
import subprocess
import tempfile
import time
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor

import tap

OK, USAGE, DATA, NOHOST, REFUSED, TEMPORARY, PROTOCOL, LOGIN, UNKNOWN = 0, 64, 65, 68, 69, 75, 76, 77, 79
STATES = {"accepted": "a", "refused": "r", "deferred": "d", "unknown": "u"}

AT_A_TIME = 32    # most of them wait
SHORT_S = 2       # what an answer is waited for where none will come
LONG_S = 15       # and where one will
PATIENCE_S = 30   # how long a run may take at most, on a machine with other things to do
MEMORY_MAX_BYTES = 16 << 20 # of data; more is not given

# `server` is a context manager with a port; `waits` says that the time-out will be run into; `status` and `outcomes` (a letter a recipient) are what is right.
Trial = namedtuple("Trial", "name server words status outcomes waits url env check", defaults=((), OK, "aa", False, "smtp://127.0.0.1:{port}", {}, None))
Outcome = namedtuple("Outcome", "status out err seconds server")

ENVELOPE = ("--from", "ops@example.com", "--to", "ann@example.org, bob@example.org", "--subject", "x", "--text-body", "Hello\n.\n")


def _run(trial):
	home = tempfile.mkdtemp(prefix="courant-test-", dir=HOME)
	with trial.server() as server, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
		words = ["--server", trial.url.format(port=server.port), "--timeout", str(SHORT_S if trial.waits else LONG_S), *(str(word).format(port=server.port) for word in trial.words)]
		if "--from" not in words and "--message" not in words:
			words += ENVELOPE
		begun = time.monotonic()
		done = subprocess.run([*tap.in_memory(MEMORY_MAX_BYTES), tap.PROGRAM, "send", *words], stdin=subprocess.DEVNULL, stdout=out, stderr=err, cwd=home,
				      env=tap.environment(home, COURANT_PASSWORD="secret", **trial.env), timeout=2 * PATIENCE_S, check=False)
		seconds = time.monotonic() - begun
		out.seek(0)
		err.seek(0)
		return Outcome(done.returncode, out.read().decode("utf-8", "replace"), err.read().decode("utf-8", "replace"), seconds, server)


def letters(out):
	return "".join(STATES.get(line.split()[0], "?") for line in out.splitlines() if line.split())


def run(trials):
	"""Runs and checks them all."""
	global HOME
	HOME = tap.folder()
	with ThreadPoolExecutor(AT_A_TIME) as pool:
		for trial, outcome in zip(trials, pool.map(_run, trials)):
			tap.row(trial.name)
			tap.check((outcome.status, letters(outcome.out)) == (trial.status, trial.outcomes),
				  f"status {outcome.status} {letters(outcome.out)!r}, not {trial.status} {trial.outcomes!r}: {outcome.err[-300:]}")
			tap.check(outcome.seconds < PATIENCE_S, f"it took {outcome.seconds:.1f} s")
			tap.check(all(char >= " " or char == "\n" for char in outcome.out + outcome.err), "no control bytes reach the terminal")
			tap.check(len(outcome.out) + len(outcome.err) < 100000, "little is printed")
			tap.check("secret" not in outcome.out + outcome.err, "the password is not shown")
			if trial.status not in (OK, 70):
				tap.check(outcome.err.startswith("courant: ") or "a" in trial.outcomes, f"a sentence says what is wrong: {outcome.err!r}")
			if trial.check:
				trial.check(outcome)
	tap.row(None)
