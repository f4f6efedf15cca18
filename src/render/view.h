/* SPDX-License-Identifier: MIT */
/* view.h - a block as it will be shown: which columns and rows, and each cell's figure, the same for every rendering */
#ifndef COURANT_RENDER_VIEW_H
#define COURANT_RENDER_VIEW_H
#include "render/document.h"
#include "table/format.h"

/* What a mail has room for; the same for its HTML and its plain text. */
struct layout {
	size_t rows_max;   /* of each table */
	size_t blocks_max; /* what follows is left out */
};

struct view {
	const struct document *document;
	const struct block *block;
	enum language language;
	const struct block_column *columns[BLOCK_COLUMNS_MAX]; /* without changes when there is nothing to compare with */
	struct figure_scale scales[BLOCK_COLUMNS_MAX];
	size_t n_columns;
	size_t n_rows;
};

void view_init(struct view *, const struct document *, const struct block *, const struct layout *);

enum table_type view_type(const struct view *, size_t column);
struct table_cell view_cell(const struct view *, size_t row, size_t column);

/* Whether the column holds text, left-aligned. */
bool view_is_text(const struct view *, size_t column);

/* "次数", "较上周一". */
void view_write_head(struct buffer *, const struct view *, size_t column);

/* The figure of a column that is neither text nor a change, without its unit, which is scales[column].unit. */
void view_write_figure(struct buffer *, const struct view *, size_t row, size_t column, enum figure_context);
struct change view_change(const struct view *, size_t row, size_t column);

/* "5xx": the first figure of a code. */
bool view_is_server_error(const struct view *, size_t row, size_t column);

/* The cell's share of the greatest in column `of` of the table over the shown rows, in percent: 1 to 100, or 0 for nothing. */
unsigned view_bar_percent(const struct view *, size_t row, size_t of);

/* The note under the first cell and the mark before it; false when there is none. */
bool view_note(const struct view *, size_t row, slice *ret_mark, slice *ret_note);

/* "1,284 more pages with 62,891 views", for what the table and the layout left out; false when nothing is. */
bool view_write_more(struct buffer *, const struct view *);

#endif
