#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_style_test.py - tools/check-style finds each kind of fault, planted in a small tree that has none

    check_style_test.py CHECK_STYLE CC CXX
"""
import os
import shutil
import subprocess
import sys
import tempfile

SPDX = '/* SPDX-License-Identifier: MIT */\n'

CLEAN = {
    'tools/arrows': 'base:\nmime: base\nsmtp: base\nnet: base\ncli: base mime smtp net\n',
    'include/courant/part.h': SPDX + '#ifndef COURANT_PART_H\n#define COURANT_PART_H\n#include <stddef.h>\n\nsize_t courant_part(void);\n#endif\n',
    'src/base/slice.h': SPDX + '#ifndef COURANT_BASE_SLICE_H\n#define COURANT_BASE_SLICE_H\nint slice(void);\n#endif\n',
    'src/base/slice.c': SPDX + '#include "base/slice.h"\n\n#include <string.h>\n\nint slice(void)\n{\n\treturn 0;\n}\n',
    'src/mime/part.h': SPDX + '#ifndef COURANT_MIME_PART_H\n#define COURANT_MIME_PART_H\nint part(void);\n#endif\n',
    'src/mime/part.c': SPDX + '#include "mime/part.h"\n\n#include <stddef.h>\n#include <string.h>\n\n#include <courant/part.h>\n\n'
                              '#include "base/slice.h"\n\nint part(void)\n{\n\treturn slice(); /* strcpy(), // and words in "comments" */\n}\n',
    'src/smtp/reply.c': SPDX + 'int reply(void)\n{\n\treturn 250;\n}\n',
    'src/net/dial.c': SPDX + '#include <fcntl.h>\n\n#include "base/slice.h"\n\nint dial(void)\n{\n'
                             '\treturn open("// strcpy(", O_RDONLY |\n\t\t\t\t  O_CLOEXEC);\n}\n',
    'src/cli/main.c': SPDX + '#include <stdio.h>\n#include <stdlib.h>\n\n#include "mime/part.h"\n\nint main(void)\n{\n\tprintf("%s", getenv("X"));\n\texit(0);\n}\n',
    'src/base/meson.build': '# SPDX-License-Identifier: MIT\n',
    'check': '#!/bin/sh\n# SPDX-License-Identifier: MIT\n',
}

# What is planted, where, and a part of the fault that must be told. "at" is replaced by "new"; "" appends.
PLANTED = [
    ('a folder that may not be included', 'src/base/slice.c', '#include <string.h>\n', '#include <string.h>\n\n#include "net/dial.h"\n', 'base includes net'),
    ('a neighbour that may not be included', 'src/mime/part.c', '"base/slice.h"', '"net/dial.h"', 'mime includes net'),
    ('a folder without a row', 'src/extra/file.c', '', SPDX, 'folder extra does not stand'),
    ('a circle in the table', 'tools/arrows', 'base:', 'base: mime', 'base names mime'),
    ('an include that leads out', 'src/mime/part.c', '"base/slice.h"', '"../base/slice.h"', 'leads out of its folder'),
    ('an include without its folder', 'src/mime/part.c', '#include "mime/part.h"', '#include "part.h"', 'does not lie below src/'),
    ('a public header in quotes', 'src/mime/part.c', '<courant/part.h>', '"courant/part.h"', 'is public'),
    ('a private header in a public one', 'include/courant/part.h', '<stddef.h>', '"base/slice.h"', 'include only <'),
    ('another header before the own one', 'src/mime/part.c', '#include "mime/part.h"\n\n#include <stddef.h>\n', '#include <stddef.h>\n\n#include "mime/part.h"\n', 'not included first'),
    ('a block that is not sorted', 'src/mime/part.c', '<stddef.h>\n#include <string.h>', '<string.h>\n#include <stddef.h>', 'is not sorted'),
    ('a system header after ours', 'src/mime/part.c', '"base/slice.h"\n', '"base/slice.h"\n\n#include <limits.h>\n', 'after a header of ours'),
    ('strcpy', 'src/base/slice.c', 'return 0', 'return strcpy(0, 0) != 0', 'strcpy: use'),
    ('sprintf in a test', 'tests/base/x.c', '', SPDX + 'void f(void)\n{\n\tsprintf(0, "");\n}\n', 'sprintf: use'),
    ('strtol', 'src/cli/main.c', 'exit(0)', 'exit((int)strtol("", 0, 0))', 'strtol: use'),
    ('localtime', 'src/net/dial.c', 'return open', 'localtime(0);\n\treturn open', 'localtime: use'),
    ('getenv below cli', 'src/base/slice.c', 'return 0', 'return getenv("X") != 0', 'getenv: use'),
    ('setlocale below cli', 'src/base/slice.c', 'return 0', 'return setlocale(0, "") != 0', 'setlocale: use'),
    ('exit below cli', 'src/base/slice.c', 'return 0', 'exit (1)', 'exit: use'),
    ('printing below cli', 'src/base/slice.c', 'return 0', 'return fputs("", stderr)', 'stderr: use'),
    ('malloc past base/alloc.h', 'src/base/slice.c', 'return 0', 'return !malloc(1)', 'malloc: use'),
    ('a sleeping test', 'tests/base/x.c', '', SPDX + 'void f(void)\n{\n\tusleep(1);\n}\n', 'usleep: use'),
    ('the clock in a pure room', 'src/smtp/reply.c', 'return 250', 'return clock_now_ms()', 'clock_now_ms: use'),
    ('goto', 'src/base/slice.c', 'return 0', 'goto end', 'goto: use'),
    ('a descriptor without CLOEXEC', 'src/net/dial.c', 'O_CLOEXEC', 'O_NONBLOCK', 'open without O_CLOEXEC'),
    ('a socket without CLOEXEC', 'src/net/dial.c', 'return open', 'socket(1, (2), 0);\n\treturn open', 'socket without SOCK_CLOEXEC'),
    ('a system header in a pure room', 'src/mime/part.c', '<stddef.h>', '<stdio.h>', 'room without input and output'),
    ('a file read in a pure room', 'src/mime/part.c', 'return slice()', 'return file_read("x", 0, 0)', 'room without input and output'),
    ('a header that needs another', 'src/base/slice.h', 'int slice(void);', 'size_t slice(void);', 'does not compile alone as c17'),
    ('a public header of C17 only', 'include/courant/part.h', 'size_t courant_part(void);', '_Static_assert(1, "");\nsize_t courant_part(void);', 'does not compile alone as c99'),
    ('a public header that C++ refuses', 'include/courant/part.h', 'size_t courant_part(void);', 'size_t courant_part(int class);', 'does not compile alone as c++17'),
    ('a file that is too long', 'src/base/slice.c', '', '\n' * 800, 'over 800'),
    ('a function that is too long', 'src/base/slice.c', '\treturn 0;\n', '\tslice();\n' * 100, 'a function of 102 lines'),
    ('no licence', 'src/base/slice.c', SPDX, '', 'SPDX-License-Identifier'),
    ('a script without licence', 'check', '# SPDX-License-Identifier: MIT\n', '', 'SPDX-License-Identifier'),
    ('a comment with two slashes', 'src/base/slice.c', 'return 0;', 'return 0; // nothing', 'begins with //'),
    ('something left to do', 'src/base/slice.c', 'return 0;', 'return 0; /* TODO */', 'left to do'),
    ('blanks at the end', 'src/base/slice.c', 'return 0;', 'return 0; ', 'blanks at the end'),
    ('DOS line ends', 'src/base/slice.c', 'return 0;\n', 'return 0;\r\n', 'blanks at the end'),
    ('no line end at the end', 'src/base/slice.c', '', '/* end */', 'no line end'),
    ('a type that belongs to POSIX', 'src/base/slice.h', 'int slice(void);', 'typedef int slice_t;', 'ends in _t'),
    ('a struct that belongs to POSIX', 'src/base/slice.h', 'int slice(void);', 'struct slice_t {\n\tint n;\n};', 'ends in _t'),
    ('a guard of another name', 'src/base/slice.h', '#ifndef COURANT_BASE_SLICE_H\n#define COURANT_BASE_SLICE_H', '#ifndef SLICE_H\n#define SLICE_H', 'no guard'),
]


def write(root, files):
    for path, text in files.items():
        path = os.path.join(root, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w', encoding='utf-8', newline='') as file:
            file.write(text)


def run(root):
    command = [sys.argv[1], '--root', root, '--cc', sys.argv[2], '--cxx', sys.argv[3]]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def planted(path, at, new):
    """The clean tree with one fault."""
    files = dict(CLEAN)
    text = files.get(path, '')
    assert at in text, (path, at)
    files[path] = text.replace(at, new, 1) if at else text + new
    return files


def try_tree(files):
    root = tempfile.mkdtemp(prefix='courant-style-')
    try:
        write(root, files)
        return run(root)
    finally:
        shutil.rmtree(root)


def main():
    n_failed = 0
    has_cxx = shutil.which(sys.argv[3].split()[0])
    print(f'TAP version 13\n1..{len(PLANTED) + 1}')

    def tell(number, fine, name, output):
        nonlocal n_failed
        if not fine:
            n_failed += 1
            print(''.join(f'# {line}\n' for line in output.split('\n')), end='')
        print(f'{"" if fine else "not "}ok {number} - {name}')

    status, output = try_tree(CLEAN)
    tell(1, status == 0 and 'not ok' not in output, 'a clean tree', output)
    for number, (name, path, at, new, fault) in enumerate(PLANTED, 2):
        if 'C++' in name and not has_cxx:
            print(f'ok {number} - {name} # SKIP no C++ compiler')
            continue
        status, output = try_tree(planted(path, at, new))
        faults = [line for line in output.split('\n') if line.startswith('# ' + path) and fault in line]
        tell(number, status == 1 and faults, name, output)
    sys.exit(1 if n_failed else 0)


main()
