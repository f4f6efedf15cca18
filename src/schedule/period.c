/* SPDX-License-Identifier: MIT */
/* period.c - reading periods, and where they begin and end in a zone */
#include "schedule/period.h"

#include "base/ascii.h"
#include "base/nearest.h"
#include "base/num.h"

#define HOURS_MAX 8784 /* a leap year */
#define DAYS_MAX  3660 /* ten years */
#define LATEST_STEP_MS (10 * MS_PER_MINUTE)

static const struct {
	const char *word;
	enum period_kind kind;
} fixed_periods[] = {
        {"all", PERIOD_ALL},
        {"today", PERIOD_TODAY},
        {"yesterday", PERIOD_YESTERDAY},
        {"last week", PERIOD_LAST_WEEK},
        {"last month", PERIOD_LAST_MONTH},
};

static const char *const period_words[] = {"all",        "today",     "yesterday", "last week",
                                           "last month", "last 24 h", "latest 24 h", "last 7 d", NULL};

static const struct {
	const char *word;
	enum period_kind kind;
	unsigned max;
} units[] = {
        {"h", PERIOD_LAST_HOURS, HOURS_MAX},     {"hour", PERIOD_LAST_HOURS, HOURS_MAX},
        {"hours", PERIOD_LAST_HOURS, HOURS_MAX}, {"d", PERIOD_LAST_DAYS, DAYS_MAX},
        {"day", PERIOD_LAST_DAYS, DAYS_MAX},     {"days", PERIOD_LAST_DAYS, DAYS_MAX},
};

#define LENGTH(rows) (sizeof(rows) / sizeof *(rows))

/* "2026-11-09" */
static bool date_parse(slice text, struct civil *ret)
{
	uint64_t year, month, day;

	if (text.len != 10 || text.ptr[4] != '-' || text.ptr[7] != '-')
		return false;
	if (!num_parse_range(slice_part(text, 0, 4), 1, 9999, &year) ||
	    !num_parse_range(slice_part(text, 5, 2), 1, 12, &month) ||
	    !num_parse_range(slice_part(text, 8, 2), 1, 31, &day))
		return false;
	const struct civil date = {.year = (int)year, .month = (int)month, .day = (int)day};
	if (!civil_is_valid(&date))
		return false;
	*ret = date;
	return true;
}

static bool looks_like_date(slice text)
{
	return text.len >= 5 && ascii_is_digit(text.ptr[0]) && slice_find(text, '-') == 4;
}

static int bad_date(slice text, courant_error **err)
{
	return fail(
	        err, COURANT_CONFIG,
	        "%.*s is no date (2026-11-09) and no time with its offset (2026-11-09T08:00:00+08:00)",
	        SLICE_ARGS(text));
}

/* "2026-11-01..2026-11-07", "2026-11-01T08:00:00Z..2026-11-01T20:00:00Z" */
static int range_parse(slice text, size_t dots, struct period *ret, courant_error **err)
{
	const slice from = slice_trim(slice_part(text, 0, dots)),
	            to = slice_trim(slice_after(text, dots + 2));
	struct period period = {.kind = PERIOD_RANGE};
	int offset_s;

	if (date_parse(from, &period.from) && date_parse(to, &period.to)) {
		if (civil_to_days(period.to.year, period.to.month, period.to.day) <
		    civil_to_days(period.from.year, period.from.month, period.from.day))
			return fail(err, COURANT_CONFIG, "the period %.*s ends before it begins",
			            SLICE_ARGS(text));
		*ret = period;
		return 0;
	}
	if (rfc3339_parse(from, &period.from_ms, &offset_s) &&
	    rfc3339_parse(to, &period.to_ms, &offset_s)) {
		if (period.to_ms <= period.from_ms)
			return fail(err, COURANT_CONFIG, "the period %.*s ends before it begins",
			            SLICE_ARGS(text));
		period.has_instants = true;
		*ret = period;
		return 0;
	}
	if (!date_parse(from, &period.from) && !rfc3339_parse(from, &period.from_ms, &offset_s))
		return bad_date(from, err);
	if (!date_parse(to, &period.to) && !rfc3339_parse(to, &period.to_ms, &offset_s))
		return bad_date(to, err);
	return fail(err, COURANT_CONFIG,
	            "the period %.*s mixes a date and a time: write two dates or two times",
	            SLICE_ARGS(text));
}

