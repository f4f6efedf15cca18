/* SPDX-License-Identifier: MIT */
/* series_take.c - the rows of a window become a table: joined, with gaps, with bands (series.h) */
#include <math.h>

#include "base/alloc.h"
#include "source/grid.h"
#include "source/series.h"

#define ROWS_MAX      ((size_t)4 << 20) /* of a table, unknown ones included */
#define NAME_MAX_BYTES 512

/* What is being taken. */
struct taking {
	const struct series *series;
	const struct source_request *request;
	struct source_window window;
	size_t first, end; /* rows of the series in the window */
	bool is_plain;     /* rows that are not regular, as they are */
	struct grid grid;
	struct table *table;
	struct table_cell *cells;
	struct table_head head;
	uint64_t steps, steps_known; /* of the series, not of the table */
};

/* A row belongs to the window that holds its middle. */
static int64_t middle_of(const struct series *series, size_t row)
{
	return series->times_ms[row] + series->step_ms / 2;
}

static void find_rows(struct taking *taking)
{
	const struct series *series = taking->series;

	while (taking->first < series->n_rows && middle_of(series, taking->first) < taking->window.from_ms)
		taking->first++;
	taking->end = taking->first;
	while (taking->end < series->n_rows && middle_of(series, taking->end) < taking->window.to_ms)
		taking->end++;
}

static bool is_row_known(const struct series *series, size_t row)
{
	for (size_t i = 0; i < series->n_columns; i++)
		if (isfinite(series_row(series, row)[i]))
			return true;
	return false;
}

/* An unlimited window ends where what is known does. */
static void limit_window(struct taking *taking)
{
	const struct series *series = taking->series;
	size_t first = 0, end = series->n_rows;

	while (first < end && !is_row_known(series, first))
		first++;
	while (end > first && !is_row_known(series, end - 1))
		end--;
	if (taking->window.from_ms == INT64_MIN)
		taking->window.from_ms = first < end ? series->times_ms[first] : 0;
	if (taking->window.to_ms == INT64_MAX)
		taking->window.to_ms = first < end ? series->times_ms[end - 1] + (series->step_ms ? series->step_ms : 1) : taking->window.from_ms;
}

/* How long the table's rows are, and where they begin. */
static void choose_grid(struct taking *taking, const struct zone *zone)
{
	const struct series *series = taking->series;
	const struct source_request *request = taking->request;
	const int64_t span_ms = taking->window.to_ms - taking->window.from_ms;
	const size_t n = taking->end - taking->first;
	int64_t least_ms = request->step_ms;

	if (request->max_rows && (series->step_ms || n > request->max_rows)) {
		const int64_t most = (int64_t)request->max_rows;
		const int64_t fit_ms = span_ms > 0 ? (span_ms + most - 1) / most : 0;

		least_ms = fit_ms > least_ms ? fit_ms : least_ms;
	}
	taking->is_plain = !series->step_ms && !least_ms;
	if (taking->is_plain)
		return;
	if (series->step_ms && least_ms <= series->step_ms)
		taking->grid = (struct grid){zone, n ? series->times_ms[taking->first] : series->n_rows ? series->times_ms[0] : 0, series->step_ms};
	else
		taking->grid = grid_on_clock(zone, taking->window.from_ms, grid_choose_step(series->step_ms, least_ms));
}

/* ---- the columns ---- */

static bool add_name(char **names, size_t *n, const char *name, const char *ending)
{
	AUTO(buffer) struct buffer whole = BUFFER_LIMIT(NAME_MAX_BYTES);

	buffer_printf(&whole, "%s%s", name, ending);
	if (buffer_take(&whole, &names[*n], NULL, NULL) < 0)
		return false;
	++*n;
	return true;
}

/* time, then each column with its band behind it, then the ratios. */
static struct table *make_table(const struct taking *taking, courant_error **err)
{
	const struct series *series = taking->series;
	const size_t each = taking->request->wants_bands ? 3 : 1;
	const size_t n = 1 + series->n_columns * each + series->n_ratios;
	AUTO(free) struct table_column *columns = mem_array(n, sizeof *columns);
	AUTO(free) char **names = mem_array(n, sizeof *names);
	struct table *table = NULL;
	size_t n_names = 0;
	bool is_made = columns && names && add_name(names, &n_names, "time", "");

