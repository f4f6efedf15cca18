/* SPDX-License-Identifier: MIT */
/* plot.c - the measures of a picture, and the order in which its parts are drawn */
#include "render/plot.h"

#include <math.h>

#include "base/alloc.h"
#include "render/plot_own.h"

/* look of a picture beside another (370x180), in CSS px */
#define DAY_TEXT_PX   12
#define DAY_TITLE_PX  13.5
#define DAY_MARGIN    11
#define DAY_LEFT      34
#define DAY_TOP       38
#define DAY_BELOW     32 /* from the plot to the footer's first row, or to the picture's edge */
#define FOOTER_ROW    15
#define FOOTER_ROWS   3
#define DAY_RIGHT     10
#define LABEL_GAP_PX  6  /* from the plot to the labels beside it */
#define DAY_LABEL_GAP 13.5
#define LABELLED_SERIES 4
#define LEGEND_A_ROW  3

/* A plain number whose values differ by less than this share of the greatest is drawn around them, not from 0. */
#define AROUND_SHARE 0.2

double plot_x(const struct plot *plot, int64_t at_ms)
{
	const struct samples *samples = plot->samples;
	const double share = (double)(at_ms - samples->from_ms) / (double)(samples->to_ms - samples->from_ms);

	return plot->left + share * (plot->right - plot->left);
}

double plot_y(const struct plot *plot, double value)
{
	const struct value_axis *axis = &plot->axis;
	const double share = (value - axis->low) / (axis->high - axis->low);

	return plot->bottom - (share < 0 ? 0 : share > 1 ? 1 : share) * (plot->bottom - plot->top);
}

static const enum ink series_inks[] = {INK_BLUE, INK_AMBER, INK_GREEN, INK_PURPLE, INK_SKY, INK_OLIVE, INK_GREY, INK_INK};
#define SERIES_INKS (sizeof series_inks / sizeof *series_inks)

static bool is_taken(const struct plot *plot, enum ink ink)
{
	for (size_t i = 0; i < plot->picture->n_series; i++)
		if (plot->picture->series[i].colour != SERIES_ANY && series_inks[plot->picture->series[i].colour - 1] == ink)
			return true;
	return false;
}

enum ink plot_line_ink(const struct plot *plot, size_t series)
{
	const struct picture *picture = plot->picture;
	size_t before = 0; /* of those that have no colour of their own */

	if (picture->series[series].colour != SERIES_ANY)
		return series_inks[picture->series[series].colour - 1];
	for (size_t i = 0; i < series; i++)
		before += picture->series[i].colour == SERIES_ANY;
	for (size_t i = 0; i < SERIES_INKS; i++) {
		/* Amber beside the alarm colour of a threshold would be taken for it. */
		if (is_taken(plot, series_inks[i]) || (series_inks[i] == INK_AMBER && picture->n_references))
			continue;
		if (before-- == 0)
			return series_inks[i];
	}
	return INK_GREY;
}

static const struct {
	enum ink line, text, tint;
} families[] = {
	{INK_BLUE, INK_BLUE_TEXT, INK_BLUE_TINT},       {INK_AMBER, INK_AMBER_TEXT, INK_AMBER_TINT},
	{INK_GREEN, INK_GREEN_TEXT, INK_GREEN_TINT},    {INK_PURPLE, INK_PURPLE_TEXT, INK_PURPLE_TINT},
	{INK_SKY, INK_SKY_TEXT, INK_BETWEEN},           {INK_OLIVE, INK_OLIVE_TEXT, INK_AMBER_TINT},
	{INK_GREY, INK_GREY, INK_GRID},                 {INK_INK, INK_INK, INK_RULE},
};

enum ink plot_text_ink(enum ink line)
{
	for (size_t i = 0; i < sizeof families / sizeof *families; i++)
		if (families[i].line == line)
			return families[i].text;
	return INK_TEXT;
}

enum ink plot_tint(enum ink line)
{
	for (size_t i = 0; i < sizeof families / sizeof *families; i++)
		if (families[i].line == line)
			return families[i].tint;
	return INK_GRID;
}

static bool reaches(const struct picture *picture, enum reference_kind kind, double *ret)
{
	for (size_t i = 0; i < picture->n_references; i++)
		if (picture->references[i].kind == kind) {
			*ret = picture->references[i].value;
			return true;
		}
	return false;
}

static struct value_axis choose_axis(const struct plot *plot)
{
	const struct picture *picture = plot->picture;
	const double least = plot->samples->least, greatest = plot->samples->greatest;
	const double one = plot->quantity.one;
	const bool may_float = plot->samples->type == TABLE_NUMBER && picture->kind == PICTURE_LINES && !picture->is_from_zero;
	double whole;

	if (plot->samples->type == TABLE_RATIO && least >= 0 && greatest <= 1)
		return value_axis_share();
	if (least >= 0 && reaches(picture, REFERENCE_TOTAL, &whole) && whole == greatest && whole > 0)
		return value_axis_to(whole, one);
	if (may_float && least < greatest && greatest - least < AROUND_SHARE * fmax(fabs(least), fabs(greatest)))
		return value_axis_around(least, greatest, one);
	return value_axis_of(least, greatest, one);
}

