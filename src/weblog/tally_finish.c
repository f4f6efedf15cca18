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

static int compare_records(const void *left, const void *right, void *context)
{
	const struct tally *tally = context;
	const int64_t a = tally->hours[((const struct visit_record *)left)->hour].from_s;
	const int64_t b = tally->hours[((const struct visit_record *)right)->hour].from_s;

	return (a > b) - (a < b);
}

/* Joins records of the same hour; they are in the order of time. */
static size_t join_records(struct visit_record *records, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		if (kept && records[kept - 1].hour == records[i].hour)
			visit_intervals_join(&records[kept - 1].intervals, &records[i].intervals);
		else
			records[kept++] = records[i];
	}
	return kept;
}

static void count_visits(struct tally *tally, const struct visit_record *records, size_t n, const size_t *day_of_hour)
{
	int64_t last_s = INT64_MIN / 2;
	size_t last_day = SIZE_MAX;

	for (size_t i = 0; i < n; i++) {
		struct tally_hour *hour = &tally->hours[records[i].hour];
		const size_t day = day_of_hour[records[i].hour];
		const struct visit_intervals *at = &records[i].intervals;

		hour->visitors++;
		tally->days[day].visitors += day != last_day;
		last_day = day;
		for (int k = 0; k < 2 && at->first[k] != VISIT_UNUSED; k++) {
			if (hour->from_s + at->first[k] - last_s > VISIT_GAP_S) {
				tally->visits++;
				hour->visits++;
				tally->days[day].visits++;
			}
			last_s = hour->from_s + at->last[k];
		}
	}
}

/* Room for the records of one visitor. */
struct records {
	struct visit_record *all;
	size_t space;
};

static void records_release(struct records *records)
{
	free(records->all);
}
AUTO_DEFINE_VALUE(records, struct records, records_release)

static int records_reach(struct records *records, size_t n, courant_error **err)
{
	if (n <= records->space)
		return 0;

	struct visit_record *grown = mem_resize(records->all, 2 * n, sizeof *grown);

	if (!grown)
		return fail_memory(err);
	records->all = grown;
	records->space = 2 * n;
	return 0;
}

/* ---- estimates ---- */

static void count_distinct(struct tally *tally)
{
	const struct tally_table *addresses = &tally->tables[TALLY_ADDRESSES];
	const bool is_cut = addresses->missed || addresses->missed_elsewhere;

	tally->n_addresses = is_cut ? (uint64_t)(hyperloglog_estimate(&tally->bound.addresses) + 0.5) : addresses->keys.n;
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
	AUTO(records) struct records records = {0};

	if (!day_of_hour)
		return fail_memory(err);
	if (make_days(tally, day_of_hour, err) < 0)
		return -1;
	count_distinct(tally);
	for (size_t i = 0; i < tally->visitors.n; i++) {
		const struct visitor *visitor = visitors_at(&tally->visitors, (uint32_t)i);
		const size_t n = visitors_count_hours(&tally->visitors, visitor);

		if (records_reach(&records, n, err) < 0)
			return -1;
		visitors_list_hours(&tally->visitors, visitor, records.all);
		if (n > 1)
			qsort_r(records.all, n, sizeof *records.all, compare_records, tally);
		count_visits(tally, records.all, join_records(records.all, n), day_of_hour);
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
