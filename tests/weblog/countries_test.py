#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The table of countries, by databases made here in MaxMind's format (its specification, version 2.0)."""
import ipaddress
import json
import os

import tap

LINE = '{} - - [10/Oct/2023:13:55:36 +0800] "GET / HTTP/1.1" 200 {} "-" "{}"\n'
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/118.0"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/118.0.0.0 Safari/537.36 Edg/118.0.0.0"


UINT16, UINT32, UINT64 = 5, 6, 9


def value(what):
	"""A map, a list, a text or a number with its type in the format's data section; the first byte has the type above five bits of size."""
	if isinstance(what, dict):
		return bytes([7 << 5 | len(what)]) + b"".join(value(k) + value(v) for k, v in what.items())
	if isinstance(what, list):
		return bytes([len(what), 11 - 7]) + b"".join(map(value, what))
	if isinstance(what, str):
		text = what.encode()
		return bytes([2 << 5 | min(len(text), 29)]) + (bytes([len(text) - 29]) if len(text) >= 29 else b"") + text
	kind, number = what
	digits = number.to_bytes((number.bit_length() + 7) // 8, "big")
	return (bytes([kind << 5 | len(digits)]) if kind < 8 else bytes([len(digits), kind - 7])) + digits


def database(version, records):
	"""records: network and its record. The tree has nodes of two 24-bit numbers."""
	width = 32 if version == 4 else 128
	data, nodes = b"", [[None, None]]
	for network, record in records.items():
		network = ipaddress.ip_network(network)
		bits = f"{int(network.network_address):0{width}b}"
		length = network.prefixlen + (width - network.max_prefixlen)
		at = 0
		for bit in bits[: length - 1]:
			if nodes[at][int(bit)] is None:
				nodes.append([None, None])
				nodes[at][int(bit)] = len(nodes) - 1
			at = nodes[at][int(bit)]
		nodes[at][int(bits[length - 1])] = -1 - len(data)
		data += value(record)
	n = len(nodes)
	tree = b"".join((n if x is None else x if x >= 0 else n + 16 - 1 - x).to_bytes(3, "big") for node in nodes for x in node)
	about = {
		"binary_format_major_version": (UINT16, 2),
		"binary_format_minor_version": (UINT16, 0),
		"build_epoch": (UINT64, 1),
		"database_type": "Test",
		"description": {"en": "Test"},
		"ip_version": (UINT16, version),
		"languages": ["en"],
		"node_count": (UINT32, n),
		"record_size": (UINT16, 24),
	}
	return tree + bytes(16) + data + b"\xab\xcd\xefMaxMind.com" + value(about)


def write(data):
	path = os.path.join(tap.folder(), "countries.mmdb")
	with open(path, "wb") as file:
		file.write(data)
	return path


def countries(path, lines, *words):
	data = "".join(LINE.format(*line) for line in lines).encode()
	done = tap.courant("weblog", "--json", "--countries", path, *words, "-", stdin=data)
	tap.check_equal(done.err, "")
	return [tuple(row[key] for key in ("name", "hits", "visitors", "bytes")) for row in json.loads(done.out)["countries"]]


COMMERCIAL = {"country": {"iso_code": "CN", "names": {"en": "China"}}, "continent": {"code": "AS"}}


@tap.test
def addresses_are_joined_by_country():
	path = write(database(4, {"192.0.2.0/25": COMMERCIAL, "198.51.100.0/24": {"country_code": "DE"}, "203.0.113.0/24": {"city": "x"}}))
	lines = [
		("192.0.2.1", 10, FIREFOX),
		("192.0.2.1", 10, EDGE),
		("192.0.2.127", 5, FIREFOX),
		("192.0.2.128", 1, FIREFOX),
		("198.51.100.9", 7, FIREFOX),
		("198.51.100.9", 7, "curl/8.0"),
		("203.0.113.1", 2, FIREFOX),
		("pc7.example.org", 4, FIREFOX),
	]
	tap.row("the code of either kind of record")
	tap.check_equal(countries(path, lines), [("CN", 3, 3, 25), ("unknown", 3, 3, 7), ("DE", 2, 1, 14)])
	tap.row("the countries of addresses that are shown cut are those of the whole ones")
	tap.check_equal(countries(path, lines, "--anonymize", "--top", "1"), [("CN", 3, 3, 25)])


@tap.test
def ipv6():
	lines = [("2001:db8::1", 1, FIREFOX), ("192.0.2.1", 2, FIREFOX), ("::ffff:192.0.2.2", 4, FIREFOX)]
	tap.row("a database of IPv4 only does not know them")
	path = write(database(4, {"192.0.2.0/24": {"country_code": "JP"}}))
	tap.check_equal(countries(path, lines), [("JP", 2, 2, 6), ("unknown", 1, 1, 1)])
	tap.row("IPv4 lies at the beginning of one of both")
	path = write(database(6, {"192.0.2.0/24": {"country_code": "JP"}, "2001:db8::/32": {"country_code": "FR"}}))
	tap.check_equal(countries(path, lines), [("JP", 2, 2, 6), ("FR", 1, 1, 1)])
	tap.row("addresses with ports, in brackets, or in a list")
	lines = [("[2001:db8::1]", 1, FIREFOX), ("[2001:db8::1]:443", 2, FIREFOX), ("192.0.2.1:4711", 4, FIREFOX), ("192.0.2.2,", 8, FIREFOX)]
	tap.check_equal(countries(path, lines), [("FR", 2, 2, 3), ("JP", 2, 2, 12)])


@tap.test
def what_is_no_database():
	log = LINE.format("192.0.2.1", 1, FIREFOX).encode()
	done = tap.courant("weblog", "--countries", "/nonexistent.mmdb", "-", stdin=log)
	tap.check_equal(done.status, 66)
	tap.check_in("/nonexistent.mmdb cannot be used as a database of countries", done.err)
	done = tap.courant("weblog", "--countries", write(log), "-", stdin=log)
	tap.check_equal(done.status, 66)
	damaged = database(4, {"192.0.2.0/24": {"country_code": "JP"}}).replace(b"\xe1\x4ccou", b"\x38\xff\xff\xff\xff")  # a pointer beyond the end
	done = tap.courant("weblog", "--countries", write(damaged), "-", stdin=log)
	tap.check_equal(done.status, 66)
	tap.check_in("is damaged", done.err)
	done = tap.courant("weblog", "--table", "countries", "-", stdin=log)
	tap.check_equal(done.status, 64)
	tap.check_in("needs a database of countries", done.err)


tap.main()
