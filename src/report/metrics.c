/* SPDX-License-Identifier: MIT */
/* metrics.c - from a wanted chart and its table to the description of a picture */
#include "report/metrics.h"

#include "base/alloc.h"

#define COLOURED_MAX 4 /* series that have a colour of their own: more are drawn only when they are asked for */

void metric_chart_free(struct metric_chart *chart)
{
	if (!chart)
		return;
	samples_release(&chart->samples);
	free(chart);
}

void metrics_release(struct metrics *metrics)
{
	for (size_t i = 0; i < metrics->n; i++)
		metric_chart_free(metrics->items[i]);
	metrics->n = 0;
}

int metrics_add(struct metrics *metrics, struct metric_chart *chart, courant_error **err)
{
	AUTO(metric_chart) struct metric_chart *taken = chart;

	if (metrics->n == METRICS_MAX)
		return fail(err, COURANT_TOO_LARGE, "more than %d pictures in one report", METRICS_MAX);
	metrics->items[metrics->n++] = STEAL(taken);
	return 0;
}

bool metric_chart_has_data(const struct metric_chart *chart)
{
	for (size_t i = 0; i < chart->samples.n_series; i++)
		if (chart->samples.series[i].summary.n)
			return true;
	return false;
}

/* ---- Names ---- */

slice metric_column_name(struct say *say, const struct known_series *known, const char *column)
{
	const struct known_column *found = known_series_column(known, column);

	if (!found)
		return known && known->ratio && slice_equal(slice_of(column), slice_of(known->ratio)) ? SAY(say, WORD_FULL_NAME, say_word(say, known->prefix), say_word(say, known->ratio_label))
												 : say_text(say, slice_of(column));
	if (known->prefix == WORDS)
		return say_word(say, found->full);
	return SAY(say, WORD_FULL_NAME, say_word(say, known->prefix), say_word(say, found->full));
}

slice metric_full_name(struct say *say, const struct metric_chart *chart, size_t series)
{
	const struct picture_series *which = &chart->picture.series[series];
	const char *column = table_column(chart->taken->now, which->column)->name;

	if (known_series_column(chart->known, column) && slice_equal(slice_of(which->label), say_word(say, known_series_column(chart->known, column)->label)))
		return metric_column_name(say, chart->known, column);
	return say_text(say, slice_of(which->label));
}

slice metric_subject(struct say *say, const struct metric_chart *chart)
{
	return chart->known && !chart->wanted->title && chart->known->prefix != WORDS ? say_word(say, chart->known->prefix)
											 : say_text(say, slice_of(chart->picture.title));
}

/* ---- The picture ---- */

struct describing {
	struct say *say;
	struct metric_chart *chart;
	struct faults *faults;
};

static const struct table *table_of(const struct describing *describing)
{
	return describing->chart->taken->now;
}

static enum table_type type_of(const struct describing *describing, size_t column)
{
	return table_column(table_of(describing), column)->type;
}

static bool is_figure(const struct describing *describing, size_t column)
{
	const enum table_type type = type_of(describing, column);

	return type != TABLE_TIME && type != TABLE_TEXT && !taken_is_band(table_of(describing), column);
}

/* `label` is the file's word for it, or NULL. */
static void add_series(struct describing *describing, size_t column, const char *label)
{
	struct picture *picture = &describing->chart->picture;
	const struct table *table = table_of(describing);
	const struct known_column *known = known_series_column(describing->chart->known, table_column(table, column)->name);
	const char *name = label ? label : table_column(table, column)->name;
	struct picture_series *series = picture_add(picture, column, known && !label ? word(known->label, describing->say->language) : say_text(describing->say, slice_of(name)).ptr);

	if (known && !label)
		series->name = word(known->full, describing->say->language);
	if (column + 2 < table_columns(table) && taken_is_band(table, column + 1)) {
		series->low = column + 1;
		series->high = column + 2;
	}
}

static void choose_wanted(struct describing *describing, const struct wanted_columns *wanted)
{
	for (size_t i = 0; i < wanted->n && i < PICTURE_SERIES_MAX; i++) {
		const struct wanted_column *one = &wanted->items[i];
		const size_t column = taken_find_column(describing->chart->taken, one->name, one->place, describing->faults);

		if (column != SLICE_NONE)
			add_series(describing, column, one->label);
	}
}

/* What it usually shows; else all of the first figure's type. */
static void choose_usual(struct describing *describing)
{
	const struct known_series *known = describing->chart->known;
	const struct table *table = table_of(describing);
	size_t first = SLICE_NONE;

	for (size_t i = 0; known && i < KNOWN_COLUMNS_MAX && known->columns[i].name; i++) {
		const size_t column = table_find_column(table, known->columns[i].name);

		if (column != SLICE_NONE)
			add_series(describing, column, NULL);
	}
	for (size_t i = 1; !known && i < table_columns(table) && describing->chart->picture.n_series < COLOURED_MAX; i++) {
		if (!is_figure(describing, i) || (first != SLICE_NONE && type_of(describing, i) != type_of(describing, first)))
			continue;
		first = first == SLICE_NONE ? i : first;
		add_series(describing, i, NULL);
	}
}

static enum picture_kind kind_of(const struct metric_chart *chart)
{
	static const enum picture_kind kinds[] = {[CHART_LINES] = PICTURE_LINES, [CHART_AREAS] = PICTURE_AREAS, [CHART_STACKED] = PICTURE_STACKED, [CHART_BARS] = PICTURE_BARS};

