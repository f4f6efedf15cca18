/* SPDX-License-Identifier: MIT */
/* screen.c - tables on a terminal (screen.h) */
#include "cli/screen.h"

#include <math.h>
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
#define BAR_MIN         6
#define TEXT_MIN        12
#define SHARE_WIDTH     6 /* <0.1% */
#define CELL_MAX_BYTES  ((size_t)1 << 20)
#define GAP             2

struct screen screen_of_terminal(int fd)
{
	const char *no_colour = getenv("NO_COLOR"), *terminal = getenv("TERM");
	struct winsize size = {0};
	struct screen screen = {.columns = WIDTH_DEFAULT};

	if (!isatty(fd))
		return screen;
	screen.is_coloured = !(no_colour && *no_colour) && !(terminal && slice_equal(slice_of(terminal), SLICE("dumb")));
	if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col)
		screen.columns = size.ws_col < WIDTH_MIN ? WIDTH_MIN : size.ws_col;
	return screen;
}

void screen_write_coloured(const struct screen *screen, struct buffer *out, enum screen_colour colour, slice text)
{
	static const char *const codes[] = {
		[SCREEN_PLAIN] = NULL, [SCREEN_BOLD] = "1", [SCREEN_FAINT] = "2", [SCREEN_BAR] = "34", [SCREEN_BAD] = "33", [SCREEN_WORSE] = "31",
	};
	const bool is_shown = screen->is_coloured && codes[colour] && text.len;

	if (is_shown)
		buffer_printf(out, "\033[%sm", codes[colour]);
	buffer_append(out, text);
	if (is_shown)
		buffer_append(out, SLICE("\033[0m"));
}

/* ---- columns ---- */

static bool has_name(const struct table *table, size_t column, const char *name)
{
	return slice_equal(slice_of(table_column(table, column)->name), slice_of(name));
}

static bool is_named(const struct table *table, const char *name)
{
	return slice_equal(slice_of(table_head(table)->name), slice_of(name));
}

static bool is_text(const struct table *table, size_t column)
{
	return table_column(table, column)->type == TABLE_TEXT;
}

/* What stands over a column: its name in words. */
static slice head_of(const struct table *table, size_t column)
{
	static const struct {
		const char *name, *head;
	} heads[] = {
		{"page_views", "views"}, {"errors_4xx", "4xx"}, {"errors_5xx", "5xx"},
	};
	const slice name = slice_of(table_column(table, column)->name);

	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		if (slice_equal(name, slice_of(heads[i].name)))
			return slice_of(heads[i].head);
	return name;
}

/* ---- cells ---- */

/* One in twenty estimates is more wrong than twice its standard error. */
static void write_estimate(struct buffer *out, const struct table_estimate *estimate, uint64_t count)
{
	const double error = estimate->error * (double)count;
	const double unit = error > 1 ? pow(10, floor(log10(error))) : 1;

	buffer_append_byte(out, '~');
	format_count(out, (uint64_t)(round((double)count / unit) * unit));
}

static void write_time(struct buffer *out, const struct table *table, size_t column, int64_t time_ms, const struct zone *zone)
{
	if (has_name(table, column, "day")) {
		format_date(out, DATE_ISO, time_ms, zone, LANGUAGE_EN);
		buffer_append_byte(out, ' ');
		format_date(out, DATE_WEEKDAY, time_ms, zone, LANGUAGE_EN);
	} else if (has_name(table, column, "hour")) {
		format_date(out, DATE_ISO, time_ms, zone, LANGUAGE_EN);
		buffer_append_byte(out, ' ');
		format_time(out, TIME_MINUTE, time_ms, zone, FIGURE_PLAIN, LANGUAGE_EN);
	} else {
		format_time(out, TIME_ISO, time_ms, zone, FIGURE_PLAIN, LANGUAGE_EN);
	}
}

static void write_cell(struct buffer *out, const struct table *table, size_t column, const struct table_cell *cell,
		       const struct zone *zone, bool is_short, size_t max_columns)
{
	const enum table_type type = table_column(table, column)->type;
	const struct table_estimate *estimate = &table_head(table)->estimate;

	if (!cell->is_known)
		format_cell(out, type, cell, zone, FIGURE_PLAIN, LANGUAGE_EN);
	else if (type == TABLE_TEXT && has_name(table, column, "path"))
		stranger_write_path(out, cell->text, max_columns);
	else if (type == TABLE_TEXT)
		stranger_write(out, cell->text, max_columns);
	else if (type == TABLE_COUNT && estimate->columns >> column & 1)
		write_estimate(out, estimate, cell->count);
	else if (type == TABLE_COUNT && !is_short)
		format_count(out, cell->count);
	else if (type == TABLE_TIME)
		write_time(out, table, column, cell->time_ms, zone);
	else
		format_cell(out, type, cell, zone, FIGURE_PLAIN, LANGUAGE_EN);
}

