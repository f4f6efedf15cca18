/* SPDX-License-Identifier: MIT */
/* csv_types.h - what the fields of a CSV column are: guessed over the whole file, then read
 *
 * A column is a time, a count, a number or a share only if every field of it that says something is one. */
#ifndef COURANT_SOURCE_CSV_TYPES_H
#define COURANT_SOURCE_CSV_TYPES_H
#include "base/zone.h"
#include "table/table.h"

/* The forms that a field can have. */
enum csv_form {
	CSV_WHOLE = 1 << 0,   /* 545122 */
	CSV_DECIMAL = 1 << 1, /* -3.14, 1e9; whole numbers too */
	CSV_COMMA = 1 << 2,   /* 3,14 (with semicolons between fields) */
	CSV_PERCENT = 1 << 3, /* 99.9 % */
	CSV_EPOCH = 1 << 4,   /* 1796774400, 1796774400000, 1796774400.5: in the years 1990 to 2100 */
	CSV_DATE = 1 << 5,    /* every date and time below */
};

/* Which forms a field has. An empty one, and the words for what is not known (-, NA, null …), has all. */
unsigned csv_forms(slice field, char separator);
bool csv_is_unknown(slice field);

/* "2026-11-09T08:00:00+08:00" (RFC 3339), "2026-11-09 08:00", "2026/11/9 8:00:05.250", "2026-11-09 08:00:00 +0800", "2026-11-09": without an offset of its own it is on the zone's clock. */
bool csv_parse_date(slice, const struct zone *, int64_t *ret_ms);

/* Seconds, or milliseconds where seconds would be far in the future. */
bool csv_parse_epoch(slice, int64_t *ret_ms);

/* With a decimal comma only where the column's forms say so; a percent sign is left out. */
bool csv_parse_number(slice, bool has_comma, double *ret);

/* The type of a column whose fields all have these forms; where all of them are unknown it is a number. `is_named_time`: its name says that it is a time, so that plain numbers may be one. */
enum table_type csv_guess(unsigned forms, bool is_named_time);

/* "time", "timestamp", "date", "ts", "epoch", 时间, 日期, alone or at an end of the name. */
bool csv_is_time_name(slice name);
#endif
