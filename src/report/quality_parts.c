/* SPDX-License-Identifier: MIT */
/* quality_parts.c - tiles, and the picture and table of days */
#include "report/quality_parts.h"

#include <math.h>

#include "base/nearest.h"
#include "report/runs.h"

#define LENGTH(rows) (sizeof(rows) / sizeof *(rows))
#define WEEK_DAYS_MAX 14 /* points that the picture of days has room for */

static struct table_cell number(double value)
{
	return isnan(value) ? CELL_UNKNOWN : CELL_NUMBER(value);
}

static struct table_cell count(uint64_t value, bool is_known)
{
	return is_known ? CELL_COUNT(value) : CELL_UNKNOWN;
}

/* ---- Tiles ---- */

int quality_add_tiles(struct build *build, struct block *block, const struct wanted_figure *wanted, courant_error **err)
{
	const struct quality *quality = &build->quality;
	const struct targets *targets = &build->file->targets;
	const struct quality_latency *now = &quality->latency, *former = &quality->former_latency;
	const struct quality_availability *done = &quality->availability, *done_before = &quality->former_availability;
	const struct figure_target p95 = {targets->p95_s > 0 ? CELL_NUMBER(targets->p95_s) : CELL_UNKNOWN, BETTER_DOWN};
	const struct figure_target availability = {targets->availability > 0 ? CELL_NUMBER(targets->availability) : CELL_UNKNOWN, BETTER_UP};
	const bool has_requests = quality_has_latency(now), has_former = quality_has_latency(former);
	const struct {
		const char *name;
		enum word label;
		struct tile tile;
	} tiles[] = {
		{"availability", WORD_AVAILABILITY,
		 {.type = TABLE_RATIO, .now = number(quality_share(done)), .former = number(quality_share(done_before)), .better = BETTER_UP, .form = FORM_FINE,
		  .target = availability}},
		{"p95", WORD_LATENCY_P95, {.type = TABLE_SECONDS, .now = number(now->p95), .former = number(former->p95), .better = BETTER_DOWN, .target = p95}},
		{"p50", WORD_LATENCY_P50, {.type = TABLE_SECONDS, .now = number(now->p50), .former = number(former->p50), .better = BETTER_DOWN}},
		{"requests", WORD_REQUESTS_TILE, {.type = TABLE_COUNT, .now = count(now->requests, has_requests), .former = count(former->requests, has_former)}},
		{"failures", quality->is_availability_of_log ? WORD_FAILED_REQUESTS : WORD_FAILED_PROBES,
		 {.type = TABLE_COUNT, .now = count(done->failed, done->done), .former = count(done_before->failed, done_before->done), .better = BETTER_DOWN}},
		{"budget", WORD_BUDGET_USED,
		 {.type = TABLE_RATIO, .now = number(quality_budget(done, targets)), .former = number(quality_budget(done_before, targets)), .better = BETTER_DOWN}},
		{"p99", WORD_LATENCY_P99, {.type = TABLE_SECONDS, .now = number(now->p99), .former = number(former->p99), .better = BETTER_DOWN}},
	};
	/* Without a target there is no budget: then p99 is the sixth. */
	const char *left_out = targets->availability > 0 ? "p99" : "budget";
	const char *names[LENGTH(tiles) + 1] = {NULL};
	bool is_known = false;

	for (size_t i = 0; i < LENGTH(tiles); i++) {
		const slice name = slice_of(tiles[i].name);
		struct tile tile = tiles[i].tile;

		names[i] = tiles[i].name;
		if (wanted->of.table ? !slice_equal(name, slice_of(wanted->of.table)) : slice_equal(name, slice_of(left_out)))
			continue;
		is_known = true;
		tile.label = wanted->label ? wanted->label : word(tiles[i].label, build->say->language);
		if (block_add_tile(block, &tile, err) < 0)
			return -1;
	}
	if (!is_known) {
		const char *nearest = nearest_word(slice_of(wanted->of.table), names);

		faults_add(build->faults, wanted->of.place.line, wanted->of.place.column,
			   "there is no figure \"quality.%s\"%s%s%s; there are availability, p95, p50, requests, failures, budget and p99", wanted->of.table,
			   nearest ? " (did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?)" : "");
	}
	return 0;
}

/* ---- Days ---- */

