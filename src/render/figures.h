/* SPDX-License-Identifier: MIT */
/* figures.h - what a picture's footer says, as a table: the same numbers, never typed twice */
#ifndef COURANT_RENDER_FIGURES_H
#define COURANT_RENDER_FIGURES_H
#include "render/quantity.h"

enum figures_column { FIGURES_SERIES, FIGURES_UNIT, FIGURES_LAST, FIGURES_AVERAGE, FIGURES_GREATEST, FIGURES_TIME, FIGURES_P95, FIGURES_COLUMNS };

/* An empty one; a picture's rows are added to it. The window decides whether times need their date. */
struct table *figures_new(int64_t from_ms, int64_t to_ms, courant_error **err);
int figures_add(struct table *, const struct picture *, const struct quantity *, const struct samples *, courant_error **err);
#endif
