/* SPDX-License-Identifier: MIT */
/* plot_frame.c - what stands around the lines: title, axes, gaps, thresholds, labels, footer */
#include <math.h>

#include "render/picture_words.h"
#include "render/plot_own.h"

#define TEXT_MAX_BYTES 2000
#define HALF_HEIGHT    4.3 /* from the middle of a line of letters to its base line */

#define TITLE_BASE     22
#define UNIT_GAP       6
#define KEY_PX         14 /* the sample of the former line */
#define KEY_GAP        6
#define FIGURE_GAP     14
#define TITLE_MIN      0.3 /* of the width, however much stands at its right */

#define GRID_PX        0.75
#define AXIS_PX        1
#define TICK_PX        3
#define TICK_BASE      16 /* from the axis down to its labels' base line */
#define TICK_GAP       4
#define BORDER_ABOVE   4

#define FOOTER_ROW     15
#define FOOTER_BASE    9.5 /* of the last row, from the picture's edge */
#define FOOTER_RULE    16  /* above the first row's base line */

void plot_background(struct plot *plot)
{
	const double w = plot->drawing->width, h = plot->drawing->height;

	/* The ground is white already. */
	drawing_rect(plot->drawing, INK_FRAME, "frame", 0, 0, w, 1);
	drawing_rect(plot->drawing, INK_FRAME, "frame", 0, h - 1, w, 1);
	drawing_rect(plot->drawing, INK_FRAME, "frame", 0, 1, 1, h - 2);
	drawing_rect(plot->drawing, INK_FRAME, "frame", w - 1, 1, 1, h - 2);
}

/* "发送，上周同期" with a piece of its line, flush right at x; returns where it begins. */
static double draw_former_key(struct plot *plot, double x)
{
	const struct picture *picture = plot->picture;
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(TEXT_MAX_BYTES), shown = BUFFER_LIMIT(TEXT_MAX_BYTES);

	if (picture->former.column == SLICE_NONE || !picture->former.label)
		return x;
	buffer_append(&text, slice_of(picture->series[0].label));
	buffer_append(&text, slice_of(word(WORD_COMMA, picture->language)));
	buffer_append(&text, slice_of(picture->former.label));
	ruler_fit(plot->ruler, plot->text, buffer_peek(&text), plot->drawing->width * 0.4, &shown);

	const double width = ruler_width(plot->ruler, plot->text, buffer_peek(&shown));
	const double begin = x - width - KEY_GAP - KEY_PX;

	drawing_text(plot->drawing, INK_GREY, "former-key", x, TITLE_BASE, ANCHOR_RIGHT, plot->text, buffer_peek(&shown));
	drawing_line(plot->drawing, INK_AXIS, "former-key", begin, TITLE_BASE - HALF_HEIGHT, begin + KEY_PX, TITLE_BASE - HALF_HEIGHT, 1);
	return begin - FIGURE_GAP;
}

/* "命中率 99.95%" */
static double draw_figure(struct plot *plot, double x)
{
	const struct picture_figure *figure = &plot->picture->figure;
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(TEXT_MAX_BYTES);

	if (!figure->label)
		return x;
	picture_write_figure(&text, plot->picture, FIGURE_PLAIN);
	drawing_text(plot->drawing, INK_GREEN_TEXT, "figure", x, TITLE_BASE, ANCHOR_RIGHT, plot->bold, buffer_peek(&text));
	return x - ruler_width(plot->ruler, plot->bold, buffer_peek(&text)) - FIGURE_GAP;
}

void plot_title(struct plot *plot)
{
	const struct picture *picture = plot->picture;
	const double left = plot->margin;
	double right = draw_former_key(plot, draw_figure(plot, plot->drawing->width - plot->margin));
	AUTO(buffer) struct buffer title = BUFFER_LIMIT(TEXT_MAX_BYTES), unit = BUFFER_LIMIT(TEXT_MAX_BYTES),
				   shown = BUFFER_LIMIT(TEXT_MAX_BYTES);

	right = fmax(right, left + plot->drawing->width * TITLE_MIN);
	ruler_fit(plot->ruler, plot->title, slice_of(picture->title ? picture->title : ""), right - left, &title);
	drawing_text(plot->drawing, INK_INK, "title", left, TITLE_BASE, ANCHOR_LEFT, plot->title, buffer_peek(&title));

	const double begin = left + ruler_width(plot->ruler, plot->title, buffer_peek(&title)) + UNIT_GAP;

	picture_write_unit(&unit, picture, &plot->quantity);
	if (unit.len == 0 || right - begin < 12)
		return;
	ruler_fit(plot->ruler, plot->text, buffer_peek(&unit), right - begin, &shown);
	drawing_text(plot->drawing, INK_GREY, "unit", begin, TITLE_BASE, ANCHOR_LEFT, plot->text, buffer_peek(&shown));
}

