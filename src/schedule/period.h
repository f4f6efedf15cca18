/* SPDX-License-Identifier: MIT */
/* period.h - calendar periods in a zone: "yesterday", "last week", "2026-11-01..2026-11-07" and what they are compared with
 *
 * Days are the zone's own: one of them has 23 hours and one 25 where clocks change, and a window is from instant to instant. */
#ifndef COURANT_SCHEDULE_PERIOD_H
#define COURANT_SCHEDULE_PERIOD_H
#include "base/zone.h"

enum period_kind {
	PERIOD_ALL,   /* whatever the data hold */
	PERIOD_TODAY, /* from midnight until now */
	PERIOD_YESTERDAY,
	PERIOD_LAST_HOURS, /* "last 24 h": whole local hours, ending with the hour that has ended last */
	PERIOD_LATEST_HOURS, /* "latest 24 h": so many hours, ending with the ten minutes that have ended last */
	PERIOD_LAST_DAYS, /* "last 7 d": whole days, ending yesterday */
	PERIOD_LAST_WEEK, /* Monday to Sunday */
	PERIOD_LAST_MONTH,
	PERIOD_RANGE, /* FROM..TO: two dates (TO is included) or two RFC 3339 times (TO is not); a single date is that day */
};

struct period {
	enum period_kind kind;
	unsigned n;            /* hours or days of PERIOD_LAST_*, hours of PERIOD_LATEST_HOURS */
	struct civil from, to; /* PERIOD_RANGE of dates */
	bool has_instants;     /* PERIOD_RANGE of instants: */
	int64_t from_ms, to_ms;
};

/* COURANT_CONFIG with the words that are known, and the nearest one. */
int period_parse(slice, struct period *ret, courant_error **err);

/* From (included) to (excluded), instants. */
struct window {
	int64_t from_ms, to_ms;
};

/* The window of the period as of now. PERIOD_ALL: {INT64_MIN, INT64_MAX}. */
void period_window(const struct period *, const struct zone *, int64_t now_ms, struct window *ret);

/* How many local days the window touches; 0 for an empty or unlimited one. */
int window_days(const struct window *, const struct zone *);

/* Whether the window begins and ends at local midnight. */
bool window_is_whole_days(const struct window *, const struct zone *);

/* Whether it is one week, from Monday to Sunday. */
bool window_is_week(const struct window *, const struct zone *);

/* The week of the year that holds the instant's day (ISO 8601: the one with the year's first Thursday is the first), and that year. */
int week_of_year(int64_t instant_ms, const struct zone *, int *ret_year);

enum compare_kind { COMPARE_OFF, COMPARE_PREVIOUS, COMPARE_SAME_DAY_LAST_WEEK };
int compare_parse(slice, enum compare_kind *ret,
                  courant_error **err); /* "off", "previous", "same day last week" */

/* The window to compare with. COMPARE_PREVIOUS: as many local days earlier as it touches ("today until 10:00": yesterday until 10:00), or, when it does not
 * begin at midnight, as long, just before it. COMPARE_SAME_DAY_LAST_WEEK: the same weekdays and times of day, as many whole weeks earlier as it takes.
 * False for COMPARE_OFF and for empty or unlimited windows. */
bool compare_window(enum compare_kind, const struct window *, const struct zone *,
                    struct window *ret);
#endif
