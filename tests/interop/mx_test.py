#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""courant send --server mx: - straight to the recipients' servers, which a dnsmasq of our own names."""
import json
import os
import shutil
import socket
import subprocess
import threading
import time

import peers
import tap

DNSMASQ = shutil.which("dnsmasq", path=os.environ.get("PATH", "") + ":/usr/sbin")
MAIL = ["--from", "a@example.com", "--subject", "x", "--text-body", "One.\n"]
RECORDS = [
	"--local=/test/", "--local=/localhost/",
	"--mx-host=one.test,localhost,10",
	"--mx-host=two.test,localhost,20", "--mx-host=two.test,nowhere.invalid,5",
	"--mx-host=null.test,.,0",
	"--host-record=localhost,127.0.0.1",
	"--mx-host=four.test,127.0.0.4,5", "--mx-host=four.test,localhost,20",
	*[f"--mx-host=at{n}.test,127.0.0.{n},10" for n in (2, 3, 4)],
]


def free_port():
	"""One that nobody has, by UDP and by TCP."""
	while True:
		with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as by_udp, socket.socket() as by_tcp:
			by_udp.bind(("127.0.0.1", 0))
			try:
				by_tcp.bind(by_udp.getsockname())
			except OSError:
				continue
			return by_udp.getsockname()[1]


class NameServer:
	def _start(self):
		"""False when somebody else was faster to take the port."""
		self.port = free_port()
		self.process = subprocess.Popen([DNSMASQ, "-k", "-C", "/dev/null", "--no-resolv", "--no-hosts", f"--port={self.port}", "--listen-address=127.0.0.1",
						 "--bind-interfaces", "--user=", "--group=", "--pid-file=", *RECORDS], stderr=subprocess.DEVNULL)
		# It listens on TCP as well: a connection tells that it is up.
		for _ in range(1000):
			if self.process.poll() is not None:
				return False
			with socket.socket() as probe:
				if probe.connect_ex(("127.0.0.1", self.port)) == 0:
					return self.process.poll() is None
			time.sleep(0.01)
		raise RuntimeError("dnsmasq does not answer")

	def __enter__(self):
		while not self._start():
			pass
		return self

	def __exit__(self, *_):
		self.process.terminate()
		self.process.wait()


def send(names, server, *words):
	url = f"mx:?resolver=127.0.0.1:{names.port}&port={server.port}"
	return tap.courant("send", "--server", url, *MAIL, *words)


@tap.test
def each_domain_is_asked_who_takes_its_mail():
	if not DNSMASQ:
		return tap.skip("no dnsmasq here: apt-get install dnsmasq-base")
	rows = [
		("an MX record", "b@one.test", 0, "accepted", ["b@one.test"]),
		("the second host, when the first is unknown", "b@two.test", 0, "accepted", ["b@two.test"]),
		("no MX record: the domain itself", "b@localhost", 0, "accepted", ["b@localhost"]),
		("an address literal", "b@[127.0.0.1]", 0, "accepted", ["b@[127.0.0.1]"]),
		("a null MX", "b@null.test", 69, "refused", []),
		("no such domain", "b@none.test", 68, "refused", []),
	]
	with NameServer() as names:
		for name, recipient, status, outcome, heard in rows:
			tap.row(name)
			with peers.Script({"EHLO": b"250-x\r\n250 PIPELINING\r\n"}) as server:
				result = send(names, server, "--json", "--to", recipient)
				tap.check_equal(result.status, status)
				line = json.loads(result.out)
				tap.check_equal(line["outcome"], outcome)
				if "null" in recipient:
					tap.check_equal((line["code"], line["enhanced"]), (556, "5.1.10"))
				tap.check_equal([word.decode()[9:-1] for word in server.heard if word.startswith(b"RCPT")], heard)


@tap.test
def recipients_are_grouped_by_domain():
	if not DNSMASQ:
		return tap.skip("no dnsmasq here: apt-get install dnsmasq-base")
	def refuse_c(script):
		return b"450 4.2.1 later\r\n" if b"<c@" in script.heard[-1] else b"250 2.1.5 ok\r\n"
	with NameServer() as names, peers.Script({"EHLO": b"250 x\r\n", "RCPT": refuse_c}) as server:
		result = send(names, server, "--to", "b@one.test, x@null.test, c@ONE.test, d@localhost")
		tap.check_equal(result.status, 75)
		tap.check_equal([line.split()[:2] for line in result.out.splitlines()],
				[["accepted", "b@one.test"], ["refused", "x@null.test"], ["deferred", "c@ONE.test"], ["accepted", "d@localhost"]])
		tap.check_equal(server.connections, 1)
		tap.check_equal(len(server.messages), 2)


def letters(*recipients):
	"""Options that send a mail to each."""
	folder, words = tap.folder(), []
	for number, recipient in enumerate(recipients):
		path = folder / f"{number}.eml"
		path.write_text(f"From: a@example.com\nTo: {recipient}\nSubject: {number}\n\nOne.\n")
		words += ["--message", path]
	return words


def send_letters(names, port, *words):
	return tap.courant("send", "--server", f"mx:?resolver=127.0.0.1:{names.port}&port={port}&timeout=2", *words)


