/* SPDX-License-Identifier: MIT */
/* canvas.c - marks become pixels
 *
 * A mark first fills `cover`: how much of each pixel it covers, from 0 to 255, the greatest where its pieces overlap. Then its colour is
 * laid on once. So joins are round, and no line is darker where it turns. */
#include "render/canvas.h"

#include <math.h>

#include "base/alloc.h"

#define FULL 255

/* Edges have so many steps from ground to colour. More cannot be told apart in a picture that is shown at half its size, and make its file
 * a quarter larger. */
#define STEPS 4

int canvas_reset(struct canvas *canvas, double width_px, double height_px, courant_error **err)
{
	const unsigned width = (unsigned)(width_px * CANVAS_SCALE), height = (unsigned)(height_px * CANVAS_SCALE);
	const size_t n = (size_t)width * height;

	if (width != canvas->width || height != canvas->height) {
		canvas_release(canvas);
		canvas->pixels = mem_array(n, sizeof *canvas->pixels);
		canvas->cover = mem_array(n, 1);
		if (!canvas->pixels || !canvas->cover) {
			canvas_release(canvas);
			return fail_memory(err);
		}
		canvas->width = width;
		canvas->height = height;
	}
	for (size_t i = 0; i < n; i++)
		canvas->pixels[i] = ink_colours[INK_GROUND];
	return 0;
}

void canvas_release(struct canvas *canvas)
{
	free(canvas->pixels);
	free(canvas->cover);
	*canvas = (struct canvas){0};
}

/* Pixels from left to right and top to bottom, the ends excluded. */
struct area {
	int left, top, right, bottom;
};

static struct area clip(const struct canvas *canvas, double left, double top, double right, double bottom)
{
	const struct area area = {
		(int)fmax(floor(left), 0),
		(int)fmax(floor(top), 0),
		(int)fmin(ceil(right), canvas->width),
		(int)fmin(ceil(bottom), canvas->height),
	};

	return area;
}

static uint32_t blend(uint32_t under, uint32_t over, unsigned cover)
{
	const uint32_t step = (cover * STEPS + FULL / 2) / FULL, rest = STEPS - step;
	/* Two channels at a time: four times 255 fits into the bits between them. */
	const uint32_t rb = (under & 0xff00ff) * rest + (over & 0xff00ff) * step;
	const uint32_t g = (under & 0x00ff00) * rest + (over & 0x00ff00) * step;

	return (rb / STEPS & 0xff00ff) | (g / STEPS & 0x00ff00);
}

/* Lays the colour on what is covered, and uncovers it. */
static void lay(struct canvas *canvas, const struct area *area, enum ink ink)
{
	static const unsigned char nothing[8];
	const uint32_t colour = ink_colours[ink];

	for (int y = area->top; y < area->bottom; y++) {
		const size_t row = (size_t)y * canvas->width;
		unsigned char *cover = canvas->cover + row;
		uint32_t *pixels = canvas->pixels + row;

		for (int x = area->left; x < area->right; x++) {
			/* Most of a line's rows are empty: eight at a time. */
			while (x + 8 <= area->right && memcmp(cover + x, nothing, sizeof nothing) == 0)
				x += 8;
			if (x >= area->right || !cover[x])
				continue;
			pixels[x] = cover[x] == FULL ? colour : blend(pixels[x], colour, cover[x]);
			cover[x] = 0;
		}
	}
}

static unsigned char cover_of(double share)
{
	return share >= 1 ? FULL : share <= 0 ? 0 : (unsigned char)(share * FULL + 0.5);
}

static void raise_cover(unsigned char *cover, double share)
{
	const unsigned char value = cover_of(share);

	if (value > *cover)
		*cover = value;
}

/* How much of the pixel that begins at `at` lies between low and high. */
static double overlap(double low, double high, int at)
{
	return fmin(high, at + 1) - fmax(low, at);
}

/* One row of a box: what lies whole in it between the two pixels of its sides. */
static void paint_row(uint32_t *pixels, const struct area *area, double left, double right, double high, enum ink ink)
{
	const uint32_t colour = ink_colours[ink];

	for (int x = area->left; x < area->right; x++) {
		const bool is_side = x == area->left || x == area->right - 1;
		const double share = is_side ? high * overlap(left, right, x) : high;

		pixels[x] = share >= 1 ? colour : blend(pixels[x], colour, cover_of(share));
	}
}

