/* SPDX-License-Identifier: MIT */
/* html_picture.c - pictures, the availability strip, free text, what is attached
 *
 * Two pictures stand beside each other in inline blocks, which a phone puts under each other; Outlook, which knows no inline blocks, gets
 * a table of its own. */
#include "render/html_write.h"
#include "render/tokens.h"

#define CARD_PX         320 /* half of the page, the air between two pictures included */
#define SHOWN_PX        314
#define WIDE_PX         640
#define ABOVE_PX        20  /* of pictures without a heading */
#define CARD_BELOW_PX   18
#define BELOW_PX        16  /* of a picture that stands alone: its table follows */
#define ALONE_FROM_PX   400 /* a picture wider than this stands alone */
#define ALT_COLUMNS     1500
#define FINDING_COLUMNS 240
#define PASSAGE_COLUMNS 1000
#define LABEL_COLUMNS   24
#define NAME_COLUMNS    120
#define HOLDS_COLUMNS   240

static void write_source(struct buffer *out, const struct document *document, const char *name, const char *extension)
{
	switch (document->references) {
	case REFERENCES_CID:
		buffer_printf(out, "cid:%s", name);
		break;
	case REFERENCES_FILES:
		html_plain_text(out, slice_of(document->files_prefix), NAME_COLUMNS);
		buffer_printf(out, "%s.%s", name, extension);
		break;
	}
}

static void write_image(struct buffer *out, const struct view *view, const struct block_picture *picture, unsigned width)
{
	const struct rendered *image = &picture->image;
	const unsigned height = (image->height * width + image->width / 2) / image->width;

	buffer_append(out, SLICE("<img src=\""));
	write_source(out, view->document, picture->name, "png");
	buffer_printf(out, "\" width=\"%u\" height=\"%u\" alt=\"", width, height);
	html_plain_text(out, slice_of(image->alt ? image->alt : ""), ALT_COLUMNS);
	buffer_printf(out, "\"\nstyle=\"display:block;width:100%%;max-width:%upx;height:auto;border:0;" TYPE_ROW ";color:" TEXT
			   ";background-color:" GROUND "\">",
		      width);
}

static void write_finding(struct buffer *out, const struct sentence *finding, unsigned below_px)
{
	if (finding->n == 0)
		return;
	buffer_printf(out, "\n<tr><td align=\"left\" style=\"padding:6px 0 %upx;" TYPE_LEAD ";color:" TEXT "\">", below_px);
	html_sentence(out, finding, FINDING_COLUMNS, TEXT);
	buffer_append(out, SLICE("</td></tr>"));
}

/* One of two in a row: the first at the page's left edge, the second at its right. */
static void write_card(struct buffer *out, const struct view *view, const struct block_picture *picture, const char *side)
{
	buffer_printf(out,
		      "<div style=\"display:inline-block;width:100%%;max-width:%dpx;vertical-align:top\">\n%s\">\n<tr><td align=\"%s\" style=\"padding:0 0 %dpx;" NO_TEXT "\">"
		      "<table role=\"presentation\" align=\"%s\" border=\"0\" cellpadding=\"0\" cellspacing=\"0\" width=\"%d\" "
		      "style=\"width:100%%;max-width:%dpx;border-collapse:collapse\">\n<tr><td style=\"padding:0\">",
		      CARD_PX, LAYOUT_TABLE, side, CARD_BELOW_PX, side, SHOWN_PX, SHOWN_PX);
	write_image(out, view, picture, SHOWN_PX);
	buffer_append(out, SLICE("</td></tr>"));
	write_finding(out, &picture->image.finding, 0);
	buffer_append(out, SLICE("\n</table></td></tr>\n</table></div>"));
}

static void write_pair(struct buffer *out, const struct view *view, const struct block_picture *first, const struct block_picture *second)
{
	buffer_append(out, SLICE(LAYOUT_TABLE "\">\n<tr><td bgcolor=\"" GROUND "\" style=\"padding:0;background-color:" GROUND ";" NO_TEXT
					      ";text-align:left\">\n"));
	buffer_printf(out,
		      "<!--[if mso]><table role=\"presentation\" width=\"%d\" border=\"0\" cellpadding=\"0\" cellspacing=\"0\">"
		      "<tr><td width=\"%d\" valign=\"top\"><![endif]-->",
		      WIDE_PX, CARD_PX);
	write_card(out, view, first, "left");
	buffer_printf(out, "<!--[if mso]></td><td width=\"%d\" valign=\"top\"><![endif]-->", CARD_PX);
	if (second)
		write_card(out, view, second, "right");
	buffer_append(out, SLICE("<!--[if mso]></td></tr></table><![endif]-->\n</td></tr>\n</table>\n"));
}

static void write_alone(struct buffer *out, const struct view *view, const struct block_picture *picture)
{
	const unsigned width = picture->image.width < WIDE_PX ? picture->image.width : WIDE_PX;

	buffer_append(out, SLICE(LAYOUT_TABLE "\">\n<tr><td style=\"padding:0\">"));
	write_image(out, view, picture, width);
	buffer_append(out, SLICE("</td></tr>"));
	write_finding(out, &picture->image.finding, BELOW_PX);
	buffer_append(out, SLICE("\n</table>\n"));
}

