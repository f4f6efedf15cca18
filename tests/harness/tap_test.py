#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tap_test.py - the harness tells each failed check with its row and both values, and goes on

    tap_test.py PROGRAM      that of failing.c
"""
import re
import subprocess
import sys

WANTED = [
    'TAP version 13',
    '1..6',
    'ok 1 - all is well',
    '# failing.c:LINE: [the row]: 1 + 1',
    '#   got  2',
    '#   want 3',
    'not ok 2 - numbers differ',
    '# failing.c:LINE: : SLICE("a\\n\\"\\xff")',
    '#   got  "a\\x0a\\x22\udcff" (4 bytes)',
    '#   want "b" (1 bytes)',
    '# failing.c:LINE: : 1.5',
    '#   got  1.5',
    '#   want 2.5',
    'not ok 3 - bytes differ',
    "# failing.c:LINE: : the error's code",
    '# failing.c:LINE: : handshake',
    '#   got  code 9: disk full',
    '#   want code 13: handshake',
    '# failing.c:LINE: : no error',
    '#   got  disk full',
    'not ok 4 - errors differ',
    'ok 5 - nothing to do # SKIP there is nothing',
    'ok 6 - each allocation fails once',
    '# 5 passed, 6 failed',
]


def main():
    done = subprocess.run([sys.argv[1]], capture_output=True, text=True, errors='surrogateescape', check=False)
    got = [re.sub(r'\S*failing\.c:\d+:', 'failing.c:LINE:', line) for line in done.stdout.splitlines()]
    fine = got == WANTED and done.returncode == 1
    print('TAP version 13\n1..1')
    if not fine:
        for line in got:
            if line not in WANTED:
                print('# not wanted:', ascii(line))
        for line in WANTED:
            if line not in got:
                print('# missing:', ascii(line))
    print('ok 1' if fine else 'not ok 1', '- the harness tells what failed')
    sys.exit(0 if fine else 1)


main()
