/* SPDX-License-Identifier: MIT */
/* child_test.c - programs are heard to their end, and ended when their time is over */
#include "serve/child.h"

#include <signal.h>

#include "base/clock.h"
#include "tap.h"

#define LONG_MS INT64_C(60000)

/* Waits for its end as a loop would. */
static void run_to_end(struct child *child)
{
	struct pollfd fds[2];

	while (!child_turn(child, clock_monotonic_ms())) {
		const size_t n = child_fds(child, fds);
		const int64_t left_ms = child_deadline_ms(child) - clock_monotonic_ms();

		(void)poll(fds, n, left_ms < 0 ? 0 : left_ms > 1000 ? 1000 : (int)left_ms);
	}
}

static struct child *shell(const char *script, int64_t limit_ms)
{
	char *const words[] = {(char *)"sh", (char *)"-c", (char *)script, NULL};
	char *const environment[] = {(char *)"PATH=/usr/bin:/bin", (char *)"GIVEN=yes", NULL};
	courant_error *err = NULL;
	struct child *child = child_start("/bin/sh", words, environment, clock_monotonic_ms() + limit_ms, &err);

	CHECK_NO_ERROR(err);
	return child;
}

static void ends_and_words_are_known(void)
{
	static const struct {
		const char *name, *script;
		int status;
		const char *words;
	} rows[] = {
		{"all is well", "echo fine", 0, "fine"},
		{"both ways of speaking", "echo out; echo err >&2; exit 3", 3, "out\nerr"},
		{"a signal", "kill -9 $$", 137, ""},
		{"the environment is the one that is given", "echo $GIVEN $HOME", 0, "yes"},
		{"there is nothing to read", "cat; echo end", 0, "end"},
		{"signals are as at the beginning", "kill -TERM $$; echo ignored", 143, ""},
		{"what it leaves running keeps nobody waiting", "sleep 60 & echo gone", 0, "gone"},
	};

	EACH (row, rows) {
		AUTO(child) struct child *child = shell(row->script, LONG_MS);

		tap_row(row->name);
		if (!child)
			continue;
		run_to_end(child);
		CHECK_INT(child_status(child), row->status);
		CHECK(!child_is_late(child));
		CHECK_SLICE(child_words(child), slice_of(row->words));
	}
}

static void of_a_talker_the_end_is_kept(void)
{
	AUTO(child) struct child *child = shell("i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done", LONG_MS);

	run_to_end(child);
	CHECK(slice_ends(child_words(child), SLICE("line 2999")));
	CHECK(child_words(child).len <= CHILD_WORDS_MAX);
}

static void what_takes_too_long_is_ended(void)
{
	AUTO(child) struct child *polite = shell("trap 'echo asked; exit 5' TERM; while :; do sleep 0.01; done", 200);

	run_to_end(polite);
	CHECK_INT(child_status(polite), 5);
	CHECK(child_is_late(polite));
	CHECK(slice_ends(child_words(polite), SLICE("asked")));
}

static void what_does_not_listen_is_killed(void)
{
	AUTO(child) struct child *deaf = shell("trap '' TERM; echo deaf; while :; do sleep 0.01; done", LONG_MS);
	struct pollfd fds[2];
	const int64_t now_ms = clock_monotonic_ms();

	/* Once it has set its trap. */
	while (child_words(deaf).len == 0) {
		(void)poll(fds, child_fds(deaf, fds), 1000);
		CHECK(!child_turn(deaf, now_ms));
	}
	child_stop(deaf, now_ms);
	/* Its grace is over. */
	while (!child_turn(deaf, now_ms + LONG_MS))
		(void)poll(fds, child_fds(deaf, fds), 1000);
	CHECK_INT(child_status(deaf), 128 + SIGKILL);
	CHECK(!child_is_late(deaf));
}

static void what_cannot_be_run_is_told(void)
{
	char *const words[] = {(char *)"nothing", NULL};
	courant_error *err = NULL;

	CHECK(!child_start("/nonexistent/nothing", words, words + 1, 0, &err));
	CHECK_ERROR(err, COURANT_CONFIG, "cannot run /nonexistent/nothing");
}

TESTS(TEST(ends_and_words_are_known), TEST(of_a_talker_the_end_is_kept), TEST(what_takes_too_long_is_ended), TEST(what_does_not_listen_is_killed),
      TEST(what_cannot_be_run_is_told))