	for (size_t i = 0; is_made && i < series->n_columns; i++) {
		const char *name = series->columns[i].name;

		is_made = add_name(names, &n_names, name, "") && (each == 1 || (add_name(names, &n_names, name, "_min") && add_name(names, &n_names, name, "_max")));
	}
	for (size_t i = 0; is_made && i < series->n_ratios; i++)
		is_made = add_name(names, &n_names, series->ratios[i].name, "");
	for (size_t i = 0; is_made && i < n; i++) {
		const size_t column = (i - 1) / each;

		columns[i] = (struct table_column){.name = names[i], .type = i ? TABLE_RATIO : TABLE_TIME};
		if (i && column < series->n_columns) {
			columns[i].type = series->columns[column].type;
			columns[i].unit = series->columns[column].unit;
		}
	}
	if (is_made)
		table = table_new(&taking->head, columns, n, err);
	else
		(void)fail_memory(err);
	for (size_t i = 0; i < n_names; i++)
		free(names[i]);
	return table;
}

/* ---- rows ---- */

static bool is_summed(enum table_type type)
{
	return type == TABLE_COUNT || type == TABLE_BYTES;
}

struct joined {
	double value, least, greatest; /* NaN: unknown */
};

/* Several rows of a column as one. `expected` is how many rows there would be if none were missing: of fewer than half an average is unknown, and a sum needs all. */
static struct joined join(const struct series *series, size_t column, size_t first, size_t end, size_t expected)
{
	struct joined joined = {0, NAN, NAN};
	size_t n = 0;

	for (size_t row = first; row < end; row++) {
		const size_t at = row * series->n_columns + column;
		const double value = series->values[at];
		const double least = series->least ? series->least[at] : value, greatest = series->greatest ? series->greatest[at] : value;

		if (!isfinite(value))
			continue;
		joined.value += value;
		joined.least = fmin(joined.least, least);
		joined.greatest = fmax(joined.greatest, greatest);
		n++;
	}
	if (n == 0 || (is_summed(series->columns[column].type) ? n < expected : 2 * n < expected))
		return (struct joined){NAN, NAN, NAN};
	if (!is_summed(series->columns[column].type))
		joined.value /= (double)n;
	return joined;
}

static struct table_cell cell_of(enum table_type type, double value)
{
	if (!isfinite(value))
		return CELL_UNKNOWN;
	if (!is_summed(type))
		return CELL_NUMBER(value);
	/* Below 2^64, which as a double is the next one above UINT64_MAX. */
	return value > -0.5 && value < 18446744073709551616.0 ? CELL_COUNT((uint64_t)(value < 0 ? 0 : value + 0.5)) : CELL_UNKNOWN;
}

static struct table_cell ratio_of(const struct joined *joined, const struct series_ratio *ratio)
{
	const double part = joined[ratio->part].value, whole = joined[ratio->whole].value;

	return isfinite(part) && isfinite(whole) && whole > 0 && part <= whole ? CELL_NUMBER(1 - part / whole) : CELL_UNKNOWN;
}

/* A row of the table out of these rows of the series. */
static int add_row(struct taking *taking, int64_t start_ms, size_t first, size_t end, size_t expected, courant_error **err)
{
	const struct series *series = taking->series;
	AUTO(free) struct joined *joined = mem_array(series->n_columns + 1, sizeof *joined);
	struct table_cell *cell = taking->cells;

	if (!joined)
		return fail_memory(err);
	*cell++ = CELL_TIME(start_ms);
	for (size_t i = 0; i < series->n_columns; i++) {
		const enum table_type type = series->columns[i].type;

		joined[i] = join(series, i, first, end, expected);
		*cell++ = cell_of(type, joined[i].value);
		if (taking->request->wants_bands) {
			*cell++ = cell_of(type, joined[i].least);
			*cell++ = cell_of(type, joined[i].greatest);
		}
	}
	for (size_t i = 0; i < series->n_ratios; i++)
		*cell++ = ratio_of(joined, &series->ratios[i]);
	return table_add_row(taking->table, taking->cells, err);
}

