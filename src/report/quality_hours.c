/* SPDX-License-Identifier: MIT */
/* quality_hours.c - the strip of hours, what happened, and the sheets of a workbook */
#include "report/column_words.h"
#include "report/places.h"
#include "report/quality_parts.h"
#include "report/runs.h"

void quality_show(const struct build *build, struct block *block, enum word head, struct block_column column)
{
	column.head = word(head, build->say->language);
	column.bar_of = SLICE_NONE;
	block_show(block, column);
}

/* Why there is nothing: no source that could be read, or none that knows. */
int quality_add_nothing(struct build *build, enum block_kind kind, const struct section *section, enum word heading, enum word nothing, courant_error **err)
{
	struct block *block;
	bool is_absent = true;

	for (size_t i = 0; i < section->n_sources; i++) {
		const struct plan_source *source = report_plan_find_source(build->plan, section->sources[i].source);

		if (source->state != PLAN_FAILED) {
			is_absent = is_absent && source->state == PLAN_ABSENT;
			continue;
		}
		block = document_add_block(build->document, kind, section->title ? slice_of(section->title) : say_word(build->say, heading), err);
		return block ? document_set(&block->empty,
					    SAY(build->say, WORD_SOURCE_FAILED_HERE, slice_of(source->said->name), place_failure(build->say, source)), err)
			     : -1;
	}
	if (is_absent || section->least_rows)
		return 0;
	block = document_add_block(build->document, kind, section->title ? slice_of(section->title) : say_word(build->say, heading), err);
	return block ? document_set(&block->empty, say_word(build->say, nothing), err) : -1;
}

/* ---- Hours ---- */

static slice day_label(const struct build *build, const struct quality_day *day)
{
	AUTO(buffer) struct buffer label = BUFFER_LIMIT(100);

	format_date(&label, build->quality.n_days <= 7 ? DATE_WEEKDAY : DATE_MONTH_DAY, day->from_ms, build->say->zone, build->say->language);
	return say_text(build->say, buffer_peek(&label));
}

