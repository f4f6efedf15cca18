/* SPDX-License-Identifier: MIT */
/* plot_series.c - lines, areas and bars
 *
 * Rows become cells: what a row's step covers of the width. More rows than the picture has pixels are consolidated, a cell a column, with
 * the average as its value and a band from the least to the greatest. */
#include <math.h>

#include "base/alloc.h"
#include "render/plot_own.h"

#define PIXELS_A_PX     2 /* of the picture as it is drawn */
#define STEPS_APART     1.5
#define LINE_PX         1.6
#define FORMER_PX       1
#define DOT_PX          1.8 /* a value that stands alone */
#define TOUCHING_PX     0.02
#define BAR_AIR         0.15 /* of a cell, at either side */
#define BAR_AIR_FROM_PX 3

struct cell {
	double x0, x1;
	double value, low, high; /* NaN: unknown */
};

struct cells {
	struct cell *cell;
	size_t n;
};

static void cells_release(struct cells *cells)
{
	free(cells->cell);
}
AUTO_DEFINE_VALUE(cells, struct cells, cells_release)

/* Rows of a series, or of the former line. */
struct rows {
	const int64_t *at_ms;
	const double *values, *low, *high;
	size_t n;
};

static struct rows rows_of(const struct plot *plot, size_t series)
{
	const struct sample_series *which = &plot->samples->series[series];

	return (struct rows){plot->samples->at_ms, which->values, which->low, which->high, plot->samples->n};
}

static double least_of(const struct rows *rows, size_t i)
{
	return rows->low && rows->low[i] < rows->values[i] ? rows->low[i] : rows->values[i];
}

static double greatest_of(const struct rows *rows, size_t i)
{
	return rows->high && rows->high[i] > rows->values[i] ? rows->high[i] : rows->values[i];
}

/* Where row i's step ends: at the next row, unless rows are missing between. */
static int64_t end_of(const struct plot *plot, const struct rows *rows, size_t i)
{
	const int64_t step = plot->samples->step_ms, to_ms = plot->samples->to_ms;
	int64_t end = rows->at_ms[i] + step;

	if (i + 1 < rows->n && (double)(rows->at_ms[i + 1] - rows->at_ms[i]) <= STEPS_APART * (double)step)
		end = rows->at_ms[i + 1];
	return end < to_ms ? end : to_ms;
}

static void make_each(const struct plot *plot, const struct rows *rows, struct cells *cells)
{
	const double slot = (plot->right - plot->left) / (double)rows->n;

	for (size_t i = 0; i < rows->n; i++) {
		struct cell *cell = &cells->cell[i];

		*cell = (struct cell){.value = rows->values[i], .low = least_of(rows, i), .high = greatest_of(rows, i)};
		if (plot->samples->is_timed) {
			cell->x0 = plot_x(plot, rows->at_ms[i]);
			cell->x1 = plot_x(plot, end_of(plot, rows, i));
		} else {
			cell->x0 = plot->left + (double)i * slot;
			cell->x1 = cell->x0 + slot;
		}
	}
}

/* What the rows from `from` to `to` come to. */
static void consolidate(struct cell *cell, const struct rows *rows, size_t from, size_t to)
{
	const double *values = rows->values;
	const struct extent extent = extent_of(values + from, to - from);

	if (extent.n == 0)
		return;
	cell->value = extent.sum / (double)extent.n;
	cell->low = extent.least;
	cell->high = extent.most;
	for (size_t i = from; rows->low && i < to; i++)
		cell->low = !isnan(values[i]) && rows->low[i] < cell->low ? rows->low[i] : cell->low;
	for (size_t i = from; rows->high && i < to; i++)
		cell->high = !isnan(values[i]) && rows->high[i] > cell->high ? rows->high[i] : cell->high;
}

/* The first row that belongs to a later column than this one. */
static size_t column_end(const struct plot *plot, const struct rows *rows, size_t row, size_t column, size_t n_columns)
{
	const struct samples *samples = plot->samples;
	const double share = (double)(column + 1) / (double)n_columns;
	const int64_t end_ms = samples->from_ms + (int64_t)((double)(samples->to_ms - samples->from_ms) * share);

	size_t end = rows->n;

	if (!samples->is_timed)
		return (size_t)((double)rows->n * share);
	/* Rows are in order of time. */
	while (row < end) {
		const size_t half = row + (end - row) / 2;

		if (rows->at_ms[half] < end_ms)
			row = half + 1;
		else
			end = half;
	}
	return row;
}

static void make_columns(const struct plot *plot, const struct rows *rows, struct cells *cells)
{
	const double width = (plot->right - plot->left) / (double)cells->n;
	size_t row = 0;

	while (row < rows->n && plot->samples->is_timed && rows->at_ms[row] < plot->samples->from_ms)
		row++;
	for (size_t i = 0; i < cells->n; i++) {
		const double x0 = plot->left + (double)i * width;
		const size_t end = column_end(plot, rows, row, i, cells->n);

		cells->cell[i] = (struct cell){x0, x0 + width, NAN, NAN, NAN};
		consolidate(&cells->cell[i], rows, row, end);
		row = end;
	}
}

