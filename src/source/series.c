/* SPDX-License-Identifier: MIT */
/* series.c - rows of a series as they come in, and the step they have (series.h) */
#include "source/series.h"

#include <math.h>

#include "base/alloc.h"
#include "source/grid.h"

#define FIRST_ROWS 256

int series_init(struct series *series, const struct series_column *columns, size_t n_columns, int64_t step_ms, courant_error **err)
{
	*series = (struct series){.step_ms = step_ms, .n_columns = n_columns};
	series->columns = mem_array(n_columns ? n_columns : 1, sizeof *columns);
	if (!series->columns)
		return fail_memory(err);
	for (size_t i = 0; i < n_columns; i++)
		series->columns[i] = columns[i];
	return 0;
}

void series_release(struct series *series)
{
	free(series->columns);
	free(series->ratios);
	free(series->times_ms);
	free(series->values);
	free(series->least);
	free(series->greatest);
	free(series->is_reset);
	*series = (struct series){0};
}

int series_add_ratio(struct series *series, const char *name, size_t part, size_t whole, courant_error **err)
{
	struct series_ratio *grown = mem_resize(series->ratios, series->n_ratios + 1, sizeof *grown);

	if (!grown)
		return fail_memory(err);
	series->ratios = grown;
	grown[series->n_ratios++] = (struct series_ratio){name, part, whole};
	return 0;
}

static bool make_room(struct series *series)
{
	if (series->n_rows < series->space)
		return true;

	const size_t space = series->space ? series->space * 2 : FIRST_ROWS;
	size_t n_values;

	if (!size_mul(space, series->n_columns, &n_values))
		return false;

	int64_t *times_ms = mem_resize(series->times_ms, space, sizeof *times_ms);

	if (!times_ms)
		return false;
	series->times_ms = times_ms;

	double *values = mem_resize(series->values, n_values + 1, sizeof *values);

	if (!values)
		return false;
	series->values = values;
	series->space = space;
	return true;
}

size_t series_add_row(struct series *series, int64_t time_ms, courant_error **err)
{
	if (!make_room(series)) {
		(void)fail_memory(err);
		return SLICE_NONE;
	}

	const size_t row = series->n_rows++;

	series->times_ms[row] = time_ms;
	for (size_t i = 0; i < series->n_columns; i++)
		series_row(series, row)[i] = NAN;
	return row;
}

static double *unknown_values(size_t n)
{
	double *values = mem_array(n + 1, sizeof *values);

	for (size_t i = 0; values && i < n; i++)
		values[i] = NAN;
	return values;
}

int series_make_bands(struct series *series, courant_error **err)
{
	series->least = unknown_values(series->n_rows * series->n_columns);
	series->greatest = unknown_values(series->n_rows * series->n_columns);
	return series->least && series->greatest ? 0 : fail_memory(err);
}

int series_make_resets(struct series *series, courant_error **err)
{
	series->is_reset = mem_array(series->n_rows + 1, sizeof *series->is_reset);
	return series->is_reset ? 0 : fail_memory(err);
}

/* ---- order ---- */

struct place {
	int64_t time_ms;
	size_t row;
};

static int compare_places(const void *a, const void *b)
{
	const struct place *left = a, *right = b;

	if (left->time_ms != right->time_ms)
		return left->time_ms < right->time_ms ? -1 : 1;
	return left->row < right->row ? -1 : left->row > right->row;
}

static bool is_sorted(const struct series *series)
{
	for (size_t i = 1; i < series->n_rows; i++)
		if (series->times_ms[i] < series->times_ms[i - 1])
			return false;
	return true;
}

int series_sort(struct series *series, courant_error **err)
{
	const size_t n = series->n_rows, width = series->n_columns * sizeof(double);

	if (is_sorted(series))
		return 0;

	AUTO(free) struct place *places = mem_array(n, sizeof *places);
	double *values = mem_array(n * series->n_columns + 1, sizeof *values);

	if (!places || !values) {
		free(values);
		return fail_memory(err);
	}
	for (size_t i = 0; i < n; i++)
		places[i] = (struct place){series->times_ms[i], i};
	qsort(places, n, sizeof *places, compare_places);
	for (size_t i = 0; i < n; i++) {
		series->times_ms[i] = places[i].time_ms;
		memcpy(values + i * series->n_columns, series_row(series, places[i].row), width);
	}
	free(series->values);
	series->values = values;
	series->space = n;
	return 0;
}

/* ---- the step ---- */

static int compare_times(const void *a, const void *b)
{
	const int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return left < right ? -1 : left > right;
}

/* The distance that half of the neighbours do not exceed; 0: two rows at one time, too few rows, no memory for finding out. */
static int64_t usual_distance(const struct series *series)
{
	const size_t n = series->n_rows ? series->n_rows - 1 : 0;
	AUTO(free) int64_t *distances = mem_array(n + 1, sizeof *distances);

	if (!distances || n < 2)
		return 0;
	for (size_t i = 0; i < n; i++)
		distances[i] = series->times_ms[i + 1] - series->times_ms[i];
	qsort(distances, n, sizeof *distances, compare_times);
	return distances[0] > 0 ? distances[(n - 1) / 2] : 0;
}

static bool is_multiple_within(int64_t distance_ms, int64_t step_ms, int64_t tolerance_ms)
{
	const int64_t rest = (distance_ms + tolerance_ms) % step_ms;

	return distance_ms + tolerance_ms >= step_ms && rest <= 2 * tolerance_ms;
}

/* Whether all distances are multiples of the step, give or take. */
static bool fits(const struct series *series, int64_t step_ms, int64_t tolerance_ms)
{
	for (size_t i = 0; i + 1 < series->n_rows; i++)
		if (!is_multiple_within(series->times_ms[i + 1] - series->times_ms[i], step_ms, tolerance_ms))
			return false;
	return true;
}

/* Moves each row to the slot that is nearest; false, with nothing moved, when two would share one. */
static bool move_to_slots(struct series *series, int64_t step_ms)
{
	int64_t last = INT64_MIN;

	for (size_t i = 0; i < series->n_rows; i++) {
		const int64_t slot = grid_floor_plain(series->times_ms[i] + step_ms / 4, 0, step_ms);

		if (slot == last || series->times_ms[i] - slot > step_ms / 2)
			return false;
		last = slot;
	}
	for (size_t i = 0; i < series->n_rows; i++)
		series->times_ms[i] = grid_floor_plain(series->times_ms[i] + step_ms / 4, 0, step_ms);
	return true;
}

void series_find_step(struct series *series)
{
	const int64_t usual_ms = usual_distance(series);

	if (usual_ms <= 0)
		return;
	if (fits(series, usual_ms, 0)) {
		series->step_ms = usual_ms;
		return;
	}

	const int64_t step_ms = grid_nearest_step(usual_ms);

	if (step_ms == MS_PER_DAY ? fits(series, step_ms, MS_PER_HOUR) : step_ms && move_to_slots(series, step_ms))
		series->step_ms = step_ms;
}
