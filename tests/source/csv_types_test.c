/* SPDX-License-Identifier: MIT */
#include "source/csv_types.h"

#include "tap.h"

/* 2026-11-09 08:05:07 in UTC+8 is 00:05:07 UTC: 1794182707 by `date -d`. */
#define INSTANT INT64_C(1794182707000)

static const struct {
	const char *name, *text;
	int64_t ms;
} dates[] = {
	{"RFC 3339", "2026-11-09T08:05:07+08:00", INSTANT},
	{"RFC 3339 in UTC", "2026-11-09T00:05:07Z", INSTANT},
	{"on the zone's clock", "2026-11-09 08:05:07", INSTANT},
	{"with a T, without an offset", "2026-11-09T08:05:07", INSTANT},
	{"without seconds", "2026-11-09 08:05", INSTANT - 7000},
	{"with milliseconds", "2026-11-09 08:05:07.25", INSTANT + 250},
	{"with more digits than that", "2026-11-09 08:05:07.250999", INSTANT + 250},
	{"with a comma before them", "2026-11-09 08:05:07,250", INSTANT + 250},
	{"slashes", "2026/11/09 08:05:07", INSTANT},
	{"without zeros in front", "2026/11/9 8:05", INSTANT - 7000},
	{"an offset behind a blank", "2026-11-09 00:05:07 +0000", INSTANT},
	{"an offset of minutes", "2026-11-08 20:35:07 -03:30", INSTANT},
	{"an offset without minutes", "2026-11-09 08:05+08", INSTANT - 7000},
	{"a date alone is its midnight", "2026-11-09", INSTANT - 7000 - 485 * 60000},
	{"blanks around it", " 2026/11/9 ", INSTANT - 7000 - 485 * 60000},
	{"a day that does not exist", "2026-02-30", -1},
	{"an hour too many", "2026-11-09 24:00", -1},
	{"mixed separators", "2026-11/09", -1},
	{"no year in front", "09-11-2026", -1},
	{"months in words", "9 Nov 2026", -1},
	{"something behind it", "2026-11-09 08:05 PM", -1},
	{"a point without digits", "2026-11-09 08:05:07.", -1},
	{"half an offset", "2026-11-09 08:05 +8", -1},
	{"nothing", "", -1},
	{"a number", "20261109", -1},
};

static void dates_are_read_in_their_forms(void)
{
	AUTO(zone) struct zone *shanghai = zone_load(SLICE("Asia/Shanghai"), NULL);

	EACH (row, dates) {
		int64_t ms = -1;

		tap_row(row->name);
		CHECK(csv_parse_date(slice_of(row->text), shanghai, &ms) == (row->ms != -1));
		CHECK_INT(ms, row->ms);
	}
}

static void epochs_are_seconds_or_milliseconds(void)
{
	static const struct {
		const char *text;
		int64_t ms;
	} rows[] = {{"1794182707", INSTANT},  {"1794182707000", INSTANT}, {"1794182707.25", INSTANT + 250}, {" 1794182707 ", INSTANT},
		    {"545122", -1},	      {"99999999999999", -1},	  {"-1794182707", -1},		     {"x", -1}};

	EACH (row, rows) {
		int64_t ms = -1;

		tap_row(row->text);
		CHECK(csv_parse_epoch(slice_of(row->text), &ms) == (row->ms != -1));
		CHECK_INT(ms, row->ms);
	}
}

/* A column's fields with blanks between, and what they are together. */
static const struct {
	const char *name, *fields;
	char separator;
	bool is_named_time;
	enum table_type type;
} columns[] = {
	{"whole numbers", "1 545122 0", ',', false, TABLE_COUNT},
	{"one below zero", "1 -5 0", ',', false, TABLE_NUMBER},
	{"decimals", "1 2.5 1e3", ',', false, TABLE_NUMBER},
	{"one unknown among them", "1 NA 2", ',', false, TABLE_COUNT},
	{"shares", "99.9% 0% -", ',', false, TABLE_RATIO},
	{"shares and numbers", "99.9% 5", ',', false, TABLE_TEXT},
	{"decimal commas between semicolons", "3,14 2 -1,5", ';', false, TABLE_NUMBER},
	{"shares with decimal commas", "3,14% 2%", ';', false, TABLE_RATIO},
	{"a decimal comma between tabs is no number", "3,14 2", '\t', false, TABLE_TEXT},
	{"points and commas do not go together", "3,14 2.5", ';', false, TABLE_TEXT},
	{"dates", "2026-11-09 2026/11/10", ',', false, TABLE_TIME},
	{"a date and a word", "2026-11-09 soon", ',', false, TABLE_TEXT},
	{"seconds of a column with a fitting name", "1794182707 1794182767", ',', true, TABLE_TIME},
	{"the same by another name", "1794182707 1794182767", ',', false, TABLE_COUNT},
	{"small numbers are no time", "1 2", ',', true, TABLE_COUNT},
	{"words", "GET POST", ',', false, TABLE_TEXT},
	{"nothing known", "- NA null", ',', false, TABLE_NUMBER},
	{"hexadecimal is a word", "0x10 0x20", ',', false, TABLE_TEXT},
	{"infinity is a word", "1 inf", ',', false, TABLE_TEXT},
};

static void types_are_those_of_all_fields(void)
{
	EACH (row, columns) {
		slice rest = slice_of(row->fields), field;
		unsigned forms = ~0U;

		tap_row(row->name);
		while (slice_next(&rest, ' ', &field))
			forms &= csv_forms(field, row->separator);
		CHECK_INT(csv_guess(forms, row->is_named_time), row->type);
	}
}

static void numbers_are_read(void)
{
	double value = 0;

	CHECK(csv_parse_number(SLICE(" +99.5 %"), false, &value) && value == 99.5);
	CHECK(csv_parse_number(SLICE("3,14"), true, &value) && value == 3.14);
	CHECK(!csv_parse_number(SLICE("3.14"), true, &value));
	CHECK(!csv_parse_number(SLICE("3,14"), false, &value));
	CHECK(!csv_parse_number(SLICE("%"), false, &value));
}

static void names_tell_times(void)
{
	static const char *const names[] = {"time", "Timestamp", "date", "ts", "start_time", "time (ms)", "时间", "采样时间", "Date/Time"};
	static const char *const others[] = {"sometimes", "update", "timeout", "hits", "", "tstate", "uptime"};

	EACH (name, names) {
		tap_row(*name);
		CHECK(csv_is_time_name(slice_of(*name)));
	}
	EACH (name, others) {
		tap_row(*name);
		CHECK(!csv_is_time_name(slice_of(*name)));
	}
}

TESTS(TEST(dates_are_read_in_their_forms), TEST(epochs_are_seconds_or_milliseconds), TEST(types_are_those_of_all_fields), TEST(numbers_are_read),
      TEST(names_tell_times))
