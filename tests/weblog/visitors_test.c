/* SPDX-License-Identifier: MIT */
/* visitors_test.c - intervals against all hits kept and sorted; sets against a plain array */
#include "weblog/visitors.h"

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

/* The same from intervals: hours joined, then their edges. */
static size_t count_by_intervals(const struct visitors *visitors, const struct visitor *visitor)
{
	struct visit_record records[HITS_MAX];
	const size_t n = visitors_count_hours(visitors, visitor);
	size_t visits = 0;
	int64_t last = INT64_MIN / 2;

	visitors_list_hours(visitors, visitor, records);
	for (uint32_t hour = 0; hour < HOURS; hour++) {
		struct visit_intervals whole = {.first = {VISIT_UNUSED, VISIT_UNUSED}};

		for (size_t i = 0; i < n; i++)
			if (records[i].hour == hour)
				visit_intervals_join(&whole, &records[i].intervals);
		for (int i = 0; i < 2 && whole.first[i] != VISIT_UNUSED; i++) {
			visits += (int64_t)hour * HOUR_S + whole.first[i] - last > VISIT_GAP_S;
			last = (int64_t)hour * HOUR_S + whole.last[i];
		}
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
		CHECK_INT(count_by_intervals(&visitors, visitor), count_plainly(seconds, sizeof seconds));
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

static void what_was_seen_is_new_once(void)
{
	enum { SEEN = 5000 };
	static bool plain[SEEN];
	struct visitors visitors;
	struct random_stream random = {3};
	bool is_new;

	visitors_init(&visitors);
	for (uint32_t i = 0; i < 20; i++)
		(void)visitors_add(&visitors, make_key(i), i, i, &is_new);
	for (uint32_t v = 0; v < 20; v++) {
		memset(plain, 0, sizeof plain);
		/* From a handful to thousands: every size of set, and growing. */
		for (int i = 0; i < 1 << (v / 2 + 2); i++) {
			const uint32_t ref = 1 + (uint32_t)random_below(&random, v % 2 ? SEEN - 1 : 8);

			CHECK_INT(visitors_see(&visitors, visitors_at(&visitors, v), ref), !plain[ref]);
			plain[ref] = true;
		}
	}
	visitors_release(&visitors);
}

TESTS(TEST(visits_do_not_depend_on_the_order_of_hits), TEST(a_visitor_is_known_by_its_key), TEST(what_was_seen_is_new_once))
