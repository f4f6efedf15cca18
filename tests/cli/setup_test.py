#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""courant setup: asked on a terminal and told by options, against courant catch."""
import os
import pty
import select
import stat
import sys
import time

import tap

sys.path.insert(0, str(tap.SOURCE / "tests/interop"))
import peers

PATIENCE_S = 30


class Person:
	"""courant setup on a terminal. The answers are given in turn, each when its question has come."""

	def __init__(self, folder, *words, **env):
		self.out = ""
		self.pid, self.terminal = pty.fork()
		if self.pid == 0:
			os.chdir(folder)
			os.execve(tap.PROGRAM, [tap.PROGRAM, "setup", *map(str, words)], tap.environment(folder, **env))

	def read(self, wanted):
		end = time.monotonic() + PATIENCE_S
		text = ""
		while wanted is None or wanted not in text:
			if not select.select([self.terminal], [], [], max(0, end - time.monotonic()))[0]:
				break
			try:
				more = os.read(self.terminal, 65536)
			except OSError: # it has ended
				break
			if not more:
				break
			text += more.decode("utf-8", "replace")
		self.out += text
		return text

	def answer(self, question, text):
		tap.check_in(question, self.read(question))
		# The prompt ends in ": "; only then does it read.
		os.write(self.terminal, (text + "\n").encode())

	def end(self):
		self.read(None)
		os.close(self.terminal)
		self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
		self.out = self.out.replace("\r\n", "\n")
		return self.status


def mode(path):
	return stat.S_IMODE(path.stat().st_mode)


def words(server, folder, *more):
	"""What all calls say; the URL carries the catcher's authority."""
	return ("--config", folder / "courant.yaml", "--ca-file", server.ca, *more)


@tap.test
def a_person_is_asked_for_everything():
	with peers.Catcher("--user", "ops") as server:
		folder = tap.folder()
		person = Person(folder, *words(server, folder))
		person.answer("Who mails are from", "nobody")
		person.answer("has no @", "")
		person.answer("Who mails are from", "运维 <ops@example.com>")
		person.answer("[smtp://mail.example.com]: ", f"smtp://127.0.0.1:{server.port}")
		person.answer("Login name, or - for no login [ops@example.com]: ", "ops")
		person.answer("Which one [1]: ", "1")
		person.answer("Password of ops at 127.0.0.1: ", "secret")
		person.answer("Who gets a test mail, or - for nobody [ops@example.com]: ", "ann@example.org")
		tap.check_equal(person.end(), 0)
		tap.check_in("the certificate is good", person.out)
		tap.check("secret" not in person.out, "the password is not shown")
		config, password = folder / "courant.yaml", folder / "main.password"
		tap.check_equal((mode(config), mode(password)), (0o600, 0o600))
		tap.check_equal(password.read_text(), "secret\n")
		tap.check("secret" not in config.read_text(), "the password is not in the configuration")
		tap.check_equal([tap.courant("check", config).status, len(server.mails())], [0, 1])
		tap.check_in(b"\r\nTo: ann@example.org\r\n".replace(b"\r\n", b"\n"), server.mails()[0].replace(b"\r\n", b"\n"))
		# What it has written is what sending takes.
		sent = tap.courant("send", "--config", config, "--to", "bob@example.org", "--text-body", "x")
		tap.check_equal((sent.status, len(server.mails())), (0, 2))


@tap.test
def a_wrong_password_is_asked_again():
	with peers.Catcher("--user", "ops") as server:
		folder = tap.folder()
		person = Person(folder, *words(server, folder, "--from", "ops@example.com", "--to", "-"))
		person.answer("The mail server", f"smtp://127.0.0.1:{server.port}")
		person.answer("Login name", "ops")
		person.answer("Which one [1]: ", "")
		person.answer("Password of ops", "wrong")
		person.answer("What now?", "")
		person.answer("Which one [1]: ", "")
		person.answer("Password of ops", "secret")
		tap.check_equal(person.end(), 0)
		tap.check_in("535", person.out)
		tap.check_equal((folder / "main.password").read_text(), "secret\n")


