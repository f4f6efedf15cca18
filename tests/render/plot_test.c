/* SPDX-License-Identifier: MIT */
#include "render/plot.h"

#include <math.h>
#include <stdio.h>

#include "base/file.h"
#include "dump.h"
#include "render/plot_own.h"
#include "tap.h"

static const struct mark *mark_of(const struct drawing *drawing, const char *part, size_t nth)
{
	for (size_t i = 0; i < drawing->n_marks; i++)
		if (strcmp(drawing->marks[i].part, part) == 0 && nth-- == 0)
			return &drawing->marks[i];
	return NULL;
}

static size_t count(const struct drawing *drawing, const char *part)
{
	size_t n = 0;

	while (mark_of(drawing, part, n))
		n++;
	return n;
}

/* A text mark by what it says. */
static const struct mark *text_of(const struct drawing *drawing, const char *text)
{
	for (size_t i = 0; i < drawing->n_marks; i++)
		if (drawing->marks[i].text && strcmp(drawing->marks[i].text, text) == 0)
			return &drawing->marks[i];
	return NULL;
}

/* `ninja -C build golden` writes these files. */
static void drawings_are_as_before(void)
{
	static const enum sitter sitters[] = {SITTER_NET, SITTER_KEY, SITTER_MEMORY, SITTER_WEEK, SITTER_STACKED, SITTER_HOURS, SITTER_NAMED};

	EACH (sitter, sitters) {
		AUTO(sitting) struct sitting sitting = sitting_of(*sitter, LANGUAGE_ZH);
		AUTO(drawing) struct drawing drawing = {0};
		AUTO(buffer) struct buffer got = BUFFER_LIMIT((size_t)1 << 20), want = BUFFER_LIMIT((size_t)1 << 20);
		char path[500];

		tap_row(sitter_names[*sitter]);
		CHECK_INT(dump_draw(&drawing, &sitting, NULL), 0);
		dump_write(&got, &drawing);
		(void)snprintf(path, sizeof path, "%s/%s.drawing", getenv("COURANT_GOLDEN"), sitter_names[*sitter]);
		CHECK_INT(file_read(path, &want, NULL), 0);
		CHECK_SLICE(buffer_peek(&got), buffer_peek(&want));
	}
}

/* The measures of a day's picture: 370x180, two rows of footer. */
static void a_day_has_its_measures(void)
{
	AUTO(sitting) struct sitting sitting = sitting_of(SITTER_NET, LANGUAGE_ZH);
	AUTO(drawing) struct drawing drawing = {0};

	CHECK_INT(dump_draw(&drawing, &sitting, NULL), 0);
	CHECK_NEAR(drawing.width, 370, 0);
	CHECK_NEAR(drawing.height, 180, 0);

	const struct mark *axis = mark_of(&drawing, "axis", 0);
	const struct point *ends = &drawing.points[axis->first];

	CHECK_NEAR(ends[0].x, 34, 0);
	CHECK_NEAR(ends[1].x, 370 - 10 - 24 - 8, 0); /* the widest label has two letters of 12 px */
	CHECK_NEAR(ends[0].y, 180 - 32 - 2 * 15, 0);
	CHECK_NEAR(text_of(&drawing, "0")->x, 34 - 6, 0);
	CHECK(text_of(&drawing, "3") && text_of(&drawing, "MB/s") && text_of(&drawing, "UTC+8") && text_of(&drawing, "11/10"));
	CHECK_NEAR(text_of(&drawing, "网络吞吐")->y, 22, 0);
	CHECK_INT(count(&drawing, "border"), 1);
	CHECK_INT(count(&drawing, "footer-name"), 2);

	/* Midnight is 18 h 10 min after the window's begin. */
	const double midnight = 34 + (328 - 34) * (18.0 + 10.0 / 60) / 24;

	CHECK_NEAR(drawing.points[mark_of(&drawing, "border", 0)->first].x, midnight, 0.01);
}

