/* SPDX-License-Identifier: MIT */
/* format.h - figures as a person reads them, in Chinese and English, for a cell, a sentence or plain text
 *
 * What is not known is written "–" ("-" in plain text), never 0 and never blank. */
#ifndef COURANT_TABLE_FORMAT_H
#define COURANT_TABLE_FORMAT_H
#include "base/buffer.h"
#include "base/zone.h"
#include "table/table.h"
#include "table/words.h"

/* Where the figure stands decides the blank before its unit, and the signs. */
enum figure_context {
	FIGURE_CELL,     /* a cell that does not wrap: thin blank U+2009 */
	FIGURE_SENTENCE, /* no-break blank U+00A0 */
	FIGURE_PLAIN,    /* plain text and subjects: a blank; ASCII signs */
};

/* That blank. */
slice format_blank(enum figure_context);

/* 545,122 whatever its size: the figures that must add up. */
void format_count(struct buffer *, uint64_t);

/* 23,651; over 999,999: 339.8 万, 3.40 M. */
void format_count_short(struct buffer *, uint64_t, enum figure_context, enum language);

/* For sentences: from 100,000 on 15.2 万, 152 k. */
void format_count_spoken(struct buffer *, uint64_t, enum figure_context, enum language);

/* 7.0%, <0.1%, >99.9%; 0% and 100% only when exact. */
void format_share(struct buffer *, double ratio);

/* The same with two decimals, for availability and hit ratios. */
void format_share_fine(struct buffer *, double ratio);

/* 504 MB, 1.24 GB: SI, three digits. */
void format_bytes(struct buffer *, uint64_t, enum figure_context);

/* <1 ms, 242 ms, 1.24 s, 41 s, 7 分 00 秒, 1 h 30 min, 3 d 4 h. */
void format_seconds(struct buffer *, double seconds, enum figure_context, enum language);

/* 0.79 MB/s: SI, three digits. */
void format_byte_rate(struct buffer *, double per_second, enum figure_context);

/* 24.1 GiB: IEC, three digits. */
void format_memory(struct buffer *, double bytes, enum figure_context);

/* 14.2 次/s, 14.2 /s; of a column's unit: 14.2 pages/s, 14.2 页/s. */
void format_rate(struct buffer *, double per_second, const char *unit, enum figure_context, enum language);

/* That unit alone, for heads and axes. */
void format_rate_unit(struct buffer *, const char *unit, enum language);

/* Three digits: 0.79, 14.2, 3,400. */
void format_number(struct buffer *, double);

/* Dates and times on the wall of a zone; NULL: UTC. */
enum date_form {
	DATE_DAY,         /* 11月9日, 9 Nov */
	DATE_WEEKDAY,     /* 周一, Mon */
	DATE_SHORT,       /* 11/9, 9 Nov: for axes */
	DATE_WEEKDAY_SHORT, /* 周一 11/9, Mon 9 */
	DATE_WEEKDAY_DAY, /* 11月9日 周一, Mon 9 Nov */
	DATE_LONG,        /* 11月9日 周一, Monday 9 November */
	DATE_FULL,        /* 2026年11月9日 周一, Monday 9 November 2026 */
	DATE_ISO,         /* 2026-11-09 */
	DATE_MONTH_DAY,   /* 11-09: for labels */
};
void format_date(struct buffer *, enum date_form, int64_t instant_ms, const struct zone *, enum language);

enum time_form {
	TIME_HOUR,    /* 10 时, 10:00 */
	TIME_MINUTE,  /* 05:40 */
	TIME_SECOND,  /* 05:40:07 */
	TIME_ISO,     /* 2026-11-09 05:40:07 */
};
void format_time(struct buffer *, enum time_form, int64_t instant_ms, const struct zone *, enum figure_context, enum language);

/* UTC+8, UTC-3:30, UTC. */
void format_offset(struct buffer *, int offset_s);

/* A cell by its column's type: count as format_count_short, time as TIME_ISO. Text is written as it is (table/stranger.h makes it safe). */
void format_cell(struct buffer *, enum table_type, const struct table_cell *, const struct zone *, enum figure_context, enum language);

/* The figures of one column share a unit and decimals, so that they stand under each other: 38.2, 4.1, 6.5 (MB). Counts stay whole. */
struct figure_scale {
	enum table_type type;
	const char *unit; /* "MB", "ms"; "/s" of a rate (format_rate_unit has the words); "" for none */
	double one;       /* what one unit is */
	unsigned decimals;
};
struct figure_scale format_scale(enum table_type, double greatest);

/* Without the unit; "<0.1" for a little more than nothing; a time in seconds stays in seconds however long. */
void format_scaled(struct buffer *, const struct figure_scale *, const struct table_cell *, enum figure_context);

/* A cell's value for comparing and drawing: counts, bytes and numbers alike; 0 when it is unknown. */
double cell_number(enum table_type, const struct table_cell *);
#endif
