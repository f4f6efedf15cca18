/* SPDX-License-Identifier: MIT */
/* wanted.c - reading what sections ask for */
#include "report/wanted.h"

#include "base/alloc.h"
#include "report/values.h"

#define LENGTH(rows) (sizeof(rows) / sizeof *(rows))

/* What one map or list of a section is read into. */
struct wanting {
	struct report_file *file;
	void *into;
};

const char *wanted_line(struct report_file *file, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	slice text;

	if (!value_check_line(key, value, faults, &text))
		return NULL;

	const char *kept = report_file_keep(file, text);

	if (!kept)
		faults_add(faults, value->line, value->column, "no memory for this text");
	return kept;
}

/* Room for one more of a list; NULL with a fault. */
static void *add_item(void **items, size_t *n, size_t max, size_t size, const struct yaml_node *at, const struct yaml_node *key, struct faults *faults)
{
	if (*n == max) {
		faults_add(faults, at->line, at->column, "\"%.*s\" has more than %zu entries", SLICE_ARGS(key->text), max);
		return NULL;
	}

	void *grown = mem_resize(*items, *n + 1, size);

	if (!grown) {
		faults_add(faults, at->line, at->column, "no memory for this entry");
		return NULL;
	}
	*items = grown;
	void *item = (char *)grown + (*n)++ * size;
	memset(item, 0, size);
	return item;
}

/* ---- References ---- */

/* The part before the next dot; NULL where there is none. What follows the second dot is the column, dots and all. */
static const char *take_part(struct report_file *file, slice *rest, bool is_last)
{
	slice part = *rest;

	if (is_last)
		*rest = (slice){NULL, 0};
	else
		(void)slice_next(rest, '.', &part);
	return part.len ? report_file_keep(file, part) : NULL;
}

void wanted_read_reference(struct report_file *file, struct reference *ret, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	slice text;

	if (!value_check_line(key, value, faults, &text))
		return;

	const char *last = text.ptr + text.len - 1;
	slice rest = text;

	if (*text.ptr == '.' || *last == '.' || slice_find_slice(text, SLICE("..")) != SLICE_NONE) {
		faults_add(faults, value->line, value->column, "\"%.*s\" is no name such as system.network: source, table, column with dots between",
			   SLICE_ARGS(text));
		return;
	}
	*ret = (struct reference){.place = place_in(file, value)};
	ret->source = take_part(file, &rest, false);
	ret->table = rest.len ? take_part(file, &rest, false) : NULL;
	ret->column = rest.len ? take_part(file, &rest, true) : NULL;
	if (!ret->source)
		faults_add(faults, value->line, value->column, "no memory for this name");
}

void wanted_read_references(struct report_file *file, struct reference **ret, size_t *ret_n, const struct yaml_node *key, const struct yaml_node *value,
			    struct faults *faults)
{
	for (const struct yaml_node *item = NULL; (item = yaml_next_item(value, item));) {
		struct reference *reference = add_item((void **)ret, ret_n, WANTED_LIST_MAX, sizeof **ret, item, key, faults);

		if (!reference)
			return;
		wanted_read_reference(file, reference, key, item, faults);
	}
}

/* ---- Columns ---- */

static void add_column(struct report_file *file, struct wanted_columns *columns, const struct yaml_node *key, const struct yaml_node *name,
		       const struct yaml_node *label, struct faults *faults)
{
	struct wanted_column *column = add_item((void **)&columns->items, &columns->n, WANTED_COLUMNS_MAX, sizeof *column, name, key, faults);

	if (!column)
		return;
	column->place = place_in(file, name);
	column->name = wanted_line(file, key, name, faults);
	column->label = label ? wanted_line(file, name, label, faults) : NULL;
}

void wanted_read_columns(struct report_file *file, struct wanted_columns *columns, const struct yaml_node *key, const struct yaml_node *value,
			 struct faults *faults)
{
	if (value->kind == YAML_MAP) {
		for (const struct yaml_node *name = value->first; name; name = name->next->next)
			add_column(file, columns, key, name, name->next, faults);
		return;
	}
	for (const struct yaml_node *item = NULL; (item = yaml_next_item(value, item));)
		add_column(file, columns, key, item, NULL, faults);
}

/* ---- Tiles ---- */

#define WANTED(type, into) ((type *)((struct wanting *)(into))->into)
#define FILE_OF(into)      (((struct wanting *)(into))->file)

static void read_figure(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	wanted_read_reference(FILE_OF(into), &WANTED(struct wanted_figure, into)->of, key, value, faults);
}

static void read_whole(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	wanted_read_reference(FILE_OF(into), &WANTED(struct wanted_figure, into)->whole, key, value, faults);
}

static void read_label(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	WANTED(struct wanted_figure, into)->label = wanted_line(FILE_OF(into), key, value, faults);
}

