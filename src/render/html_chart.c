/* SPDX-License-Identifier: MIT */
/* html_chart.c - a column chart out of table cells, which every mail reader draws
 *
 * Gaps and the part of last week's line that crosses a bar are cells of the ground's colour: a white border would turn into a grey line
 * where a reader inverts the colours. */
#include "base/utf8.h"
#include "render/chart.h"
#include "render/html_write.h"
#include "render/tokens.h"

#define COLUMN_PX     84
#define ERRORS_PX     26
#define LINE_PX       2 /* last week's */
#define MANY_COLUMNS  24 /* more of them stand closer */
#define LEAD_COLUMNS  160
#define NARROW_PX     288 /* the page on a phone of 320 */
#define DIGIT_PX      7   /* of 12 px type */

struct pen {
	struct buffer *out;
	size_t n_columns;
	bool is_open; /* the column has a cell already */
};

static void open_column(const struct pen *pen)
{
	const unsigned hundredths = (unsigned)(10000 / pen->n_columns);
	const unsigned percent = hundredths / 100;

	buffer_printf(pen->out, "<td width=\"%u%%\" valign=\"bottom\" style=\"width:%u.%02u%%;padding:0 %upx;font-size:0\">",
		      percent ? percent : 1, percent, hundredths % 100, pen->n_columns > MANY_COLUMNS ? 1 : 2);
}

static void draw_cell(struct pen *pen, unsigned height_px, const char *colour)
{
	if (height_px == 0)
		return;
	if (!pen->is_open)
		buffer_append(pen->out, SLICE("<table role=\"presentation\" border=\"0\" cellpadding=\"0\" "
					      "cellspacing=\"0\" width=\"100%\" style=\"width:100%\">"));
	pen->is_open = true;
	buffer_printf(pen->out,
		      "<tr><td height=\"%u\" bgcolor=\"%s\" style=\"background-color:%s;height:%upx;" NO_TEXT
		      "\">&nbsp;</td></tr>",
		      height_px, colour, colour, height_px);
}

static void close_column(struct pen *pen)
{
	buffer_append(pen->out, pen->is_open ? SLICE("</table></td>\n") : SLICE("&nbsp;</td>\n"));
	pen->is_open = false;
}

/* A bar of `bar_px` with the line at `line_px`: above the bar in grey, inside it in the ground's colour. */
static void draw_bar(struct pen *pen, unsigned bar_px, unsigned line_px)
{
	if (line_px && line_px < LINE_PX)
		line_px = LINE_PX;
	if (line_px > bar_px && line_px < bar_px + LINE_PX)
		line_px = bar_px + LINE_PX;

	if (line_px > bar_px) {
		draw_cell(pen, LINE_PX, GREY);
		draw_cell(pen, line_px - LINE_PX - bar_px, GROUND);
		draw_cell(pen, bar_px, BLUE);
	} else if (line_px) {
		draw_cell(pen, bar_px - line_px, BLUE);
		draw_cell(pen, LINE_PX, GROUND);
		draw_cell(pen, line_px - LINE_PX, BLUE);
	} else {
		draw_cell(pen, bar_px, BLUE);
	}
}

static void write_axis(struct buffer *out, size_t n)
{
	buffer_printf(out,
		      "<tr><td colspan=\"%zu\" height=\"1\" bgcolor=\"" GREY "\" style=\"height:1px;background-color:" GREY
		      ";" NO_TEXT "\">&nbsp;</td></tr>\n",
		      n);
}

/* Whether the label stands in one line over so many columns where the page is narrowest. */
static bool label_fits(const struct chart *chart, slice label, size_t n_columns)
{
	return utf8_width(label) * DIGIT_PX + 1 <= NARROW_PX * n_columns / chart->n;
}