static void paint_box(struct canvas *canvas, double left, double top, double right, double bottom, enum ink ink)
{
	const struct area area = clip(canvas, left, top, right, bottom);

	for (int y = area.top; y < area.bottom; y++)
		paint_row(canvas->pixels + (size_t)y * canvas->width, &area, left, right, overlap(top, bottom, y), ink);
}

/* ---- lines ---- */

/* A stretch of a line: from `x`, `y` in the direction (ux, uy), both ends round. */
struct stretch {
	float x, y, ux, uy, len;
	float half, reach; /* half its width; where its edge has faded out */
	float slope, aside; /* along a row: how far its middle moves from one to the next, and how far it is wide */
};

static struct stretch stretch_of(struct point a, struct point b, double half)
{
	const double dx = b.x - a.x, dy = b.y - a.y, len = sqrt(dx * dx + dy * dy);
	struct stretch stretch = {.x = (float)a.x, .y = (float)a.y, .len = (float)len, .half = (float)half, .reach = (float)(half + 0.5)};

	if (len > 0) {
		stretch.ux = (float)(dx / len);
		stretch.uy = (float)(dy / len);
	}
	if (fabs(dy) > 1e-6) {
		stretch.slope = (float)(dx / dy);
		stretch.aside = (float)((half + 0.5) * len / fabs(dy));
	}
	return stretch;
}

/* 0 for what lies before it: pixels are counted from there. */
static int pixel_from(float at)
{
	return at > 0 ? (int)at : 0;
}

static int pixel_to(float at, unsigned end)
{
	return at <= 0 ? 0 : at >= (float)end ? (int)end : (int)at + 1;
}

/* How far a pixel's middle is from the stretch: beside it as the crow flies sideways, beyond an end from that end. */
static float distance(const struct stretch *stretch, float along, float side)
{
	const float beyond = along < 0 ? -along : along - stretch->len;

	return beyond > 0 ? sqrtf(side * side + beyond * beyond) : fabsf(side);
}

static void cover_row(unsigned char *cover, const struct stretch *stretch, int left, int right, float dy)
{
	const float dx = (float)left + 0.5F - stretch->x;
	float along = dx * stretch->ux + dy * stretch->uy, side = dx * stretch->uy - dy * stretch->ux;

	for (int x = left; x < right; x++, along += stretch->ux, side += stretch->uy) {
		const float share = stretch->reach - distance(stretch, along, side);

		if (share <= 0)
			continue;

		const unsigned char value = share >= 1 ? FULL : (unsigned char)(share * FULL + 0.5F);

		if (value > cover[x])
			cover[x] = value;
	}
}

/* Every pixel near it by its middle's distance. */
static void cover_stretch(struct canvas *canvas, struct point a, struct point b, double half)
{
	const struct stretch stretch = stretch_of(a, b, half);
	const float low = (float)(a.y < b.y ? a.y : b.y) - stretch.reach, high = (float)(a.y < b.y ? b.y : a.y) + stretch.reach;
	const float left = (float)(a.x < b.x ? a.x : b.x) - stretch.reach, right = (float)(a.x < b.x ? b.x : a.x) + stretch.reach;
	const int bottom = pixel_to(high, canvas->height);

	for (int y = pixel_from(low); y < bottom; y++) {
		const float dy = (float)y + 0.5F - stretch.y;
		float from = left, to = right;

		if (stretch.aside > 0) {
			const float middle = stretch.x + dy * stretch.slope;

			from = middle - stretch.aside > from ? middle - stretch.aside : from;
			to = middle + stretch.aside < to ? middle + stretch.aside : to;
		}
		cover_row(canvas->cover + (size_t)y * canvas->width, &stretch, pixel_from(from), pixel_to(to, canvas->width), dy);
	}
}

static struct point scaled(struct point point)
{
	return (struct point){point.x * CANVAS_SCALE, point.y * CANVAS_SCALE};
}

