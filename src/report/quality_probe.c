/* SPDX-License-Identifier: MIT */
/* quality_probe.c - latency and availability out of the results of probes */
#include <math.h>

#include "report/cell_words.h"
#include "report/quality_parts.h"

static struct table *take(const struct plan_source *source, const char *name, size_t window, courant_error **err)
{
	const struct source_table *table = source_find_table(source->source, slice_of(name), err);

	return table ? report_plan_take(source, table, &(struct source_request){.window = window}, err) : NULL;
}

static double number_of(const struct table *table, size_t row, const char *column)
{
	const struct table_cell cell = table_get(table, row, column);

	return cell.is_known ? cell.number : NAN;
}

static uint64_t count_of(const struct table *table, size_t row, const char *column)
{
	const struct table_cell cell = table_get(table, row, column);

	return cell.is_known ? cell.count : 0;
}

static struct quality_latency latency_of(const struct table *table, size_t row)
{
	return (struct quality_latency){number_of(table, row, "p50"), number_of(table, row, "p95"), number_of(table, row, "p99"),
					count_of(table, row, "done") - count_of(table, row, "failed")};
}

static struct quality_availability availability_of(const struct table *table, size_t row)
{
	return (struct quality_availability){count_of(table, row, "done"), count_of(table, row, "failed")};
}

/* ---- Totals and days ---- */

static int read_totals(struct build *build, const struct plan_source *source, bool latency, bool availability, courant_error **err)
{
	struct quality *quality = &build->quality;

	for (size_t window = 0; window < (build->plan->wants_comparison ? 2U : 1U); window++) {
		AUTO(table) struct table *totals = take(source, "totals", window, err);

		if (!totals)
			return -1;
		if (latency)
			*(window ? &quality->former_latency : &quality->latency) = latency_of(totals, 0);
		if (availability)
			*(window ? &quality->former_availability : &quality->availability) = availability_of(totals, 0);
		if (availability && !window) {
			quality->expected = count_of(totals, 0, "expected");
			quality->every_ms = (int64_t)(1000 * number_of(totals, 0, "every"));
			quality->n_targets = count_of(totals, 0, "targets");
		}
	}
	return 0;
}

/* The former window's days lie in the order of the present one's. */
static int read_days(struct build *build, const struct plan_source *source, bool latency, bool availability, courant_error **err)
{
	struct quality *quality = &build->quality;

	for (size_t window = 0; window < (build->plan->wants_comparison && latency ? 2U : 1U); window++) {
		AUTO(table) struct table *days = take(source, "days", window, err);

		if (!days)
			return -1;
		for (size_t row = 0; row < table_rows(days); row++) {
			struct quality_day *day = window     ? row < quality->n_days ? &quality->days[row] : NULL
						  : quality_find_day(quality, table_cell_at(days, row, 0).time_ms);

			if (day && latency)
				*(window ? &day->former_latency : &day->latency) = latency_of(days, row);
			if (day && availability && !window)
				day->availability = availability_of(days, row);
		}
	}
	return 0;
}

/* ---- Hours and events ---- */

static int read_hours(struct quality *quality, const struct plan_source *source, courant_error **err)
{
	AUTO(table) struct table *hours = take(source, "hours", 0, err);

	if (!hours)
		return -1;
	for (size_t row = 0; row < table_rows(hours); row++)
		if (quality_add_hour(quality, &(struct quality_hour){table_cell_at(hours, row, 0).time_ms, availability_of(hours, row)}, err) < 0)
			return -1;
	return 0;
}

/* How bad the worst of its hours was: as the strip shows it. */
static enum hour_state state_of(const struct quality *quality, const struct quality_event *event)
{
	enum hour_state state = HOUR_SOME_FAILED;

	for (size_t i = 0; i < quality->n_hours; i++) {
		const struct quality_hour *hour = &quality->hours[i];

		if (hour->from_ms < event->to_ms && hour->from_ms + MS_PER_HOUR > event->from_ms && quality_state(&hour->availability, 0) == HOUR_MOST_FAILED)
			state = HOUR_MOST_FAILED;
	}
	return state;
}

static int read_events(struct build *build, const struct plan_source *source, courant_error **err)
{
	struct quality *quality = &build->quality;
	AUTO(table) struct table *events = take(source, "events", 0, err);

	if (!events)
		return -1;
	for (size_t row = 0; row < table_rows(events); row++) {
		struct quality_event event = {.word = cell_word("kind", table_get(events, row, "kind").text),
					      .status = (unsigned)count_of(events, row, "status"),
					      .from_ms = table_get(events, row, "from").time_ms,
					      .to_ms = table_get(events, row, "to").time_ms,
					      .failures = count_of(events, row, "failures")};

		event.state = event.failures ? state_of(quality, &event) : HOUR_NO_DATA;
		if (quality->n_targets > 1)
			event.target = say_text(build->say, table_get(events, row, "target").text);
		if (quality_add_event(quality, &event, err) < 0)
			return -1;
	}
	return 0;
}

int quality_read_probe(struct build *build, const struct plan_source *source, bool latency, bool availability, courant_error **err)
{
	if (read_totals(build, source, latency, availability, err) < 0 || read_days(build, source, latency, availability, err) < 0)
		return -1;
	if (!availability)
		return 0;
	return read_hours(&build->quality, source, err) < 0 ? -1 : read_events(build, source, err);
}