@tap.test
def another_server_may_be_given_and_setup_may_be_ended():
	folder = tap.folder()
	with peers.Catcher() as server:
		person = Person(folder, *words(server, folder, "--from", "ops@example.com", "--to", "-"))
		person.answer("The mail server", "smtp://127.0.0.1:1")
		person.answer("Login name", "-")
		person.answer("Which one [1]: ", "2")
		person.answer("The mail server", f"smtp://127.0.0.1:{server.port}")
		person.answer("Login name", "-")
		tap.check_equal(person.end(), 0)
		tap.check((folder / "courant.yaml").exists(), "it is written")
	for choice, is_written in (("3", True), ("4", False)):
		tap.row(f"choice {choice}")
		folder = tap.folder()
		person = Person(folder, "--config", "courant.yaml", "--from", "ops@example.com", "--to", "-")
		person.answer("The mail server", "smtp://127.0.0.1:1")
		person.answer("Login name", "-")
		person.answer("Which one [1]: ", choice)
		tap.check_equal(person.end(), 0 if is_written else 64)
		tap.check_equal((folder / "courant.yaml").exists(), is_written)


@tap.test
def a_provider_is_guessed_and_says_what_it_wants():
	folder = tap.folder()
	person = Person(folder, "--config", "courant.yaml", "--offline")
	person.answer("Who mails are from", "ann@163.com")
	person.answer("qq), a host, or a URL as smtps://mail.example.com [163]: ", "")
	person.answer("[ann@163.com]: ", "")
	person.answer("Which one [1]: ", "")
	person.answer("Password of ann@163.com at smtp.163.com: ", "code")
	tap.check_equal(person.end(), 0)
	tap.check_in("授权码", person.out)
	tap.check_in("server: ann@163.com@163\n", (folder / "courant.yaml").read_text())
	tap.check_in(f"password_file: {folder}/163.password\n", (folder / "courant.yaml").read_text())


@tap.test
def options_say_everything_without_a_terminal():
	with peers.Catcher("--user", "ops") as server:
		folder = tap.folder()
		url = f"smtp://ops@127.0.0.1:{server.port}"
		(folder / "p").write_text("secret\n")
		(folder / "p").chmod(0o600)
		rows = [
			("a password file", ["--password-file", "p"], {}, 0, f"password_file: {folder}/p\n"),
			("a password command", ["--password-command", "echo secret"], {}, 0, "password_command: echo secret\n"),
			("the environment", [], {"COURANT_PASSWORD": "secret"}, 0, "main.password\n"),
			("the environment, and a file of one's own", ["--password-file", "own"], {"COURANT_PASSWORD": "secret"}, 0, f"password_file: {folder}/own\n"),
			("insisting", ["--keep", "config"], {"COURANT_PASSWORD": "secret"}, 0, "password: secret\n"),
			("a wrong password", ["--password-command", "echo wrong"], {}, 77, None),
			("no password at all", [], {}, 78, None),
			("no such way to keep it", ["--keep", "cloud"], {}, 64, None),
			("a way that is not there", ["--keep", "pass"], {"COURANT_PASSWORD": "x", "PATH": "/nonexistent"}, 64, None),
		]
		for name, more, env, status, line in rows:
			tap.row(name)
			(folder / "courant.yaml").unlink(missing_ok=True)
			sent = len(server.mails())
			# In a session of its own there is no terminal that a password could be asked on.
			done = tap.run([tap.PROGRAM, "setup", *map(str, words(server, folder, "--from", "Ops <ops@example.com>", "--server", url, *more))], cwd=folder, env=env, start_new_session=True)
			tap.check_equal(done.status, status)
			if line:
				tap.check_in(line, (folder / "courant.yaml").read_text())
				tap.check_equal(mode(folder / "courant.yaml"), 0o600)
				tap.check_equal(len(server.mails()), sent + 1)
			else:
				tap.check(done.err and not (folder / "courant.yaml").exists(), "nothing is written")


