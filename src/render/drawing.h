/* SPDX-License-Identifier: MIT */
/* drawing.h - a picture as a list of marks in the order they are painted: geometry without pixels
 *
 * The plot (render/plot.h) makes it, the canvas paints it, tests read it. Lengths are CSS px from the top left corner. */
#ifndef COURANT_RENDER_DRAWING_H
#define COURANT_RENDER_DRAWING_H
#include <stdint.h>

#include "base/auto.h"
#include "base/buffer.h"
#include "base/fail.h"
#include "base/slice.h"

/* Colours, by what they are for. The order of a series' four is that of enum series_colour. */
enum ink {
	INK_GROUND,
	INK_INK,  /* titles, totals */
	INK_TEXT,
	INK_GREY, /* labels, units */
	INK_GRID,
	INK_RULE, /* above the footer */
	INK_AXIS, /* also the former line */
	INK_FRAME,
	INK_GAP,
	INK_HATCH,
	INK_WEEKEND,
	INK_BETWEEN, /* of the week's lines */
	INK_VOLUME,
	INK_ALARM,
	INK_ALARM_TEXT,
	INK_BLUE,
	INK_AMBER,
	INK_GREEN,
	INK_PURPLE,
	INK_BLUE_TEXT,
	INK_AMBER_TEXT,
	INK_GREEN_TEXT,
	INK_PURPLE_TEXT,
	INK_SKY, /* two more, for pictures with a legend */
	INK_OLIVE,
	INK_SKY_TEXT,
	INK_OLIVE_TEXT,
	INK_BLUE_TINT,
	INK_AMBER_TINT,
	INK_GREEN_TINT,
	INK_PURPLE_TINT,
	INKS
};
extern const uint32_t ink_colours[INKS]; /* 0xRRGGBB */

enum mark_kind {
	MARK_RECT,  /* from x, y; w by h */
	MARK_LINE,  /* through its points, `w` wide with round joins; dashed when `on` is not 0 (two points, level or upright) */
	MARK_BAND,  /* points in pairs, upper and lower at the same x: filled between */
	MARK_HATCH, /* lines at 45 degrees in a rectangle */
	MARK_RING,  /* around x, y with radius h, line w, its inside in the ground's colour */
	MARK_DOT,   /* around x, y with radius h */
	MARK_TEXT,  /* from, around or up to x on the base line y */
};

enum text_anchor { ANCHOR_LEFT, ANCHOR_MIDDLE, ANCHOR_RIGHT };

struct text_style {
	double size_px;
	bool is_bold;
};

struct point {
	double x, y;
};

struct mark {
	enum mark_kind kind;
	enum ink ink;
	const char *part; /* what it is: "grid", "tick", "line"; for tests */
	double x, y, w, h;
	double on, off;
	size_t first, n; /* points */
	enum text_anchor anchor;
	struct text_style style;
	double halo; /* px around the letters in the ground's colour */
	char *text;
};

struct drawing {
	double width, height;
	struct mark *marks;
	size_t n_marks, marks_space;
	struct point *points;
	size_t n_points, points_space;
	bool has_failed; /* no memory: told by drawing_check */
	struct mark nowhere; /* what is written then */
};

void drawing_release(struct drawing *);
AUTO_DEFINE_VALUE(drawing, struct drawing, drawing_release)

/* Each adds a mark. Without memory nothing happens, and drawing_check tells. The text is copied. */
struct mark *drawing_add(struct drawing *, enum mark_kind, enum ink, const char *part); /* never NULL */
void drawing_rect(struct drawing *, enum ink, const char *part, double x, double y, double w, double h);
void drawing_hatch(struct drawing *, const char *part, double x, double y, double w, double h);
void drawing_dot(struct drawing *, enum ink, const char *part, double x, double y, double radius);
struct mark *drawing_line(struct drawing *, enum ink, const char *part, double x1, double y1, double x2, double y2, double width);
struct mark *drawing_dashes(struct drawing *, enum ink, const char *part, double x1, double y1, double x2, double y2, double on, double off);
struct mark *drawing_text(struct drawing *, enum ink, const char *part, double x, double y, enum text_anchor, struct text_style,
			  slice text);

/* A point of the last mark. */
void drawing_point(struct drawing *, double x, double y);

int drawing_check(const struct drawing *, courant_error **err);

/* How wide letters are: the studio's fonts, or a test's. */
struct ruler {
	void *context;
	double (*width)(void *context, struct text_style, slice text);
};
double ruler_width(const struct ruler *, struct text_style, slice text);

/* Cuts the text to a width, "…" at its end when it was cut; into `ret`, emptied before. */
void ruler_fit(const struct ruler *, struct text_style, slice text, double width, struct buffer *ret);
#endif