static void paint_line(struct canvas *canvas, const struct drawing *drawing, const struct mark *mark)
{
	const struct point *points = drawing->points + mark->first;
	const double half = mark->w * CANVAS_SCALE / 2;
	double top = canvas->height, bottom = 0;

	for (size_t i = 0; i + 1 < mark->n; i++) {
		const struct point a = scaled(points[i]), b = scaled(points[i + 1]);

		cover_stretch(canvas, a, b, half);
		top = fmin(top, fmin(a.y, b.y));
		bottom = fmax(bottom, fmax(a.y, b.y));
	}

	const struct area area = clip(canvas, 0, top - half - 1, canvas->width, bottom + half + 1);

	lay(canvas, &area, mark->ink);
}

/* Level and upright lines have square ends and cover whole pixels where they can. */
static void paint_straight(struct canvas *canvas, const struct drawing *drawing, const struct mark *mark)
{
	const struct point a = scaled(drawing->points[mark->first]), b = scaled(drawing->points[mark->first + 1]);
	const bool is_level = a.y == b.y;
	const double half = mark->w * CANVAS_SCALE / 2;
	const double from = is_level ? fmin(a.x, b.x) : fmin(a.y, b.y), to = is_level ? fmax(a.x, b.x) : fmax(a.y, b.y);
	const double on = mark->on > 0 ? mark->on * CANVAS_SCALE : to - from;
	const double off = mark->on > 0 ? mark->off * CANVAS_SCALE : 1;

	for (double at = from; at < to; at += on + off) {
		const double end = fmin(at + on, to);

		if (is_level)
			paint_box(canvas, at, a.y - half, end, a.y + half, mark->ink);
		else
			paint_box(canvas, a.x - half, at, a.x + half, end, mark->ink);
	}
}

/* ---- areas ---- */

/* The pairs of points around x: the upper and lower line there. `at` moves on with x. */
static bool band_at(const struct point *points, size_t n_pairs, double x, size_t *at, double *ret_upper, double *ret_lower)
{
	while (*at + 2 < n_pairs && points[2 * (*at + 1)].x * CANVAS_SCALE < x)
		++*at;

	const struct point *left = &points[2 * *at], *right = &points[2 * *at + 2];
	const double width = (right->x - left->x) * CANVAS_SCALE;
	const double share = width > 0 ? fmin(fmax((x - left->x * CANVAS_SCALE) / width, 0), 1) : 0;

	*ret_upper = (left->y + (right->y - left->y) * share) * CANVAS_SCALE;
	*ret_lower = (left[1].y + (right[1].y - left[1].y) * share) * CANVAS_SCALE;
	return *ret_lower > *ret_upper;
}

/* A column of pixels after another, each from the upper line to the lower. */
static void paint_band(struct canvas *canvas, const struct drawing *drawing, const struct mark *mark)
{
	const struct point *points = drawing->points + mark->first;
	const size_t n_pairs = mark->n / 2;

	if (n_pairs < 2)
		return;

	const double from = points[0].x * CANVAS_SCALE, to = points[2 * n_pairs - 2].x * CANVAS_SCALE;
	struct area area = clip(canvas, from, canvas->height, to, 0);
	double top = canvas->height, bottom = 0;
	size_t at = 0;

	for (int x = area.left; x < area.right; x++) {
		const double wide = overlap(from, to, x);
		double upper, lower;

		if (!band_at(points, n_pairs, fmin(fmax(x + 0.5, from), to), &at, &upper, &lower))
			continue;
		top = fmin(top, upper);
		bottom = fmax(bottom, lower);

		const int end = (int)fmin(ceil(lower), canvas->height);

		for (int y = (int)fmax(floor(upper), 0); y < end; y++)
			raise_cover(&canvas->cover[(size_t)y * canvas->width + (size_t)x], wide * overlap(upper, lower, y));
	}
	area.top = (int)fmax(floor(top), 0);
	area.bottom = (int)fmin(ceil(bottom), canvas->height);
	lay(canvas, &area, mark->ink);
}

#define HATCH_EVERY 5
#define HATCH_PX    0.75

