/* SPDX-License-Identifier: MIT */
/* period_test.c - windows as a calendar on the wall has them; worked out by hand from the rules of the zones */
#include "schedule/period.h"

#include "tap.h"

static int64_t at(const char *text)
{
	int64_t ms = 0;
	int offset_s;

	CHECK(rfc3339_parse(slice_of(text), &ms, &offset_s));
	return ms;
}

static void check_window(const struct window *got, const char *from, const char *to)
{
	CHECK_INT(got->from_ms, at(from));
	CHECK_INT(got->to_ms, at(to));
}

static void periods_have_their_windows(void)
{
	static const struct {
		const char *name, *zone, *now, *period, *from, *to;
	} rows[] = {
		{"yesterday", "Asia/Shanghai", "2026-11-10T08:00:04+08:00", "yesterday", "2026-11-09T00:00:00+08:00", "2026-11-10T00:00:00+08:00"},
		{"yesterday just after midnight", "Asia/Shanghai", "2026-11-10T00:00:00+08:00", "yesterday", "2026-11-09T00:00:00+08:00",
	         "2026-11-10T00:00:00+08:00"},
		{"yesterday in the zone, not in UTC", "Asia/Shanghai", "2026-11-09T23:30:00Z", "Yesterday", "2026-11-09T00:00:00+08:00",
	         "2026-11-10T00:00:00+08:00"},
		{"today ends now", "Asia/Shanghai", "2026-11-10T08:00:04+08:00", "today", "2026-11-10T00:00:00+08:00", "2026-11-10T08:00:04+08:00"},
		{"a day of 23 hours", "America/New_York", "2026-03-09T09:00:00-04:00", "yesterday", "2026-03-08T00:00:00-05:00",
	         "2026-03-09T00:00:00-04:00"},
		{"a day of 25 hours", "America/New_York", "2026-11-02T09:00:00-05:00", "yesterday", "2026-11-01T00:00:00-04:00",
	         "2026-11-02T00:00:00-05:00"},
		{"a day of 23.5 hours", "Australia/Lord_Howe", "2026-10-05T09:00:00+11:00", "yesterday", "2026-10-04T00:00:00+10:30",
	         "2026-10-05T00:00:00+11:00"},
		{"a day of 24.5 hours", "Australia/Lord_Howe", "2026-04-06T09:00:00+10:30", "yesterday", "2026-04-05T00:00:00+11:00",
	         "2026-04-06T00:00:00+10:30"},
		{"a day that begins at one", "America/Sao_Paulo", "2018-11-05T09:00:00-02:00", "yesterday", "2018-11-04T01:00:00-02:00",
	         "2018-11-05T00:00:00-02:00"},
		{"the day before one that begins at one", "America/Sao_Paulo", "2018-11-04T09:00:00-02:00", "yesterday", "2018-11-03T00:00:00-03:00",
	         "2018-11-04T01:00:00-02:00"},
		{"last hours end with the last whole one", "Asia/Shanghai", "2026-11-10T05:50:00+08:00", "last 24 h", "2026-11-09T05:00:00+08:00",
	         "2026-11-10T05:00:00+08:00"},
		{"last hours on the hour", "Asia/Shanghai", "2026-11-10T06:00:00+08:00", "last 2 hours", "2026-11-10T04:00:00+08:00",
	         "2026-11-10T06:00:00+08:00"},
		{"hours of a zone at a quarter", "Asia/Kathmandu", "2026-11-10T06:20:00+05:45", "last 1h", "2026-11-10T05:00:00+05:45",
	         "2026-11-10T06:00:00+05:45"},
		{"latest hours end with the last ten minutes", "Asia/Shanghai", "2026-11-10T05:52:10+08:00", "latest 24 h", "2026-11-09T05:50:00+08:00",
		 "2026-11-10T05:50:00+08:00"},
		{"ten minutes of a clock that is a quarter off", "Asia/Kathmandu", "2026-11-10T05:52:10+05:45", "latest 2 hours", "2026-11-10T03:50:00+05:45",
		 "2026-11-10T05:50:00+05:45"},
		{"24 hours over a change of clocks", "America/New_York", "2026-11-01T12:10:00-05:00", "last 24 h", "2026-10-31T13:00:00-04:00",
	         "2026-11-01T12:00:00-05:00"},
		{"last days end yesterday", "Asia/Shanghai", "2026-11-10T08:00:00+08:00", "last 7 d", "2026-11-03T00:00:00+08:00",
	         "2026-11-10T00:00:00+08:00"},
		{"last week from a Monday", "Asia/Shanghai", "2026-11-09T00:00:00+08:00", "last week", "2026-11-02T00:00:00+08:00",
	         "2026-11-09T00:00:00+08:00"},
		{"last week from a Sunday", "Asia/Shanghai", "2026-11-15T23:59:59+08:00", "last week", "2026-11-02T00:00:00+08:00",
	         "2026-11-09T00:00:00+08:00"},
		{"last month", "Asia/Shanghai", "2026-11-10T08:00:00+08:00", "last month", "2026-10-01T00:00:00+08:00", "2026-11-01T00:00:00+08:00"},
		{"last month in January", "Asia/Shanghai", "2026-01-10T08:00:00+08:00", "last month", "2025-12-01T00:00:00+08:00",
	         "2026-01-01T00:00:00+08:00"},
		{"last month with a change of clocks", "America/New_York", "2026-04-10T08:00:00-04:00", "last month", "2026-03-01T00:00:00-05:00",
	         "2026-04-01T00:00:00-04:00"},
		{"one date", "Asia/Shanghai", "2026-11-10T08:00:00+08:00", "2026-11-01", "2026-11-01T00:00:00+08:00", "2026-11-02T00:00:00+08:00"},
		{"two dates, the second included", "Asia/Shanghai", "2026-11-10T08:00:00+08:00", "2026-11-01 .. 2026-11-07", "2026-11-01T00:00:00+08:00",
	         "2026-11-08T00:00:00+08:00"},
		{"two times", "Asia/Shanghai", "2026-11-10T08:00:00+08:00", "2026-11-01T00:00:00Z..2026-11-01T01:30:00Z", "2026-11-01T00:00:00Z",
	         "2026-11-01T01:30:00Z"},
		{"the last day of February", "UTC", "2028-03-01T08:00:00Z", "2028-02-29", "2028-02-29T00:00:00Z", "2028-03-01T00:00:00Z"},
	};

	EACH (row, rows) {
		AUTO(zone) struct zone *zone = NULL;
		courant_error *err = NULL;
		struct period period;
		struct window window;

		tap_row(row->name);
		zone = zone_load(slice_of(row->zone), &err);
		CHECK_NO_ERROR(err);
		if (!zone || !CHECK_INT(period_parse(slice_of(row->period), &period, &err), 0)) {
			CHECK_NO_ERROR(err);
			continue;
		}
		period_window(&period, zone, at(row->now), &window);
		check_window(&window, row->from, row->to);
	}
}

