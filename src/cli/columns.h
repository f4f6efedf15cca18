/* SPDX-License-Identifier: MIT */
/* columns.h - lines of cells under each other, for lists on a terminal
 *
 *     AUTO(columns) struct columns columns = COLUMNS(3);
 *     columns_add(&columns, SLICE("ID")); …                     cell by cell, line by line
 *     columns_write(&columns, &out); */
#ifndef COURANT_CLI_COLUMNS_H
#define COURANT_CLI_COLUMNS_H
#include "base/buffer.h"

#define COLUMNS_MAX       8
#define COLUMNS_MAX_BYTES ((size_t)1 << 30)

struct columns {
	size_t n;                  /* columns */
	size_t width[COLUMNS_MAX]; /* on the screen */
	size_t n_cells;
	struct buffer text; /* the cells, each with a NUL behind it */
};

#define COLUMNS(n_columns) {.n = (n_columns), .text = BUFFER_LIMIT(COLUMNS_MAX_BYTES)}

void columns_release(struct columns *);
AUTO_DEFINE_VALUE(columns, struct columns, columns_release)

/* A stranger's text is made safe to show. */
void columns_add(struct columns *, slice cell);

/* All lines, two blanks between the columns; the last column is as long as it is. */
void columns_write(const struct columns *, struct buffer *ret);
#endif
