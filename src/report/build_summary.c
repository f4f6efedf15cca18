/* SPDX-License-Identifier: MIT */
/* build_summary.c - headline figures: the totals of a log, what series come to, and tables of one row */
#include "report/build.h"

#include <math.h>

#include "report/binding.h"
#include "report/column_words.h"
#include "report/places.h"
#include "report/quality_parts.h"

#define TILES_MAX 12

/* What one figure of the file becomes tiles of. */
struct summing {
	struct build *build;
	struct block *block;
	const struct wanted_figure *wanted;
	const struct taken *taken;
};

/* ---- Values ---- */

static enum statistic statistic_of(const struct wanted_figure *wanted, enum table_type type)
{
	if (wanted->has_statistic)
		return wanted->statistic;
	return type == TABLE_COUNT || type == TABLE_BYTES ? STATISTIC_SUM : type == TABLE_MEMORY ? STATISTIC_LAST : STATISTIC_AVERAGE;
}

static double value_of(const struct summary *summary, enum statistic statistic)
{
	if (!summary->n)
		return NAN;
	switch (statistic) {
	case STATISTIC_LAST:
		return summary->last;
	case STATISTIC_AVERAGE:
		return summary->average;
	case STATISTIC_GREATEST:
		return summary->greatest;
	case STATISTIC_LEAST:
		return summary->least;
	case STATISTIC_P95:
		return summary->p95;
	case STATISTIC_SUM:
		return summary->average * (double)summary->n;
	}
	return NAN;
}

static double number_of(const struct table *table, size_t column, const struct table_cell *cell)
{
	if (!cell->is_known)
		return NAN;
	return table_type_is_double(table_column(table, column)->type) ? cell->number : (double)cell->count;
}

/* Of a table with one row its figure, of a series what it comes to. */
static double figure_of(const struct table *table, size_t column, enum statistic statistic)
{
	struct summary summary;

	if (!table || column == SLICE_NONE)
		return NAN;
	if (table_column(table, 0)->type != TABLE_TIME) {
		const struct table_cell cell = table_cell_at(table, 0, column);

		return number_of(table, column, &cell);
	}
	return taken_summary(table, column, &summary, NULL) < 0 ? NAN : value_of(&summary, statistic);
}

/* A ratio of two columns, where it is known to be one: no average of shares. */
static double ratio_of(const struct table *table, const struct known_series *known)
{
	const double part = figure_of(table, table ? table_find_column(table, known->ratio_part) : SLICE_NONE, STATISTIC_AVERAGE);
	const double whole = figure_of(table, table ? table_find_column(table, known->ratio_whole) : SLICE_NONE, STATISTIC_AVERAGE);

	return whole > 0 ? 1 - part / whole : NAN;
}

static struct table_cell cell_of(enum table_type type, double value)
{
	if (!isfinite(value))
		return CELL_UNKNOWN;
	return table_type_is_double(type) ? CELL_NUMBER(value) : CELL_COUNT(value > 0 ? (uint64_t)(value + 0.5) : 0);
}

/* ---- Tiles of series ---- */

static slice label_of(const struct summing *summing, const struct known_series *known, size_t column, enum statistic statistic)
{
	static const enum word words[STATISTICS] = {[STATISTIC_LAST] = WORD_TILE_LAST, [STATISTIC_AVERAGE] = WORD_TILE_AVERAGE,
						    [STATISTIC_GREATEST] = WORD_TILE_GREATEST, [STATISTIC_LEAST] = WORD_TILE_LEAST,
						    [STATISTIC_P95] = WORD_TILE_P95, [STATISTIC_SUM] = WORD_TILE_SUM};
	const struct table_column *of = table_column(summing->taken->now, column);
	struct say *say = summing->build->say;
	const slice name = metric_column_name(say, known, of->name);
	const bool is_ratio = known && known->ratio && slice_equal(slice_of(of->name), slice_of(known->ratio));

	if (summing->wanted->label)
		return say_text(say, slice_of(summing->wanted->label));
	/* A sum is what counts are, and a table of one row has nothing else. */
	if (is_ratio || table_column(summing->taken->now, 0)->type != TABLE_TIME || (statistic == STATISTIC_SUM && !table_type_is_double(of->type)))
		return name;
	return SAY(say, words[statistic], name);
}

