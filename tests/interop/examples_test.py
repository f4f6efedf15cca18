#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The example programs, as a reader of the guide would run them."""
from pathlib import Path

import peers
import tap

EXAMPLES = Path(tap.PROGRAM).parent / "examples"
MESSAGE = b"From: ops@example.com\nTo: ann@example.org\nSubject: hello\n\nOne line.\n.\n..\n"


def event_loop(port, *words):
	return tap.run([str(EXAMPLES / "example-event_loop"), "127.0.0.1", str(port), *words], stdin=MESSAGE)


@tap.test
def the_event_loop_delivers():
	with peers.Catcher("--tls", "none") as catcher:
		result = event_loop(catcher.port, "ops@example.com", "ann@example.org", "bob@example.org")
		mails = catcher.mails()
	tap.check_equal(result.err, b"")
	tap.check_equal(result.status, 0)
	tap.check_in(b"ann@example.org: accepted: 250 ", result.out)
	tap.check_in(b"bob@example.org: accepted: 250 ", result.out)
	tap.check_equal(len(mails), 1)
	tap.check_in(MESSAGE.replace(b"\n", b"\r\n"), mails[0])


@tap.test
def the_event_loop_tells_what_is_refused():
	with peers.Catcher("--tls", "none") as catcher:
		result = event_loop(catcher.port, "ops@example.com", "ann@example.org>\r\nDATA")
		mails = catcher.mails()
	tap.check_equal(result.status, 1)
	tap.check_in(b"line break", result.err)
	tap.check_equal(mails, [])


tap.main()