void screen_write_figure(struct buffer *out, const struct table *table, size_t row, size_t column, const struct zone *zone)
{
	const struct table_cell cell = table_cell_at(table, row, column);

	write_cell(out, table, column, &cell, zone, false, SIZE_MAX);
}

/* What went wrong stands out. */
static enum screen_colour colour_of(const struct table *table, size_t column, const struct table_cell *cell)
{
	const bool is_count = table_column(table, column)->type == TABLE_COUNT && cell->is_known;

	if (is_count && column && !cell->count)
		return SCREEN_FAINT;
	if (is_count && has_name(table, column, "errors_5xx"))
		return SCREEN_WORSE;
	if (is_count && has_name(table, column, "errors_4xx"))
		return SCREEN_BAD;
	if (is_count && has_name(table, column, "status"))
		return cell->count / 100 == 5 ? SCREEN_WORSE : cell->count / 100 == 4 ? SCREEN_BAD : SCREEN_PLAIN;
	if (has_name(table, column, "class"))
		return cell->text.ptr[0] == '5' ? SCREEN_WORSE : cell->text.ptr[0] == '4' ? SCREEN_BAD : SCREEN_PLAIN;
	return SCREEN_PLAIN;
}

/* ---- layout ---- */

/* How the width is shared: figures get what they need, texts the rest, the bar what is left at the end. */
struct layout {
	size_t n;                  /* columns that are shown: those at the right may be left out */
	size_t width[COLUMNS_MAX];
	size_t bar, figure;        /* the bar's width, 0: none; the column that it and the share are of, 0: none */
	bool has_share, is_short;  /* counts over a million are shortened */
	double greatest, sum;      /* of that column */
	size_t skipped;            /* rows at the beginning that are not shown */
};

/* The first figure behind the name; of samples of lines, and of logs that a ledger knows, no figure is a quantity. */
static size_t find_figure(const struct table *table)
{
	if (is_named(table, "rejected") || is_named(table, "ledger"))
		return 0;
	for (size_t i = 1; i < table_columns(table); i++) {
		const enum table_type type = table_column(table, i)->type;

		if (type == TABLE_COUNT || type == TABLE_BYTES || type == TABLE_SECONDS)
			return i;
	}
	return 0;
}

/* Rows are parts of a whole when each is something of its own, and the table does not have shares already. */
static bool has_shares(const struct table *table, size_t figure)
{
	if (!figure || table_column(table, figure)->type != TABLE_COUNT || table_column(table, 0)->type == TABLE_TIME)
		return false;
	for (size_t i = 0; i < table_columns(table); i++)
		if (table_column(table, i)->type == TABLE_RATIO)
			return false;
	return true;
}

static void measure(struct layout *layout, const struct table *table, const struct zone *zone)
{
	layout->greatest = 0;
	layout->sum = (double)table_head(table)->left_out_sum;
	for (size_t i = 0; i < layout->n; i++)
		layout->width[i] = utf8_width(head_of(table, i));
	for (size_t row = layout->skipped; row < table_rows(table); row++) {
		const struct table_cell *cells = table_row(table, row);

		for (size_t i = 0; i < layout->n; i++) {
			AUTO(buffer) struct buffer text = BUFFER_LIMIT(CELL_MAX_BYTES);

			write_cell(&text, table, i, &cells[i], zone, layout->is_short, SIZE_MAX);

			const size_t width = utf8_width(buffer_peek(&text));

			if (width > layout->width[i])
				layout->width[i] = width;
		}
		if (layout->figure) {
			const double value = cell_number(table_column(table, layout->figure)->type, &cells[layout->figure]);

			layout->sum += value;
			if (value > layout->greatest)
				layout->greatest = value;
		}
	}
}

/* The width of all figures, and of texts when each gets what it needs at least. */
static size_t least_width(const struct layout *layout, const struct table *table)
{
	size_t sum = layout->has_share ? SHARE_WIDTH + GAP : 0;

	for (size_t i = 0; i < layout->n; i++)
		sum += (is_text(table, i) && layout->width[i] > TEXT_MIN ? TEXT_MIN : layout->width[i]) + (i ? GAP : 0);
	return sum;
}

