/* SPDX-License-Identifier: MIT */
/* plot_week.c - a point a day: every value written at its dot, the volume beneath
 *
 * The first series is the one that is judged (p95), the second lies below it (p50), others above (p99). */
#include <math.h>

#include "render/plot_own.h"

#define TEXT_PX      13
#define TITLE_PX     14.5
#define MARGIN       12
#define LEFT         46
#define RIGHT        80 /* from the picture's right edge */
#define TOP          40
#define BOTTOM       60 /* from its lower edge */
#define VOLUME_BASE  24
#define VOLUME_W     40
#define VOLUME_H     15
#define DAY_BASE     8
#define LABEL_GAP    14.5
#define LABEL_X      8
#define WEEKEND_TOP  34

#define MAIN_PX      2
#define OTHER_PX     1.2
#define MAIN_DOT     2.6
#define OTHER_DOT    1.8
#define VALUES_APART 12
#define HALO_PX      1.5
#define TICK_PX      3
#define TEXT_MAX_BYTES 2000

enum { MAIN, LOWER, UPPER };

#define DAYS_MAX 14
struct week {
	struct plot *plot;
	int64_t days[DAYS_MAX + 1]; /* starts of the local days, and the last one's end */
	size_t rows[DAYS_MAX];      /* the sample of each; SLICE_NONE: none */
	size_t former[DAYS_MAX];
	size_t n;
	double slot;
};

static double day_x(const struct week *week, size_t day)
{
	return week->plot->left + ((double)day + 0.5) * week->slot;
}

static int64_t next_day(const struct plot *plot, int64_t day_ms)
{
	return plot->picture->zone ? zone_day_add(plot->picture->zone, day_ms, 1) : day_ms + MS_PER_DAY;
}

static int64_t day_start(const struct plot *plot, int64_t at_ms)
{
	if (plot->picture->zone)
		return zone_day_start(plot->picture->zone, at_ms);
	return at_ms - ((at_ms % MS_PER_DAY) + MS_PER_DAY) % MS_PER_DAY;
}

static void find_rows(const struct week *week, const int64_t *at_ms, size_t n, size_t *ret)
{
	for (size_t day = 0; day < week->n; day++) {
		ret[day] = SLICE_NONE;
		for (size_t i = 0; i < n && ret[day] == SLICE_NONE; i++)
			if (at_ms[i] >= week->days[day] && at_ms[i] < week->days[day + 1])
				ret[day] = i;
	}
}

static int find_days(struct week *week, courant_error **err)
{
	const struct samples *samples = week->plot->samples;
	int64_t day = day_start(week->plot, samples->from_ms);

	while (day < samples->to_ms) {
		if (week->n == DAYS_MAX)
			return fail(err, COURANT_INVALID, "a picture of days has room for %d of them", DAYS_MAX);
		week->days[week->n++] = day;
		day = next_day(week->plot, day);
	}
	week->days[week->n] = day;
	find_rows(week, samples->at_ms, samples->n, week->rows);
	find_rows(week, samples->former_ms, samples->n_former, week->former);
	week->slot = (week->plot->right - week->plot->left) / (double)(week->n ? week->n : 1);
	return 0;
}

static double value_at(const struct week *week, size_t series, size_t day)
{
	const size_t row = week->rows[day];

	return row == SLICE_NONE ? NAN : week->plot->samples->series[series].values[row];
}

static double former_at(const struct week *week, size_t series, size_t day)
{
	(void)series;
	return week->former[day] == SLICE_NONE ? NAN : week->plot->samples->former[week->former[day]];
}

static void draw_weekend(const struct week *week)
{
	const struct plot *plot = week->plot;

	for (size_t day = 0; day < week->n; day++) {
		struct civil civil;

		if (plot->picture->zone)
			zone_to_civil(plot->picture->zone, week->days[day], &civil);
		else
			civil_from_ms(week->days[day], 0, &civil);
		if (civil.weekday == 0 || civil.weekday == 6)
			drawing_rect(plot->drawing, INK_WEEKEND, "weekend", day_x(week, day) - week->slot / 2, WEEKEND_TOP, week->slot,
				     plot->drawing->height - VOLUME_BASE - WEEKEND_TOP);
	}
}

/* Days that are known and follow one another are joined. */
static void draw_line(const struct week *week, double (*value)(const struct week *, size_t, size_t), size_t series, enum ink ink,
		      const char *part, double width)
{
	struct drawing *drawing = week->plot->drawing;
	bool is_open = false;

	for (size_t day = 0; day < week->n; day++) {
		const double now = value(week, series, day);

		if (isnan(now)) {
			is_open = false;
			continue;
		}
		if (!is_open)
			drawing_add(drawing, MARK_LINE, ink, part)->w = width;
		is_open = true;
		drawing_point(drawing, day_x(week, day), plot_y(week->plot, now));
	}
}