static int make_cells(const struct plot *plot, const struct rows *rows, struct cells *cells, courant_error **err)
{
	const size_t columns = (size_t)((plot->right - plot->left) * PIXELS_A_PX);
	const bool is_each = rows->n <= columns;

	cells->n = is_each ? rows->n : columns;
	if (!(cells->cell = mem_array(cells->n + 1, sizeof *cells->cell)))
		return fail_memory(err);
	if (is_each)
		make_each(plot, rows, cells);
	else
		make_columns(plot, rows, cells);
	return 0;
}

/* Cells that touch and are known, from `first` on; returns where they end. */
static size_t run_end(const struct cells *cells, size_t first)
{
	size_t end = first + 1;

	while (end < cells->n && !isnan(cells->cell[end].value) && cells->cell[end].x0 <= cells->cell[end - 1].x1 + TOUCHING_PX)
		end++;
	return end;
}

static double middle(const struct cell *cell)
{
	return (cell->x0 + cell->x1) / 2;
}

/* A line through the cells' middles, from the first one's edge to the last one's: it covers what the samples stand for. */
static void draw_run(struct plot *plot, const struct cells *cells, size_t first, size_t end, enum ink ink, const char *part,
		     double width)
{
	const struct cell *begin = &cells->cell[first], *last = &cells->cell[end - 1];

	if (last->x1 - begin->x0 < DOT_PX) {
		drawing_dot(plot->drawing, ink, part, middle(begin), plot_y(plot, begin->value), fmax(width, DOT_PX / 2));
		return;
	}
	drawing_add(plot->drawing, MARK_LINE, ink, part)->w = width;
	drawing_point(plot->drawing, begin->x0, plot_y(plot, begin->value));
	for (size_t i = first; i < end; i++)
		drawing_point(plot->drawing, middle(&cells->cell[i]), plot_y(plot, cells->cell[i].value));
	drawing_point(plot->drawing, last->x1, plot_y(plot, last->value));
}

static void draw_line(struct plot *plot, const struct cells *cells, enum ink ink, const char *part, double width)
{
	for (size_t i = 0; i < cells->n; i++) {
		if (isnan(cells->cell[i].value))
			continue;

		const size_t end = run_end(cells, i);

		draw_run(plot, cells, i, end, ink, part, width);
		i = end - 1;
	}
}

static void add_pair(struct plot *plot, double x, double high, double low)
{
	drawing_point(plot->drawing, x, plot_y(plot, high));
	drawing_point(plot->drawing, x, plot_y(plot, low));
}

/* Filled from each cell's low to its high. */
static void draw_band(struct plot *plot, const struct cells *cells, enum ink ink, const char *part)
{
	for (size_t i = 0; i < cells->n; i++) {
		if (isnan(cells->cell[i].value))
			continue;

		const size_t end = run_end(cells, i);
		const struct cell *begin = &cells->cell[i], *last = &cells->cell[end - 1];

		(void)drawing_add(plot->drawing, MARK_BAND, ink, part);
		add_pair(plot, begin->x0, begin->high, begin->low);
		for (; i < end; i++)
			add_pair(plot, middle(&cells->cell[i]), cells->cell[i].high, cells->cell[i].low);
		add_pair(plot, last->x1, last->high, last->low);
		i = end - 1;
	}
}

static bool has_band(const struct cells *cells)
{
	for (size_t i = 0; i < cells->n; i++)
		if (cells->cell[i].high > cells->cell[i].low)
			return true;
	return false;
}

static void label_series(struct plot *plot, size_t series, double value)
{
	if (plot->has_legend || isnan(value))
		return;
	plot->labels[plot->n_labels++] = (struct side_label){.ink = plot_text_ink(plot_line_ink(plot, series)),
							     .is_bold = true,
							     .y = plot_y(plot, value),
							     .text = plot->picture->series[series].label};
}

static int draw_lines(struct plot *plot, courant_error **err)
{
	for (size_t i = plot->samples->n_series; i-- > 0;) {
		const struct rows rows = rows_of(plot, i);
		const enum ink ink = plot_line_ink(plot, i);
		AUTO(cells) struct cells cells = {0};

		if (make_cells(plot, &rows, &cells, err) < 0)
			return -1;
		if (has_band(&cells))
			draw_band(plot, &cells, plot_tint(ink), "band");
		draw_line(plot, &cells, ink, "line", LINE_PX);
		label_series(plot, i, plot->samples->series[i].summary.last);
	}
	return 0;
}

/* Filled down to the axis, the greatest first, so that each shows as far as the next one's top. */
static int draw_areas(struct plot *plot, courant_error **err)
{
	const double base = fmax(plot->axis.low, 0);
	struct cells cells[PICTURE_SERIES_MAX] = {0};
	const size_t n = plot->samples->n_series;
	int done = 0;

	for (size_t i = 0; i < n && done == 0; i++) {
		const struct rows rows = rows_of(plot, i);

		if ((done = make_cells(plot, &rows, &cells[i], err)) < 0)
			break;
		for (size_t k = 0; k < cells[i].n; k++) {
			cells[i].cell[k].low = base;
			cells[i].cell[k].high = cells[i].cell[k].value;
		}
		draw_band(plot, &cells[i], plot_tint(plot_line_ink(plot, i)), "area");
	}
	for (size_t i = n; i-- > 0 && done == 0;) {
		draw_line(plot, &cells[i], plot_line_ink(plot, i), "line", LINE_PX);
		label_series(plot, i, plot->samples->series[i].summary.last);
	}
	for (size_t i = 0; i < n; i++)
		cells_release(&cells[i]);
	return done;
}

