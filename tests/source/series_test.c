/* SPDX-License-Identifier: MIT */
#include "source/series.h"

#include <math.h>

#include "tap.h"

#define MINUTE MS_PER_MINUTE
#define BEGIN  INT64_C(1794182400000) /* 2026-11-09 00:00 UTC */

static const struct series_column columns[] = {{"sent", TABLE_BYTE_RATE, NULL}, {"hits", TABLE_COUNT, NULL}};

/* A row a minute with these values in both columns; NAN: a row that is unknown; -1: no row at all. */
static void fill(struct series *series, int64_t step_ms, const double *values, size_t n)
{
	CHECK(series_init(series, columns, 2, step_ms, NULL) == 0);
	for (size_t i = 0; i < n; i++) {
		if (values[i] == -1)
			continue;

		const size_t row = series_add_row(series, BEGIN + (int64_t)i * MINUTE, NULL);

		series_row(series, row)[0] = values[i] * 1.5;
		series_row(series, row)[1] = values[i];
	}
}

static struct table *take(const struct series *series, int64_t from_min, int64_t to_min, const struct source_request *request)
{
	AUTO(zone) struct zone *utc = zone_new_fixed(0, NULL);
	const struct source_window window = {from_min == INT64_MIN ? INT64_MIN : BEGIN + from_min * MINUTE,
					     to_min == INT64_MAX ? INT64_MAX : BEGIN + to_min * MINUTE};

	return series_take(series, &(struct table_head){.name = "t", .source = "x"}, &window, request, utc, NULL);
}

/* "0:1.5 1:- …": minute and rate of each row. */
static void show(const struct table *table, struct buffer *out)
{
	for (size_t row = 0; row < table_rows(table); row++) {
		const struct table_cell time = table_cell_at(table, row, 0), sent = table_cell_at(table, row, 1);

		buffer_printf(out, "%s%d:", row ? " " : "", (int)((time.time_ms - BEGIN) / MINUTE));
		if (sent.is_known)
			buffer_printf(out, "%g", sent.number);
		else
			buffer_append_byte(out, '-');
	}
}

static const struct {
	const char *name;
	int64_t from_min, to_min;
	struct source_request request;
	const char *rows;
} takings[] = {
	{"all of it", INT64_MIN, INT64_MAX, {.top = 0}, "0:3 1:6 2:- 3:- 4:- 5:12 6:15 7:18"},
	{"a window", 1, 6, {.top = 0}, "1:6 2:- 3:- 4:- 5:12"},
	{"a window that begins before and ends behind", -2, 10, {.top = 0}, "-2:- -1:- 0:3 1:6 2:- 3:- 4:- 5:12 6:15 7:18 8:- 9:-"},
	{"a window before everything", -3, -1, {.top = 0}, "-3:- -2:-"},
	{"rows of two minutes", 0, 8, {.step_ms = 2 * MINUTE}, "0:4.5 2:- 4:12 6:16.5"},
	{"at most two rows", 0, 8, {.max_rows = 2}, "0:- 5:15"},
	{"at most eight rows", 0, 8, {.max_rows = 8}, "0:3 1:6 2:- 3:- 4:- 5:12 6:15 7:18"},
	{"a window that cuts joined rows", 1, 7, {.step_ms = 2 * MINUTE}, "0:6 2:- 4:12 6:15"},
};

static void windows_are_taken(void)
{
	static const double values[] = {2, 4, NAN, -1, NAN, 8, 10, 12};
	AUTO(series) struct series series = {0};

	fill(&series, MINUTE, values, 8);
	EACH (row, takings) {
		AUTO(table) struct table *table = take(&series, row->from_min, row->to_min, &row->request);
		AUTO(buffer) struct buffer out = BUFFER_LIMIT(4096);

		tap_row(row->name);
		show(table, &out);
		CHECK_TEXT(out.bytes, row->rows);
	}
}

/* Of the ten minutes from -1 to 9, eight are in the series, five of them known. */
static void the_head_vouches(void)
{
	static const double values[] = {2, 4, NAN, -1, NAN, 8, 10, 12};
	AUTO(series) struct series series = {0};

	fill(&series, MINUTE, values, 8);
	CHECK(series_make_resets(&series, NULL) == 0);
	series.is_reset[2] = true;

	AUTO(table) struct table *table = take(&series, -1, 9, &(struct source_request){.step_ms = 5 * MINUTE});
	const struct table_head *head = table_head(table);

	CHECK_TEXT(head->name, "t");
	CHECK_TEXT(head->zone, "UTC");
	CHECK_INT(head->from_ms, BEGIN - MINUTE);
	CHECK_INT(head->to_ms, BEGIN + 9 * MINUTE);
	CHECK_INT(head->step_ms, 5 * MINUTE);
	CHECK_INT(head->first_ms, BEGIN);
	CHECK_INT(head->last_ms, BEGIN + 8 * MINUTE);
	CHECK_INT(head->rows_unknown, 5);
	CHECK_INT(head->resets, 1);
	CHECK_NEAR(head->coverage, 0.5, 1e-9);
}

