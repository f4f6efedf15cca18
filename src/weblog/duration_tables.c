/* SPDX-License-Identifier: MIT */
/* duration_tables.c - how long answers took: by the hour, by the day, in all, and by the page (tables.h) */
#include "weblog/ranking.h"
#include "weblog/tables.h"

#define MILLION 1e6

static struct table_cell seconds_cell(uint64_t microseconds)
{
	return CELL_NUMBER((double)microseconds / MILLION);
}

/* The figures behind the first column. */
static void write_figures(const struct histogram *durations, struct table_cell *cells)
{
	cells[0] = seconds_cell(histogram_quantile(durations, 0.5));
	cells[1] = seconds_cell(histogram_quantile(durations, 0.9));
	cells[2] = seconds_cell(histogram_quantile(durations, 0.95));
	cells[3] = seconds_cell(histogram_quantile(durations, 0.99));
	cells[4] = seconds_cell(durations->greatest);
	cells[5] = CELL_COUNT(durations->n);
}

int fill_latency(const struct table_fill *fill, courant_error **err)
{
	for (size_t i = 0; i < fill->tally->n_hours; i++) {
		const struct tally_hour *hour = &fill->tally->hours[fill->tally->hour_order[i]];
		struct table_cell cells[RANKING_CELLS] = {CELL_TIME(hour->from_s * MS_PER_SECOND)};

		write_figures(&hour->durations, cells + 1);
		if (hour->durations.n && table_add_row(fill->table, cells, err) < 0)
			return -1;
	}
	return 0;
}

/* A row a day, out of all its requests: percentiles of hours make none of a day. */
int fill_latency_days(const struct table_fill *fill, courant_error **err)
{
	const struct zone *zone = fill->weblog->settings.zone;
	const struct tally *tally = fill->tally;

	for (size_t i = 0; i < tally->n_hours;) {
		const int64_t day_ms = zone_day_start(zone, tally->hours[tally->hour_order[i]].from_s * MS_PER_SECOND);
		const int64_t next_ms = zone_day_add(zone, day_ms, 1);
		AUTO(histogram) struct histogram durations = {.n = 0};
		struct table_cell cells[RANKING_CELLS] = {CELL_TIME(day_ms)};

		for (; i < tally->n_hours && tally->hours[tally->hour_order[i]].from_s * MS_PER_SECOND < next_ms; i++)
			if (histogram_join(&durations, &tally->hours[tally->hour_order[i]].durations) < 0)
				return fail_memory(err);
		write_figures(&durations, cells + 1);
		if (durations.n && table_add_row(fill->table, cells, err) < 0)
			return -1;
	}
	return 0;
}

int fill_latency_total(const struct table_fill *fill, courant_error **err)
{
	AUTO(histogram) struct histogram durations = {.n = 0};
	struct table_cell cells[RANKING_CELLS];

	for (size_t i = 0; i < fill->tally->n_hours; i++)
		if (histogram_join(&durations, &fill->tally->hours[i].durations) < 0)
			return fail_memory(err);
	write_figures(&durations, cells);
	return durations.n ? table_add_row(fill->table, cells, err) : 0;
}

int fill_slow_pages(const struct table_fill *fill, courant_error **err)
{
	const struct keys *paths = &fill->tally->tables[TALLY_PATHS].keys;
	AUTO(ranking) struct ranking ranking;

	ranking_init(&ranking, fill->table, fill->top);
	ranking.column = table_find_column(fill->table, "p95");
	for (uint32_t ref = KEYS_NONE; keys_next(paths, &ref);) {
		const struct tally_path *path = keys_value(paths, ref);
		struct table_cell cells[RANKING_CELLS] = {CELL_TEXT(keys_key(paths, ref))};

		if (!path->durations)
			continue;
		write_figures(path->durations, cells + 1);
		if (ranking_add(&ranking, cells, err) < 0)
			return -1;
	}
	return ranking_write(&ranking, err);
}
