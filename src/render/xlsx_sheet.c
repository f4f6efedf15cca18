/* SPDX-License-Identifier: MIT */
/* xlsx_sheet.c - a table as a sheet: head, widths, rows, filters; a second sheet when one is full */
#include "base/utf8.h"
#include "render/xlsx_own.h"

#define ROWS_MAX       1048576 /* of a sheet (ECMA-376) */
#define COLUMNS_MAX    256     /* no table of ours is wider; a sheet takes 16,384 */
#define ROWS_MEASURED  1000    /* for the columns' widths */
#define WIDTH_MIN      8
#define WIDTH_MAX      60
#define WIDTH_AIR      2
#define INSTANT_WIDTH  19 /* 2026-11-09 05:40:07 */
#define NUMBER_WIDTH   12

struct writing {
	struct xlsx *xlsx;
	const struct sheet *sheet;
	lxw_worksheet *to;
	enum table_type types[COLUMNS_MAX];
	lxw_format *formats[COLUMNS_MAX];
	uint16_t n_columns;
	double widths[COLUMNS_MAX];
	uint32_t row;
};

static void widen(double *width, double columns)
{
	if (columns > *width)
		*width = columns < WIDTH_MAX ? columns : WIDTH_MAX;
}

/* By the heads and the first rows; Chinese letters are as wide as two. */
static int measure(struct writing *writing, courant_error **err)
{
	const struct table *table = writing->sheet->table;
	struct table_cursor cursor = {table, 0};
	const struct table_cell *cells;
	int found = 1;

	for (uint16_t i = 0; i < writing->n_columns; i++) {
		const char *head = writing->sheet->heads && writing->sheet->heads[i] ? writing->sheet->heads[i] : table_column(table, i)->name;

		writing->widths[i] = WIDTH_MIN;
		widen(&writing->widths[i], (double)utf8_width(slice_of(head)) + 4 + WIDTH_AIR);
		if (writing->types[i] == TABLE_TIME)
			widen(&writing->widths[i], INSTANT_WIDTH + WIDTH_AIR);
		else if (writing->types[i] != TABLE_TEXT)
			widen(&writing->widths[i], NUMBER_WIDTH);
	}
	for (size_t row = 0; row < ROWS_MEASURED && (found = table_next(&cursor, &cells, err)) > 0; row++)
		for (uint16_t i = 0; i < writing->n_columns; i++)
			if (writing->types[i] == TABLE_TEXT && cells[i].is_known)
				widen(&writing->widths[i], (double)utf8_width(cells[i].text) + WIDTH_AIR);
	return found < 0 ? -1 : 0;
}

static int begin_sheet(struct writing *writing, courant_error **err)
{
	struct xlsx *xlsx = writing->xlsx;

	if (!(writing->to = xlsx_add_sheet(xlsx, slice_of(writing->sheet->name), err)))
		return -1;
	for (uint16_t i = 0; i < writing->n_columns; i++) {
		(void)worksheet_set_column(writing->to, i, i, writing->widths[i], NULL);
		xlsx_write_head(xlsx, writing->to, 0, i, writing->sheet, i,
				writing->types[i] == TABLE_TEXT || writing->types[i] == TABLE_TIME ? xlsx->formats.head_text : xlsx->formats.head);
	}
	worksheet_freeze_panes(writing->to, 1, 0);
	writing->row = 1;
	return 0;
}

static void end_sheet(const struct writing *writing)
{
	if (writing->row > 1)
		(void)worksheet_autofilter(writing->to, 0, 0, writing->row - 1, (lxw_col_t)(writing->n_columns - 1));
}

static void write_row(struct writing *writing, const struct table_cell *cells)
{
	for (uint16_t i = 0; i < writing->n_columns; i++)
		xlsx_write_cell(writing->xlsx, writing->to, writing->row, i, writing->types[i], &cells[i], writing->formats[i]);
	writing->row++;
}

int xlsx_rows_sheet(struct xlsx *xlsx, const struct sheet *sheet, struct xlsx_place *ret, courant_error **err)
{
	const struct table *table = sheet->table;
	struct writing writing = {.xlsx = xlsx, .sheet = sheet, .n_columns = (uint16_t)table_columns(table)};
	struct table_cursor cursor = {table, 0};
	const struct table_cell *cells;
	int found;

	if (table_columns(table) == 0 || table_columns(table) > COLUMNS_MAX)
		return fail(err, COURANT_TOO_LARGE, "a table of %zu columns has no room in a sheet", table_columns(table));
	for (uint16_t i = 0; i < writing.n_columns; i++) {
		writing.types[i] = table_column(table, i)->type;
		writing.formats[i] = xlsx_format_of(xlsx, writing.types[i], table_head(table)->step_ms);
	}
	if (measure(&writing, err) < 0 || begin_sheet(&writing, err) < 0)
		return -1;
	*ret = (struct xlsx_place){.sheet = xlsx->names[xlsx->n_names - 1], .first = 1, .n_columns = writing.n_columns};
	while ((found = table_next(&cursor, &cells, err)) > 0) {
		if (writing.row == ROWS_MAX) {
			end_sheet(&writing);
			if (begin_sheet(&writing, err) < 0)
				return -1;
		}
		write_row(&writing, cells);
		/* A chart shows the first sheet of a table. */
		if (strcmp(ret->sheet, xlsx->names[xlsx->n_names - 1]) == 0)
			ret->last = writing.row - 1;
	}
	if (found < 0)
		return -1;
	end_sheet(&writing);
	return 0;
}