static bool is_narrow(const struct block_picture *picture)
{
	return picture->image.width <= ALONE_FROM_PX;
}

static unsigned below_px(const struct block_picture *picture)
{
	return is_narrow(picture) ? CARD_BELOW_PX : picture->image.finding.n ? BELOW_PX : 0;
}

unsigned html_pictures_below(const struct block *block)
{
	return block->n_pictures ? below_px(&block->pictures[block->n_pictures - 1]) : 0;
}

/* Rows of cards have their air below them, so that a phone puts it between those of one row, too. */
static unsigned above_px(const struct view *view, size_t i)
{
	const struct block_picture *pictures = view->block->pictures;

	if (i == 0)
		return view->block->heading ? 0 : html_rest(ABOVE_PX, view);
	return is_narrow(&pictures[i]) && is_narrow(&pictures[i - 1]) ? 0 : BELOW_PX > below_px(&pictures[i - 1]) ? BELOW_PX - below_px(&pictures[i - 1]) : 0;
}

void html_pictures(struct buffer *out, const struct view *view)
{
	const struct block *block = view->block;

	for (size_t i = 0; i < block->n_pictures; i++) {
		const struct block_picture *picture = &block->pictures[i];

		if (picture->image.width == 0)
			continue;
		html_section_open(out, above_px(view, i), 0);
		if (is_narrow(picture)) {
			const struct block_picture *second = i + 1 < block->n_pictures && is_narrow(picture + 1) ? picture + 1 : NULL;

			write_pair(out, view, picture, second);
			i += second != NULL;
		} else {
			write_alone(out, view, picture);
		}
		html_section_close(out);
	}
}

void html_logo(struct buffer *out, const struct document *document)
{
	const struct logo *logo = document->logo;

	if (!logo)
		return;
	buffer_append(out, SLICE("<tr><td align=\"left\" colspan=\"2\" style=\"padding:14px 0 0;" NO_TEXT "\"><img src=\""));
	write_source(out, document, LOGO_NAME, logo->subtype);
	buffer_printf(out, "\" width=\"%u\" height=\"%u\" alt=\"", logo->width, logo->height);
	html_plain_text(out, slice_of(logo->alt), NAME_COLUMNS);
	buffer_printf(out, "\" style=\"display:block;width:%upx;height:%upx;border:0;" TYPE_ROW ";color:" TEXT ";background-color:" GROUND
			   "\"></td></tr>\n",
		      logo->width, logo->height);
}

/* ---- the availability strip ---- */

#define STRIP_LABEL_PERCENT 12

const char *html_state_colour(enum hour_state state)
{
	switch (state) {
	case HOUR_UP:
		return UP;
	case HOUR_SOME_FAILED:
		return SOME;
	case HOUR_MOST_FAILED:
		return ALARM_BAR;
	case HOUR_NO_DATA:
		return NO_DATA;
	}
	return NO_DATA;
}

/* A row of empty cells that gives the columns their widths. */
static void write_grid(struct buffer *out, size_t n)
{
	const unsigned hundredths = (unsigned)((100 - STRIP_LABEL_PERCENT) * 100 / n);

	buffer_printf(out, "<tr><td width=\"%d%%\" style=\"width:%d%%;" NO_TEXT "\">&nbsp;</td>\n", STRIP_LABEL_PERCENT, STRIP_LABEL_PERCENT);
	for (size_t i = 0; i < n; i++)
		buffer_printf(out, "<td width=\"%u%%\" style=\"width:%u.%02u%%;" NO_TEXT "\">&nbsp;</td>\n", hundredths / 100, hundredths / 100,
			      hundredths % 100);
	buffer_append(out, SLICE("</tr>\n"));
}

static void write_stretch(struct buffer *out, size_t hours, const char *colour)
{
	buffer_printf(out, "<td colspan=\"%zu\" height=\"12\" bgcolor=\"%s\" style=\"height:12px;background-color:%s;" NO_TEXT "\">&nbsp;</td>\n",
		      hours, colour, colour);
}

static void write_strip_row(struct buffer *out, const struct strip_row *row, size_t n)
{
	buffer_append(out, SLICE("<tr><td align=\"left\" nowrap style=\"padding:0 8px 0 0;font-size:12px;line-height:12px;color:" GREY "\">"));
	html_text(out, slice_of(row->label), LABEL_COLUMNS);
	buffer_append(out, SLICE("</td>\n"));
	for (size_t i = 0, end; i < row->n; i = end) {
		for (end = i + 1; end < row->n && row->hours[end] == row->hours[i]; end++)
			;
		write_stretch(out, end - i, html_state_colour(row->hours[i]));
	}
	/* A day of 23 hours ends before the others. */
	if (row->n < n)
		write_stretch(out, n - row->n, GROUND);
	buffer_printf(out, "</tr>\n<tr><td colspan=\"%zu\" height=\"5\" style=\"height:5px;" NO_TEXT "\">&nbsp;</td></tr>\n", n + 1);
}

