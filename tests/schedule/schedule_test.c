/* SPDX-License-Identifier: MIT */
/* schedule_test.c - slots as a calendar on the wall has them, worked out by hand; a whole year is compared in year_test.py */
#include "schedule/schedule.h"

#include "base/buffer.h"
#include "tap.h"

#define SLOTS_MAX 8

static int64_t at(const char *text)
{
	int64_t ms = 0;
	int offset_s;

	CHECK(rfc3339_parse(slice_of(text), &ms, &offset_s));
	return ms;
}

static const struct period yesterday = {.kind = PERIOD_YESTERDAY};

/* "2026-11-10T08:00:00+08:00 …" for the slots, each with a blank behind. */
static void write_slots(struct buffer *into, const struct zone *zone, const struct schedule_slot *slots, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		rfc3339_write(into, slots[i].at_ms, zone_offset_at(zone, slots[i].at_ms));
		buffer_append_byte(into, ' ');
	}
}

static void slots_follow_each_other(void)
{
	static const struct {
		const char *name, *zone, *schedule, *after, *slots;
	} rows[] = {
		{"every day", "Asia/Shanghai", "daily 08:00", "2026-11-10T07:59:59+08:00",
		 "2026-11-10T08:00:00+08:00 2026-11-11T08:00:00+08:00 2026-11-12T08:00:00+08:00 "},
		{"behind a slot comes the next one", "Asia/Shanghai", "daily 8:00", "2026-11-10T08:00:00+08:00",
		 "2026-11-11T08:00:00+08:00 2026-11-12T08:00:00+08:00 "},
		{"every week", "Asia/Shanghai", "weekly mon 09:00", "2026-11-10T08:00:00+08:00", "2026-11-16T09:00:00+08:00 2026-11-23T09:00:00+08:00 "},
		{"on several days of the week", "UTC", "Weekly tue,FRI-sun 09:00", "2026-11-10T10:00:00Z",
		 "2026-11-13T09:00:00Z 2026-11-14T09:00:00Z 2026-11-15T09:00:00Z 2026-11-17T09:00:00Z "},
		{"every month", "UTC", "monthly 1 07:30", "2026-11-10T08:00:00Z", "2026-12-01T07:30:00Z 2027-01-01T07:30:00Z "},
		{"the 31st is the last day of a shorter month", "UTC", "monthly 31 07:30", "2027-01-30T00:00:00Z",
		 "2027-01-31T07:30:00Z 2027-02-28T07:30:00Z 2027-03-31T07:30:00Z 2027-04-30T07:30:00Z "},
		{"the 30th is not the last day of a longer one", "UTC", "monthly 30 07:30", "2028-01-01T00:00:00Z",
		 "2028-01-30T07:30:00Z 2028-02-29T07:30:00Z 2028-03-30T07:30:00Z "},
		{"the last day", "UTC", "monthly last 23:59", "2028-02-01T00:00:00Z", "2028-02-29T23:59:00Z 2028-03-31T23:59:00Z "},
		{"every quarter of an hour", "Asia/Kathmandu", "every 15 min", "2026-11-10T23:31:00+05:45",
		 "2026-11-10T23:45:00+05:45 2026-11-11T00:00:00+05:45 2026-11-11T00:15:00+05:45 "},
		{"every seven hours, from midnight", "UTC", "every 7 h", "2026-11-10T13:00:00Z",
		 "2026-11-10T14:00:00Z 2026-11-10T21:00:00Z 2026-11-11T00:00:00Z 2026-11-11T07:00:00Z "},
		{"a cron line", "Asia/Shanghai", "30 6,18 * * *", "2026-11-10T08:00:00+08:00", "2026-11-10T18:30:00+08:00 2026-11-11T06:30:00+08:00 "},
		{"weekdays by name", "UTC", "0 8 * * Mon-Fri", "2026-11-13T08:00:00Z", "2026-11-16T08:00:00Z 2026-11-17T08:00:00Z "},
		{"Sunday is 7 too", "UTC", "0 8 * * 7", "2026-11-13T08:00:00Z", "2026-11-15T08:00:00Z 2026-11-22T08:00:00Z "},
		{"months by name, with steps", "UTC", "0 0 1 jan-dec/5 *", "2026-11-13T08:00:00Z", "2027-01-01T00:00:00Z 2027-06-01T00:00:00Z 2027-11-01T00:00:00Z "},
		{"either day when both are limited", "UTC", "0 0 13 * fri", "2026-11-06T00:00:00Z",
		 "2026-11-13T00:00:00Z 2026-11-20T00:00:00Z 2026-11-27T00:00:00Z 2026-12-04T00:00:00Z 2026-12-11T00:00:00Z 2026-12-13T00:00:00Z "},
		{"both when one begins with a star", "UTC", "0 0 */2 * fri", "2026-11-06T00:00:00Z", "2026-11-13T00:00:00Z 2026-11-27T00:00:00Z 2026-12-11T00:00:00Z "},
		{"a leap day", "UTC", "0 12 29 2 *", "2026-11-06T00:00:00Z", "2028-02-29T12:00:00Z 2032-02-29T12:00:00Z "},
		{"a leap day over a century without one", "UTC", "0 12 29 feb *", "2096-03-01T00:00:00Z", "2104-02-29T12:00:00Z "},
		{"a nickname", "UTC", "@monthly", "2026-11-06T00:00:00Z", "2026-12-01T00:00:00Z 2027-01-01T00:00:00Z "},
		{"a list of ranges with steps", "UTC", "5-15/5,58 0 * * *", "2026-11-06T00:00:00Z",
		 "2026-11-06T00:05:00Z 2026-11-06T00:10:00Z 2026-11-06T00:15:00Z 2026-11-06T00:58:00Z 2026-11-07T00:05:00Z "},
		/* Clocks in New York go from 02:00 to 03:00 on 2026-03-08 and from 02:00 to 01:00 on 2026-11-01. */
		{"a time that is skipped: after the gap", "America/New_York", "daily 02:30", "2026-03-07T12:00:00-05:00",
		 "2026-03-08T03:00:00-04:00 2026-03-09T02:30:00-04:00 "},
		{"several of them: once", "America/New_York", "*/20 2 * * *", "2026-03-07T12:00:00-05:00",
		 "2026-03-08T03:00:00-04:00 2026-03-09T02:00:00-04:00 2026-03-09T02:20:00-04:00 "},
		{"skipped, and the next one right behind", "America/New_York", "0 2,3 * * *", "2026-03-07T12:00:00-05:00",
		 "2026-03-08T03:00:00-04:00 2026-03-09T02:00:00-04:00 "},
		{"a time that comes twice: the first", "America/New_York", "daily 01:30", "2026-10-31T12:00:00-04:00",
		 "2026-11-01T01:30:00-04:00 2026-11-02T01:30:00-05:00 "},
		{"between its two passes", "America/New_York", "daily 01:30", "2026-11-01T01:45:00-04:00", "2026-11-02T01:30:00-05:00 "},
		{"every half hour goes on", "America/New_York", "every 30 min", "2026-11-01T00:45:00-04:00",
		 "2026-11-01T01:00:00-04:00 2026-11-01T01:30:00-04:00 2026-11-01T01:00:00-05:00 2026-11-01T01:30:00-05:00 2026-11-01T02:00:00-05:00 "},
		{"so does a star for the hour", "America/New_York", "15 * * * *", "2026-11-01T00:45:00-04:00",
		 "2026-11-01T01:15:00-04:00 2026-11-01T01:15:00-05:00 2026-11-01T02:15:00-05:00 "},
		{"which has nothing for an hour that is skipped", "America/New_York", "15 * * * *", "2026-03-08T00:45:00-05:00",
		 "2026-03-08T01:15:00-05:00 2026-03-08T03:15:00-04:00 "},
		{"half an hour's change", "Australia/Lord_Howe", "daily 02:10", "2026-10-03T12:00:00+10:30", "2026-10-04T02:30:00+11:00 2026-10-05T02:10:00+11:00 "},
		{"a midnight that does not exist", "America/Sao_Paulo", "@daily", "2018-11-03T12:00:00-03:00",
		 "2018-11-04T01:00:00-02:00 2018-11-05T00:00:00-02:00 "},
		{"a minute behind midnight that comes twice, across the date", "America/St_Johns", "1 * * * *", "2010-11-06T22:30:00-02:30",
		 "2010-11-06T23:01:00-02:30 2010-11-06T23:01:00-03:30 2010-11-07T00:01:00-03:30 2010-11-07T01:01:00-03:30 "},
	};

	EACH (row, rows) {
		AUTO(zone) struct zone *zone = NULL;
		AUTO(buffer) struct buffer got = BUFFER_LIMIT(4096);
		courant_error *err = NULL;
		struct schedule schedule;
		struct schedule_slot slot = {.at_ms = at(row->after)};
		struct schedule_slot slots[SLOTS_MAX];
		size_t n = 0;

		tap_row(row->name);
		zone = zone_load(slice_of(row->zone), &err);
		if (!zone || !CHECK_INT(schedule_parse(slice_of(row->schedule), &schedule, &err), 0)) {
			CHECK_NO_ERROR(err);
			continue;
		}
		for (slice rest = slice_of(row->slots), word; slice_next(&rest, ' ', &word) && word.len > 0 && n < SLOTS_MAX; n++) {
			CHECK(schedule_next(&schedule, &yesterday, zone, slot.at_ms, &slot));
			slots[n] = slot;
		}
		write_slots(&got, zone, slots, n);
		CHECK_SLICE(buffer_peek(&got), slice_of(row->slots));
		/* And back again. */
		for (size_t i = n; i-- > 1;) {
			CHECK(schedule_previous(&schedule, &yesterday, zone, slots[i].at_ms, &slot));
			CHECK_INT(slot.at_ms, slots[i - 1].at_ms);
		}
	}
}

