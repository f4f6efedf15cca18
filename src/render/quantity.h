/* SPDX-License-Identifier: MIT */
/* quantity.h - how the figures of a picture are written: one unit for all, three digits each */
#ifndef COURANT_RENDER_QUANTITY_H
#define COURANT_RENDER_QUANTITY_H
#include "render/samples.h"

struct quantity {
	enum table_type type;
	enum language language;
	double one;         /* what one of the unit is: 1e6 for MB/s */
	const char *prefix; /* before the unit, or the whole of it: "MB/s", "万", "k" */
	const char *unit;   /* what is counted, of plain numbers and rates; NULL: nothing */
	bool is_fine;
};

struct quantity quantity_of(const struct picture *, const struct table *, const struct samples *);
/* The same for figures of one type up to `greatest`. */
struct quantity quantity_up_to(enum table_type, double greatest, const char *unit, enum language);

/* "MB/s", "万次/s", "k requests"; nothing for plain numbers without a unit. */
void quantity_write_unit(struct buffer *, const struct quantity *);

/* Without the unit: 0.74, 12.4, 545,122; NaN as an en dash. */
void quantity_write(struct buffer *, const struct quantity *, double value);

/* With it, for sentences: "2.49 MB/s", "99.5%". */
void quantity_write_whole(struct buffer *, const struct quantity *, double value, enum figure_context);

/* A value of the axis, with as many decimals as its step needs. */
void quantity_write_tick(struct buffer *, const struct quantity *, double value, double step);
#endif
