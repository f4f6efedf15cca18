/* SPDX-License-Identifier: MIT */
/* taken.c - taking tables, and what columns come to */
#include "report/taken.h"

#include <string.h>

#include "base/alloc.h"
#include "base/nearest.h"

#define ROWS_MAX      170 /* ten minutes of a day, hours of a week: as many as a picture can show */
#define FORMER_LEAST  0.5 /* of the former window: with less a line behind would be misleading */
#define NAMES_MAX     256

static void taken_free(struct taken *taken)
{
	if (!taken)
		return;
	table_free(taken->now);
	table_free(taken->former);
	free(taken);
}
AUTO_DEFINE(taken, struct taken, taken_free)

void takings_release(struct takings *takings)
{
	for (size_t i = 0; i < takings->n; i++)
		taken_free(takings->items[i]);
	free(takings->items);
	*takings = (struct takings){.n = 0};
}

/* A series that was hardly there is no comparison; other tables have no coverage worth the name, but rows. */
static bool has_enough(const struct table *former, bool is_series)
{
	return is_series ? table_head(former)->coverage >= FORMER_LEAST : table_rows(former) > 0;
}

static int take(struct taken *taken, const struct report_plan *plan, courant_error **err)
{
	struct source_request request = {.max_rows = ROWS_MAX, .wants_bands = true};

	if (!(taken->now = report_plan_take(taken->source, taken->of, &request, err)))
		return -1;
	if (!plan->wants_comparison)
		return 0;
	/* The same steps, or the two could not be laid upon each other. */
	request = (struct source_request){.window = 1, .step_ms = table_head(taken->now)->step_ms};
	AUTO(table) struct table *former = report_plan_take(taken->source, taken->of, &request, err);

	if (!former)
		return -1;
	if (has_enough(former, taken->of->is_series))
		taken->former = STEAL(former);
	return 0;
}

static struct taken *add(struct takings *takings, struct taken *taken, courant_error **err)
{
	struct taken **grown = mem_resize(takings->items, takings->n + 1, sizeof(struct taken *));

	if (!grown) {
		taken_free(taken);
		(void)fail_memory(err);
		return NULL;
	}
	takings->items = grown;
	return grown[takings->n++] = taken;
}

int takings_get(struct takings *takings, struct report_plan *plan, const struct reference *reference, struct faults *faults, struct taken **ret,
		courant_error **err)
{
	struct plan_source *source = report_plan_find_source(plan, reference->source);
	AUTO(error) courant_error *error = NULL;
	const struct source_table *of;

	*ret = NULL;
	if (source->state != PLAN_OPEN || !(of = report_plan_find_table(plan, reference, faults, &source)))
		return 0;
	for (size_t i = 0; i < takings->n; i++) {
		if (takings->items[i]->of == of) {
			*ret = takings->items[i];
			return 0;
		}
	}
	AUTO(taken) struct taken *taken = mem_alloc(sizeof *taken);

	if (!taken)
		return fail_memory(err);
	taken->source = source;
	taken->of = of;
	if (take(taken, plan, &error) < 0)
		return report_plan_fail(source, STEAL(error), err);
	*ret = add(takings, STEAL(taken), err);
	return *ret ? 0 : -1;
}

/* Those of our own sources. */
static const struct {
	const char *kind, *table;
	enum word word;
} table_names[] = {
	{"probe", "totals", WORD_TOTALS},	{"probe", "hours", WORD_HOURS},		      {"probe", "days", WORD_DAYS},
	{"probe", "targets", WORD_PROBED_TARGETS}, {"probe", "events", WORD_SHEET_EVENTS},      {"probe", "failures", WORD_COLUMN_FAILURES},
	{"weblog", "latency", WORD_LATENCY},	{"weblog", "latency_days", WORD_LATENCY},     {"weblog", "latency_total", WORD_LATENCY},
	{"weblog", "totals", WORD_TOTALS},	{"weblog", "hours", WORD_HOURS},	      {"weblog", "days", WORD_DAYS},
};

static const char *kind_of(const struct taken *taken)
{
	struct source_facts facts;

	source_facts(taken->source->source, &facts);
	return facts.kind;
}

bool taken_is_ours(const struct taken *taken)
{
	const slice kind = slice_of(kind_of(taken));

	return slice_equal(kind, SLICE("probe")) || slice_equal(kind, SLICE("weblog"));
}

slice taken_name(struct say *say, const struct taken *taken)
{
	const slice name = slice_of(taken->of->name), source = slice_of(taken->source->said->name), kind = slice_of(kind_of(taken));

	for (size_t i = 0; i < sizeof table_names / sizeof *table_names; i++)
		if (slice_equal(kind, slice_of(table_names[i].kind)) && slice_equal(name, slice_of(table_names[i].table)))
			return say_word(say, table_names[i].word);
	return say_text(say, slice_equal(name, SLICE("rows")) || slice_equal(name, SLICE("all")) ? source : name);
}

/* ---- Columns ---- */

static bool is_named(const struct table *table, size_t column, const char *name, const char *ending)
{
	const slice whole = slice_of(table_column(table, column)->name);

	return slice_starts(whole, slice_of(name)) && slice_equal(slice_after(whole, strlen(name)), slice_of(ending));
}

bool taken_is_band(const struct table *table, size_t column)
{
	return (column > 0 && is_named(table, column, table_column(table, column - 1)->name, "_min")) ||
	       (column > 1 && is_named(table, column, table_column(table, column - 2)->name, "_max"));
}

int taken_summary(const struct table *table, size_t column, struct summary *ret, courant_error **err)
{
	AUTO(samples) struct samples samples = {.n = 0};
	struct picture picture = picture_of(PICTURE_LINES, LANGUAGE_EN, NULL, "");
	struct picture_series *series;

	*ret = (struct summary){.n = 0};
	if (table_column(table, 0)->type != TABLE_TIME || table_column(table, column)->type == TABLE_TEXT || table_column(table, column)->type == TABLE_TIME)
		return 0;
	series = picture_add(&picture, column, "");
	if (column + 2 < table_columns(table) && taken_is_band(table, column + 1)) {
		series->low = column + 1;
		series->high = column + 2;
	}
	if (samples_read(&samples, &picture, table, err) < 0)
		return -1;
	*ret = samples.series[0].summary;
	return 0;
}

size_t taken_find_column(const struct taken *taken, const char *column, struct place place, struct faults *faults)
{
	const char *names[NAMES_MAX + 1] = {NULL};
	const size_t found = table_find_column(taken->now, column), n = table_columns(taken->now);
	AUTO(buffer) struct buffer known = BUFFER_LIMIT(4000);
	size_t n_names = 0;

	if (found != SLICE_NONE)
		return found;
	for (size_t i = 0; i < n && n_names < NAMES_MAX; i++)
		if (!taken_is_band(taken->now, i))
			names[n_names++] = table_column(taken->now, i)->name;

	const char *nearest = nearest_word(slice_of(column), names);

	for (size_t i = 0; names[i]; i++)
		buffer_printf(&known, "%s%s", i ? ", " : "", names[i]);
	if (nearest)
		faults_add(faults, place.line, place.column, "%s.%s has no column \"%s\"; did you mean \"%s\"?", taken->source->said->name, taken->of->name, column,
			   nearest);
	else
		faults_add(faults, place.line, place.column, "%s.%s has no column \"%s\"; there are %.*s", taken->source->said->name, taken->of->name, column,
			   SLICE_ARGS(buffer_peek(&known)));
	return SLICE_NONE;
}