static void what_is_no_schedule_is_refused(void)
{
	static const struct {
		const char *name, *schedule, *words;
	} rows[] = {
		{"nothing", "", "unknown schedule \"\"; known are daily 08:00"},
		{"a typing mistake", "dialy 08:00", "did you mean \"daily\"?"},
		{"no time", "daily", "it is written like \"daily 08:00\""},
		{"too much", "daily 08:00 sharp", "it is written like \"daily 08:00\""},
		{"no such time", "daily 24:00", "\"24:00\" is no time of day from 00:00 to 23:59"},
		{"minutes of one digit", "daily 8:5", "\"8:5\" is no time of day"},
		{"a day without a name", "weekly someday 09:00", "the day of the week \"someday\" is neither a number from 0 to 7 nor a name from sun to sat"},
		{"a day of no month", "monthly 32 09:00", "the day of the month \"32\" is neither a number from 1 to 31 nor \"last\""},
		{"no minutes", "every 0 min", "it must be from 1 to 1440"},
		{"over a day", "every 25 h", "it must be from 1 to 24"},
		{"an unknown unit", "every 2 days", "after the number comes min or h"},
		{"a minute too many", "60 8 * * *", "the minute \"60\" is not a number from 0 to 59"},
		{"an hour too many", "0 24 * * *", "the hour \"24\" is not a number from 0 to 23"},
		{"day 0", "0 8 0 * *", "the day of the month \"0\" is not a number from 1 to 31"},
		{"a month without a name", "0 8 1 juny *", "the month \"juny\" is neither a number from 1 to 12 nor a name from jan to dec"},
		{"backwards", "0 8 * * fri-mon", "\"fri-mon\" goes backwards"},
		{"a step of nothing", "*/0 * * * *", "a step is a number from 1 to 59"},
		{"a step without a range", "5/15 * * * *", "a step belongs to a range (5-59/15) or to *"},
		{"an empty item", "1,,2 * * * *", "the minute \"\" is not a number"},
		{"another program's word", "0 8 ? * *", "?, L, W and # are other programs' words"},
		{"four fields", "0 8 * *", "has five fields, not 4"},
		{"seconds", "0 0 8 * * *", "no seconds, year or command"},
		{"a day that never comes", "0 8 30 feb *", "no such day ever comes"},
		{"at a start", "@reboot", "a report has a time"},
	};

	EACH (row, rows) {
		courant_error *err = NULL;
		struct schedule schedule;

		tap_row(row->name);
		CHECK_INT(schedule_parse(slice_of(row->schedule), &schedule, &err), -1);
		CHECK_ERROR(err, COURANT_CONFIG, row->words);
	}
}

