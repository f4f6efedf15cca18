/* SPDX-License-Identifier: MIT */
/* text_chart.c - column charts as rows of signs */
#include "render/text_write.h"

#include "base/utf8.h"
#include "render/chart.h"
#include "table/stranger.h"

#define FIELD_MAX_BYTES 1024
#define BAR_COLUMNS     45
#define SCALED_MAX      64
#define ERRORS_SHOWN    20 /* errors of a row are told from a 20th of all on */

/* "点击，# = 1,000" at the heading's right. */
static void write_heading(struct buffer *out, const struct view *view, uint64_t scale)
{
	AUTO(buffer) struct buffer heading = BUFFER_LIMIT(FIELD_MAX_BYTES), side = BUFFER_LIMIT(FIELD_MAX_BYTES),
				   figure = BUFFER_LIMIT(FIELD_MAX_BYTES);
	const struct block *block = view->block;

	format_count(&figure, scale);
	WORD_WRITE(&side, WORD_CHART_SCALE, view->language, slice_of(block->counted ? block->counted : ""),
		   buffer_peek(&figure));
	if (block->heading)
		stranger_write(&heading, slice_of(block->heading), SCALED_MAX);

	const size_t width = utf8_width(buffer_peek(&heading));

	buffer_append(out, buffer_peek(&heading));
	text_right(out, buffer_peek(&side), width < TEXT_COLUMNS ? TEXT_COLUMNS - width : 0);
	buffer_append_byte(out, '\n');
	text_rule(out, '-');
}

static bool tells_errors(const struct chart *chart, uint64_t errors)
{
	return errors && (errors == chart->errors_greatest || errors >= chart->errors_sum / ERRORS_SHOWN);
}

/* Columns of the longest name and of the largest figure. */
static void measure(const struct chart *chart, size_t *ret_name, size_t *ret_figure)
{
	AUTO(buffer) struct buffer figure = BUFFER_LIMIT(FIELD_MAX_BYTES);

	format_count(&figure, chart->greatest_value);
	*ret_figure = figure.len;
	*ret_name = 0;
	for (size_t i = 0; i < chart->n; i++) {
		const size_t width = utf8_width(slice_of(chart->columns[i].name));

		if (width > *ret_name)
			*ret_name = width;
	}
}

void text_chart(struct buffer *out, const struct view *view)
{
	AUTO(buffer) struct buffer field = BUFFER_LIMIT(FIELD_MAX_BYTES);
	struct chart chart;
	size_t name, figure;

	chart_init(&chart, view->block);
	measure(&chart, &name, &figure);

	const size_t taken = name + figure + 14; /* blanks, and "  5xx 12,345" behind the bar */
	const unsigned full = taken < TEXT_COLUMNS - 20 ? (unsigned)(TEXT_COLUMNS - taken) : 20;
	const uint64_t scale = chart_scale(chart.greatest_value, full < BAR_COLUMNS ? full : BAR_COLUMNS);

	write_heading(out, view, scale);
	for (size_t i = 0; i < chart.n; i++) {
		const struct chart_column *column = &chart.columns[i];

		buffer_cut(&field, 0);
		stranger_write(&field, slice_of(column->name), sizeof column->name);
		text_left(out, buffer_peek(&field), name);
		buffer_append_byte(out, ' ');
		buffer_cut(&field, 0);
		format_count(&field, column->value);
		text_right(out, buffer_peek(&field), figure + 1);
		buffer_cut(&field, 0);
		buffer_append_repeated(&field, '#', (size_t)((double)column->value / (double)scale + 0.5));
		if (field.len || tells_errors(&chart, column->errors))
			buffer_append_byte(out, ' ');
		buffer_append(out, buffer_peek(&field));
		if (view->block->errors_counted && tells_errors(&chart, column->errors)) {
			buffer_printf(out, "  %s ", view->block->errors_counted);
			format_count(out, column->errors);
		}
		buffer_append_byte(out, '\n');
	}
	if (chart.merged > 1) {
		buffer_cut(&field, 0);
		buffer_append_u64(&field, chart.merged);
		WORD_WRITE(out, WORD_COLUMNS_MERGED, view->language, buffer_peek(&field));
		buffer_append_byte(out, '\n');
	}
}
