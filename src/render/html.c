/* SPDX-License-Identifier: MIT */
/* html.c - the page of a mail: frame, title, verdict, blocks, footer
 *
 * Mail readers know little: everything is a table, every style stands on its element, every width stands as attribute (for Outlook) and
 * as CSS (for Apple Mail). */
#include "render/html_write.h"
#include "render/layout.h"
#include "render/tokens.h"

/* Limits in columns keep a hostile or careless text from pushing the figures out of the mail. */
#define TITLE_COLUMNS   100
#define PERIOD_COLUMNS  240
#define VERDICT_COLUMNS 240
#define MORE_COLUMNS    480
#define PREHEADER_COLUMNS 160
#define HEADING_COLUMNS 80
#define SIDE_COLUMNS    80
#define FOOTER_COLUMNS  400
#define LINK_MAX_BYTES  600

static const struct {
	const char *stripe, *ground, *word;
} statuses[] = {
	[STATUS_OK] = {"#009e73", "#e4f4ee", "#00694d"},
	[STATUS_ATTENTION] = {"#e69f00", "#fdf3df", "#7a4d00"},
	[STATUS_INCOMPLETE] = {"#8a93a0", "#eef0f3", "#4b5462"},
	[STATUS_PROBLEM] = {"#d55e00", "#fdeee4", "#a63f00"},
};

static slice text_of(const char *text)
{
	return slice_of(text ? text : "");
}

static void write_head(struct buffer *out, const struct document *document)
{
	buffer_printf(out,
		      "<!DOCTYPE html>\n"
		      "<html lang=\"%s\" xmlns:o=\"urn:schemas-microsoft-com:office:office\">\n"
		      "<head>\n"
		      "<meta charset=\"utf-8\">\n"
		      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		      "<meta name=\"format-detection\" content=\"telephone=no, date=no, address=no, email=no\">\n"
		      "<meta name=\"x-apple-disable-message-reformatting\">\n"
		      "<title>",
		      language_tag(document->language));
	html_plain_text(out, text_of(document->subject ? document->subject : document->title), TITLE_COLUMNS);
	buffer_append(out, SLICE("</title>\n"
				 "<!--[if mso]>\n"
				 "<xml><o:OfficeDocumentSettings><o:PixelsPerInch>96</o:PixelsPerInch>"
				 "</o:OfficeDocumentSettings></xml>\n"
				 "<style>td,th,h1,h2,p,a{font-family:Arial,'Microsoft YaHei',sans-serif !important} "
				 "td,th{mso-line-height-rule:exactly}</style>\n"
				 "<![endif]-->\n"
				 "</head>\n"));
}

/* What a list of mails shows beside the subject. Readers fill its line with what follows; 40 invisible letters keep the title out. */
static void write_preheader(struct buffer *out, const struct document *document)
{
	if (!document->preheader)
		return;
	buffer_append(out, SLICE("<div style=\"display:none;max-height:0;max-width:0;overflow:hidden;opacity:0;mso-hide:all;"
				 "font-size:1px;line-height:1px;color:" GROUND ";background-color:" GROUND "\">"));
	html_text(out, slice_of(document->preheader), PREHEADER_COLUMNS);
	for (unsigned line = 0; line < 4; line++) {
		buffer_append_byte(out, '\n');
		for (unsigned i = 0; i < 10; i++)
			buffer_append(out, SLICE("&#847;&zwnj;&nbsp;"));
	}
	buffer_append(out, SLICE("</div>\n"));
}

static void open_page(struct buffer *out, const struct document *document)
{
	buffer_append(out, SLICE("<body bgcolor=\"" GROUND "\" style=\"margin:0;padding:0;background-color:" GROUND
				 ";-webkit-text-size-adjust:100%\">\n"));
	write_preheader(out, document);
	buffer_printf(out,
		      "<table role=\"presentation\" border=\"0\" cellpadding=\"0\" cellspacing=\"0\" width=\"100%%\" "
		      "bgcolor=\"" GROUND "\" style=\"width:100%%;border-collapse:collapse;background-color:" GROUND "\">\n"
		      "<tr><td align=\"center\" bgcolor=\"" GROUND "\" style=\"padding:24px 16px 40px;background-color:" GROUND
		      "\">\n"
		      "<!--[if mso]><table role=\"presentation\" width=\"640\" border=\"0\" cellpadding=\"0\" "
		      "cellspacing=\"0\"><tr><td width=\"640\"><![endif]-->\n"
		      "<table role=\"presentation\" border=\"0\" cellpadding=\"0\" cellspacing=\"0\" width=\"640\" lang=\"%s\" "
		      "style=\"width:100%%;max-width:640px;border-collapse:collapse;font-family:" SANS ";" TYPE_BODY
		      ";color:" TEXT ";text-align:left\">\n",
		      language_tag(document->language));
}