static void missed_slots_come_newest_first(void)
{
	AUTO(zone) struct zone *zone = zone_load(SLICE("America/New_York"), NULL);
	AUTO(buffer) struct buffer got = BUFFER_LIMIT(4096);
	struct schedule schedule;
	struct schedule_slot slots[SLOTS_MAX];
	const int64_t after_ms = at("2026-03-06T08:00:00-05:00"), until_ms = at("2026-03-09T08:00:00-04:00");

	CHECK_INT(schedule_parse(SLICE("daily 08:00"), &schedule, NULL), 0);
	CHECK_INT(schedule_missed(&schedule, &yesterday, zone, after_ms, until_ms, slots, SLOTS_MAX), 3);
	write_slots(&got, zone, slots, 3);
	CHECK_SLICE(buffer_peek(&got), SLICE("2026-03-09T08:00:00-04:00 2026-03-08T08:00:00-04:00 2026-03-07T08:00:00-05:00 "));
	/* Each about its own day; one of them has 23 hours. */
	CHECK_INT(slots[0].window.to_ms - slots[0].window.from_ms, 23 * MS_PER_HOUR);
	CHECK_INT(slots[1].window.from_ms, at("2026-03-07T00:00:00-05:00"));
	CHECK_INT(schedule_missed(&schedule, &yesterday, zone, after_ms, until_ms, slots, 2), 2);
	CHECK_INT(slots[1].at_ms, at("2026-03-08T08:00:00-04:00"));
	CHECK_INT(schedule_missed(&schedule, &yesterday, zone, until_ms, until_ms, slots, 2), 0);
	CHECK_INT(schedule_missed(&schedule, &yesterday, zone, until_ms, after_ms, slots, 2), 0);
}

