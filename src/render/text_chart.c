/* SPDX-License-Identifier: MIT */
/* text_chart.c - tiles as a table of three columns, and column charts as rows of signs */
#include "render/text_write.h"

#include "base/utf8.h"
#include "render/chart.h"
#include "table/stranger.h"

#define FIELD_MAX_BYTES 1024
#define LABEL_COLUMNS   20
#define TILE_COLUMNS    16
#define BAR_COLUMNS     45
#define SCALED_MAX      64
#define ERRORS_SHOWN    20 /* errors of a row are told from a 20th of all on */

static slice unit_of(slice figure)
{
	const size_t at = slice_find(figure, ' ');

	return at == SLICE_NONE ? SLICE("") : slice_after(figure, at + 1);
}

/* "数据流量 MB", "504", "513": when both figures have the same unit it stands with the label. */
static void share_unit(struct buffer *label, struct buffer *now, struct buffer *former)
{
	const slice unit = unit_of(buffer_peek(now));

	if (unit.len == 0 || (former->len && former->bytes[0] != '-' && !slice_equal(unit, unit_of(buffer_peek(former)))))
		return;
	buffer_append_byte(label, ' ');
	buffer_append(label, unit);
	buffer_cut(former, former->len && former->bytes[0] != '-' ? former->len - unit.len - 1 : former->len);
	buffer_cut(now, now->len - unit.len - 1);
}

static bool write_tile(struct buffer *out, const struct view *view, const struct tile *tile)
{
	const struct change change = change_of(tile->type, tile->now, tile->former, tile->better);
	const bool is_compared = view->document->former_label;
	AUTO(buffer) struct buffer label = BUFFER_LIMIT(FIELD_MAX_BYTES), now = BUFFER_LIMIT(FIELD_MAX_BYTES),
				   former = BUFFER_LIMIT(FIELD_MAX_BYTES);

	stranger_write(&label, slice_of(tile->label), LABEL_COLUMNS);
	format_cell(&now, tile->type, &tile->now, view->document->zone, FIGURE_PLAIN, view->language);
	format_cell(&former, tile->type, &tile->former, view->document->zone, FIGURE_PLAIN, view->language);
	share_unit(&label, &now, &former);
	text_left(out, buffer_peek(&label), LABEL_COLUMNS);
	text_right(out, buffer_peek(&now), TILE_COLUMNS);
	if (is_compared) {
		AUTO(buffer) struct buffer words = BUFFER_LIMIT(FIELD_MAX_BYTES);

		change_write(&words, &change, FIGURE_PLAIN, view->language);
		text_right(out, buffer_peek(&former), TILE_COLUMNS);
		text_right(out, buffer_peek(&words), TILE_COLUMNS);
	}
	buffer_append(out, change.judgement != JUDGEMENT_NONE ? SLICE(" !\n") : SLICE("\n"));
	return change.judgement != JUDGEMENT_NONE;
}

/* The heads over the figures: the period, and what it is compared with. */
static void write_tile_heads(struct buffer *out, const struct view *view)
{
	const struct document *document = view->document;
	AUTO(buffer) struct buffer field = BUFFER_LIMIT(FIELD_MAX_BYTES);
	const char *const heads[] = {document->now_label ? document->now_label : "", document->former_label,
				     word(WORD_CHANGE, view->language)};

	buffer_append_repeated(out, ' ', LABEL_COLUMNS);
	for (size_t i = 0; i < (document->former_label ? 3 : 1); i++) {
		buffer_cut(&field, 0);
		stranger_write(&field, slice_of(heads[i]), TILE_COLUMNS - 1);
		text_right(out, buffer_peek(&field), TILE_COLUMNS);
	}
	buffer_append_byte(out, '\n');
}

bool text_tiles(struct buffer *out, const struct view *view)
{
	bool is_marked = false;

	write_tile_heads(out, view);
	for (size_t i = 0; i < view->block->n_tiles; i++)
		is_marked |= write_tile(out, view, &view->block->tiles[i]);
	if (!view->document->former_label) {
		buffer_append(out, slice_of(word(WORD_NO_COMPARISON, view->language)));
		buffer_append_byte(out, '\n');
	}
	return is_marked;
}

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
