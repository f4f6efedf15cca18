/* SPDX-License-Identifier: MIT */
/* visitors_test.c - stretches against all hits kept and sorted */
#include "weblog/visitors.h"

#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "tap.h"

#define HOURS    6
#define HOUR_S   3600
#define HITS_MAX 40

/* Visits in seconds that are marked: every gap over the limit begins one. */
static size_t count_plainly(const bool *seconds, size_t n)
{
	size_t visits = 0;
	int64_t last = INT64_MIN / 2;

	for (size_t i = 0; i < n; i++) {
		if (!seconds[i])
			continue;
		visits += (int64_t)i - last > VISIT_GAP_S;
		last = (int64_t)i;
	}
	return visits;
}

static int compare(const void *left, const void *right)
{
	const struct stretch *a = left, *b = right;
	const uint32_t one = a->hour * HOUR_S + a->first, other = b->hour * HOUR_S + b->first;

	return (one > other) - (one < other);
}

/* The same from stretches. */
static size_t count_by_stretches(const struct visitors *visitors, const struct visitor *visitor)
{
	struct stretch stretches[HITS_MAX];
	const size_t n = visitors_count_stretches(visitors, visitor);
	size_t visits = 0;
	int64_t last = INT64_MIN / 2;

	visitors_list_stretches(visitors, visitor, stretches);
	qsort(stretches, n, sizeof *stretches, compare);
	for (size_t i = 0; i < n; i++) {
		const int64_t hour = (int64_t)stretches[i].hour * HOUR_S;

		visits += hour + stretches[i].first - last > VISIT_GAP_S;
		last = hour + stretches[i].last > last ? hour + stretches[i].last : last;
	}
	return visits;
}

static void visits_do_not_depend_on_the_order_of_hits(void)
{
	static bool seconds[HOURS * HOUR_S];
	struct random_stream random = {42};

	for (int round = 0; round < 3000; round++) {
		struct visitors visitors;
		bool is_new;

		memset(seconds, 0, sizeof seconds);
		visitors_init(&visitors);

		struct visitor *visitor = visitors_at(&visitors, visitors_add(&visitors, 1, 1, 2, &is_new));
		const size_t hits = 1 + (size_t)random_below(&random, HITS_MAX);

		for (size_t i = 0; i < hits; i++) {
			/* Often at the edges, where mistakes are made. */
			const size_t at = random_below(&random, 3) ? random_below(&random, HOURS * HOUR_S)
								   : random_below(&random, 2 * HOURS) * VISIT_GAP_S +
									     random_below(&random, 2);

			seconds[at] = true;
			CHECK_INT(visitors_hit(&visitors, visitor, (uint32_t)(at / HOUR_S), (unsigned)(at % HOUR_S)), 0);
		}
		CHECK_INT(count_by_stretches(&visitors, visitor), count_plainly(seconds, sizeof seconds));
		CHECK_INT(visitor->hits, hits);
		visitors_release(&visitors);
	}
}

/* Keys that differ in the lower half alone, and in the upper half alone. */
static uint64_t make_key(uint32_t i)
{
	return (uint64_t)(i % 100) << 32 | (i / 100);
}

static void a_visitor_is_known_by_its_key(void)
{
	struct visitors visitors;
	bool is_new;

	visitors_init(&visitors);
	for (uint32_t i = 0; i < 10000; i++) {
		CHECK_INT(visitors_add(&visitors, make_key(i), i / 10, i % 10, &is_new), i);
		CHECK(is_new);
	}
	for (uint32_t i = 0; i < 10000; i++) {
		CHECK_INT(visitors_add(&visitors, make_key(i), i / 10, i % 10, &is_new), i);
		CHECK(!is_new);
	}
	CHECK_INT(visitors.n, 10000);
	visitors_release(&visitors);
}

/* Hits of an hour, as long as they are nearly in order, do not make more of it than two stretches. */
static void hits_of_an_hour_take_no_more_room(void)
{
	struct visitors visitors;
	struct random_stream random = {7};
	bool is_new;

	visitors_init(&visitors);

	struct visitor *visitor = visitors_at(&visitors, visitors_add(&visitors, 1, 1, 2, &is_new));

	for (int i = 0; i < 10000; i++)
		CHECK_INT(visitors_hit(&visitors, visitor, 3, (unsigned)random_below(&random, 600) + (i % 2 ? 0 : 2900)), 0);
	CHECK_INT(visitors_count_stretches(&visitors, visitor), 2);
	visitors_release(&visitors);
}

static void a_visitor_is_small(void)
{
	CHECK_INT(sizeof(struct visitor), 48);
}

TESTS(TEST(visits_do_not_depend_on_the_order_of_hits), TEST(a_visitor_is_known_by_its_key), TEST(hits_of_an_hour_take_no_more_room),
      TEST(a_visitor_is_small))
