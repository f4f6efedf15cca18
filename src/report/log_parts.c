/* SPDX-License-Identifier: MIT */
/* log_parts.c - the tiles and the columns of an access log */
#include "report/log.h"

#include "base/alloc.h"
#include "base/utf8.h"
#include "report/runs.h"

#define LENGTH(rows) (sizeof(rows) / sizeof *(rows))

/* ---- Tiles ---- */

static struct table_cell cell_of(uint64_t count, bool is_known)
{
	return is_known ? CELL_COUNT(count) : CELL_UNKNOWN;
}

/* In the order in which all are shown; the columns of `totals`. */
static const char *const tile_columns[] = {"visitors", "visits", "page_views", "hits", "bytes", "errors_5xx"};

bool log_has_tile(const char *column)
{
	for (size_t i = 0; column && i < LENGTH(tile_columns); i++)
		if (slice_equal(slice_of(column), slice_of(tile_columns[i])))
			return true;
	return !column;
}

int log_add_tiles(const struct log *log, struct block *block, const char *column, courant_error **err)
{
	const struct side *now = &log->figures->now, *former = &log->figures->former;
	const struct {
		enum word label;
		enum table_type type;
		uint64_t now, former;
		bool needs_agents;
		enum better better;
	} tiles[LENGTH(tile_columns)] = {
		{WORD_VISITORS, TABLE_COUNT, now->visitors, former->visitors, true, BETTER_NEITHER},
		{WORD_VISITS, TABLE_COUNT, now->visits, former->visits, true, BETTER_NEITHER},
		{WORD_PAGE_VIEWS, TABLE_COUNT, now->page_views, former->page_views, true, BETTER_NEITHER},
		{WORD_HITS, TABLE_COUNT, now->hits, former->hits, false, BETTER_NEITHER},
		{WORD_DATA_SENT, TABLE_BYTES, now->bytes, former->bytes, false, BETTER_NEITHER},
		{WORD_ERRORS_5XX, TABLE_COUNT, now->errors_5xx, former->errors_5xx, false, BETTER_DOWN},
	};

	for (size_t i = 0; i < LENGTH(tiles); i++) {
		const bool is_known = now->hits > 0 && (log->has_agents || !tiles[i].needs_agents);
		const struct tile tile = {
			.label = word(tiles[i].label, log->say->language),
			.type = tiles[i].type,
			.now = cell_of(tiles[i].now, is_known),
			.former = cell_of(tiles[i].former, is_known && log->figures->has_comparison),
			.better = tiles[i].better,
		};

		if (column && !slice_equal(slice_of(column), slice_of(tile_columns[i])))
			continue;
		if (block_add_tile(block, &tile, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- Columns ---- */

/* What a chart is drawn from: slots, or slots gathered into days, or into the hours of a day. */
struct chart_data {
	struct slot slots[FIGURES_SLOTS_MAX];
	size_t n;
};

enum chart_unit { CHART_HOURS, CHART_DAYS, CHART_HOURS_OF_DAY };

static void add_slot(struct slot *sum, const struct slot *slot)
{
	sum->to_ms = slot->to_ms;
	sum->hits += slot->hits;
	sum->errors += slot->errors;
	sum->former_hits += slot->former_hits;
}

static void gather(const struct log *log, enum chart_unit unit, struct chart_data *ret)
{
	const struct figures *figures = log->figures;
	const struct zone *zone = log->say->zone;

	ret->n = unit == CHART_HOURS_OF_DAY ? 24 : 0;
	for (size_t i = 0; i < figures->n_slots; i++) {
		const struct slot *slot = &figures->slots[i];
		struct civil civil;

		zone_to_civil(zone, slot->from_ms, &civil);
		if (unit == CHART_HOURS_OF_DAY) {
			add_slot(&ret->slots[civil.hour], slot);
			continue;
		}
		const bool joins = unit == CHART_DAYS && ret->n > 0 &&
		                   zone_day_start(zone, slot->from_ms) ==
		                           zone_day_start(zone, ret->slots[ret->n - 1].from_ms);
		if (joins)
			add_slot(&ret->slots[ret->n - 1], slot);
		else if (ret->n < FIGURES_SLOTS_MAX)
			ret->slots[ret->n++] = *slot;
	}
}

static void put(char *field, size_t space, slice text)
{
	const slice cut = utf8_cut(text, space - 1);

	memcpy(field, cut.ptr ? cut.ptr : "", cut.len);
	field[cut.len] = '\0';
}

/* Every third hour has its label; of days as many as fit. */
static void label_column(const struct log *log, enum chart_unit unit, const struct slot *slot,
                         size_t i, size_t n, struct chart_column *column)
{
	AUTO(buffer) struct buffer name = BUFFER_LIMIT(100), label = BUFFER_LIMIT(100);
	const struct zone *zone = log->say->zone;
	struct civil civil;
	const size_t step = (n + 7) / 8;

	zone_to_civil(zone, slot->from_ms, &civil);
	if (unit == CHART_DAYS) {
		format_date(&name, DATE_WEEKDAY, slot->from_ms, zone, log->say->language);
		buffer_append_byte(&name, ' ');
		format_date(&name, DATE_MONTH_DAY, slot->from_ms, zone, log->say->language);
		if (i % step == 0)
			format_date(&label, DATE_MONTH_DAY, slot->from_ms, zone,
			            log->say->language);
	} else {
		const int hour = unit == CHART_HOURS_OF_DAY ? (int)i : civil.hour;

		if (n > 26)
			format_date(&name, DATE_MONTH_DAY, slot->from_ms, zone,
			            log->say->language);
		buffer_printf(&name, "%s%02d", n > 26 ? " " : "", hour);
		if (hour % (n > 26 ? 6 : 3) == 0)
			buffer_printf(&label, "%d", hour);
	}
	put(column->name, sizeof column->name, buffer_peek(&name));
	put(column->label, sizeof column->label, buffer_peek(&label));
}

static slice slot_name(const struct log *log, enum chart_unit unit, const struct slot *slot,
                       size_t i)
{
	struct say *say = log->say;

	if (unit == CHART_DAYS)
		return say_weekday_day(say, slot->from_ms);
	if (unit == CHART_HOURS_OF_DAY) {
		/* Any day's hour of that number will do for the name: the zone's own first day. */
		struct civil civil;

		zone_to_civil(say->zone, log->figures->window.from_ms, &civil);
		civil.hour = (int)i;
		civil.minute = civil.second = civil.millisecond = 0;
		return say_hour(say, zone_from_civil(say->zone, &civil));
	}
	return label_slot(say, &log->span, slot->from_ms);
}

static int add_lead(const struct log *log, enum chart_unit unit, const struct chart_data *data,
                    struct block *block, courant_error **err)
{
	struct say *say = log->say;
	const bool is_days = unit == CHART_DAYS;
	size_t most = 0, least = 0;

	for (size_t i = 1; i < data->n; i++) {
		most = data->slots[i].hits > data->slots[most].hits ? i : most;
		least = data->slots[i].hits < data->slots[least].hits ? i : least;
	}
	if (runs_add(&block->lead, RUN_PLAIN,
	              SAY(say, is_days ? WORD_HITS_MOST_ON : WORD_HITS_MOST_AT,
	                  slot_name(log, unit, &data->slots[most], most)),
	              err) < 0 ||
	    runs_add(&block->lead, RUN_BOLD, say_count(say, data->slots[most].hits), err) < 0)
		return -1;
	if (data->n < 2)
		return 0;
	return runs_add(&block->lead, RUN_PLAIN,
	                 SAY(say, is_days ? WORD_HITS_FEWEST_ON : WORD_HITS_FEWEST_AT,
	                     slot_name(log, unit, &data->slots[least], least)),
	                 err) < 0
	               ? -1
	               : runs_add(&block->lead, RUN_BOLD, say_count(say, data->slots[least].hits),
	                           err);
}

/* The worst column, and between what the others lie. */
static int add_errors_lead(const struct log *log, enum chart_unit unit,
                           const struct chart_data *data, struct block *block, courant_error **err)
{
	struct say *say = log->say;
	const bool is_days = unit == CHART_DAYS;
	uint64_t low = UINT64_MAX, high = 0;
	size_t worst = 0;

	for (size_t i = 1; i < data->n; i++)
		worst = data->slots[i].errors > data->slots[worst].errors ? i : worst;
	if (data->n == 0 || data->slots[worst].errors == 0)
		return runs_add(&block->after, RUN_PLAIN,
		                 say_word(say, WORD_NO_SERVER_ERRORS_HERE), err);
	for (size_t i = 0; i < data->n; i++) {
		if (i == worst)
			continue;
		low = data->slots[i].errors < low ? data->slots[i].errors : low;
		high = data->slots[i].errors > high ? data->slots[i].errors : high;
	}
	block->errors_counted = "5xx";
	const slice name = slot_name(log, unit, &data->slots[worst], worst);
	if (runs_add(&block->errors_lead, RUN_PLAIN, SAY(say, WORD_ERRORS_LEAD, name), err) < 0 ||
	    runs_add(&block->errors_lead, RUN_ALARM, say_count(say, data->slots[worst].errors),
	              err) < 0)
		return -1;
	if (data->n < 2)
		return 0;
	if (high == 0)
		return runs_add(
		        &block->errors_lead, RUN_PLAIN,
		        SAY(say, is_days ? WORD_ERRORS_ONLY_ON : WORD_ERRORS_ONLY_AT, name), err);
	const slice others =
	        low == high ? say_count(say, low)
	                    : SAY(say, WORD_SPAN, say_count(say, low), say_count(say, high));
	return runs_add(&block->errors_lead, RUN_PLAIN,
	                 SAY(say, is_days ? WORD_ERRORS_ON : WORD_ERRORS_AT, name, others), err);
}

static int add_columns(const struct log *log, enum chart_unit unit,
                       const struct chart_data *data, struct block *block, courant_error **err)
{
	for (size_t i = 0; i < data->n; i++) {
		const struct slot *slot = &data->slots[i];
		struct chart_column column = {.value = slot->hits, .errors = slot->errors};

		column.former = cell_of(slot->former_hits, log->figures->has_comparison);
		label_column(log, unit, slot, i, data->n, &column);
		if (block_add_column(block, &column, err) < 0)
			return -1;
	}
	return 0;
}

static bool is_table(const char *table, const char *name)
{
	return slice_equal(slice_of(table), slice_of(name));
}

bool log_has_columns(const char *table)
{
	return is_table(table, "hours") || is_table(table, "days") || is_table(table, "hours_of_day");
}

bool log_is_of_durations(const char *table)
{
	return is_table(table, "latency") || is_table(table, "latency_days") || is_table(table, "latency_total") || is_table(table, "slow_pages");
}

/* Hours of more than two days would be too many columns to read: days then. */
static enum chart_unit unit_of(const struct log *log, const char *table)
{
	if (is_table(table, "hours_of_day") && !log->figures->slots_are_days)
		return CHART_HOURS_OF_DAY;
	if (is_table(table, "hours") && !log->figures->slots_are_days && window_days(&log->figures->window, log->say->zone) <= 2)
		return CHART_HOURS;
	return CHART_DAYS;
}

/* The names of both periods, for the key. */
static int set_keys(const struct log *log, struct block *block, courant_error **err)
{
	const struct figures *figures = log->figures;

	if (document_set(&block->key_now, label_key(log->say, &figures->window), err) < 0)
		return -1;
	return figures->has_comparison ? document_set(&block->key_former, label_key(log->say, &figures->former_window), err) : 0;
}

int log_columns(const struct log *log, const char *table, const char *title, courant_error **err)
{
	struct say *say = log->say;
	const enum chart_unit unit = unit_of(log, table);
	const int days = window_days(&log->figures->window, say->zone);
	const enum word heading = unit == CHART_DAYS                ? WORD_DAYS
				  : unit == CHART_HOURS && days > 1 ? WORD_HOURS
								    : WORD_HOURS_OF_DAY;
	AUTO(free) struct chart_data *data = mem_alloc(sizeof *data);
	struct block *block =
		data ? document_add_block(log->document, BLOCK_COLUMNS, title ? slice_of(title) : say_word(say, heading), err) : NULL;

	if (!block)
		return data ? -1 : fail_memory(err);
	if (log->figures->n_slots == 0)
		return document_set(&block->empty, say_word(say, WORD_NO_DATA_HERE), err);
	if (unit == CHART_HOURS_OF_DAY && days > 1 && document_set(&block->side, say_word(say, WORD_HOURS_ALL_DAYS), err) < 0)
		return -1;
	gather(log, unit, data);
	block->counted = word(WORD_COUNTED_HITS, say->language);
	if (set_keys(log, block, err) < 0 || add_lead(log, unit, data, block, err) < 0 || add_errors_lead(log, unit, data, block, err) < 0)
		return -1;
	return add_columns(log, unit, data, block, err);
}
