/* SPDX-License-Identifier: MIT */
/* samples.c - one pass over the table, then gaps and figures */
#include "render/samples.h"

#include <math.h>

#include "base/alloc.h"

#define FIRST_ROWS 64
#define ROWS_MAX   ((size_t)10000000)
#define PREFETCHED 16 /* rows */

/* A row this much later than the step wants has others missing before it. */
#define STEPS_APART 1.5
/* What is missing at the window's ends is a gap from so many steps on: the last one may not be over yet. */
#define STEPS_AT_ENDS 2

/* Of very many distances so many tell enough. */
#define PROBES 1000

/* Columns that are read row by row into arrays of their own, all in one slab: the rows' times, the lanes, and one more for computing. */
#define LANES_MAX (PICTURE_SERIES_MAX * 3 + 2)
struct lanes {
	struct slab *slab;
	size_t n;
	size_t columns[LANES_MAX];
	bool is_double[LANES_MAX]; /* else the column counts */
	double *values[LANES_MAX];
	int64_t *at_ms;
	double *spare;
	char **names; /* NULL: rows have times */
	size_t rows, space;
	bool is_ordered;
};

static void lanes_release(struct lanes *lanes)
{
	for (size_t i = 0; lanes->names && i < lanes->rows; i++)
		free(lanes->names[i]);
	free(lanes->names);
}
AUTO_DEFINE_VALUE(lanes, struct lanes, lanes_release)

static void add_lane(struct lanes *lanes, const struct table *table, size_t column)
{
	if (column == SLICE_NONE)
		return;
	lanes->columns[lanes->n] = column;
	lanes->is_double[lanes->n++] = table_type_is_double(table_column(table, column)->type);
}

/* The array of the column that was added at this place; `at` moves on. */
static const double *lane_of(const struct lanes *lanes, size_t *at, size_t column)
{
	return column == SLICE_NONE ? NULL : lanes->values[(*at)++];
}

/* Divides the slab for so many rows, with those that are there. */
static void divide(struct lanes *lanes, double *at, size_t rows)
{
	for (size_t i = 0; i < lanes->n; i++) {
		double *values = at + i * rows;

		if (lanes->rows)
			memcpy(values, lanes->values[i], lanes->rows * sizeof *values);
		lanes->values[i] = values;
	}

	int64_t *at_ms = (int64_t *)(void *)(at + lanes->n * rows);

	if (lanes->rows)
		memcpy(at_ms, lanes->at_ms, lanes->rows * sizeof *at_ms);
	lanes->at_ms = at_ms;
	lanes->spare = at + (lanes->n + 1) * rows;
	lanes->space = rows;
}

/* Room for `rows` rows. */
static int make_room(struct lanes *lanes, size_t rows, bool has_names, courant_error **err)
{
	const size_t n = (lanes->n + 2) * rows + 1; /* the last lane is for summary_of, which wants one more */

	if (rows > ROWS_MAX)
		return fail(err, COURANT_TOO_LARGE, "more than %zu rows are too many for a picture", ROWS_MAX);
	if (n > lanes->slab->n || lanes->rows) {
		double *at = mem_resize(NULL, n, sizeof *at);

		if (!at)
			return fail_memory(err);
		divide(lanes, at, rows);
		free(lanes->slab->at);
		*lanes->slab = (struct slab){at, n};
	} else {
		divide(lanes, lanes->slab->at, rows);
	}
	if (has_names) {
		char **names = mem_resize(lanes->names, rows, sizeof *names);

		if (!names)
			return fail_memory(err);
		lanes->names = names;
	}
	return 0;
}

static inline double value_of(bool is_double, const struct table_cell *cell)
{
	if (!cell->is_known)
		return NAN;
	if (is_double)
		return isfinite(cell->number) ? cell->number : NAN;
	return (double)cell->count;
}