void plot_value_axis(struct plot *plot)
{
	const struct value_axis *axis = &plot->axis;
	const long first = (long)ceil(axis->low / axis->step - 1e-9), last = (long)floor(axis->high / axis->step + 1e-9);

	for (long i = first; i <= last; i++) {
		const double value = (double)i * axis->step, y = plot_y(plot, value);
		AUTO(buffer) struct buffer text = BUFFER_LIMIT(64);

		/* The bottom has the time axis; above it stands the line of 0 when there are values below. */
		if (y < plot->bottom - 0.5)
			drawing_line(plot->drawing, i == 0 ? INK_AXIS : INK_GRID, "grid", plot->left, y, plot->right, y, GRID_PX);
		quantity_write_tick(&text, &plot->quantity, value, axis->step);
		drawing_text(plot->drawing, INK_GREY, "value", plot->left - 6, y + HALF_HEIGHT, ANCHOR_RIGHT, plot->text,
			     buffer_peek(&text));
	}
}

/* The widest gap's middle, or the plot's when nothing is there. */
void plot_gaps(struct plot *plot)
{
	const struct samples *samples = plot->samples;
	const char *words = word(WORD_NO_DATA_IN_GAP, plot->picture->language);
	double widest = 0, middle = (plot->left + plot->right) / 2, top = plot->top;

	for (size_t i = 0; i < samples->n_gaps; i++) {
		const double from = plot_x(plot, samples->gaps[i].from_ms), to = plot_x(plot, samples->gaps[i].to_ms);

		drawing_rect(plot->drawing, INK_GAP, "gap", from, plot->top, to - from, plot->bottom - plot->top);
		drawing_hatch(plot->drawing, "hatch", from, plot->top, to - from, plot->bottom - plot->top);
		if (to - from > widest) {
			widest = to - from;
			middle = (from + to) / 2;
		}
	}
	if (samples->n > 0 && !(samples->is_timed && widest > 0))
		return;

	const double half = ruler_width(plot->ruler, plot->text, slice_of(words)) / 2;

	if (widest >= plot->right - plot->left - 1 || samples->n == 0)
		top = (plot->top + plot->bottom) / 2 - 12;
	middle = fmin(fmax(middle, plot->left + half), plot->right - half);
	drawing_text(plot->drawing, INK_GREY, "gap", middle, top + 12, ANCHOR_MIDDLE, plot->text, slice_of(words))->halo = 1.5;
}

static double draw_zone(struct plot *plot)
{
	const struct samples *samples = plot->samples;
	const double right = plot->drawing->width - 10;
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(64);

	time_axis_zone(&text, plot->picture->zone, samples->from_ms, samples->to_ms);
	drawing_text(plot->drawing, INK_GREY, "zone", right, plot->bottom + TICK_BASE, ANCHOR_RIGHT, plot->text, buffer_peek(&text));
	return right - ruler_width(plot->ruler, plot->text, buffer_peek(&text));
}

/* Names under bars: as many as fit, evenly. */
static void draw_names(struct plot *plot)
{
	const struct samples *samples = plot->samples;
	const double slot = (plot->right - plot->left) / (double)(samples->n ? samples->n : 1);
	const size_t every = slot < 24 ? (size_t)ceil(24 / slot) : 1;
	AUTO(buffer) struct buffer shown = BUFFER_LIMIT(TEXT_MAX_BYTES);

	for (size_t i = 0; i < samples->n; i += every) {
		ruler_fit(plot->ruler, plot->text, slice_of(samples->names[i]), slot * (double)every - 4, &shown);
		drawing_text(plot->drawing, INK_GREY, "name", plot->left + ((double)i + 0.5) * slot, plot->bottom + TICK_BASE,
			     ANCHOR_MIDDLE, plot->text, buffer_peek(&shown));
	}
}