static const struct known_series *known_of(const struct taken *taken)
{
	const struct known_series *known = known_series_find(taken->of->name);

	return known && table_find_column(taken->now, known->columns[0].name) != SLICE_NONE ? known : NULL;
}

/* Divides both figures by those of the whole. */
static int divide(const struct summing *summing, enum statistic statistic, double *now, double *former, courant_error **err)
{
	const struct wanted_figure *wanted = summing->wanted;
	struct build *build = summing->build;
	struct taken *whole;

	if (takings_get(&build->takings, build->plan, &wanted->whole, build->faults, &whole, err) < 0)
		return -1;
	if (!whole || !wanted->whole.column) {
		*now = *former = NAN;
		return 0;
	}

	const size_t column = taken_find_column(whole, wanted->whole.column, wanted->whole.place, build->faults);
	const double of_now = figure_of(whole->now, column, statistic), of_former = figure_of(whole->former, column, statistic);

	*now = of_now > 0 ? *now / of_now : NAN;
	*former = of_former > 0 ? *former / of_former : NAN;
	return 0;
}

static int add_tile(const struct summing *summing, size_t column, courant_error **err)
{
	const struct taken *taken = summing->taken;
	const struct table_column *of = table_column(taken->now, column);
	const struct known_series *known = known_of(taken);
	const bool is_ratio = known && known->ratio && slice_equal(slice_of(of->name), slice_of(known->ratio));
	const enum statistic statistic = statistic_of(summing->wanted, of->type);
	const size_t former_column = taken->former ? table_find_column(taken->former, of->name) : SLICE_NONE;
	double now = is_ratio ? ratio_of(taken->now, known) : figure_of(taken->now, column, statistic);
	double former = is_ratio ? ratio_of(taken->former, known) : figure_of(taken->former, former_column, statistic);
	const bool is_share = summing->wanted->whole.source, is_average = statistic == STATISTIC_AVERAGE && of->type == TABLE_COUNT;
	struct tile tile = {.label = label_of(summing, known, column, statistic).ptr,
			    .type = is_share ? TABLE_RATIO : is_average ? TABLE_NUMBER : of->type,
			    .better = summing->wanted->has_better ? summing->wanted->better : is_ratio ? BETTER_UP : BETTER_NEITHER,
			    .form = column_is_fine(of) ? FORM_FINE : FORM_SCALED,
			    .unit = of->unit};

	if (is_share && divide(summing, statistic, &now, &former, err) < 0)
		return -1;
	tile.now = cell_of(tile.type, now);
	tile.former = cell_of(tile.type, former);
	return block_add_tile(summing->block, &tile, err);
}

static bool is_figure(const struct table *table, size_t column)
{
	const enum table_type type = table_column(table, column)->type;

	return type != TABLE_TEXT && type != TABLE_TIME && !taken_is_band(table, column);
}

/* The column that is named; else those that would be drawn, or all figures of one row. */
static int add_tiles(const struct summing *summing, courant_error **err)
{
	const struct known_series *known = known_of(summing->taken);
	const struct table *table = summing->taken->now;
	const struct reference *of = &summing->wanted->of;

	if (of->column) {
		const size_t column = taken_find_column(summing->taken, of->column, of->place, summing->build->faults);

		if (column != SLICE_NONE && !is_figure(table, column))
			faults_add(summing->build->faults, of->place.line, of->place.column, "%s.%s.%s holds no figures", of->source, of->table, of->column);
		else if (column != SLICE_NONE)
			return add_tile(summing, column, err);
		return 0;
	}
	for (size_t i = 0; i < table_columns(table) && summing->block->n_tiles < TILES_MAX; i++) {
		const bool is_wanted = is_figure(table, i) && (!known || known_series_column(known, table_column(table, i)->name));

		if (is_wanted && add_tile(summing, i, err) < 0)
			return -1;
	}
	return 0;
}