/* Texts that do not fit have equal shares; what a short one leaves goes to the others. */
static void share_texts(struct layout *layout, const struct table *table, size_t room)
{
	size_t n = 0;

	for (size_t i = 0; i < layout->n; i++)
		n += is_text(table, i);
	for (size_t i = 0; i < layout->n; i++) {
		if (!is_text(table, i))
			continue;

		const size_t share = room / n > TEXT_MIN + GAP ? room / n - GAP : TEXT_MIN;

		if (layout->width[i] > share)
			layout->width[i] = share;
		room -= room > layout->width[i] + GAP ? layout->width[i] + GAP : room;
		n--;
	}
}

static size_t full_width(const struct layout *layout)
{
	size_t sum = layout->has_share ? SHARE_WIDTH + GAP : 0;

	for (size_t i = 0; i < layout->n; i++)
		sum += layout->width[i] + (i ? GAP : 0);
	return sum;
}

static void lay_out(struct layout *layout, const struct screen *screen, const struct table *table, const struct zone *zone, size_t rows)
{
	const bool is_series = table_column(table, 0)->type == TABLE_TIME;

	*layout = (struct layout){.n = table_columns(table), .figure = find_figure(table)};
	layout->has_share = has_shares(table, layout->figure);
	if (rows && is_series && table_rows(table) > rows)
		layout->skipped = table_rows(table) - rows;
	measure(layout, table, zone);
	/* What does not fit is shortened, then shares and columns at the right are left out. */
	if (least_width(layout, table) > screen->columns) {
		layout->is_short = true;
		measure(layout, table, zone);
	}
	if (least_width(layout, table) > screen->columns)
		layout->has_share = false;
	while (layout->n > 2 && least_width(layout, table) > screen->columns)
		layout->n--;

	const size_t bar = layout->figure && layout->figure < layout->n ? BAR_MIN + GAP : 0;
	size_t texts = 0;

	for (size_t i = 0; i < layout->n; i++)
		texts += is_text(table, i) ? layout->width[i] + GAP : 0;

	const size_t others = full_width(layout) - texts, room = screen->columns > others + bar ? screen->columns - others - bar : 0;

	if (texts > room)
		share_texts(layout, table, room);
	if (bar && screen->columns >= full_width(layout) + bar)
		layout->bar = screen->columns - full_width(layout) - GAP;
	if (layout->bar > BAR_MAX)
		layout->bar = BAR_MAX;
}

/* ---- writing ---- */

static void write_padded(const struct screen *screen, struct buffer *out, slice text, size_t width, bool is_left, enum screen_colour colour)
{
	const size_t used = utf8_width(text), pad = used < width ? width - used : 0;

	if (!is_left)
		buffer_append_repeated(out, ' ', pad);
	screen_write_coloured(screen, out, colour, text);
	if (is_left)
		buffer_append_repeated(out, ' ', pad);
}

static void end_line(struct buffer *out)
{
	while (out->len && out->bytes[out->len - 1] == ' ')
		buffer_cut(out, out->len - 1);
	buffer_append_byte(out, '\n');
}

/* Eighths of a column: U+2588 is a whole one, U+2589 seven eighths … */
static void write_bar(const struct screen *screen, struct buffer *out, const struct layout *layout, double value)
{
	AUTO(buffer) struct buffer bar = BUFFER_LIMIT(4 * BAR_MAX);
	size_t eighths = layout->greatest > 0 ? (size_t)(value / layout->greatest * (double)layout->bar * 8 + 0.5) : 0;

	if (!eighths && value > 0)
		eighths = 1;
	for (; eighths >= 8; eighths -= 8)
		utf8_write(&bar, 0x2588);
	if (eighths)
		utf8_write(&bar, 0x2590 - (uint32_t)eighths);
	screen_write_coloured(screen, out, SCREEN_BAR, buffer_peek(&bar));
}

static void write_row(const struct screen *screen, struct buffer *out, const struct layout *layout, const struct table *table,
		      const struct zone *zone, const struct table_cell *cells)
{
	const double value = layout->figure ? cell_number(table_column(table, layout->figure)->type, &cells[layout->figure]) : 0;

	for (size_t i = 0; i < layout->n; i++) {
		AUTO(buffer) struct buffer text = BUFFER_LIMIT(CELL_MAX_BYTES);

		write_cell(&text, table, i, &cells[i], zone, layout->is_short, layout->width[i]);
		buffer_append_repeated(out, ' ', i ? GAP : 0);
		write_padded(screen, out, buffer_peek(&text), layout->width[i], is_text(table, i), colour_of(table, i, &cells[i]));
	}
	if (layout->has_share) {
		AUTO(buffer) struct buffer share = BUFFER_LIMIT(CELL_MAX_BYTES);

		format_share(&share, layout->sum > 0 ? value / layout->sum : 0);
		buffer_append_repeated(out, ' ', GAP);
		write_padded(screen, out, buffer_peek(&share), SHARE_WIDTH, false, SCREEN_FAINT);
	}
	if (layout->bar) {
		buffer_append_repeated(out, ' ', GAP);
		write_bar(screen, out, layout, value);
	}
	end_line(out);
}