void plot_time_axis(struct plot *plot)
{
	drawing_line(plot->drawing, INK_AXIS, "axis", plot->left, plot->bottom, plot->right, plot->bottom, AXIS_PX);
	if (!plot->samples->is_timed) {
		draw_names(plot);
		return;
	}

	const double zone = plot->samples->to_ms > plot->samples->from_ms ? draw_zone(plot) : plot->drawing->width;
	double taken = 0; /* up to where labels stand */

	for (size_t i = 0; i < plot->time.n; i++) {
		const struct time_tick *tick = &plot->time.ticks[i];
		const double x = plot_x(plot, tick->at_ms);
		const double half = ruler_width(plot->ruler, plot->text, slice_of(tick->label)) / 2;

		if (tick->is_border && plot->time.step_ms < MS_PER_DAY && x > plot->left + 1)
			drawing_dashes(plot->drawing, INK_AXIS, "border", x, plot->top - BORDER_ABOVE, x, plot->bottom, 2, 2);
		drawing_line(plot->drawing, INK_AXIS, "tick", x, plot->bottom, x, plot->bottom + TICK_PX, AXIS_PX);
		if (x - half < taken || x + half > zone - TICK_GAP)
			continue;
		drawing_text(plot->drawing, tick->is_border ? INK_TEXT : INK_GREY, "time", x, plot->bottom + TICK_BASE, ANCHOR_MIDDLE,
			     plot->text, slice_of(tick->label));
		taken = x + half + TICK_GAP;
	}
}

void plot_references(struct plot *plot)
{
	for (size_t i = 0; i < plot->picture->n_references; i++) {
		const struct picture_reference *reference = &plot->picture->references[i];
		const bool is_total = reference->kind == REFERENCE_TOTAL;
		const double y = plot_y(plot, reference->value);

		drawing_dashes(plot->drawing, is_total ? INK_INK : INK_ALARM, "reference", plot->left, y, plot->right, y,
			       is_total ? 4 : 5, 3);
		plot->labels[plot->n_labels++] = (struct side_label){.ink = is_total ? INK_INK : INK_ALARM_TEXT,
								     .is_bold = is_total,
								     .y = y,
								     .text = plot->reference_texts[i]};
	}
}

static void sort_labels(struct side_label *labels, size_t n)
{
	for (size_t i = 1; i < n; i++)
		for (size_t k = i; k > 0 && labels[k - 1].y > labels[k].y; k--) {
			const struct side_label kept = labels[k];

			labels[k] = labels[k - 1];
			labels[k - 1] = kept;
		}
}

void plot_spread(struct side_label *labels, size_t n, double gap, double low, double high)
{
	size_t sizes[SIDE_LABELS_MAX], n_groups = 0, at = 0;
	double middles[SIDE_LABELS_MAX];

	if (n > 1 && (double)(n - 1) * gap > high - low)
		gap = (high - low) / (double)(n - 1);
	sort_labels(labels, n);
	/* Labels that touch become a group around the middle of their lines; groups that touch become one. */
	for (size_t i = 0; i < n; i++) {
		sizes[n_groups] = 1;
		middles[n_groups++] = labels[i].y;
		for (;;) {
			const double half = (double)(sizes[n_groups - 1] - 1) * gap / 2;
			double *middle = &middles[n_groups - 1];

			*middle = fmin(fmax(*middle, low + half), high - half);
			if (n_groups < 2 || *middle - half - middles[n_groups - 2] - (double)(sizes[n_groups - 2] - 1) * gap / 2 >= gap - 1e-9)
				break;

			const size_t a = sizes[n_groups - 2], b = sizes[n_groups - 1];

			middles[n_groups - 2] = (middles[n_groups - 2] * (double)a + *middle * (double)b) / (double)(a + b);
			sizes[n_groups-- - 2] = a + b;
		}
	}
	for (size_t group = 0; group < n_groups; group++)
		for (size_t i = 0; i < sizes[group]; i++)
			labels[at++].place = middles[group] + ((double)i - (double)(sizes[group] - 1) / 2) * gap;
}

