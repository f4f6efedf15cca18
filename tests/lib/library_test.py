#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""library_test.py - libcourant as it is installed: its names, and programs outside the tree that are built with it

    library_test.py SOURCE BUILD CC CXX      the library of a build folder
    library_test.py --lto SOURCE CC CXX      one built anew with link-time optimisation, libcourant alone
"""
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

SENTENCE = 'cannot open /nonexistent: No such file or directory\n'


class Failure(Exception):
    """A check that does not hold."""


def run(*command, **more):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **more)
    if done.returncode:
        raise Failure(f'{" ".join(command)}: status {done.returncode}\n{done.stdout}{done.stderr}')
    return done.stdout


def must(holds, words):
    if not holds:
        raise Failure(words)


def declared_names(folder):
    """The functions that public headers declare with COURANT_API."""
    names = set()
    for path in glob.glob(os.path.join(folder, '*.h')):
        with open(path, encoding='utf-8') as file:
            text = re.sub(r'/\*.*?\*/', '', file.read(), flags=re.DOTALL)
        names.update(re.findall(r'^COURANT_API\s[^;(]*?\b(\w+)\(', text, re.MULTILINE))
    return names


def defined_names(path, *options):
    """Global names that a library defines."""
    names = set()
    for line in run('nm', '--defined-only', *options, path).splitlines():
        words = line.split()
        if len(words) == 3 and words[1] in 'TDBRVWuiGS':
            names.add(words[2].split('@')[0])
    return names


class Library:
    """An installed libcourant, in a folder of its own."""

    def __init__(self, source, build, cc, cxx, folder):
        self.source, self.cc, self.cxx, self.folder = source, cc.split(), cxx.split(), folder
        run('meson', 'install', '-C', build, '--no-rebuild', '--destdir', os.path.join(folder, 'root'))
        found = glob.glob(os.path.join(folder, 'root', '**', 'courant.pc'), recursive=True)
        must(len(found) == 1, 'one courant.pc is installed')
        self.pkgconfig = os.path.dirname(found[0])
        self.lib = os.path.dirname(self.pkgconfig)
        self.prefix = run('pkg-config', '--variable=prefix', found[0]).strip()
        # Moved to where DESTDIR has put it.
        self.define = f'--define-variable=prefix={folder}/root{self.prefix}'

    def flags(self, *options):
        return run('pkg-config', self.define, *options, 'courant', env=dict(os.environ, PKG_CONFIG_PATH=self.pkgconfig)).split()

    def compare_names(self, kind, path, *options):
        want = declared_names(os.path.join(self.source, 'include/courant'))
        got = defined_names(path, *options)
        must(got == want, f'{kind}: exported but not declared: {sorted(got - want)}; declared but not exported: {sorted(want - got)}')
        must(len(want) > 10, 'the headers declare functions')

    def test_shared_names(self):
        """the shared library exports what the headers declare"""
        self.compare_names('shared', os.path.join(self.lib, 'libcourant.so'), '--dynamic')

    def test_static_names(self):
        """the static library has no other global names"""
        self.compare_names('static', os.path.join(self.lib, 'libcourant.a'), '--extern-only')

    def test_soname(self):
        """its soname is libcourant.so.0"""
        dump = run('objdump', '-p', os.path.join(self.lib, 'libcourant.so'))
        must(re.search(r'SONAME\s+libcourant\.so\.0\n', dump), dump)

    def test_headers(self):
        """all public headers are installed"""
        installed = os.listdir(os.path.join(self.flags('--variable=includedir')[0], 'courant'))
        must(sorted(installed) == sorted(os.listdir(os.path.join(self.source, 'include/courant'))), str(installed))

    def test_private_libraries(self):
        """who links the shared library links nothing else, who links the static one all of it"""
        must(self.flags('--libs-only-l') == ['-lcourant'], str(self.flags('--libs-only-l')))
        for name in ('-lssl', '-lcrypto', '-ldl'):
            must(name in self.flags('--libs-only-l', '--static'), name)

    def build_and_run(self, compiler, language, standard, is_static):
        program = os.path.join(self.folder, 'consumer')
        libs = self.flags('--libs', '--static') if is_static else self.flags('--libs')
        if is_static:
            libs = ['-l:libcourant.a' if flag == '-lcourant' else flag for flag in libs]
        run(*compiler, '-std=' + standard, '-Wall', '-Wextra', '-Wpedantic', '-Werror', '-x', language,
            os.path.join(self.source, 'tests/lib/consumer.c'), '-x', 'none', *self.flags('--cflags'), *libs, '-o', program)
        must(('libcourant.so.0' in run('objdump', '-p', program)) != is_static, 'linked as it was asked for')
        must(run(program, env=dict(os.environ, LD_LIBRARY_PATH=self.lib)) == SENTENCE, 'the program prints its sentence')

    def test_c_shared(self):
        """a C99 program is built with the shared library and runs"""
        self.build_and_run(self.cc, 'c', 'c99', False)

    def test_c_static(self):
        """a C99 program is built with the static library and runs"""
        self.build_and_run(self.cc, 'c', 'c99', True)

    def test_cxx_shared(self):
        """a C++17 program is built with the shared library and runs"""
        self.build_and_run(self.cxx, 'c++', 'c++17', False)

    def test_cxx_static(self):
        """a C++17 program is built with the static library and runs"""
        self.build_and_run(self.cxx, 'c++', 'c++17', True)


def build_with_lto(source, cc, folder):
    build = os.path.join(folder, 'build')
    run('meson', 'setup', build, source, '-Db_lto=true', '-Dreports=disabled', '-Dtests=false', env=dict(os.environ, CC=cc))
    run('ninja', '-C', build)
    return build


def main():
    arguments = sys.argv[1:]
    with_lto = arguments[0] == '--lto'
    tests = [name for name in vars(Library) if name.startswith('test_')]
    n_failed = 0
    folder = tempfile.mkdtemp(prefix='courant-lib-')
    print(f'TAP version 13\n1..{len(tests)}')
    try:
        if with_lto:
            source, cc, cxx = arguments[1:]
            build = build_with_lto(source, cc, folder)
        else:
            source, build, cc, cxx = arguments
        library = Library(source, build, cc, cxx, folder)
        for number, name in enumerate(tests, 1):
            test = getattr(library, name)
            outcome = ''
            if 'cxx' in name and not shutil.which(library.cxx[0]):
                outcome = ' # SKIP no C++ compiler'
            else:
                try:
                    test()
                except Failure as failure:
                    n_failed += 1
                    print(''.join(f'# {line}\n' for line in str(failure).splitlines()), end='')
                    print('not ', end='')
            print(f'ok {number} - {test.__doc__}{outcome}', flush=True)
    except Failure as failure:
        print(''.join(f'# {line}\n' for line in str(failure).splitlines()), end='')
        print('Bail out! the library cannot be built or installed')
        n_failed += 1
    finally:
        shutil.rmtree(folder)
    sys.exit(1 if n_failed else 0)


main()
