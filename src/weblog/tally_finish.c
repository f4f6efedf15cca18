/* SPDX-License-Identifier: MIT */
/* tally_finish.c - what can be said only when all hits are there: visits, visitors of hours and days, silences */
#include <math.h>

#include "base/alloc.h"
#include "weblog/tally.h"

static int make_days(struct tally *tally, size_t *day_of_hour, courant_error **err)
{
	tally->days = mem_array(tally->n_hours ? tally->n_hours : 1, sizeof *tally->days);
	if (!tally->days)
		return fail_memory(err);
	for (size_t i = 0; i < tally->n_hours; i++) {
		const struct tally_hour *hour = &tally->hours[tally->hour_order[i]];
		const int64_t from_s = zone_day_start(tally->zone, hour->from_s * MS_PER_SECOND) / MS_PER_SECOND;

		if (tally->n_days == 0 || tally->days[tally->n_days - 1].from_s != from_s)
			tally->days[tally->n_days++].from_s = from_s;

		struct tally_day *day = &tally->days[tally->n_days - 1];

		day->hits += hour->hits;
		day->page_views += hour->page_views;
		day->bytes += hour->bytes;
		day->errors_4xx += hour->errors_4xx;
		day->errors_5xx += hour->errors_5xx;
		day_of_hour[tally->hour_order[i]] = tally->n_days - 1;
	}
	return 0;
}

static int compare_stretches(const void *left, const void *right, void *context)
{
	const struct tally *tally = context;
	const struct stretch *one = left, *other = right;
	const int64_t a = tally->hours[one->hour].from_s + one->first;
	const int64_t b = tally->hours[other->hour].from_s + other->first;

	return (a > b) - (a < b);
}

/* Those of one visitor, in the order of time. */
static void count_visits(struct tally *tally, const struct stretch *stretches, size_t n, const size_t *day_of_hour)
{
	int64_t last_s = INT64_MIN / 2;
	uint32_t last_hour = VISITOR_NONE;
	size_t last_day = SIZE_MAX;

	for (size_t i = 0; i < n; i++) {
		struct tally_hour *hour = &tally->hours[stretches[i].hour];
		const size_t day = day_of_hour[stretches[i].hour];

		hour->visitors += stretches[i].hour != last_hour;
		tally->days[day].visitors += day != last_day;
		last_hour = stretches[i].hour;
		last_day = day;
		if (hour->from_s + stretches[i].first - last_s > VISIT_GAP_S) {
			tally->visits++;
			hour->visits++;
			tally->days[day].visits++;
		}
		if (hour->from_s + stretches[i].last > last_s)
			last_s = hour->from_s + stretches[i].last;
	}
}

/* Room for the stretches of one visitor. */
struct stretches {
	struct stretch *all;
	size_t space;
};

static void stretches_release(struct stretches *stretches)
{
	free(stretches->all);
}
AUTO_DEFINE_VALUE(stretches, struct stretches, stretches_release)

static int stretches_reach(struct stretches *stretches, size_t n, courant_error **err)
{
	if (n <= stretches->space)
		return 0;

	struct stretch *grown = mem_resize(stretches->all, 2 * n, sizeof *grown);

	if (!grown)
		return fail_memory(err);
	stretches->all = grown;
	stretches->space = 2 * n;
	return 0;
}

/* ---- estimates ---- */

static void count_distinct(struct tally *tally)
{
	const struct tally_table *addresses = &tally->tables[TALLY_ADDRESSES];
	const bool is_cut = addresses->missed || addresses->missed_elsewhere;

	tally->n_addresses = is_cut ? (uint64_t)(hyperloglog_estimate(&tally->bound.addresses) + 0.5) : keys_count(&addresses->keys);
	tally->n_known = tally->visitors.n;
	tally->n_visitors = (uint64_t)((double)tally->n_known * tally_weight(tally) + 0.5);
}

static void weigh(uint64_t *count, double weight)
{
	*count = (uint64_t)((double)*count * weight + 0.5);
}

