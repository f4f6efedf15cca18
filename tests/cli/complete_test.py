#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The completions, tried in the shells themselves: keys go into a terminal, and what the shell would run is looked at."""
import os
import pty
import re
import select
import shlex
import shutil
import subprocess
import time
from pathlib import Path

import tap

PLACE = Path(tap.PROGRAM).parent / "packaging"
PATIENCE_S = 20

# What each shell reads first: courant is a function that shows its words, and the prompt a line that is easily found.
BASH = r"""
PS1='READY> '; bind 'set show-all-if-ambiguous on'; bind 'set bell-style none'; bind 'set page-completions off'; bind 'set completion-query-items 0'
source {place}/courant
courant() {{ printf '[%s]' "$@"; echo; }}
"""
ZSH = r"""
PS1='READY> '; fpath=({place} $fpath); autoload -Uz compinit; compinit -u -D; setopt no_beep no_zle_bracketed_paste; LISTMAX=10000
unsetopt prompt_sp; zstyle ':completion:*' list-prompt ''; unset zle_bracketed_paste
courant() {{ printf '[%s]' "$@"; echo; }}
"""


class Shell:
	"""A shell on a terminal of its own, in a folder with some files."""

	def __init__(self, words, script):
		self.folder = tap.folder()
		for name in ("access.log", "my ca.pem"):
			(self.folder / name).touch()
		(self.folder / "caught").mkdir()
		(self.folder / "script").write_text(script.format(place=shlex.quote(str(PLACE))))
		self.pid, self.terminal = pty.fork()
		if self.pid == 0:
			os.chdir(self.folder)
			os.execvpe(words[0], words, {**tap.environment(self.folder), "TERM": "dumb", "COLUMNS": "200", "INPUTRC": "/dev/null", "PS1": "", "HISTFILE": ""})
		self.read = b""
		self.send(" . ./script; echo 'settled'$((1 + 1))\n")
		self.wait_for(b"settled2")
		self.wait_for(b"READY> ")

	def send(self, text):
		os.write(self.terminal, text.encode())

	def wait_for(self, wanted, seconds=PATIENCE_S):
		"""What came up to and with it; without it whatever came, after the time."""
		end = time.monotonic() + seconds
		while wanted not in self.read:
			left = end - time.monotonic()
			if left <= 0 or not select.select([self.terminal], [], [], left)[0]:
				break
			self.read += os.read(self.terminal, 65536)
		before, found, self.read = self.read.partition(wanted)
		return (before + found).decode("utf-8", "replace")

	def words(self, line):
		"""What the command gets when Tab and Enter follow the line."""
		self.send(line + "\t\n")
		out = self.wait_for(b"]\r\n")
		self.wait_for(b"READY> ")
		last = out.rstrip().splitlines()[-1]
		return re.findall(r"\[([^\]]*)\]", last)

	def offers(self, line):
		"""Everything that is shown when Tab is pressed behind the line."""
		self.send(line + "\t\t")
		self.wait_for(b"\n")
		time.sleep(0.2)
		self.send("\x15 echo over\n") # takes the line away
		shown = self.wait_for(b"over\r\n")
		self.wait_for(b"over\r\n", 0.3)
		self.wait_for(b"READY> ", 1)
		return re.split(r"\s+", shown)

	def close(self):
		os.close(self.terminal)
		os.waitpid(self.pid, 0)


