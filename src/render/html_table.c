/* SPDX-License-Identifier: MIT */
/* html_table.c - data tables and rows with bars */
#include "base/utf8.h"
#include "render/html_write.h"
#include "render/tokens.h"

#define NAME_COLUMNS 80
#define PATH_COLUMNS 160
#define NOTE_COLUMNS 120
#define HEAD_COLUMNS 40
#define BAR_NAME_COLUMNS 24
#define MORE_COLUMNS 200

#define ROW_RULE  "border-bottom:1px solid " FAINT
#define HEAD_RULE "border-bottom:1px solid " GREY

/* The space before a cell's text: none at the page's edge, and behind a code, whose column is wider than it. */
static const char *gap_before(const struct view *view, size_t i)
{
	return i == 0 || view->columns[i - 1]->look == LOOK_CODE ? "0" : "8px";
}

static void write_head(struct buffer *out, const struct view *view, size_t i)
{
	const bool is_text = view_is_text(view, i);
	const bool is_code = view->columns[i]->look == LOOK_CODE;
	AUTO(buffer) struct buffer head = BUFFER_LIMIT(out->limit);

	view_write_head(&head, view, i);

	/* Chinese would break anywhere; other heads do between words, and before their unit, where six columns have to fit on a phone. */
	const bool may_break = is_text || utf8_is_ascii(buffer_peek(&head));

	if (view->is_crowded && !is_text && view->columns[i]->look != LOOK_CHANGE) {
		AUTO(buffer) struct buffer unit = BUFFER_LIMIT(FIGURE_MAX_BYTES);

		view_write_unit(&unit, view, i);
		if (unit.len)
			buffer_append(&head, may_break ? SLICE(" ") : SLICE("\u00a0"));
		buffer_append(&head, buffer_peek(&unit));
	}
	buffer_printf(out,
		      "<th scope=\"col\"%s align=\"%s\" valign=\"bottom\"%s style=\"%spadding:0 0 5px %s;" HEAD_RULE
		      ";font-size:12px;line-height:16px;font-weight:normal;color:" GREY "\">",
		      is_code ? " width=\"40\"" : "", is_text ? "left" : "right", may_break ? "" : " nowrap",
		      is_code ? "width:40px;" : "",
		      gap_before(view, i));
	html_text(out, buffer_peek(&head), HEAD_COLUMNS);
	buffer_append(out, SLICE("</th>\n"));
}

/* "周一 3/16", the date grey; they stay on one line. */
static void write_day(struct buffer *out, const struct view *view, int64_t at_ms)
{
	AUTO(buffer) struct buffer weekday = BUFFER_LIMIT(FIGURE_MAX_BYTES), whole = BUFFER_LIMIT(FIGURE_MAX_BYTES);

	format_date(&weekday, DATE_WEEKDAY, at_ms, view->document->zone, view->language);
	format_date(&whole, DATE_WEEKDAY_SHORT, at_ms, view->document->zone, view->language);
	buffer_append(out, SLICE("<span style=\"white-space:nowrap\">"));
	html_text(out, buffer_peek(&weekday), NAME_COLUMNS);
	buffer_append(out, SLICE(" <span style=\"color:" GREY "\">"));
	html_text(out, slice_trim(slice_after(buffer_peek(&whole), weekday.len)), NAME_COLUMNS);
	buffer_append(out, SLICE("</span></span>"));
}

/* A cell that holds a name may be a number or a time too; it is shown as its type wants. */
static void write_name(struct buffer *out, const struct view *view, size_t row, size_t i, size_t max_columns)
{
	const struct table_cell cell = view_cell(view, row, i);
	AUTO(buffer) struct buffer figure = BUFFER_LIMIT(FIGURE_MAX_BYTES);

	if (view_type(view, i) == TABLE_TEXT && cell.is_known) {
		html_text(out, cell.text, max_columns);
		return;
	}
	if (view->columns[i]->form == FORM_DAY && cell.is_known) {
		write_day(out, view, cell.time_ms);
		return;
	}
	view_write_figure(&figure, view, row, i, FIGURE_CELL);
	html_text(out, buffer_peek(&figure), NAME_COLUMNS);
}

