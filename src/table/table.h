/* SPDX-License-Identifier: MIT */
/* table.h - named, typed columns; cells that may be unknown; a head that says what the figures are
 *
 * What every source fills and every renderer reads. Rows are read through a cursor: most tables lie in memory, a large one need not. */
#ifndef COURANT_TABLE_TABLE_H
#define COURANT_TABLE_TABLE_H
#include <stdint.h>

#include "base/auto.h"
#include "base/fail.h"
#include "base/slice.h"

enum table_type {
	TABLE_TIME,      /* instant, ms since 1970 UTC; of a series: the start of the row's step */
	TABLE_COUNT,     /* whole, uint64_t */
	TABLE_NUMBER,    /* double */
	TABLE_BYTES,     /* whole, uint64_t */
	TABLE_SECONDS,   /* double */
	TABLE_RATIO,     /* double, 0 to 1 */
	TABLE_RATE,      /* double: times a second */
	TABLE_BYTE_RATE, /* double: bytes a second */
	TABLE_MEMORY,    /* double: bytes, shown in powers of 1024 */
	TABLE_TEXT,      /* UTF-8 */
};

/* Whether its cells hold `number`, which may be negative, and must be looked at for NaN and infinity. */
static inline bool table_type_is_double(enum table_type type)
{
	return type == TABLE_NUMBER || type == TABLE_SECONDS || type == TABLE_RATIO || type == TABLE_RATE || type == TABLE_BYTE_RATE ||
	       type == TABLE_MEMORY;
}

struct table_column {
	const char *name; /* as in JSON and CSV: "page_views"; copied by table_new */
	enum table_type type;
	const char *unit; /* of a number or rate: what is measured or counted ("pages", "\u00b0C"); copied; NULL: none */
};

struct table_cell {
	bool is_known; /* an unknown cell is neither 0 nor empty */
	union {
		int64_t time_ms;
		uint64_t count; /* TABLE_COUNT, TABLE_BYTES */
		double number;  /* what table_type_is_double */
		slice text;
	};
};

#define CELL_UNKNOWN       ((struct table_cell){.is_known = false})
#define CELL_TIME(ms)      ((struct table_cell){.is_known = true, .time_ms = (ms)})
#define CELL_COUNT(n)      ((struct table_cell){.is_known = true, .count = (n)})
#define CELL_NUMBER(x)     ((struct table_cell){.is_known = true, .number = (x)})
#define CELL_TEXT(s)       ((struct table_cell){.is_known = true, .text = (s)})

/* Which figures are not exact: a zeroed one says that all are. */
struct table_estimate {
	uint32_t columns; /* bit i: column i is estimated … */
	double error;     /* … and its sum over all is right to this share in 19 of 20 cases; what stands in single rows is less so */
	uint64_t missed;  /* of a ranked table: counts may be so much too low, and a row that is missing has no more than that */
};

/* What the table is. Texts are copied by table_new and may be NULL. */
struct table_head {
	const char *name;          /* "hours": its key in JSON and report files */
	const char *zone;          /* name of the zone that times are shown in */
	int64_t from_ms, to_ms;    /* the window; both 0: unlimited */
	const char *source;        /* "/var/log/nginx/access.log" */
	double coverage;           /* share of the window there are data for, 0 to 1 */
	int64_t step_ms;           /* of a series: each row stands for so long, from its time on; 0: rows are no regular samples */
	int64_t first_ms, last_ms; /* of a series: from the first to the end of the last step with data in the window; both 0: there are none */
	uint64_t rows_unknown;     /* of a series: its samples that are missing in the window, whatever the length of the rows */
	uint64_t resets;           /* how often a counter began anew in the window */
	bool is_estimated;         /* not all figures are exact … */
	struct table_estimate estimate; /* … and which, where that is known */
	bool is_single;            /* one row that is an object of its own (totals) */
	uint64_t rows_left_out;    /* a ranked table that was cut: how many rows follow … */
	uint64_t left_out_sum;     /* … and the sum of its first count over them */
};

struct table;

struct table *table_new(const struct table_head *, const struct table_column *columns, size_t n_columns, courant_error **err);

/* Rows that lie elsewhere, and are too many to be copied: read one after the other, from the beginning as often as asked. */
struct table_stream {
	void *context;
	int (*next)(void *context, const struct table_cell **ret_cells, courant_error **err); /* as table_next */
	int (*rewind)(void *context, courant_error **err); /* to the first row; also called before the first one is read */
	void (*free)(void *context);
};

/* A table that reads such a stream. Takes the context, always. Rows are added and asked for by number only to tables in memory; of a
 * stream there are none of these, and one cursor reads it at a time. */
struct table *table_new_stream(const struct table_head *, const struct table_column *columns, size_t n_columns, struct table_stream,
			       courant_error **err);

void table_free(struct table *);
AUTO_DEFINE(table, struct table, table_free)

/* One row of n_columns cells; texts are copied. */
int table_add_row(struct table *, const struct table_cell *cells, courant_error **err);
void table_set_left_out(struct table *, uint64_t rows, uint64_t sum);

const struct table_head *table_head(const struct table *);
size_t table_columns(const struct table *);
const struct table_column *table_column(const struct table *, size_t i);
size_t table_find_column(const struct table *, const char *name); /* or SLICE_NONE */
size_t table_rows(const struct table *);

/* Rows in order, as arrays of table_columns() cells, borrowed until the next call: 1 and a row, 0 at the end, -1 when the stream fails. */
struct table_cursor {
	const struct table *table;
	size_t row;
};
int table_next(struct table_cursor *, const struct table_cell **ret_cells, courant_error **err);

/* The cells of a row; `row` is below table_rows(). */
const struct table_cell *table_row(const struct table *, size_t row);

/* One cell; CELL_UNKNOWN outside. */
struct table_cell table_cell_at(const struct table *, size_t row, size_t column);
/* By the column's name. */
struct table_cell table_get(const struct table *, size_t row, const char *column);
#endif
