/* SPDX-License-Identifier: MIT */
/* address_test.c - hosts with ports, and addresses as text */
#include "net/address.h"

#include "net/resolve.h"
#include "tap.h"

static void hosts_and_ports_are_told_apart(void)
{
	static const struct {
		const char *name, *text, *host;
		int port; /* -1: an error */
	} rows[] = {
		{"a name alone", "mail.example.com", "mail.example.com", 7},
		{"a name with a port", "mail.example.com:587", "mail.example.com", 587},
		{"an IPv4 address with a port", "192.0.2.1:25", "192.0.2.1", 25},
		{"an IPv6 address without brackets", "2001:db8::1", "2001:db8::1", 7},
		{"an IPv6 address in brackets", "[2001:db8::1]", "2001:db8::1", 7},
		{"an IPv6 address in brackets with a port", "[::1]:2525", "::1", 2525},
		{"a path with a colon", "/run/a:1", "/run/a:1", 7},
		{"a port alone", ":25", "", 25},
		{"a port that is too large", "h:65536", "", -1},
		{"a port that is none", "h:smtp", "", -1},
		{"an empty port", "h:", "", -1},
		{"a bracket that does not end", "[::1", "", -1},
		{"rubbish behind a bracket", "[::1]25", "", -1},
	};
	EACH (row, rows) {
		slice host = SLICE("");
		uint16_t port = 7;
		courant_error *err = NULL;

		tap_row(row->name);
		if (address_split(slice_of(row->text), &host, &port, &err) < 0) {
			CHECK_INT(-1, row->port);
			CHECK_ERROR(err, COURANT_USAGE, "not a");
			continue;
		}
		CHECK_INT(port, row->port);
		CHECK_SLICE(host, slice_of(row->host));
	}
}

static void addresses_are_written_back(void)
{
	static const struct {
		const char *name, *host, *text, *literal;
		bool is_loopback;
	} rows[] = {
		{"IPv4", "192.0.2.1", "192.0.2.1:25", "[192.0.2.1]", false},
		{"IPv4 of this machine", "127.0.0.53", "127.0.0.53:25", "[127.0.0.53]", true},
		{"IPv6", "2001:DB8:0:0::1", "[2001:db8::1]:25", "[IPv6:2001:db8::1]", false},
		{"IPv6 of this machine", "::1", "[::1]:25", "[IPv6:::1]", true},
	};
	EACH (row, rows) {
		struct net_address address;
		AUTO(buffer) struct buffer text = BUFFER_LIMIT(100);
		AUTO(buffer) struct buffer literal = BUFFER_LIMIT(100);

		tap_row(row->name);
		if (!CHECK(address_parse_numeric(slice_of(row->host), 25, &address)))
			continue;
		address_write(&text, &address);
		address_write_literal(&literal, &address);
		CHECK_SLICE(buffer_peek(&text), slice_of(row->text));
		CHECK_SLICE(buffer_peek(&literal), slice_of(row->literal));
		CHECK_INT(address_is_loopback(&address), row->is_loopback);
		CHECK_INT(address_port(&address), 25);
	}
}

static void names_are_no_addresses(void)
{
	static const char *const rows[] = {"mail.example.com", "", "1.2.3", "1.2.3.4.5", "[::1]", "256.1.1.1", "::1%", "1.2.3.4%lo", "::1\n", "0x7f.1"};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		tap_row(rows[i]);
		CHECK(!address_is_numeric(slice_of(rows[i])));
	}
}

static void a_unix_socket_has_a_path_of_107_bytes_at_most(void)
{
	char path[110];
	struct net_address address;
	courant_error *err = NULL;
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(200);

	memset(path, 'x', sizeof path);
	path[0] = '/';
	CHECK_INT(address_of_path(slice_from(path, 107), &address, &err), 0);
	address_write(&text, &address);
	CHECK_SLICE(buffer_peek(&text), slice_from(path, 107));
	CHECK_INT(address_of_path(slice_from(path, 108), &address, &err), -1);
	CHECK_ERROR(err, COURANT_USAGE, "unix socket");
}

static void families_take_turns(void)
{
	static const struct {
		const char *name, *before, *after;
	} rows[] = {
		{"six first", "666444", "646464"},
		{"four first", "446", "464"},
		{"one family", "444", "444"},
		{"in turn already", "6464", "6464"},
		{"one of the other at the end", "66664", "64666"},
	};
	EACH (row, rows) {
		struct net_address addresses[8] = {0};
		const size_t n = strlen(row->before);

		tap_row(row->name);
		for (size_t i = 0; i < n; i++) {
			addresses[i].at.ss_family = row->before[i] == '6' ? AF_INET6 : AF_INET;
			addresses[i].len = (socklen_t)i; /* marks the order */
		}
		resolve_interleave(addresses, n);
		int last_six = -1, last_four = -1;
		for (size_t i = 0; i < n; i++) {
			const bool is_six = addresses[i].at.ss_family == AF_INET6;
			int *last = is_six ? &last_six : &last_four;

			CHECK_INT(is_six ? '6' : '4', row->after[i]);
			CHECK((int)addresses[i].len > *last);
			*last = (int)addresses[i].len;
		}
	}
}

TESTS(TEST(hosts_and_ports_are_told_apart), TEST(addresses_are_written_back), TEST(names_are_no_addresses),
      TEST(a_unix_socket_has_a_path_of_107_bytes_at_most), TEST(families_take_turns))
