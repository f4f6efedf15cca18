/* SPDX-License-Identifier: MIT */
/* coverage_test.c - which silences are missing log, and which are nights
 *
 * A day from midnight to midnight in hours; the strings give the hits of each hour: a digit is so many hundred, a dot none. */
#include "report/figures.h"

#include "tap.h"

#define BEGIN INT64_C(1794153600000) /* 2026-11-09T00:00:00+08:00 */
#define WEEK  (7 * MS_PER_DAY)

/* The first and last hit, and the longest silence, of a day written as a string. */
static void read_day(const char *day, int64_t begin_ms, struct side *side, uint64_t hits[24])
{
	int64_t last_ms = INT64_MIN;

	*side = (struct side){.hits = 0};
	for (int hour = 0; hour < 24; hour++) {
		hits[hour] = day[hour] == '.' ? 0 : (uint64_t)(day[hour] - '0') * 100;
		if (hits[hour] == 0)
			continue;
		const int64_t from_ms = begin_ms + hour * MS_PER_HOUR;
		if (side->hits == 0)
			side->first_ms = from_ms;
		else if (from_ms - last_ms > side->gap_ms) {
			side->gap_from_ms = last_ms;
			side->gap_ms = from_ms - last_ms;
		}
		side->hits += hits[hour];
		side->last_ms = last_ms = from_ms + MS_PER_HOUR - 1000;
	}
}

enum input { INPUT_IS_THE_DAY, INPUT_IS_LONGER };

static const struct {
	const char *name, *now, *former; /* former NULL: no comparison is asked for */
	enum input input;
	bool is_incomplete, has_comparison;
	int missing_from, missing_to; /* hours */
} rows[] = {
        {"a full day beside a full one", "111122334455555555443322", "111122334455555555443322",
         INPUT_IS_LONGER, false, true, 0, 0},
        {"a full day alone", "111122334455555555443322", NULL, INPUT_IS_THE_DAY, false, false, 0,
         0},
        {"two hours missing at noon", "111122334455..5555443322", "111122334455555555443322",
         INPUT_IS_LONGER, true, false, 12, 14},
        {"a night that was quiet last week too", ".......34455555555443...",
         ".......34455555555443...", INPUT_IS_LONGER, false, true, 0, 0},
        {"a night without a comparison, in a longer log", ".......34455555555443...", NULL,
         INPUT_IS_LONGER, false, false, 0, 0},
        {"a slow morning where the log begins", ".......12455555555443322", NULL, INPUT_IS_THE_DAY,
         false, false, 0, 0},
        {"a log that begins at noon at full speed", "............555555443322", NULL,
         INPUT_IS_THE_DAY, true, false, 0, 12},
        {"a log that ends at noon at full speed", "111122334455............", NULL,
         INPUT_IS_THE_DAY, true, false, 12, 24},
        {"the beginning missing, last week whole", "............555555443322",
         "111122334455555555443322", INPUT_IS_LONGER, true, false, 0, 12},
        {"last week begins in the evening", "111122334455555555443322", "..................443322",
         INPUT_IS_LONGER, false, false, 0, 0},
        {"last week has a gap", "111122334455555555443322", "1111223344..555555443322",
         INPUT_IS_LONGER, false, false, 0, 0},
        {"nothing last week", "111122334455555555443322", "........................",
         INPUT_IS_LONGER, false, false, 0, 0},
        {"nothing at all", "........................", "111122334455555555443322", INPUT_IS_LONGER,
         false, false, 0, 0},
};

static void silences_are_judged(void)
{
	AUTO(zone) struct zone *zone = zone_load(SLICE("Asia/Shanghai"), NULL);

	EACH (row, rows) {
		struct slot slots[24] = {{0}};
		struct figures figures = {
		        .window = {BEGIN, BEGIN + MS_PER_DAY},
		        .former_window = {BEGIN - WEEK, BEGIN - WEEK + MS_PER_DAY},
		        .wants_comparison = row->former != NULL,
		        .slots = slots,
		        .n_slots = 24,
		        .now_ms = BEGIN + 2 * MS_PER_DAY};
		uint64_t now[24], former[24] = {0};

		tap_row(row->name);
		read_day(row->now, BEGIN, &figures.now, now);
		if (row->former)
			read_day(row->former, BEGIN - WEEK, &figures.former, former);
		for (int i = 0; i < 24; i++)
			slots[i] = (struct slot){.from_ms = BEGIN + i * MS_PER_HOUR,
			                         .to_ms = BEGIN + (i + 1) * MS_PER_HOUR,
			                         .hits = now[i],
			                         .former_hits = former[i]};
		figures.all_first_ms =
		        row->input == INPUT_IS_THE_DAY ? figures.now.first_ms : BEGIN - 2 * WEEK;
		figures.all_last_ms =
		        row->input == INPUT_IS_THE_DAY ? figures.now.last_ms : BEGIN + WEEK;
		figures_judge_coverage(&figures, zone);
		CHECK_INT(figures.is_incomplete, row->is_incomplete);
		CHECK_INT(figures.has_comparison, row->has_comparison);
		if (figures.is_incomplete) {
			CHECK_NEAR((double)(figures.missing.from_ms - BEGIN),
			           (double)(row->missing_from * MS_PER_HOUR), 1000);
			CHECK_NEAR((double)(figures.missing.to_ms - BEGIN),
			           (double)(row->missing_to * MS_PER_HOUR), 1000);
		}
	}
}