static void a_gap_is_hatched_and_cuts_lines_and_bands(void)
{
	AUTO(sitting) struct sitting sitting = sitting_of(SITTER_NET, LANGUAGE_ZH);
	AUTO(drawing) struct drawing drawing = {0};

	CHECK_INT(dump_draw(&drawing, &sitting, NULL), 0);

	const struct mark *hatch = mark_of(&drawing, "hatch", 0);
	const double px_an_hour = 294.0 / 24;

	CHECK_NEAR(hatch->x, 34 + px_an_hour * (12 + 40.0 / 60 - 5 - 50.0 / 60), 0.01);
	CHECK_NEAR(hatch->w, px_an_hour * 1.5, 0.01);
	CHECK(text_of(&drawing, "无数据"));
	CHECK_INT(count(&drawing, "line"), 4); /* two series, each in two pieces */
	CHECK_INT(count(&drawing, "band"), 2);
	CHECK_INT(count(&drawing, "former"), 1); /* the former line goes on */
	for (size_t i = 0; i < 4; i++) {
		const struct mark *line = mark_of(&drawing, "line", i);

		for (size_t k = 0; k < line->n; k++) {
			const double x = drawing.points[line->first + k].x;

			CHECK(x <= hatch->x + 0.01 || x >= hatch->x + hatch->w - 0.01);
		}
	}
}

static void the_maximum_has_a_ring_with_value_and_time(void)
{
	AUTO(sitting) struct sitting sitting = sitting_of(SITTER_NET, LANGUAGE_ZH);
	AUTO(drawing) struct drawing drawing = {0};

	CHECK_INT(dump_draw(&drawing, &sitting, NULL), 0);

	const struct mark *ring = mark_of(&drawing, "ring", 0), *words = mark_of(&drawing, "peak", 0);

	CHECK_TEXT(words->text, "2.49  01:00");
	CHECK_NEAR(words->x, ring->x + 6, 0);
	CHECK_NEAR(ring->y, 118 - 2.49 / 3 * 80, 0.01); /* from 38 to 118 for 0 to 3 */
	CHECK_INT(count(&drawing, "ring"), 1);
}

static void fill_peak_before_gap(size_t row, double *values)
{
	values[0] = row == 12 ? 9 : row >= 14 && row < 17 ? NAN : 1;
}

static void fill_peak_at_the_end(size_t row, double *values)
{
	values[0] = row == 23 ? 9 : 1;
}

static void words_of_gap_and_maximum_do_not_meet(void)
{
	struct sitting sitting = {.picture = picture_of(PICTURE_LINES, LANGUAGE_ZH, NULL, "x")};
	AUTO(drawing) struct drawing drawing = {0};

	sitting.table = series_new("x", TABLE_NUMBER, 1, SITTING_FROM, SITTING_FROM + MS_PER_DAY, MS_PER_HOUR, fill_peak_before_gap);
	picture_add(&sitting.picture, 1, "a");
	CHECK_INT(dump_draw(&drawing, &sitting, NULL), 0);
	CHECK(text_of(&drawing, "无数据")->y - mark_of(&drawing, "peak", 0)->y > 12);
	sitting_release(&sitting);
}

/* Its words stand left of a ring at the right end, without the time when that would touch a line. */
static void words_at_the_right_end_stand_left(void)
{
	AUTO(sitting) struct sitting sitting = sitting_of(SITTER_KEY, LANGUAGE_ZH);
	AUTO(drawing) struct drawing drawing = {0};

	CHECK_INT(dump_draw(&drawing, &sitting, NULL), 0);

	const struct mark *ring = mark_of(&drawing, "ring", 0), *words = mark_of(&drawing, "peak", 0);

	CHECK_INT(words->anchor, ANCHOR_RIGHT);
	CHECK_NEAR(words->x, ring->x - 6, 0.01);
	CHECK(text_of(&drawing, "命中率 99.95%"));
}

/* A long name leaves room beside the plot, but it stands there itself. */
static void words_do_not_stand_on_a_label(void)
{
	struct sitting sitting = {.picture = picture_of(PICTURE_LINES, LANGUAGE_EN, NULL, "x")};
	AUTO(drawing) struct drawing drawing = {0};

	sitting.table = series_new("x", TABLE_NUMBER, 1, SITTING_FROM, SITTING_FROM + MS_PER_DAY, MS_PER_HOUR, fill_peak_at_the_end);
	picture_add(&sitting.picture, 1, "a name that is long");
	CHECK_INT(dump_draw(&drawing, &sitting, NULL), 0);
	CHECK_INT(mark_of(&drawing, "peak", 0)->anchor, ANCHOR_RIGHT);
	sitting_release(&sitting);
}