/* One row at the end of the lanes, for which there is room. */
static int read_row(struct lanes *lanes, const struct table_cell *cells, bool has_names, courant_error **err)
{
	const size_t row = lanes->rows;

	for (size_t i = 0; i < lanes->n; i++)
		lanes->values[i][row] = value_of(lanes->is_double[i], &cells[lanes->columns[i]]);
	lanes->at_ms[row] = has_names ? 0 : cells[0].time_ms;
	if (row && lanes->at_ms[row] < lanes->at_ms[row - 1])
		lanes->is_ordered = false;
	if (has_names && !(lanes->names[row] = mem_copy(cells[0].text)))
		return fail_memory(err);
	lanes->rows++;
	return 0;
}

/* All rows within the window; those without a time or name are left out. */
static int read_rows(struct lanes *lanes, const struct table *table, courant_error **err)
{
	const struct table_head *head = table_head(table);
	const bool has_names = table_column(table, 0)->type == TABLE_TEXT;
	const bool is_limited = !has_names && head->to_ms > head->from_ms;
	struct table_cursor cursor = {table, 0};
	const struct table_cell *cells;
	int found;

	lanes->is_ordered = true;
	/* A table in memory says how many rows there are. */
	if (make_room(lanes, table_rows(table) + FIRST_ROWS, has_names, err) < 0)
		return -1;
	while ((found = table_next(&cursor, &cells, err)) > 0) {
		/* Cells of a large table are not in the cache: those of rows to come are asked for in time. */
		__builtin_prefetch(cells + PREFETCHED * table_columns(table));
		if (!cells[0].is_known || (is_limited && (cells[0].time_ms < head->from_ms || cells[0].time_ms >= head->to_ms)))
			continue;
		if (lanes->rows == lanes->space && make_room(lanes, lanes->space * 2, has_names, err) < 0)
			return -1;
		if (read_row(lanes, cells, has_names, err) < 0)
			return -1;
	}
	return found;
}

struct place {
	int64_t at_ms;
	size_t row;
};

static int compare_places(const void *a, const void *b)
{
	const struct place *one = a, *other = b;

	return one->at_ms != other->at_ms ? (one->at_ms > other->at_ms) - (one->at_ms < other->at_ms)
					  : (one->row > other->row) - (one->row < other->row);
}

/* A log or a CSV file may have the latest row first. */
static int order_rows(struct lanes *lanes, courant_error **err)
{
	if (lanes->is_ordered)
		return 0;

	AUTO(free) struct place *places = mem_array(lanes->rows, sizeof *places);
	AUTO(free) double *moved = mem_array(lanes->rows, sizeof *moved);

	if (!places || !moved)
		return fail_memory(err);
	for (size_t i = 0; i < lanes->rows; i++)
		places[i] = (struct place){lanes->at_ms[i], i};
	qsort(places, lanes->rows, sizeof *places, compare_places);
	for (size_t i = 0; i < lanes->rows; i++)
		lanes->at_ms[i] = places[i].at_ms;
	for (size_t lane = 0; lane < lanes->n; lane++) {
		for (size_t i = 0; i < lanes->rows; i++)
			moved[i] = lanes->values[lane][places[i].row];
		memcpy(lanes->values[lane], moved, lanes->rows * sizeof *moved);
	}
	return 0;
}

/* The step that most rows keep, when the table does not tell: the median distance, of an even choice when there are many. */
static void find_step(struct samples *samples)
{
	const size_t n = samples->n < PROBES ? samples->n : PROBES;
	double distances[PROBES];

	if (samples->step_ms || n < 2)
		return;
	for (size_t i = 1; i < n; i++) {
		const size_t row = i * (samples->n - 1) / (n - 1);

		distances[i - 1] = (double)(samples->at_ms[row] - samples->at_ms[row - 1]);
	}
	samples->step_ms = (int64_t)quantile_of(distances, n - 1, 0.5);
}

static void find_window(struct samples *samples, const struct table_head *head)
{
	samples->from_ms = head->from_ms;
	samples->to_ms = head->to_ms;
	if (head->to_ms > head->from_ms || samples->n == 0)
		return;
	samples->from_ms = samples->at_ms[0];
	samples->to_ms = samples->at_ms[samples->n - 1] + (samples->step_ms ? samples->step_ms : MS_PER_HOUR);
}

