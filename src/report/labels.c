/* SPDX-License-Identifier: MIT */
/* labels.c - names of periods */
#include "report/labels.h"

static slice week_number(struct say *say, int64_t ms, int *ret_year)
{
	AUTO(buffer) struct buffer number = BUFFER_LIMIT(20);

	buffer_append_u64(&number, (uint64_t)week_of_year(ms, say->zone, ret_year));
	return say_text(say, buffer_peek(&number));
}

static slice label(struct say *say, const struct window *window, bool with_weekday)
{
	const int days = window_days(window, say->zone);
	const int64_t from_ms = window->from_ms, last_ms = window->to_ms - 1;

	if (window_is_whole_days(window, say->zone)) {
		if (days == 1)
			return with_weekday ? say_weekday_day(say, from_ms) : say_day(say, from_ms);
		return SAY(say, WORD_SPAN, say_day(say, from_ms), say_day(say, last_ms));
	}
	if (days <= 1)
		return SAY(say, WORD_SPAN_TIMES, say_day(say, from_ms), say_clock(say, from_ms),
		           say_clock_end(say, window->to_ms));
	return SAY(
	        say, WORD_SPAN,
	        SAY(say, WORD_DAY_CLOCK, say_day(say, from_ms), say_clock(say, from_ms)),
	        SAY(say, WORD_DAY_CLOCK, say_day(say, last_ms), say_clock_end(say, window->to_ms)));
}

slice label_short(struct say *say, const struct window *window)
{
	int year;

	if (window_is_week(window, say->zone))
		return SAY(say, WORD_WEEK, week_number(say, window->from_ms, &year));
	return label(say, window, true);
}

slice label_key(struct say *say, const struct window *window)
{
	const int64_t length_ms = window->to_ms - window->from_ms;

	/* Hours that begin somewhere in a day. */
	if (!window_is_whole_days(window, say->zone) && window_days(window, say->zone) > 1 && length_ms % MS_PER_HOUR == 0)
		return SAY(say, WORD_HOURS_NUMBER, say_count(say, (uint64_t)(length_ms / MS_PER_HOUR)));
	return label(say, window, false);
}

slice label_whole(struct say *say, const struct span *span)
{
	return say_word(say, span->is_of_log ? WORD_WHOLE_LOG : WORD_WHOLE_DATA);
}

slice label_period(struct say *say, const struct span *span)
{
	struct window days = span->window;

	if (!span->is_whole)
		return label_short(say, &span->window);
	if (span->is_empty)
		return label_whole(say, span);
	days.from_ms = zone_day_start(say->zone, days.from_ms);
	days.to_ms = zone_day_add(say->zone, days.to_ms - 1, 1);
	return label_short(say, &days);
}

static slice label_of_week(struct say *say, const struct window *window, slice zone)
{
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(20);
	int year;
	const slice week = week_number(say, window->from_ms, &year);

	buffer_append_u64(&text, (uint64_t)year);
	return SAY(say, WORD_PERIOD_WEEK, week, say_text(say, buffer_peek(&text)), say_weekday_day(say, window->from_ms), say_weekday_day(say, window->to_ms - 1),
		   zone);
}