static void close_page(struct buffer *out)
{
	buffer_append(out, SLICE("</table>\n"
				 "<!--[if mso]></td></tr></table><![endif]-->\n"
				 "</td></tr>\n"
				 "</table>\n"
				 "</body>\n"
				 "</html>\n"));
}

/* Only what the report file gave and what a browser opens as a page; nothing out of a log becomes a link. */
static bool is_link(const char *url)
{
	const slice text = text_of(url);

	return text.len <= LINK_MAX_BYTES &&
	       (slice_starts_nocase(text, SLICE("https://")) || slice_starts_nocase(text, SLICE("http://"))) &&
	       slice_find(text, ' ') == SLICE_NONE;
}

static void write_link(struct buffer *out, const struct document *document)
{
	if (!is_link(document->link))
		return;
	buffer_append(out, SLICE("<td align=\"right\" valign=\"bottom\" style=\"padding:14px 0 2px;" TYPE_BODY
				 ";white-space:nowrap\">\n<a href=\""));
	html_plain_text(out, slice_of(document->link), SIZE_MAX);
	buffer_printf(out, "\" style=\"color:%s;text-decoration:underline\">", document->brand_link ? document->brand_link : LINK);
	html_text(out, slice_of(word(WORD_MORE_LINK, document->language)), HEADING_COLUMNS);
	buffer_append(out, SLICE("&nbsp;»</a></td>"));
}

static void write_title(struct buffer *out, const struct document *document)
{
	const char *full_stop = word(WORD_FULL_STOP, document->language);

	html_section_open(out, 0, 0);
	buffer_append(out, SLICE(LAYOUT_TABLE ";border-top:3px solid "));
	buffer_append(out, slice_of(document->brand_colour ? document->brand_colour : INK));
	buffer_append(out, SLICE("\">\n"));
	html_logo(out, document);
	buffer_append(out, SLICE("<tr><td align=\"left\" valign=\"bottom\" style=\"padding:14px 12px 0 0\">"
				 "<h1 style=\"margin:0;" TYPE_TITLE ";font-weight:bold;color:" INK "\">"));
	html_text(out, text_of(document->title), TITLE_COLUMNS);
	buffer_append(out, SLICE("</h1></td>\n"));
	write_link(out, document);
	buffer_printf(out, "</tr>\n<tr><td%s style=\"padding:4px 0 0;" TYPE_LEAD ";color:" GREY "\">",
		      is_link(document->link) ? " colspan=\"2\"" : "");
	html_text(out, text_of(document->period), PERIOD_COLUMNS);
	if (document->compared) {
		html_text(out, slice_of(full_stop), HEADING_COLUMNS);
		html_text(out, slice_of(document->compared), PERIOD_COLUMNS);
	}
	if (document->sample_note) {
		html_text(out, slice_of(full_stop), HEADING_COLUMNS);
		buffer_append(out, SLICE("<b>"));
		html_text(out, slice_of(document->sample_note), PERIOD_COLUMNS);
		buffer_append(out, SLICE("</b>"));
	}
	buffer_append(out, SLICE("</td></tr>\n</table>\n"));
	html_section_close(out);
}

