/* SPDX-License-Identifier: MIT */
/* series.h - numbers over time, from the samples of a source to the rows of a table
 *
 * A series is what a source has read: rows in the order of time, each with a value a column or NaN for what is not known. Taking a table of it picks the rows of a
 * window, joins neighbours when a request wants fewer, and puts unknown rows where samples are missing. */
#ifndef COURANT_SOURCE_SERIES_H
#define COURANT_SOURCE_SERIES_H
#include "source/own.h"

struct series_column {
	const char *name; /* borrowed */
	enum table_type type;
	const char *unit; /* borrowed, or NULL */
};

/* A share worked out of two other columns of each row, after rows have been joined: 1 - part / whole. */
struct series_ratio {
	const char *name; /* borrowed; "hit_ratio" */
	size_t part, whole; /* columns */
};

struct series {
	int64_t step_ms;    /* rows are so far apart, or a multiple of it where some are missing; 0: they are not regular */
	struct series_column *columns;
	size_t n_columns;
	struct series_ratio *ratios;
	size_t n_ratios;
	int64_t *times_ms;  /* of the rows: when their steps begin */
	double *values;     /* n_rows times n_columns */
	double *least, *greatest; /* of the same rows, when they were consolidated; NULL: the values themselves */
	bool *is_reset;     /* whether a counter began anew in this row; NULL: it is not known */
	size_t n_rows, space;
};

/* Zeroed ones are empty. The columns are copied; room for rows is made as they come. */
int series_init(struct series *, const struct series_column *columns, size_t n_columns, int64_t step_ms, courant_error **err);
void series_release(struct series *);
AUTO_DEFINE_VALUE(series, struct series, series_release)

int series_add_ratio(struct series *, const char *name, size_t part, size_t whole, courant_error **err);

/* A row, its values yet NaN; SLICE_NONE without memory. Times must not go back. */
size_t series_add_row(struct series *, int64_t time_ms, courant_error **err);
static inline double *series_row(const struct series *series, size_t row)
{
	return series->values + row * series->n_columns;
}
int series_sort(struct series *, courant_error **err); /* by time; rows of one time stay as they came */
int series_make_bands(struct series *, courant_error **err); /* least and greatest, all NaN; after the rows */
int series_make_resets(struct series *, courant_error **err);

/* Gives the rows a step when their times are evenly spaced but for missing ones: multiples of the usual distance, or within a quarter of it of whole minutes,
 * hours and so on (a timer that is a little late), to which they are moved then; days may have 23 or 25 hours. Otherwise step_ms stays 0. */
void series_find_step(struct series *);

/* The table of a window. `head` has name and source; zone, window, step, coverage, first and last, unknown rows and resets are filled in. */
struct table *series_take(const struct series *, const struct table_head *head, const struct source_window *, const struct source_request *,
			  const struct zone *, courant_error **err);
#endif