static void averages_need_half_and_sums_need_all(void)
{
	static const double values[] = {1, NAN, 2, 3, NAN, NAN, 4, NAN};
	static const double sent[] = {1.5, 3.75, NAN, 6};
	static const double hits[] = {NAN, 5, NAN, NAN};
	AUTO(series) struct series series = {0};

	fill(&series, MINUTE, values, 8);

	AUTO(table) struct table *table = take(&series, 0, 8, &(struct source_request){.step_ms = 2 * MINUTE});

	for (size_t row = 0; row < 4; row++) {
		const struct table_cell rate = table_get(table, row, "sent"), count = table_get(table, row, "hits");

		CHECK(rate.is_known == !isnan(sent[row]) && (!rate.is_known || rate.number == sent[row]));
		CHECK(count.is_known == !isnan(hits[row]) && (!count.is_known || count.count == (uint64_t)hits[row]));
	}
}

static void bands_are_of_the_samples(void)
{
	static const double values[] = {1, 5, 2, 3, NAN, NAN};
	AUTO(series) struct series series = {0};

	fill(&series, MINUTE, values, 6);

	AUTO(table) struct table *table = take(&series, 0, 6, &(struct source_request){.step_ms = 2 * MINUTE, .wants_bands = true});

	CHECK_INT(table_columns(table), 7);
	CHECK_NEAR(table_get(table, 0, "sent_min").number, 1.5, 1e-9);
	CHECK_NEAR(table_get(table, 0, "sent").number, 4.5, 1e-9);
	CHECK_NEAR(table_get(table, 0, "sent_max").number, 7.5, 1e-9);
	CHECK(!table_get(table, 2, "sent_min").is_known);
	CHECK_INT(table_column(table, 2)->type, TABLE_BYTE_RATE);
}

static void consolidated_bands_are_kept(void)
{
	static const double values[] = {1, 5};
	AUTO(series) struct series series = {0};

	fill(&series, MINUTE, values, 2);
	CHECK(series_make_bands(&series, NULL) == 0);
	for (size_t i = 0; i < 4; i++) {
		series.least[i] = series.values[i] - 1;
		series.greatest[i] = series.values[i] + 10;
	}

	AUTO(table) struct table *table = take(&series, 0, 2, &(struct source_request){.step_ms = 2 * MINUTE, .wants_bands = true});

	CHECK_NEAR(table_get(table, 0, "sent_min").number, 0.5, 1e-9);
	CHECK_NEAR(table_get(table, 0, "sent_max").number, 17.5, 1e-9);
}

static void ratios_are_of_joined_rows(void)
{
	static const double values[] = {1, 3};
	AUTO(series) struct series series = {0};

	fill(&series, MINUTE, values, 2);
	series_row(&series, 0)[0] = 100;
	series_row(&series, 1)[0] = 300;
	CHECK(series_add_ratio(&series, "hit_ratio", 1, 0, NULL) == 0);

	AUTO(table) struct table *table = take(&series, 0, 2, &(struct source_request){.step_ms = 2 * MINUTE});

	/* The rates are 200 and (as a sum) 4: 1 - 4 / 200. */
	CHECK_NEAR(table_get(table, 0, "hit_ratio").number, 0.98, 1e-9);
	series_row(&series, 0)[0] = series_row(&series, 1)[0] = 0;

	AUTO(table) struct table *nothing = take(&series, 0, 2, &(struct source_request){.top = 0});

	CHECK(!table_get(nothing, 0, "hit_ratio").is_known);
}

static void an_empty_series_is_unknown_rows(void)
{
	AUTO(series) struct series series = {0};

	CHECK(series_init(&series, columns, 2, MINUTE, NULL) == 0);

	AUTO(table) struct table *table = take(&series, 0, 3, &(struct source_request){.top = 0});
	AUTO(table) struct table *all = take(&series, INT64_MIN, INT64_MAX, &(struct source_request){.top = 0});

	CHECK_INT(table_rows(table), 3);
	CHECK_INT(table_head(table)->rows_unknown, 3);
	CHECK_NEAR(table_head(table)->coverage, 0, 1e-12);
	CHECK_INT(table_rows(all), 0);
}

static void an_endless_window_is_refused(void)
{
	AUTO(series) struct series series = {0};
	AUTO(zone) struct zone *utc = zone_new_fixed(0, NULL);
	courant_error *err = NULL;

	CHECK(series_init(&series, columns, 2, 1000, NULL) == 0);
	CHECK(!series_take(&series, &(struct table_head){.name = "t"}, &(struct source_window){0, BEGIN}, &(struct source_request){.top = 0}, utc, &err));
	CHECK_ERROR(err, COURANT_TOO_LARGE, "the window holds more than");
}

