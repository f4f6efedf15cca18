/* SPDX-License-Identifier: MIT */
/* clock.c - the calendar's arithmetic, and the machine's two clocks (clock.h) */
#include "base/clock.h"

#include <time.h>

#include "base/ascii.h"

static int64_t read_clock(clockid_t id)
{
	struct timespec now;

	/* It fails only for a clock that does not exist. */
	(void)clock_gettime(id, &now);
	return (int64_t)now.tv_sec * MS_PER_SECOND + now.tv_nsec / 1000000;
}

int64_t clock_now_ms(void)
{
	return read_clock(CLOCK_REALTIME);
}

int64_t clock_monotonic_ms(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

/* Rounded down, also below 0. */
static int64_t floor_div(int64_t value, int64_t by)
{
	return value / by - (value % by < 0);
}

#define DAYS_PER_400_YEARS 146097
/* From 0000-03-01, the day after a leap day that begins a circle of 400 years, to 1970-01-01. */
#define DAYS_TO_1970 719468

/* Years are counted from March, so that the leap day is the last one; then the months of a year begin on the days
 * (153 * month + 2) / 5. */
int64_t civil_to_days(int year, int month, int day)
{
	const int64_t months = (int64_t)year * 12 + month - 3;
	const int64_t march_year = floor_div(months, 12);
	const int64_t march_month = months - march_year * 12;
	const int64_t circle = floor_div(march_year, 400);
	const int64_t year_in_circle = march_year - circle * 400;
	const int64_t day_in_year = (153 * march_month + 2) / 5 + day - 1;

	return circle * DAYS_PER_400_YEARS + year_in_circle * 365 + year_in_circle / 4 - year_in_circle / 100 +
	       day_in_year - DAYS_TO_1970;
}

void civil_from_days(int64_t days, struct civil *ret)
{
	const int64_t shifted = days + DAYS_TO_1970;
	const int64_t circle = floor_div(shifted, DAYS_PER_400_YEARS);
	const int64_t day_in_circle = shifted - circle * DAYS_PER_400_YEARS;
	/* The days that are too many for years of 365: one in 4 years (1460 days), none in 100, one in 400. */
	const int64_t year_in_circle =
		(day_in_circle - day_in_circle / 1460 + day_in_circle / 36524 - day_in_circle / 146096) / 365;
	const int64_t day_in_year = day_in_circle - (year_in_circle * 365 + year_in_circle / 4 - year_in_circle / 100);
	const int64_t march_month = (5 * day_in_year + 2) / 153;

	*ret = (struct civil){
		.day = (int)(day_in_year - (153 * march_month + 2) / 5 + 1),
		.month = (int)(march_month < 10 ? march_month + 3 : march_month - 9),
		.weekday = (int)(days + 4 - floor_div(days + 4, 7) * 7), /* 1970-01-01 was a Thursday */
	};
	ret->year = (int)(circle * 400 + year_in_circle + (ret->month <= 2));
}

int civil_days_in_month(int year, int month)
{
	return (int)(civil_to_days(year, month + 1, 1) - civil_to_days(year, month, 1));
}

bool civil_is_valid(const struct civil *civil)
{
	return civil->year >= 1 && civil->year <= 9999 && civil->month >= 1 && civil->month <= 12 && civil->day >= 1 &&
	       civil->day <= civil_days_in_month(civil->year, civil->month) && civil->hour >= 0 && civil->hour <= 23 &&
	       civil->minute >= 0 && civil->minute <= 59 && civil->second >= 0 && civil->second <= 59 &&
	       civil->millisecond >= 0 && civil->millisecond <= 999;
}

/* A week belongs to the year that holds its Thursday. */
int civil_iso_week(const struct civil *civil, int *ret_year)
{
	const int64_t days = civil_to_days(civil->year, civil->month, civil->day);
	const int64_t thursday = floor_div(days + 3, 7) * 7; /* 1970-01-01 was one */
	struct civil in_year;

	civil_from_days(thursday, &in_year);
	*ret_year = in_year.year;
	return (int)((thursday - civil_to_days(in_year.year, 1, 1)) / 7) + 1;
}

int64_t civil_to_ms(const struct civil *civil, int offset_s)
{
	return civil_to_days(civil->year, civil->month, civil->day) * MS_PER_DAY + civil->hour * MS_PER_HOUR +
	       civil->minute * MS_PER_MINUTE + civil->second * MS_PER_SECOND + civil->millisecond -
	       offset_s * MS_PER_SECOND;
}

void civil_from_ms(int64_t instant_ms, int offset_s, struct civil *ret)
{
	const int64_t local = instant_ms + offset_s * MS_PER_SECOND;
	const int64_t days = floor_div(local, MS_PER_DAY);
	int64_t rest = local - days * MS_PER_DAY;

	civil_from_days(days, ret);
	ret->hour = (int)(rest / MS_PER_HOUR);
	rest %= MS_PER_HOUR;
	ret->minute = (int)(rest / MS_PER_MINUTE);
	rest %= MS_PER_MINUTE;
	ret->second = (int)(rest / MS_PER_SECOND);
	ret->millisecond = (int)(rest % MS_PER_SECOND);
}

/* Cuts `n` digits off `*rest`. */
static bool take_number(slice *rest, size_t n, int *ret)
{
	int value = 0;

	if (rest->len < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!ascii_is_digit(rest->ptr[i]))
			return false;
		value = value * 10 + (rest->ptr[i] - '0');
	}
	*rest = slice_after(*rest, n);
	*ret = value;
	return true;
}

