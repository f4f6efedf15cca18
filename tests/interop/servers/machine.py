# SPDX-License-Identifier: MIT
"""A private machine for a mail server: this machine's root with the unpacked packages laid over it, with processes, users and a loopback of its own.

    machine.enter("postfix")     what follows runs inside, as root, or not at all
    machine.add_user("postfix")

Nothing that happens inside is seen outside, and all of it is gone at the end. Debian's mail servers want fixed users, folders and ports, and exclude each
other; so each gets such a machine. scripts/deps servers fetches the packages.
"""
import fcntl
import os
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

import tap

INSIDE = "COURANT_MACHINE"
HOST = "mail.example.com"
PLACE = Path("/srv/courant")
PATIENCE_S = 20
MACHINE_TIMEOUT_S = 240

# $0 is an empty folder; then come the packages' root, the project's and the build's folders, and the words to run. (The packages are copied: overlayfs
# takes no layers of which one holds the other.)
MAKE = r"""set -e
mount -t tmpfs tmpfs "$0"
mkdir "$0/work" "$0/root"
cp -a "$1" "$0/upper"
mount -t overlay overlay -o "lowerdir=/,upperdir=$0/upper,workdir=$0/work" "$0/root"
mount --rbind /dev "$0/root/dev"
mount -t proc proc "$0/root/proc"
for folder in "$2" "$3"; do
	mkdir -p "$0/root$folder"
	mount --bind "$folder" "$0/root$folder"
done
shift 3
exec chroot "$0/root" "$@"
"""


def _skip(why):
	print(f"real servers: NOT TESTED: {why}", file=sys.stderr)
	print(f"TAP version 13\n1..0 # SKIP {why}")
	sys.exit(0)


def _settle():
	"""What a machine needs before anything can listen: a loopback that is up, its own name, a root folder that servers without privileges can pass."""
	with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
		request = struct.pack("16sh", b"lo", 0)
		flags = struct.unpack("16sh", fcntl.ioctl(any_socket, 0x8913, request))[1] # SIOCGIFFLAGS
		fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh", b"lo", flags | 1))     # SIOCSIFFLAGS, IFF_UP
	socket.sethostname(HOST)
	Path("/etc/hosts").write_text(f"127.0.0.1 {HOST} localhost\n")
	PLACE.mkdir(parents=True)
	for folder in (*PLACE.parents, PLACE):
		folder.chmod(0o755)


def enter(section):
	if os.environ.get(INSIDE) == section:
		_settle()
		return
	layer = tap.SOURCE / "build/interop" / section
	if not (layer / "complete").exists():
		_skip("the packages are not there: run scripts/deps servers")
	if os.geteuid() != 0:
		_skip("a private machine needs root")
	private = ["unshare", "--mount", "--net", "--pid", "--ipc", "--uts", "--fork", "--kill-child"]
	trial = subprocess.run([*private, "true"], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
	if trial.returncode != 0:
		_skip("no private machine can be made here: " + trial.stderr.decode("utf-8", "replace").strip())
	build = Path(tap.PROGRAM).parent
	try:
		done = subprocess.run([*private, "sh", "-c", MAKE, tap.folder(), layer / "root", tap.SOURCE, build, sys.executable, os.path.abspath(sys.argv[0])],
				      env={**os.environ, INSIDE: section}, timeout=MACHINE_TIMEOUT_S, check=False)
	finally:
		tap.clean_up()
	sys.exit(done.returncode)


def add_user(name, home="/nonexistent"):
	"""A user and group of that name, unless the machine has them."""
	for path, line in (("/etc/group", "{0}:x:{1}:\n"), ("/etc/passwd", "{0}:x:{1}:{1}::{2}:/usr/sbin/nologin\n")):
		text = Path(path).read_text()
		if not text.startswith(name + ":") and f"\n{name}:" not in text:
			Path(path).write_text(text + line.format(name, 5000 + text.count("\n"), home))


def start(*words):
	"""A daemon, which ends with the machine. Its words are shown when it fails."""
	said = PLACE / "said"
	with open(said, "wb") as out: # not a pipe: the daemon would keep it open
		done = subprocess.run(list(map(str, words)), stdin=subprocess.DEVNULL, stdout=out, stderr=out, check=False, timeout=PATIENCE_S)
	if done.returncode != 0:
		raise RuntimeError(f"{words}: {done.returncode}: {said.read_text(errors='replace')}")


def await_port(port):
	"""Until something answers there."""
	await_that(lambda: socket.create_connection(("127.0.0.1", port), 1).close() is None, f"nothing listens on port {port}")


def await_that(holds, what):
	"""Until it is so; `what` is the trouble if it never is."""
	deadline = time.monotonic() + PATIENCE_S
	while time.monotonic() < deadline:
		try:
			if result := holds():
				return result
		except OSError:
			pass
		time.sleep(0.01)
	raise TimeoutError(what)


class Box:
	"""A maildir into which the server delivers."""

	def __init__(self, folder):
		self.folder = Path(folder) / "new"

	def take(self):
		"""The next mail that comes, with CRLF at its lines' ends, out of the box."""
		path = await_that(lambda: next(iter(sorted(self.folder.glob("[!.]*"))), None), f"no mail came into {self.folder}")
		mail = path.read_bytes()
		path.unlink()
		return mail.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")

	def is_empty(self):
		return not list(self.folder.glob("[!.]*"))
