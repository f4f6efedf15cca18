/* SPDX-License-Identifier: MIT */
/* picture_text.c - a picture in characters: points over time with their axes, a row a bar, a row a day */
#include <math.h>

#include "base/utf8.h"
#include "render/axis.h"
#include "render/picture_words.h"
#include "render/text_write.h"
#include "table/stranger.h"

#define FIELD_MAX_BYTES 8000
#define FIELD(name) AUTO(buffer) struct buffer name = BUFFER_LIMIT(FIELD_MAX_BYTES)

#define ROWS_MAX       12
#define COLUMNS_MAX    TEXT_COLUMNS
#define TICK_ROOM      8 /* columns between labels of the time axis */
#define NAME_COLUMNS   20
#define VALUE_COLUMNS  9 /* of a figure below the picture */
#define TITLE_COLUMNS  40
#define BARS_MAX       31 /* more bars over time are drawn as points; of named ones the first are shown */

static const char signs[] = "*+xo#@%&";

struct page {
	struct buffer *out;
	const struct picture *picture;
	const struct quantity *quantity;
	const struct samples *samples;
};

static const char *name_of(const struct page *page, size_t series)
{
	const struct picture_series *which = &page->picture->series[series];

	return which->name ? which->name : which->label;
}

/* The title, and at the right what is drawn in what sign. */
static void write_heading(const struct page *page, slice side)
{
	FIELD(title);

	stranger_write(&title, slice_of(page->picture->title ? page->picture->title : ""), TITLE_COLUMNS);

	const size_t width = utf8_width(buffer_peek(&title));

	buffer_append(page->out, buffer_peek(&title));
	if (width + utf8_width(side) + 1 > TEXT_COLUMNS) {
		buffer_append_byte(page->out, '\n');
		text_wrap(page->out, side, 0);
	} else {
		text_right(page->out, side, TEXT_COLUMNS - width);
		buffer_append_byte(page->out, '\n');
	}
	text_rule(page->out, '-');
}

/* "MB/s；* 发送，+ 接收" */
static void write_key(struct buffer *out, const struct page *page)
{
	const enum language language = page->picture->language;
	FIELD(unit);

	picture_write_unit(&unit, page->picture, page->quantity);
	stranger_write(out, buffer_peek(&unit), TITLE_COLUMNS);
	if (unit.len && page->samples->n_series > 1)
		buffer_append(out, slice_of(word(WORD_SEMICOLON, language)));
	for (size_t i = 0; i < page->samples->n_series && page->samples->n_series > 1; i++) {
		if (i)
			buffer_append(out, slice_of(word(WORD_COMMA, language)));
		buffer_append_byte(out, signs[i]);
		buffer_append_byte(out, ' ');
		stranger_write(out, slice_of(page->picture->series[i].label), NAME_COLUMNS);
	}
}

/* ---- points over time ---- */

struct grid {
	char cell[ROWS_MAX + 1][COLUMNS_MAX];
	size_t rows, columns;
	size_t a_step; /* rows between values of the axis */
	struct value_axis axis;
};

static size_t row_of(const struct grid *grid, double value)
{
	const double share = (value - grid->axis.low) / (grid->axis.high - grid->axis.low);

	return (size_t)(fmin(fmax(share, 0), 1) * (double)grid->rows + 0.5);
}

static size_t column_of(const struct page *page, const struct grid *grid, int64_t at_ms)
{
	const struct samples *samples = page->samples;
	const double share = (double)(at_ms - samples->from_ms) / (double)(samples->to_ms - samples->from_ms);
	const size_t column = (size_t)(fmin(fmax(share, 0), 1) * (double)grid->columns);

	return column < grid->columns ? column : grid->columns - 1;
}

static void draw_gaps(const struct page *page, struct grid *grid)
{
	for (size_t i = 0; i < page->samples->n_gaps; i++) {
		const size_t from = column_of(page, grid, page->samples->gaps[i].from_ms);
		const size_t to = column_of(page, grid, page->samples->gaps[i].to_ms - 1);

		for (size_t column = from; column <= to; column++)
			for (size_t row = 0; row <= grid->rows; row++)
				grid->cell[row][column] = '/';
	}
}

