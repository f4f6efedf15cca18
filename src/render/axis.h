/* SPDX-License-Identifier: MIT */
/* axis.h - where the ticks of both axes stand */
#ifndef COURANT_RENDER_AXIS_H
#define COURANT_RENDER_AXIS_H
#include "base/zone.h"
#include "table/words.h"

struct value_axis {
	double low, high; /* of the plot */
	double step;      /* ticks are its multiples from low to high */
};

/* Two to four steps (up to five where there are negative values) of 1, 2 or 5 times a power of ten, in units of `one`; also of 25 times
 * one, which fits 472 into 500. From 0, unless a value is below it. */
struct value_axis value_axis_of(double least, double greatest, double one);

/* From 0 to a whole: rounded up, but not to a tick. */
struct value_axis value_axis_to(double whole, double one);

/* 0 to 100 %. */
struct value_axis value_axis_share(void);

/* Around values that differ by little, far from 0. */
struct value_axis value_axis_around(double least, double greatest, double one);

#define TIME_TICKS_MAX 64
struct time_tick {
	int64_t at_ms;
	bool is_border; /* midnight among hours: the date stands in place of 00 */
	char label[24]; /* "08", "12:30", "11/10", "10 Nov", "2026" */
};
struct time_axis {
	struct time_tick ticks[TIME_TICKS_MAX];
	size_t n;
	int64_t step_ms; /* between ticks; days are not all of one length */
};

/* Whole local hours (or minutes, days, months) so far apart that each has `room_px` of the plot's width. */
void time_axis_of(struct time_axis *, const struct zone *, int64_t from_ms, int64_t to_ms, double width_px, double room_px, enum language);

/* "UTC+8"; "UTC+1/+2" when the clocks change between the two. */
void time_axis_zone(struct buffer *, const struct zone *, int64_t from_ms, int64_t to_ms);
#endif
