/* SPDX-License-Identifier: MIT */
/* html_tiles.c - the headline figures, three a row at every width */
#include "render/html_write.h"
#include "render/tokens.h"

#define LABEL_COLUMNS  40
#define FIGURE_COLUMNS 40
#define A_ROW          3

/* The unit in small: its line must be lower than the figure's, or it moves it. */
static void write_figure(struct buffer *out, const struct view *view, const struct tile *tile)
{
	const slice blank = format_blank(FIGURE_CELL);
	AUTO(buffer) struct buffer figure = BUFFER_LIMIT(FIGURE_MAX_BYTES);

	view_write_tile(&figure, view, tile, &tile->now, FIGURE_CELL);

	const size_t at = slice_find_slice(buffer_peek(&figure), blank);

	html_text(out, slice_part(buffer_peek(&figure), 0, at), FIGURE_COLUMNS);
	if (at == SLICE_NONE)
		return;
	buffer_append(out, SLICE("<span style=\"font-size:13px;line-height:13px;font-weight:normal;color:" GREY "\">"));
	html_text(out, slice_after(buffer_peek(&figure), at), FIGURE_COLUMNS);
	buffer_append(out, SLICE("</span>"));
}

static void write_change(struct buffer *out, const struct view *view, const struct tile *tile)
{
	const struct change change = change_of(tile->type, tile->now, tile->former, tile->better);
	const char *colour = change.kind == CHANGE_UNKNOWN               ? GREY
			     : change.judgement == JUDGEMENT_WORSE  ? ALARM_TEXT
			     : change.judgement == JUDGEMENT_BETTER ? BETTER
								    : TEXT;
	AUTO(buffer) struct buffer figure = BUFFER_LIMIT(FIGURE_MAX_BYTES);

	change_write(&figure, &change, FIGURE_CELL, view->language);
	buffer_printf(out, "<span style=\"" TYPE_ROW ";font-weight:%s;color:%s;white-space:nowrap\">",
		      change.kind == CHANGE_UNKNOWN ? "normal" : "bold", colour);
	html_text(out, buffer_peek(&figure), FIGURE_COLUMNS);
	buffer_append(out, SLICE("</span>"));
}

/* "上周一 21,960", "was 21,960"; then "目标 99.9%" */
static void write_former(struct buffer *out, const struct view *view, const struct tile *tile)
{
	const struct document *document = view->document;
	AUTO(buffer) struct buffer figure = BUFFER_LIMIT(FIGURE_MAX_BYTES), words = BUFFER_LIMIT(out->limit);

	if (document->former_label && tile->former.is_known) {
		view_write_tile(&figure, view, tile, &tile->former, FIGURE_CELL);
		WORD_WRITE(&words, WORD_FORMER_FIGURE, view->language, slice_of(document->former_label), buffer_peek(&figure));
	}
	if (words.len && tile->target.limit.is_known)
		buffer_append(&words, slice_of(word(WORD_COMMA, view->language)));
	view_write_target(&words, view, tile, FIGURE_CELL);
	if (words.len == 0)
		return;
	buffer_append(out, SLICE("<br>\n<span style=\"" TYPE_NOTE ";color:" GREY "\">"));
	html_text(out, buffer_peek(&words), LABEL_COLUMNS);
	buffer_append(out, SLICE("</span>"));
}

static void write_tile(struct buffer *out, const struct view *view, const struct tile *tile)
{
	buffer_append(out, SLICE("<span style=\"" TYPE_NOTE ";color:" GREY "\">"));
	html_text(out, slice_of(tile->label ? tile->label : ""), LABEL_COLUMNS);
	buffer_append(out, SLICE("</span><br>\n<span style=\"" TYPE_FIGURE ";font-weight:bold;color:" INK ";white-space:nowrap\">"));
	write_figure(out, view, tile);
	buffer_append(out, SLICE("</span><br>\n"));
	write_change(out, view, tile);
	write_former(out, view, tile);
}

void html_tiles(struct buffer *out, const struct view *view)
{
	const struct block *block = view->block;
	const size_t n_cells = (block->n_tiles + A_ROW - 1) / A_ROW * A_ROW;

	html_section_open(out, html_rest(22, view), 0);
	buffer_append(out, SLICE(LAYOUT_TABLE "\">\n"));
	for (size_t i = 0; i < n_cells; i++) {
		if (i % A_ROW == 0)
			buffer_append(out, SLICE("<tr>\n"));
		buffer_printf(out, "<td width=\"33%%\" valign=\"top\" style=\"width:33.33%%;padding:11px 6px %dpx 0;border-top:1px solid " RULE "\">\n", TILE_BELOW_PX);
		if (i < block->n_tiles)
			write_tile(out, view, &block->tiles[i]);
		else
			buffer_append(out, SLICE("&nbsp;"));
		buffer_append(out, SLICE("</td>\n"));
		if (i % A_ROW == A_ROW - 1)
			buffer_append(out, SLICE("</tr>\n"));
	}
	buffer_append(out, SLICE("</table>\n"));
	html_section_close(out);
}
