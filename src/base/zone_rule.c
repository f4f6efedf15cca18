/* SPDX-License-Identifier: MIT */
/* zone_rule.c - the years after the last listed change (zone_rule.h) */
#include "base/zone_rule.h"

#include "base/ascii.h"

static bool take_byte(slice *rest, char byte)
{
	if (rest->len == 0 || rest->ptr[0] != byte)
		return false;
	*rest = slice_after(*rest, 1);
	return true;
}

/* One to three digits, and a number of at most `max`. */
static bool take_number(slice *rest, int max, int *ret)
{
	int value = 0;
	size_t n = 0;

	for (; n < 3 && n < rest->len && ascii_is_digit(rest->ptr[n]); n++)
		value = value * 10 + (rest->ptr[n] - '0');
	*rest = slice_after(*rest, n);
	*ret = value;
	return n && value <= max;
}

/* "EST", or "<+0845>" */
static bool take_abbreviation(slice *rest, struct zone_time *ret)
{
	const bool is_quoted = take_byte(rest, '<');
	size_t n = 0;

	for (; n < rest->len; n++) {
		const char c = rest->ptr[n];

		if (!ascii_is_alpha(c) && !(is_quoted && (ascii_is_digit(c) || c == '+' || c == '-')))
			break;
	}
	if (n < 3 || n >= sizeof ret->abbreviation)
		return false;
	memcpy(ret->abbreviation, rest->ptr, n);
	ret->abbreviation[n] = '\0';
	*rest = slice_after(*rest, n);
	return !is_quoted || take_byte(rest, '>');
}

/* "-2", "2:30", "+167:59:59": seconds. */
static bool take_time(slice *rest, int max_hours, int *ret_s)
{
	const bool is_negative = take_byte(rest, '-');
	int hours, minutes = 0, seconds = 0;

	if (!is_negative)
		(void)take_byte(rest, '+');
	if (!take_number(rest, max_hours, &hours))
		return false;
	if (take_byte(rest, ':')) {
		if (!take_number(rest, 59, &minutes))
			return false;
		if (take_byte(rest, ':') && !take_number(rest, 59, &seconds))
			return false;
	}
	*ret_s = (hours * 3600 + minutes * 60 + seconds) * (is_negative ? -1 : 1);
	return true;
}

/* The sign is turned: POSIX counts west of Greenwich. */
static bool take_offset(slice *rest, struct zone_time *ret)
{
	int west_s;

	if (!take_time(rest, 24, &west_s))
		return false;
	ret->offset_s = -west_s;
	return true;
}

static bool take_day(slice *rest, struct zone_change *ret)
{
	if (take_byte(rest, 'M')) {
		ret->kind = ZONE_DAY_OF_MONTH;
		return take_number(rest, 12, &ret->month) && ret->month >= 1 && take_byte(rest, '.') &&
		       take_number(rest, 5, &ret->week) && ret->week >= 1 && take_byte(rest, '.') &&
		       take_number(rest, 6, &ret->day);
	}
	if (take_byte(rest, 'J')) {
		ret->kind = ZONE_DAY_JULIAN;
		return take_number(rest, 365, &ret->day) && ret->day >= 1;
	}
	ret->kind = ZONE_DAY_FROM_ZERO;
	return take_number(rest, 365, &ret->day);
}

/* ",M3.2.0/2:00" */
static bool take_change(slice *rest, struct zone_change *ret)
{
	ret->time_s = 2 * 3600;
	return take_byte(rest, ',') && take_day(rest, ret) && (!take_byte(rest, '/') || take_time(rest, 167, &ret->time_s));
}

bool zone_rule_parse(slice text, struct zone_rule *ret)
{
	struct zone_rule rule = {.has_daylight = false};

	if (!take_abbreviation(&text, &rule.standard) || !take_offset(&text, &rule.standard))
		return false;
	if (text.len) {
		rule.has_daylight = true;
		rule.daylight.offset_s = rule.standard.offset_s + 3600;
		if (!take_abbreviation(&text, &rule.daylight) ||
		    (text.len && text.ptr[0] != ',' && !take_offset(&text, &rule.daylight)) ||
		    !take_change(&text, &rule.to_daylight) || !take_change(&text, &rule.to_standard) || text.len)
			return false;
	}
	*ret = rule;
	return true;
}

static bool is_leap_year(int year)
{
	return civil_days_in_month(year, 2) == 29;
}

static int64_t day_of_change(const struct zone_change *change, int year)
{
	const int64_t new_year = civil_to_days(year, 1, 1);
	struct civil first;
	int day;

	switch (change->kind) {
	case ZONE_DAY_JULIAN:
		return new_year + change->day - 1 + (change->day >= 60 && is_leap_year(year));
	case ZONE_DAY_FROM_ZERO:
		return new_year + change->day;
	case ZONE_DAY_OF_MONTH:
		break;
	}
	civil_from_days(civil_to_days(year, change->month, 1), &first);
	day = (change->day - first.weekday + 7) % 7 + 7 * (change->week - 1);
	if (day >= civil_days_in_month(year, change->month))
		day -= 7;
	return civil_to_days(year, change->month, 1) + day;
}

static int64_t instant_of_change(const struct zone_change *change, int year, int offset_before_s)
{
	return day_of_change(change, year) * MS_PER_DAY + (change->time_s - offset_before_s) * MS_PER_SECOND;
}

static void set_time(const struct zone_rule *rule, bool is_dst, struct zone_moment *ret)
{
	const struct zone_time *time = is_dst ? &rule->daylight : &rule->standard;

	ret->is_dst = is_dst;
	ret->offset_s = time->offset_s;
	ret->abbreviation = time->abbreviation;
}

/* Beyond these years the sums of days and milliseconds would overflow; nobody knows their clocks. */
#define RULE_MAX_YEARS 200000000

void zone_rule_at(const struct zone_rule *rule, int64_t instant_ms, struct zone_moment *ret)
{
	const int64_t limit_ms = INT64_C(366) * RULE_MAX_YEARS * MS_PER_DAY;
	struct civil now;

	set_time(rule, false, ret);
	ret->from_ms = INT64_MIN;
	ret->to_ms = INT64_MAX;
	if (!rule->has_daylight || instant_ms > limit_ms || instant_ms < -limit_ms)
		return;
	civil_from_ms(instant_ms, rule->standard.offset_s, &now);
	/* A change may lie up to a week outside its year. The year's two come in either order, and at the same instant, where clocks are
	 * never standard: the later one in this loop wins, and to daylight is the later one. */
	for (int year = now.year - 2; year <= now.year + 2; year++) {
		const struct {
			int64_t at_ms;
			bool is_dst;
		} changes[] = {
			{instant_of_change(&rule->to_standard, year, rule->daylight.offset_s), false},
			{instant_of_change(&rule->to_daylight, year, rule->standard.offset_s), true},
		};

		for (size_t i = 0; i < 2; i++) {
			if (changes[i].at_ms <= instant_ms && changes[i].at_ms >= ret->from_ms) {
				ret->from_ms = changes[i].at_ms;
				set_time(rule, changes[i].is_dst, ret);
			} else if (changes[i].at_ms > instant_ms && changes[i].at_ms < ret->to_ms) {
				ret->to_ms = changes[i].at_ms;
			}
		}
	}
}
