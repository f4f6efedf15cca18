/* SPDX-License-Identifier: MIT */
/* plot_peak.c - the first series' maximum: a ring, and its value and time beside it */
#include <math.h>

#include "render/picture_words.h"
#include "render/plot_own.h"

#define RING_PX      2.6
#define RING_LINE_PX 1.4
#define RING_GAP_PX  6 /* from its middle to the letters */
#define HALO_PX      1.5
#define ABOVE_PX     9 /* letters above their base line */
#define BELOW_PX     3
#define EDGE_PX      8 /* of the picture */
#define LABELS_GAP   4

struct box {
	double left, top, right, bottom;
};

/* Whether the stretch crosses the box: clipped by each side in turn (Liang and Barsky, 1984). */
static bool crosses(const struct box *box, struct point a, struct point b)
{
	const double dx = b.x - a.x, dy = b.y - a.y;
	const double p[4] = {-dx, dx, -dy, dy};
	const double q[4] = {a.x - box->left, box->right - a.x, a.y - box->top, box->bottom - a.y};
	double from = 0, to = 1;

	for (size_t i = 0; i < 4; i++) {
		if (p[i] == 0 && q[i] < 0)
			return false;
		if (p[i] < 0)
			from = fmax(from, q[i] / p[i]);
		else if (p[i] > 0)
			to = fmin(to, q[i] / p[i]);
	}
	return from <= to;
}

/* Whether a label beside the plot lies in the way. */
static bool touches_label(const struct plot *plot, const struct box *box)
{
	if (box->right < plot->right + RING_GAP_PX - LABELS_GAP)
		return false;
	for (size_t i = 0; i < plot->n_labels; i++)
		if (fabs(plot->labels[i].place + 4.3 - box->bottom) < ABOVE_PX + BELOW_PX)
			return true;
	return false;
}

/* Whether that, a line or the day's border does. */
static bool is_covered(const struct plot *plot, const struct box *box)
{
	const struct drawing *drawing = plot->drawing;

	for (size_t i = 0; i < drawing->n_marks; i++) {
		const struct mark *mark = &drawing->marks[i];

		if (mark->kind != MARK_LINE || (strcmp(mark->part, "line") && strcmp(mark->part, "border")))
			continue;
		for (size_t k = 1; k < mark->n; k++)
			if (crosses(box, drawing->points[mark->first + k - 1], drawing->points[mark->first + k]))
				return true;
	}
	return touches_label(plot, box);
}

static struct box box_beside(const struct plot *plot, double x, double y, slice text, bool is_right)
{
	const double width = ruler_width(plot->ruler, plot->bold, text);
	const double left = is_right ? x + RING_GAP_PX : x - RING_GAP_PX - width;

	return (struct box){left, y + 4.3 - ABOVE_PX, left + width, y + 4.3 + BELOW_PX};
}

/* "No data" stands at the top of its gap, unless the words do. */
static void make_way(struct plot *plot, const struct box *words)
{
	for (size_t i = 0; i < plot->drawing->n_marks; i++) {
		struct mark *mark = &plot->drawing->marks[i];

		if (mark->kind != MARK_TEXT || strcmp(mark->part, "gap") || !mark->text)
			continue;

		const double half = ruler_width(plot->ruler, mark->style, slice_of(mark->text)) / 2;

		if (mark->x + half > words->left && mark->x - half < words->right && mark->y > words->top && mark->y - ABOVE_PX < words->bottom)
			mark->y = plot->bottom - BELOW_PX - 2;
	}
}

static void draw_words(struct plot *plot, double x, double y, const struct summary *summary, enum ink ink)
{
	AUTO(buffer) struct buffer value = BUFFER_LIMIT(200), both = BUFFER_LIMIT(200);

	quantity_write(&value, &plot->quantity, summary->greatest);
	buffer_append(&both, buffer_peek(&value));
	buffer_append(&both, SLICE("  "));
	picture_write_time(&both, plot->picture, plot->samples, summary->greatest_ms);

	const struct box right = box_beside(plot, x, y, buffer_peek(&both), true), value_right = box_beside(plot, x, y, buffer_peek(&value), true);
	const bool is_right = right.right <= plot->drawing->width - EDGE_PX && !touches_label(plot, &value_right);
	const struct box with_time = box_beside(plot, x, y, buffer_peek(&both), is_right);
	const bool has_time = with_time.left >= plot->left && !is_covered(plot, &with_time);

	const struct box words = box_beside(plot, x, y, buffer_peek(has_time ? &both : &value), is_right);

	make_way(plot, &words);
	drawing_text(plot->drawing, ink, "peak", is_right ? x + RING_GAP_PX : x - RING_GAP_PX, y + 4.3,
		     is_right ? ANCHOR_LEFT : ANCHOR_RIGHT, plot->bold, buffer_peek(has_time ? &both : &value))
		->halo = HALO_PX;
}

static void draw_ring(struct plot *plot, double x, double y, enum ink ink)
{
	struct mark *ring = drawing_add(plot->drawing, MARK_RING, ink, "ring");

	ring->x = x;
	ring->y = y;
	ring->w = RING_LINE_PX;
	ring->h = RING_PX;
}

/* The highest bar has its value above it. */
static void draw_bar_value(struct plot *plot, const struct summary *summary)
{
	const struct samples *samples = plot->samples;
	const double slot = (plot->right - plot->left) / (double)samples->n;
	const double x = samples->is_timed ? plot_x(plot, summary->greatest_ms + samples->step_ms / 2)
					   : plot->left + ((double)summary->greatest_row + 0.5) * slot;
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(200);

	quantity_write(&text, &plot->quantity, summary->greatest);

	const double half = ruler_width(plot->ruler, plot->bold, buffer_peek(&text)) / 2;

	drawing_text(plot->drawing, plot_text_ink(plot_line_ink(plot, 0)), "peak",
		     fmin(fmax(x, plot->left + half), plot->drawing->width - EDGE_PX - half), plot_y(plot, summary->greatest) - 4,
		     ANCHOR_MIDDLE, plot->bold, buffer_peek(&text))
		->halo = HALO_PX;
}

void plot_peak(struct plot *plot)
{
	const struct summary *summary = &plot->samples->series[0].summary;
	const bool is_line = plot->picture->kind == PICTURE_LINES;
	const enum ink ink = plot_line_ink(plot, 0);

	/* Of what never changes, no point is the highest. */
	if (summary->n == 0 || !(summary->greatest > summary->least))
		return;
	if (plot->picture->kind == PICTURE_BARS)
		draw_bar_value(plot, summary);
	if (!is_line)
		return;

	const double x = plot_x(plot, summary->greatest_ms + plot->samples->step_ms / 2), y = plot_y(plot, summary->greatest);

	draw_words(plot, fmin(x, plot->right), y, summary, plot_text_ink(ink));
	draw_ring(plot, fmin(x, plot->right), y, ink);
}