static void read_statistic(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	static const char *const words[] = {[STATISTIC_LAST] = "last", [STATISTIC_AVERAGE] = "average", [STATISTIC_GREATEST] = "max", [STATISTIC_LEAST] = "min",
					    [STATISTIC_P95] = "p95",   [STATISTIC_SUM] = "sum",		NULL};
	struct wanted_figure *figure = WANTED(struct wanted_figure, into);
	unsigned word = 0;

	value_read_word(&word, words, key, value, faults);
	figure->statistic = (enum statistic)word;
	figure->has_statistic = true;
}

static void read_better(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	static const char *const words[] = {[BETTER_NEITHER] = "neither", [BETTER_UP] = "more", [BETTER_DOWN] = "less", NULL};
	struct wanted_figure *figure = WANTED(struct wanted_figure, into);
	unsigned word = 0;

	value_read_word(&word, words, key, value, faults);
	figure->better = (enum better)word;
	figure->has_better = true;
}

static const struct yaml_key figure_keys[] = {
	{"figure", read_figure}, {"of", read_whole}, {"label", read_label}, {"statistic", read_statistic}, {"better", read_better},
};

void wanted_read_figures(struct report_file *file, struct section *section, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	for (const struct yaml_node *item = NULL; (item = yaml_next_item(value, item));) {
		const size_t before = faults->n + faults->n_more;
		struct wanted_figure *figure = add_item((void **)&section->figures, &section->n_figures, WANTED_FIGURES_MAX, sizeof *figure, item, key, faults);

		if (!figure)
			return;
		if (item->kind == YAML_TEXT) {
			wanted_read_reference(file, &figure->of, key, item, faults);
			continue;
		}
		yaml_read_map(item, "a figure", figure_keys, LENGTH(figure_keys), &(struct wanting){file, figure}, faults);
		if (!figure->of.source && faults->n + faults->n_more == before)
			faults_add(faults, item->line, item->column, "a figure needs its name: figure: SOURCE.TABLE.COLUMN");
	}
}

/* ---- Pictures ---- */

static void read_series(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	wanted_read_reference(FILE_OF(into), &WANTED(struct wanted_chart, into)->of, key, value, faults);
}

static void read_chart_title(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	WANTED(struct wanted_chart, into)->title = wanted_line(FILE_OF(into), key, value, faults);
}

static void read_unit(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	WANTED(struct wanted_chart, into)->unit = wanted_line(FILE_OF(into), key, value, faults);
}

static void read_columns(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	wanted_read_columns(FILE_OF(into), &WANTED(struct wanted_chart, into)->columns, key, value, faults);
}

static void read_total(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	WANTED(struct wanted_chart, into)->total = wanted_line(FILE_OF(into), key, value, faults);
}

static void read_threshold(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	struct wanted_chart *chart = WANTED(struct wanted_chart, into);

	chart->has_threshold = value_read_limit(&chart->threshold, &chart->is_floor, key, value, faults);
}

static void read_chart_compare(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	static const char *const words[] = {"on", "off", NULL};
	unsigned word = 0;

	value_read_word(&word, words, key, value, faults);
	WANTED(struct wanted_chart, into)->is_alone = word;
}

static void read_kind(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	static const char *const words[] = {"lines", "areas", "stacked", "bars", NULL};
	unsigned word = 0;

	value_read_word(&word, words, key, value, faults);
	WANTED(struct wanted_chart, into)->kind = (enum chart_kind)(CHART_LINES + word);
}

static void read_chart_when(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	static const char *const words[] = {"always", "data", NULL};
	unsigned word = 0;

	value_read_word(&word, words, key, value, faults);
	WANTED(struct wanted_chart, into)->needs_data = word;
}

void wanted_read_when(unsigned *ret_least_rows, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	static const char *const words[] = {"always", "data", "several", NULL};

	value_read_word(ret_least_rows, words, key, value, faults);
}

static const struct yaml_key chart_keys[] = {
	{"series", read_series}, {"title", read_chart_title},     {"unit", read_unit},	{"columns", read_columns}, {"total", read_total},
	{"threshold", read_threshold}, {"compare", read_chart_compare}, {"kind", read_kind}, {"when", read_chart_when},
};

void wanted_read_charts(struct report_file *file, struct section *section, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	for (const struct yaml_node *item = NULL; (item = yaml_next_item(value, item));) {
		const size_t before = faults->n + faults->n_more;
		struct wanted_chart *chart = add_item((void **)&section->charts, &section->n_charts, WANTED_CHARTS_MAX, sizeof *chart, item, key, faults);

		if (!chart)
			return;
		if (item->kind == YAML_TEXT) {
			wanted_read_reference(file, &chart->of, key, item, faults);
			continue;
		}
		yaml_read_map(item, "a chart", chart_keys, LENGTH(chart_keys), &(struct wanting){file, chart}, faults);
		if (!chart->of.source && faults->n + faults->n_more == before)
			faults_add(faults, item->line, item->column, "a chart needs what it draws: series: SOURCE.TABLE");
	}
}