# A line, and the words that the command gets after Tab.
LINES = [
	("courant webl", ["weblog"]),
	("courant help sendm", ["help", "sendmail"]),
	("courant send --subj", ["send", "--subject"]),
	("courant send --tls st", ["send", "--tls", "starttls"]),
	("courant send --tls=opp", ["send", "--tls=opportunistic"]),
	("courant send --server ali", ["send", "--server", "aliyun"]),
	("courant send --server smtps", ["send", "--server", "smtps://"]),
	("courant send --server maildir:cau", ["send", "--server", "maildir:caught/"]),
	("courant send --dsn success,del", ["send", "--dsn", "success,delay"]),
	("courant send --ca-file my", ["send", "--ca-file", "my ca.pem"]),
	("courant send --inline io=acc", ["send", "--inline", "io=access.log"]),
	("courant report --language z", ["report", "--language", "zh"]),
	("courant report --period yes", ["report", "--period", "yesterday"]),
	("courant report --compare sa", ["report", "--compare", "same day last week"]),
	("courant report traf", ["report", "traffic"]),
	("courant report traffic acc", ["report", "traffic", "access.log"]),
	("courant weblog --table not", ["weblog", "--table", "not_found"]),
	("courant weblog acc", ["weblog", "access.log"]),
	("courant outbox fl", ["outbox", "flush"]),
	("courant outbox list --state queued,def", ["outbox", "list", "--state", "queued,deferred"]),
	("courant serve --log j", ["serve", "--log", "json"]),
	("courant ledger for", ["ledger", "forget"]),
	("courant ledger list acc", ["ledger", "list", "access.log"]),
	("courant catch --maildir cau", ["catch", "--maildir", "caught"]),
	("courant sendmail -R fu", ["sendmail", "-R", "full"]),
]


def check_lines(shell):
	for line, words in LINES:
		tap.row(line)
		got = [word.rstrip("/") for word in shell.words(line)]
		tap.check_equal(got, [word.rstrip("/") for word in words])


def commands():
	overview = tap.courant("--help").out.split("Commands:\n")[1].split("\n\n")[0]
	return [line.split()[0] for line in overview.splitlines() if line[2] != " "]


@tap.test
def bash_completes():
	shell = Shell(["bash", "--norc", "--noprofile", "-i"], BASH)
	check_lines(shell)
	tap.row("a text of which nothing is known stays as it is")
	tap.check_equal(shell.words("courant send --subject traf"), ["send", "--subject", "traf"])
	offered = shell.offers("courant ")
	for word in (*commands(), "--help", "--version"):
		tap.row(word)
		tap.check_in(word, offered)
	tap.row("every option")
	tap.check_in("--password-command", shell.offers("courant send --"))
	shell.close()


@tap.test
def zsh_completes():
	if not shutil.which("zsh"):
		tap.skip("no zsh")
		return
	shell = Shell(["zsh", "-f", "-i"], ZSH)
	check_lines(shell)
	offered = shell.offers("courant ")
	for word in commands():
		tap.row(word)
		tap.check_in(word, offered)
	tap.row("every option")
	tap.check_in("--password-command", shell.offers("courant send --"))
	shell.close()


def fish_offers(line, folder):
	script = f"source {shlex.quote(str(PLACE / 'courant.fish'))}; complete -C {shlex.quote(line)}"
	done = tap.run(["fish", "--no-config", "-c", script], cwd=folder)
	return [offer.split("\t")[0] for offer in done.out.decode().splitlines()]


@tap.test
def fish_completes():
	if not shutil.which("fish"):
		tap.skip("no fish")
		return
	folder = tap.folder()
	for name in ("access.log", "my ca.pem"):
		(folder / name).touch()
	(folder / "caught").mkdir()
	for line, words in LINES:
		tap.row(line)
		offers = fish_offers(line, folder)
		tap.check_equal([offer.rstrip("/") for offer in offers], [words[-1].rstrip("/")])
	for word in commands():
		tap.row(word)
		tap.check_in(word, fish_offers("courant ", folder))
	tap.row("every option")
	tap.check_in("--password-command", fish_offers("courant send --", folder))
	tap.row("help is shown beside it")
	done = tap.run(["fish", "--no-config", "-c", f"source {PLACE}/courant.fish; complete -C 'courant send --subj'"])
	tap.check_equal(done.out.decode(), "--subject\twhat it is about\n")


@tap.test
def the_script_for_bash_is_without_remarks_of_shellcheck():
	if not shutil.which("shellcheck"):
		tap.skip("no shellcheck")
		return
	done = subprocess.run(["shellcheck", PLACE / "courant"], capture_output=True, text=True, check=False)
	tap.check_equal(done.stdout, "")


tap.main()