/* A table of several rows that are no samples has no headline. */
static bool has_headline(const struct table *table)
{
	return table_column(table, 0)->type == TABLE_TIME || table_rows(table) <= 1;
}

static int add_figure(struct build *build, struct block *block, const struct wanted_figure *wanted, courant_error **err)
{
	struct summing summing = {.build = build, .block = block, .wanted = wanted};
	const struct plan_source *source = report_plan_find_source(build->plan, wanted->of.source);
	const struct log *log = source ? build_log_of(build, source) : NULL;
	struct taken *taken;

	if (!source)
		return quality_add_tiles(build, block, wanted, err);
	if (log && slice_equal(slice_of(wanted->of.table), SLICE("totals")) && !wanted->has_statistic && !wanted->label && log_has_tile(wanted->of.column))
		return log_add_tiles(log, block, wanted->of.column, err);
	if (takings_get(&build->takings, build->plan, &wanted->of, build->faults, &taken, err) < 0)
		return -1;
	if (!taken)
		return 0;
	if (!has_headline(taken->now)) {
		faults_add(build->faults, wanted->of.place.line, wanted->of.place.column, "%s.%s has several rows, and they have no times: a summary needs one row, or a series",
			   taken->source->said->name, taken->of->name);
		return 0;
	}
	summing.taken = taken;
	return add_tiles(&summing, err);
}

/* The first source that has failed, when that is why there is no tile. */
static const struct plan_source *find_failed(const struct build *build, const struct section *section)
{
	for (size_t i = 0; i < section->n_figures; i++) {
		const struct plan_source *source = report_plan_find_source(build->plan, section->figures[i].of.source);

		if (source && source->state == PLAN_FAILED)
			return source;
	}
	return NULL;
}

int build_summary(struct build *build, const struct section *section, courant_error **err)
{
	struct block *block = document_add_block(build->document, BLOCK_TILES, slice_of(section->title), err);

	for (size_t i = 0; block && i < section->n_figures; i++)
		if (add_figure(build, block, &section->figures[i], err) < 0)
			return -1;
	if (!block)
		return -1;
	if (block->n_tiles)
		return 0;

	const struct plan_source *failed = find_failed(build, section);

	if (failed)
		return document_set(&block->empty, SAY(build->say, WORD_SOURCE_FAILED_HERE, slice_of(failed->said->name), place_failure(build->say, failed)), err);
	return document_set(&block->empty, say_word(build->say, WORD_NO_DATA_HERE), err);
}

/* ---- What the verdict looks at beside the pictures ---- */

static bool is_drawn(const struct metrics *metrics, const struct taken *taken)
{
	for (size_t i = 0; i < metrics->n; i++)
		if (metrics->items[i]->taken == taken)
			return true;
	return false;
}

/* A figure of a series that has a total (memory) is judged as its picture would be. */
static int judge(struct build *build, const struct wanted_figure *figure, courant_error **err)
{
	static const struct wanted_chart plain = {.kind = CHART_AUTO};
	const struct plan_source *source = figure->of.table ? report_plan_find_source(build->plan, figure->of.source) : NULL;
	const struct known_series *known = source ? known_series_find(figure->of.table) : NULL;
	struct taken *taken;

	if (!known || !known->total)
		return 0;
	if (takings_get(&build->takings, build->plan, &figure->of, build->faults, &taken, err) < 0)
		return -1;
	if (!taken || !known_of(taken) || is_drawn(&build->metrics, taken))
		return 0;
	AUTO(metric_chart)
	struct metric_chart *chart = metric_chart_new(build->say, &plain, taken, label_former(build->say, &build->span), build->faults, err);

	if (!chart)
		return faults_is_empty(build->faults) ? -1 : 0;
	return metrics_add(&build->metrics, STEAL(chart), err);
}

int build_judged(struct build *build, courant_error **err)
{
	for (size_t i = 0; i < build->file->n_sections; i++)
		for (size_t k = 0; k < build->file->sections[i].n_figures; k++)
			if (judge(build, &build->file->sections[i].figures[k], err) < 0)
				return -1;
	return 0;
}