#define LABEL_EVERY 6

static void write_hours(struct buffer *out, size_t n, enum language language)
{
	buffer_append(out, SLICE("<tr><td style=\"font-size:0\">&nbsp;</td>\n"));
	for (size_t hour = 0; hour < n; hour += LABEL_EVERY) {
		AUTO(buffer) struct buffer label = BUFFER_LIMIT(FIGURE_MAX_BYTES);

		format_time(&label, TIME_HOUR, (int64_t)hour * MS_PER_HOUR, NULL, FIGURE_SENTENCE, language);
		buffer_printf(out, "<td colspan=\"%zu\" align=\"left\" style=\"padding:2px 0 0;font-size:12px;line-height:15px;color:" GREY "\">",
			      hour + LABEL_EVERY < n ? (size_t)LABEL_EVERY : n - hour);
		/* The 25th hour of a long day needs no label. */
		if (n - hour > 1)
			html_text(out, buffer_peek(&label), LABEL_COLUMNS);
		buffer_append(out, SLICE("</td>\n"));
	}
	buffer_append(out, SLICE("</tr>\n"));
}

void html_strip(struct buffer *out, const struct view *view)
{
	const struct block *block = view->block;
	size_t n = 24;

	for (size_t i = 0; i < block->n_strip; i++)
		n = block->strip[i].n > n ? block->strip[i].n : n;
	html_section_open(out, 0, 14);
	buffer_append(out, SLICE(LAYOUT_TABLE "\">\n"));
	write_grid(out, n);
	for (size_t i = 0; i < block->n_strip; i++)
		write_strip_row(out, &block->strip[i], n);
	write_hours(out, n, view->language);
	buffer_append(out, SLICE("</table>\n"));
	html_section_close(out);
}

/* ---- free text ---- */

static void write_item(struct buffer *out, const struct passage *passage)
{
	buffer_append(out, SLICE("<tr><td width=\"22\" valign=\"top\" align=\"right\" style=\"width:22px;padding:4px 8px 0 0;" TYPE_BODY
				 ";color:" GREY "\">"));
	if (passage->kind == PASSAGE_NUMBERED)
		buffer_printf(out, "%u.", passage->number);
	else
		buffer_append(out, SLICE("•"));
	buffer_append(out, SLICE("</td>\n<td valign=\"top\" style=\"padding:4px 0 0;" TYPE_BODY ";color:" TEXT "\">"));
	html_sentence(out, &passage->words, PASSAGE_COLUMNS, INK);
	buffer_append(out, SLICE("</td></tr>\n"));
}

void html_passages(struct buffer *out, const struct view *view)
{
	const struct block *block = view->block;

	html_section_open(out, block->heading ? 0 : html_rest(16, view), 0);
	for (size_t i = 0; i < block->n_passages; i++) {
		const struct passage *passage = &block->passages[i];
		const bool is_item = passage->kind != PASSAGE_PARAGRAPH;

		if (!is_item) {
			buffer_printf(out, "<p style=\"margin:%s;" TYPE_BODY ";color:" TEXT "\">", i ? "8px 0 0" : "0");
			html_sentence(out, &passage->words, PASSAGE_COLUMNS, INK);
			buffer_append(out, SLICE("</p>\n"));
			continue;
		}
		if (i == 0 || passage[-1].kind == PASSAGE_PARAGRAPH)
			buffer_append(out, SLICE(LAYOUT_TABLE "\">\n"));
		write_item(out, passage);
		if (i + 1 == block->n_passages || passage[1].kind == PASSAGE_PARAGRAPH)
			buffer_append(out, SLICE("</table>\n"));
	}
	html_section_close(out);
}

void html_attachment(struct buffer *out, const struct view *view)
{
	const struct block *block = view->block;

	html_section_open(out, html_rest(28, view), 0);
	buffer_append(out, SLICE(LAYOUT_TABLE "\">\n<tr><td width=\"4\" bgcolor=\"" BLUE "\" style=\"width:4px;background-color:" BLUE ";" NO_TEXT
					      "\">&nbsp;</td>\n<td bgcolor=\"" TINT "\" style=\"padding:10px 16px;background-color:" TINT
					      ";" TYPE_BODY ";color:" TEXT ";word-break:break-word\"><b>"));
	html_text(out, slice_of(word(WORD_ATTACHED, view->language)), LABEL_COLUMNS);
	buffer_append(out, SLICE("</b>&nbsp; "));
	html_text(out, slice_of(block->file_name ? block->file_name : ""), NAME_COLUMNS);
	if (block->lead.n) {
		buffer_append(out, SLICE("<br>\n<span style=\"" TYPE_FOOTER ";color:" GREY "\">"));
		html_sentence(out, &block->lead, HOLDS_COLUMNS, TEXT);
		buffer_append(out, SLICE("</span>"));
	}
	buffer_append(out, SLICE("</td></tr>\n</table>\n"));
	html_section_close(out);
}
