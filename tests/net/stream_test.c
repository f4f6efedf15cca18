/* SPDX-License-Identifier: MIT */
/* stream_test.c - waiting for bytes in one call, over a pair of sockets in one thread */
#include "net/stream.h"

#include <sys/socket.h>

#include "base/clock.h"
#include "tap.h"

struct pair {
	struct stream ours, theirs;
};

static void pair_open(struct pair *pair)
{
	int fds[2] = {-1, -1};

	CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds), 0);
	stream_init(&pair->ours, fds[0]);
	stream_init(&pair->theirs, fds[1]);
}

static void pair_close(struct pair *pair)
{
	stream_release(&pair->ours);
	stream_release(&pair->theirs);
}

static void say(struct pair *pair, const char *words)
{
	size_t n = 0;

	CHECK_INT(stream_try_write(&pair->theirs, words, strlen(words), &n, NULL), STREAM_DONE);
	CHECK_INT((long long)n, (long long)strlen(words));
}

static void what_is_there_is_read(void)
{
	struct pair pair;
	char got[16];
	size_t n = 0;

	pair_open(&pair);
	say(&pair, "250 ok\r\n");
	CHECK_INT(stream_await(&pair.ours, 60000, got, 4, &n, NULL), STREAM_DONE);
	CHECK_SLICE(slice_from(got, n), SLICE("250 "));
	CHECK(!pair.ours.is_drained);
	CHECK_INT(stream_await(&pair.ours, 60000, got, sizeof got, &n, NULL), STREAM_DONE);
	CHECK_SLICE(slice_from(got, n), SLICE("ok\r\n"));
	CHECK(pair.ours.is_drained);
	stream_release(&pair.theirs);
	CHECK_INT(stream_await(&pair.ours, 60000, got, sizeof got, &n, NULL), STREAM_END);
	pair_close(&pair);
}

/* The socket keeps the time of an earlier wait: never longer than the next one may be. */
static void nobody_is_waited_for_too_long(void)
{
	static const struct {
		const char *name;
		int64_t wait_ms;
	} rows[] = {
		{"a short time", 20}, {"a shorter one", 5}, {"no time", 0}, {"a time that is over", -7}, {"the least", 1}, {"a longer one again", 40},
	};
	struct pair pair;
	char got[16];
	size_t n = 0;

	pair_open(&pair);
	say(&pair, "250 ok\r\n");
	CHECK_INT(stream_await(&pair.ours, 600000, got, sizeof got, &n, NULL), STREAM_DONE);
	EACH (row, rows) {
		const int64_t begun_ms = clock_monotonic_ms();

		tap_row(row->name);
		CHECK_INT(stream_await(&pair.ours, row->wait_ms, got, sizeof got, &n, NULL), STREAM_WANT_READ);
		/* Much more than it may take, much less than the ten minutes before. */
		CHECK(clock_monotonic_ms() - begun_ms < 10000);
	}
	pair_close(&pair);
}

/* A socket that waits when it is asked to still does not when it isn't. */
static void trying_never_waits(void)
{
	struct pair pair;
	char block[65536] = "";
	size_t n = 0;
	enum stream_status status = STREAM_DONE;

	pair_open(&pair);
	CHECK_INT(stream_await(&pair.ours, 1, block, sizeof block, &n, NULL), STREAM_WANT_READ);
	CHECK_INT(stream_try_read(&pair.ours, block, sizeof block, &n, NULL), STREAM_WANT_READ);
	for (int i = 0; i < 1000 && status == STREAM_DONE; i++)
		status = stream_try_write(&pair.ours, block, sizeof block, &n, NULL);
	CHECK_INT(status, STREAM_WANT_WRITE);
	pair_close(&pair);
}

TESTS(TEST(what_is_there_is_read), TEST(nobody_is_waited_for_too_long), TEST(trying_never_waits))
