/* SPDX-License-Identifier: MIT */
/* letters.h - texts as masks, shaped once and kept: pango finds the fonts and the glyphs, cairo draws them
 *
 * Fonts: Noto Sans CJK SC, WenQuanYi Micro Hei, DejaVu Sans, in this order. A letter that none of them has is never shown as a box: of the
 * scripts that reports are written in it is an error that names the package to install, of others it is written \u{1F600}. */
#ifndef COURANT_RENDER_LETTERS_H
#define COURANT_RENDER_LETTERS_H
#include "render/canvas.h"

struct letters;

struct letters *letters_new(courant_error **err);
void letters_free(struct letters *);
AUTO_DEFINE(letters, struct letters, letters_free)

struct run_of_letters {
	double width_px; /* CSS px to where the next text would begin */
	struct mask mask;
	struct mask halo; /* the letters widened; its cover is NULL until it is asked for */
};

/* The text in a style. Kept until there are very many. NULL: letters_check says why. */
const struct run_of_letters *letters_find(struct letters *, struct text_style, slice text);
/* The same with its halo, so many CSS px wide. */
const struct run_of_letters *letters_find_halo(struct letters *, struct text_style, slice text, double halo_px);

/* Whether all texts so far could be shown; the first failure is told once. */
int letters_check(struct letters *, courant_error **err);

/* Measures by these letters; what fails is 0 wide, and told by letters_check. */
struct ruler letters_ruler(struct letters *);
#endif
