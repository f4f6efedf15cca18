/* SPDX-License-Identifier: MIT */
/* weblog_view.c - a table on a terminal (weblog_view.h) */
#include "cli/weblog_view.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "table/format.h"
#include "table/stranger.h"

#define WIDTH_DEFAULT   80
#define WIDTH_MIN       40
#define COLUMNS_MAX     16
#define BAR_MAX         40
#define BAR_MIN         8
#define TEXT_MIN        12
#define CELL_MAX_BYTES  ((size_t)1 << 20)
#define GAP             2

struct view view_of_terminal(int fd)
{
	struct winsize size = {0};
	struct view view = {.columns = WIDTH_DEFAULT};

	if (!isatty(fd))
		return view;
	view.is_coloured = true;
	if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col)
		view.columns = size.ws_col < WIDTH_MIN ? WIDTH_MIN : size.ws_col;
	return view;
}

static bool is_text(const struct table *table, size_t column)
{
	return table_column(table, column)->type == TABLE_TEXT;
}

static bool is_path(const struct table *table, size_t column)
{
	return slice_equal(slice_of(table_column(table, column)->name), SLICE("path"));
}

static void write_cell(struct buffer *out, const struct table *table, size_t column, const struct table_cell *cell,
		       const struct zone *zone, size_t max_columns)
{
	const enum table_type type = table_column(table, column)->type;

	if (type == TABLE_TEXT && cell->is_known && is_path(table, column))
		stranger_write_path(out, cell->text, max_columns);
	else if (type == TABLE_TEXT && cell->is_known)
		stranger_write(out, cell->text, max_columns);
	else if (type == TABLE_COUNT && cell->is_known)
		format_count(out, cell->count);
	else
		format_cell(out, type, cell, zone, FIGURE_PLAIN, LANGUAGE_EN);
}

static size_t cell_width(const struct table *table, size_t column, const struct table_cell *cell, const struct zone *zone,
			 size_t max_columns)
{
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(CELL_MAX_BYTES);

	write_cell(&text, table, column, cell, zone, max_columns);
	return utf8_width(buffer_peek(&text));
}

/* How the width is shared: figures get what they need, texts the rest, the bar what is left at the end. */
struct layout {
	size_t width[COLUMNS_MAX];
	size_t bar, bar_column; /* 0: none */
	double greatest;
};

static size_t first_figure(const struct table *table)
{
	for (size_t i = 1; i < table_columns(table); i++) {
		const enum table_type type = table_column(table, i)->type;

		if (type == TABLE_COUNT || type == TABLE_BYTES || type == TABLE_SECONDS)
			return i;
	}
	return 0;
}

static void measure(struct layout *layout, const struct table *table, const struct zone *zone)
{
	for (size_t i = 0; i < table_columns(table); i++)
		layout->width[i] = utf8_width(slice_of(table_column(table, i)->name));
	for (size_t row = 0; row < table_rows(table); row++) {
		const struct table_cell *cells = table_row(table, row);

		for (size_t i = 0; i < table_columns(table); i++) {
			const size_t width = cell_width(table, i, &cells[i], zone, SIZE_MAX);

			if (width > layout->width[i])
				layout->width[i] = width;
		}
		if (layout->bar_column) {
			const enum table_type type = table_column(table, layout->bar_column)->type;
			const double value = cell_number(type, &cells[layout->bar_column]);

			if (value > layout->greatest)
				layout->greatest = value;
		}
	}
}

static void lay_out(struct layout *layout, const struct view *view, const struct table *table, const struct zone *zone)
{
	size_t figures = 0, texts = 0, n_texts = 0;

	*layout = (struct layout){.bar_column = first_figure(table)};
	/* Of samples of lines, no figure is a quantity. */
	if (slice_equal(slice_of(table_head(table)->name), SLICE("rejected")))
		layout->bar_column = 0;
	measure(layout, table, zone);
	for (size_t i = 0; i < table_columns(table); i++) {
		if (is_text(table, i)) {
			texts += layout->width[i] + GAP;
			n_texts++;
		} else {
			figures += layout->width[i] + GAP;
		}
	}

	const size_t room = view->columns > figures ? view->columns - figures : 0;
	const size_t bar = layout->bar_column ? BAR_MIN + GAP : 0;
	const size_t for_texts = room > bar ? room - bar : 0;

	/* Texts that do not fit have equal shares; what a short one leaves goes to the others. */
	for (size_t i = 0, left = for_texts, n = n_texts; texts > for_texts && i < table_columns(table); i++) {
		if (!is_text(table, i))
			continue;

		size_t share = left / n > GAP + TEXT_MIN ? left / n - GAP : TEXT_MIN;

		if (n == 1 && left > GAP + TEXT_MIN)
			share = left - GAP;
		if (layout->width[i] > share)
			layout->width[i] = share;
		left = left > layout->width[i] + GAP ? left - layout->width[i] - GAP : 0;
		n--;
	}
	for (size_t i = 0, used = figures; bar; i++) {
		if (i == table_columns(table)) {
			layout->bar = view->columns > used + BAR_MIN ? view->columns - used : 0;
			break;
		}
		used += is_text(table, i) ? layout->width[i] + GAP : 0;
	}
	if (layout->bar > BAR_MAX)
		layout->bar = BAR_MAX;
}

