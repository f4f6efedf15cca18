/* SPDX-License-Identifier: MIT */
/* plot.h - where everything of a picture stands: samples become a drawing
 *
 * Nothing here knows pixels or fonts: letters are measured by the ruler that is given. */
#ifndef COURANT_RENDER_PLOT_H
#define COURANT_RENDER_PLOT_H
#include "render/drawing.h"
#include "render/samples.h"

int plot_draw(struct drawing *, const struct picture *, const struct table *, const struct samples *, const struct ruler *,
	      courant_error **err);
#endif