/* Lines from the lower left to the upper right, cut at the sides. */
static void paint_hatch(struct canvas *canvas, const struct mark *mark)
{
	const double left = mark->x * CANVAS_SCALE, top = mark->y * CANVAS_SCALE;
	const double w = mark->w * CANVAS_SCALE, h = mark->h * CANVAS_SCALE;
	const double every = HATCH_EVERY * CANVAS_SCALE;

	for (double at = every / 2; at < w + h; at += every) {
		const double x1 = fmax(at - h, 0), x2 = fmin(at, w);
		const struct point low = {left + x1, top + at - x1}, high = {left + x2, top + at - x2};

		if (low.y <= top + h + 1e-9)
			cover_stretch(canvas, low, high, HATCH_PX * CANVAS_SCALE / 2);
	}

	/* Their round ends stay outside. */
	const struct area inside = clip(canvas, left, top, left + w, top + h);
	const struct area around = clip(canvas, left - 2, top - 2, left + w + 2, top + h + 2);

	for (int y = around.top; y < around.bottom; y++)
		for (int x = around.left; x < around.right; x++)
			if (y < inside.top || y >= inside.bottom || x < inside.left || x >= inside.right)
				canvas->cover[(size_t)y * canvas->width + (size_t)x] = 0;
	lay(canvas, &inside, mark->ink);
}

/* Between two distances from a point. */
static void paint_round(struct canvas *canvas, const struct mark *mark, double inner, double outer, enum ink ink)
{
	const double x0 = mark->x * CANVAS_SCALE, y0 = mark->y * CANVAS_SCALE;
	const struct area area = clip(canvas, x0 - outer - 1, y0 - outer - 1, x0 + outer + 1, y0 + outer + 1);

	for (int y = area.top; y < area.bottom; y++)
		for (int x = area.left; x < area.right; x++) {
			const double distance = hypot(x + 0.5 - x0, y + 0.5 - y0);
			const double share = fmin(outer + 0.5 - distance, inner > 0 ? distance - inner + 0.5 : 1);

			if (share > 0)
				raise_cover(&canvas->cover[(size_t)y * canvas->width + (size_t)x], fmin(share, 1));
		}
	lay(canvas, &area, ink);
}

static bool is_straight(const struct drawing *drawing, const struct mark *mark)
{
	const struct point *points = drawing->points + mark->first;

	return mark->n == 2 && (points[0].x == points[1].x || points[0].y == points[1].y);
}

void canvas_paint(struct canvas *canvas, const struct drawing *drawing, const struct mark *mark)
{
	const double radius = mark->h * CANVAS_SCALE, half = mark->w * CANVAS_SCALE / 2;

	switch (mark->kind) {
	case MARK_RECT:
		paint_box(canvas, mark->x * CANVAS_SCALE, mark->y * CANVAS_SCALE, (mark->x + mark->w) * CANVAS_SCALE,
			  (mark->y + mark->h) * CANVAS_SCALE, mark->ink);
		break;
	case MARK_LINE:
		if (is_straight(drawing, mark))
			paint_straight(canvas, drawing, mark);
		else
			paint_line(canvas, drawing, mark);
		break;
	case MARK_BAND:
		paint_band(canvas, drawing, mark);
		break;
	case MARK_HATCH:
		paint_hatch(canvas, mark);
		break;
	case MARK_RING:
		paint_round(canvas, mark, 0, radius, INK_GROUND);
		paint_round(canvas, mark, radius - half, radius + half, mark->ink);
		break;
	case MARK_DOT:
		paint_round(canvas, mark, 0, radius, mark->ink);
		break;
	case MARK_TEXT:
		break; /* letters are masks: canvas_mask */
	}
}

void canvas_mask(struct canvas *canvas, const struct mask *mask, int x, int y, enum ink ink)
{
	const uint32_t colour = ink_colours[ink];

	for (unsigned row = 0; row < mask->height; row++) {
		const int at = y + mask->top + (int)row;

		if (at < 0 || at >= (int)canvas->height)
			continue;
		for (unsigned column = 0; column < mask->width; column++) {
			const int to = x + mask->left + (int)column;
			const unsigned char cover = mask->cover[(size_t)row * mask->width + column];

			if (cover && to >= 0 && to < (int)canvas->width) {
				uint32_t *pixel = &canvas->pixels[(size_t)at * canvas->width + (size_t)to];

				*pixel = blend(*pixel, colour, cover);
			}
		}
	}
}