enum day_column { DAY_TIME, DAY_P50, DAY_P95, DAY_P99, DAY_FORMER, DAY_REQUESTS, DAY_AVAILABILITY, DAY_COLUMNS };

static const struct table_column day_columns[DAY_COLUMNS] = {
	[DAY_TIME] = {.name = "day", .type = TABLE_TIME},
	[DAY_P50] = {.name = "p50", .type = TABLE_SECONDS},
	[DAY_P95] = {.name = "p95", .type = TABLE_SECONDS},
	[DAY_P99] = {.name = "p99", .type = TABLE_SECONDS},
	[DAY_FORMER] = {.name = "former_p95", .type = TABLE_SECONDS},
	[DAY_REQUESTS] = {.name = "requests", .type = TABLE_COUNT},
	[DAY_AVAILABILITY] = {.name = "availability", .type = TABLE_RATIO},
};

static int add_day(struct table *table, struct table_cell day, const struct quality_latency *latency, double former_p95,
		   const struct quality_availability *availability, courant_error **err)
{
	const struct table_cell cells[DAY_COLUMNS] = {
		[DAY_TIME] = day,
		[DAY_P50] = number(latency->p50),
		[DAY_P95] = number(latency->p95),
		[DAY_P99] = number(latency->p99),
		[DAY_FORMER] = number(former_p95),
		[DAY_REQUESTS] = count(latency->requests, quality_has_latency(latency)),
		[DAY_AVAILABILITY] = number(quality_share(availability)),
	};

	return table_add_row(table, cells, err);
}

struct table *quality_days(const struct build *build, bool with_whole, courant_error **err)
{
	const struct quality *quality = &build->quality;
	const struct table_head head = {.name = "latency_days",
					.zone = zone_name(build->say->zone),
					.from_ms = build->span.window.from_ms,
					.to_ms = build->span.window.to_ms,
					.step_ms = MS_PER_DAY};
	AUTO(table) struct table *table = table_new(&head, day_columns, DAY_COLUMNS, err);

	for (size_t i = 0; table && i < quality->n_days; i++) {
		const struct quality_day *day = &quality->days[i];

		if (add_day(table, CELL_TIME(day->from_ms), &day->latency, day->former_latency.p95, &day->availability, err) < 0)
			return NULL;
	}
	if (table && with_whole && add_day(table, CELL_UNKNOWN, &quality->latency, quality->former_latency.p95, &quality->availability, err) < 0)
		return NULL;
	return STEAL(table);
}

static void add_target(const struct build *build, struct picture *picture)
{
	const double p95_s = build->file->targets.p95_s;

	if (p95_s > 0)
		picture->references[picture->n_references++] = (struct picture_reference){REFERENCE_TARGET, false, p95_s, word(WORD_TARGET, build->say->language)};
}

static int add_days_picture(struct build *build, struct block *block, courant_error **err)
{
	const struct quality *quality = &build->quality;
	struct say *say = build->say;
	AUTO(buffer) struct buffer name = BUFFER_LIMIT(PICTURE_NAME_MAX_BYTES);
	AUTO(table) struct table *table = quality_days(build, false, err);
	struct picture picture = picture_of(PICTURE_WEEK, say->language, say->zone, word(WORD_LATENCY, say->language));

	if (!table)
		return -1;
	(void)picture_add(&picture, DAY_P95, "p95");
	(void)picture_add(&picture, DAY_P50, "p50");
	(void)picture_add(&picture, DAY_P99, "p99");
	picture.note = word(WORD_PERCENTILES_OF_DAYS, say->language);
	picture.volume = DAY_REQUESTS;
	picture.volume_label = word(WORD_REQUESTS_VOLUME, say->language);
	if (quality_has_latency(&quality->former_latency))
		picture.former = (struct picture_former){NULL, DAY_FORMER, label_former(say, &build->span).ptr};
	add_target(build, &picture);
	build_write_picture_name(build->document, quality->of_latency->said->name, "latency", &name);
	return build_add_picture(build, block, &picture, table, buffer_peek(&name), err);
}

static slice whole_label(const struct build *build)
{
	return say_word(build->say, window_is_week(&build->span.window, build->say->zone) ? WORD_WHOLE_WEEK : WORD_WHOLE_PERIOD);
}

