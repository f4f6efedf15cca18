/* SPDX-License-Identifier: MIT */
/* view.c - a block as it will be shown */
#include "render/view.h"

#include <math.h>

#include "base/num.h"

static bool is_column_shown(const struct document *document, const struct block_column *column)
{
	return column->look != LOOK_CHANGE || document->former_label;
}

/* The greatest value of a column of the table over the shown rows. */
static double greatest_of(const struct view *view, size_t of)
{
	const struct table *table = view->block->table;
	double greatest = 0;

	for (size_t row = 0; row < view->n_rows; row++) {
		const struct table_cell cell = table_cell_at(table, row, of);
		const double value = cell_number(table_column(table, of)->type, &cell);

		if (value > greatest)
			greatest = value;
	}
	return greatest;
}

#define CROWDED_FROM 5

/* The least that is known and not 0; INFINITY for none. */
static double least_of(const struct view *view, size_t of)
{
	const struct table *table = view->block->table;
	double least = INFINITY;

	for (size_t row = 0; row < view->n_rows; row++) {
		const struct table_cell cell = table_cell_at(table, row, of);
		const double value = cell_number(table_column(table, of)->type, &cell);

		if (value > 0 && value < least)
			least = value;
	}
	return least;
}

#define SCALED_FROM 1e6
#define SCALED_LEAST 1e5 /* a small figure among great ones would be lost */

/* 339.8 (万), 3,398 (k): what a narrow column has room for. */
static void scale_counts(struct figure_scale *scale, double least, double greatest, enum language language)
{
	const bool is_great = least >= 1e8;

	if (scale->type != TABLE_COUNT || greatest < SCALED_FROM || least < SCALED_LEAST)
		return;
	switch (language) {
	case LANGUAGE_EN:
		scale->unit = is_great ? "M" : "k";
		scale->one = is_great ? 1e6 : 1e3;
		scale->decimals = is_great ? 1 : 0;
		break;
	case LANGUAGE_ZH:
		scale->unit = is_great ? "亿" : "万";
		scale->one = is_great ? 1e8 : 1e4;
		scale->decimals = 1;
		break;
	}
}

void view_init(struct view *view, const struct document *document, const struct block *block,
	       const struct layout *layout, enum view_notes notes)
{
	*view = (struct view){.document = document, .block = block, .language = document->language};
	if (!block->table)
		return;
	view->n_rows = table_rows(block->table);
	if (view->n_rows > layout->rows_max)
		view->n_rows = layout->rows_max;
	for (size_t i = 0; i < block->n_shown; i++) {
		const struct block_column *column = &block->shown[i];

		if (!is_column_shown(document, column) || column->value >= table_columns(block->table))
			continue;
		if (column->is_note && notes == NOTES_APART) {
			view->notes[view->n_notes++] = column;
			continue;
		}
		view->columns[view->n_columns++] = column;
	}
	view->is_crowded = notes == NOTES_APART && view->n_columns >= CROWDED_FROM;
	for (size_t i = 0; i < view->n_columns; i++) {
		const double greatest = greatest_of(view, view->columns[i]->value);

		view->scales[i] = format_scale(table_column(block->table, view->columns[i]->value)->type, greatest);
		if (view->n_columns >= CROWDED_FROM)
			scale_counts(&view->scales[i], least_of(view, view->columns[i]->value), greatest, view->language);
	}
}

enum table_type view_type(const struct view *view, size_t column)
{
	return table_column(view->block->table, view->columns[column]->value)->type;
}

struct table_cell view_cell(const struct view *view, size_t row, size_t column)
{
	return table_cell_at(view->block->table, row, view->columns[column]->value);
}

bool view_is_text(const struct view *view, size_t column)
{
	switch (view->columns[column]->look) {
	case LOOK_NAME:
	case LOOK_CODE:
	case LOOK_PATH:
		return true;
	case LOOK_LEAD:
	case LOOK_FIGURE:
	case LOOK_NUMBER:
	case LOOK_CHANGE:
		return false;
	}
	return false;
}

void view_write_head(struct buffer *out, const struct view *view, size_t column)
{
	const struct block_column *shown = view->columns[column];

	if (shown->head)
		buffer_append(out, slice_of(shown->head));
	else if (shown->look == LOOK_CHANGE)
		WORD_WRITE(out, WORD_COLUMN_CHANGE, view->language, slice_of(view->document->former_label));
}

static bool is_figure(enum table_type type, const struct table_cell *cell)
{
	return cell->is_known && (!table_type_is_double(type) || isfinite(cell->number));
}

void view_write_tile(struct buffer *out, const struct view *view, const struct tile *tile, const struct table_cell *cell,
		     enum figure_context context)
{
	const bool is_known = is_figure(tile->type, cell);

