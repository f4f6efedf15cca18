/* SPDX-License-Identifier: MIT */
/* picture.c - a description is begun, and checked against its table */
#include "render/picture.h"

#include <assert.h>

struct picture picture_of(enum picture_kind kind, enum language language, const struct zone *zone, const char *title)
{
	return (struct picture){.kind = kind,
				.language = language,
				.zone = zone,
				.title = title,
				.former = {.column = SLICE_NONE},
				.volume = SLICE_NONE};
}

struct picture_series *picture_add(struct picture *picture, size_t column, const char *label)
{
	assert(picture->n_series < PICTURE_SERIES_MAX);

	struct picture_series *series = &picture->series[picture->n_series++];

	*series = (struct picture_series){.column = column, .low = SLICE_NONE, .high = SLICE_NONE, .label = label};
	return series;
}

static const char *name_of(const struct table *table)
{
	const char *name = table_head(table)->name;

	return name ? name : "the table";
}

static int check_figures(const struct table *table, size_t column, courant_error **err)
{
	if (column >= table_columns(table))
		return fail(err, COURANT_INVALID, "%s has no column %zu to draw: it has %zu", name_of(table), column + 1,
			    table_columns(table));

	const struct table_column *which = table_column(table, column);

	if (which->type == TABLE_TEXT || which->type == TABLE_TIME)
		return fail(err, COURANT_INVALID, "column %s of %s holds %s, which cannot be drawn", which->name, name_of(table),
			    which->type == TABLE_TEXT ? "texts" : "times");
	return 0;
}

static bool is_plain(enum table_type type)
{
	return type == TABLE_COUNT || type == TABLE_NUMBER;
}

static int check_series(const struct picture *picture, const struct table *table, courant_error **err)
{
	for (size_t i = 0; i < picture->n_series; i++) {
		const struct picture_series *series = &picture->series[i];

		if (check_figures(table, series->column, err) < 0 ||
		    (series->low != SLICE_NONE && check_figures(table, series->low, err) < 0) ||
		    (series->high != SLICE_NONE && check_figures(table, series->high, err) < 0))
			return -1;

		const struct table_column *first = table_column(table, picture->series[0].column);
		const struct table_column *other = table_column(table, series->column);

		if (first->type != other->type && !(is_plain(first->type) && is_plain(other->type)))
			return fail(err, COURANT_INVALID, "%s and %s of %s are figures of two kinds, which one axis cannot show",
				    first->name, other->name, name_of(table));
	}
	return 0;
}

static int check_size(const struct picture *picture, courant_error **err)
{
	const unsigned sides[] = {picture->width, picture->height};

	for (size_t i = 0; i < 2; i++)
		if (sides[i] && (sides[i] < PICTURE_MIN_PX || sides[i] > PICTURE_MAX_PX))
			return fail(err, COURANT_INVALID, "a picture of %ux%u: each side has from %d to %d px", picture->width,
				    picture->height, PICTURE_MIN_PX, PICTURE_MAX_PX);
	return 0;
}

int picture_check(const struct picture *picture, const struct table *table, courant_error **err)
{
	const struct picture_former *former = &picture->former;

	if (picture->n_series == 0)
		return fail(err, COURANT_INVALID, "a picture of %s needs a series to draw", name_of(table));

	const struct table_column *first = table_column(table, 0);

	if (first->type != TABLE_TIME && !(picture->kind == PICTURE_BARS && first->type == TABLE_TEXT))
		return fail(err, COURANT_INVALID, "the first column of %s is %s, which holds no times to draw along", name_of(table),
			    first->name);
	if (check_series(picture, table, err) < 0 || check_size(picture, err) < 0)
		return -1;
	if (former->column != SLICE_NONE && check_figures(former->table ? former->table : table, former->column, err) < 0)
		return -1;
	return picture->volume == SLICE_NONE ? 0 : check_figures(table, picture->volume, err);
}