/* Each row over the columns of its step; where several fall into one, the highest, so that no peak is lost. */
static void draw_points(const struct page *page, struct grid *grid, size_t series)
{
	const struct sample_series *which = &page->samples->series[series];
	double highest[COLUMNS_MAX];

	for (size_t i = 0; i < grid->columns; i++)
		highest[i] = NAN;
	for (size_t i = 0; i < page->samples->n; i++) {
		const int64_t at_ms = page->samples->at_ms[i], step_ms = page->samples->step_ms;
		const size_t from = column_of(page, grid, at_ms), to = column_of(page, grid, step_ms ? at_ms + step_ms - 1 : at_ms);
		const double value = which->high ? fmax(which->high[i], which->values[i]) : which->values[i];

		for (size_t column = from; column <= to && !isnan(which->values[i]); column++)
			if (!(highest[column] >= value))
				highest[column] = value;
	}
	for (size_t i = 0; i < grid->columns; i++)
		if (!isnan(highest[i]))
			grid->cell[row_of(grid, highest[i])][i] = signs[series];
}

static size_t widest_tick(const struct page *page, const struct value_axis *axis)
{
	size_t widest = 0;

	for (double value = axis->low; value < axis->high + axis->step / 2; value += axis->step) {
		FIELD(text);

		quantity_write_tick(&text, page->quantity, value, axis->step);
		if (utf8_width(buffer_peek(&text)) > widest)
			widest = utf8_width(buffer_peek(&text));
	}
	return widest < 12 ? widest : 12;
}

static void write_time_labels(const struct page *page, const struct grid *grid, size_t left)
{
	const struct samples *samples = page->samples;
	struct time_axis time;
	FIELD(line);

	time_axis_of(&time, page->picture->zone, samples->from_ms, samples->to_ms, (double)grid->columns, TICK_ROOM, page->picture->language);
	for (size_t i = 0; i < time.n; i++) {
		const slice label = slice_of(time.ticks[i].label);
		const size_t at = left + column_of(page, grid, time.ticks[i].at_ms);
		const size_t width = utf8_width(buffer_peek(&line));

		if (at < width + (width > 0) || at + utf8_width(label) > TEXT_COLUMNS)
			continue;
		buffer_append_repeated(&line, ' ', at - width);
		buffer_append(&line, label);
	}
	buffer_append(page->out, buffer_peek(&line));
	buffer_append_byte(page->out, '\n');
}

static void write_grid(const struct page *page, const struct grid *grid, size_t left)
{
	for (size_t row = grid->rows + 1; row-- > 0;) {
		/* The values stand at every step's row. */
		const bool is_step = row % grid->a_step == 0;
		FIELD(text);

		if (is_step)
			quantity_write_tick(&text, page->quantity, grid->axis.low + (double)(row / grid->a_step) * grid->axis.step,
					    grid->axis.step);
		text_right(page->out, buffer_peek(&text), left - 2);
		buffer_append(page->out, row ? SLICE(" |") : SLICE(" +"));
		for (size_t i = 0; i < grid->columns; i++) {
			const char sign = grid->cell[row][i];

			buffer_append_byte(page->out, sign != ' ' ? sign : row ? ' ' : '-');
		}
		buffer_append_byte(page->out, '\n');
	}
}

/* "发送  末 0.74   均 0.71   峰 2.49 (01:00)   p95 0.86" */
static void write_summary(const struct page *page, size_t series, size_t names)
{
	const struct summary *summary = &page->samples->series[series].summary;
	const enum language language = page->picture->language;
	const struct {
		enum word label;
		double value;
	} figures[] = {
		{WORD_NOW, summary->last}, {WORD_AVERAGE, summary->average}, {WORD_GREATEST, summary->greatest}, {WORD_P95, summary->p95},
	};
	const size_t n = sizeof figures / sizeof *figures;
	FIELD(field);

	stranger_write(&field, slice_of(name_of(page, series)), NAME_COLUMNS);
	text_left(page->out, buffer_peek(&field), names + 2);
	for (size_t i = 0; i < n; i++) {
		size_t columns = i + 1 < n ? VALUE_COLUMNS : 0;

		buffer_append(page->out, slice_of(word(figures[i].label, language)));
		buffer_append_byte(page->out, ' ');
		buffer_cut(&field, 0);
		quantity_write(&field, page->quantity, figures[i].value);
		if (figures[i].label == WORD_GREATEST && summary->n) {
			const size_t value = utf8_width(buffer_peek(&field));

			buffer_append(&field, SLICE(" ("));
			picture_write_time(&field, page->picture, page->samples, summary->greatest_ms);
			buffer_append_byte(&field, ')');
			columns += utf8_width(buffer_peek(&field)) - value;
		}
		text_left(page->out, buffer_peek(&field), columns);
	}
	buffer_append_byte(page->out, '\n');
}

