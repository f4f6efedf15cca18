/* SPDX-License-Identifier: MIT */
/* schedule.h - when reports run: "daily 08:00", "weekly mon 09:00", "monthly 1 07:30", "every 15 min", cron lines
 *
 * A schedule is a rule on the clock of a zone; a slot is one instant that it names. Where clocks change:
 *
 * - A time that is skipped (daily 02:30 when clocks go from 02:00 to 03:00) runs at the first instant after the gap; several of them run once.
 * - A time that comes twice runs once, the first time.
 * - "every" counts from each midnight and goes on through both passes; so does a cron line whose hour begins with '*', as cron itself does:
 *   it names every minute that fits, and what is skipped is only skipped.
 *
 * "monthly 31" is the last day of shorter months. "every" counts whole minutes of time that passes; what is left of a day before the next
 * midnight is shorter. */
#ifndef COURANT_SCHEDULE_SCHEDULE_H
#define COURANT_SCHEDULE_SCHEDULE_H
#include "schedule/period.h"

struct schedule {
	unsigned every_min; /* 0: by the sets of fields below, as in cron */
	uint64_t minutes;   /* bits */
	uint32_t hours, days, months, weekdays; /* days from 1, months from 1, weekdays from 0 = Sunday */
	bool is_either_day; /* a day of the month or a weekday is enough */
	bool is_last_day;   /* a day that the month lacks is its last one */
	bool follows_clock; /* both passes of a repeated hour, nothing for a skipped one */
};

/* COURANT_CONFIG says what is known, or which field of a cron line is wrong. A line that no day can ever fit is refused. */
int schedule_parse(slice, struct schedule *ret, courant_error **err);

/* One run: when, and what its report is about. */
struct schedule_slot {
	int64_t at_ms;
	struct window window; /* of the report's period, as of then */
};

/* The first slot after that instant, the last one before it. False: there is none in 40 years. */
bool schedule_next(const struct schedule *, const struct period *, const struct zone *, int64_t after_ms, struct schedule_slot *ret);
bool schedule_previous(const struct schedule *, const struct period *, const struct zone *, int64_t before_ms, struct schedule_slot *ret);

/* The slots behind `after_ms` up to and including `until_ms` that a scheduler has slept through: the newest first, at most `limit` of them. */
size_t schedule_missed(const struct schedule *, const struct period *, const struct zone *, int64_t after_ms, int64_t until_ms, struct schedule_slot *ret,
		       size_t limit);

/* What tells a slot's report from the others: the period's window. Two runs about the same window are one report. A period that does not move
 * (all, FROM..TO) is told apart by the run. */
struct window schedule_identity(const struct schedule_slot *, const struct period *);
#endif