static int add_plain_rows(struct taking *taking, courant_error **err)
{
	for (size_t row = taking->first; row < taking->end; row++)
		if (add_row(taking, taking->series->times_ms[row], row, row + 1, 1, err) < 0)
			return -1;
	return 0;
}

static size_t expected_rows(const struct taking *taking, int64_t from_ms, int64_t to_ms)
{
	const int64_t step_ms = taking->series->step_ms;

	/* At the window's ends a row may be cut. */
	from_ms = from_ms < taking->window.from_ms ? taking->window.from_ms : from_ms;
	to_ms = to_ms > taking->window.to_ms ? taking->window.to_ms : to_ms;
	return step_ms && to_ms > from_ms && to_ms - from_ms > step_ms ? (size_t)((to_ms - from_ms) / step_ms) : 1;
}

static int add_regular_rows(struct taking *taking, courant_error **err)
{
	const struct series *series = taking->series;
	const bool is_joined = taking->grid.step_ms != series->step_ms;
	int64_t start_ms = grid_floor(&taking->grid, taking->window.from_ms);
	size_t row = taking->first, n = 0;

	/* A row whose middle lies before the window is not of it. */
	if (!is_joined && start_ms + series->step_ms / 2 < taking->window.from_ms)
		start_ms = grid_next(&taking->grid, start_ms);
	for (; start_ms + (is_joined ? 0 : series->step_ms / 2) < taking->window.to_ms; n++) {
		const int64_t next_ms = grid_next(&taking->grid, start_ms);
		const size_t first = row;

		if (n == ROWS_MAX)
			return fail(err, COURANT_TOO_LARGE, "the window holds more than %zu rows: a table of that size is of no use", ROWS_MAX);
		while (row < taking->end && series->times_ms[row] < next_ms)
			row++;
		if (add_row(taking, start_ms, first, row, expected_rows(taking, start_ms, next_ms), err) < 0)
			return -1;
		start_ms = next_ms;
	}
	return 0;
}

/* ---- what the head says ---- */

static uint64_t count_known(struct taking *taking)
{
	const struct series *series = taking->series;
	uint64_t n = 0;

	for (size_t row = taking->first; row < taking->end; row++) {
		taking->head.resets += series->is_reset && series->is_reset[row];
		if (!is_row_known(series, row))
			continue;
		if (n++ == 0)
			taking->head.first_ms = series->times_ms[row];
		taking->head.last_ms = series->times_ms[row] + series->step_ms;
	}
	return n;
}

static void fill_head(struct taking *taking, const struct zone *zone)
{
	const uint64_t known = count_known(taking), rows = taking->end - taking->first;
	const int64_t span_ms = taking->window.to_ms - taking->window.from_ms, step_ms = taking->series->step_ms;
	const uint64_t expected = step_ms && span_ms > 0 ? (uint64_t)((span_ms + step_ms / 2) / step_ms) : rows;
	const uint64_t most = expected > rows ? expected : rows;

	taking->head.zone = zone_name(zone);
	taking->head.from_ms = taking->window.from_ms;
	taking->head.to_ms = taking->window.to_ms;
	taking->head.step_ms = taking->is_plain ? 0 : taking->grid.step_ms;
	taking->head.rows_unknown = most - known;
	taking->head.coverage = most ? (double)known / (double)most : 0;
}

struct table *series_take(const struct series *series, const struct table_head *head, const struct source_window *window, const struct source_request *request,
			  const struct zone *zone, courant_error **err)
{
	struct taking taking = {.series = series, .request = request, .window = *window, .head = *head};
	const size_t n_cells = 1 + series->n_columns * 3 + series->n_ratios;

	limit_window(&taking);
	find_rows(&taking);
	choose_grid(&taking, zone);
	fill_head(&taking, zone);

	AUTO(table) struct table *table = make_table(&taking, err);
	AUTO(free) struct table_cell *cells = mem_array(n_cells, sizeof *cells);

	if (!table)
		return NULL;
	if (!cells) {
		(void)fail_memory(err);
		return NULL;
	}
	taking.table = table;
	taking.cells = cells;
	if ((taking.is_plain ? add_plain_rows(&taking, err) : add_regular_rows(&taking, err)) < 0)
		return NULL;
	return STEAL(table);
}