/* Cuts a byte that is one of `wanted` off `*rest`. */
static bool take_one_of(slice *rest, const char *wanted, char *ret)
{
	if (rest->len == 0 || !ascii_is_one_of(rest->ptr[0], wanted))
		return false;
	*ret = rest->ptr[0];
	*rest = slice_after(*rest, 1);
	return true;
}

/* ".25": at least one digit; what is finer than a millisecond is cut. */
static bool take_fraction(slice *rest, int *ret_ms)
{
	char byte;
	int worth = 100;

	*ret_ms = 0;
	if (!take_one_of(rest, ".", &byte))
		return true;
	if (!take_one_of(rest, "0123456789", &byte))
		return false;
	do {
		*ret_ms += (byte - '0') * worth;
		worth /= 10;
	} while (take_one_of(rest, "0123456789", &byte));
	return true;
}

static bool take_offset(slice *rest, int *ret_s)
{
	char sign, colon;
	int hours, minutes;

	if (!take_one_of(rest, "+-Zz", &sign))
		return false;
	if (sign == 'Z' || sign == 'z') {
		*ret_s = 0;
		return true;
	}
	if (!take_number(rest, 2, &hours) || !take_one_of(rest, ":", &colon) || !take_number(rest, 2, &minutes) ||
	    hours > 23 || minutes > 59)
		return false;
	*ret_s = (hours * 60 + minutes) * (sign == '-' ? -60 : 60);
	return true;
}

bool rfc3339_parse(slice text, int64_t *ret_ms, int *ret_offset_s)
{
	struct civil civil = {0};
	char mark;
	int offset_s;

	if (!take_number(&text, 4, &civil.year) || !take_one_of(&text, "-", &mark) ||
	    !take_number(&text, 2, &civil.month) || !take_one_of(&text, "-", &mark) ||
	    !take_number(&text, 2, &civil.day) || !take_one_of(&text, "Tt ", &mark) ||
	    !take_number(&text, 2, &civil.hour) || !take_one_of(&text, ":", &mark) ||
	    !take_number(&text, 2, &civil.minute) || !take_one_of(&text, ":", &mark) ||
	    !take_number(&text, 2, &civil.second) || !take_fraction(&text, &civil.millisecond) ||
	    !take_offset(&text, &offset_s) || text.len)
		return false;
	/* These instants know no leap seconds: it is put into the last millisecond before. */
	if (civil.second == 60) {
		civil.second = 59;
		civil.millisecond = 999;
	}
	if (!civil_is_valid(&civil))
		return false;
	*ret_ms = civil_to_ms(&civil, offset_s);
	*ret_offset_s = offset_s;
	return true;
}

void rfc3339_write(struct buffer *buffer, int64_t instant_ms, int offset_s)
{
	struct civil civil;
	const int minutes = (offset_s < 0 ? -offset_s : offset_s) / 60;

	/* Offsets with seconds (local mean times of old) cannot be written: the minute below it is, and the same instant. */
	offset_s = offset_s < 0 ? -minutes * 60 : minutes * 60;
	civil_from_ms(instant_ms, offset_s, &civil);
	buffer_printf(buffer, "%04d-%02d-%02dT%02d:%02d:%02d", civil.year, civil.month, civil.day, civil.hour,
		      civil.minute, civil.second);
	if (civil.millisecond)
		buffer_printf(buffer, ".%03d", civil.millisecond);
	if (minutes == 0)
		buffer_append_byte(buffer, 'Z');
	else
		buffer_printf(buffer, "%c%02d:%02d", offset_s < 0 ? '-' : '+', minutes / 60, minutes % 60);
}