/* What was counted by visitors that are known one by one stands for all. */
static void weigh_all(struct tally *tally, double weight)
{
	if (weight <= 1)
		return;
	weigh(&tally->visits, weight);
	weigh(&tally->robots_txt.hits, weight);
	weigh(&tally->robots_txt.bytes, weight);
	for (size_t i = 0; i < tally->n_hours; i++) {
		weigh(&tally->hours[i].visitors, weight);
		weigh(&tally->hours[i].visits, weight);
	}
	for (size_t i = 0; i < tally->n_days; i++) {
		weigh(&tally->days[i].visitors, weight);
		weigh(&tally->days[i].visits, weight);
	}
	for (size_t i = 0; i < tally->n_agents; i++)
		weigh(&tally->by_agent[i].visitors, weight);
	for (size_t kind = 0; kind < TALLY_KINDS; kind++) {
		const struct keys *keys = &tally->tables[kind].keys;

		for (uint32_t ref = KEYS_NONE; keys_next(keys, &ref);) {
			struct tally_key *key = keys_value(keys, ref);
			uint64_t visitors = key->visitors;

			weigh(&visitors, weight);
			key->visitors = visitors < UINT32_MAX ? (uint32_t)visitors : UINT32_MAX;
		}
	}
}

int tally_finish(struct tally *tally, courant_error **err)
{
	AUTO(free) size_t *day_of_hour = mem_array(tally->n_hours ? tally->n_hours : 1, sizeof *day_of_hour);
	AUTO(stretches) struct stretches stretches = {0};

	if (!day_of_hour)
		return fail_memory(err);
	if (make_days(tally, day_of_hour, err) < 0)
		return -1;
	count_distinct(tally);
	for (size_t i = 0; i < tally->visitors.n; i++) {
		const struct visitor *visitor = visitors_at(&tally->visitors, (uint32_t)i);
		const size_t n = visitors_count_stretches(&tally->visitors, visitor);

		if (stretches_reach(&stretches, n, err) < 0)
			return -1;
		visitors_list_stretches(&tally->visitors, visitor, stretches.all);
		if (n > 1)
			qsort_r(stretches.all, n, sizeof *stretches.all, compare_stretches, tally);
		count_visits(tally, stretches.all, n, day_of_hour);
		if (visitor->reads_robots_txt) {
			tally->robots_txt.hits += visitor->hits;
			tally->robots_txt.bytes += visitor->bytes;
		}
	}
	weigh_all(tally, tally_weight(tally));
	return 0;
}

/* Twice the standard error: that of the number of visitors, and of what is said of all by those that are known. */
double tally_error(const struct tally *tally)
{
	const bool is_sampled = tally->n_known < tally->n_visitors;
	const struct tally_table *addresses = &tally->tables[TALLY_ADDRESSES];

	if (!is_sampled && !addresses->missed && !addresses->missed_elsewhere)
		return 0;
	return 2 * sqrt(HYPERLOGLOG_ERROR * HYPERLOGLOG_ERROR + (is_sampled ? 1 / (double)(tally->n_known + 1) : 0));
}

int64_t tally_longest_gap_s(const struct tally *tally, int64_t *ret_from_s)
{
	int64_t longest = 0, last = INT64_MIN;

	*ret_from_s = 0;
	for (size_t i = 0; i < tally->n_hours; i++) {
		const struct tally_hour *hour = &tally->hours[tally->hour_order[i]];

		for (size_t k = 0; k < sizeof hour->seconds / sizeof *hour->seconds; k++) {
			for (uint64_t word = hour->seconds[k]; word; word &= word - 1) {
				const int64_t at = hour->from_s + (int64_t)k * 64 + __builtin_ctzll(word);

				if (last != INT64_MIN && at - last > longest) {
					longest = at - last;
					*ret_from_s = last;
				}
				last = at;
			}
		}
	}
	return longest;
}