/* Each label takes the columns up to the next one; the last one may be too long for those that are left. */
static void write_labels(struct buffer *out, const struct chart *chart)
{
	buffer_append(out, SLICE("<tr>"));
	for (size_t i = 0, next; i < chart->n; i = next) {
		for (next = i + 1; next < chart->n && !chart->columns[next].label[0]; next++)
			;
		buffer_printf(out,
			      "<td colspan=\"%zu\" align=\"left\" style=\"padding:3px 0 0 1px;font-size:12px;"
			      "line-height:15px;color:" GREY "\">",
			      next - i);
		if (label_fits(chart, slice_of(chart->columns[i].label), next - i))
			html_text(out, slice_of(chart->columns[i].label), sizeof chart->columns[i].label);
		else
			buffer_append(out, SLICE("&nbsp;"));
		buffer_append(out, SLICE("</td>\n"));
	}
	buffer_append(out, SLICE("</tr>\n"));
}

static void write_columns(struct buffer *out, const struct chart *chart)
{
	struct pen pen = {.out = out, .n_columns = chart->n};

	html_section_open(out, 0, 0);
	buffer_append(out, SLICE(LAYOUT_TABLE "\">\n<tr>\n"));
	for (size_t i = 0; i < chart->n; i++) {
		const struct chart_column *column = &chart->columns[i];
		const uint64_t former = column->former.is_known ? column->former.count : 0;

		open_column(&pen);
		draw_bar(&pen, chart_length(column->value, chart->greatest, COLUMN_PX),
			 chart_length(former, chart->greatest, COLUMN_PX));
		close_column(&pen);
	}
	buffer_append(out, SLICE("</tr>\n"));
	write_axis(out, chart->n);
	write_labels(out, chart);
	buffer_append(out, SLICE("</table>\n"));
	html_section_close(out);
}

static void write_errors(struct buffer *out, const struct chart *chart, unsigned top_px)
{
	struct pen pen = {.out = out, .n_columns = chart->n};

	html_section_open(out, top_px, 0);
	buffer_append(out, SLICE(LAYOUT_TABLE "\">\n<tr>\n"));
	for (size_t i = 0; i < chart->n; i++) {
		open_column(&pen);
		draw_cell(&pen, chart_length(chart->columns[i].errors, chart->errors_greatest, ERRORS_PX), ALARM_BAR);
		close_column(&pen);
	}
	buffer_append(out, SLICE("</tr>\n"));
	write_axis(out, chart->n);
	buffer_append(out, SLICE("</table>\n"));
	html_section_close(out);
}

static void write_lead(struct buffer *out, unsigned top_px, const struct sentence *lead)
{
	html_section_open(out, top_px, 6);
	buffer_append(out, SLICE("<p style=\"margin:0;" TYPE_LEAD ";color:" GREY "\">"));
	html_sentence(out, lead, LEAD_COLUMNS, TEXT);
	buffer_append(out, SLICE("</p>\n"));
	html_section_close(out);
}

static void write_merged(struct buffer *out, const struct chart *chart, enum language language)
{
	AUTO(buffer) struct buffer figure = BUFFER_LIMIT(FIGURE_MAX_BYTES), words = BUFFER_LIMIT(FIGURE_MAX_BYTES);

	buffer_append_u64(&figure, chart->merged);
	WORD_WRITE(&words, WORD_COLUMNS_MERGED, language, buffer_peek(&figure));
	html_section_open(out, 0, 0);
	html_note(out, buffer_peek(&words), LEAD_COLUMNS);
	html_section_close(out);
}

void html_chart(struct buffer *out, const struct view *view)
{
	const struct block *block = view->block;
	struct chart chart;

	chart_init(&chart, block);
	if (chart.n == 0)
		return;
	if (block->lead.n)
		write_lead(out, 0, &block->lead);
	write_columns(out, &chart);
	if (chart.merged > 1)
		write_merged(out, &chart, view->language);
	if (block->errors_lead.n)
		write_lead(out, 12, &block->errors_lead);
	if (block->errors_counted && chart.errors_greatest)
		write_errors(out, &chart, block->errors_lead.n ? 0 : 12);
}
