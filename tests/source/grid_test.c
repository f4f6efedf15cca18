/* SPDX-License-Identifier: MIT */
#include "source/grid.h"

#include "tap.h"

static void lengths_read_well(void)
{
	static const struct {
		const char *name;
		int64_t base_s, least_s, step_s;
	} rows[] = {
		{"ten minutes fit 144 into a day", 60, 600, 600},
		{"a little more than five minutes are ten", 60, 301, 600},
		{"what is short enough stays", 300, 300, 300},
		{"multiples of the base only", 420, 500, 840},
		{"an hour of five minutes", 300, 1801, 3600},
		{"days stay days", 3600, 86400, 86400},
		{"longer ones, too", 3600, 200000, 86400},
		{"of anything", 0, 45, 60},
		{"half minutes", 30, 31, 60},
	};

	EACH (row, rows) {
		tap_row(row->name);
		CHECK_INT(grid_choose_step(row->base_s * 1000, row->least_s * 1000) / 1000, row->step_s);
	}
}

static void steps_begin_on_the_zone_s_clock(void)
{
	AUTO(zone) struct zone *kolkata = zone_load(SLICE("Asia/Kolkata"), NULL);
	const int64_t at = INT64_C(1794182707000); /* 05:35:07 there */
	const struct grid hours = grid_on_clock(kolkata, at, MS_PER_HOUR), days = grid_on_clock(kolkata, at, MS_PER_DAY);

	CHECK_INT(grid_floor(&hours, at), INT64_C(1794180600000)); /* 05:00 */
	CHECK_INT(grid_next(&hours, grid_floor(&hours, at)), INT64_C(1794184200000));
	CHECK_INT(grid_floor(&days, at), INT64_C(1794162600000)); /* midnight */
}

static void days_have_the_length_of_their_zone(void)
{
	AUTO(zone) struct zone *berlin = zone_load(SLICE("Europe/Berlin"), NULL);
	const struct grid days = grid_on_clock(berlin, INT64_C(1792792800000), MS_PER_DAY);
	const int64_t sunday = INT64_C(1792879200000); /* 2026-10-25 00:00 +02:00 */

	CHECK_INT(grid_floor(&days, sunday + 20 * MS_PER_HOUR), sunday);
	CHECK_INT(grid_next(&days, sunday) - sunday, 25 * MS_PER_HOUR);
}

static void lengths_nearby_are_found(void)
{
	CHECK_INT(grid_nearest_step(60100), 60000);
	CHECK_INT(grid_nearest_step(58000), 60000);
	CHECK_INT(grid_nearest_step(45000), 0);
}

static void floors_go_down_before_the_anchor(void)
{
	CHECK_INT(grid_floor_plain(-1, 0, 60), -60);
	CHECK_INT(grid_floor_plain(-60, 0, 60), -60);
	CHECK_INT(grid_floor_plain(59, 0, 60), 0);
	CHECK_INT(grid_floor_plain(100, 30, 60), 90);
}

TESTS(TEST(lengths_read_well), TEST(steps_begin_on_the_zone_s_clock), TEST(days_have_the_length_of_their_zone), TEST(lengths_nearby_are_found),
      TEST(floors_go_down_before_the_anchor))