/* "last 24 h", "latest 24 h", "last 7 days", "last 7d" */
static int last_parse(slice text, slice rest, bool is_latest, struct period *ret, courant_error **err)
{
	size_t digits = 0;
	uint64_t n;

	while (digits < rest.len && ascii_is_digit(rest.ptr[digits]))
		digits++;
	const slice unit = slice_trim(slice_after(rest, digits));
	for (size_t i = 0; i < LENGTH(units); i++) {
		if (!slice_equal_nocase(unit, slice_of(units[i].word)))
			continue;
		if (!num_parse_range(slice_part(rest, 0, digits), 1, units[i].max, &n))
			return fail(err, COURANT_CONFIG,
			            "the period \"%.*s\" must hold from 1 to %u %s",
			            SLICE_ARGS(text), units[i].max,
			            units[i].kind == PERIOD_LAST_HOURS ? "hours" : "days");
		if (is_latest && units[i].kind != PERIOD_LAST_HOURS)
			break;
		*ret = (struct period){.kind = is_latest ? PERIOD_LATEST_HOURS : units[i].kind, .n = (unsigned)n};
		return 0;
	}
	return fail(err, COURANT_CONFIG, is_latest ? "unknown period \"%.*s\": after the number comes h (latest 24 h)"
						   : "unknown period \"%.*s\": after the number comes h or d (last 24 h, last 7 d)",
		    SLICE_ARGS(text));
}

int period_parse(slice text, struct period *ret, courant_error **err)
{
	const slice word = slice_trim(text);
	const size_t dots = slice_find_slice(word, SLICE(".."));
	struct civil date;

	for (size_t i = 0; i < LENGTH(fixed_periods); i++) {
		if (slice_equal_nocase(word, slice_of(fixed_periods[i].word))) {
			*ret = (struct period){.kind = fixed_periods[i].kind};
			return 0;
		}
	}
	if (dots != SLICE_NONE)
		return range_parse(word, dots, ret, err);
	if (date_parse(word, &date)) {
		*ret = (struct period){.kind = PERIOD_RANGE, .from = date, .to = date};
		return 0;
	}
	if (looks_like_date(word))
		return bad_date(word, err);
	const bool is_latest = slice_starts_nocase(word, SLICE("latest "));
	if (is_latest || slice_starts_nocase(word, SLICE("last "))) {
		const slice rest = slice_trim(slice_after(word, is_latest ? 7 : 5));
		if (rest.len && ascii_is_digit(rest.ptr[0]))
			return last_parse(word, rest, is_latest, ret, err);
	}
	const char *nearest = nearest_word(word, period_words);
	return fail(
	        err, COURANT_CONFIG,
	        "unknown period \"%.*s\"%s%s%s; known are today, yesterday, last 24 h, latest 24 h, last 7 d, last week, last month, FROM..TO and all",
	        SLICE_ARGS(word), nearest ? " (did you mean \"" : "", nearest ? nearest : "",
	        nearest ? "\"?)" : "");
}

/* Whole local hours, n of them: in a zone that moves its clocks by half an hour they are not all 60 minutes long. */
static int64_t hours_back(const struct zone *zone, int64_t hour_start_ms, unsigned n)
{
	while (n-- > 0)
		hour_start_ms = zone_hour_start(zone, hour_start_ms - 1);
	return hour_start_ms;
}

void period_window(const struct period *period, const struct zone *zone, int64_t now_ms,
                   struct window *ret)
{
	const int64_t today_ms = zone_day_start(zone, now_ms);
	struct civil now;

	zone_to_civil(zone, now_ms, &now);
	switch (period->kind) {
	case PERIOD_ALL:
		*ret = (struct window){INT64_MIN, INT64_MAX};
		return;
	case PERIOD_TODAY:
		*ret = (struct window){today_ms, now_ms};
		return;
	case PERIOD_YESTERDAY:
		*ret = (struct window){zone_day_add(zone, now_ms, -1), today_ms};
		return;
	case PERIOD_LAST_HOURS: {
		const int64_t hour_ms = zone_hour_start(zone, now_ms);
		*ret = (struct window){hours_back(zone, hour_ms, period->n), hour_ms};
		return;
	}
	case PERIOD_LATEST_HOURS: {
		/* On the clock, which in some zones is not whole tens of minutes ahead of UTC. */
		const int64_t hour_ms = zone_hour_start(zone, now_ms);
		const int64_t end_ms = now_ms - (now_ms - hour_ms) % LATEST_STEP_MS;
		*ret = (struct window){end_ms - (int64_t)period->n * MS_PER_HOUR, end_ms};
		return;
	}
	case PERIOD_LAST_DAYS:
		*ret = (struct window){zone_day_add(zone, now_ms, -(int)period->n), today_ms};
		return;
	case PERIOD_LAST_WEEK: {
		const int since_monday = (now.weekday + 6) % 7;
		*ret = (struct window){zone_day_add(zone, now_ms, -since_monday - 7),
		                       zone_day_add(zone, now_ms, -since_monday)};
		return;
	}
	case PERIOD_LAST_MONTH: {
		const struct civil from = {.year = now.year, .month = now.month - 1, .day = 1};
		const struct civil to = {.year = now.year, .month = now.month, .day = 1};
		*ret = (struct window){zone_from_civil(zone, &from), zone_from_civil(zone, &to)};
		return;
	}
	case PERIOD_RANGE: {
		if (period->has_instants) {
			*ret = (struct window){period->from_ms, period->to_ms};
			return;
		}
		struct civil behind = period->to;
		behind.day++;
		*ret = (struct window){zone_from_civil(zone, &period->from),
		                       zone_from_civil(zone, &behind)};
		return;
	}
	}
}

