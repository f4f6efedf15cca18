/* SPDX-License-Identifier: MIT */
/* clock_test.c - the calendar, as counted by hand and by GNU date, and RFC 3339 */
#include "base/clock.h"

#include "tap.h"

static void days_are_counted_from_1970(void)
{
	static const struct {
		const char *name;
		int year, month, day;
		int64_t days;
		int weekday;
	} rows[] = {
		{"the first day", 1970, 1, 1, 0, 4},
		{"the day before", 1969, 12, 31, -1, 3},
		{"a leap day", 2000, 2, 29, 11016, 2},
		{"the day after it", 2000, 3, 1, 11017, 3},
		{"1900 had no leap day", 1900, 3, 1, -25508, 4},
		{"2100 will have none", 2100, 3, 1, 47541, 1},
		{"a Monday of 2026", 2026, 11, 9, 20766, 1},
		{"the first day of all", 1, 1, 1, -719162, 1},
		{"the last day of all", 9999, 12, 31, 2932896, 5},
	};

	EACH (row, rows) {
		struct civil civil;

		tap_row(row->name);
		CHECK_INT(civil_to_days(row->year, row->month, row->day), row->days);
		civil_from_days(row->days, &civil);
		CHECK_INT(civil.year, row->year);
		CHECK_INT(civil.month, row->month);
		CHECK_INT(civil.day, row->day);
		CHECK_INT(civil.weekday, row->weekday);
		CHECK_INT(civil.hour + civil.minute + civil.second + civil.millisecond, 0);
	}
}

static void each_day_follows_the_one_before(void)
{
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int64_t days = civil_to_days(1, 1, 1);
	unsigned wrong = 0;

	for (int year = 1; year <= 9999; year++) {
		const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

		for (int month = 1; month <= 12; month++) {
			const int length = lengths[month - 1] + (leap && month == 2);
			struct civil first, last;

			civil_from_days(days, &first);
			civil_from_days(days + length - 1, &last);
			wrong += first.year != year || first.month != month || first.day != 1 || last.year != year ||
				 last.month != month || last.day != length || civil_to_days(year, month, 1) != days ||
				 civil_days_in_month(year, month) != length;
			days += length;
		}
	}
	CHECK_INT(wrong, 0);
	CHECK_INT(days, 2932897);
}

static void months_outside_the_year_are_carried(void)
{
	CHECK_INT(civil_to_days(2026, 13, 1), civil_to_days(2027, 1, 1));
	CHECK_INT(civil_to_days(2026, 0, 31), civil_to_days(2025, 12, 31));
	CHECK_INT(civil_to_days(2026, -11, 1), civil_to_days(2025, 1, 1));
	CHECK_INT(civil_to_days(2026, 1, 32), civil_to_days(2026, 2, 1));
}

static void what_does_not_exist_is_not_valid(void)
{
	static const struct {
		const char *name;
		struct civil civil;
		bool valid;
	} rows[] = {
		{"a leap day", {.year = 2024, .month = 2, .day = 29}, true},
		{"no leap day", {.year = 2025, .month = 2, .day = 29}, false},
		{"31 April", {.year = 2025, .month = 4, .day = 31}, false},
		{"day 0", {.year = 2025, .month = 4}, false},
		{"month 13", {.year = 2025, .month = 13, .day = 1}, false},
		{"year 0", {.year = 0, .month = 1, .day = 1}, false},
		{"year 10000", {.year = 10000, .month = 1, .day = 1}, false},
		{"the last second", {.year = 2025, .month = 1, .day = 1, .hour = 23, .minute = 59, .second = 59}, true},
		{"24 o'clock", {.year = 2025, .month = 1, .day = 1, .hour = 24}, false},
		{"second 60", {.year = 2025, .month = 1, .day = 1, .second = 60}, false},
		{"a negative minute", {.year = 2025, .month = 1, .day = 1, .minute = -1}, false},
	};

	EACH (row, rows) {
		tap_row(row->name);
		CHECK_INT(civil_is_valid(&row->civil), row->valid);
	}
}

/* From ISO 8601's rules and `date +%G-%V`. */
static void weeks_are_those_of_iso_8601(void)
{
	static const struct {
		int year, month, day, week_year, week;
	} rows[] = {
		{2026, 11, 9, 2026, 46}, {2026, 1, 1, 2026, 1},    {2025, 12, 29, 2026, 1},  {2025, 12, 28, 2025, 52},
		{2027, 1, 1, 2026, 53},  {2027, 1, 3, 2026, 53},   {2027, 1, 4, 2027, 1},    {2021, 1, 3, 2020, 53},
		{2023, 1, 1, 2022, 52},  {1969, 12, 31, 1970, 1},  {1960, 1, 3, 1959, 53},   {2024, 12, 31, 2025, 1},
	};

	EACH (row, rows) {
		const struct civil civil = {.year = row->year, .month = row->month, .day = row->day};
		int year = 0;

		CHECK_INT(civil_iso_week(&civil, &year), row->week);
		CHECK_INT(year, row->week_year);
	}
}