/* Heights of lines' ends, and where their labels go: as near as 10 px between them and the range from 0 to 100 allow. */
static const struct {
	const char *name;
	double ends[4];
	size_t n;
	double places[4];
} spreads[] = {
	{"far apart", {10, 50, 90}, 3, {10, 50, 90}},
	{"two close ones part evenly", {50, 52}, 2, {46, 56}},
	{"one pushes the next", {50, 52, 58}, 3, {43.333, 53.333, 63.333}},
	{"at the lower edge", {99, 100}, 2, {90, 100}},
	{"at the upper edge", {0, 1, 2}, 3, {0, 10, 20}},
	{"out of order", {60, 20}, 2, {20, 60}},
	{"two groups", {10, 11, 70, 71}, 4, {5.5, 15.5, 65.5, 75.5}},
};

static void labels_are_pushed_apart(void)
{
	EACH (row, spreads) {
		struct side_label labels[4] = {0};

		tap_row(row->name);
		for (size_t i = 0; i < row->n; i++)
			labels[i].y = row->ends[i];
		plot_spread(labels, row->n, 10, 0, 100);
		for (size_t i = 0; i < row->n; i++)
			CHECK_NEAR(labels[i].place, row->places[i], 0.001);
	}
}

static void moved_labels_have_leaders(void)
{
	AUTO(sitting) struct sitting memory = sitting_of(SITTER_MEMORY, LANGUAGE_ZH);
	AUTO(sitting) struct sitting net = sitting_of(SITTER_NET, LANGUAGE_ZH);
	AUTO(drawing) struct drawing crowded = {0}, calm = {0};

	CHECK_INT(dump_draw(&crowded, &memory, NULL), 0);
	CHECK_INT(dump_draw(&calm, &net, NULL), 0);
	CHECK(count(&crowded, "leader") >= 2);
	CHECK_INT(count(&calm, "leader"), 0);
	for (size_t i = 1; i < count(&crowded, "label"); i++)
		CHECK(mark_of(&crowded, "label", i)->y - mark_of(&crowded, "label", i - 1)->y >= 13.5 - 0.001);
}

static void a_week_labels_every_day(void)
{
	AUTO(sitting) struct sitting sitting = sitting_of(SITTER_WEEK, LANGUAGE_ZH);
	AUTO(drawing) struct drawing drawing = {0};

	CHECK_INT(dump_draw(&drawing, &sitting, NULL), 0);
	CHECK_NEAR(drawing.width, 640, 0);
	CHECK_INT(count(&drawing, "value-label"), 21);
	CHECK_INT(count(&drawing, "volume"), 7);
	CHECK_INT(count(&drawing, "weekend"), 2);
	CHECK_INT(count(&drawing, "dot"), 21);
	CHECK(text_of(&drawing, "周三 3/18") && text_of(&drawing, "目标 300") && text_of(&drawing, "请求，万") && text_of(&drawing, "54.5"));

	/* The first day's values: 472 five above its dot, 286 fourteen below, 120 thirteen. */
	const double y472 = 120 - 472.0 / 500 * 80, y286 = 120 - 286.0 / 500 * 80, y120 = 120 - 120.0 / 500 * 80;

	CHECK_NEAR(text_of(&drawing, "472")->y, y472 - 5, 0.01);
	CHECK_NEAR(text_of(&drawing, "286")->y, y286 + 14, 0.01);
	CHECK_NEAR(text_of(&drawing, "120")->y, y120 + 13, 0.01);
}

/* ---- what seldom happens ---- */

static double odd_value;
static void fill_constant(size_t row, double *values)
{
	(void)row;
	values[0] = odd_value;
}
static void fill_slope(size_t row, double *values)
{
	values[0] = odd_value * (double)(row % 7);
}

static const struct {
	const char *name;
	enum picture_kind kind;
	double value;
	size_t rows;
	void (*fill)(size_t, double *);
	size_t lines; /* marks named line, area or bar */
	bool has_ring;
} oddities[] = {
	{"no row", PICTURE_LINES, 1, 0, fill_slope, 0, false},
	{"one row", PICTURE_LINES, 1, 1, fill_constant, 1, false},
	{"everything unknown", PICTURE_LINES, NAN, 24, fill_constant, 0, false},
	{"a constant", PICTURE_LINES, 5, 24, fill_constant, 1, false},
	{"a constant 0", PICTURE_LINES, 0, 24, fill_constant, 1, false},
	{"below 0", PICTURE_LINES, -3, 24, fill_slope, 1, true},
	{"1e-9", PICTURE_LINES, 1e-9, 24, fill_slope, 1, true},
	{"1e15", PICTURE_LINES, 1e15, 24, fill_slope, 1, true},
	{"1e300", PICTURE_LINES, 1e300, 24, fill_slope, 1, true},
	{"stacked, unknown", PICTURE_STACKED, NAN, 24, fill_constant, 0, false},
	{"areas, one row", PICTURE_AREAS, 1, 1, fill_constant, 2, false},
	{"bars", PICTURE_BARS, 2, 24, fill_slope, 24, false},
	{"bars below 0", PICTURE_BARS, -2, 24, fill_slope, 24, false},
	{"a week without values", PICTURE_WEEK, NAN, 7, fill_constant, 0, false},
};