static void write_summaries(const struct page *page)
{
	size_t names = 0;

	for (size_t i = 0; i < page->samples->n_series; i++) {
		FIELD(name);

		stranger_write(&name, slice_of(name_of(page, i)), NAME_COLUMNS);
		names = utf8_width(buffer_peek(&name)) > names ? utf8_width(buffer_peek(&name)) : names;
	}
	for (size_t i = 0; i < page->samples->n_series; i++)
		write_summary(page, i, names);
}

static void write_points(const struct page *page)
{
	const struct samples *samples = page->samples;
	struct grid grid = {.axis = value_axis_of(samples->least, samples->greatest, page->quantity->one)};
	FIELD(key);

	if (samples->type == TABLE_RATIO && samples->least >= 0 && samples->greatest <= 1)
		grid.axis = value_axis_share();

	const size_t steps = (size_t)((grid.axis.high - grid.axis.low) / grid.axis.step + 0.5);
	const size_t left = widest_tick(page, &grid.axis) + 2;

	memset(grid.cell, ' ', sizeof grid.cell);
	grid.a_step = steps > 2 ? 2 : 3;
	grid.rows = steps * grid.a_step;
	grid.columns = TEXT_COLUMNS - left;
	write_key(&key, page);
	write_heading(page, buffer_peek(&key));
	if (samples->to_ms > samples->from_ms) {
		draw_gaps(page, &grid);
		/* The first series on top, as in the picture. */
		for (size_t i = samples->n_series; i-- > 0;)
			draw_points(page, &grid, i);
		write_grid(page, &grid, left);
		write_time_labels(page, &grid, left);
	}
	write_summaries(page);
}

/* ---- bars: a row each, by their names or times ---- */

static void write_bars(const struct page *page)
{
	const struct samples *samples = page->samples;
	const size_t names = samples->is_timed ? 11 : NAME_COLUMNS;
	FIELD(field);

	write_key(&field, page);
	write_heading(page, buffer_peek(&field));
	for (size_t i = 0; i < samples->n && i < BARS_MAX; i++) {
		for (size_t k = 0; k < samples->n_series; k++) {
			const double value = samples->series[k].values[i];

			buffer_cut(&field, 0);
			if (k == 0 && samples->is_timed)
				picture_write_time(&field, page->picture, samples, samples->at_ms[i]);
			else if (k == 0)
				stranger_write(&field, slice_of(samples->names[i]), NAME_COLUMNS);
			text_left(page->out, buffer_peek(&field), names + 1);
			buffer_cut(&field, 0);
			quantity_write(&field, page->quantity, value);
			text_right(page->out, buffer_peek(&field), 9);
			buffer_append_byte(page->out, ' ');
			if (value > 0)
				buffer_append_repeated(page->out, samples->n_series > 1 ? signs[k] : '#',
						       (size_t)(value / samples->greatest * (double)(TEXT_COLUMNS - names - 11) + 0.5));
			buffer_append_byte(page->out, '\n');
		}
	}
}

/* ---- the week: a row a day, to p50, on to p95, on to p99 ---- */

#define WEEK_LEFT  18
#define WEEK_BAR   50

static const char week_signs[] = {'-', '=', ':'}; /* up to the first series, the second, the third */

static size_t bar_length(const struct value_axis *axis, double value)
{
	return isnan(value) ? 0 : (size_t)(fmin(value / axis->high, 1) * WEEK_BAR + 0.5);
}