static void write_padded(struct buffer *out, slice text, size_t width, bool is_left, bool is_last)
{
	const size_t used = utf8_width(text), pad = used < width ? width - used : 0;

	if (!is_left)
		buffer_append_repeated(out, ' ', pad);
	buffer_append(out, text);
	if (is_left && !is_last)
		buffer_append_repeated(out, ' ', pad);
	if (!is_last)
		buffer_append_repeated(out, ' ', GAP);
}

/* Eighths of a column: U+2588 is a whole one, U+2589 seven eighths … */
static void write_bar(const struct view *view, struct buffer *out, const struct layout *layout, double value)
{
	size_t eighths = layout->greatest > 0 ? (size_t)(value / layout->greatest * (double)layout->bar * 8 + 0.5) : 0;

	if (!eighths && value > 0)
		eighths = 1;
	if (!eighths)
		return;
	if (view->is_coloured)
		buffer_append(out, SLICE("\033[34m"));
	for (; eighths >= 8; eighths -= 8)
		utf8_write(out, 0x2588);
	if (eighths)
		utf8_write(out, 0x2590 - (uint32_t)eighths);
	if (view->is_coloured)
		buffer_append(out, SLICE("\033[0m"));
}

static void write_row(const struct view *view, struct buffer *out, const struct layout *layout, const struct table *table,
		      const struct zone *zone, const struct table_cell *cells)
{
	const size_t n = table_columns(table);

	for (size_t i = 0; i < n; i++) {
		AUTO(buffer) struct buffer text = BUFFER_LIMIT(CELL_MAX_BYTES);

		write_cell(&text, table, i, &cells[i], zone, layout->width[i]);
		write_padded(out, buffer_peek(&text), layout->width[i], is_text(table, i), i + 1 == n && !layout->bar);
	}
	if (layout->bar)
		write_bar(view, out, layout,
			  cell_number(table_column(table, layout->bar_column)->type, &cells[layout->bar_column]));
	while (out->len && out->bytes[out->len - 1] == ' ')
		buffer_cut(out, out->len - 1);
	buffer_append_byte(out, '\n');
}

static void write_title(const struct view *view, struct buffer *out, const struct table *table)
{
	buffer_printf(out, "%s%s%s\n", view->is_coloured ? "\033[1m" : "", table_head(table)->name,
		      view->is_coloured ? "\033[0m" : "");
}

static void write_heads(const struct view *view, struct buffer *out, const struct layout *layout, const struct table *table)
{
	const size_t n = table_columns(table);

	if (view->is_coloured)
		buffer_append(out, SLICE("\033[2m"));
	for (size_t i = 0; i < n; i++)
		write_padded(out, slice_of(table_column(table, i)->name), layout->width[i], is_text(table, i), i + 1 == n);
	buffer_append(out, view->is_coloured ? SLICE("\033[0m\n") : SLICE("\n"));
}

/* Totals: a line a figure. */
static void write_single(struct buffer *out, const struct table *table, const struct zone *zone)
{
	size_t names = 0;

	for (size_t i = 0; i < table_columns(table); i++) {
		const size_t width = utf8_width(slice_of(table_column(table, i)->name));

		if (width > names)
			names = width;
	}
	for (size_t i = 0; i < table_columns(table); i++) {
		const struct table_cell cell = table_cell_at(table, 0, i);

		write_padded(out, slice_of(table_column(table, i)->name), names, true, false);
		write_cell(out, table, i, &cell, zone, SIZE_MAX);
		buffer_append_byte(out, '\n');
	}
}

void view_write(const struct view *view, struct buffer *out, const struct table *table, const struct zone *zone,
		bool is_one_of_several)
{
	struct layout layout;

	if (is_one_of_several && !table_rows(table))
		return;
	if (is_one_of_several) {
		if (out->len)
			buffer_append_byte(out, '\n');
		write_title(view, out, table);
	}
	if (table_head(table)->is_single) {
		write_single(out, table, zone);
		return;
	}
	lay_out(&layout, view, table, zone);
	write_heads(view, out, &layout, table);
	for (size_t row = 0; row < table_rows(table); row++)
		write_row(view, out, &layout, table, zone, table_row(table, row));
	if (table_head(table)->rows_left_out) {
		buffer_append(out, SLICE("… "));
		format_count(out, table_head(table)->rows_left_out);
		buffer_append(out, SLICE(" more with "));
		format_count(out, table_head(table)->left_out_sum);
		buffer_append(out, SLICE("; --top 0 shows all\n"));
	}
}
