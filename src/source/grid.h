/* SPDX-License-Identifier: MIT */
/* grid.h - the steps that rows of a series have: where each begins, and which lengths read well */
#ifndef COURANT_SOURCE_GRID_H
#define COURANT_SOURCE_GRID_H
#include "base/zone.h"

/* Steps of one length from an anchor on; days are the zone's own, with 23 and 25 hours. */
struct grid {
	const struct zone *zone;
	int64_t anchor_ms, step_ms;
};

/* Steps that begin at the zone's full hours, quarters and so on, as its clock shows them at `at_ms`. */
struct grid grid_on_clock(const struct zone *, int64_t at_ms, int64_t step_ms);

int64_t grid_floor(const struct grid *, int64_t time_ms); /* the start of the step that holds the instant */
int64_t grid_next(const struct grid *, int64_t start_ms);
int64_t grid_floor_plain(int64_t time_ms, int64_t anchor_ms, int64_t step_ms);

/* A length that reads well (1, 2, 5, 10, 15, 20, 30 s and min, 1, 2, 3, 4, 6, 12 h, 1 d): at least `least_ms`, and a multiple of `base_ms` (0: of anything); days
 * and what is longer stay days. */
int64_t grid_choose_step(int64_t base_ms, int64_t least_ms);

/* The one that is within a twentieth of this length; 0: none. */
int64_t grid_nearest_step(int64_t length_ms);
#endif