static bool is_blank(const struct samples *samples, size_t row)
{
	for (size_t i = 0; i < samples->n_series; i++)
		if (!isnan(samples->series[i].values[row]))
			return false;
	return true;
}

/* Adds [from, to), joined with the former gap when they touch. */
static int add_gap(struct samples *samples, int64_t from_ms, int64_t to_ms, courant_error **err)
{
	const size_t n = samples->n_gaps;

	if (to_ms <= from_ms)
		return 0;
	samples->gap_ms += to_ms - from_ms;
	if (n && samples->gaps[n - 1].to_ms >= from_ms) {
		samples->gaps[n - 1].to_ms = to_ms;
		return 0;
	}
	/* The array doubles when it is full: at each power of two. */
	if ((n & (n - 1)) == 0) {
		struct gap *gaps = mem_resize(samples->gaps, n ? 2 * n : 1, sizeof *gaps);

		if (!gaps)
			return fail_memory(err);
		samples->gaps = gaps;
	}
	samples->gaps[samples->n_gaps++] = (struct gap){from_ms, to_ms};
	return 0;
}

static int find_gaps(struct samples *samples, courant_error **err)
{
	const int64_t step = samples->step_ms;
	int64_t end = samples->from_ms; /* of what has been looked at */

	for (size_t i = 0; i < samples->n; i++) {
		const int64_t at = samples->at_ms[i];
		const double apart = i ? STEPS_APART - 1 : STEPS_AT_ENDS;
		const int64_t next = at + step < samples->to_ms ? at + step : samples->to_ms;

		if (step && at > end && (double)(at - end) >= apart * (double)step && add_gap(samples, end, at, err) < 0)
			return -1;
		if (is_blank(samples, i) && add_gap(samples, at, next, err) < 0)
			return -1;
		end = next;
	}
	if (samples->n == 0 || (double)(samples->to_ms - end) >= STEPS_AT_ENDS * (double)step)
		return add_gap(samples, end, samples->to_ms, err);
	return 0;
}

static void widen(struct samples *samples, double value)
{
	if (isnan(value))
		return;
	if (!(samples->least <= value))
		samples->least = value;
	if (!(samples->greatest >= value))
		samples->greatest = value;
}

/* Of each row, what its series add up to. */
static void widen_by_sums(struct samples *samples)
{
	for (size_t row = 0; row < samples->n; row++) {
		double sum = 0;

		for (size_t i = 0; i < samples->n_series; i++)
			sum += isnan(samples->series[i].values[row]) ? 0 : samples->series[i].values[row];
		widen(samples, sum);
	}
}

static void find_range(struct samples *samples, const struct picture *picture)
{
	samples->least = samples->greatest = NAN;
	for (size_t i = 0; i < samples->n_series; i++) {
		const struct sample_series *series = &samples->series[i];

		widen(samples, series->summary.least);
		widen(samples, series->summary.greatest);
		for (size_t row = 0; series->low && row < samples->n; row++)
			if (!isnan(series->values[row]))
				widen(samples, series->low[row]);
	}
	if (picture->kind == PICTURE_STACKED)
		widen_by_sums(samples);
	widen(samples, samples->former_summary.least);
	widen(samples, samples->former_summary.greatest);
	for (size_t i = 0; i < picture->n_references; i++)
		widen(samples, picture->references[i].value);
	if (isnan(samples->least))
		samples->least = samples->greatest = 0;
}

static enum table_type common_type(const struct picture *picture, const struct table *table)
{
	enum table_type type = table_column(table, picture->series[0].column)->type;

	for (size_t i = 1; i < picture->n_series; i++)
		if (table_column(table, picture->series[i].column)->type != type)
			type = TABLE_NUMBER; /* counts among plain numbers (picture_check) */
	return type;
}