	if (is_known && tile->form == FORM_FINE)
		format_share_fine(out, cell->number);
	else if (is_known && tile->type == TABLE_RATE)
		format_rate(out, cell->number, tile->unit, context, view->language);
	else
		format_cell(out, tile->type, cell, view->document->zone, context, view->language);
	if (is_known && tile->type == TABLE_NUMBER && tile->unit) {
		buffer_append(out, format_blank(context));
		buffer_append(out, slice_of(tile->unit));
	}
}

void view_write_target(struct buffer *out, const struct view *view, const struct tile *tile, enum figure_context context)
{
	AUTO(buffer) struct buffer limit = BUFFER_LIMIT(out->limit);

	if (!tile->target.limit.is_known)
		return;
	/* A limit is a round figure: 99.9%, 300 ms. */
	format_cell(&limit, tile->type, &tile->target.limit, view->document->zone, context, view->language);
	WORD_WRITE(out, context == FIGURE_PLAIN ? (tile->target.better == BETTER_UP ? WORD_AT_LEAST : WORD_AT_MOST) : WORD_TARGET_FIGURE,
		   view->language, buffer_peek(&limit));
}

static slice known_text(const struct view *view, size_t row, size_t column)
{
	const struct table_cell cell = table_cell_at(view->block->table, row, column);

	if (!cell.is_known || table_column(view->block->table, column)->type != TABLE_TEXT)
		return SLICE("");
	return cell.text;
}

bool view_is_total(const struct view *view, size_t row)
{
	return view->block->total && row + 1 == table_rows(view->block->table);
}

bool target_is_missed(const struct figure_target *target, enum table_type type, const struct table_cell *cell)
{
	if (!target->limit.is_known || !cell->is_known)
		return false;

	const double value = cell_number(type, cell), limit = cell_number(type, &target->limit);

	return target->better == BETTER_UP ? value < limit : value > limit;
}

bool view_is_missed(const struct view *view, size_t row, size_t column)
{
	const struct table_cell cell = view_cell(view, row, column);

	return target_is_missed(&view->columns[column]->target, view_type(view, column), &cell);
}

/* A window of more than a day and an hour needs dates beside times. */
#define ONE_DAY_MS (25 * MS_PER_HOUR)

static void write_clock(struct buffer *out, const struct view *view, int64_t at_ms, enum figure_context context)
{
	const struct table_head *head = table_head(view->block->table);

	if (head->to_ms - head->from_ms > ONE_DAY_MS) {
		format_date(out, DATE_SHORT, at_ms, view->document->zone, view->language);
		buffer_append_byte(out, ' ');
	}
	format_time(out, TIME_MINUTE, at_ms, view->document->zone, context, view->language);
}

static void write_three(struct buffer *out, enum table_type type, const struct table_cell *cell, enum figure_context context)
{
	const double value = cell_number(type, cell);

	if (type == TABLE_COUNT || type == TABLE_BYTES)
		format_count(out, cell->count);
	else if (value == floor(value))
		num_write_fixed(out, value, value < 10 ? 2 : value < 100 ? 1 : 0);
	else
		format_number(out, value);
	(void)context;
}

static void write_form(struct buffer *out, const struct view *view, const struct block_column *column, const struct figure_scale *scale,
		       size_t row, enum figure_context context)
{
	const struct table_column *of = table_column(view->block->table, column->value);
	const struct table_cell cell = table_cell_at(view->block->table, row, column->value);
	const bool is_time = of->type == TABLE_TIME;
	enum form form = column->form;

	if (!is_figure(of->type, &cell))
		form = FORM_SCALED;
	switch (form) {
	case FORM_SCALED:
		if (is_time || !scale)
			format_cell(out, of->type, &cell, view->document->zone, context, view->language);
		else
			format_scaled(out, scale, &cell, context);
		break;
	case FORM_OWN:
		if (of->type == TABLE_RATE)
			format_rate(out, cell.number, of->unit, context, view->language);
		else
			format_cell(out, of->type, &cell, view->document->zone, context, view->language);
		break;
	case FORM_FINE:
		format_share_fine(out, cell.number);
		break;
	case FORM_THREE:
		write_three(out, of->type, &cell, context);
		break;
	case FORM_CLOCK:
		write_clock(out, view, cell.time_ms, context);
		break;
	case FORM_DAY:
		format_date(out, DATE_WEEKDAY_SHORT, cell.time_ms, view->document->zone, view->language);
		break;
	}
}

void view_write_figure(struct buffer *out, const struct view *view, size_t row, size_t column,
		       enum figure_context context)
{
	if (column == 0 && view_is_total(view, row))
		buffer_append(out, slice_of(view->block->total));
	else
		write_form(out, view, view->columns[column], &view->scales[column], row, context);
}

