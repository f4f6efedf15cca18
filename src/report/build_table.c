/* SPDX-License-Identifier: MIT */
/* build_table.c - any table of any source as rows: its first column, and those that are wished for, also of other tables with the same first column */
#include "report/build.h"

#include "report/cell_words.h"
#include "report/column_words.h"

#define SHOWN_MAX 6 /* columns: more cannot be read on a phone */

/* One column of what is shown, and where it comes from. */
struct source_column {
	const struct table *table;
	size_t column;
	const char *head;
};

struct choice {
	struct source_column columns[SHOWN_MAX];
	size_t n;
};

static const char *head_of(const struct build *build, const struct taken *taken, const char *column)
{
	const struct known_series *known = known_series_find(taken->of->name);

	if (known_series_column(known, column))
		return metric_column_name(build->say, known, column).ptr;

	const slice words = taken_is_ours(taken) ? column_words(build->say, column) : SLICE("");

	return words.len ? words.ptr : NULL;
}

/* What is shown lives longer than what is said: a head that is no word of ours is the file's, which lives as long as the document. */
static const char *keep_head(struct build *build, const char *head, courant_error **err)
{
	const char *kept = report_file_keep((struct report_file *)build->file, say_text(build->say, slice_of(head)));

	if (!kept)
		(void)fail_memory(err);
	return kept;
}

static int add_column(struct build *build, struct choice *choice, const struct taken *taken, size_t column, const char *label, courant_error **err)
{
	const char *name = table_column(taken->now, column)->name, *head = label ? label : head_of(build, taken, name);

	if (choice->n == SHOWN_MAX)
		return 0;
	if (!(head = keep_head(build, head ? head : name, err)))
		return -1;
	choice->columns[choice->n++] = (struct source_column){taken->now, column, head};
	return 0;
}

/* "probe.days.availability" as a name of another table's column; false when it is none. */
static bool read_reference(struct build *build, const struct wanted_column *wanted, struct reference *ret)
{
	slice rest = slice_of(wanted->name), source, table;

	if (!slice_next(&rest, '.', &source) || !slice_next(&rest, '.', &table) || !rest.len)
		return false;

	struct report_file *file = (struct report_file *)build->file;

	*ret = (struct reference){report_file_keep(file, source), report_file_keep(file, table), report_file_keep(file, rest), wanted->place};
	return ret->source && ret->table && ret->column && report_plan_find_source(build->plan, ret->source);
}

static int add_wanted(struct build *build, struct choice *choice, const struct taken *taken, const struct wanted_column *wanted, courant_error **err)
{
	struct reference reference;
	struct taken *other = NULL;

	if (table_find_column(taken->now, wanted->name) == SLICE_NONE && read_reference(build, wanted, &reference)) {
		if (takings_get(&build->takings, build->plan, &reference, build->faults, &other, err) < 0)
			return -1;
		if (!other)
			return 0;
		const size_t column = taken_find_column(other, reference.column, wanted->place, build->faults);
		return column == SLICE_NONE ? 0 : add_column(build, choice, other, column, wanted->label, err);
	}

	const size_t column = taken_find_column(taken, wanted->name, wanted->place, build->faults);

	return column == SLICE_NONE ? 0 : add_column(build, choice, taken, column, wanted->label, err);
}

static int choose(struct build *build, const struct section *section, const struct taken *taken, struct choice *ret, courant_error **err)
{
	if (add_column(build, ret, taken, 0, NULL, err) < 0)
		return -1;
	for (size_t i = 0; i < section->columns.n; i++) {
		/* The first column may be named, for its label. */
		const struct wanted_column *wanted = &section->columns.items[i];

		if (slice_equal(slice_of(wanted->name), slice_of(table_column(taken->now, 0)->name))) {
			ret->columns[0].head = wanted->label ? wanted->label : ret->columns[0].head;
			continue;
		}
		if (add_wanted(build, ret, taken, wanted, err) < 0)
			return -1;
	}
	for (size_t i = 1; !section->columns.n && i < table_columns(taken->now); i++)
		if (!taken_is_band(taken->now, i) && add_column(build, ret, taken, i, NULL, err) < 0)
			return -1;
	return 0;
}