/* What is unknown beside something known adds nothing; where nothing is known is a gap. `sum` grows by the series. */
static void stack(struct cells *sum, const struct cells *cells)
{
	for (size_t i = 0; i < cells->n; i++) {
		struct cell *to = &sum->cell[i];
		const struct cell *from = &cells->cell[i];

		to->x0 = from->x0;
		to->x1 = from->x1;
		to->low = isnan(to->value) ? 0 : to->value;
		if (!isnan(from->value))
			to->value = to->low + from->value;
		to->high = to->value;
	}
}

static double last_known(const struct cells *cells)
{
	for (size_t i = cells->n; i-- > 0;)
		if (!isnan(cells->cell[i].value))
			return (cells->cell[i].low + cells->cell[i].high) / 2;
	return NAN;
}

static int draw_stacked(struct plot *plot, courant_error **err)
{
	AUTO(cells) struct cells sum = {0};

	for (size_t i = 0; i < plot->samples->n_series; i++) {
		const struct rows rows = rows_of(plot, i);
		const enum ink ink = plot_line_ink(plot, i);
		AUTO(cells) struct cells cells = {0};

		if (make_cells(plot, &rows, &cells, err) < 0)
			return -1;
		if (i == 0) {
			if (!(sum.cell = mem_array(cells.n + 1, sizeof *sum.cell)))
				return fail_memory(err);
			sum.n = cells.n;
			for (size_t k = 0; k < sum.n; k++)
				sum.cell[k].value = NAN;
		}
		stack(&sum, &cells);
		draw_band(plot, &sum, plot_tint(ink), "area");
		draw_line(plot, &sum, ink, "line", 1.2);
		label_series(plot, i, last_known(&sum));
	}
	return 0;
}

static void draw_bar(struct plot *plot, const struct cell *cell, size_t series, size_t n_series)
{
	const double whole = cell->x1 - cell->x0;
	const double air = whole > BAR_AIR_FROM_PX ? whole * BAR_AIR : 0;
	const double width = (whole - 2 * air) / (double)n_series;
	const double zero = plot_y(plot, 0), y = plot_y(plot, cell->value);

	if (isnan(cell->value))
		return;
	drawing_rect(plot->drawing, plot_line_ink(plot, series), "bar", cell->x0 + air + (double)series * width, fmin(y, zero), width,
		     fabs(zero - y));
}

static int draw_bars(struct plot *plot, courant_error **err)
{
	for (size_t i = 0; i < plot->samples->n_series; i++) {
		const struct rows rows = rows_of(plot, i);
		AUTO(cells) struct cells cells = {0};

		if (make_cells(plot, &rows, &cells, err) < 0)
			return -1;
		for (size_t k = 0; k < cells.n; k++)
			draw_bar(plot, &cells.cell[k], i, plot->samples->n_series);
		/* One colour needs no name. */
		if (plot->samples->n_series > 1)
			label_series(plot, i, plot->samples->series[i].summary.last);
	}
	return 0;
}

/* Of bars a dash at its height across each; else a thin line behind the others. */
static int draw_former(struct plot *plot, courant_error **err)
{
	const struct samples *samples = plot->samples;
	const struct rows rows = {samples->former_ms, samples->former, NULL, NULL, samples->n_former};
	AUTO(cells) struct cells cells = {0};

	if (samples->n_former == 0)
		return 0;
	if (make_cells(plot, &rows, &cells, err) < 0)
		return -1;
	if (plot->picture->kind != PICTURE_BARS) {
		draw_line(plot, &cells, INK_AXIS, "former", FORMER_PX);
		return 0;
	}
	for (size_t i = 0; i < cells.n; i++)
		if (!isnan(cells.cell[i].value))
			drawing_rect(plot->drawing, INK_AXIS, "former", cells.cell[i].x0, plot_y(plot, cells.cell[i].value) - 1,
				     cells.cell[i].x1 - cells.cell[i].x0, 2);
	return 0;
}

int plot_series(struct plot *plot, courant_error **err)
{
	switch (plot->picture->kind) {
	case PICTURE_LINES:
		return draw_former(plot, err) < 0 ? -1 : draw_lines(plot, err);
	case PICTURE_AREAS:
		return draw_areas(plot, err) < 0 ? -1 : draw_former(plot, err);
	case PICTURE_STACKED:
		return draw_stacked(plot, err) < 0 ? -1 : draw_former(plot, err);
	case PICTURE_BARS:
		return draw_bars(plot, err) < 0 ? -1 : draw_former(plot, err);
	case PICTURE_WEEK:
		break; /* plot_week */
	}
	return 0;
}
