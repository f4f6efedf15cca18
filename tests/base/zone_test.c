/* SPDX-License-Identifier: MIT */
/* zone_test.c - clocks that change, names that do not exist, files that are damaged; the history is compared in zone_zdump_test.c */
#include "base/zone.h"

#include <stdio.h>
#include <threads.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/zone_rule.h"
#include "tap.h"

static struct zone *load(const char *name)
{
	courant_error *err = NULL;
	struct zone *zone = zone_load(slice_of(name), &err);

	CHECK_NO_ERROR(err);
	return zone;
}

static int64_t instant(const char *text)
{
	int64_t ms = 0;
	int offset_s;

	CHECK(rfc3339_parse(slice_of(text), &ms, &offset_s));
	return ms;
}

static void check_instant(const struct zone *zone, int64_t got_ms, const char *want)
{
	AUTO(buffer) struct buffer written = BUFFER_LIMIT(64);

	rfc3339_write(&written, got_ms, zone_offset_at(zone, got_ms));
	CHECK_SLICE(buffer_peek(&written), slice_of(want));
}

static void clocks_lead_to_instants(void)
{
	static const struct {
		const char *name, *zone;
		struct civil civil;
		const char *instant;
	} rows[] = {
		{"an ordinary time", "America/New_York", {.year = 2026, .month = 7, .day = 4, .hour = 12}, "2026-07-04T12:00:00-04:00"},
		{"in the gap: where it ends", "America/New_York", {.year = 2026, .month = 3, .day = 8, .hour = 2, .minute = 30}, "2026-03-08T03:00:00-04:00"},
		{"the gap's first second", "America/New_York", {.year = 2026, .month = 3, .day = 8, .hour = 2}, "2026-03-08T03:00:00-04:00"},
		{"just before the gap", "America/New_York", {.year = 2026, .month = 3, .day = 8, .hour = 1, .minute = 59}, "2026-03-08T01:59:00-05:00"},
		{"twice: the first", "America/New_York", {.year = 2026, .month = 11, .day = 1, .hour = 1, .minute = 30}, "2026-11-01T01:30:00-04:00"},
		{"just after what occurs twice", "America/New_York", {.year = 2026, .month = 11, .day = 1, .hour = 2}, "2026-11-01T02:00:00-05:00"},
		{"a midnight that does not exist", "America/Sao_Paulo", {.year = 2018, .month = 11, .day = 4}, "2018-11-04T01:00:00-02:00"},
		{"a day that does not exist", "Pacific/Apia", {.year = 2011, .month = 12, .day = 30, .hour = 12}, "2011-12-31T00:00:00+14:00"},
		{"half an hour's change", "Australia/Lord_Howe", {.year = 2026, .month = 10, .day = 4, .hour = 2, .minute = 10}, "2026-10-04T02:30:00+11:00"},
		{"by the footer's rule", "America/New_York", {.year = 2099, .month = 7, .day = 4}, "2099-07-04T00:00:00-04:00"},
		{"negative DST", "Europe/Dublin", {.year = 2026, .month = 1, .day = 15}, "2026-01-15T00:00:00Z"},
		{"summer in Dublin", "Europe/Dublin", {.year = 2026, .month = 7, .day = 15}, "2026-07-15T00:00:00+01:00"},
		{"day 32", "Asia/Shanghai", {.year = 2026, .month = 12, .day = 32}, "2027-01-01T00:00:00+08:00"},
		{"month 13, hour 24", "Asia/Kathmandu", {.year = 2026, .month = 13, .day = 1, .hour = 24}, "2027-01-02T00:00:00+05:45"},
		{"a fixed offset", "-0330", {.year = 2026, .month = 1, .day = 1}, "2026-01-01T00:00:00-03:30"},
	};

	EACH (row, rows) {
		tap_row(row->name);

		AUTO(zone) struct zone *zone = load(row->zone);

		if (zone)
			check_instant(zone, zone_from_civil(zone, &row->civil), row->instant);
	}
}

