/* SPDX-License-Identifier: MIT */
/* date_test.c - dates of mails */
#include "mime/date.h"

#include "tap.h"

static const struct {
	const char *name;
	int64_t instant_ms;
	int offset_s;
	const char *text;
} written[] = {
	{"the epoch", 0, 0, "Thu, 01 Jan 1970 00:00:00 +0000"},
	{"Shanghai", 1794182400000, 28800, "Mon, 09 Nov 2026 08:00:00 +0800"},
	{"a negative offset with minutes", 1794182400000, -12600,
	 "Sun, 08 Nov 2026 20:30:00 -0330"},
	{"a leap day", 1709164800000, 0, "Thu, 29 Feb 2024 00:00:00 +0000"},
	{"before the epoch", -1000, 0, "Wed, 31 Dec 1969 23:59:59 +0000"},
};

static void dates_are_written(void)
{
	EACH (row, written) {
		AUTO(buffer) struct buffer out = BUFFER_LIMIT(64);
		int64_t instant_ms = 0;
		int offset_s = 0;

		tap_row(row->name);
		date_write(&out, row->instant_ms, row->offset_s);
		CHECK_SLICE(buffer_peek(&out), slice_of(row->text));
		CHECK(date_parse(buffer_peek(&out), &instant_ms, &offset_s));
		CHECK_INT(instant_ms, row->instant_ms);
		CHECK_INT(offset_s, row->offset_s);
	}
}

static const struct {
	const char *name, *text;
	int64_t instant_ms; /* -1: no date */
} read_dates[] = {
	{"no name of the day", "9 Nov 2026 08:00:00 +0800", 1794182400000},
	{"no seconds", "Mon, 9 Nov 2026 08:00 +0800", 1794182400000},
	{"a year of two digits", "Mon, 9 Nov 26 00:00:00 GMT", 1794182400000},
	{"a named zone", "Sun, 08 Nov 2026 19:00:00 EST", 1794182400000},
	{"a comment behind", "Mon, 9 Nov 2026 08:00:00 +0800 (CST)", 1794182400000},
	{"an unknown zone is UTC", "Mon, 9 Nov 2026 00:00:00 XYZ", 1794182400000},
	{"a wrong name of the day", "Fri, 9 Nov 2026 00:00:00 +0000", 1794182400000},
	{"a day that does not exist", "Mon, 30 Feb 2026 00:00:00 +0000", -1},
	{"an hour that does not exist", "Mon, 9 Nov 2026 24:00:00 +0000", -1},
	{"no month", "Mon, 9 Foo 2026 00:00:00 +0000", -1},
	{"nothing", "", -1},
	{"rubbish", "yesterday", -1},
	{"an offset of 99 hours", "Mon, 9 Nov 2026 00:00:00 +9900", -1},
};

static void dates_are_read(void)
{
	EACH (row, read_dates) {
		int64_t instant_ms = -1;
		int offset_s;

		tap_row(row->name);
		CHECK_INT(date_parse(slice_of(row->text), &instant_ms, &offset_s),
			  row->instant_ms != -1);
		CHECK_INT(instant_ms, row->instant_ms);
	}
}

TESTS(TEST(dates_are_written), TEST(dates_are_read))
