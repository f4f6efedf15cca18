/* SPDX-License-Identifier: MIT */
/* text_table.c - tables and bars in plain text: text at the left, figures flush right under their heads */
#include "render/text_write.h"

#include "base/utf8.h"
#include "table/stranger.h"

#define FIELD_MAX_BYTES 4096
#define CODE_COLUMNS    6
#define NAME_COLUMNS    40 /* of a text column that is not the first */
#define FIRST_MIN       24 /* the first column is given so much before figures move closer */
#define FIGURE_MIN      10 /* a figure's column with its gap */
#define GAP             2
#define MARK_COLUMNS    2  /* " !" */
#define BAR_COLUMNS     30
#define BAR_NAME        12

/* How the 70 columns are divided. */
struct grid {
	size_t widths[BLOCK_SHOWN_MAX];
	size_t mark; /* MARK_COLUMNS when a column holds changes */
};

/* "网络发送 MB/s" */
static void write_row_unit(struct buffer *out, const struct view *view, size_t row, size_t i)
{
	slice unit;

	if (i > 0 || !view_unit(view, row, &unit))
		return;
	buffer_append_byte(out, ' ');
	stranger_write(out, unit, NAME_COLUMNS);
}

/* What a cell shows, clean. */
static void write_cell(struct buffer *out, const struct view *view, size_t row, size_t i, size_t max_columns)
{
	const struct table_cell cell = view_cell(view, row, i);
	const enum look look = view->columns[i]->look;

	if (i == 0 && view_is_total(view, row)) {
		stranger_write(out, slice_of(view->block->total), max_columns);
	} else if (look == LOOK_CHANGE) {
		const struct change change = view_change(view, row, i);

		text_change(out, &change, view->language);
	} else if (view_type(view, i) != TABLE_TEXT || !cell.is_known) {
		view_write_figure(out, view, row, i, FIGURE_PLAIN);
	} else if (look == LOOK_PATH) {
		stranger_write_path(out, cell.text, max_columns);
	} else {
		stranger_write(out, cell.text, max_columns);
	}
	write_row_unit(out, view, row, i);
}

/* The unit stands once, in the head. */
static void write_head(struct buffer *out, const struct view *view, size_t i)
{
	AUTO(buffer) struct buffer head = BUFFER_LIMIT(FIELD_MAX_BYTES);

	view_write_head(&head, view, i);
	stranger_write(out, buffer_peek(&head), NAME_COLUMNS);
	if (view_is_text(view, i) || view->columns[i]->look == LOOK_CHANGE)
		return;

	AUTO(buffer) struct buffer unit = BUFFER_LIMIT(FIELD_MAX_BYTES);

	view_write_unit(&unit, view, i);
	if (unit.len)
		buffer_append_byte(out, ' ');
	buffer_append(out, buffer_peek(&unit));
}

static size_t widest(const struct view *view, size_t i)
{
	AUTO(buffer) struct buffer field = BUFFER_LIMIT(FIELD_MAX_BYTES);
	size_t most;

	write_head(&field, view, i);
	most = utf8_width(buffer_peek(&field));
	for (size_t row = 0; row < view->n_rows; row++) {
		buffer_cut(&field, 0);
		write_cell(&field, view, row, i, NAME_COLUMNS);

		const size_t width = utf8_width(buffer_peek(&field));

		most = width > most ? width : most;
	}
	return most;
}

static void divide(struct grid *grid, const struct view *view)
{
	const size_t first_most = view->columns[0]->look == LOOK_CODE ? CODE_COLUMNS : FIRST_MIN;
	const size_t first = widest(view, 0) + GAP;
	const size_t first_min = first < first_most ? first : first_most;
	size_t used = 0;

	*grid = (struct grid){0};
	for (size_t i = 0; i < view->n_columns; i++)
		if (view->columns[i]->look == LOOK_CHANGE || view->columns[i]->target.limit.is_known)
			grid->mark = MARK_COLUMNS;
	for (size_t i = 1; i < view->n_columns; i++) {
		const size_t width = widest(view, i) + GAP;

		grid->widths[i] = width > FIGURE_MIN ? width : FIGURE_MIN;
		used += grid->widths[i];
	}
	/* Narrow: what the figures need and no more. */
	for (size_t i = 1; i < view->n_columns && used + grid->mark + first_min > TEXT_COLUMNS; i++) {
		used -= grid->widths[i];
		grid->widths[i] = widest(view, i) + GAP;
		used += grid->widths[i];
	}
	grid->widths[0] = used + grid->mark + first_min > TEXT_COLUMNS ? first_min : TEXT_COLUMNS - grid->mark - used;
	/* A code is short; the name behind it gets the room. */
	if (view->n_columns > 1 && view->columns[0]->look == LOOK_CODE && view_is_text(view, 1)) {
		grid->widths[1] += grid->widths[0] - CODE_COLUMNS;
		grid->widths[0] = CODE_COLUMNS;
	}
}

