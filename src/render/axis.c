/* SPDX-License-Identifier: MIT */
/* axis.c - steps that people count in */
#include "render/axis.h"

#include <math.h>

#include "table/format.h"

#define STEPS_MIN 2
#define STEPS_MAX 4
#define STEPS_MAX_BOTH_SIGNS 5
#define LITTLE 1e-9 /* what doubles are off by after a few operations */

static double up(double value, double step)
{
	return ceil(value / step - LITTLE) * step;
}

static double down(double value, double step)
{
	return floor(value / step + LITTLE) * step;
}

/* Of the steps that give few enough ticks, the one whose axis is shortest; of two equal ones the smaller. */
static struct value_axis choose(double least, double greatest, double one)
{
	static const double steps[] = {1, 2, 5, 10, 20, 25, 50, 100};
	const double range = (greatest - least) / one;
	const double power = pow(10, floor(log10(range)) - 1);
	const double most = least < 0 && greatest > 0 ? STEPS_MAX_BOTH_SIGNS : STEPS_MAX;
	struct value_axis axis = {.step = 0};

	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		const double step = steps[i] * power * one;
		const double low = down(least, step), high = up(greatest, step);
		const double n = (high - low) / step + LITTLE;
		/* 2.5 would be written with decimals that 2 and 5 do not have. */
		const bool is_quarter = steps[i] == 25;

		if (n < STEPS_MIN || n > most + 2 * LITTLE || (is_quarter && power * 25 < 25 - LITTLE))
			continue;
		if (axis.step == 0 || high - low < (axis.high - axis.low) * (1 - LITTLE))
			axis = (struct value_axis){low, high, step};
	}
	return axis;
}

struct value_axis value_axis_of(double least, double greatest, double one)
{
	if (least > 0)
		least = 0;
	if (greatest < 0)
		greatest = 0;
	if (!(greatest - least > 0) || !isfinite(greatest - least))
		return (struct value_axis){0, one, one / STEPS_MIN};
	return choose(least, greatest, one);
}

struct value_axis value_axis_to(double whole, double one)
{
	struct value_axis axis = value_axis_of(0, whole, one);
	const double half = axis.step / 2;

	axis.high = up(whole, half);
	return axis;
}

struct value_axis value_axis_share(void)
{
	return (struct value_axis){0, 1, 0.5};
}

struct value_axis value_axis_around(double least, double greatest, double one)
{
	return choose(least, greatest, one);
}

/* ---- time ---- */

#define MINUTES_PER_DAY 1440

static const int minute_steps[] = {1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720};
static const int day_steps[] = {1, 2, 7, 14};
static const int month_steps[] = {1, 3, 6, 12, 24, 60, 120};

struct stretch {
	const struct zone *zone;
	int64_t from_ms, to_ms;
	enum language language;
};

static void to_civil(const struct zone *zone, int64_t at_ms, struct civil *ret)
{
	if (zone)
		zone_to_civil(zone, at_ms, ret);
	else
		civil_from_ms(at_ms, 0, ret);
}

static int64_t from_civil(const struct zone *zone, const struct civil *civil)
{
	return zone ? zone_from_civil(zone, civil) : civil_to_ms(civil, 0);
}

static void write_label(char label[24], struct buffer *text)
{
	const slice cut = slice_part(buffer_peek(text), 0, 23);

	memcpy(label, cut.ptr ? cut.ptr : "", cut.len);
	label[cut.len] = '\0';
}

/* A tick at a local time, unless the clocks skip it or it lies outside. */
static struct time_tick *add_tick(struct time_axis *axis, const struct stretch *stretch, const struct civil *civil)
{
	const int64_t at_ms = from_civil(stretch->zone, civil);
	struct civil found;

	to_civil(stretch->zone, at_ms, &found);
	if (at_ms < stretch->from_ms || at_ms >= stretch->to_ms || found.hour != civil->hour || found.minute != civil->minute ||
	    axis->n == TIME_TICKS_MAX)
		return NULL;
	axis->ticks[axis->n] = (struct time_tick){.at_ms = at_ms};
	return &axis->ticks[axis->n++];
}

static void label_date(struct time_tick *tick, const struct stretch *stretch)
{
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(64);

	format_date(&text, DATE_SHORT, tick->at_ms, stretch->zone, stretch->language);
	write_label(tick->label, &text);
}

static void add_minutes(struct time_axis *axis, const struct stretch *stretch, int step)
{
	struct civil day;

	to_civil(stretch->zone, stretch->from_ms, &day);
	for (;; day.day++) {
		struct civil begin = day;

		begin.hour = begin.minute = begin.second = begin.millisecond = 0;
		if (from_civil(stretch->zone, &begin) >= stretch->to_ms)
			return;
		for (int minute = 0; minute < MINUTES_PER_DAY; minute += step) {
			AUTO(buffer) struct buffer text = BUFFER_LIMIT(64);
			struct civil at = begin;

			at.hour = minute / 60;
			at.minute = minute % 60;

			struct time_tick *tick = add_tick(axis, stretch, &at);

			if (!tick)
				continue;
			tick->is_border = minute == 0;
			buffer_printf(&text, step % 60 ? "%02d:%02d" : "%02d", at.hour, at.minute);
			write_label(tick->label, &text);
			if (minute == 0)
				label_date(tick, stretch);
		}
	}
}