static void write_verdict(struct buffer *out, const struct document *document)
{
	const char *stripe = statuses[document->status].stripe, *ground = statuses[document->status].ground;

	html_section_open(out, 18, 0);
	buffer_append(out, SLICE(LAYOUT_TABLE "\">\n"));
	buffer_printf(out,
		      "<tr><td width=\"4\" bgcolor=\"%s\" style=\"width:4px;background-color:%s;" NO_TEXT
				   "\">&nbsp;</td>\n"
				   "<td bgcolor=\"%s\" style=\"padding:14px 16px 15px;background-color:%s;color:" INK "\">\n"
				   "<p style=\"margin:0 0 3px;" TYPE_ROW ";font-weight:bold;color:%s\">",
		      stripe, stripe, ground, ground, statuses[document->status].word);
	html_text(out, text_of(document->status_word), HEADING_COLUMNS);
	buffer_append(out, SLICE("</p>\n<p style=\"margin:0;" TYPE_VERDICT ";font-weight:bold;color:" INK ";word-break:break-word\">"));
	html_text(out, text_of(document->verdict), VERDICT_COLUMNS);
	buffer_append(out, SLICE("</p>\n"));
	if (document->verdict_more) {
		buffer_append(out, SLICE("<p style=\"margin:5px 0 0;" TYPE_BODY ";color:" TEXT ";word-break:break-word\">"));
		html_text(out, slice_of(document->verdict_more), MORE_COLUMNS);
		buffer_append(out, SLICE("</p>\n"));
	}
	buffer_append(out, SLICE("</td></tr>\n</table>\n"));
	html_section_close(out);
}

/* "■ 11月9日  ━ 11月2日" */
static void write_key(struct buffer *out, const struct block *block)
{
	buffer_append(out, SLICE("<span style=\"color:" BLUE "\">■</span>&nbsp;"));
	html_text(out, text_of(block->key_now), SIDE_COLUMNS);
	if (!block->key_former)
		return;
	buffer_append(out, SLICE("&nbsp; <span style=\"color:" GREY "\">━</span>&nbsp;"));
	html_text(out, slice_of(block->key_former), SIDE_COLUMNS);
}

static void write_heading(struct buffer *out, const struct view *view)
{
	const struct block *block = view->block;
	const bool has_key = block->kind == BLOCK_COLUMNS && block->key_now && !block->empty;

	if (!block->heading)
		return;
	html_section_open(out, html_rest(26, view), 8);
	buffer_append(out, SLICE(LAYOUT_TABLE "\">\n<tr><td valign=\"bottom\"><h2 style=\"margin:0;" TYPE_SECTION
					      ";font-weight:bold;color:" INK "\">"));
	html_text(out, slice_of(block->heading), HEADING_COLUMNS);
	buffer_append(out, SLICE("</h2></td>"));
	if (has_key || block->side) {
		buffer_append(out, SLICE("\n<td align=\"right\" valign=\"bottom\" style=\"padding:0 0 1px 12px;" TYPE_NOTE
					 ";color:" GREY "\">"));
		if (has_key)
			write_key(out, block);
		else
			html_text(out, slice_of(block->side), SIDE_COLUMNS);
		buffer_append(out, SLICE("</td>"));
	}
	buffer_append(out, SLICE("</tr>\n</table>\n"));
	html_section_close(out);
}

static void write_line(struct buffer *out, slice text)
{
	html_section_open(out, 0, 0);
	buffer_append(out, SLICE("<p style=\"margin:0;" TYPE_LEAD ";color:" GREY "\">"));
	html_text(out, text, MORE_COLUMNS);
	buffer_append(out, SLICE("</p>\n"));
	html_section_close(out);
}

/* The air that the former block has left for this one. Tiles end in some that is theirs, but for pictures, which belong to them. */
static unsigned left_above(const struct block *former, const struct block *block)
{
	if (!former || former->empty)
		return 0;
	if (former->kind == BLOCK_TILES)
		return block->kind == BLOCK_PICTURES && !block->heading ? TILE_BELOW_PX : 0;
	return former->kind == BLOCK_PICTURES ? html_pictures_below(former) : 0;
}