static int add_days_table(struct build *build, courant_error **err)
{
	const struct quality *quality = &build->quality;
	const struct targets *targets = &build->file->targets;
	struct say *say = build->say;
	struct block *block = document_add_block(build->document, BLOCK_TABLE, SLICE(""), err);

	if (!block || block_set_table(block, quality_days(build, true, err), err) < 0 || document_set(&block->total, whole_label(build), err) < 0)
		return -1;
	quality_show(build, block, WORD_COLUMN_DAY, (struct block_column){.look = LOOK_NAME, .value = DAY_TIME, .form = FORM_DAY});
	quality_show(build, block, WORD_P50, (struct block_column){.look = LOOK_FIGURE, .value = DAY_P50});
	quality_show(build, block, WORD_P95,
	     (struct block_column){.look = LOOK_LEAD, .value = DAY_P95, .target = {targets->p95_s > 0 ? CELL_NUMBER(targets->p95_s) : CELL_UNKNOWN, BETTER_DOWN}});
	quality_show(build, block, WORD_P99, (struct block_column){.look = LOOK_FIGURE, .value = DAY_P99});
	quality_show(build, block, WORD_REQUESTS_TILE, (struct block_column){.look = LOOK_FIGURE, .value = DAY_REQUESTS});
	if (quality->of_availability && quality->availability.done)
		quality_show(build, block, WORD_AVAILABILITY,
		     (struct block_column){.look = LOOK_FIGURE,
					   .value = DAY_AVAILABILITY,
					   .form = FORM_FINE,
					   .target = {targets->availability > 0 ? CELL_NUMBER(targets->availability) : CELL_UNKNOWN, BETTER_UP}});
	return runs_add(&block->after, RUN_PLAIN, SAY(say, WORD_PERCENTILES_NOTE, whole_label(build)), err);
}

const char *quality_hours_table(const struct build *build)
{
	return report_plan_is_log(build->quality.of_latency) ? "latency" : "hours";
}

/* Of a day or two the hours. */
static int add_hours_picture(struct build *build, struct block *block, courant_error **err)
{
	const struct reference of = {.source = build->quality.of_latency->said->name, .table = quality_hours_table(build)};
	AUTO(buffer) struct buffer name = BUFFER_LIMIT(PICTURE_NAME_MAX_BYTES);
	struct picture picture = picture_of(PICTURE_LINES, build->say->language, build->say->zone, word(WORD_LATENCY, build->say->language));
	struct taken *taken;

	if (takings_get(&build->takings, build->plan, &of, build->faults, &taken, err) < 0)
		return -1;
	if (!taken)
		return 0;
	(void)picture_add(&picture, table_find_column(taken->now, "p95"), "p95");
	(void)picture_add(&picture, table_find_column(taken->now, "p50"), "p50");
	(void)picture_add(&picture, table_find_column(taken->now, "p99"), "p99");
	picture.width = 640;
	add_target(build, &picture);
	if (taken->former)
		picture.former = (struct picture_former){taken->former, table_find_column(taken->former, "p95"), label_former(build->say, &build->span).ptr};
	build_write_picture_name(build->document, of.source, of.table, &name);
	return build_add_picture(build, block, &picture, taken->now, buffer_peek(&name), err);
}

int quality_add_latency(struct build *build, const struct section *section, courant_error **err)
{
	const struct quality *quality = &build->quality;
	const bool is_week = window_is_week(&build->span.window, build->say->zone);
	const enum word heading = is_week ? WORD_LATENCY_OF_WEEK : WORD_LATENCY;

	if (!quality_has_latency(&quality->latency))
		return quality_add_nothing(build, BLOCK_PICTURES, section, heading, WORD_NO_LATENCY, err);

	struct block *block =
		document_add_block(build->document, BLOCK_PICTURES, section->title ? slice_of(section->title) : say_word(build->say, heading), err);

	if (!block)
		return -1;
	if (quality->n_days <= 2)
		return add_hours_picture(build, block, err);
	if (quality->n_days <= WEEK_DAYS_MAX && add_days_picture(build, block, err) < 0)
		return -1;
	if (quality->n_days > WEEK_DAYS_MAX && add_hours_picture(build, block, err) < 0)
		return -1;
	return add_days_table(build, err);
}