#define LEADER_FROM_PX 5 /* a label moved by more has one */

void plot_side_labels(struct plot *plot)
{
	const double x = plot->right + plot->label_x;
	AUTO(buffer) struct buffer shown = BUFFER_LIMIT(TEXT_MAX_BYTES);

	plot_spread(plot->labels, plot->n_labels, plot->label_gap, plot->top, plot->bottom - HALF_HEIGHT);
	for (size_t i = 0; i < plot->n_labels; i++) {
		const struct side_label *label = &plot->labels[i];
		const struct text_style style = label->is_bold ? plot->bold : plot->text;

		if (fabs(label->place - label->y) > LEADER_FROM_PX)
			drawing_line(plot->drawing, label->ink, "leader", plot->right + 1, label->y, x - 1, label->place, 0.75);
		ruler_fit(plot->ruler, style, slice_of(label->text), plot->drawing->width - x - 3, &shown);
		drawing_text(plot->drawing, label->ink, "label", x, label->place + HALF_HEIGHT, ANCHOR_LEFT, style, buffer_peek(&shown));
	}
}

/* ---- the footer ---- */

/* Where the columns of a row of 370 px begin; wider pictures spread them. */
#define NAME_X   25
#define SWATCH_X 11
#define SWATCH_W 9
#define SWATCH_H 2.4
#define VALUE_GAP 5
#define COLUMN_GAP 8
#define FOOTER_COLUMNS 4

static const enum word footer_words[FOOTER_COLUMNS] = {WORD_NOW, WORD_AVERAGE, WORD_GREATEST, WORD_P95};

static double footer_x(const struct plot *plot, double x)
{
	const double spread = (plot->drawing->width - 2 * plot->margin) / (370 - 2 * plot->margin);

	return x <= NAME_X ? x : plot->margin + (x - plot->margin) * spread;
}

static void draw_swatch(struct plot *plot, size_t series, double x, double y)
{
	drawing_rect(plot->drawing, plot_line_ink(plot, series), "swatch", x, y - HALF_HEIGHT - SWATCH_H / 2, SWATCH_W, SWATCH_H);
}

static const char *name_of(const struct plot *plot, size_t series)
{
	const struct picture_series *which = &plot->picture->series[series];

	return which->name ? which->name : which->label;
}

static double value_width(const struct plot *plot, enum word label, double value)
{
	AUTO(buffer) struct buffer figure = BUFFER_LIMIT(64);

	quantity_write(&figure, &plot->quantity, value);
	return ruler_width(plot->ruler, plot->text, slice_of(word(label, plot->picture->language))) + VALUE_GAP +
	       ruler_width(plot->ruler, plot->text, buffer_peek(&figure));
}

/* "均 0.71", from x on; returns where it ends. */
static double draw_value(struct plot *plot, enum word label, double value, double x, double y)
{
	const slice words = slice_of(word(label, plot->picture->language));
	const double begin = x + ruler_width(plot->ruler, plot->text, words) + VALUE_GAP;
	AUTO(buffer) struct buffer figure = BUFFER_LIMIT(64);

	drawing_text(plot->drawing, INK_GREY, "footer-label", x, y, ANCHOR_LEFT, plot->text, words);
	quantity_write(&figure, &plot->quantity, value);
	drawing_text(plot->drawing, INK_INK, "footer-value", begin, y, ANCHOR_LEFT, plot->text, buffer_peek(&figure));
	return begin + ruler_width(plot->ruler, plot->text, buffer_peek(&figure));
}