slice label_long(struct say *say, const struct span *span)
{
	const struct window *window = &span->window;
	const int days = window_days(window, say->zone);

	if (span->is_whole && span->is_empty)
		return SAY(say, span->is_of_log ? WORD_PERIOD_EMPTY_LOG : WORD_PERIOD_EMPTY_DATA, say_zone(say, span->now_ms));
	const slice zone =
	        say_zone(say, span->is_whole ? span->first_ms : window->from_ms);
	if (span->is_whole)
		return SAY(say, span->is_of_log ? WORD_PERIOD_WHOLE_LOG : WORD_PERIOD_WHOLE_DATA, say_iso_time(say, span->first_ms),
		           say_iso_time(say, span->last_ms), zone);
	if (window_is_whole_days(window, say->zone)) {
		if (days == 1)
			return SAY(say, WORD_PERIOD_DAY, say_date(say, window->from_ms), zone);
		if (window_is_week(window, say->zone))
			return label_of_week(say, window, zone);
		return SAY(say, WORD_PERIOD_DAYS, say_date(say, window->from_ms), say_later_date(say, window->from_ms, window->to_ms - 1), zone);
	}
	const slice from = say_clock(say, window->from_ms), to = say_clock_end(say, window->to_ms);
	if (days <= 1)
		return SAY(say, WORD_PERIOD_PART, say_date(say, window->from_ms), from, to, zone);
	return SAY(say, WORD_PERIOD_TIMES, say_date(say, window->from_ms), from, say_later_date(say, window->from_ms, window->to_ms - 1), to, zone);
}

slice label_former(struct say *say, const struct span *span)
{
	static const enum word weekdays[] = {WORD_FORMER_SUNDAY,   WORD_FORMER_MONDAY,
	                                     WORD_FORMER_TUESDAY,  WORD_FORMER_WEDNESDAY,
	                                     WORD_FORMER_THURSDAY, WORD_FORMER_FRIDAY,
	                                     WORD_FORMER_SATURDAY};
	const struct window *former = &span->former_window;
	const int days = window_days(&span->window, say->zone);
	const struct window between = {former->from_ms, span->window.from_ms};
	const int days_between = window_days(&between, say->zone);
	struct civil from;

	zone_to_civil(say->zone, former->from_ms, &from);
	if (days == 1 && days_between == 7)
		return say_word(say, weekdays[from.weekday]);
	if (days == 1 && days_between == 1 &&
	    zone_day_start(say->zone, span->window.from_ms) == span->window.from_ms)
		return say_word(say, WORD_FORMER_DAY_BEFORE);
	/* Windows that do not begin at midnight touch one day more. */
	if (days_between == 7 || days_between == 8)
		return say_word(say, days == 7 ? WORD_FORMER_WEEK_BEFORE : WORD_FORMER_SAME_TIME);
	return say_word(say, days_between > 8 && days_between % 7 == 0 ? WORD_FORMER_WEEKS_BEFORE
	                                                               : WORD_FORMER_BEFORE);
}

/* Whether a time of day is enough to know when: in one day, and in 24 hours of two. */
static bool is_one_day(struct say *say, const struct span *span)
{
	return window_days(&span->window, say->zone) <= 1 || (!span->is_whole && span->window.to_ms - span->window.from_ms <= MS_PER_DAY);
}

slice label_slot(struct say *say, const struct span *span, int64_t ms)
{
	if (span->slots_are_days)
		return say_day(say, ms);
	return is_one_day(say, span)
	               ? say_hour(say, ms)
	               : SAY(say, WORD_DAY_CLOCK, say_day(say, ms), say_hour(say, ms));
}

slice label_slot_end(struct say *say, const struct span *span, int64_t ms)
{
	if (span->slots_are_days)
		return say_day(say, ms - 1);
	if (zone_day_start(say->zone, ms) != ms)
		return label_slot(say, span, ms);
	return is_one_day(say, span)
	               ? SLICE("24:00")
	               : SAY(say, WORD_DAY_CLOCK, say_day(say, ms - 1), SLICE("24:00"));
}

slice label_minute(struct say *say, const struct span *span, int64_t ms)
{
	return is_one_day(say, span)
	               ? say_clock(say, ms)
	               : SAY(say, WORD_DAY_CLOCK, say_day(say, ms), say_clock(say, ms));
}

slice label_minute_end(struct say *say, const struct span *span, int64_t ms)
{
	return is_one_day(say, span)
	               ? say_clock_end(say, ms)
	               : SAY(say, WORD_DAY_CLOCK, say_day(say, ms - 1), say_clock_end(say, ms));
}