static void nothing_leaves_the_picture(const struct drawing *drawing)
{
	for (size_t i = 0; i < drawing->n_points; i++) {
		CHECK(drawing->points[i].x >= -0.01 && drawing->points[i].x <= drawing->width + 0.01);
		CHECK(drawing->points[i].y >= -0.01 && drawing->points[i].y <= drawing->height + 0.01);
	}
	for (size_t i = 0; i < drawing->n_marks; i++) {
		const struct mark *mark = &drawing->marks[i];
		const double width = mark->kind == MARK_TEXT ? dump_ruler.width(NULL, mark->style, slice_of(mark->text)) : 0;
		const double left = mark->x - (mark->anchor == ANCHOR_LEFT ? 0 : mark->anchor == ANCHOR_MIDDLE ? width / 2 : width);

		if (mark->kind == MARK_TEXT)
			CHECK(left >= -0.5 && left + width <= drawing->width + 0.5 && mark->y >= 8 && mark->y <= drawing->height);
	}
}

static void odd_figures_are_drawn(void)
{
	EACH (row, oddities) {
		const int64_t step = row->kind == PICTURE_WEEK ? MS_PER_DAY : MS_PER_HOUR;
		const int64_t to_ms = SITTING_FROM + (int64_t)(row->rows ? row->rows : 24) * step;
		AUTO(drawing) struct drawing drawing = {0};
		struct sitting sitting = {.picture = picture_of(row->kind, LANGUAGE_EN, NULL, "Odd")};

		tap_row(row->name);
		odd_value = row->value;
		sitting.table = series_new("odd", TABLE_NUMBER, 1, SITTING_FROM, SITTING_FROM + (int64_t)row->rows * step, step, row->fill);
		picture_add(&sitting.picture, 1, "a");
		CHECK_INT(dump_draw(&drawing, &sitting, NULL), 0);
		CHECK_INT(count(&drawing, "line") + count(&drawing, "area") + count(&drawing, "bar"), row->lines);
		CHECK_INT(count(&drawing, "ring"), row->has_ring);
		nothing_leaves_the_picture(&drawing);
		(void)to_ms;
		sitting_release(&sitting);
	}
}

static void every_ink_has_a_colour(void)
{
	for (size_t i = 0; i < INKS; i++)
		CHECK(ink_colours[i] != 0);
}

static void fill_wide(size_t row, double *values)
{
	values[0] = 1234567 + (double)(row * 1000);
	values[1] = 98765;
}

/* Figures of any width keep clear of the next column's words and of the margin. */
static void wide_figures_of_the_footer_stay_apart(void)
{
	AUTO(sitting) struct sitting sitting = {.picture = picture_of(PICTURE_LINES, LANGUAGE_ZH, NULL, "Wide")};
	AUTO(drawing) struct drawing drawing = {0};

	sitting.table = series_new("wide", TABLE_NUMBER, 2, SITTING_FROM, SITTING_FROM + MS_PER_DAY, MS_PER_HOUR, fill_wide);
	picture_add(&sitting.picture, 1, "a");
	picture_add(&sitting.picture, 2, "b");
	CHECK_INT(dump_draw(&drawing, &sitting, NULL), 0);
	CHECK_INT(count(&drawing, "footer-value"), 8);
	for (size_t i = 0; i < 8; i++) {
		const struct mark *value = mark_of(&drawing, "footer-value", i);
		const struct mark *next = mark_of(&drawing, "footer-label", i + 1);
		const double end = value->x + dump_ruler.width(NULL, value->style, slice_of(value->text));

		CHECK(end <= (i % 4 < 3 ? next->x - 4 : drawing.width - 8));
	}
}

