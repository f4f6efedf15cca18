/* SPDX-License-Identifier: MIT */
/* quality_log.c - latency and availability out of an access log */
#include <math.h>

#include "report/quality_parts.h"

static double seconds_of(const struct table *table, size_t row, const char *column)
{
	const struct table_cell cell = table_get(table, row, column);

	return cell.is_known ? cell.number : NAN;
}

static struct quality_latency latency_of(const struct table *table, size_t row)
{
	const struct table_cell hits = table_get(table, row, "hits");

	return (struct quality_latency){seconds_of(table, row, "p50"), seconds_of(table, row, "p95"), seconds_of(table, row, "p99"),
					hits.is_known ? hits.count : 0};
}

/* The days of a window; those of the former one lie where they would be in the present one. */
static int read_days(struct build *build, const struct log *log, size_t window, courant_error **err)
{
	AUTO(table) struct table *days = weblog_take_table(log->weblog, window, "latency_days", 0, err);

	if (!days)
		return -1;
	for (size_t row = 0; row < table_rows(days); row++) {
		const int64_t at_ms = table_cell_at(days, row, 0).time_ms;
		struct quality_day *day = quality_find_day(&build->quality, window ? figures_move(log->figures, build->say->zone, at_ms) : at_ms);

		if (day)
			*(window ? &day->former_latency : &day->latency) = latency_of(days, row);
	}
	return 0;
}

static int read_latency(struct build *build, const struct log *log, courant_error **err)
{
	struct quality *quality = &build->quality;
	AUTO(table) struct table *total = weblog_take_table(log->weblog, 0, "latency_total", 0, err);

	if (!total || read_days(build, log, 0, err) < 0)
		return -1;
	if (table_rows(total))
		quality->latency = latency_of(total, 0);
	if (!log->figures->has_comparison)
		return 0;
	AUTO(table) struct table *former = weblog_take_table(log->weblog, 1, "latency_total", 0, err);
	if (!former || read_days(build, log, 1, err) < 0)
		return -1;
	if (table_rows(former))
		quality->former_latency = latency_of(former, 0);
	return 0;
}

/* Hours of many errors one after the other. */
static int add_events(struct quality *quality, const struct figures *figures, double limit, courant_error **err)
{
	struct quality_event event = {.failures = 0};

	for (size_t i = 0; i <= figures->n_slots; i++) {
		const struct slot *slot = i < figures->n_slots ? &figures->slots[i] : NULL;
		const enum hour_state state = slot ? quality_state(&(struct quality_availability){slot->hits, slot->errors}, limit) : HOUR_UP;
		const bool is_bad = state == HOUR_SOME_FAILED || state == HOUR_MOST_FAILED;

		if (!is_bad) {
			if (event.failures && quality_add_event(quality, &event, err) < 0)
				return -1;
			event.failures = 0;
			continue;
		}
		if (!event.failures)
			event = (struct quality_event){.word = WORD_EVENT_ERRORS, .from_ms = slot->from_ms, .state = state};
		event.to_ms = slot->to_ms;
		event.failures += slot->errors;
		event.state = state == HOUR_MOST_FAILED ? state : event.state;
	}
	return 0;
}

static int read_availability(struct build *build, const struct log *log, courant_error **err)
{
	const struct figures *figures = log->figures;
	struct quality *quality = &build->quality;

	quality->availability = (struct quality_availability){figures->now.hits, figures->now.errors_5xx};
	if (figures->has_comparison)
		quality->former_availability = (struct quality_availability){figures->former.hits, figures->former.errors_5xx};
	for (size_t i = 0; i < figures->n_slots; i++) {
		const struct slot *slot = &figures->slots[i];
		struct quality_day *day = quality_find_day(quality, slot->from_ms);

		if (day) {
			day->availability.done += slot->hits;
			day->availability.failed += slot->errors;
		}
		if (!figures->slots_are_days &&
		    quality_add_hour(quality, &(struct quality_hour){slot->from_ms, {slot->hits, slot->errors}}, err) < 0)
			return -1;
	}
	return add_events(quality, figures, build->file->targets.error_share, err);
}

int quality_read_log(struct build *build, const struct log *log, bool latency, bool availability, courant_error **err)
{
	return (latency && read_latency(build, log, err) < 0) || (availability && read_availability(build, log, err) < 0) ? -1 : 0;
}