/* Minutes of samples, and the step in seconds that is found. */
static const struct {
	const char *name;
	double minutes[6];
	int step_s;
} steps[] = {
	{"every minute", {0, 1, 2, 3, 4, 5}, 60},
	{"with gaps", {0, 1, 2, 5, 6, 9}, 60},
	{"a timer that is late by some seconds", {0.01, 1.02, 2.03, 3.01, 4.2, 5.02}, 60},
	{"every seven minutes", {0, 7, 14, 28, 35, 42}, 420},
	{"now and then", {0, 1, 2.5, 3, 5.7, 9}, 0},
	{"two at the same time", {0, 0, 1, 2, 3, 4}, 0},
};

static void steps_are_found(void)
{
	EACH (row, steps) {
		AUTO(series) struct series series = {0};

		tap_row(row->name);
		CHECK(series_init(&series, columns, 2, 0, NULL) == 0);
		for (size_t i = 0; i < 6; i++)
			(void)series_add_row(&series, BEGIN + (int64_t)(row->minutes[i] * MINUTE), NULL);
		series_find_step(&series);
		CHECK_INT(series.step_ms / 1000, row->step_s);
		CHECK(!row->step_s || series.times_ms[5] % MINUTE == 0);
	}
}

static void days_of_23_and_25_hours_are_days(void)
{
	AUTO(zone) struct zone *berlin = zone_load(SLICE("Europe/Berlin"), NULL);
	AUTO(series) struct series series = {0};
	int64_t day = INT64_C(1792620000000); /* 2026-10-22 00:00 +02:00; clocks go back on the 25th */

	CHECK(series_init(&series, columns, 2, 0, NULL) == 0);
	for (unsigned i = 0; i < 6; i++, day = zone_day_add(berlin, day, 1))
		if (i != 4)
			series_row(&series, series_add_row(&series, day, NULL))[0] = i;
	series_find_step(&series);
	CHECK_INT(series.step_ms, MS_PER_DAY);

	AUTO(table) struct table *table = series_take(&series, &(struct table_head){.name = "t"}, &(struct source_window){INT64_MIN, INT64_MAX},
						      &(struct source_request){.top = 0}, berlin, NULL);

	CHECK_INT(table_rows(table), 6);
	CHECK(!table_get(table, 4, "sent").is_known);
	CHECK(table_get(table, 5, "sent").number == 5);
}

static void irregular_rows_stay_or_become_regular(void)
{
	static const double minutes[] = {0, 0.4, 3, 3.1, 5.9, 8};
	AUTO(series) struct series series = {0};

	CHECK(series_init(&series, columns, 2, 0, NULL) == 0);
	for (size_t i = 0; i < 6; i++)
		series_row(&series, series_add_row(&series, BEGIN + (int64_t)(minutes[i] * MINUTE), NULL))[0] = minutes[i];
	series_find_step(&series);

	AUTO(table) struct table *plain = take(&series, 0, 9, &(struct source_request){.max_rows = 6});
	AUTO(table) struct table *joined = take(&series, 0, 9, &(struct source_request){.max_rows = 5});
	AUTO(buffer) struct buffer out = BUFFER_LIMIT(4096);

	CHECK_INT(table_head(plain)->step_ms, 0);
	CHECK_INT(table_rows(plain), 6);
	CHECK_INT(table_head(joined)->step_ms, 2 * MINUTE);
	show(joined, &out);
	CHECK_TEXT(out.bytes, "0:0.2 2:3.05 4:5.9 6:- 8:8");
}

static void rows_are_sorted_by_time(void)
{
	AUTO(series) struct series series = {0};

	CHECK(series_init(&series, columns, 2, 0, NULL) == 0);
	for (int i = 9; i >= 0; i--)
		series_row(&series, series_add_row(&series, BEGIN + i * MINUTE, NULL))[1] = i;
	CHECK(series_sort(&series, NULL) == 0);
	for (size_t i = 0; i < 10; i++) {
		CHECK_INT(series.times_ms[i], BEGIN + (int64_t)i * MINUTE);
		CHECK(series_row(&series, i)[1] == (double)i);
	}
}

TESTS(TEST(windows_are_taken), TEST(the_head_vouches), TEST(averages_need_half_and_sums_need_all), TEST(bands_are_of_the_samples),
      TEST(consolidated_bands_are_kept), TEST(ratios_are_of_joined_rows), TEST(an_empty_series_is_unknown_rows), TEST(an_endless_window_is_refused),
      TEST(steps_are_found), TEST(days_of_23_and_25_hours_are_days), TEST(irregular_rows_stay_or_become_regular), TEST(rows_are_sorted_by_time))