static void what_is_no_period_is_refused(void)
{
	static const struct {
		const char *name, *period, *words;
	} rows[] = {
		{"a typing mistake", "yesterdya", "did you mean \"yesterday\""},
		{"another word", "fortnight", "known are today, yesterday"},
		{"nothing", "", "unknown period"},
		{"a day that is not in the calendar", "2026-02-29", "2026-02-29 is no date"},
		{"a month that is not", "2026-13-01..2026-13-02", "2026-13-01 is no date"},
		{"the end before the beginning", "2026-11-07..2026-11-01", "ends before it begins"},
		{"times the wrong way round", "2026-11-01T01:00:00Z..2026-11-01T00:00:00Z", "ends before it begins"},
		{"a date and a time", "2026-11-01..2026-11-02T00:00:00Z", "mixes a date and a time"},
		{"an open end", "2026-11-01..", "is no date"},
		{"a time without its offset", "2026-11-01T00:00:00..2026-11-02T00:00:00", "is no date"},
		{"no hours", "last 0 h", "from 1 to 8784 hours"},
		{"too many hours", "last 99999999999999999999 h", "from 1 to 8784 hours"},
		{"an unknown unit", "last 3 moons", "h or d"},
	};

	EACH (row, rows) {
		courant_error *err = NULL;
		struct period period;

		tap_row(row->name);
		CHECK_INT(period_parse(slice_of(row->period), &period, &err), -1);
		CHECK_ERROR(err, COURANT_CONFIG, row->words);
	}
}