int plot_write_references(struct plot *plot, courant_error **err)
{
	for (size_t i = 0; i < plot->picture->n_references; i++) {
		const struct picture_reference *reference = &plot->picture->references[i];
		AUTO(buffer) struct buffer text = BUFFER_LIMIT(1000);

		buffer_append(&text, slice_of(reference->label));
		if (reference->kind == REFERENCE_TARGET) {
			buffer_append_byte(&text, ' ');
			quantity_write(&text, &plot->quantity, reference->value);
		}
		if (buffer_take(&text, &plot->reference_texts[i], NULL, err) < 0)
			return -1;
	}
	return 0;
}

static double widest_label(const struct plot *plot)
{
	double widest = 0;

	for (size_t i = 0; !plot->has_legend && i < plot->picture->n_series; i++)
		widest = fmax(widest, ruler_width(plot->ruler, plot->bold, slice_of(plot->picture->series[i].label)));
	for (size_t i = 0; i < plot->picture->n_references; i++)
		widest = fmax(widest, ruler_width(plot->ruler, plot->picture->references[i].kind == REFERENCE_TOTAL ? plot->bold : plot->text,
						  slice_of(plot->reference_texts[i])));
	return widest;
}

/* The left edge leaves room for the widest value of the axis. */
static double widest_tick(const struct plot *plot)
{
	const double step = plot->axis.step;
	double widest = 0;

	for (double value = ceil(plot->axis.low / step - 1e-9) * step; value <= plot->axis.high + step * 1e-9; value += step) {
		AUTO(buffer) struct buffer text = BUFFER_LIMIT(64);

		quantity_write_tick(&text, &plot->quantity, value, step);
		widest = fmax(widest, ruler_width(plot->ruler, plot->text, buffer_peek(&text)));
	}
	return widest;
}

#define HOUR_ROOM_PX   44 /* "11/10" with air; four hours of a day in 290 px */
#define MINUTE_ROOM_PX 50
#define DATE_ROOM_PX   52

static void choose_time(struct plot *plot)
{
	const struct samples *samples = plot->samples;
	const double width = plot->right - plot->left;
	const double hours = (double)(samples->to_ms - samples->from_ms) / MS_PER_HOUR;
	const double hours_shown = width / HOUR_ROOM_PX;

	time_axis_of(&plot->time, plot->picture->zone, samples->from_ms, samples->to_ms, width,
		     hours < hours_shown ? MINUTE_ROOM_PX : hours > 24 * hours_shown ? DATE_ROOM_PX : HOUR_ROOM_PX,
		     plot->picture->language);
}

static void measure(struct plot *plot)
{
	struct drawing *drawing = plot->drawing;
	const size_t n = plot->picture->n_series;

	plot->has_legend = n > LABELLED_SERIES;
	/* Of names, neither a last nor an average says anything. */
	if (plot->has_legend)
		plot->n_footer = (n + LEGEND_A_ROW - 1) / LEGEND_A_ROW;
	else if (plot->samples->is_timed)
		plot->n_footer = n > FOOTER_ROWS ? FOOTER_ROWS : n;
	plot->margin = DAY_MARGIN;
	plot->top = DAY_TOP;
	plot->bottom = drawing->height - DAY_BELOW - FOOTER_ROW * (double)plot->n_footer;
	/* A low picture keeps half of its height for the plot. */
	while (plot->n_footer && plot->bottom - plot->top < drawing->height / 4) {
		plot->n_footer--;
		plot->bottom += FOOTER_ROW;
	}
	plot->axis = choose_axis(plot);
	plot->left = fmax(DAY_LEFT, widest_tick(plot) + LABEL_GAP_PX + 10);

	const double label = fmin(widest_label(plot), drawing->width / 4);

	plot->right = drawing->width - DAY_RIGHT - (label > 0 ? label + 8 : 4);
	plot->label_x = LABEL_GAP_PX;
	plot->label_gap = DAY_LABEL_GAP;
}

static int draw_day(struct plot *plot, courant_error **err)
{
	plot->text = (struct text_style){DAY_TEXT_PX, false};
	plot->bold = (struct text_style){DAY_TEXT_PX, true};
	plot->title = (struct text_style){DAY_TITLE_PX, true};
	if (plot_write_references(plot, err) < 0)
		return -1;
	measure(plot);
	plot_background(plot);
	plot_title(plot);
	plot_value_axis(plot);
	plot_gaps(plot);
	if (plot->samples->is_timed)
		choose_time(plot);
	if (plot_series(plot, err) < 0)
		return -1;
	plot_time_axis(plot);
	plot_references(plot);
	plot_side_labels(plot);
	plot_peak(plot);
	plot_footer(plot);
	return 0;
}

int plot_draw(struct drawing *drawing, const struct picture *picture, const struct table *table, const struct samples *samples,
	      const struct ruler *ruler, courant_error **err)
{
	const bool is_week = picture->kind == PICTURE_WEEK;
	struct plot plot = {.drawing = drawing,
			    .picture = picture,
			    .samples = samples,
			    .ruler = ruler,
			    .quantity = quantity_of(picture, table, samples)};

	drawing->width = picture->width ? picture->width : is_week ? 640 : 370;
	drawing->height = picture->height ? picture->height : 180;

	const int done = is_week ? plot_week(&plot, err) : draw_day(&plot, err);

	for (size_t i = 0; i < PICTURE_REFERENCES_MAX; i++)
		free(plot.reference_texts[i]);
	return done < 0 ? -1 : drawing_check(drawing, err);
}
