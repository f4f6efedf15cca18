/* SPDX-License-Identifier: MIT */
/* build_attachments.c - the sheets of the workbook: all rows of what the sections show, and the notes that say what is attached */
#include <math.h>

#include "report/binding.h"
#include "report/build.h"
#include "report/cell_words.h"
#include "report/column_words.h"
#include "report/quality_parts.h"
#include "report/runs.h"

#define COLUMNS_MAX 64
#define WANTED_MAX  128

/* ---- Sheets of any table ---- */

/* Its own columns, without the bands of what is drawn. */
static struct table *copy_of(const struct table *table, courant_error **err)
{
	struct table_column columns[COLUMNS_MAX];
	size_t own[COLUMNS_MAX], n = 0;

	for (size_t i = 0; i < table_columns(table) && n < COLUMNS_MAX; i++) {
		if (taken_is_band(table, i))
			continue;
		columns[n] = *table_column(table, i);
		own[n++] = i;
	}
	AUTO(table) struct table *copy = table_new(table_head(table), columns, n, err);
	for (size_t row = 0; copy && row < table_rows(table); row++) {
		struct table_cell cells[COLUMNS_MAX];

		for (size_t i = 0; i < n; i++)
			cells[i] = table_cell_at(table, row, own[i]);
		if (table_add_row(copy, cells, err) < 0)
			return NULL;
	}
	return STEAL(copy);
}

static int set_heads(const struct build *build, struct sheet *sheet, const struct taken *taken, courant_error **err)
{
	const struct known_series *known = taken ? known_series_find(taken->of->name) : NULL;
	const bool is_ours = !taken || taken_is_ours(taken);

	for (size_t i = 0; i < table_columns(sheet->table); i++) {
		const char *name = table_column(sheet->table, i)->name;
		const slice head = known_series_column(known, name) ? metric_column_name(build->say, known, name)
				     : is_ours			       ? column_words(build->say, name)
								       : SLICE("");

		if (head.len && sheet_set_head(sheet, i, head, err) < 0)
			return -1;
	}
	return 0;
}

/* Takes the table, always. `taken`: what it is of; NULL: of a log. */
static int add_sheet(const struct build *build, slice name, struct table *table, const struct taken *taken, bool has_chart, courant_error **err)
{
	struct sheet *sheet = document_add_sheet(build->document, name, SHEET_ROWS, table, err);

	if (!sheet)
		return -1;
	sheet->has_chart = has_chart;
	return set_heads(build, sheet, taken, err);
}

static int add_log_sheet(const struct build *build, const struct log *log, const char *table, courant_error **err)
{
	const bool is_over_time = log_has_columns(table) && !slice_equal(slice_of(table), SLICE("hours_of_day"));

	return add_sheet(build, log_heading(log, table), cell_words_table(build->say, weblog_take_table(log->weblog, 0, table, 0, err), err), NULL,
			 is_over_time, err);
}

static int add_reference(struct build *build, const struct reference *reference, courant_error **err)
{
	const struct plan_source *source = report_plan_find_source(build->plan, reference->source);
	const struct log *log = source && source->state == PLAN_OPEN ? build_log_of(build, source) : NULL;
	struct taken *taken;

	if (!source)
		return quality_add_sheets(build, err);
	if (log && reference->table)
		return add_log_sheet(build, log, reference->table, err);
	if (takings_get(&build->takings, build->plan, reference, build->faults, &taken, err) < 0)
		return -1;
	/* "orders" and "orders.rows" are one table. */
	if (!taken || taken->has_sheet)
		return 0;
	taken->has_sheet = true;

	const struct known_series *known = known_series_find(taken->of->name);
	const slice name = known ? say_word(build->say, known->title) : taken_name(build->say, taken);

	struct table *copy = copy_of(taken->now, err);

	return add_sheet(build, name, taken_is_ours(taken) ? cell_words_table(build->say, copy, err) : copy, taken, taken->of->is_series, err);
}

/* ---- Everything that the sections show ---- */

struct wanted {
	struct reference items[WANTED_MAX];
	size_t n;
};

static bool is_same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static void want(struct wanted *wanted, const struct reference *reference)
{
	for (size_t i = 0; i < wanted->n; i++)
		if (is_same(wanted->items[i].source, reference->source) &&
		    (is_same(wanted->items[i].table, reference->table) || is_same(reference->source, QUALITY_NAME)))
			return;
	if (wanted->n < WANTED_MAX)
		wanted->items[wanted->n++] = *reference;
}

static void want_all(const struct report_file *file, struct wanted *ret)
{
	static const struct reference quality = {.source = QUALITY_NAME};

	for (size_t i = 0; i < file->n_sections; i++) {
		const struct section *section = &file->sections[i];

		if (section->kind == SECTION_TABLE)
			want(ret, &section->what);
		if (section->kind == SECTION_LATENCY || section->kind == SECTION_AVAILABILITY)
			want(ret, &quality);
		for (size_t k = 0; k < section->n_figures; k++)
			want(ret, &section->figures[k].of);
		for (size_t k = 0; k < section->n_charts; k++)
			want(ret, &section->charts[k].of);
	}
}

static int add_sheets(struct build *build, const struct attachment *attachment, courant_error **err)
{
	struct wanted wanted = {.n = 0};

	for (size_t i = 0; i < attachment->n_sheets; i++)
		want(&wanted, &attachment->sheets[i]);
	if (!attachment->n_sheets)
		want_all(build->file, &wanted);
	for (size_t i = 0; i < wanted.n; i++)
		if (add_reference(build, &wanted.items[i], err) < 0)
			return -1;
	return 0;
}

/* ---- What is attached ---- */

static slice names_of_sheets(const struct build *build)
{
	struct say *say = build->say;
	slice names = {NULL, 0};

	for (size_t i = 0; i < build->document->n_sheets; i++) {
		const slice name = slice_of(build->document->sheets[i]->name);

		names = names.len ? SAY(say, WORD_LIST_JOIN, names, name) : name;
	}
	return names;
}

static bool has_weekdays(const struct document *document)
{
	for (size_t i = 0; i < document->n_sheets; i++)
		if (document->sheets[i]->layout == SHEET_WEEKDAYS)
			return true;
	return false;
}

static int add_note(struct build *build, const struct enclosure *enclosure, courant_error **err)
{
	struct block *block = document_add_block(build->document, BLOCK_ATTACHMENT, SLICE(""), err);

	if (!block || document_set(&block->file_name, slice_of(enclosure->name), err) < 0)
		return -1;
	if (enclosure->path || !build->document->n_sheets)
		return 0;
	return runs_add(&block->lead, RUN_PLAIN,
			SAY(build->say, has_weekdays(build->document) ? WORD_SHEETS_WEEKDAYS : WORD_SHEETS, names_of_sheets(build)), err);
}

int build_attachments(struct build *build, courant_error **err)
{
	const struct report_file *file = build->file;
	size_t n_workbooks = 0;

	if (enclosures_choose(&build->enclosures, file, build->say, &build->span, build_title(build), build->faults, err) < 0)
		return -1;
	for (size_t i = 0; i < file->n_attachments; i++) {
		const struct attachment *attachment = &file->attachments[i];

		if (!attachment->workbook)
			continue;
		if (n_workbooks++ > 0)
			faults_add(build->faults, attachment->place.line, attachment->place.column, "a second workbook: a report has one, of as many sheets as you like");
		else if (add_sheets(build, attachment, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < build->enclosures.n; i++)
		if (add_note(build, &build->enclosures.items[i], err) < 0)
			return -1;
	return 0;
}