static void write_bar(struct buffer *out, unsigned percent, unsigned height_px)
{
	buffer_append(out, SLICE("\n<table role=\"presentation\" border=\"0\" cellpadding=\"0\" cellspacing=\"0\" "
				 "width=\"100%\" style=\"width:100%\"><tr>"));
	if (percent)
		buffer_printf(out,
			      "<td width=\"%u%%\" height=\"%u\" bgcolor=\"" BLUE "\" style=\"width:%u%%;height:%upx;"
			      "background-color:" BLUE ";" NO_TEXT "\">&nbsp;</td>",
			      percent, height_px, percent, height_px);
	if (percent < 100)
		buffer_append(out, SLICE("<td style=\"" NO_TEXT "\">&nbsp;</td>"));
	buffer_append(out, SLICE("</tr></table>"));
}

static void write_path(struct buffer *out, const struct view *view, size_t row, size_t i)
{
	const struct table_cell cell = view_cell(view, row, i);
	const size_t bar_of = view->columns[i]->bar_of;

	buffer_append(out, SLICE("<span style=\"font-family:" MONO ";word-break:break-all\">"));
	if (view_type(view, i) == TABLE_TEXT && cell.is_known)
		html_path(out, cell.text, PATH_COLUMNS);
	else
		write_name(out, view, row, i, PATH_COLUMNS);
	buffer_append(out, SLICE("</span>"));
	if (bar_of != SLICE_NONE)
		write_bar(out, view_bar_percent(view, row, bar_of), 4);
}

/* The line's begin; behind a bar, which is a table, it is there already. */
static void open_note(struct buffer *out, const struct view *view, const char *colour)
{
	const bool has_bar = view->columns[0]->look == LOOK_PATH && view->columns[0]->bar_of != SLICE_NONE;

	buffer_printf(out, "%s<span style=\"" TYPE_NOTE ";color:%s;word-break:break-word\">", has_bar ? "" : "<br>\n", colour);
}

static void write_note(struct buffer *out, const struct view *view, size_t row)
{
	AUTO(buffer) struct buffer figures = BUFFER_LIMIT(out->limit);
	slice mark, note;

	if (view->n_notes) {
		view_write_notes(&figures, view, row, FIGURE_SENTENCE); /* it may wrap */
		open_note(out, view, GREY);
		html_text(out, buffer_peek(&figures), NOTE_COLUMNS);
		buffer_append(out, SLICE("</span>"));
	}
	if (!view_note(view, row, &mark, &note))
		return;
	open_note(out, view, mark.len ? MARK : GREY);
	if (mark.len) {
		buffer_append(out, SLICE("<b>"));
		html_text(out, mark, NOTE_COLUMNS);
		buffer_append(out, note.len ? SLICE("</b> ") : SLICE("</b>"));
	}
	html_path(out, note, NOTE_COLUMNS);
	buffer_append(out, SLICE("</span>"));
}

/* What stands with the first cell's name: a square in the colour of the row's state before it, a grey unit behind it. */
static void write_square(struct buffer *out, const struct view *view, size_t row)
{
	enum hour_state state;

	if (view_state(view, row, &state))
		buffer_printf(out, "<span style=\"color:%s\">■</span> ", html_state_colour(state));
}

static void write_unit(struct buffer *out, const struct view *view, size_t row)
{
	slice unit;

	if (!view_unit(view, row, &unit))
		return;
	buffer_append(out, SLICE(" <span style=\"font-size:12px;color:" GREY "\">"));
	html_text(out, unit, HEAD_COLUMNS);
	buffer_append(out, SLICE("</span>"));
}

