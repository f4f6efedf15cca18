/* SPDX-License-Identifier: MIT */
/* ranking.h - the rows of a ranked table: the first count behind the name decides, then the name in byte order
 *
 * With a limit only about twice that many rows are held at a time; what falls out is counted. */
#ifndef COURANT_WEBLOG_RANKING_H
#define COURANT_WEBLOG_RANKING_H
#include "table/table.h"

#define RANKING_CELLS 7

#define RANKING_SPACE 16

struct ranking_row {
	struct table_cell cells[RANKING_CELLS];
};

struct ranking {
	struct table *table;
	size_t top;    /* 0: all */
	size_t column; /* what decides: the first count, or another figure */
	slice (*name)(slice text, char *space); /* what a text in the first column stands for, in RANKING_SPACE bytes; NULL: for itself */
	struct ranking_row *rows;
	size_t n, space;
	bool is_cut; /* the first `top` rows are in order, and were the first of all before them */
	uint64_t rows_left_out, sum_left_out;
};

/* The table is borrowed; it has a name (a text or a count) in its first column and at most RANKING_CELLS. */
void ranking_init(struct ranking *, struct table *, size_t top);
void ranking_release(struct ranking *);
AUTO_DEFINE_VALUE(ranking, struct ranking, ranking_release)

/* Texts are borrowed until ranking_write. */
int ranking_add(struct ranking *, const struct table_cell *cells, courant_error **err);

/* Writes the rows into the table. */
int ranking_write(struct ranking *, courant_error **err);

/* Adds one row to a table, texts with \xNN for bytes that are not UTF-8. */
int row_write(struct table *, const struct table_cell *cells, courant_error **err);
#endif