static void windows_are_compared_with_earlier_ones(void)
{
	static const struct {
		const char *name, *zone, *compare, *from, *to, *former_from, *former_to;
	} rows[] = {
		{"a day with a week before", "Asia/Shanghai", "same day last week", "2026-11-09T00:00:00+08:00", "2026-11-10T00:00:00+08:00",
	         "2026-11-02T00:00:00+08:00", "2026-11-03T00:00:00+08:00"},
		{"a day with the day before", "Asia/Shanghai", "previous", "2026-11-09T00:00:00+08:00", "2026-11-10T00:00:00+08:00",
	         "2026-11-08T00:00:00+08:00", "2026-11-09T00:00:00+08:00"},
		{"part of today with the same part of yesterday", "Asia/Shanghai", "previous", "2026-11-09T00:00:00+08:00", "2026-11-09T10:30:00+08:00",
	         "2026-11-08T00:00:00+08:00", "2026-11-08T10:30:00+08:00"},
		{"ten days take two weeks", "Asia/Shanghai", "same day last week", "2026-11-01T00:00:00+08:00", "2026-11-11T00:00:00+08:00",
	         "2026-10-18T00:00:00+08:00", "2026-10-28T00:00:00+08:00"},
		{"hours with those just before", "Asia/Shanghai", "previous", "2026-11-09T05:00:00+08:00", "2026-11-10T05:00:00+08:00",
	         "2026-11-08T05:00:00+08:00", "2026-11-09T05:00:00+08:00"},
		{"a day of 24 hours with one of 25", "America/New_York", "previous", "2026-11-02T00:00:00-05:00", "2026-11-03T00:00:00-05:00",
	         "2026-11-01T00:00:00-04:00", "2026-11-02T00:00:00-05:00"},
		{"a day of 23 hours with one of 24", "America/New_York", "same day last week", "2026-03-08T00:00:00-05:00", "2026-03-09T00:00:00-04:00",
	         "2026-03-01T00:00:00-05:00", "2026-03-02T00:00:00-05:00"},
		{"the same time of day over a change of clocks", "America/New_York", "same day last week", "2026-03-10T05:00:00-04:00",
	         "2026-03-11T05:00:00-04:00", "2026-03-03T05:00:00-05:00", "2026-03-04T05:00:00-05:00"},
		{"a day with one that begins at one", "America/Sao_Paulo", "same day last week", "2018-11-11T00:00:00-02:00",
	         "2018-11-12T00:00:00-02:00", "2018-11-04T01:00:00-02:00", "2018-11-05T00:00:00-02:00"},
	};

	EACH (row, rows) {
		AUTO(zone) struct zone *zone = NULL;
		courant_error *err = NULL;
		enum compare_kind compare = COMPARE_OFF;
		struct window former = {0, 0};

		tap_row(row->name);
		const struct window window = {at(row->from), at(row->to)};
		zone = zone_load(slice_of(row->zone), &err);
		CHECK_INT(compare_parse(slice_of(row->compare), &compare, &err), 0);
		CHECK_NO_ERROR(err);
		if (zone && CHECK(compare_window(compare, &window, zone, &former)))
			check_window(&former, row->former_from, row->former_to);
	}
}

static void some_windows_have_nothing_to_compare_with(void)
{
	const struct window unlimited = {INT64_MIN, INT64_MAX}, empty = {5, 5}, day = {0, MS_PER_DAY};
	AUTO(zone) struct zone *zone = zone_load(SLICE("UTC"), NULL);
	courant_error *err = NULL;
	enum compare_kind compare;
	struct window former;

	CHECK(!compare_window(COMPARE_PREVIOUS, &unlimited, zone, &former));
	CHECK(!compare_window(COMPARE_SAME_DAY_LAST_WEEK, &empty, zone, &former));
	CHECK(!compare_window(COMPARE_OFF, &day, zone, &former));
	CHECK_INT(compare_parse(SLICE("same day last weak"), &compare, &err), -1);
	CHECK_ERROR(err, COURANT_CONFIG, "did you mean \"same day last week\"");
}

static void windows_know_their_days(void)
{
	AUTO(zone) struct zone *zone = zone_load(SLICE("America/New_York"), NULL);
	const struct window autumn = {at("2026-10-31T00:00:00-04:00"), at("2026-11-03T00:00:00-05:00")};
	const struct window night = {at("2026-10-31T23:00:00-04:00"), at("2026-11-01T01:00:00-04:00")};
	const struct window unlimited = {INT64_MIN, INT64_MAX};

	CHECK_INT(window_days(&autumn, zone), 3);
	CHECK(window_is_whole_days(&autumn, zone));
	CHECK_INT(window_days(&night, zone), 2);
	CHECK(!window_is_whole_days(&night, zone));
	CHECK_INT(window_days(&unlimited, zone), 0);
	CHECK(!window_is_whole_days(&unlimited, zone));
}

TESTS(TEST(periods_have_their_windows), TEST(what_is_no_period_is_refused), TEST(windows_are_compared_with_earlier_ones),
      TEST(some_windows_have_nothing_to_compare_with), TEST(windows_know_their_days))