/* Every second of both days has a hit: the hour that one of them has more is no silence of the other. */
static void days_of_other_lengths_are_compared(void)
{
	static const struct {
		const char *name, *from, *to, *former_from, *former_to;
	} rows_of_lengths[] = {
	        {"25 hours beside 24", "2026-11-01T00:00:00-04:00", "2026-11-02T00:00:00-05:00",
	         "2026-10-25T00:00:00-04:00", "2026-10-26T00:00:00-04:00"},
	        {"24 hours beside 25", "2026-11-08T00:00:00-05:00", "2026-11-09T00:00:00-05:00",
	         "2026-11-01T00:00:00-04:00", "2026-11-02T00:00:00-05:00"},
	        {"23 hours beside 24", "2026-03-08T00:00:00-05:00", "2026-03-09T00:00:00-04:00",
	         "2026-03-01T00:00:00-05:00", "2026-03-02T00:00:00-05:00"},
	        {"24 hours beside 23", "2026-03-15T00:00:00-04:00", "2026-03-16T00:00:00-04:00",
	         "2026-03-08T00:00:00-05:00", "2026-03-09T00:00:00-04:00"},
	};
	AUTO(zone) struct zone *zone = zone_load(SLICE("America/New_York"), NULL);
	int offset_s;

	EACH (row, rows_of_lengths) {
		AUTO(figures) struct figures figures = {.wants_comparison = true};

		tap_row(row->name);
		CHECK(rfc3339_parse(slice_of(row->from), &figures.window.from_ms, &offset_s));
		CHECK(rfc3339_parse(slice_of(row->to), &figures.window.to_ms, &offset_s));
		CHECK(rfc3339_parse(slice_of(row->former_from), &figures.former_window.from_ms,
		                    &offset_s));
		CHECK(rfc3339_parse(slice_of(row->former_to), &figures.former_window.to_ms,
		                    &offset_s));
		CHECK_INT(figures_cut(&figures, zone, NULL), 0);
		for (size_t i = 0; i < figures.n_slots; i++) {
			figures.slots[i].hits = figures.slots[i].former_hits = 3600;
			figures.now.hits += 3600;
			figures.former.hits += 3600;
		}
		figures.now.first_ms = figures.window.from_ms;
		figures.now.last_ms = figures.window.to_ms - 1000;
		figures.former.first_ms = figures.former_window.from_ms;
		figures.former.last_ms = figures.former_window.to_ms - 1000;
		figures.now_ms = figures.window.to_ms + MS_PER_HOUR;
		figures_judge_coverage(&figures, zone);
		CHECK(figures.has_comparison);
		CHECK(!figures.is_incomplete);
	}
}

static void a_window_is_cut_into_local_hours(void)
{
	static const struct {
		const char *name, *zone, *from, *to;
		size_t n;
	} windows[] = {
	        {"a day", "Asia/Shanghai", "2026-11-09T00:00:00+08:00", "2026-11-10T00:00:00+08:00",
	         24},
	        {"a day of 23 hours", "America/New_York", "2026-03-08T00:00:00-05:00",
	         "2026-03-09T00:00:00-04:00", 23},
	        {"a day of 25 hours", "America/New_York", "2026-11-01T00:00:00-04:00",
	         "2026-11-02T00:00:00-05:00", 25},
	        {"a part of a day", "Asia/Shanghai", "2026-11-09T10:20:00+08:00",
	         "2026-11-09T12:05:00+08:00", 3},
	        {"forty days, as days", "America/New_York", "2026-02-20T00:00:00-05:00",
	         "2026-04-01T00:00:00-04:00", 40},
	};

	EACH (row, windows) {
		AUTO(zone) struct zone *zone = zone_load(slice_of(row->zone), NULL);
		AUTO(figures) struct figures figures = {.n_slots = 0};
		int offset_s;

		tap_row(row->name);
		CHECK(rfc3339_parse(slice_of(row->from), &figures.window.from_ms, &offset_s));
		CHECK(rfc3339_parse(slice_of(row->to), &figures.window.to_ms, &offset_s));
		CHECK_INT(figures_cut(&figures, zone, NULL), 0);
		CHECK_INT(figures.n_slots, row->n);
		if (!figures.n_slots)
			continue;
		CHECK_INT(figures.slots[0].from_ms, figures.window.from_ms);
		CHECK_INT(figures.slots[figures.n_slots - 1].to_ms, figures.window.to_ms);
		for (size_t i = 1; i < figures.n_slots; i++)
			CHECK_INT(figures.slots[i].from_ms, figures.slots[i - 1].to_ms);
	}
}

TESTS(TEST(silences_are_judged), TEST(days_of_other_lengths_are_compared), TEST(a_window_is_cut_into_local_hours))
