/* SPDX-License-Identifier: MIT */
/* date.h - dates of mails: "Mon, 09 Nov 2026 08:00:00 +0800" (RFC 5322, 3.3) */
#ifndef COURANT_MIME_DATE_H
#define COURANT_MIME_DATE_H
#include "base/clock.h"

/* Whole minutes, under a day; years 1 to 9999. */
bool date_is_valid(int64_t instant_ms, int offset_s);
void date_write(struct buffer *, int64_t instant_ms, int offset_s);

/* The obsolete forms too (RFC 5322, 4.3): years of two or three digits, no seconds, named zones,
 * comments. "-0000" gives offset 0. False for a date that does not exist; a wrong name of the day
 * is passed over. */
bool date_parse(slice text, int64_t *ret_ms, int *ret_offset_s);
#endif