/* The former line from another table: its window begins where this one's does. */
static int read_former(struct samples *samples, const struct picture *picture, courant_error **err)
{
	const struct picture_former *former = &picture->former;
	AUTO(lanes) struct lanes lanes = {.slab = &samples->others};

	if (former->column == SLICE_NONE || !former->table)
		return 0;
	add_lane(&lanes, former->table, former->column);
	if (read_rows(&lanes, former->table, err) < 0 || order_rows(&lanes, err) < 0)
		return -1;

	const struct table_head *head = table_head(former->table);
	const int64_t from_ms = head->to_ms > head->from_ms ? head->from_ms : lanes.rows ? lanes.at_ms[0] : 0;

	for (size_t i = 0; i < lanes.rows; i++)
		lanes.at_ms[i] += samples->from_ms - from_ms;
	samples->n_former = lanes.rows;
	samples->former_ms = lanes.at_ms;
	samples->former = lanes.values[0];
	samples->former_summary = summary_of(samples->former, NULL, samples->n_former, samples->former_ms, lanes.spare);
	return 0;
}

static void share_out(struct samples *samples, const struct picture *picture, size_t own_former, const struct lanes *lanes)
{
	size_t at = 0;

	samples->n = lanes->rows;
	samples->at_ms = lanes->at_ms;
	for (size_t i = 0; i < picture->n_series; i++) {
		struct sample_series *series = &samples->series[i];

		series->values = lane_of(lanes, &at, picture->series[i].column);
		series->low = lane_of(lanes, &at, picture->series[i].low);
		series->high = lane_of(lanes, &at, picture->series[i].high);
		series->summary = summary_of(series->values, series->high, samples->n, samples->at_ms, lanes->spare);
	}
	samples->former = lane_of(lanes, &at, own_former);
	if (samples->former) {
		samples->former_ms = samples->at_ms;
		samples->n_former = samples->n;
		samples->former_summary = summary_of(samples->former, NULL, samples->n, samples->at_ms, lanes->spare);
	}
	samples->volume = lane_of(lanes, &at, picture->volume);
	for (size_t i = 0; samples->volume && i < samples->n; i++)
		if (samples->volume[i] > samples->volume_greatest)
			samples->volume_greatest = samples->volume[i];
}

/* All columns of the picture's own table, in one pass. */
static int read_table(struct samples *samples, const struct picture *picture, const struct table *table, courant_error **err)
{
	const size_t own_former = picture->former.table ? SLICE_NONE : picture->former.column;
	AUTO(lanes) struct lanes lanes = {.slab = &samples->own};

	for (size_t i = 0; i < picture->n_series; i++) {
		add_lane(&lanes, table, picture->series[i].column);
		add_lane(&lanes, table, picture->series[i].low);
		add_lane(&lanes, table, picture->series[i].high);
	}
	add_lane(&lanes, table, own_former);
	add_lane(&lanes, table, picture->volume);
	if (read_rows(&lanes, table, err) < 0 || order_rows(&lanes, err) < 0)
		return -1;
	share_out(samples, picture, own_former, &lanes);
	samples->names = STEAL(lanes.names);
	return 0;
}

/* All but the memory for figures. */
static void empty(struct samples *samples)
{
	const struct slab own = samples->own, others = samples->others;

	for (size_t i = 0; samples->names && i < samples->n; i++)
		free(samples->names[i]);
	free(samples->names);
	free(samples->gaps);
	*samples = (struct samples){.own = own, .others = others};
}

int samples_read(struct samples *samples, const struct picture *picture, const struct table *table, courant_error **err)
{
	empty(samples);
	if (picture_check(picture, table, err) < 0)
		return -1;
	samples->n_series = picture->n_series;
	samples->step_ms = table_head(table)->step_ms;
	samples->type = common_type(picture, table);
	samples->is_timed = table_column(table, 0)->type == TABLE_TIME;
	if (read_table(samples, picture, table, err) < 0)
		return -1;
	if (samples->is_timed) {
		find_step(samples);
		find_window(samples, table_head(table));
		if (find_gaps(samples, err) < 0)
			return -1;
	}
	if (read_former(samples, picture, err) < 0)
		return -1;
	find_range(samples, picture);
	return 0;
}

void samples_release(struct samples *samples)
{
	empty(samples);
	free(samples->own.at);
	free(samples->others.at);
	*samples = (struct samples){0};
}