/* "p95 ms；= 至 p50，- 至 p95，: 至 p99" */
static void write_week_key(struct buffer *out, const struct page *page)
{
	static const size_t order[] = {1, 0, 2};
	const enum language language = page->picture->language;
	bool is_first = true;

	stranger_write(out, slice_of(page->picture->series[0].label), NAME_COLUMNS);
	buffer_append_byte(out, ' ');
	quantity_write_unit(out, page->quantity);
	for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
		FIELD(label);

		if (order[i] >= page->samples->n_series)
			continue;
		stranger_write(&label, slice_of(page->picture->series[order[i]].label), NAME_COLUMNS);
		buffer_append(out, slice_of(word(is_first ? WORD_SEMICOLON : WORD_COMMA, language)));
		buffer_append_byte(out, week_signs[order[i]]);
		WORD_WRITE(out, WORD_UP_TO, language, buffer_peek(&label));
		is_first = false;
	}
}

static void write_day(const struct page *page, const struct value_axis *axis, size_t row)
{
	static const size_t order[] = {1, 0, 2};
	const struct samples *samples = page->samples;
	size_t length = 0;
	FIELD(field);

	format_date(&field, DATE_WEEKDAY_SHORT, samples->at_ms[row], page->picture->zone, page->picture->language);
	text_left(page->out, buffer_peek(&field), WEEK_LEFT - 8);
	buffer_cut(&field, 0);
	quantity_write(&field, page->quantity, samples->series[0].values[row]);
	text_right(page->out, buffer_peek(&field), 6);
	buffer_append(page->out, SLICE("  "));
	for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
		if (order[i] >= samples->n_series)
			continue;

		const size_t to = bar_length(axis, samples->series[order[i]].values[row]);

		buffer_append_repeated(page->out, week_signs[order[i]], to > length ? to - length : 0);
		length = to > length ? to : length;
	}
	buffer_append_byte(page->out, '\n');
}

/* "+---------+----^----+", the values below it, and what the caret is. */
static void write_week_axis(const struct page *page, const struct value_axis *axis)
{
	const struct picture_reference *target = page->picture->n_references ? &page->picture->references[0] : NULL;
	const size_t caret = target ? bar_length(axis, target->value) : SLICE_NONE;
	const size_t steps = (size_t)((axis->high - axis->low) / axis->step + 0.5);
	FIELD(line);
	FIELD(label);

	buffer_append_repeated(page->out, ' ', WEEK_LEFT - 1);
	for (size_t i = 0; i <= WEEK_BAR; i++)
		buffer_append_byte(page->out, i == caret ? '^' : i * steps % WEEK_BAR == 0 ? '+' : '-');
	buffer_append_byte(page->out, '\n');
	for (size_t i = 0; i <= steps; i++) {
		const size_t at = WEEK_LEFT - 1 + i * WEEK_BAR / steps;

		buffer_cut(&label, 0);
		quantity_write_tick(&label, page->quantity, axis->low + (double)i * axis->step, axis->step);

		const size_t half = utf8_width(buffer_peek(&label)) / 2, width = utf8_width(buffer_peek(&line));

		buffer_append_repeated(&line, ' ', at - half > width ? at - half - width : 0);
		buffer_append(&line, buffer_peek(&label));
	}
	buffer_append_byte(&line, '\n');
	buffer_append(page->out, buffer_peek(&line));
	if (!target)
		return;
	buffer_append_repeated(page->out, ' ', WEEK_LEFT - 1 + caret);
	buffer_append(page->out, SLICE("^ "));
	stranger_write(page->out, slice_of(target->label), NAME_COLUMNS);
	buffer_append_byte(page->out, ' ');
	quantity_write(page->out, page->quantity, target->value);
	buffer_append_byte(page->out, '\n');
}

static void write_week(const struct page *page)
{
	const struct value_axis axis = value_axis_of(page->samples->least, page->samples->greatest, page->quantity->one);
	FIELD(key);

	write_week_key(&key, page);
	write_heading(page, buffer_peek(&key));
	for (size_t i = 0; i < page->samples->n; i++)
		write_day(page, &axis, i);
	write_week_axis(page, &axis);
}

void picture_write_text(struct buffer *out, const struct picture *picture, const struct quantity *quantity, const struct samples *samples)
{
	const struct page page = {out, picture, quantity, samples};

	if (picture->kind == PICTURE_WEEK)
		write_week(&page);
	else if (samples->is_timed && (picture->kind != PICTURE_BARS || samples->n == 0 || samples->n > BARS_MAX))
		write_points(&page);
	else
		write_bars(&page);
}