@tap.test
def what_is_missing_is_told():
	rows = [
		([], "setup needs --from"),
		(["--from", "ops@example.com"], "setup needs --server"),
		(["--from", "nobody", "--server", "qq"], "--from: "),
		(["--from", "ops@example.com", "--server", "smpt://x"], "--server: "),
		(["--from", "ops@example.com", "--server", "qq", "--account", "a b"], "--account: "),
	]
	for more, sentence in rows:
		tap.row(" ".join(more))
		folder = tap.folder()
		result = tap.courant("setup", "--config", "courant.yaml", *more, cwd=folder)
		tap.check_in(result.status, (64, 65))
		tap.check_in(sentence, result.err)
		tap.check_equal(os.listdir(folder), [])


@tap.test
def nothing_is_replaced_by_accident():
	with peers.Catcher() as server:
		folder = tap.folder()
		more = words(server, folder, "--from", "ops@example.com", "--server", f"smtp://127.0.0.1:{server.port}")
		(folder / "courant.yaml").write_text("owner: old@example.com\n")
		refused = tap.courant("setup", *more)
		tap.check_equal(refused.status, 73)
		tap.check_in("--force", refused.err)
		tap.check_equal((folder / "courant.yaml").read_text(), "owner: old@example.com\n")
		tap.check_equal(tap.courant("setup", *more, "--force").status, 0)
		tap.check_equal((folder / "courant.yaml.old").read_text(), "owner: old@example.com\n")
		tap.check_in("owner: ops@example.com\n", (folder / "courant.yaml").read_text())
		# A person is asked.
		more = (*more, "--user", "-", "--to", "-")
		person = Person(folder, *more)
		person.answer("(yes or no)? [no]: ", "")
		tap.check_equal(person.end(), 73)
		person = Person(folder, *more)
		person.answer("(yes or no)? [no]: ", "yes")
		tap.check_equal(person.end(), 0)


@tap.test
def keyrings_are_handed_the_password():
	for keep, script, command in (
		("pass", '[ "$1 $2" = "show courant/main" ] && exec cat kept; [ "$*" = "insert --multiline --force courant/main" ] && exec cat >kept', "pass show courant/main"),
		("secret-tool", '[ "$1" = lookup ] && exec cat kept; [ "$*" = "store --label=courant main service courant account main" ] && exec cat >kept',
		 "secret-tool lookup service courant account main"),
	):
		tap.row(keep)
		with peers.Catcher("--user", "ops") as server:
			folder = tap.folder()
			(folder / keep).write_text(f"#!/bin/sh\n{script}\nexit 1\n")
			(folder / keep).chmod(0o755)
			env = {"PATH": f"{folder}:{os.environ['PATH']}"}
			url = f"smtp://ops@127.0.0.1:{server.port}"
			result = tap.courant("setup", *words(server, folder, "--from", "ops@example.com", "--server", url, "--keep", keep), cwd=folder,
					     env={**env, "COURANT_PASSWORD": "secret"})
			tap.check_equal((result.status, result.err), (0, ""))
			tap.check_in(f"password_command: {command}\n", (folder / "courant.yaml").read_text())
			tap.check("secret\n" not in (folder / "courant.yaml").read_text().replace(command, ""), "the password is not in the configuration")
			# The test mail was sent by what the keyring gave back.
			tap.check_equal(len(server.mails()), 1)
			(folder / keep).write_text("#!/bin/sh\nexit 3\n")
			result = tap.courant("setup", *words(server, folder, "--from", "ops@example.com", "--server", url, "--keep", keep, "--force"), cwd=folder,
					     env={**env, "COURANT_PASSWORD": "secret"})
			tap.check_equal(result.status, 73)
			tap.check_in("exit status 3", result.err)


tap.main()