static void days_and_hours_begin_where_the_clock_says(void)
{
	static const struct {
		const char *name, *zone, *instant, *hour, *day, *next_day;
	} rows[] = {
		{"an ordinary day", "Asia/Shanghai", "2026-11-09T15:30:12+08:00", "2026-11-09T15:00:00+08:00",
		 "2026-11-09T00:00:00+08:00", "2026-11-10T00:00:00+08:00"},
		{"clocks at :45", "Asia/Kathmandu", "2026-11-09T15:30:12+05:45", "2026-11-09T15:00:00+05:45",
		 "2026-11-09T00:00:00+05:45", "2026-11-10T00:00:00+05:45"},
		{"a day of 23 hours", "America/New_York", "2026-03-08T12:00:00-04:00", "2026-03-08T12:00:00-04:00",
		 "2026-03-08T00:00:00-05:00", "2026-03-09T00:00:00-04:00"},
		{"the hour's second turn", "America/New_York", "2026-11-01T01:59:59-05:00", "2026-11-01T01:00:00-05:00",
		 "2026-11-01T00:00:00-04:00", "2026-11-02T00:00:00-05:00"},
		{"a day without midnight", "America/Sao_Paulo", "2018-11-04T12:00:00-02:00", "2018-11-04T12:00:00-02:00",
		 "2018-11-04T01:00:00-02:00", "2018-11-05T00:00:00-02:00"},
		{"the day before a day that does not exist", "Pacific/Apia", "2011-12-29T12:00:00-10:00",
		 "2011-12-29T12:00:00-10:00", "2011-12-29T00:00:00-10:00", "2011-12-31T00:00:00+14:00"},
		{"an hour that begins with the change", "Australia/Lord_Howe", "2026-10-04T02:40:00+11:00",
		 "2026-10-04T02:30:00+11:00", "2026-10-04T00:00:00+10:30", "2026-10-05T00:00:00+11:00"},
		{"an hour that begins again with the change", "Australia/Lord_Howe", "2026-04-05T01:40:00+10:30",
		 "2026-04-05T01:30:00+10:30", "2026-04-05T00:00:00+11:00", "2026-04-06T00:00:00+10:30"},
		{"the old day's last hour once more, after midnight", "America/St_Johns", "2010-11-06T23:30:00-03:30",
		 "2010-11-06T23:01:00-03:30", "2010-11-07T00:00:00-02:30", "2010-11-08T00:00:00-03:30"},
	};

	EACH (row, rows) {
		tap_row(row->name);

		AUTO(zone) struct zone *zone = load(row->zone);
		const int64_t at = instant(row->instant);

		if (!zone)
			continue;
		check_instant(zone, zone_hour_start(zone, at), row->hour);
		check_instant(zone, zone_day_start(zone, at), row->day);
		check_instant(zone, zone_day_add(zone, at, 0), row->day);
		check_instant(zone, zone_day_add(zone, at, 1), row->next_day);
		CHECK_INT(zone_day_start(zone, zone_day_start(zone, at)), zone_day_start(zone, at));
	}
}

/* Whatever the zone: starts of days are never after their instants, they grow, and days follow each other without a hole. */
static void days_tile_the_time_line(void)
{
	static const char *const names[] = {"America/New_York",  "Europe/Dublin",    "Pacific/Apia",   "America/St_Johns",
					    "America/Sao_Paulo", "Africa/Casablanca", "Asia/Pyongyang", "Antarctica/Troll"};

	EACH (name, names) {
		AUTO(zone) struct zone *zone = load(*name);
		int64_t day = zone ? zone_day_start(zone, instant("1985-01-01T12:00:00Z")) : 0;
		unsigned wrong = 0;

		tap_row(*name);
		for (int i = 0; zone && i < 20000; i++) {
			const int64_t next = zone_day_add(zone, day, 1);

			wrong += next <= day || zone_day_start(zone, next - 1) != day || zone_day_start(zone, day) != day ||
				 zone_day_add(zone, next - 1, 1) != next;
			for (int64_t at = day; at < next; at += 5 * MS_PER_HOUR + 1234567)
				wrong += zone_day_start(zone, at) != day || zone_hour_start(zone, at) > at ||
					 at - zone_hour_start(zone, at) >= MS_PER_HOUR;
			day = next;
		}
		CHECK_INT(wrong, 0);
	}
}

static void moments_say_how_long_they_hold(void)
{
	AUTO(zone) struct zone *zone = load("America/New_York");
	AUTO(zone) struct zone *utc = load("UTC");
	struct zone_moment moment;

	zone_at(zone, instant("2026-07-01T00:00:00Z"), &moment);
	CHECK_INT(moment.offset_s, -4 * 3600);
	CHECK(moment.is_dst);
	CHECK_TEXT(moment.abbreviation, "EDT");
	CHECK_INT(moment.from_ms, instant("2026-03-08T07:00:00Z"));
	CHECK_INT(moment.to_ms, instant("2026-11-01T06:00:00Z"));
	zone_at(zone, moment.to_ms, &moment);
	CHECK_TEXT(moment.abbreviation, "EST");
	CHECK_INT(moment.from_ms, instant("2026-11-01T06:00:00Z"));
	zone_at(utc, 0, &moment);
	CHECK_INT(moment.offset_s, 0);
	CHECK(moment.from_ms == INT64_MIN && moment.to_ms == INT64_MAX);
	zone_at(zone, INT64_MIN, &moment);
	CHECK_TEXT(moment.abbreviation, "LMT");
	zone_at(zone, INT64_MAX, &moment);
	CHECK_INT(moment.offset_s, -5 * 3600);
}