	if (chart->wanted->kind != CHART_AUTO)
		return kinds[chart->wanted->kind];
	if (table_column(chart->taken->now, 0)->type == TABLE_TEXT)
		return PICTURE_BARS;
	return chart->known ? chart->known->kind : PICTURE_LINES;
}

static void set_references(struct describing *describing)
{
	const struct wanted_chart *wanted = describing->chart->wanted;
	struct picture *picture = &describing->chart->picture;
	const enum language language = describing->say->language;
	const size_t total = describing->chart->total;
	struct summary summary;

	if (wanted->has_threshold)
		picture->references[picture->n_references++] = (struct picture_reference){
			REFERENCE_TARGET, wanted->is_floor, wanted->threshold, word(wanted->is_floor ? WORD_FLOOR : WORD_LIMIT, language)};
	if (total != SLICE_NONE && taken_summary(table_of(describing), total, &summary, NULL) == 0 && summary.n)
		picture->references[picture->n_references++] = (struct picture_reference){REFERENCE_TOTAL, false, summary.last, word(WORD_TOTAL, language)};
}

static void find_total(struct describing *describing)
{
	struct metric_chart *chart = describing->chart;
	const struct known_series *known = chart->known;

	chart->total = SLICE_NONE;
	if (chart->wanted->total)
		chart->total = taken_find_column(chart->taken, chart->wanted->total, chart->wanted->of.place, describing->faults);
	else if (known && known->total && !chart->wanted->columns.n)
		chart->total = table_find_column(table_of(describing), known->total);
}

/* A share of two sums is no average of shares. */
static void set_ratio(struct describing *describing)
{
	const struct known_series *known = describing->chart->known;
	struct picture *picture = &describing->chart->picture;
	const size_t part = known && known->ratio ? table_find_column(table_of(describing), known->ratio_part) : SLICE_NONE;
	const size_t whole = part != SLICE_NONE ? table_find_column(table_of(describing), known->ratio_whole) : SLICE_NONE;
	struct summary of_part, of_whole;

	if (whole == SLICE_NONE || describing->chart->wanted->columns.n || taken_summary(table_of(describing), part, &of_part, NULL) < 0 ||
	    taken_summary(table_of(describing), whole, &of_whole, NULL) < 0)
		return;
	picture->figure = (struct picture_figure){word(known->ratio_label, describing->say->language), TABLE_RATIO,
						  of_whole.n && of_whole.average > 0 ? CELL_NUMBER(1 - of_part.average / of_whole.average) : CELL_UNKNOWN};
}

static void set_note(struct describing *describing)
{
	struct say *say = describing->say;
	const size_t swap = describing->chart->total == SLICE_NONE ? SLICE_NONE : table_find_column(table_of(describing), "swap_total");
	struct summary summary;

	if (swap != SLICE_NONE && taken_summary(table_of(describing), swap, &summary, NULL) == 0 && summary.n && summary.last > 0)
		describing->chart->picture.note = SAY(say, WORD_SWAP_TOTAL, say_memory(say, summary.last)).ptr;
}

static void set_former(struct describing *describing, slice label)
{
	struct picture *picture = &describing->chart->picture;
	const struct taken *taken = describing->chart->taken;

	if (!taken->former || describing->chart->wanted->is_alone || !picture->n_series || table_column(taken->now, 0)->type != TABLE_TIME)
		return;

	const size_t column = table_find_column(taken->former, table_column(taken->now, picture->series[0].column)->name);

	if (column != SLICE_NONE)
		picture->former = (struct picture_former){taken->former, column, label.ptr};
}

static void describe(struct describing *describing, slice former_label)
{
	struct metric_chart *chart = describing->chart;
	const struct wanted_chart *wanted = chart->wanted;
	struct say *say = describing->say;
	const slice title = wanted->title    ? say_text(say, slice_of(wanted->title))
			    : chart->known ? say_word(say, chart->known->title)
					   : taken_name(say, chart->taken);

	chart->picture = picture_of(kind_of(chart), say->language, say->zone, title.ptr);
	chart->picture.unit = wanted->unit;
	if (wanted->columns.n)
		choose_wanted(describing, &wanted->columns);
	else
		choose_usual(describing);
	find_total(describing);
	set_references(describing);
	set_ratio(describing);
	set_note(describing);
	set_former(describing, former_label);
}

struct metric_chart *metric_chart_new(struct say *say, const struct wanted_chart *wanted, const struct taken *taken, slice former_label, struct faults *faults,
				      courant_error **err)
{
	AUTO(metric_chart) struct metric_chart *chart = mem_alloc(sizeof *chart);
	struct describing describing = {say, chart, faults};
	const size_t before = faults->n + faults->n_more;
	AUTO(error) courant_error *error = NULL;

	if (!chart) {
		(void)fail_memory(err);
		return NULL;
	}
	chart->wanted = wanted;
	chart->taken = taken;
	chart->known = known_series_find(taken->of->name);
	if (chart->known && table_find_column(taken->now, chart->known->columns[0].name) == SLICE_NONE)
		chart->known = NULL;
	describe(&describing, former_label);
	if (faults->n + faults->n_more > before)
		return NULL;
	if (picture_check(&chart->picture, taken->now, &error) < 0) {
		faults_add(faults, wanted->of.place.line, wanted->of.place.column, "%s", courant_error_sentence(error));
		return NULL;
	}
	if (samples_read(&chart->samples, &chart->picture, taken->now, err) < 0)
		return NULL;
	chart->quantity = quantity_of(&chart->picture, taken->now, &chart->samples);
	return STEAL(chart);
}
