#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""courant check --connect: the mail server is tried, and no mail is sent."""
import peers
import tap


def check(server, *words, password="secret"):
	folder = tap.folder()
	(folder / "p").write_text(password + "\n")
	(folder / "p").chmod(0o600)
	return tap.courant("check", "--connect", "--server", f"smtp://ops@127.0.0.1:{server.port}", "--password-file", str(folder / "p"), *words)


@tap.test
def what_was_found_is_said_in_words():
	authority = peers.Authority()
	context = peers.tls_context(authority.issue("server"))
	good = ["--ca-file", str(authority.file)]
	rows = [
		("everything is well", {}, good, 0, "login: as ops, by PLAIN"),
		("the login is refused", {"AUTH": b"535 5.7.8 no\r\n"}, good, 77, "535"),
		("the authority is unknown", {}, [], 76, "certificate"),
		("no service", {"greeting": b"554 5.3.2 closed\r\n"}, good, 69, "554"),
		("not now", {"greeting": b"421 4.3.2 later\r\n"}, good, 75, "421"),
	]
	for name, on, words, status, sentence in rows:
		tap.row(name)
		with peers.Script(on, tls=context) as server:
			result = check(server, *words)
			tap.check_equal(result.status, status)
			tap.check_in(sentence, result.out + result.err)
			tap.check("MAIL" not in server.verbs(), "no mail was begun")
			if status == 0:
				tap.check_in("the certificate is good", result.out)
				tap.check_in(": OK\n", result.out)
				tap.check_equal(server.verbs()[-1], "QUIT")


@tap.test
def opportunistic_tls_that_does_not_work_is_gone_without():
	def hang_up(script):
		script.conn.sendall(b"220 go ahead\r\n")
		script.conn.recv(65536)
		return peers.CLOSE

	with peers.Script({"STARTTLS": hang_up}) as server:
		result = tap.courant("check", "--connect", "--server", f"smtp://127.0.0.1:{server.port}?tls=opportunistic", "-v")
		tap.check_equal(result.status, 0)
		tap.check_in("closed the connection during the TLS handshake", result.err)
		tap.check_in("in clear", result.out)
		tap.check_equal(server.verbs(), ["EHLO", "STARTTLS", "EHLO", "QUIT"])


@tap.test
def an_account_may_have_a_token_and_a_proxy():
	authority = peers.Authority()
	context = peers.tls_context(authority.issue("server"))
	folder = tap.folder()
	with peers.Script({"EHLO2": b"250-x\r\n250 AUTH XOAUTH2\r\n"}, tls=context) as server:
		account = f"server: 'smtp://ops@127.0.0.1:{server.port}', ca_file: {authority.file}, token_command: echo t"
		(folder / "courant.yaml").write_text(f"accounts:\n  a: {{{account}}}\n")
		result = tap.courant("check", "--connect", "--config", "courant.yaml", cwd=folder)
		tap.check_in("login: as ops, by XOAUTH2", result.out + result.err)
		(folder / "courant.yaml").write_text(f"accounts:\n  a: {{{account}, proxy: 'http://127.0.0.1:1'}}\n")
		result = tap.courant("check", "--connect", "--config", "courant.yaml", cwd=folder)
		tap.check_equal(result.status, 75)
		tap.check_in("127.0.0.1:1", result.err)


@tap.test
def something_must_be_asked_for():
	result = tap.courant("check")
	tap.check_equal(result.status, 64)
	tap.check_in("--connect", result.err)


tap.main()