/* The heading takes the place of the first column's head, and of those after it that it covers. */
static void write_heads(struct buffer *out, const struct view *view, const struct grid *grid)
{
	AUTO(buffer) struct buffer line = BUFFER_LIMIT(FIELD_MAX_BYTES), head = BUFFER_LIMIT(FIELD_MAX_BYTES);
	size_t at = 0, room = grid->widths[0];
	const bool has_code = view->columns[0]->look == LOOK_CODE;

	if (has_code && view->n_columns > 1 && view_is_text(view, 1))
		room += grid->widths[1];
	if (view->block->heading)
		stranger_write(&line, slice_of(view->block->heading), TEXT_COLUMNS);
	if (utf8_width(buffer_peek(&line)) + GAP > room) {
		buffer_append_byte(&line, '\n');
		buffer_append(out, buffer_peek(&line));
		buffer_cut(&line, 0);
	}
	for (size_t i = 0; i < view->n_columns; at += grid->widths[i++]) {
		const size_t width = utf8_width(buffer_peek(&line));

		buffer_cut(&head, 0);
		write_head(&head, view, i);
		if (i == 0 && width)
			continue;
		if (view_is_text(view, i) && width + GAP > at && i > 0)
			continue;
		buffer_append_repeated(&line, ' ', width < at ? at - width : 0);
		if (view_is_text(view, i))
			buffer_append(&line, buffer_peek(&head));
		else
			text_right(&line, buffer_peek(&head), grid->widths[i]);
	}
	buffer_append_byte(&line, '\n');
	buffer_append(out, buffer_peek(&line));
}

/* One row; a first cell that is too long stands on a line of its own. */
static bool write_row(struct buffer *out, const struct view *view, const struct grid *grid, size_t row)
{
	AUTO(buffer) struct buffer field = BUFFER_LIMIT(FIELD_MAX_BYTES);
	bool is_marked = false;

	write_cell(&field, view, row, 0, TEXT_COLUMNS);
	if (utf8_width(buffer_peek(&field)) + (view->n_columns > 1 ? 1 : 0) > grid->widths[0]) {
		buffer_append(out, buffer_peek(&field));
		buffer_append_byte(out, '\n');
		buffer_cut(&field, 0);
	}
	text_left(out, buffer_peek(&field), grid->widths[0]);
	for (size_t i = 1; i < view->n_columns; i++) {
		buffer_cut(&field, 0);
		write_cell(&field, view, row, i, NAME_COLUMNS);
		if (view_is_text(view, i))
			text_left(out, buffer_peek(&field), grid->widths[i]);
		else
			text_right(out, buffer_peek(&field), grid->widths[i]);
		if (view->columns[i]->look == LOOK_CHANGE)
			is_marked |= view_change(view, row, i).judgement != JUDGEMENT_NONE;
		else
			is_marked |= view_is_missed(view, row, i);
	}
	buffer_append(out, is_marked ? SLICE(" !\n") : SLICE("\n"));
	return is_marked;
}

/* "    自家死链，来自 /index.php"; of paths only the notes that are marked: the rest says that there is nothing to say. */
static void write_note(struct buffer *out, const struct view *view, size_t row)
{
	AUTO(buffer) struct buffer line = BUFFER_LIMIT(FIELD_MAX_BYTES);
	const bool wants_mark = view->block->note_mark != SLICE_NONE && view->columns[0]->look == LOOK_PATH;
	slice mark, note;

	if (!view_note(view, row, &mark, &note) || (wants_mark && !mark.len))
		return;
	stranger_write(&line, mark, NAME_COLUMNS);
	if (mark.len && note.len)
		buffer_append(&line, slice_of(word(WORD_COMMA, view->language)));
	stranger_write_path(&line, note, 2 * TEXT_COLUMNS);
	buffer_append(out, SLICE("    "));
	text_wrap(out, buffer_peek(&line), 4);
}

