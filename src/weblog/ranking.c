/* SPDX-License-Identifier: MIT */
/* ranking.c - the rows of a ranked table (ranking.h) */
#include "weblog/ranking.h"

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/utf8.h"

#define TEXT_MAX_BYTES ((size_t)1 << 23) /* of a row; a line of less than 1 MiB with four bytes for one */
#define SPARE_ROWS     1024

void ranking_init(struct ranking *ranking, struct table *table, size_t top)
{
	*ranking = (struct ranking){.table = table, .top = top, .column = 1};
	while (table_column(table, ranking->column)->type == TABLE_TEXT)
		ranking->column++;
}

void ranking_release(struct ranking *ranking)
{
	free(ranking->rows);
	*ranking = (struct ranking){0};
}

/* 1, 0 or -1 for less, equal or more: the greater figure comes first. */
static int compare_figures(enum table_type type, const struct table_cell *a, const struct table_cell *b)
{
	if (type == TABLE_COUNT || type == TABLE_BYTES)
		return (a->count < b->count) - (a->count > b->count);
	return (a->number < b->number) - (a->number > b->number);
}

static slice name_of(const struct ranking *ranking, size_t column, slice text, char *space)
{
	return column == 0 && ranking->name ? ranking->name(text, space) : text;
}

static int compare_cells(const struct ranking *ranking, const struct table_cell *a, const struct table_cell *b)
{
	char space_a[RANKING_SPACE], space_b[RANKING_SPACE];
	int order = compare_figures(table_column(ranking->table, ranking->column)->type, &a[ranking->column], &b[ranking->column]);

	for (size_t i = 0; i < ranking->column && !order; i++) {
		if (table_column(ranking->table, i)->type == TABLE_TEXT)
			order = slice_compare(name_of(ranking, i, a[i].text, space_a), name_of(ranking, i, b[i].text, space_b));
		else
			order = -compare_figures(table_column(ranking->table, i)->type, &a[i], &b[i]);
	}
	return order;
}

static int compare_rows(const void *left, const void *right, void *context)
{
	return compare_cells(context, ((const struct ranking_row *)left)->cells, ((const struct ranking_row *)right)->cells);
}

static void leave_out(struct ranking *ranking, const struct table_cell *cells)
{
	ranking->rows_left_out++;
	if (table_column(ranking->table, ranking->column)->type == TABLE_COUNT)
		ranking->sum_left_out += cells[ranking->column].count;
}

/* Puts the rows in order and keeps the first `top`. */
static void cut(struct ranking *ranking)
{
	if (ranking->n)
		qsort_r(ranking->rows, ranking->n, sizeof *ranking->rows, compare_rows, ranking);
	while (ranking->top && ranking->n > ranking->top)
		leave_out(ranking, ranking->rows[--ranking->n].cells);
	ranking->is_cut = ranking->top && ranking->n == ranking->top;
}

int ranking_add(struct ranking *ranking, const struct table_cell *cells, courant_error **err)
{
	/* Most rows of a large table come behind those that have been kept. */
	if (ranking->is_cut && compare_cells(ranking, cells, ranking->rows[ranking->top - 1].cells) > 0) {
		leave_out(ranking, cells);
		return 0;
	}
	if (ranking->n == ranking->space && ranking->top && ranking->n >= 2 * ranking->top + SPARE_ROWS)
		cut(ranking);

	struct ranking_row *rows = mem_room(ranking->rows, ranking->n, &ranking->space, 64, sizeof *rows);

	if (!rows)
		return fail_memory(err);
	ranking->rows = rows;
	for (size_t i = 0; i < table_columns(ranking->table); i++)
		ranking->rows[ranking->n].cells[i] = cells[i];
	ranking->n++;
	return 0;
}

int ranking_write(struct ranking *ranking, courant_error **err)
{
	cut(ranking);
	for (size_t i = 0; i < ranking->n; i++) {
		struct table_cell *cells = ranking->rows[i].cells;
		char space[RANKING_SPACE];

		if (ranking->name)
			cells[0].text = name_of(ranking, 0, cells[0].text, space);
		if (row_write(ranking->table, cells, err) < 0)
			return -1;
	}
	if (ranking->rows_left_out)
		table_set_left_out(ranking->table, ranking->rows_left_out, ranking->sum_left_out);
	return 0;
}

static void append_shown(struct buffer *out, slice text)
{
	for (size_t bad; (bad = utf8_find_invalid(text)) != SLICE_NONE; text = slice_after(text, bad + 1)) {
		buffer_append(out, slice_part(text, 0, bad));
		buffer_printf(out, "\\x%02X", (unsigned)(unsigned char)text.ptr[bad]);
	}
	buffer_append(out, text);
}

int row_write(struct table *table, const struct table_cell *cells, courant_error **err)
{
	AUTO(buffer) struct buffer texts = BUFFER_LIMIT(TEXT_MAX_BYTES);
	struct table_cell shown[RANKING_CELLS];
	size_t ends[RANKING_CELLS];
	slice all;

	for (size_t i = 0; i < table_columns(table); i++) {
		shown[i] = cells[i];
		if (table_column(table, i)->type == TABLE_TEXT && cells[i].is_known)
			append_shown(&texts, cells[i].text);
		ends[i] = texts.len;
	}
	if (buffer_slice(&texts, &all, err) < 0)
		return -1;
	for (size_t i = 0; i < table_columns(table); i++) {
		const size_t begin = i ? ends[i - 1] : 0;

		if (table_column(table, i)->type == TABLE_TEXT && cells[i].is_known)
			shown[i] = CELL_TEXT(slice_part(all, begin, ends[i] - begin));
	}
	return table_add_row(table, shown, err);
}