@tap.test
def mails_for_one_server_share_its_connections():
	if not DNSMASQ:
		return tap.skip("no dnsmasq here: apt-get install dnsmasq-base")
	rows = [("one for all", [], 1), ("two mails a connection", ["--per-connection", 2], 3), ("a window, by BDAT", ["--window", 8], 1),
		("600 a minute", ["--per-minute", 600], 1)]
	with NameServer() as names:
		for name, words, connections in rows:
			tap.row(name)
			with peers.Script({"EHLO": b"250-x\r\n250-PIPELINING\r\n250 CHUNKING\r\n"}) as server:
				begun = time.monotonic()
				result = send_letters(names, server.port, *letters(*["b@one.test", "c@localhost"] * 3), *words)
				took = time.monotonic() - begun
				tap.check_equal((result.status, len(server.messages), server.connections), (0, 6, connections))
				if "--per-minute" in words:
					tap.check(took > 0.45, f"six mails at 600 a minute took {took:.2f} s")


@tap.test
def servers_are_gone_to_at_the_same_time():
	if not DNSMASQ:
		return tap.skip("no dnsmasq here: apt-get install dnsmasq-base")
	meeting = threading.Barrier(3, timeout=10)

	def greet(_):
		meeting.wait()  # until the two others have been reached too
		return b"220 x\r\n"
	with NameServer() as names, peers.Script({"greeting": greet, "EHLO": b"250 x\r\n"}) as first:
		others = [peers.Script({"greeting": greet, "EHLO": b"250 x\r\n"}, address=f"127.0.0.{n}", port=first.port) for n in (2, 3)]
		with others[0], others[1]:
			result = send_letters(names, first.port, *letters("b@one.test", "b@at2.test", "b@at3.test"))
			tap.check_equal(result.status, 0)
			tap.check_equal([len(server.messages) for server in (first, *others)], [1, 1, 1])


@tap.test
def a_server_that_is_of_no_use_is_waited_for_once():
	if not DNSMASQ:
		return tap.skip("no dnsmasq here: apt-get install dnsmasq-base")
	with NameServer() as names, peers.Script({"EHLO": b"250 x\r\n"}) as good, \
	     peers.Script({"greeting": peers.HANG}, address="127.0.0.4", port=good.port) as hung:
		result = send_letters(names, good.port, *letters(*["b@four.test"] * 3), *letters("b@at4.test"))
		tap.check_equal(sorted(line.split()[:2] for line in result.out.splitlines()), [["accepted", "b@four.test"]] * 3 + [["deferred", "b@at4.test"]])
		tap.check_in("no answer in time", result.out)
		tap.check_equal((result.status, hung.connections, good.connections), (75, 1, 1))


@tap.test
def more_servers_than_may_be_connected_have_their_turns():
	if not DNSMASQ:
		return tap.skip("no dnsmasq here: apt-get install dnsmasq-base")
	with NameServer() as names, peers.Catcher("--listen", "0.0.0.0:0") as catcher:
		result = send_letters(names, catcher.port, *letters(*[f"b@[127.0.1.{n}]" for n in range(1, 51)]))
		tap.check_equal(result.status, 0)
		tap.check_equal(len(catcher.mails()), 50)


@tap.test
def tls_is_used_when_it_is_offered_and_can_be_demanded():
	if not DNSMASQ:
		return tap.skip("no dnsmasq here: apt-get install dnsmasq-base")
	authority = peers.Authority()
	context = peers.tls_context(authority.issue("server"))
	rows = [("with any certificate", [], 0, True), ("demanded, the authority unknown", ["--tls", "starttls"], 76, None),
		("demanded and verified", ["--tls", "starttls", "--ca-file", str(authority.file)], 0, True)]
	with NameServer() as names:
		for name, words, status, is_secured in rows:
			tap.row(name)
			with peers.Script(tls=context) as server:
				result = send(names, server, "--json", "--to", "b@one.test", *words)
				tap.check_equal(result.status, status)
				if is_secured:
					tap.check(json.loads(result.out)["tls"], "TLS was used")


@tap.test
def a_name_server_that_is_not_there_is_for_later():
	with peers.Script() as server:
		result = tap.courant("send", "--server", f"mx:?resolver=127.0.0.1:1&port={server.port}", *MAIL, "--to", "b@one.test")
		tap.check_equal(result.status, 75)
		tap.check_in("who takes mail for one.test", result.err)


@tap.test
def what_makes_no_sense_is_told():
	rows = [("a host", "mx:mail.example.com", "mx: names no host"), ("a resolver by name", "mx:?resolver=dns", "not an IPv4 address"),
		("a port elsewhere", "smtp://h?port=3", "port is a parameter of mx: only"), ("a file that is missing", "mx:?ca_file=/nowhere", "/nowhere")]
	for name, url, sentence in rows:
		tap.row(name)
		result = tap.courant("send", "--server", url, *MAIL, "--to", "b@example.org")
		tap.check(result.status in (64, 66, 78), f"status {result.status}")
		tap.check_in(sentence, result.err)


tap.main()
