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
	const struct block_column *columns[BLOCK_SHOWN_MAX]; /* without changes when there is nothing to compare with */
	struct figure_scale scales[BLOCK_SHOWN_MAX];
	size_t n_columns;
	bool is_crowded; /* so many columns that units stand in the heads alone, and great counts are scaled */
	const struct block_column *notes[BLOCK_SHOWN_MAX]; /* what stands on the first cell's second line */
	size_t n_notes;
	size_t n_rows;
	unsigned above_px; /* HTML: the air that the block above has left */
};

/* Where notes stand: HTML keeps a table narrow, plain text has no second line. */
enum view_notes { NOTES_APART, NOTES_AS_COLUMNS };
void view_init(struct view *, const struct document *, const struct block *, const struct layout *, enum view_notes);

enum table_type view_type(const struct view *, size_t column);
struct table_cell view_cell(const struct view *, size_t row, size_t column);

/* Whether the column holds text, left-aligned. */
bool view_is_text(const struct view *, size_t column);

/* "次数", "较上周一". */
void view_write_head(struct buffer *, const struct view *, size_t column);

/* A tile's figure, and what it is held against: "目标 99.9%"; nothing without a target. */
void view_write_tile(struct buffer *, const struct view *, const struct tile *, const struct table_cell *, enum figure_context);
void view_write_target(struct buffer *, const struct view *, const struct tile *, enum figure_context);

/* Whether the row is the whole of the others (block->total). */
bool view_is_total(const struct view *, size_t row);

/* Whether the figure misses its column's target. */
bool view_is_missed(const struct view *, size_t row, size_t column);
bool target_is_missed(const struct figure_target *, enum table_type, const struct table_cell *);

/* The unit that belongs behind a column's figures, or into its head: "MB", "次/s"; none for those that have their own. */
void view_write_unit(struct buffer *, const struct view *, size_t column);

/* "34,120 次 · p50 212 · 最大 5.21 s" */
void view_write_notes(struct buffer *, const struct view *, size_t row, enum figure_context);

/* The grey unit behind the first cell, and the state of its square; false when there is none. */
bool view_unit(const struct view *, size_t row, slice *ret);
bool view_state(const struct view *, size_t row, enum hour_state *ret);

/* The figure of a column that is neither text nor a change, without its unit (view_write_unit). */
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
