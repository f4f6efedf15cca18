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

/* 545,122 whatever its size: the figures that must add up. */
void format_count(struct buffer *, uint64_t);

/* 23,651; over 999,999: 339.8 万, 3.40 M. */
void format_count_short(struct buffer *, uint64_t, enum figure_context, enum language);

/* For sentences: from 10,000 on 15.2 万, 152 k. */
void format_count_spoken(struct buffer *, uint64_t, enum figure_context, enum language);

/* 7.0%, <0.1%, >99.9%, 100% only when exact. */
void format_share(struct buffer *, double ratio);

/* The same with two decimals, for availability and hit ratios. */
void format_share_fine(struct buffer *, double ratio);

/* 504 MB, 1.24 GB: SI, three digits. */
void format_bytes(struct buffer *, uint64_t, enum figure_context);

/* 0, 7, 242 ms, 1.24 s, 7 分 00 秒, 1 h 30 min. */
void format_seconds(struct buffer *, double seconds, enum figure_context, enum language);

/* Three digits: 0.79, 14.2, 3,400. */
void format_number(struct buffer *, double);

/* Times in a zone. */
void format_clock(struct buffer *, int64_t instant_ms, const struct zone *);                    /* 05:40 */
void format_clock_seconds(struct buffer *, int64_t instant_ms, const struct zone *);            /* 05:40:07 */
void format_hour(struct buffer *, int64_t instant_ms, const struct zone *, enum language);      /* 10 时, 10:00 */
void format_day(struct buffer *, int64_t instant_ms, const struct zone *, enum language);       /* 11月9日, 9 Nov */
void format_weekday(struct buffer *, int64_t instant_ms, const struct zone *, enum language);   /* 周一, Mon */
void format_weekday_day(struct buffer *, int64_t instant_ms, const struct zone *, enum language); /* 11月9日 周一, Mon 9 Nov */
void format_date(struct buffer *, int64_t instant_ms, const struct zone *, enum language);      /* 2026年11月9日 周一, Monday 9 November 2026 */
void format_iso_date(struct buffer *, int64_t instant_ms, const struct zone *);                 /* 2026-11-09 */
void format_iso_time(struct buffer *, int64_t instant_ms, const struct zone *);                 /* 2026-11-09 05:40:07 */
void format_offset(struct buffer *, int64_t instant_ms, const struct zone *);                   /* UTC+8, UTC-3:30, UTC */

/* A cell by its column's type. Text is written as it is (table/stranger.h makes it safe); times as format_iso_time. */
void format_cell(struct buffer *, enum table_type, const struct table_cell *, const struct zone *, enum figure_context, enum language);

/* Figures of one column share a unit and its decimals, so that they stand under each other: 38.2, 4.1, 6.5 (MB). */
struct figure_scale {
	const char *unit;  /* "MB", "ms", "万"; "" for none */
	double one;        /* what one unit is */
	unsigned decimals;
};
struct figure_scale format_scale(enum table_type, double greatest, enum language);
void format_scaled(struct buffer *, const struct figure_scale *, double value); /* without the unit; "<0.1" for a little */
#endif