static bool is_limited(const struct window *window)
{
	return window->from_ms != INT64_MIN && window->to_ms != INT64_MAX &&
	       window->from_ms < window->to_ms;
}

static int64_t days_of(const struct zone *zone, int64_t instant_ms)
{
	struct civil civil;

	zone_to_civil(zone, instant_ms, &civil);
	return civil_to_days(civil.year, civil.month, civil.day);
}

int window_days(const struct window *window, const struct zone *zone)
{
	if (!is_limited(window))
		return 0;
	return (int)(days_of(zone, window->to_ms - 1) - days_of(zone, window->from_ms) + 1);
}

bool window_is_whole_days(const struct window *window, const struct zone *zone)
{
	return is_limited(window) && zone_day_start(zone, window->from_ms) == window->from_ms &&
	       zone_day_start(zone, window->to_ms) == window->to_ms;
}

bool window_is_week(const struct window *window, const struct zone *zone)
{
	struct civil from;

	if (!window_is_whole_days(window, zone) || window_days(window, zone) != 7)
		return false;
	zone_to_civil(zone, window->from_ms, &from);
	return from.weekday == 1;
}

int week_of_year(int64_t instant_ms, const struct zone *zone, int *ret_year)
{
	struct civil day, thursday;

	zone_to_civil(zone, instant_ms, &day);
	/* The week belongs to the year of its Thursday. */
	const int64_t of_thursday = civil_to_days(day.year, day.month, day.day) - (day.weekday + 6) % 7 + 3;

	civil_from_days(of_thursday, &thursday);
	*ret_year = thursday.year;
	return (int)((of_thursday - civil_to_days(thursday.year, 1, 1)) / 7) + 1;
}

/* The same time of day, so many days earlier. Midnight stays midnight, also where a day begins at 01:00. */
static int64_t days_earlier(const struct zone *zone, int64_t instant_ms, int days)
{
	struct civil civil;

	if (zone_day_start(zone, instant_ms) == instant_ms)
		return zone_day_add(zone, instant_ms, -days);
	zone_to_civil(zone, instant_ms, &civil);
	civil.day -= days;
	return zone_from_civil(zone, &civil);
}

bool compare_window(enum compare_kind kind, const struct window *window, const struct zone *zone,
                    struct window *ret)
{
	const int days = window_days(window, zone);

	if (days == 0)
		return false;
	switch (kind) {
	case COMPARE_OFF:
		return false;
	case COMPARE_PREVIOUS:
		if (zone_day_start(zone, window->from_ms) != window->from_ms) {
			*ret = (struct window){window->from_ms - (window->to_ms - window->from_ms),
			                       window->from_ms};
			return true;
		}
		*ret = (struct window){days_earlier(zone, window->from_ms, days),
		                       days_earlier(zone, window->to_ms, days)};
		return true;
	case COMPARE_SAME_DAY_LAST_WEEK: {
		const int weeks_days = (days + 6) / 7 * 7;
		*ret = (struct window){days_earlier(zone, window->from_ms, weeks_days),
		                       days_earlier(zone, window->to_ms, weeks_days)};
		return true;
	}
	}
	return false;
}

int compare_parse(slice text, enum compare_kind *ret, courant_error **err)
{
	static const char *const words[] = {[COMPARE_OFF] = "off",
	                                    [COMPARE_PREVIOUS] = "previous",
	                                    [COMPARE_SAME_DAY_LAST_WEEK] = "same day last week",
	                                    NULL};
	const slice word = slice_trim(text);

	for (size_t i = 0; words[i]; i++) {
		if (slice_equal_nocase(word, slice_of(words[i]))) {
			*ret = (enum compare_kind)i;
			return 0;
		}
	}
	const char *nearest = nearest_word(word, words);
	return fail(
	        err, COURANT_CONFIG,
	        "unknown comparison \"%.*s\"%s%s%s; known are off, previous and same day last week",
	        SLICE_ARGS(word), nearest ? " (did you mean \"" : "", nearest ? nearest : "",
	        nearest ? "\"?)" : "");
}