/* A text cell: the row's head when it is the first one. */
static void write_text_cell(struct buffer *out, const struct view *view, size_t row, size_t i)
{
	const char *element = i == 0 ? "th" : "td";
	const enum look look = view->columns[i]->look;

	buffer_printf(out, "<%s%s align=\"left\" valign=\"top\" style=\"padding:6px 0 6px %s;" ROW_RULE ";" TYPE_ROW
			   ";font-weight:normal;color:" TEXT "%s\">",
		      element, i == 0 ? " scope=\"row\"" : "", gap_before(view, i), i == 0 ? ";word-break:break-word" : "");
	if (i == 0)
		write_square(out, view, row);
	if (i == 0 && view_is_total(view, row)) {
		buffer_append(out, SLICE("<b>"));
		html_text(out, slice_of(view->block->total), NAME_COLUMNS);
		buffer_append(out, SLICE("</b>"));
	} else if (look == LOOK_PATH) {
		write_path(out, view, row, i);
	} else if (look == LOOK_CODE) {
		buffer_printf(out, "<b style=\"color:%s\">", view_is_server_error(view, row, i) ? ALARM_TEXT : TEXT);
		write_name(out, view, row, i, NAME_COLUMNS);
		buffer_append(out, SLICE("</b>"));
	} else {
		write_name(out, view, row, i, NAME_COLUMNS);
	}
	if (i == 0) {
		write_unit(out, view, row);
		write_note(out, view, row);
	}
	buffer_printf(out, "</%s>\n", element);
}

static const char *colour_of(enum judgement judgement)
{
	switch (judgement) {
	case JUDGEMENT_NONE:
		return TEXT;
	case JUDGEMENT_BETTER:
		return BETTER;
	case JUDGEMENT_WORSE:
		return ALARM_TEXT;
	}
	return TEXT;
}

static void write_figure(struct buffer *out, const struct view *view, size_t row, size_t i)
{
	const struct table_cell cell = view_cell(view, row, i);
	AUTO(buffer) struct buffer figure = BUFFER_LIMIT(FIGURE_MAX_BYTES), unit = BUFFER_LIMIT(FIGURE_MAX_BYTES);

	view_write_figure(&figure, view, row, i, FIGURE_CELL);
	if (!view->is_crowded)
		view_write_unit(&unit, view, i);
	if (cell.is_known && unit.len) {
		buffer_append(&figure, format_blank(FIGURE_CELL));
		buffer_append(&figure, buffer_peek(&unit));
	}
	html_text(out, buffer_peek(&figure), NAME_COLUMNS);
}

static void write_change(struct buffer *out, const struct change *change, enum language language)
{
	AUTO(buffer) struct buffer figure = BUFFER_LIMIT(FIGURE_MAX_BYTES);

	if (change->kind == CHANGE_UNKNOWN)
		buffer_append(&figure, SLICE("–"));
	else
		change_write(&figure, change, FIGURE_CELL, language);
	html_text(out, buffer_peek(&figure), NAME_COLUMNS);
}

static const char *figure_colour(const struct view *view, size_t row, size_t i, const struct change *change)
{
	switch (view->columns[i]->look) {
	case LOOK_CHANGE:
		return colour_of(change->judgement);
	case LOOK_NUMBER:
		return view_is_missed(view, row, i) ? ALARM_TEXT : view_is_total(view, row) ? TEXT : GREY;
	case LOOK_NAME:
	case LOOK_CODE:
	case LOOK_PATH:
	case LOOK_LEAD:
	case LOOK_FIGURE:
		return view_is_missed(view, row, i) ? ALARM_TEXT : TEXT;
	}
	return TEXT;
}

static void write_number_cell(struct buffer *out, const struct view *view, size_t row, size_t i)
{
	const enum look look = view->columns[i]->look;
	const struct change change = look == LOOK_CHANGE ? view_change(view, row, i) : (struct change){0};
	const bool is_bold = look == LOOK_LEAD || view_is_total(view, row) || (look != LOOK_CHANGE && view_is_missed(view, row, i));

	buffer_printf(out, "<td align=\"right\" valign=\"top\" nowrap style=\"padding:6px 0 6px 8px;" ROW_RULE ";" TYPE_ROW
			   ";color:%s\">%s",
		      figure_colour(view, row, i, &change), is_bold ? "<b>" : "");
	if (look == LOOK_CHANGE)
		write_change(out, &change, view->language);
	else
		write_figure(out, view, row, i);
	buffer_append(out, is_bold ? SLICE("</b></td>\n") : SLICE("</td>\n"));
}