static void clocks_lie_east_or_west_of_utc(void)
{
	const struct civil civil = {.year = 2026, .month = 11, .day = 9, .hour = 8, .minute = 1, .second = 2, .millisecond = 3};
	struct civil back;

	CHECK_INT(civil_to_ms(&civil, 0), INT64_C(1794211262003));
	CHECK_INT(civil_to_ms(&civil, 8 * 3600), INT64_C(1794182462003));
	civil_from_ms(INT64_C(1794182462003), 8 * 3600, &back);
	CHECK_INT(back.hour, 8);
	CHECK_INT(back.millisecond, 3);
	CHECK_INT(back.weekday, 1);
	civil_from_ms(-1, 0, &back);
	CHECK_INT(back.year, 1969);
	CHECK_INT(back.second, 59);
	CHECK_INT(back.millisecond, 999);
}

static void instants_are_read(void)
{
	static const struct {
		const char *name, *text;
		bool fine;
		int64_t ms;
		int offset_s;
	} rows[] = {
		{"UTC", "1970-01-01T00:00:00Z", true, 0, 0},
		{"small letters", "1970-01-01t00:00:01z", true, 1000, 0},
		{"a blank for the T", "1970-01-01 00:00:01Z", true, 1000, 0},
		{"east", "2026-11-09T08:00:00+08:00", true, INT64_C(1794182400000), 28800},
		{"west with minutes", "2026-11-08T20:30:00-03:30", true, INT64_C(1794182400000), -12600},
		{"an unknown offset", "1970-01-01T00:00:00-00:00", true, 0, 0},
		{"milliseconds", "1970-01-01T00:00:00.125Z", true, 125, 0},
		{"one digit", "1970-01-01T00:00:00.5Z", true, 500, 0},
		{"nanoseconds are cut", "1970-01-01T00:00:00.123999999Z", true, 123, 0},
		{"a leap second", "1972-06-30T23:59:60Z", true, INT64_C(78796799999), 0},
		{"before 1970", "1969-12-31T23:59:59.999Z", true, -1, 0},
		{"no offset", "1970-01-01T00:00:00", false, -7, -7},
		{"no time", "1970-01-01", false, -7, -7},
		{"nothing", "", false, -7, -7},
		{"a rest", "1970-01-01T00:00:00Zx", false, -7, -7},
		{"29 February of no leap year", "2025-02-29T00:00:00Z", false, -7, -7},
		{"24 o'clock", "2025-02-28T24:00:00Z", false, -7, -7},
		{"second 61", "2025-02-28T00:00:61Z", false, -7, -7},
		{"a point without digits", "1970-01-01T00:00:00.Z", false, -7, -7},
		{"an offset of 24 hours", "1970-01-01T00:00:00+24:00", false, -7, -7},
		{"an offset without colon", "1970-01-01T00:00:00+0800", false, -7, -7},
		{"a year of five digits", "11970-01-01T00:00:00Z", false, -7, -7},
		{"a month of one digit", "1970-1-01T00:00:00Z", false, -7, -7},
		{"year 0", "0000-01-01T00:00:00Z", false, -7, -7},
	};

	EACH (row, rows) {
		int64_t ms = -7;
		int offset_s = -7;

		tap_row(row->name);
		CHECK_INT(rfc3339_parse(slice_of(row->text), &ms, &offset_s), row->fine);
		CHECK_INT(ms, row->ms);
		CHECK_INT(offset_s, row->offset_s);
	}

	int64_t ms;
	int offset_s;

	tap_row("a NUL for the Z");
	CHECK(!rfc3339_parse(slice_from("1970-01-01T00:00:00\0", 20), &ms, &offset_s));
}

static void instants_are_written(void)
{
	static const struct {
		const char *text;
		int64_t ms;
		int offset_s;
	} rows[] = {
		{"1970-01-01T00:00:00Z", 0, 0},
		{"2026-11-09T08:00:00+08:00", INT64_C(1794182400000), 28800},
		{"2026-11-08T20:30:00.007-03:30", INT64_C(1794182400007), -12600},
		{"1969-12-31T23:59:59.999Z", -1, 0},
		{"1900-01-01T00:05:00+08:05", INT64_C(-2209017600000), 29143}, /* Shanghai's mean time, +08:05:43 */
		{"0999-03-01T00:00:00Z", INT64_C(-30636662400000), 0},
	};

	EACH (row, rows) {
		AUTO(buffer) struct buffer written = BUFFER_LIMIT(64);

		tap_row(row->text);
		rfc3339_write(&written, row->ms, row->offset_s);
		CHECK_SLICE(buffer_peek(&written), slice_of(row->text));
	}
}

static void the_machines_clocks_go_forward(void)
{
	const int64_t before = clock_monotonic_ms();

	CHECK(clock_monotonic_ms() >= before);
	CHECK(clock_now_ms() > INT64_C(1700000000000)); /* 2023 */
}

TESTS(TEST(days_are_counted_from_1970), TEST(each_day_follows_the_one_before), TEST(months_outside_the_year_are_carried),
      TEST(what_does_not_exist_is_not_valid), TEST(weeks_are_those_of_iso_8601), TEST(clocks_lie_east_or_west_of_utc),
      TEST(instants_are_read), TEST(instants_are_written), TEST(the_machines_clocks_go_forward))