static int add_strip(struct build *build, struct block *block, courant_error **err)
{
	const struct quality *quality = &build->quality;
	const double some = quality->is_availability_of_log ? build->file->targets.error_share : 0;
	size_t hour = 0;

	for (size_t i = 0; i < quality->n_days; i++) {
		const struct quality_day *day = &quality->days[i];
		enum hour_state states[STRIP_HOURS_MAX];
		size_t n = 0;

		for (int64_t at_ms = day->from_ms; at_ms < day->to_ms && n < STRIP_HOURS_MAX; at_ms += MS_PER_HOUR) {
			while (hour < quality->n_hours && quality->hours[hour].from_ms < at_ms)
				hour++;
			states[n++] = hour < quality->n_hours && quality->hours[hour].from_ms < at_ms + MS_PER_HOUR
					      ? quality_state(&quality->hours[hour].availability, some)
					      : HOUR_NO_DATA;
		}
		if (block_add_strip_row(block, day_label(build, day), states, n, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- What happened ---- */

/* 周三 03:12–03:19; a day's name once. */
static slice event_time(const struct build *build, const struct quality_event *event)
{
	struct say *say = build->say;
	const struct quality_day *from = quality_find_day(&build->quality, event->from_ms), *to = quality_find_day(&build->quality, event->to_ms - 1);
	const slice day = from ? day_label(build, from) : say_day(say, event->from_ms), begin = say_clock(say, event->from_ms),
		    end = say_clock_end(say, event->to_ms);

	if (from != to)
		return SAY(say, WORD_SPAN, SAY(say, WORD_DAY_CLOCK, day, begin),
			   SAY(say, WORD_DAY_CLOCK, to ? day_label(build, to) : say_day(say, event->to_ms - 1), end));
	return slice_equal(begin, end) ? SAY(say, WORD_DAY_CLOCK, day, begin) : SAY(say, WORD_SPAN_TIMES, day, begin, end);
}

enum event_column { EVENT_NAME, EVENT_TIME, EVENT_DURATION, EVENT_FAILURES, EVENT_STATE, EVENT_COLUMNS };

static const struct table_column event_columns[EVENT_COLUMNS] = {
	[EVENT_NAME] = {.name = "event", .type = TABLE_TEXT},	[EVENT_TIME] = {.name = "when", .type = TABLE_TEXT},
	[EVENT_DURATION] = {.name = "duration", .type = TABLE_SECONDS}, [EVENT_FAILURES] = {.name = "failures", .type = TABLE_COUNT},
	[EVENT_STATE] = {.name = "state", .type = TABLE_COUNT},
};

struct table *quality_events(const struct build *build, courant_error **err)
{
	const struct quality *quality = &build->quality;
	AUTO(table) struct table *table = table_new(&(struct table_head){.name = "events"}, event_columns, EVENT_COLUMNS, err);

	for (size_t i = 0; table && i < quality->n_events; i++) {
		const struct quality_event *event = &quality->events[i];
		const struct table_cell cells[EVENT_COLUMNS] = {
			[EVENT_NAME] = CELL_TEXT(quality_event_name(build->say, event)),
			[EVENT_TIME] = CELL_TEXT(event_time(build, event)),
			[EVENT_DURATION] = CELL_NUMBER((double)(event->to_ms - event->from_ms) / MS_PER_SECOND),
			[EVENT_FAILURES] = event->failures ? CELL_COUNT(event->failures) : CELL_UNKNOWN,
			[EVENT_STATE] = CELL_COUNT(event->state),
		};

		if (table_add_row(table, cells, err) < 0)
			return NULL;
	}
	return STEAL(table);
}

static int add_events(struct build *build, courant_error **err)
{
	const struct quality *quality = &build->quality;
	struct say *say = build->say;
	struct block *block = document_add_block(build->document, BLOCK_TABLE, SLICE(""), err);

	if (!block)
		return -1;
	if (!quality->n_events)
		return document_set(&block->empty, say_word(say, quality->is_availability_of_log ? WORD_NO_EVENTS_OF_LOG : WORD_NO_EVENTS), err);
	if (block_set_table(block, quality_events(build, err), err) < 0)
		return -1;
	block->state = EVENT_STATE;
	block->more = WORD_MORE_ROWS_ALONE;
	quality_show(build, block, WORD_COLUMN_EVENT, (struct block_column){.look = LOOK_NAME, .value = EVENT_NAME});
	quality_show(build, block, WORD_COLUMN_WHEN, (struct block_column){.look = LOOK_NAME, .value = EVENT_TIME});
	quality_show(build, block, WORD_COLUMN_DURATION, (struct block_column){.look = LOOK_FIGURE, .value = EVENT_DURATION, .form = FORM_OWN});
	quality_show(build, block, WORD_COLUMN_FAILURES, (struct block_column){.look = LOOK_LEAD, .value = EVENT_FAILURES});
	return runs_add(&block->after, RUN_PLAIN,
			SAY(say, quality->is_availability_of_log ? WORD_AVAILABILITY_OF_LOG : WORD_AVAILABILITY_OF_PROBES, say_count(say, quality->availability.done)), err);
}

int quality_add_availability(struct build *build, const struct section *section, courant_error **err)
{
	const struct quality *quality = &build->quality;

	if (!quality->availability.done)
		return quality_add_nothing(build, BLOCK_STRIP, section, WORD_AVAILABILITY, WORD_NO_AVAILABILITY, err);
	/* Of months the hours would be too many rows to look at. */
	if (quality->n_hours && quality->n_days <= 31) {
		struct block *block =
			document_add_block(build->document, BLOCK_STRIP, section->title ? slice_of(section->title) : say_word(build->say, WORD_AVAILABILITY), err);

		if (!block || document_set(&block->side, say_word(build->say, WORD_STRIP_SIDE), err) < 0 || add_strip(build, block, err) < 0)
			return -1;
	}
	return add_events(build, err);
}

/* ---- Sheets ---- */

/* What is known of each hour, as a table of one figure. */
static struct table *hours_of(const struct build *build, courant_error **err)
{
	static const struct table_column columns[] = {{.name = "hour", .type = TABLE_TIME}, {.name = "availability", .type = TABLE_RATIO},
						      {.name = "requests", .type = TABLE_COUNT}, {.name = "failed", .type = TABLE_COUNT}};
	const struct quality *quality = &build->quality;
	const struct table_head head = {.name = "availability", .from_ms = build->span.window.from_ms, .to_ms = build->span.window.to_ms, .step_ms = MS_PER_HOUR};
	AUTO(table) struct table *table = table_new(&head, columns, 4, err);

	for (size_t i = 0; table && i < quality->n_hours; i++) {
		const struct quality_availability *availability = &quality->hours[i].availability;
		const bool is_known = availability->done > 0;
		const struct table_cell cells[] = {CELL_TIME(quality->hours[i].from_ms), is_known ? CELL_NUMBER(quality_share(availability)) : CELL_UNKNOWN,
						   CELL_COUNT(availability->done), CELL_COUNT(availability->failed)};

		if (table_add_row(table, cells, err) < 0)
			return NULL;
	}
	return STEAL(table);
}

/* An hour a row and one figure of it. */
static struct table *latency_hours(struct build *build, const char *column, courant_error **err)
{
	const struct reference of = {.source = build->quality.of_latency->said->name, .table = quality_hours_table(build)};
	struct taken *taken;

	if (takings_get(&build->takings, build->plan, &of, build->faults, &taken, err) < 0)
		return NULL;

	const size_t at = taken ? table_find_column(taken->now, column) : SLICE_NONE;
	const struct table_head head = {.name = "latency", .from_ms = build->span.window.from_ms, .to_ms = build->span.window.to_ms, .step_ms = MS_PER_HOUR};
	struct table_column columns[] = {{.name = "hour", .type = TABLE_TIME}, {.name = column, .type = TABLE_SECONDS}};

	if (at != SLICE_NONE)
		columns[1].type = table_column(taken->now, at)->type;
	AUTO(table) struct table *table = table_new(&head, columns, 2, err);
	for (size_t row = 0; table && at != SLICE_NONE && row < table_rows(taken->now); row++) {
		const struct table_cell cells[] = {table_cell_at(taken->now, row, 0), table_cell_at(taken->now, row, at)};

		if (table_add_row(table, cells, err) < 0)
			return NULL;
	}
	return STEAL(table);
}

static int add_sheet(struct build *build, enum word name, enum sheet_layout layout, struct table *table, bool has_chart, courant_error **err)
{
	struct sheet *sheet = document_add_sheet(build->document, say_word(build->say, name), layout, table, err);

	if (!sheet)
		return -1;
	sheet->has_chart = has_chart;
	for (size_t i = 0; i < table_columns(sheet->table); i++) {
		const slice head = column_words(build->say, table_column(sheet->table, i)->name);

		if (head.len && sheet_set_head(sheet, i, head, err) < 0)
			return -1;
	}
	return 0;
}

static int add_latency_sheets(struct build *build, enum sheet_layout layout, courant_error **err)
{
	if (add_sheet(build, WORD_LATENCY, layout, quality_days(build, false, err), true, err) < 0)
		return -1;
	if (add_sheet(build, WORD_SHEET_LATENCY_HOURS, layout, latency_hours(build, "p95", err), false, err) < 0)
		return -1;
	return add_sheet(build, WORD_REQUESTS_TILE, layout, latency_hours(build, report_plan_is_log(build->quality.of_latency) ? "hits" : "done", err), false, err);
}

int quality_add_sheets(struct build *build, courant_error **err)
{
	const struct quality *quality = &build->quality;
	const enum sheet_layout layout = window_is_week(&build->span.window, build->say->zone) ? SHEET_WEEKDAYS : SHEET_ROWS;

	if (quality_has_latency(&quality->latency) && add_latency_sheets(build, layout, err) < 0)
		return -1;
	if (quality->n_hours && add_sheet(build, WORD_AVAILABILITY, layout, hours_of(build, err), false, err) < 0)
		return -1;
	return quality->n_events ? add_sheet(build, WORD_SHEET_EVENTS, SHEET_ROWS, quality_events(build, err), false, err) : 0;
}