static void draw_between(const struct week *week)
{
	struct plot *plot = week->plot;
	bool is_open = false;

	for (size_t day = 0; day < week->n && plot->samples->n_series > LOWER; day++) {
		const double high = value_at(week, MAIN, day), low = value_at(week, LOWER, day);

		if (isnan(high) || isnan(low)) {
			is_open = false;
			continue;
		}
		if (!is_open)
			(void)drawing_add(plot->drawing, MARK_BAND, INK_BETWEEN, "between");
		is_open = true;
		drawing_point(plot->drawing, day_x(week, day), plot_y(plot, high));
		drawing_point(plot->drawing, day_x(week, day), plot_y(plot, low));
	}
}

/* Blue for the judged one and the one below, purple for what lies above. */
static enum ink ink_of(const struct plot *plot, size_t series)
{
	if (plot->picture->series[series].colour != SERIES_ANY)
		return plot_line_ink(plot, series);
	return series < UPPER ? INK_BLUE : series == UPPER ? INK_PURPLE : INK_GREEN;
}

static void draw_series(struct week *week, size_t series)
{
	struct plot *plot = week->plot;
	const bool is_main = series == MAIN;
	const enum ink ink = ink_of(plot, series);

	draw_line(week, value_at, series, ink, "line", is_main ? MAIN_PX : OTHER_PX);
	for (size_t day = 0; day < week->n; day++)
		if (!isnan(value_at(week, series, day)))
			drawing_dot(plot->drawing, ink, "dot", day_x(week, day), plot_y(plot, value_at(week, series, day)),
				    is_main ? MAIN_DOT : OTHER_DOT);
	for (size_t day = week->n; day-- > 0;) {
		if (isnan(value_at(week, series, day)))
			continue;
		plot->labels[plot->n_labels++] = (struct side_label){.ink = plot_text_ink(ink),
								     .is_bold = true,
								     .y = plot_y(plot, value_at(week, series, day)),
								     .text = plot->picture->series[series].label};
		break;
	}
}

/* Base lines that are taken on one day. */
struct taken {
	double y[PICTURE_SERIES_MAX];
	size_t n;
};

static bool is_free(const struct plot *plot, const struct taken *taken, double base)
{
	if (base > plot->bottom + 0.5 || base < WEEKEND_TOP - 2)
		return false;
	for (size_t i = 0; i < taken->n; i++)
		if (fabs(taken->y[i] - base) < VALUES_APART)
			return false;
	return true;
}

/* Below its dot or above, as the rank wants, else at the other side, else nowhere: the table beside the picture has it. */
static void draw_value(struct week *week, size_t series, size_t day, struct taken *taken)
{
	static const double below[] = {[MAIN] = 14, [LOWER] = 13, [UPPER] = 13};
	struct plot *plot = week->plot;
	const double value = value_at(week, series, day);
	const double y = plot_y(plot, value);
	const double under = y + below[series < UPPER ? series : UPPER], over = y - 5;
	const bool is_over_first = series >= UPPER;
	double base = is_over_first ? over : under;
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(200);

	if (isnan(value))
		return;
	if (!is_free(plot, taken, base))
		base = is_over_first ? under : over;
	if (!is_free(plot, taken, base))
		return;
	taken->y[taken->n++] = base;
	quantity_write(&text, &plot->quantity, value);
	drawing_text(plot->drawing, series == LOWER ? INK_TEXT : plot_text_ink(ink_of(plot, series)), "value-label", day_x(week, day),
		     base, ANCHOR_MIDDLE, series == MAIN ? plot->bold : plot->text, buffer_peek(&text))
		->halo = HALO_PX;
}

static void draw_values(struct week *week)
{
	/* By rank: what is judged first. */
	static const size_t order[] = {MAIN, UPPER, LOWER};

	for (size_t day = 0; day < week->n; day++) {
		struct taken taken = {.n = 0};

		for (size_t i = 0; i < sizeof order / sizeof *order; i++)
			if (order[i] < week->plot->samples->n_series)
				draw_value(week, order[i], day, &taken);
		if (taken.n == 0)
			drawing_text(week->plot->drawing, INK_GREY, "value-label", day_x(week, day),
				     (week->plot->top + week->plot->bottom) / 2, ANCHOR_MIDDLE, week->plot->text, SLICE("–"));
	}
}

