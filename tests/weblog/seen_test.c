/* SPDX-License-Identifier: MIT */
/* seen_test.c - sets of all sizes against a plain array */
#include "weblog/seen.h"

#include <string.h>

#include "base/alloc.h"
#include "base/auto.h"
#include "base/random.h"
#include "tap.h"

#define SETS        24
#define NUMBERS_MAX 300000

static const struct {
	const char *name;
	uint32_t first, n; /* what numbers are drawn from */
} ranges[] = {
	{"a few numbers, again and again", 1, 8},
	{"small numbers",                  1, 5000},
	{"the last of two bytes and the first of four", UINT16_MAX - 40, 80},
	{"large numbers",                  200000, 100000},
	{"the largest",                    UINT32_MAX - 4000, 4000},
	{"all sizes",                      1, NUMBERS_MAX - 1},
};

/* Every number of the set is among the plain ones, and none is missing. */
static void compare(const struct seen_store *store, const struct seen *seen, uint32_t first, const bool *plain, size_t n)
{
	size_t at = 0, count = 0;
	uint32_t number;

	for (; seen_next(store, seen, &at, &number); count++)
		if (!plain[number - first])
			CHECK_INT(number, 0);
	CHECK_INT(count, n);
	CHECK_INT(seen_count(store, seen), n);
}

static void what_was_seen_is_new_once(void)
{
	AUTO(free) bool *plain = mem_alloc(NUMBERS_MAX);

	EACH (range, ranges) {
		struct seen_store store = {0};
		struct seen sets[SETS] = {0};
		struct random_stream random = {3};

		tap_row(range->name);
		/* Sets of a handful to hundreds of thousands, each of which grows beside what the ones before have left. */
		for (size_t s = 0; s < SETS; s++) {
			size_t n = 0;

			memset(plain, 0, NUMBERS_MAX);
			for (int i = 0; i < 1 << (s % 12 + (range->n > 100000 ? 7 : 2)); i++) {
				const uint32_t at = (uint32_t)random_below(&random, range->n);

				if (seen_add(&store, &sets[s], range->first + at) != !plain[at])
					CHECK_INT(at, -1);
				n += !plain[at];
				plain[at] = true;
			}
			compare(&store, &sets[s], range->first, plain, n);
		}
		seen_store_release(&store);
	}
}

static void small_sets_take_little(void)
{
	struct seen_store store = {0};
	struct seen seen = {0};

	for (uint32_t i = 1; i <= 24; i++)
		CHECK_INT(seen_add(&store, &seen, 1000 * i), 1);
	/* 48 bytes, and what it left when it grew from 16 to 32. */
	CHECK_INT(seen_store_bytes(&store), 96);
	seen_store_release(&store);
}

TESTS(TEST(what_was_seen_is_new_once), TEST(small_sets_take_little))
