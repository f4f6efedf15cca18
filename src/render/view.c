/* SPDX-License-Identifier: MIT */
/* view.c - a block as it will be shown */
#include "render/view.h"

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

void view_init(struct view *view, const struct document *document, const struct block *block,
	       const struct layout *layout)
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
		view->columns[view->n_columns] = column;
		view->scales[view->n_columns++] = format_scale(table_column(block->table, column->value)->type,
							      greatest_of(view, column->value));
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

void view_write_figure(struct buffer *out, const struct view *view, size_t row, size_t column,
		       enum figure_context context)
{
	const struct table_cell cell = view_cell(view, row, column);

	if (view_type(view, column) == TABLE_TIME)
		format_cell(out, TABLE_TIME, &cell, view->document->zone, context, view->language);
	else
		format_scaled(out, &view->scales[column], &cell, context);
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

static slice known_text(const struct view *view, size_t row, size_t column)
{
	const struct table_cell cell = table_cell_at(view->block->table, row, column);

	if (!cell.is_known || table_column(view->block->table, column)->type != TABLE_TEXT)
		return SLICE("");
	return cell.text;
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