static void offsets_are_zones(void)
{
	static const struct {
		const char *name, *zone_name;
		int offset_s;
	} rows[] = {
		{"+08:00", "+08:00", 28800}, {"-0530", "-05:30", -19800}, {"+02", "+02:00", 7200},
		{"+0000", "UTC", 0},         {"UTC", "UTC", 0},           {"-23:59", "-23:59", -86340},
	};

	EACH (row, rows) {
		AUTO(zone) struct zone *zone = load(row->name);

		tap_row(row->name);
		CHECK(zone != NULL);
		if (zone) {
			CHECK_INT(zone_offset_at(zone, 0), row->offset_s);
			CHECK_TEXT(zone_name(zone), row->zone_name);
		}
	}

	courant_error *err = NULL;

	CHECK(zone_new_fixed(86400, &err) == NULL);
	CHECK_ERROR(err, COURANT_CONFIG, "86400 seconds");
}

static void unknown_names_are_told_with_the_nearest(void)
{
	static const struct {
		const char *name, *words;
	} rows[] = {
		{"Asia/Shangai", "unknown time zone Asia/Shangai: is Asia/Shanghai meant?"},
		{"Shanghai", "is Asia/Shanghai meant?"},
		{"america/new_york", "is America/New_York meant?"},
		{"Asia", "unknown time zone Asia"},
		{"", "unknown time zone"},
		{"../../../etc/passwd", "unknown time zone ../../../etc/passwd"},
		{"/etc/localtime", "unknown time zone /etc/localtime"},
		{"Asia/../UTC", "unknown time zone"},
		{"zone.tab", "unknown time zone zone.tab"},
		{"Asia/Shanghai\n", "unknown time zone Asia/Shanghai\\u{a}"},
		{"+8", "unknown time zone +8"},
		{"+24:00", "unknown time zone"},
		{"+08:000", "unknown time zone"},
		{"+0:800", "unknown time zone"},
		{"+08:60", "unknown time zone"},
		{"leapseconds", "cannot be read"},
		{"right/UTC", "leap seconds"},
	};

	EACH (row, rows) {
		courant_error *err = NULL;

		tap_row(row->name);
		CHECK(zone_load(slice_of(row->name), &err) == NULL);
		CHECK_ERROR(err, COURANT_CONFIG, row->words);
	}

	courant_error *err = NULL;

	tap_row("a machine without tzdata");
	CHECK(zone_load_from("/nonexistent", SLICE("Asia/Shanghai"), &err) == NULL);
	CHECK_ERROR(err, COURANT_CONFIG, "/nonexistent is missing (package tzdata)");

	AUTO(zone) struct zone *utc = zone_load_from("/nonexistent", SLICE("UTC"), &err);

	CHECK(utc != NULL);
	CHECK_NO_ERROR(err);
}

static void the_machine_has_a_zone(void)
{
	courant_error *err = NULL;
	AUTO(zone) struct zone *zone = zone_load_system(&err);

	CHECK_NO_ERROR(err);
	CHECK(zone && *zone_name(zone));
}

static void footers_are_parsed(void)
{
	static const struct {
		const char *text;
		bool fine;
	} rows[] = {
		{"EST5EDT,M3.2.0,M11.1.0", true},
		{"<+0330>-3:30", true},
		{"IST-1GMT0,M10.5.0,M3.5.0/1", true},
		{"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", true},
		{"IST-2IDT,M3.4.4/26,M10.5.0", true},
		{"XXX3EDT4,0/0,J365/23", true},
		{"WGT3WGST,M3.5.0/-167:59:59,M10.5.0/167", true},
		{"", false},
		{"EST", false},
		{"ES5", false},
		{"5", false},
		{"EST5EDT", false},
		{"EST5EDT,M3.2.0", false},
		{"EST5EDT,M3.2.0,M11.1.0,", false},
		{"EST5EDT,M13.2.0,M11.1.0", false},
		{"EST5EDT,M0.2.0,M11.1.0", false},
		{"EST5EDT,M3.6.0,M11.1.0", false},
		{"EST5EDT,M3.0.0,M11.1.0", false},
		{"EST5EDT,M3.2.7,M11.1.0", false},
		{"EST5EDT,J0,J365", false},
		{"EST5EDT,J366,J365", false},
		{"EST5EDT,366,365", false},
		{"EST25", false},
		{"EST5:60", false},
		{"EST5EDT,M3.2.0/168,M11.1.0", false},
		{"<+0330-3:30", false},
		{"ABCDEFGHIJKLMNOP5", false},
		{"EST5 ", false},
	};

	EACH (row, rows) {
		struct zone_rule rule;

		tap_row(row->text);
		CHECK_INT(zone_rule_parse(slice_of(row->text), &rule), row->fine);
	}
}

