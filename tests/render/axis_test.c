/* SPDX-License-Identifier: MIT */
#include "render/axis.h"

#include "tap.h"

/* Tops and steps by hand: the shortest axis of two to four steps of 1, 2, 5 (and whole 25, 250 …) that holds the values. */
static const struct {
	const char *name;
	double least, greatest, low, high, step;
} values[] = {
	{"a rate of 2.49", 0.1, 2.49, 0, 3, 1},
	{"28.3", 0, 28.3, 0, 30, 10},
	{"12.4", 0, 12.4, 0, 15, 5},
	{"472", 80, 472, 0, 500, 250},
	{"0.9", 0, 0.9, 0, 1, 0.5},
	{"exactly a step's end", 0, 3, 0, 3, 1},
	{"41870", 4118, 41870, 0, 50000, 25000},
	{"1e-9", 0, 1e-9, 0, 1e-9, 5e-10},
	{"1e15", 0, 1e15, 0, 1e15, 5e14},
	{"below and above 0", -3, 7, -5, 10, 5},
	{"below 0 alone", -12.4, -1, -15, 0, 5},
	{"nothing but 0", 0, 0, 0, 1, 0.5},
};

static void the_axis_has_few_even_steps(void)
{
	EACH (row, values) {
		const struct value_axis axis = value_axis_of(row->least, row->greatest, 1);

		tap_row(row->name);
		CHECK_NEAR(axis.low / row->step, row->low / row->step, 1e-6);
		CHECK_NEAR(axis.high / row->step, row->high / row->step, 1e-6);
		CHECK_NEAR(axis.step / row->step, 1, 1e-6);
	}
}

static void values_in_units_have_steps_in_units(void)
{
	const double gib = 1024.0 * 1024 * 1024;
	const struct value_axis memory = value_axis_to(24.1 * gib, gib);

	CHECK_NEAR(memory.step / gib, 10, 1e-9);
	CHECK_NEAR(memory.high / gib, 25, 1e-9);

	const struct value_axis around = value_axis_around(20.1, 21.4, 1);

	CHECK_NEAR(around.low, 20, 1e-9);
	CHECK_NEAR(around.high, 21.5, 1e-9);
}

/* 2026-11-09 05:50 in Shanghai, as the clock says in text: label by label. */
static const struct {
	const char *name, *zone;
	struct civil from;
	int hours, width;
	const char *labels;
	enum language language;
} times[] = {
	{"a day from 05:50", "Asia/Shanghai", {2026, 11, 9, 5, 50, 0, 0, 0}, 24, 294, "08 12 16 20 11/10 04", LANGUAGE_ZH},
	{"the same in English", "Asia/Shanghai", {2026, 11, 9, 5, 50, 0, 0, 0}, 24, 294, "08 12 16 20 10 Nov 04", LANGUAGE_EN},
	{"a day of 23 hours: 2 and 3 are apart by less", "Europe/Berlin", {2026, 3, 29, 0, 0, 0, 0, 0}, 23, 1100,
	 "3/29 01 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23", LANGUAGE_ZH},
	{"a day of 25 hours: 2 o'clock comes twice, and is named once", "Europe/Berlin", {2026, 10, 25, 0, 0, 0, 0, 0}, 25, 1200,
	 "10/25 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23", LANGUAGE_ZH},
	{"an hour", "UTC", {2026, 1, 1, 10, 0, 0, 0, 0}, 1, 300, "10:00 10:10 10:20 10:30 10:40 10:50", LANGUAGE_ZH},
	{"half an hour's offset", "Asia/Kolkata", {2026, 1, 1, 0, 0, 0, 0, 0}, 24, 294, "1/1 04 08 12 16 20", LANGUAGE_ZH},
	{"a week", "Asia/Shanghai", {2026, 3, 16, 0, 0, 0, 0, 0}, 168, 500, "3/16 3/17 3/18 3/19 3/20 3/21 3/22", LANGUAGE_ZH},
	{"a year", "UTC", {2026, 1, 1, 0, 0, 0, 0, 0}, 8760, 300, "2026 Apr Jul Oct", LANGUAGE_EN},
};

static void ticks_stand_at_whole_local_times(void)
{
	EACH (row, times) {
		AUTO(zone) struct zone *zone = zone_load(slice_of(row->zone), NULL);
		AUTO(buffer) struct buffer labels = BUFFER_LIMIT(1000);
		const int64_t from_ms = zone_from_civil(zone, &row->from);
		struct time_axis axis;

		tap_row(row->name);
		time_axis_of(&axis, zone, from_ms, from_ms + row->hours * MS_PER_HOUR, row->width, 44, row->language);
		for (size_t i = 0; i < axis.n; i++)
			buffer_printf(&labels, "%s%s", i ? " " : "", axis.ticks[i].label);
		CHECK_SLICE(buffer_peek(&labels), slice_of(row->labels));
		for (size_t i = 1; i < axis.n; i++)
			CHECK(axis.ticks[i].at_ms > axis.ticks[i - 1].at_ms);
	}
}

static void ticks_keep_the_length_of_hours(void)
{
	AUTO(zone) struct zone *zone = zone_load(SLICE("Europe/Berlin"), NULL);
	const int64_t from_ms = zone_from_civil(zone, &(struct civil){2026, 10, 25, 0, 0, 0, 0, 0});
	struct time_axis axis;

	time_axis_of(&axis, zone, from_ms, from_ms + 25 * MS_PER_HOUR, 1200, 44, LANGUAGE_ZH);
	/* From the first 02:00 to 03:00 it is two hours. */
	CHECK_INT(axis.ticks[3].at_ms - axis.ticks[2].at_ms, 2 * MS_PER_HOUR);
	CHECK_INT(axis.ticks[2].at_ms - axis.ticks[1].at_ms, MS_PER_HOUR);
}

static void the_zone_is_named(void)
{
	AUTO(zone) struct zone *berlin = zone_load(SLICE("Europe/Berlin"), NULL);
	const int64_t spring = zone_from_civil(berlin, &(struct civil){2026, 3, 29, 0, 0, 0, 0, 0});
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(100);

	time_axis_zone(&text, berlin, spring, spring + 23 * MS_PER_HOUR);
	buffer_append_byte(&text, ' ');
	time_axis_zone(&text, berlin, spring + MS_PER_DAY, spring + 2 * MS_PER_DAY);
	buffer_append_byte(&text, ' ');
	time_axis_zone(&text, NULL, spring, spring + MS_PER_DAY);
	CHECK_SLICE(buffer_peek(&text), SLICE("UTC+1/+2 UTC+2 UTC"));
}

TESTS(TEST(the_axis_has_few_even_steps), TEST(values_in_units_have_steps_in_units), TEST(ticks_stand_at_whole_local_times),
      TEST(ticks_keep_the_length_of_hours), TEST(the_zone_is_named))