static void write_heads(const struct screen *screen, struct buffer *out, const struct layout *layout, const struct table *table)
{
	AUTO(buffer) struct buffer line = BUFFER_LIMIT(CELL_MAX_BYTES);
	const struct screen plain = {.columns = screen->columns};

	for (size_t i = 0; i < layout->n; i++) {
		buffer_append_repeated(&line, ' ', i ? GAP : 0);
		write_padded(&plain, &line, head_of(table, i), layout->width[i], is_text(table, i), SCREEN_PLAIN);
	}
	if (layout->has_share) {
		buffer_append_repeated(&line, ' ', GAP);
		write_padded(&plain, &line, SLICE("share"), SHARE_WIDTH, false, SCREEN_PLAIN);
	}
	screen_write_coloured(screen, out, SCREEN_FAINT, buffer_peek(&line));
	end_line(out);
}

/* What is not in the rows. */
static void write_notes(const struct screen *screen, struct buffer *out, const struct layout *layout, const struct table *table)
{
	AUTO(buffer) struct buffer notes = BUFFER_LIMIT(CELL_MAX_BYTES);
	const struct table_head *head = table_head(table);

	if (layout->skipped) {
		buffer_append(&notes, SLICE("… "));
		format_count(&notes, layout->skipped);
		buffer_printf(&notes, " earlier ones; --table %s shows all\n", head->name);
	}
	if (head->rows_left_out) {
		buffer_append(&notes, SLICE("… "));
		format_count(&notes, head->rows_left_out);
		buffer_append(&notes, SLICE(" more with "));
		format_count(&notes, head->left_out_sum);
		buffer_append(&notes, SLICE("; --top 0 shows all\n"));
	}
	if (head->estimate.missed) {
		buffer_append(&notes, SLICE("Counts may be up to "));
		format_count(&notes, head->estimate.missed);
		buffer_append(&notes, SLICE(" too low: not all fits into --memory\n"));
	}
	if (layout->n < table_columns(table)) {
		buffer_append(&notes, SLICE("Not shown at this width:"));
		for (size_t i = layout->n; i < table_columns(table); i++)
			buffer_printf(&notes, " %s", table_column(table, i)->name);
		buffer_append_byte(&notes, '\n');
	}
	screen_write_coloured(screen, out, SCREEN_FAINT, buffer_peek(&notes));
}

/* Totals: a line a figure. */
static void write_single(const struct screen *screen, struct buffer *out, const struct table *table, const struct zone *zone)
{
	size_t names = 0;

	for (size_t i = 0; i < table_columns(table); i++) {
		const size_t width = utf8_width(slice_of(table_column(table, i)->name));

		if (width > names)
			names = width;
	}
	for (size_t i = 0; i < table_columns(table); i++) {
		write_padded(screen, out, slice_of(table_column(table, i)->name), names + GAP, true, SCREEN_PLAIN);
		screen_write_figure(out, table, 0, i, zone);
		buffer_append_byte(out, '\n');
	}
}

void screen_write(const struct screen *screen, struct buffer *out, const struct table *table, const struct zone *zone, size_t rows)
{
	struct layout layout;

	if (table_head(table)->is_single) {
		write_single(screen, out, table, zone);
		return;
	}
	lay_out(&layout, screen, table, zone, rows);
	write_heads(screen, out, &layout, table);
	for (size_t row = layout.skipped; row < table_rows(table); row++)
		write_row(screen, out, &layout, table, zone, table_row(table, row));
	write_notes(screen, out, &layout, table);
}

void screen_write_titled(const struct screen *screen, struct buffer *out, const struct table *table, const char *about, const struct zone *zone, size_t rows)
{
	if (!table_rows(table))
		return;
	if (out->len)
		buffer_append_byte(out, '\n');
	screen_write_coloured(screen, out, SCREEN_BOLD, slice_of(table_head(table)->name));
	buffer_append_repeated(out, ' ', GAP);
	screen_write_coloured(screen, out, SCREEN_FAINT, slice_of(about));
	buffer_append_byte(out, '\n');
	screen_write(screen, out, table, zone, rows);
}
