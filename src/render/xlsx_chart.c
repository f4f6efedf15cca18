/* SPDX-License-Identifier: MIT */
/* xlsx_chart.c - native charts on the first sheet, over the cells of the others */
#include "base/printable.h"
#include "render/xlsx_own.h"

#define SERIES_MAX   8
#define CHART_ROWS   16 /* of the first sheet that a chart covers */
#define CHART_W      760
#define CHART_H      300
#define NAME_MAX_BYTES 1000

/* The colours of the pictures' series, in their order. */
static const lxw_color_t colours[SERIES_MAX] = {0x0072b2, 0xc47f00, 0x009e73, 0xa8558a, 0x3b93c6, 0x8a8000, 0x5c6573, 0x14181f};

static void set_line(lxw_chart_series *series, lxw_color_t colour)
{
	lxw_chart_line line = {.color = colour, .width = 1.5F};

	chart_series_set_line(series, &line);
}

/* A line a column of figures, over the times of the first. */
static void add_columns(lxw_chart *chart, const struct sheet *sheet, const struct xlsx_place *place)
{
	size_t n = 0;

	for (size_t i = 1; i < place->n_columns && n < SERIES_MAX; i++) {
		if (table_column(sheet->table, i)->type == TABLE_TEXT)
			continue;

		const lxw_col_t column = (lxw_col_t)i;
		lxw_chart_series *series = chart_add_series(chart, NULL, NULL);

		chart_series_set_categories(series, place->sheet, place->first, 0, place->last, 0);
		chart_series_set_values(series, place->sheet, place->first, column, place->last, column);
		chart_series_set_name_range(series, place->sheet, 0, column);
		set_line(series, colours[n++]);
	}
}

/* A line a row, over the weekdays; of figures of two kinds the first kind, since the chart has one axis. */
static void add_rows(lxw_chart *chart, const struct sheet *sheet, const struct xlsx_place *place)
{
	const enum table_type type = table_column(sheet->table, 1)->type;

	for (uint32_t row = place->first; row <= place->last && row < place->first + SERIES_MAX; row++) {
		if (table_column(sheet->table, row - place->first + 1)->type != type)
			continue;

		lxw_chart_series *series = chart_add_series(chart, NULL, NULL);

		chart_series_set_categories(series, place->sheet, 0, 1, 0, (lxw_col_t)(place->n_columns - 1));
		chart_series_set_values(series, place->sheet, row, 1, row, (lxw_col_t)(place->n_columns - 1));
		chart_series_set_name_range(series, place->sheet, (lxw_row_t)row, 0);
		set_line(series, colours[row - place->first]);
	}
}

/* The hours of each day. */
static void add_days(lxw_chart *chart, const struct xlsx_place *place)
{
	for (size_t day = 1; day < place->n_columns; day++) {
		const lxw_col_t column = (lxw_col_t)day;
		lxw_chart_series *series = chart_add_series(chart, NULL, NULL);

		chart_series_set_categories(series, place->sheet, place->first, 0, place->last, 0);
		chart_series_set_values(series, place->sheet, place->first, column, place->last, column);
		chart_series_set_name_range(series, place->sheet, 0, column);
		set_line(series, colours[day - 1]);
	}
}

int xlsx_add_chart(struct xlsx *xlsx, const struct sheet *sheet, const struct xlsx_place *place, courant_error **err)
{
	const bool is_hourly = table_head(sheet->table)->step_ms && table_head(sheet->table)->step_ms < MS_PER_DAY;
	AUTO(buffer) struct buffer title = BUFFER_LIMIT(NAME_MAX_BYTES);

	if (place->last < place->first)
		return 0; /* nothing to draw */

	lxw_chart *chart = workbook_add_chart(xlsx->workbook, LXW_CHART_LINE);

	if (!chart)
		return fail_memory(err);
	printable_write(&title, slice_of(sheet->name));
	if (buffer_check(&title, err) < 0)
		return -1;
	if (sheet->layout == SHEET_ROWS) {
		add_columns(chart, sheet, place);
		if (table_column(sheet->table, 0)->type == TABLE_TIME)
			chart_axis_set_num_format(chart->x_axis, is_hourly ? "mm-dd hh:mm" : "mm-dd");
	} else if (is_hourly) {
		add_days(chart, place);
	} else {
		add_rows(chart, sheet, place);
	}
	chart_title_set_name(chart, title.bytes);
	chart_legend_set_position(chart, LXW_CHART_LEGEND_BOTTOM);
	/* What is unknown is a gap. */
	chart_show_blanks_as(chart, LXW_CHART_BLANKS_AS_GAP);

	lxw_chart_options options = {.x_scale = CHART_W / 480.0, .y_scale = CHART_H / 288.0};

	(void)worksheet_insert_chart_opt(xlsx->first, xlsx->first_row, 0, chart, &options);
	xlsx->first_row += CHART_ROWS;
	return 0;
}