void view_write_unit(struct buffer *out, const struct view *view, size_t column)
{
	const struct table_column *of = table_column(view->block->table, view->columns[column]->value);

	if (view->columns[column]->form != FORM_SCALED)
		return;
	if (of->type == TABLE_RATE)
		format_rate_unit(out, of->unit, view->language);
	else if (of->type == TABLE_NUMBER && of->unit)
		buffer_append(out, slice_of(of->unit));
	else
		buffer_append(out, slice_of(view->scales[column].unit));
}

void view_write_notes(struct buffer *out, const struct view *view, size_t row, enum figure_context context)
{
	for (size_t i = 0; i < view->n_notes; i++) {
		AUTO(buffer) struct buffer figure = BUFFER_LIMIT(out->limit);

		write_form(&figure, view, view->notes[i], NULL, row, context);
		buffer_fail_like(out, &figure);
		if (i)
			buffer_append(out, SLICE(" · "));
		WORD_WRITE(out, view->notes[i]->note, view->language, buffer_peek(&figure));
	}
}

bool view_unit(const struct view *view, size_t row, slice *ret)
{
	*ret = known_text(view, row, view->block->unit);
	return ret->len > 0;
}

bool view_state(const struct view *view, size_t row, enum hour_state *ret)
{
	const struct table_cell cell = table_cell_at(view->block->table, row, view->block->state);

	if (!cell.is_known || cell.count > HOUR_NO_DATA)
		return false;
	*ret = (enum hour_state)cell.count;
	return true;
}

/* The status code of the row, 0 when the column holds none. */
static uint64_t code_of(const struct view *view, size_t row, size_t column)
{
	const struct table_cell cell = view_cell(view, row, column);
	uint64_t code = 0;

	if (!cell.is_known || view->columns[column]->look != LOOK_CODE)
		return 0;
	if (view_type(view, column) == TABLE_COUNT)
		return cell.count;
	if (view_type(view, column) == TABLE_TEXT)
		(void)num_parse_u64(cell.text, &code);
	return code;
}

struct change view_change(const struct view *view, size_t row, size_t column)
{
	const struct block_column *shown = view->columns[column];
	const uint64_t code = code_of(view, row, 0);
	const bool is_no_error = code > 0 && code < 400; /* more of these is neither good nor bad */

	return change_of(view_type(view, column), view_cell(view, row, column),
			 table_cell_at(view->block->table, row, shown->former),
			 is_no_error ? BETTER_NEITHER : shown->better);
}

bool view_is_server_error(const struct view *view, size_t row, size_t column)
{
	const uint64_t code = code_of(view, row, column);

	return code >= 500 && code <= 599;
}

unsigned view_bar_percent(const struct view *view, size_t row, size_t of)
{
	const struct table_cell cell = table_cell_at(view->block->table, row, of);
	const double greatest = greatest_of(view, of);
	const double value = cell_number(table_column(view->block->table, of)->type, &cell);

	if (greatest <= 0 || value <= 0)
		return 0;

	const unsigned percent = (unsigned)(value / greatest * 100 + 0.5);

	return percent ? percent : 1;
}

bool view_note(const struct view *view, size_t row, slice *ret_mark, slice *ret_note)
{
	*ret_mark = known_text(view, row, view->block->note_mark);
	*ret_note = known_text(view, row, view->block->note);
	return ret_mark->len || ret_note->len;
}

/* The sum of the first count over the rows that the layout has no room for. */
static uint64_t sum_hidden(const struct view *view)
{
	const struct table *table = view->block->table;
	uint64_t sum = 0;

	for (size_t i = 0; i < table_columns(table); i++) {
		if (table_column(table, i)->type != TABLE_COUNT)
			continue;
		for (size_t row = view->n_rows; row < table_rows(table); row++) {
			const struct table_cell cell = table_cell_at(table, row, i);

			sum += cell.is_known ? cell.count : 0;
		}
		break;
	}
	return sum;
}

bool view_write_more(struct buffer *out, const struct view *view)
{
	const struct table_head *head = table_head(view->block->table);
	const uint64_t hidden = table_rows(view->block->table) - view->n_rows;
	const bool is_told = view->block->more != WORDS;
	AUTO(buffer) struct buffer rows = BUFFER_LIMIT(64), sum = BUFFER_LIMIT(64);

	if (hidden == 0 && (!is_told || head->rows_left_out == 0))
		return false;
	format_count(&rows, head->rows_left_out + hidden);
	format_count(&sum, head->left_out_sum + sum_hidden(view));
	WORD_WRITE(out, is_told ? view->block->more : WORD_MORE_ROWS, view->language, buffer_peek(&rows),
		   buffer_peek(&sum));
	return true;
}
