/* SPDX-License-Identifier: MIT */
/* time_tables.c - totals, hours, days, hours of the day, rejected lines (tables.h) */
#include "weblog/ranking.h"
#include "weblog/tables.h"


static struct table_cell time_cell(int64_t time_s)
{
	return CELL_TIME(time_s * MS_PER_SECOND);
}

int fill_totals(const struct table_fill *fill, courant_error **err)
{
	const struct weblog *weblog = fill->weblog;
	const struct tally *tally = fill->tally;
	const struct table_cell cells[] = {
		CELL_COUNT(weblog->scanners[0].lines),
		CELL_COUNT(tally->hits),
		CELL_COUNT(weblog->scanners[0].rejects.n),
		CELL_COUNT(tally->bytes),
		CELL_COUNT(tally->n_addresses),
		CELL_COUNT(tally->n_visitors),
		CELL_COUNT(tally->visits),
		CELL_COUNT(tally->page_views),
		CELL_COUNT(tally->robot_hits),
		CELL_COUNT(tally->errors_4xx),
		CELL_COUNT(tally->errors_5xx),
		tally->hits ? time_cell(tally->first_s) : CELL_UNKNOWN,
		tally->hits ? time_cell(tally->last_s) : CELL_UNKNOWN,
	};

	return table_add_row(fill->table, cells, err);
}

int fill_hours(const struct table_fill *fill, courant_error **err)
{
	for (size_t i = 0; i < fill->tally->n_hours; i++) {
		const struct tally_hour *hour = &fill->tally->hours[fill->tally->hour_order[i]];
		const struct table_cell cells[] = {
			time_cell(hour->from_s),     CELL_COUNT(hour->hits),  CELL_COUNT(hour->page_views),
			CELL_COUNT(hour->visitors),  CELL_COUNT(hour->visits), CELL_COUNT(hour->bytes),
			CELL_COUNT(hour->errors_4xx), CELL_COUNT(hour->errors_5xx),
		};

		if (table_add_row(fill->table, cells, err) < 0)
			return -1;
	}
	return 0;
}

int fill_days(const struct table_fill *fill, courant_error **err)
{
	for (size_t i = 0; i < fill->tally->n_days; i++) {
		const struct tally_day *day = &fill->tally->days[i];
		const struct table_cell cells[] = {
			time_cell(day->from_s),      CELL_COUNT(day->hits),   CELL_COUNT(day->page_views),
			CELL_COUNT(day->visitors),   CELL_COUNT(day->visits), CELL_COUNT(day->bytes),
			CELL_COUNT(day->errors_4xx), CELL_COUNT(day->errors_5xx),
		};

		if (table_add_row(fill->table, cells, err) < 0)
			return -1;
	}
	return 0;
}

int fill_hours_of_day(const struct table_fill *fill, courant_error **err)
{
	struct {
		uint64_t hits, page_views, bytes;
	} sums[24] = {0};

	for (size_t i = 0; i < fill->tally->n_hours; i++) {
		const struct tally_hour *hour = &fill->tally->hours[i];
		struct civil civil;

		zone_to_civil(fill->tally->zone, hour->from_s * MS_PER_SECOND, &civil);
		sums[civil.hour].hits += hour->hits;
		sums[civil.hour].page_views += hour->page_views;
		sums[civil.hour].bytes += hour->bytes;
	}
	for (uint64_t i = 0; i < 24; i++) {
		const struct table_cell cells[] = {CELL_COUNT(i), CELL_COUNT(sums[i].hits), CELL_COUNT(sums[i].page_views),
						   CELL_COUNT(sums[i].bytes)};

		if (table_add_row(fill->table, cells, err) < 0)
			return -1;
	}
	return 0;
}

struct sample {
	const struct reject *reject;
	enum line_fault fault;
};

static int compare_samples(const void *left, const void *right)
{
	const struct reject *a = ((const struct sample *)left)->reject, *b = ((const struct sample *)right)->reject;

	if (a->file != b->file)
		return a->file < b->file ? -1 : 1;
	return (a->line > b->line) - (a->line < b->line);
}

int fill_rejected(const struct table_fill *fill, courant_error **err)
{
	const struct rejects *rejects = &fill->weblog->scanners[0].rejects;
	struct sample order[LINE_FAULTS * REJECTS_EACH];
	size_t n = 0;

	for (size_t fault = 0; fault < LINE_FAULTS; fault++)
		for (size_t i = 0; i < rejects->n_samples[fault]; i++)
			order[n++] = (struct sample){&rejects->samples[fault][i], (enum line_fault)fault};
	qsort(order, n, sizeof *order, compare_samples);
	for (size_t i = 0; i < n; i++) {
		const struct reject *reject = order[i].reject;
		const struct table_cell cells[] = {
			CELL_TEXT(slice_of(fill->weblog->file_names[reject->file])),
			CELL_COUNT(reject->line),
			CELL_TEXT(slice_of(line_fault_text(order[i].fault))),
			fill->weblog->is_anonymous ? CELL_UNKNOWN : CELL_TEXT(slice_from(reject->text, reject->text_len)),
		};

		if (row_write(fill->table, cells, err) < 0)
			return -1;
	}
	return 0;
}