static void draw_volume(struct week *week)
{
	struct plot *plot = week->plot;
	const struct samples *samples = plot->samples;
	const double base = plot->drawing->height - VOLUME_BASE;
	const struct quantity quantity = quantity_up_to(TABLE_COUNT, samples->volume_greatest, NULL, plot->picture->language);
	const double width = fmin(VOLUME_W, week->slot * 0.6);
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(TEXT_MAX_BYTES);

	drawing_line(plot->drawing, INK_AXIS, "volume-axis", plot->left, base, plot->right, base, 1);
	for (size_t day = 0; day < week->n; day++) {
		const double value = week->rows[day] == SLICE_NONE ? NAN : samples->volume[week->rows[day]];
		const double height = value > 0 ? fmax(value / samples->volume_greatest * VOLUME_H, 0.5) : 0;

		if (isnan(value))
			continue;
		drawing_rect(plot->drawing, INK_VOLUME, "volume", day_x(week, day) - width / 2, base - height, width, height);
		buffer_cut(&text, 0);
		quantity_write(&text, &quantity, value);
		drawing_text(plot->drawing, INK_GREY, "volume-label", day_x(week, day), base - height - 3, ANCHOR_MIDDLE, plot->text,
			     buffer_peek(&text));
	}
	if (!plot->picture->volume_label)
		return;
	buffer_cut(&text, 0);
	buffer_append(&text, slice_of(plot->picture->volume_label));
	if (*quantity.prefix) {
		buffer_append(&text, slice_of(word(WORD_COMMA, plot->picture->language)));
		buffer_append(&text, slice_of(quantity.prefix));
	}
	drawing_text(plot->drawing, INK_GREY, "volume-unit", plot->right + LABEL_X, base - 5, ANCHOR_LEFT, plot->text, buffer_peek(&text));
}

static void draw_days(struct week *week)
{
	struct plot *plot = week->plot;
	const double base = plot->drawing->height - DAY_BASE;
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(200), shown = BUFFER_LIMIT(200);

	drawing_line(plot->drawing, INK_AXIS, "axis", plot->left, plot->bottom, plot->right, plot->bottom, 1);
	for (size_t day = 0; day < week->n; day++) {
		const double x = day_x(week, day);

		drawing_line(plot->drawing, INK_AXIS, "tick", x, plot->bottom, x, plot->bottom + TICK_PX, 1);
		buffer_cut(&text, 0);
		format_date(&text, DATE_WEEKDAY_SHORT, week->days[day], plot->picture->zone, plot->picture->language);
		/* Where a day is narrow its date alone. */
		if (ruler_width(plot->ruler, plot->text, buffer_peek(&text)) > week->slot - 4) {
			buffer_cut(&text, 0);
			format_date(&text, DATE_SHORT, week->days[day], plot->picture->zone, plot->picture->language);
		}
		ruler_fit(plot->ruler, plot->text, buffer_peek(&text), week->slot - 2, &shown);
		drawing_text(plot->drawing, INK_TEXT, "day", x, base, ANCHOR_MIDDLE, plot->text, buffer_peek(&shown));
	}
	buffer_cut(&text, 0);
	time_axis_zone(&text, plot->picture->zone, plot->samples->from_ms, plot->samples->to_ms);
	drawing_text(plot->drawing, INK_GREY, "zone", plot->right + LABEL_X, base, ANCHOR_LEFT, plot->text, buffer_peek(&text));
}

static void measure(struct plot *plot)
{
	const struct drawing *drawing = plot->drawing;

	plot->margin = MARGIN;
	plot->left = LEFT;
	plot->right = drawing->width - RIGHT;
	plot->top = TOP;
	plot->bottom = drawing->height - BOTTOM;
	plot->label_gap = LABEL_GAP;
	plot->label_x = LABEL_X;
}

int plot_week(struct plot *plot, courant_error **err)
{
	struct week week = {.plot = plot};

	plot->text = (struct text_style){TEXT_PX, false};
	plot->bold = (struct text_style){TEXT_PX, true};
	plot->title = (struct text_style){TITLE_PX, true};
	measure(plot);
	if (plot_write_references(plot, err) < 0 || find_days(&week, err) < 0)
		return -1;
	plot->axis = value_axis_of(plot->samples->least, plot->samples->greatest, plot->quantity.one);
	plot_background(plot);
	draw_weekend(&week);
	plot_title(plot);
	plot_value_axis(plot);
	draw_between(&week);
	if (plot->samples->n_former)
		draw_line(&week, former_at, 0, INK_AXIS, "former", OTHER_PX);
	plot_references(plot);
	for (size_t i = plot->samples->n_series; i-- > 0;)
		draw_series(&week, i);
	draw_days(&week);
	draw_values(&week);
	if (plot->samples->volume)
		draw_volume(&week);
	plot_side_labels(plot);
	return 0;
}
