/* SPDX-License-Identifier: MIT */
/* build_parts.c - the tiles, the column chart, and paragraphs */
#include "report/build.h"

#include "base/alloc.h"
#include "base/utf8.h"
#include "report/labels.h"

#define LENGTH(rows) (sizeof(rows) / sizeof *(rows))

int build_run(struct sentence *sentence, enum run_tone tone, slice text, courant_error **err)
{
	return text.len ? sentence_add(sentence, tone, text, err) : 0;
}

int build_text(const struct build *build, const struct section *section, courant_error **err)
{
	struct block *block =
	        document_add_block(build->document, BLOCK_TEXT, slice_of(section->title), err);

	return block ? block_add_markup(block, slice_of(section->text), err) : -1;
}

/* ---- Tiles ---- */

static struct table_cell cell_of(uint64_t count, bool is_known)
{
	return is_known ? CELL_COUNT(count) : CELL_UNKNOWN;
}

int build_tiles(const struct build *build, const struct section *section, courant_error **err)
{
	const struct side *now = &build->figures->now, *former = &build->figures->former;
	const struct {
		enum word label;
		enum table_type type;
		uint64_t now, former;
		bool needs_agents;
		enum better better;
	} tiles[] = {
	        {WORD_VISITORS, TABLE_COUNT, now->visitors, former->visitors, true, BETTER_NEITHER},
	        {WORD_VISITS, TABLE_COUNT, now->visits, former->visits, true, BETTER_NEITHER},
	        {WORD_PAGE_VIEWS, TABLE_COUNT, now->page_views, former->page_views, true,
	         BETTER_NEITHER},
	        {WORD_HITS, TABLE_COUNT, now->hits, former->hits, false, BETTER_NEITHER},
	        {WORD_DATA_SENT, TABLE_BYTES, now->bytes, former->bytes, false, BETTER_NEITHER},
	        {WORD_ERRORS_5XX, TABLE_COUNT, now->errors_5xx, former->errors_5xx, false,
	         BETTER_DOWN},
	};
	struct block *block =
	        document_add_block(build->document, BLOCK_TILES, slice_of(section->title), err);

	for (size_t i = 0; block && i < LENGTH(tiles); i++) {
		const bool is_known =
		        now->hits > 0 && (build->has_agents || !tiles[i].needs_agents);
		const struct tile tile = {
		        .label = word(tiles[i].label, build->say->language),
		        .type = tiles[i].type,
		        .now = cell_of(tiles[i].now, is_known),
		        .former = cell_of(tiles[i].former,
		                          is_known && build->figures->has_comparison),
		        .better = tiles[i].better,
		};

		if (block_add_tile(block, &tile, err) < 0)
			return -1;
	}
	return block ? 0 : -1;
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

static void gather(const struct build *build, enum chart_unit unit, struct chart_data *ret)
{
	const struct figures *figures = build->figures;
	const struct zone *zone = build->say->zone;

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
static void label_column(const struct build *build, enum chart_unit unit, const struct slot *slot,
                         size_t i, size_t n, struct chart_column *column)
{
	AUTO(buffer) struct buffer name = BUFFER_LIMIT(100), label = BUFFER_LIMIT(100);
	const struct zone *zone = build->say->zone;
	struct civil civil;
	const size_t step = (n + 7) / 8;

	zone_to_civil(zone, slot->from_ms, &civil);
	if (unit == CHART_DAYS) {
		format_date(&name, DATE_WEEKDAY, slot->from_ms, zone, build->say->language);
		buffer_append_byte(&name, ' ');
		format_date(&name, DATE_MONTH_DAY, slot->from_ms, zone, build->say->language);
		if (i % step == 0)
			format_date(&label, DATE_MONTH_DAY, slot->from_ms, zone,
			            build->say->language);
	} else {
		const int hour = unit == CHART_HOURS_OF_DAY ? (int)i : civil.hour;

		if (n > 26)
			format_date(&name, DATE_MONTH_DAY, slot->from_ms, zone,
			            build->say->language);
		buffer_printf(&name, "%s%02d", n > 26 ? " " : "", hour);
		if (hour % (n > 26 ? 6 : 3) == 0)
			buffer_printf(&label, "%d", hour);
	}
	put(column->name, sizeof column->name, buffer_peek(&name));
	put(column->label, sizeof column->label, buffer_peek(&label));
}

static slice slot_name(const struct build *build, enum chart_unit unit, const struct slot *slot,
                       size_t i)
{
	struct say *say = build->say;

	if (unit == CHART_DAYS)
		return say_weekday_day(say, slot->from_ms);
	if (unit == CHART_HOURS_OF_DAY) {
		/* Any day's hour of that number will do for the name: the zone's own first day. */
		struct civil civil;

		zone_to_civil(say->zone, build->figures->window.from_ms, &civil);
		civil.hour = (int)i;
		civil.minute = civil.second = civil.millisecond = 0;
		return say_hour(say, zone_from_civil(say->zone, &civil));
	}
	return label_slot(say, build->figures, slot->from_ms);
}

static int add_lead(const struct build *build, enum chart_unit unit, const struct chart_data *data,
                    struct block *block, courant_error **err)
{
	struct say *say = build->say;
	const bool is_days = unit == CHART_DAYS;
	size_t most = 0, least = 0;

	for (size_t i = 1; i < data->n; i++) {
		most = data->slots[i].hits > data->slots[most].hits ? i : most;
		least = data->slots[i].hits < data->slots[least].hits ? i : least;
	}
	if (build_run(&block->lead, RUN_PLAIN,
	              SAY(say, is_days ? WORD_HITS_MOST_ON : WORD_HITS_MOST_AT,
	                  slot_name(build, unit, &data->slots[most], most)),
	              err) < 0 ||
	    build_run(&block->lead, RUN_BOLD, say_count(say, data->slots[most].hits), err) < 0)
		return -1;
	if (data->n < 2)
		return 0;
	return build_run(&block->lead, RUN_PLAIN,
	                 SAY(say, is_days ? WORD_HITS_FEWEST_ON : WORD_HITS_FEWEST_AT,
	                     slot_name(build, unit, &data->slots[least], least)),
	                 err) < 0
	               ? -1
	               : build_run(&block->lead, RUN_BOLD, say_count(say, data->slots[least].hits),
	                           err);
}

/* The worst column, and between what the others lie. */
static int add_errors_lead(const struct build *build, enum chart_unit unit,
                           const struct chart_data *data, struct block *block, courant_error **err)
{
	struct say *say = build->say;
	const bool is_days = unit == CHART_DAYS;
	uint64_t low = UINT64_MAX, high = 0;
	size_t worst = 0;

	for (size_t i = 1; i < data->n; i++)
		worst = data->slots[i].errors > data->slots[worst].errors ? i : worst;
	if (data->n == 0 || data->slots[worst].errors == 0)
		return build_run(&block->after, RUN_PLAIN,
		                 say_word(say, WORD_NO_SERVER_ERRORS_HERE), err);
	for (size_t i = 0; i < data->n; i++) {
		if (i == worst)
			continue;
		low = data->slots[i].errors < low ? data->slots[i].errors : low;
		high = data->slots[i].errors > high ? data->slots[i].errors : high;
	}
	block->errors_counted = "5xx";
	const slice name = slot_name(build, unit, &data->slots[worst], worst);
	if (build_run(&block->errors_lead, RUN_PLAIN, SAY(say, WORD_ERRORS_LEAD, name), err) < 0 ||
	    build_run(&block->errors_lead, RUN_ALARM, say_count(say, data->slots[worst].errors),
	              err) < 0)
		return -1;
	if (data->n < 2)
		return 0;
	if (high == 0)
		return build_run(
		        &block->errors_lead, RUN_PLAIN,
		        SAY(say, is_days ? WORD_ERRORS_ONLY_ON : WORD_ERRORS_ONLY_AT, name), err);
	const slice others =
	        low == high ? say_count(say, low)
	                    : SAY(say, WORD_SPAN, say_count(say, low), say_count(say, high));
	return build_run(&block->errors_lead, RUN_PLAIN,
	                 SAY(say, is_days ? WORD_ERRORS_ON : WORD_ERRORS_AT, name, others), err);
}

static int add_columns(const struct build *build, enum chart_unit unit,
                       const struct chart_data *data, struct block *block, courant_error **err)
{
	for (size_t i = 0; i < data->n; i++) {
		const struct slot *slot = &data->slots[i];
		struct chart_column column = {.value = slot->hits, .errors = slot->errors};

		column.former = cell_of(slot->former_hits, build->figures->has_comparison);
		label_column(build, unit, slot, i, data->n, &column);
		if (block_add_column(block, &column, err) < 0)
			return -1;
	}
	return 0;
}

/* Hours of more than two days would be too many columns to read: days then. */
static enum chart_unit unit_of(const struct build *build, const struct section *section)
{
	if (slice_equal(slice_of(section->table), SLICE("hours_of_day")) &&
	    !build->figures->slots_are_days)
		return CHART_HOURS_OF_DAY;
	if (slice_equal(slice_of(section->table), SLICE("hours")) &&
	    !build->figures->slots_are_days &&
	    window_days(&build->figures->window, build->say->zone) <= 2)
		return CHART_HOURS;
	return CHART_DAYS;
}

int build_chart(const struct build *build, const struct section *section, courant_error **err)
{
	struct say *say = build->say;
	const enum chart_unit unit = unit_of(build, section);
	const int days = window_days(&build->figures->window, say->zone);
	const enum word heading = unit == CHART_DAYS                ? WORD_DAYS
	                          : unit == CHART_HOURS && days > 1 ? WORD_HOURS
	                                                            : WORD_HOURS_OF_DAY;
	AUTO(free) struct chart_data *data = mem_alloc(sizeof *data);
	struct block *block = data ? document_add_block(build->document, BLOCK_COLUMNS,
	                                                section->title ? slice_of(section->title)
	                                                               : say_word(say, heading),
	                                                err)
	                           : NULL;

	if (!block)
		return data ? -1 : fail_memory(err);
	if (build->figures->n_slots == 0)
		return document_set(&block->empty, say_word(say, WORD_NO_DATA_HERE), err);
	if (unit == CHART_HOURS_OF_DAY && days > 1 &&
	    document_set(&block->side, say_word(say, WORD_HOURS_ALL_DAYS), err) < 0)
		return -1;
	gather(build, unit, data);
	block->counted = word(WORD_COUNTED_HITS, say->language);
	if (document_set(&block->key_now, label_key(say, &build->figures->window), err) < 0)
		return -1;
	if (build->figures->has_comparison &&
	    document_set(&block->key_former, label_key(say, &build->figures->former_window), err) <
	            0)
		return -1;
	if (add_lead(build, unit, data, block, err) < 0 ||
	    add_errors_lead(build, unit, data, block, err) < 0)
		return -1;
	return add_columns(build, unit, data, block, err);
}