/* ---- Rows ---- */

static bool is_same(enum table_type type, const struct table_cell *a, const struct table_cell *b)
{
	if (!a->is_known || !b->is_known)
		return false;
	if (type == TABLE_TEXT)
		return slice_equal(a->text, b->text);
	return type == TABLE_TIME ? a->time_ms == b->time_ms : table_type_is_double(type) ? a->number == b->number : a->count == b->count;
}

/* The cell of another table's row that begins with the same. */
static struct table_cell find_cell(const struct source_column *column, const struct table *own, size_t row)
{
	const enum table_type type = table_column(own, 0)->type;
	const struct table_cell first = table_cell_at(own, row, 0);

	if (column->table == own)
		return table_cell_at(own, row, column->column);
	if (table_column(column->table, 0)->type != type)
		return CELL_UNKNOWN;
	for (size_t i = 0; i < table_rows(column->table); i++) {
		const struct table_cell other = table_cell_at(column->table, i, 0);

		if (is_same(type, &first, &other))
			return table_cell_at(column->table, i, column->column);
	}
	return CELL_UNKNOWN;
}

/* Ranked rows are cut at their end; of times the latest stay. */
static struct table *rows_of(const struct choice *choice, const struct table *own, unsigned top, courant_error **err)
{
	struct table_column columns[SHOWN_MAX];
	const size_t n = table_rows(own), shown = n < top ? n : top, first = table_column(own, 0)->type == TABLE_TIME ? n - shown : 0;

	for (size_t i = 0; i < choice->n; i++)
		columns[i] = *table_column(choice->columns[i].table, choice->columns[i].column);
	AUTO(table) struct table *table = table_new(table_head(own), columns, choice->n, err);
	for (size_t row = first; table && row < first + shown; row++) {
		struct table_cell cells[SHOWN_MAX];

		for (size_t i = 0; i < choice->n; i++)
			cells[i] = find_cell(&choice->columns[i], own, row);
		if (table_add_row(table, cells, err) < 0)
			return NULL;
	}
	if (table)
		table_set_left_out(table, n - shown, 0);
	return STEAL(table);
}

/* ---- Columns ---- */

static void show(struct block *block, const struct choice *choice)
{
	bool has_lead = false;

	for (size_t i = 0; i < choice->n; i++) {
		const struct table_column *of = table_column(block->table, i);
		const bool is_words = of->type == TABLE_TEXT || of->type == TABLE_TIME;
		struct block_column column = {.head = choice->columns[i].head, .value = i, .bar_of = SLICE_NONE};

		column.look = i == 0 && slice_equal(slice_of(of->name), SLICE("path")) ? LOOK_PATH
			      : i == 0 || is_words					 ? LOOK_NAME
			      : has_lead						 ? LOOK_NUMBER
										 : LOOK_LEAD;
		if (of->type == TABLE_TIME)
			column.form = table_head(block->table)->step_ms >= MS_PER_DAY || slice_equal(slice_of(of->name), SLICE("day")) ? FORM_DAY : FORM_CLOCK;
		else if (column_is_fine(of))
			column.form = FORM_FINE;
		has_lead |= !is_words;
		block_show(block, column);
	}
	block->more = WORD_MORE_ROWS_ALONE;
}

int build_table(struct build *build, const struct section *section, courant_error **err)
{
	struct choice choice = {.n = 0};
	struct taken *taken;

	if (takings_get(&build->takings, build->plan, &section->what, build->faults, &taken, err) < 0)
		return -1;
	if (!taken || table_rows(taken->now) < section->least_rows)
		return 0;

	struct block *block = document_add_block(build->document, BLOCK_TABLE,
						 section->title ? slice_of(section->title) : taken_name(build->say, taken), err);

	if (!block || choose(build, section, taken, &choice, err) < 0)
		return -1;
	if (!table_rows(taken->now))
		return document_set(&block->empty, say_word(build->say, WORD_NO_DATA_HERE), err);

	struct table *rows = rows_of(&choice, taken->now, section->top, err);

	if (block_set_table(block, taken_is_ours(taken) ? cell_words_table(build->say, rows, err) : rows, err) < 0)
		return -1;
	show(block, &choice);
	return 0;
}
