/* SPDX-License-Identifier: MIT */
/* pace_test.c - src/client/pace.c: how many mails begin in which time */
#include "client/pace.h"

#include "base/fail.h"
#include "tap.h"

/* How many turns there are in so long, when somebody asks each `step_ms`. */
static unsigned turns(struct pace *pace, int64_t from_ms, int64_t until_ms, int64_t step_ms)
{
	unsigned n = 0;

	for (int64_t now_ms = from_ms; now_ms < until_ms; now_ms += step_ms)
		while (n < 1000000 && pace_take(pace, now_ms))
			n++;
	return n;
}

static void so_many_begin_in_a_minute(void)
{
	static const struct {
		const char *name;
		unsigned per_minute;
		int64_t step_ms;
		unsigned expected, more; /* turns in a minute, and how many more will do: the first one begins at once */
	} rows[] = {
		{"one a minute", 1, 100, 1, 0},
		{"sixty, asked each millisecond", 60, 1, 60, 0},
		{"sixty, asked each 0.9 s: they are late, and do not come in a bunch later", 60, 900, 33, 1},
		{"ten a millisecond", 600000, 1, 599990, 11},
		{"ten a millisecond, asked each 10 ms: nothing comes in a bunch", 600000, 10, 6000, 1},
	};

	EACH (row, rows) {
		struct pace pace = {.per_minute = row->per_minute};
		const unsigned n = turns(&pace, 5000000, 5060000, row->step_ms);

		tap_row(row->name);
		CHECK(n >= row->expected && n <= row->expected + row->more);
	}
}

static void no_limit_is_no_wait(void)
{
	struct pace pace = {0};

	for (int i = 0; i < 1000; i++)
		CHECK(pace_take(&pace, 7));
	CHECK(pace_next_ms(&pace) <= 7);
}

static void the_next_turn_is_told(void)
{
	struct pace pace = {.per_minute = 120};

	CHECK(pace_take(&pace, 1000));
	CHECK_INT(pace_next_ms(&pace), 1500);
	CHECK(!pace_take(&pace, 1499));
	CHECK(pace_take(&pace, 1500));
	/* After a long rest there is one turn, not one for each half second of it. */
	CHECK(pace_take(&pace, 100000));
	CHECK(!pace_take(&pace, 100000));
}

TESTS(TEST(so_many_begin_in_a_minute), TEST(no_limit_is_no_wait), TEST(the_next_turn_is_told))