/* 86,400 rows become a column of pixels each: two to a CSS px. */
static void many_rows_become_bands(void)
{
	AUTO(sitting) struct sitting sitting = sitting_of(SITTER_MANY, LANGUAGE_ZH);
	AUTO(drawing) struct drawing drawing = {0};

	CHECK_INT(dump_draw(&drawing, &sitting, NULL), 0);
	CHECK_INT(count(&drawing, "line"), 8);
	CHECK_INT(count(&drawing, "band"), 8);

	const struct mark *line = mark_of(&drawing, "line", 0);
	const struct point *points = &drawing.points[line->first];
	const double width = points[line->n - 1].x - points[0].x;

	CHECK_NEAR((double)(line->n - 2), width * 2, 1.01);
	CHECK_INT(count(&drawing, "label"), 0); /* the legend has the names */
	CHECK_INT(count(&drawing, "footer-name"), 8);
}

static void days_of_23_and_25_hours_have_their_length(void)
{
	static const struct {
		const char *name;
		struct civil day;
		int hours;
	} days[] = {{"spring", {2026, 3, 29, 0, 0, 0, 0, 0}, 23}, {"autumn", {2026, 10, 25, 0, 0, 0, 0, 0}, 25}};
	AUTO(zone) struct zone *berlin = zone_load(SLICE("Europe/Berlin"), NULL);

	EACH (row, days) {
		const int64_t from_ms = zone_from_civil(berlin, &row->day);
		struct sitting sitting = {.picture = picture_of(PICTURE_BARS, LANGUAGE_EN, berlin, "Hours")};
		AUTO(drawing) struct drawing drawing = {0};

		tap_row(row->name);
		odd_value = 1;
		sitting.table = series_new("hours", TABLE_NUMBER, 1, from_ms, zone_day_add(berlin, from_ms, 1), MS_PER_HOUR, fill_constant);
		picture_add(&sitting.picture, 1, "a");
		CHECK_INT(dump_draw(&drawing, &sitting, NULL), 0);
		CHECK_INT(count(&drawing, "bar"), row->hours);

		const struct mark *bar = mark_of(&drawing, "bar", 0);
		const struct point *axis = &drawing.points[mark_of(&drawing, "axis", 0)->first];

		CHECK_NEAR(bar->w / 0.7, (axis[1].x - axis[0].x) / row->hours, 0.01);
		sitting_release(&sitting);
	}
}

static void a_picture_without_a_row_says_so(void)
{
	AUTO(zone) struct zone *utc = zone_load(SLICE("UTC"), NULL);
	AUTO(sitting) struct sitting sitting = {.picture = picture_of(PICTURE_LINES, LANGUAGE_EN, utc, "Nothing")};
	AUTO(drawing) struct drawing drawing = {0};

	sitting.table = series_new("nothing", TABLE_NUMBER, 1, 0, 0, MS_PER_HOUR, fill_constant);
	picture_add(&sitting.picture, 1, "a");
	CHECK_INT(dump_draw(&drawing, &sitting, NULL), 0);
	CHECK(text_of(&drawing, "no data"));
}

static void long_words_are_cut(void)
{
	AUTO(sitting) struct sitting sitting = sitting_of(SITTER_NET, LANGUAGE_ZH);
	AUTO(drawing) struct drawing drawing = {0};

	sitting.picture.title = "一个非常长的标题，长得放不进这张图片，后面还有许多字，再加上许多字，一直写到边框之外";
	sitting.picture.series[0].label = sitting.picture.series[0].name = "一个非常长的名字，没有人会这样写";
	sitting.picture.former.label = "一个非常长的比较期的名字，没有人会这样写";
	CHECK_INT(dump_draw(&drawing, &sitting, NULL), 0);
	nothing_leaves_the_picture(&drawing);
	CHECK(slice_ends(slice_of(mark_of(&drawing, "title", 0)->text), SLICE("…")));
}

TESTS(TEST(drawings_are_as_before), TEST(a_day_has_its_measures), TEST(a_gap_is_hatched_and_cuts_lines_and_bands),
      TEST(the_maximum_has_a_ring_with_value_and_time), TEST(words_at_the_right_end_stand_left), TEST(words_do_not_stand_on_a_label), TEST(words_of_gap_and_maximum_do_not_meet), TEST(labels_are_pushed_apart),
      TEST(moved_labels_have_leaders), TEST(a_week_labels_every_day), TEST(odd_figures_are_drawn), TEST(many_rows_become_bands), TEST(every_ink_has_a_colour),
      TEST(wide_figures_of_the_footer_stay_apart),
      TEST(days_of_23_and_25_hours_have_their_length), TEST(a_picture_without_a_row_says_so), TEST(long_words_are_cut))