bool text_table(struct buffer *out, const struct view *view)
{
	struct grid grid;
	bool is_marked = false;

	if (view->n_columns == 0)
		return false;
	divide(&grid, view);
	write_heads(out, view, &grid);
	text_rule(out, '-');
	for (size_t row = 0; row < view->n_rows; row++) {
		is_marked |= write_row(out, view, &grid, row);
		write_note(out, view, row);
	}
	text_after(out, view);
	return is_marked;
}

/* Room for the names: as much as the longest needs, if bars keep their length; what is longer stands on a line of its own. */
static size_t bar_name(const struct view *view, size_t room)
{
	const size_t most = room > BAR_COLUMNS + BAR_NAME ? room - BAR_COLUMNS - 1 : BAR_NAME;
	AUTO(buffer) struct buffer field = BUFFER_LIMIT(FIELD_MAX_BYTES);
	size_t ret = BAR_NAME;

	for (size_t row = 0; row < view->n_rows; row++) {
		buffer_cut(&field, 0);
		write_cell(&field, view, row, 0, room - GAP);

		const size_t width = utf8_width(buffer_peek(&field)) + 1;

		ret = width > ret && width <= most ? width : ret;
	}
	return ret;
}

/* name, bar, share, count; the heading takes the name's and the bar's place in the line of heads */
void text_bars(struct buffer *out, const struct view *view)
{
	AUTO(buffer) struct buffer field = BUFFER_LIMIT(FIELD_MAX_BYTES), line = BUFFER_LIMIT(FIELD_MAX_BYTES);
	size_t widths[BLOCK_SHOWN_MAX] = {0}, room = TEXT_COLUMNS;

	for (size_t i = 1; i < view->n_columns; i++) {
		widths[i] = widest(view, i) + GAP;
		widths[i] = widths[i] > FIGURE_MIN ? widths[i] : FIGURE_MIN;
		room -= widths[i];
	}

	const size_t name = bar_name(view, room);

	if (view->block->heading)
		stranger_write(&field, slice_of(view->block->heading), room - GAP);
	text_left(out, buffer_peek(&field), room);
	for (size_t i = 1; i < view->n_columns; i++) {
		buffer_cut(&field, 0);
		write_head(&field, view, i);
		text_right(out, buffer_peek(&field), widths[i]);
	}
	buffer_append_byte(out, '\n');
	text_rule(out, '-');
	for (size_t row = 0; row < view->n_rows; row++) {
		buffer_cut(&field, 0);
		buffer_cut(&line, 0);
		write_cell(&field, view, row, 0, room - GAP);
		if (utf8_width(buffer_peek(&field)) >= name) {
			buffer_append(out, buffer_peek(&field));
			buffer_append_byte(out, '\n');
			buffer_cut(&field, 0);
		}
		text_left(&line, buffer_peek(&field), name);
		if (view->n_columns > 1)
			buffer_append_repeated(&line, '#',
					       (view_bar_percent(view, row, view->columns[1]->value) * BAR_COLUMNS + 50) / 100);
		text_left(out, buffer_peek(&line), room);
		for (size_t i = 1; i < view->n_columns; i++) {
			buffer_cut(&field, 0);
			write_cell(&field, view, row, i, NAME_COLUMNS);
			text_right(out, buffer_peek(&field), widths[i]);
		}
		buffer_append_byte(out, '\n');
	}
	text_after(out, view);
}

static void write_parenthesis(struct buffer *out, slice text, enum language language)
{
	AUTO(buffer) struct buffer line = BUFFER_LIMIT(FIELD_MAX_BYTES);

	WORD_WRITE(&line, WORD_PARENTHESIS, language, text);
	text_wrap(out, buffer_peek(&line), 0);
}

void text_after(struct buffer *out, const struct view *view)
{
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(FIELD_MAX_BYTES);
	const struct block *block = view->block;

	if (view_write_more(&text, view))
		write_parenthesis(out, buffer_peek(&text), view->language);
	if (block->after.n) {
		buffer_cut(&text, 0);
		text_sentence(&text, &block->after, 4 * TEXT_COLUMNS);
		text_wrap(out, buffer_peek(&text), 0);
	}
	if (block->side && block->kind == BLOCK_TABLE) {
		buffer_cut(&text, 0);
		stranger_write(&text, slice_of(block->side), 2 * TEXT_COLUMNS);
		write_parenthesis(out, buffer_peek(&text), view->language);
	}
}