static void add_days(struct time_axis *axis, const struct stretch *stretch, int step)
{
	struct civil day;

	to_civil(stretch->zone, stretch->from_ms, &day);
	day.hour = day.minute = day.second = day.millisecond = 0;
	/* Weeks begin on Monday. */
	if (step % 7 == 0)
		day.day -= (day.weekday + 6) % 7;
	for (int64_t at_ms = stretch->from_ms; at_ms < stretch->to_ms; day.day += step) {
		/* A day may begin at 01:00, where the clocks go forward at midnight. */
		at_ms = from_civil(stretch->zone, &day);
		if (at_ms < stretch->from_ms || at_ms >= stretch->to_ms || axis->n == TIME_TICKS_MAX)
			continue;
		axis->ticks[axis->n] = (struct time_tick){.at_ms = at_ms};
		label_date(&axis->ticks[axis->n++], stretch);
	}
}

static void add_months(struct time_axis *axis, const struct stretch *stretch, int step)
{
	struct civil month;

	to_civil(stretch->zone, stretch->from_ms, &month);
	month = (struct civil){.year = month.year, .month = 1, .day = 1};
	if (step > 12)
		month.year -= month.year % (step / 12);
	for (int64_t at_ms = stretch->from_ms; at_ms < stretch->to_ms; month.month += step) {
		AUTO(buffer) struct buffer text = BUFFER_LIMIT(64);
		struct civil found;

		at_ms = from_civil(stretch->zone, &month);
		if (at_ms < stretch->from_ms || at_ms >= stretch->to_ms || axis->n == TIME_TICKS_MAX)
			continue;
		to_civil(stretch->zone, at_ms, &found);
		axis->ticks[axis->n] = (struct time_tick){.at_ms = at_ms, .is_border = found.month == 1};
		if (found.month == 1)
			buffer_printf(&text, "%d", found.year);
		else
			buffer_append(&text, slice_of(word(WORD_JAN + (unsigned)found.month - 1, stretch->language)));
		write_label(axis->ticks[axis->n++].label, &text);
	}
}

/* The first of the steps, in days, minutes or months of `one_ms`, that leaves each tick its room; the last one whatever it leaves. */
static size_t fitting(const int *steps, size_t n, double one_ms, double room_ms)
{
	size_t i = 0;

	while (i < n && steps[i] * one_ms < room_ms)
		i++;
	return i;
}

#define STEPS(array) (array), sizeof(array) / sizeof *(array)

void time_axis_of(struct time_axis *axis, const struct zone *zone, int64_t from_ms, int64_t to_ms, double width_px, double room_px,
		  enum language language)
{
	const struct stretch stretch = {zone, from_ms, to_ms, language};
	const double room_ms = (double)(to_ms - from_ms) / width_px * room_px;
	size_t i;

	axis->n = 0;
	if (to_ms <= from_ms)
		return;
	if ((i = fitting(STEPS(minute_steps), MS_PER_MINUTE, room_ms)) < sizeof minute_steps / sizeof *minute_steps) {
		axis->step_ms = minute_steps[i] * MS_PER_MINUTE;
		add_minutes(axis, &stretch, minute_steps[i]);
	} else if ((i = fitting(STEPS(day_steps), MS_PER_DAY, room_ms)) < sizeof day_steps / sizeof *day_steps) {
		axis->step_ms = day_steps[i] * MS_PER_DAY;
		add_days(axis, &stretch, day_steps[i]);
	} else {
		const size_t n = sizeof month_steps / sizeof *month_steps;

		i = fitting(month_steps, n, 30.4 * MS_PER_DAY, room_ms);
		i = i < n ? i : n - 1;
		axis->step_ms = month_steps[i] * 30 * MS_PER_DAY;
		add_months(axis, &stretch, month_steps[i]);
	}
}

void time_axis_zone(struct buffer *out, const struct zone *zone, int64_t from_ms, int64_t to_ms)
{
	const int from = zone ? zone_offset_at(zone, from_ms) : 0;
	const int to = zone ? zone_offset_at(zone, to_ms > from_ms ? to_ms - 1 : from_ms) : 0;
	AUTO(buffer) struct buffer other = BUFFER_LIMIT(64);

	format_offset(out, from);
	if (from == to)
		return;
	format_offset(&other, to);
	buffer_append_byte(out, '/');
	buffer_append(out, to ? slice_after(buffer_peek(&other), sizeof "UTC" - 1) : SLICE("+0"));
}