/* Last, average, greatest, p95: where each begins, wide figures pushing their neighbours, so that all end within the margin. */
static void place_columns(const struct plot *plot, double columns[FOOTER_COLUMNS])
{
	static const double usual[FOOTER_COLUMNS] = {86, 142, 198, 302};
	double widths[FOOTER_COLUMNS] = {0};

	for (size_t i = 0; i < plot->n_footer; i++) {
		const struct summary *summary = &plot->samples->series[i].summary;
		const double values[FOOTER_COLUMNS] = {summary->last, summary->average, summary->greatest, summary->p95};

		for (size_t k = 0; k < FOOTER_COLUMNS; k++)
			widths[k] = fmax(widths[k], value_width(plot, footer_words[k], values[k]));
	}
	for (size_t k = 0; k < FOOTER_COLUMNS; k++) {
		columns[k] = footer_x(plot, usual[k]);
		if (k > 0)
			columns[k] = fmax(columns[k], columns[k - 1] + widths[k - 1] + COLUMN_GAP);
	}

	double end = plot->drawing->width - plot->margin;

	for (size_t k = FOOTER_COLUMNS; k-- > 0;) {
		columns[k] = fmin(columns[k], end - widths[k]);
		end = columns[k] - COLUMN_GAP;
	}
}

static void draw_row(struct plot *plot, size_t series, const double columns[FOOTER_COLUMNS], double y)
{
	const struct summary *summary = &plot->samples->series[series].summary;
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(TEXT_MAX_BYTES);

	draw_swatch(plot, series, SWATCH_X, y);
	ruler_fit(plot->ruler, plot->text, slice_of(name_of(plot, series)), columns[0] - NAME_X - 4, &text);
	drawing_text(plot->drawing, INK_TEXT, "footer-name", NAME_X, y, ANCHOR_LEFT, plot->text, buffer_peek(&text));
	(void)draw_value(plot, WORD_NOW, summary->last, columns[0], y);
	(void)draw_value(plot, WORD_AVERAGE, summary->average, columns[1], y);

	const double end = draw_value(plot, WORD_GREATEST, summary->greatest, columns[2], y);
	const double room = columns[3] - end - 10;

	(void)draw_value(plot, WORD_P95, summary->p95, columns[3], y);
	if (!summary->n)
		return;
	buffer_cut(&text, 0);
	picture_write_time(&text, plot->picture, plot->samples, summary->greatest_ms);
	if (ruler_width(plot->ruler, plot->text, buffer_peek(&text)) <= room)
		drawing_text(plot->drawing, INK_GREY, "footer-time", end + 6, y, ANCHOR_LEFT, plot->text, buffer_peek(&text));
}

/* Three names a row, each with its last value. */
static void draw_legend(struct plot *plot, double first_y)
{
	const double slot = (plot->drawing->width - 2 * plot->margin) / 3;
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(TEXT_MAX_BYTES), figure = BUFFER_LIMIT(64);

	for (size_t i = 0; i < plot->picture->n_series; i++) {
		const double x = plot->margin + (double)(i % 3) * slot, y = first_y + (double)(i / 3) * FOOTER_ROW;

		buffer_cut(&figure, 0);
		quantity_write(&figure, &plot->quantity, plot->samples->series[i].summary.last);

		const double width = ruler_width(plot->ruler, plot->text, buffer_peek(&figure));

		ruler_fit(plot->ruler, plot->text, slice_of(name_of(plot, i)), slot - (NAME_X - SWATCH_X) - VALUE_GAP - width - 8, &text);

		const double end = x + NAME_X - SWATCH_X + ruler_width(plot->ruler, plot->text, buffer_peek(&text));

		draw_swatch(plot, i, x, y);
		drawing_text(plot->drawing, INK_TEXT, "footer-name", x + NAME_X - SWATCH_X, y, ANCHOR_LEFT, plot->text, buffer_peek(&text));
		drawing_text(plot->drawing, INK_INK, "footer-value", end + VALUE_GAP, y, ANCHOR_LEFT, plot->text, buffer_peek(&figure));
	}
}

void plot_footer(struct plot *plot)
{
	const double w = plot->drawing->width;
	const double first = plot->drawing->height - FOOTER_BASE - FOOTER_ROW * (double)(plot->n_footer - 1);

	if (plot->n_footer == 0)
		return;
	drawing_line(plot->drawing, INK_RULE, "rule", plot->margin, first - FOOTER_RULE, w - plot->margin, first - FOOTER_RULE, 0.75);
	if (plot->has_legend) {
		draw_legend(plot, first);
		return;
	}

	double columns[FOOTER_COLUMNS];

	place_columns(plot, columns);
	for (size_t i = 0; i < plot->n_footer; i++)
		draw_row(plot, i, columns, first + FOOTER_ROW * (double)i);
}
