/* SPDX-License-Identifier: MIT */
/* grid.c - steps and where they begin (grid.h) */
#include "source/grid.h"

static const int64_t lengths_ms[] = {
	MS_PER_SECOND,      2 * MS_PER_SECOND,  5 * MS_PER_SECOND,  10 * MS_PER_SECOND, 15 * MS_PER_SECOND, 20 * MS_PER_SECOND, 30 * MS_PER_SECOND,
	MS_PER_MINUTE,      2 * MS_PER_MINUTE,  5 * MS_PER_MINUTE,  10 * MS_PER_MINUTE, 15 * MS_PER_MINUTE, 20 * MS_PER_MINUTE, 30 * MS_PER_MINUTE,
	MS_PER_HOUR,        2 * MS_PER_HOUR,    3 * MS_PER_HOUR,    4 * MS_PER_HOUR,    6 * MS_PER_HOUR,    12 * MS_PER_HOUR,   MS_PER_DAY,
};
#define LENGTHS (sizeof lengths_ms / sizeof *lengths_ms)

int64_t grid_floor_plain(int64_t time_ms, int64_t anchor_ms, int64_t step_ms)
{
	const int64_t distance = time_ms - anchor_ms;
	const int64_t rest = distance % step_ms;

	return time_ms - (rest < 0 ? rest + step_ms : rest);
}

struct grid grid_on_clock(const struct zone *zone, int64_t at_ms, int64_t step_ms)
{
	return (struct grid){zone, -(int64_t)zone_offset_at(zone, at_ms) * MS_PER_SECOND, step_ms};
}

int64_t grid_floor(const struct grid *grid, int64_t time_ms)
{
	return grid->step_ms == MS_PER_DAY ? zone_day_start(grid->zone, time_ms) : grid_floor_plain(time_ms, grid->anchor_ms, grid->step_ms);
}

int64_t grid_next(const struct grid *grid, int64_t start_ms)
{
	return grid->step_ms == MS_PER_DAY ? zone_day_add(grid->zone, start_ms, 1) : start_ms + grid->step_ms;
}

int64_t grid_choose_step(int64_t base_ms, int64_t least_ms)
{
	for (size_t i = 0; i < LENGTHS; i++)
		if (lengths_ms[i] >= least_ms && (!base_ms || lengths_ms[i] % base_ms == 0))
			return lengths_ms[i];
	if (least_ms > MS_PER_DAY || !base_ms)
		return MS_PER_DAY;
	return (least_ms + base_ms - 1) / base_ms * base_ms;
}

int64_t grid_nearest_step(int64_t length_ms)
{
	for (size_t i = 0; i < LENGTHS; i++)
		if (length_ms >= lengths_ms[i] - lengths_ms[i] / 20 && length_ms <= lengths_ms[i] + lengths_ms[i] / 20)
			return lengths_ms[i];
	return 0;
}
