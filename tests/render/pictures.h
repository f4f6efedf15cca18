/* SPDX-License-Identifier: MIT */
/* pictures.h - pictures as the reports draw them, with figures made up once, and pictures of what seldom happens */
#ifndef COURANT_TESTS_RENDER_PICTURES_H
#define COURANT_TESTS_RENDER_PICTURES_H
#include "render/picture.h"

enum sitter {
	SITTER_NET,     /* two rates with a band, a gap of 90 minutes, a spike, the week before */
	SITTER_KEY,     /* three rates, a ratio as a figure, a rise at the end */
	SITTER_MEMORY,  /* nested parts of a whole */
	SITTER_SWAP,    /* two rates without a comparison */
	SITTER_WEEK,    /* seven days of latency, with volume and a target */
	SITTER_HOURS,   /* bars over a day */
	SITTER_STACKED, /* parts that add up */
	SITTER_NAMED,   /* bars with names */
	SITTER_MANY,    /* eight series, 86,400 rows */
	SITTERS
};
extern const char *const sitter_names[SITTERS];

struct sitting {
	struct zone *zone;
	struct table *table, *former;
	struct picture picture;
};

/* All NULL without memory. */
struct sitting sitting_of(enum sitter, enum language);
void sitting_release(struct sitting *);
AUTO_DEFINE_VALUE(sitting, struct sitting, sitting_release)

/* A table of a time and n columns of one type, from `from_ms` on; rows are written by `fill`, unknown as NaN. */
struct table *series_new(const char *name, enum table_type, size_t n, int64_t from_ms, int64_t to_ms, int64_t step_ms,
			 void (*fill)(size_t row, double *values));

/* 2026-11-09 05:50 in Shanghai. */
#define SITTING_FROM INT64_C(1794174600000)
#endif
