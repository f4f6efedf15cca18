/* SPDX-License-Identifier: MIT */
/* canvas.h - pixels, two to a CSS px: marks painted with even edges
 *
 * Lines of many points and what they enclose are the most of a picture, and always run along one axis; painted here they cost a tenth
 * of what a general tessellator asks (bench/chart). Letters come as masks. Painting is exact arithmetic on one thread: the same marks give
 * the same pixels everywhere. */
#ifndef COURANT_RENDER_CANVAS_H
#define COURANT_RENDER_CANVAS_H
#include "render/drawing.h"

#define CANVAS_SCALE 2

struct canvas {
	unsigned width, height; /* px of the picture */
	uint32_t *pixels;       /* 0xRRGGBB */
	unsigned char *cover;   /* of the mark that is being painted, 0 between marks */
};

/* For pictures of this size; what is there already is used when it fits. Painted white. */
int canvas_reset(struct canvas *, double width_px, double height_px, courant_error **err);
void canvas_release(struct canvas *);
AUTO_DEFINE_VALUE(canvas, struct canvas, canvas_release)

/* Any mark but a text. */
void canvas_paint(struct canvas *, const struct drawing *, const struct mark *);

/* How much of each pixel letters cover, and where their origin lies in it. */
struct mask {
	unsigned width, height;
	int left, top; /* of the mask's corner from the begin of the base line */
	unsigned char *cover;
};
/* With the base line's begin at a pixel. */
void canvas_mask(struct canvas *, const struct mask *, int x, int y, enum ink);
#endif