static void slots_of_one_window_are_one_report(void)
{
	AUTO(zone) struct zone *zone = zone_load(SLICE("UTC"), NULL);
	static const struct {
		const char *name, *period;
		bool is_same;
	} rows[] = {
		{"yesterday, twice a day", "yesterday", true},
		{"today until then", "today", false},
		{"whole hours", "last 24 h", true},
		{"all there is", "all", false},
		{"days that stay", "2026-11-01..2026-11-07", false},
	};

	EACH (row, rows) {
		struct schedule schedule;
		struct period period;
		struct schedule_slot one, two;

		tap_row(row->name);
		CHECK_INT(schedule_parse(SLICE("every 15 min"), &schedule, NULL), 0);
		CHECK_INT(period_parse(slice_of(row->period), &period, NULL), 0);
		CHECK(schedule_next(&schedule, &period, zone, at("2026-11-10T08:00:00Z"), &one));
		CHECK(schedule_next(&schedule, &period, zone, one.at_ms, &two));

		const struct window a = schedule_identity(&one, &period), b = schedule_identity(&two, &period);

		CHECK_INT(a.from_ms == b.from_ms && a.to_ms == b.to_ms, row->is_same);
	}
}

TESTS(TEST(slots_follow_each_other), TEST(what_is_no_schedule_is_refused), TEST(missed_slots_come_newest_first), TEST(slots_of_one_window_are_one_report))
