/* SPDX-License-Identifier: MIT */
/* dial_test.c - reaching servers of this process */
#include "net/dial.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/listen.h"
#include "net/stream.h"
#include "tap.h"

#define PATIENCE_MS 5000

static struct wait patience(void)
{
	return (struct wait){.deadline_ms = clock_monotonic_ms() + PATIENCE_MS, .cancel_fd = -1};
}

static int reach(const char *host, uint16_t port, const char *source, courant_error **err)
{
	AUTO(dial) struct dial *dial = dial_new(&(struct dial_options){.host = host, .port = port, .source = source}, err);
	const struct wait wait = patience();
	int fd = -1;

	return dial && dial_wait(dial, &wait, &fd, err) == 0 ? fd : -1;
}

static void a_server_is_reached_by_address_and_by_name(void)
{
	static const struct {
		const char *name, *listen, *host, *source;
	} rows[] = {
		{"an IPv4 address", "127.0.0.1:0", "127.0.0.1", NULL},
		{"the name of this machine", "127.0.0.1:0", "localhost", NULL},
		{"the same with its final dot, in capitals", "127.0.0.1:0", "LOCALHOST.", NULL},
		{"a port alone is on loopback", "0", "127.0.0.1", NULL},
		{"from an address of ours", "127.0.0.1:0", "127.0.0.1", "127.0.0.2"},
	};
	EACH (row, rows) {
		courant_error *err = NULL;
		struct net_address where = {0}, peer = {0};
		AUTO(close) int listening = -1;

		tap_row(row->name);
		if (!CHECK_INT(listen_open(slice_of(row->listen), &listening, &where, &err), 0)) {
			CHECK_NO_ERROR(err);
			continue;
		}
		AUTO(close) int fd = reach(row->host, address_port(&where), row->source, &err);
		CHECK(fd >= 0);
		CHECK_NO_ERROR(err);
		AUTO(close) int accepted = listen_accept(listening, &peer);
		CHECK(accepted >= 0);
		if (row->source) {
			AUTO(buffer) struct buffer from = BUFFER_LIMIT(100);

			address_write_host(&from, &peer);
			CHECK_SLICE(buffer_peek(&from), slice_of(row->source));
		}
	}
}

static void a_unix_socket_is_reached(void)
{
	courant_error *err = NULL;
	struct net_address where;
	AUTO(close) int listening = -1;
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(200);

	buffer_printf(&path, "%s/s", tap_folder());
	CHECK_INT(listen_open(buffer_peek(&path), &listening, &where, &err), 0);
	AUTO(close) int fd = reach(path.bytes, 0, NULL, &err);
	CHECK(fd >= 0);
	CHECK_NO_ERROR(err);
}

static void what_cannot_be_reached_has_its_sentence(void)
{
	courant_error *err = NULL;
	struct net_address where;
	AUTO(close) int listening = -1;

	CHECK_INT(listen_open(SLICE("127.0.0.1:0"), &listening, &where, &err), 0);
	const uint16_t free_port = address_port(&where);
	auto_close(&listening);
	listening = -1;

	tap_row("nothing listens");
	CHECK_INT(reach("127.0.0.1", free_port, NULL, &err), -1);
	CHECK_ERROR(err, COURANT_TEMPORARY, "Connection refused");
	tap_row("no such socket");
	CHECK_INT(reach("/nowhere/socket", 0, NULL, &err), -1);
	CHECK_ERROR(err, COURANT_TEMPORARY, "cannot connect to the socket /nowhere/socket: No such file");
	tap_row("a source that is no address");
	CHECK_INT(reach("127.0.0.1", 1, "me", &err), -1);
	CHECK_ERROR(err, COURANT_USAGE, "not an IP address to connect from");
	tap_row("a source of the other family");
	CHECK_INT(reach("127.0.0.1", free_port, "::1", &err), -1);
	CHECK_ERROR(err, COURANT_TEMPORARY, "Cannot assign requested address");
}

static void a_request_to_stop_is_heard(void)
{
	courant_error *err = NULL;
	AUTO(close) int stop = eventfd(1, EFD_CLOEXEC);
	const struct wait wait = {.deadline_ms = clock_monotonic_ms() + PATIENCE_MS, .cancel_fd = stop};
	struct pollfd nothing;

	CHECK_INT(wait_poll(&nothing, 0, WAIT_FOREVER, &wait, &err), -1);
	CHECK_ERROR(err, COURANT_CANCELLED, "stopped on request");
}

static void a_deadline_that_has_passed_ends_the_wait(void)
{
	courant_error *err = NULL;
	const struct wait wait = {.deadline_ms = clock_monotonic_ms(), .cancel_fd = -1};
	AUTO(close) int never = eventfd(0, EFD_CLOEXEC);

	CHECK_INT(wait_fd(never, POLLIN, &wait, &err), -1);
	CHECK_ERROR(err, COURANT_TIMEOUT, "timed out");
}

static void places_to_listen_are_checked(void)
{
	static const char *const rows[] = {"mail.example.com:25", "127.0.0.1:99999", "nonsense", "256.0.0.1:1", "127.0.0.1:smtp"};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		courant_error *err = NULL;
		struct net_address where;
		int fd = -1;

		tap_row(rows[i]);
		CHECK_INT(listen_open(slice_of(rows[i]), &fd, &where, &err), -1);
		CHECK_ERROR(err, COURANT_USAGE, "not a");
	}
}

TESTS(TEST(a_server_is_reached_by_address_and_by_name), TEST(a_unix_socket_is_reached), TEST(what_cannot_be_reached_has_its_sentence),
      TEST(a_request_to_stop_is_heard), TEST(a_deadline_that_has_passed_ends_the_wait), TEST(places_to_listen_are_checked))