static void write_block(struct buffer *out, const struct view *view)
{
	const struct block *block = view->block;

	write_heading(out, view);
	if (block->empty) {
		write_line(out, slice_of(block->empty));
		return;
	}
	switch (block->kind) {
	case BLOCK_TILES:
		html_tiles(out, view);
		break;
	case BLOCK_COLUMNS:
		html_chart(out, view);
		break;
	case BLOCK_BARS:
		if (block->table)
			html_bars(out, view);
		break;
	case BLOCK_TABLE:
		if (block->table)
			html_table(out, view);
		break;
	case BLOCK_TEXT:
		html_passages(out, view);
		break;
	case BLOCK_PICTURES:
		html_pictures(out, view);
		break;
	case BLOCK_STRIP:
		html_strip(out, view);
		break;
	case BLOCK_ATTACHMENT:
		html_attachment(out, view);
		break;
	}
}

static void write_footer(struct buffer *out, const struct document *document)
{
	html_section_open(out, 34, 0);
	buffer_append(out, SLICE(LAYOUT_TABLE "\">\n<tr><td bgcolor=\"" TINT "\" style=\"padding:14px 14px 15px;background-color:" TINT
					      ";color:" TEXT "\">\n<p style=\"margin:0 0 5px;" TYPE_ROW
					      ";font-weight:bold;color:" TEXT "\">"));
	html_text(out, slice_of(word(WORD_FOOTER, document->language)), HEADING_COLUMNS);
	buffer_append(out, SLICE("</p>\n" LAYOUT_TABLE "\">\n"));
	for (size_t i = 0; i < document->n_footer; i++) {
		buffer_append(out, SLICE("<tr><td width=\"32\" valign=\"top\" style=\"width:32px;padding:2px 10px 2px 0;" TYPE_FOOTER
					 ";color:" GREY ";white-space:nowrap\">"));
		html_text(out, slice_of(document->footer[i].label), HEADING_COLUMNS);
		buffer_append(out, SLICE("</td>\n<td valign=\"top\" style=\"padding:2px 0;" TYPE_FOOTER ";color:" TEXT
					 ";word-break:break-word\">"));
		html_text(out, slice_of(document->footer[i].text), FOOTER_COLUMNS);
		buffer_append(out, SLICE("</td></tr>\n"));
	}
	buffer_append(out, SLICE("</table>\n"));
	if (document->brand_footer) {
		buffer_append(out, SLICE("<p style=\"margin:9px 0 0;" TYPE_FOOTER ";font-weight:bold;color:" TEXT "\">"));
		html_text(out, slice_of(document->brand_footer), FOOTER_COLUMNS);
		buffer_append(out, SLICE("</p>\n"));
	}
	buffer_append(out, SLICE("<p style=\"margin:9px 0 0;" TYPE_FOOTER ";color:" GREY "\">"));
	html_text(out, text_of(document->made_by), FOOTER_COLUMNS);
	buffer_append(out, SLICE("</p>\n</td></tr>\n</table>\n"));
	html_section_close(out);
}

static void write_left_out(struct buffer *out, const struct document *document, size_t n)
{
	AUTO(buffer) struct buffer figure = BUFFER_LIMIT(FIGURE_MAX_BYTES), words = BUFFER_LIMIT(FIGURE_MAX_BYTES);

	buffer_append_u64(&figure, n);
	WORD_WRITE(&words, WORD_BLOCKS_LEFT_OUT, document->language, buffer_peek(&figure));
	html_section_open(out, 26, 0);
	html_note(out, buffer_peek(&words), MORE_COLUMNS);
	html_section_close(out);
}

void html_page(struct buffer *out, const struct document *document, const struct layout *layout)
{
	write_head(out, document);
	open_page(out, document);
	write_title(out, document);
	write_verdict(out, document);
	for (size_t i = 0; i < document->n_blocks && i < layout->blocks_max; i++) {
		struct view view;

		view_init(&view, document, document->blocks[i], layout, NOTES_APART);
		view.above_px = left_above(i ? document->blocks[i - 1] : NULL, document->blocks[i]);
		write_block(out, &view);
	}
	if (layout->blocks_max < document->n_blocks)
		write_left_out(out, document, document->n_blocks - layout->blocks_max);
	write_footer(out, document);
	close_page(out);
}

static int render(const struct document *document, struct buffer *ret, courant_error **err)
{
	struct layout layout;

	if (layout_fit(document, &layout, err) < 0)
		return -1;
	html_page(ret, document, &layout);
	return buffer_check(ret, err);
}

const struct renderer render_html = {"html", ".html", render};