/* What stands below a table: rows that are not shown, then the block's own words. */
static void write_after(struct buffer *out, const struct view *view)
{
	AUTO(buffer) struct buffer more = BUFFER_LIMIT(out->limit);

	if (view_write_more(&more, view)) {
		buffer_append(&more, slice_of(word(WORD_FULL_STOP, view->language)));
		html_note(out, buffer_peek(&more), MORE_COLUMNS);
	}
	if (view->block->after.n) {
		buffer_append(out, SLICE("<p style=\"margin:7px 0 0;" TYPE_NOTE ";color:" GREY "\">"));
		html_sentence(out, &view->block->after, MORE_COLUMNS, TEXT);
		buffer_append(out, SLICE("</p>\n"));
	}
}

static void write_before(struct buffer *out, const struct view *view)
{
	if (view->block->lead.n == 0)
		return;
	buffer_append(out, SLICE("<p style=\"margin:0 0 8px;" TYPE_LEAD ";color:" GREY "\">"));
	html_sentence(out, &view->block->lead, MORE_COLUMNS, TEXT);
	buffer_append(out, SLICE("</p>\n"));
}

void html_table(struct buffer *out, const struct view *view)
{
	html_section_open(out, 0, 0);
	write_before(out, view);
	buffer_append(out, SLICE(DATA_TABLE "\">\n<tr>\n"));
	for (size_t i = 0; i < view->n_columns; i++)
		write_head(out, view, i);
	buffer_append(out, SLICE("</tr>\n"));
	for (size_t row = 0; row < view->n_rows; row++) {
		buffer_append(out, SLICE("<tr>\n"));
		for (size_t i = 0; i < view->n_columns; i++) {
			if (view_is_text(view, i))
				write_text_cell(out, view, row, i);
			else
				write_number_cell(out, view, row, i);
		}
		buffer_append(out, SLICE("</tr>\n"));
	}
	buffer_append(out, SLICE("</table>\n"));
	write_after(out, view);
	html_section_close(out);
}

/* name, bar, share bold, count grey */
static void write_bar_row(struct buffer *out, const struct view *view, size_t row)
{
	buffer_append(out, SLICE("<tr>\n<th scope=\"row\" width=\"64\" align=\"left\" style=\"width:64px;padding:5px 8px 5px 0;"
				 TYPE_ROW ";font-weight:normal;color:" TEXT ";text-align:left\">"));
	write_name(out, view, row, 0, BAR_NAME_COLUMNS);
	buffer_append(out, SLICE("</th>\n<td style=\"padding:5px 0\">"));
	write_bar(out, view->n_columns > 1 ? view_bar_percent(view, row, view->columns[1]->value) : 0, 12);
	buffer_append(out, SLICE("</td>\n"));
	for (size_t i = 1; i < view->n_columns; i++) {
		const bool is_share = i == 1;

		buffer_printf(out, "<td width=\"%d\" align=\"right\" style=\"width:%dpx;padding:5px 0 5px 8px;" TYPE_ROW
				   ";font-weight:%s;color:%s;white-space:nowrap\">",
			      is_share ? 54 : 50, is_share ? 54 : 50, is_share ? "bold" : "normal",
			      is_share ? TEXT : GREY);
		write_figure(out, view, row, i);
		buffer_append(out, SLICE("</td>\n"));
	}
	buffer_append(out, SLICE("</tr>\n"));
}

void html_bars(struct buffer *out, const struct view *view)
{
	html_section_open(out, 0, 0);
	write_before(out, view);
	buffer_append(out, SLICE(DATA_TABLE "\">\n"));
	for (size_t row = 0; row < view->n_rows; row++)
		write_bar_row(out, view, row);
	buffer_append(out, SLICE("</table>\n"));
	write_after(out, view);
	html_section_close(out);
}