static void footers_say_when_clocks_change(void)
{
	static const struct {
		const char *name, *rule, *instant, *abbreviation;
		int offset_s;
	} rows[] = {
		{"the 60th day without leap days", "AAA0BBB,J60/0,J300/0", "2024-03-01T00:00:00Z", "BBB", 3600},
		{"the day before", "AAA0BBB,J60/0,J300/0", "2024-02-29T23:59:59Z", "AAA", 0},
		{"day 59 from zero is the leap day", "AAA0BBB,59/0,300/0", "2024-02-29T00:00:00Z", "BBB", 3600},
		{"in no leap year it is 1 March", "AAA0BBB,59/0,300/0", "2025-02-28T23:59:59Z", "AAA", 0},
		{"always daylight: in winter", "XXX3EDT4,0/0,J365/23", "2026-01-01T04:00:00Z", "EDT", -14400},
		{"always daylight: at the year's border", "XXX3EDT4,0/0,J365/23", "2026-01-01T03:30:00Z", "EDT", -14400},
		{"daylight over the new year, in the south", "NZST-12NZDT,M9.5.0,M4.1.0/3", "2026-01-01T00:00:00Z", "NZDT", 46800},
		{"standard in the south", "NZST-12NZDT,M9.5.0,M4.1.0/3", "2026-07-01T00:00:00Z", "NZST", 43200},
		{"the day before the last Saturday", "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T00:59:59Z", "-02", -7200},
		{"22:00 on the evening before", "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T01:00:00Z", "-01", -3600},
	};

	EACH (row, rows) {
		struct zone_rule rule;
		struct zone_moment moment = {0};

		tap_row(row->name);
		CHECK(zone_rule_parse(slice_of(row->rule), &rule));
		zone_rule_at(&rule, instant(row->instant), &moment);
		CHECK_TEXT(moment.abbreviation, row->abbreviation);
		CHECK_INT(moment.offset_s, row->offset_s);
	}
}

static void damaged_files_are_refused(void)
{
	AUTO(buffer) struct buffer bytes = BUFFER_LIMIT(100000);
	courant_error *err = NULL;
	unsigned n_accepted = 0;

	CHECK_INT(file_read("/usr/share/zoneinfo/America/New_York", &bytes, &err), 0);
	for (size_t len = 0; len < bytes.len; len++) {
		AUTO(zone) struct zone *zone = zone_parse(slice_part(buffer_peek(&bytes), 0, len), SLICE("cut"), &err);

		n_accepted += zone != NULL;
		CHECK_ERROR(err, COURANT_CONFIG, "time zone cut cannot be read");
	}
	CHECK_INT(n_accepted, 0);

	AUTO(zone) struct zone *whole = zone_parse(buffer_peek(&bytes), SLICE("whole"), &err);

	CHECK(whole != NULL);
	CHECK_NO_ERROR(err);
}

static void missing_memory_is_told(void)
{
	EACH_ALLOCATION
	{
		courant_error *err = NULL;
		AUTO(zone) struct zone *zone = zone_load(SLICE("Asia/Shanghai"), &err);
		AUTO(zone) struct zone *fixed = zone_load(SLICE("+08:00"), &err);

		CHECK(err ? !zone || !fixed : zone && fixed);
		if (err)
			CHECK_ERROR(err, COURANT_NO_MEMORY, "");
	}
}

static int ask_often(void *context)
{
	const struct zone *zone = context;
	int wrong = 0;

	for (int64_t at = 0; at < INT64_C(4000000000000); at += INT64_C(987654321)) {
		struct civil civil;

		zone_to_civil(zone, at, &civil);
		wrong += zone_from_civil(zone, &civil) > at || zone_day_start(zone, at) > at;
	}
	return wrong;
}

static void threads_share_a_zone(void)
{
	AUTO(zone) struct zone *zone = load("Europe/Berlin");
	thrd_t threads[4];
	int wrong = 0;

	EACH (thread, threads)
		CHECK_INT(thrd_create(thread, ask_often, zone), thrd_success);
	EACH (thread, threads) {
		int found = 1;

		CHECK_INT(thrd_join(*thread, &found), thrd_success);
		wrong += found;
	}
	CHECK_INT(wrong, 0);
}

TESTS(TEST(clocks_lead_to_instants), TEST(days_and_hours_begin_where_the_clock_says), TEST(days_tile_the_time_line),
      TEST(moments_say_how_long_they_hold), TEST(offsets_are_zones), TEST(unknown_names_are_told_with_the_nearest),
      TEST(the_machine_has_a_zone), TEST(footers_are_parsed), TEST(footers_say_when_clocks_change),
      TEST(damaged_files_are_refused), TEST(missing_memory_is_told), TEST(threads_share_a_zone))
