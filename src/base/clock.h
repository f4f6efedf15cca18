/* SPDX-License-Identifier: MIT */
/* clock.h - instants: milliseconds since 1970-01-01T00:00:00Z, without leap seconds
 *
 * Engines and messages get instants as arguments; the two functions that ask the machine are for the shell around them. */
#ifndef COURANT_BASE_CLOCK_H
#define COURANT_BASE_CLOCK_H
#include <stdint.h>

#include "base/buffer.h"

#define MS_PER_SECOND INT64_C(1000)
#define MS_PER_MINUTE INT64_C(60000)
#define MS_PER_HOUR   INT64_C(3600000)
#define MS_PER_DAY    INT64_C(86400000)

int64_t clock_now_ms(void);       /* wall clock */
int64_t clock_monotonic_ms(void); /* for deadlines: never goes back */

/* A date and a time of day, as on the wall. Proleptic Gregorian. */
struct civil {
	int year;   /* 1 to 9999 */
	int month;  /* 1 to 12 */
	int day;    /* 1 to 31 */
	int hour, minute, second, millisecond;
	int weekday; /* 0 = Sunday; filled by civil_from_days and zone_to_civil, ignored as input */
};

int64_t civil_to_days(int year, int month, int day); /* days since 1970-01-01; month may be outside 1..12 */
void civil_from_days(int64_t days, struct civil *ret);
bool civil_is_valid(const struct civil *);           /* the date exists; second up to 59 (60 is accepted as 59.999 by the parsers) */
int civil_days_in_month(int year, int month);
/* ISO 8601 week: 1 to 53, and the year it belongs to. */
int civil_iso_week(const struct civil *, int *ret_year);

/* The instant of a civil time at an offset from UTC, and back. */
int64_t civil_to_ms(const struct civil *, int offset_s);
void civil_from_ms(int64_t instant_ms, int offset_s, struct civil *ret);

/* "2026-11-09T08:00:00+08:00", "...Z" (RFC 3339, 5.6); fractions of a second down to ms are read, written only when not 0. */
bool rfc3339_parse(slice, int64_t *ret_ms, int *ret_offset_s);
void rfc3339_write(struct buffer *, int64_t instant_ms, int offset_s);
#endif
