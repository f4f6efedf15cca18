/* SPDX-License-Identifier: MIT */
/* figures.c - from the weblog's tables to plain numbers */
#include "report/figures.h"

#include "base/alloc.h"
#include "base/hash.h"
#include "base/random.h"

static uint64_t count_of(const struct table *table, size_t row, const char *column)
{
	const struct table_cell cell = table_get(table, row, column);

	return cell.is_known ? cell.count : 0;
}

void figures_release(struct figures *figures)
{
	free(figures->slots);
	free(figures->failing_path);
	free(figures->rising_path);
	*figures = (struct figures){0};
}

struct span figures_span(const struct figures *figures)
{
	return (struct span){
		.window = figures->window,
		.former_window = figures->former_window,
		.is_whole = figures->is_whole_log,
		.is_empty = figures->now.hits == 0,
		.is_of_log = true,
		.first_ms = figures->now.first_ms,
		.last_ms = figures->now.last_ms,
		.now_ms = figures->now_ms,
		.slots_are_days = figures->slots_are_days,
	};
}

/* ---- Totals and facts ---- */

static int read_side(struct side *side, struct weblog *weblog, const struct weblog_facts *facts,
                     size_t window, courant_error **err)
{
	AUTO(table) struct table *totals = weblog_take_table(weblog, window, "totals", 0, err);

	if (!totals)
		return -1;
	*side = (struct side){
	        .hits = facts->in_window[window],
	        .page_views = count_of(totals, 0, "page_views"),
	        .visitors = count_of(totals, 0, "visitors"),
	        .visits = count_of(totals, 0, "visits"),
	        .bytes = count_of(totals, 0, "bytes"),
	        .errors_5xx = count_of(totals, 0, "errors_5xx"),
	        .robot_hits = count_of(totals, 0, "robot_hits"),
	        .first_ms = facts->first_ms[window],
	        .last_ms = facts->last_ms[window],
	        .gap_from_ms = facts->longest_gap_from_ms[window],
	        .gap_ms = facts->longest_gap_ms[window],
	};
	return 0;
}

/* ---- Slots ---- */

/* The beginning of the next local hour or day. A local hour may have 30, 60 or 90 minutes where clocks change by half an hour. */
static int64_t next_slot(const struct zone *zone, int64_t from_ms, bool is_day)
{
	int64_t probe_ms = from_ms + MS_PER_HOUR, start_ms;

	if (is_day)
		return zone_day_add(zone, from_ms, 1);
	while ((start_ms = zone_hour_start(zone, probe_ms)) <= from_ms)
		probe_ms += 15 * MS_PER_MINUTE;
	return start_ms;
}

int figures_cut(struct figures *figures, const struct zone *zone, courant_error **err)
{
	const int days = window_days(&figures->window, zone);
	size_t n = 0;

	figures->slots_are_days = days > FIGURES_HOUR_DAYS;
	if (days > FIGURES_SLOTS_MAX)
		return 0;
	/* A day has at most 25 hours, or 26 of which two are halves. */
	const size_t space = figures->slots_are_days ? (size_t)days : (size_t)days * 26;
	if (!(figures->slots = mem_array(space ? space : 1, sizeof *figures->slots)))
		return fail_memory(err);
	for (int64_t at_ms = figures->window.from_ms; at_ms < figures->window.to_ms && n < space;
	     n++) {
		const int64_t next_ms = next_slot(zone, at_ms, figures->slots_are_days);

		figures->slots[n].from_ms = at_ms;
		figures->slots[n].to_ms =
		        next_ms < figures->window.to_ms ? next_ms : figures->window.to_ms;
		at_ms = next_ms;
	}
	figures->n_slots = n;
	return 0;
}

int64_t figures_move(const struct figures *figures, const struct zone *zone, int64_t former_ms)
{
	struct civil from, former_from, civil;

	zone_to_civil(zone, figures->window.from_ms, &from);
	zone_to_civil(zone, figures->former_window.from_ms, &former_from);
	const int64_t days = civil_to_days(from.year, from.month, from.day) -
	                     civil_to_days(former_from.year, former_from.month, former_from.day);
	/* Not the same time of day ("the 5 hours before"): no day to keep to. The day that begins at one in the morning is midnight as well. */
	if (zone_day_start(zone, figures->window.from_ms) != figures->window.from_ms &&
	    (from.hour != former_from.hour || from.minute != former_from.minute))
		return former_ms + (figures->window.from_ms - figures->former_window.from_ms);
	zone_to_civil(zone, former_ms, &civil);
	civil.day += (int)days;
	return zone_from_civil(zone, &civil);
}

static struct slot *find_slot(const struct figures *figures, int64_t at_ms)
{
	size_t low = 0, high = figures->n_slots;

	/* The bucket of the first slot may begin before the window does, by less than its own length. */
	if (high == 0 || at_ms < figures->slots[0].from_ms)
		return high && figures->slots[0].from_ms - at_ms <
		                               (figures->slots_are_days ? 25 : 2) * MS_PER_HOUR
		               ? &figures->slots[0]
		               : NULL;
	while (high - low > 1) {
		const size_t middle = low + (high - low) / 2;

		if (figures->slots[middle].from_ms <= at_ms)
			low = middle;
		else
			high = middle;
	}
	return at_ms < figures->slots[low].to_ms ? &figures->slots[low] : NULL;
}

static int fill_slots(struct figures *figures, struct weblog *weblog, size_t window,
                      courant_error **err)
{
	const struct zone *zone = weblog_zone(weblog);
	AUTO(table)
	struct table *table = weblog_take_table(weblog, window,
	                                        figures->slots_are_days ? "days" : "hours", 0, err);

	if (!table)
		return -1;
	for (size_t row = 0; row < table_rows(table); row++) {
		const int64_t at_ms = table_cell_at(table, row, 0).time_ms;
		struct slot *slot =
		        find_slot(figures, window == 0 ? at_ms : figures_move(figures, zone, at_ms));

		if (!slot)
			continue;
		*(window == 0 ? &slot->hits : &slot->former_hits) += count_of(table, row, "hits");
		*(window == 0 ? &slot->page_views : &slot->former_page_views) +=
		        count_of(table, row, "page_views");
		*(window == 0 ? &slot->errors : &slot->former_errors) +=
		        count_of(table, row, "errors_5xx");
	}
	return 0;
}

/* The window of a whole log: full hours around its hits. */
static void limit_window(struct figures *figures, const struct zone *zone)
{
	if (!figures->is_whole_log || figures->now.hits == 0)
		return;
	figures->window.from_ms = zone_hour_start(zone, figures->now.first_ms);
	figures->window.to_ms = next_slot(zone, zone_hour_start(zone, figures->now.last_ms), false);
	if (window_days(&figures->window, zone) > FIGURES_HOUR_DAYS) {
		figures->window.from_ms = zone_day_start(zone, figures->now.first_ms);
		figures->window.to_ms = zone_day_add(zone, figures->now.last_ms, 1);
	}
}

/* ---- Causes ---- */

static int find_worst_code(struct figures *figures, struct weblog *weblog, courant_error **err)
{
	AUTO(table) struct table *status = weblog_take_table(weblog, 0, "status", 0, err);

	if (!status)
		return -1;
	for (size_t row = 0; row < table_rows(status); row++) {
		const uint64_t code = count_of(status, row, "status"),
		               hits = count_of(status, row, "hits");

		if (code >= 500 && code <= 599 && hits > figures->worst_code_hits) {
			figures->worst_code = (unsigned)code;
			figures->worst_code_hits = hits;
		}
	}
	return 0;
}

static int find_failing_path(struct figures *figures, struct weblog *weblog, courant_error **err)
{
	AUTO(table) struct table *failing = weblog_take_table(weblog, 0, "failing", 1, err);

	if (!failing)
		return -1;
	if (table_rows(failing) == 0)
		return 0;
	figures->failing_hits = count_of(failing, 0, "errors_5xx");
	figures->failing_path = mem_copy(table_get(failing, 0, "path").text);
	return figures->failing_path ? 0 : fail_memory(err);
}

static int find_rising_page(struct figures *figures, struct weblog *weblog, courant_error **err)
{
	AUTO(table) struct table *now = weblog_take_table(weblog, 0, "pages", 0, err);
	AUTO(table)
	struct table *former = now ? weblog_take_table(weblog, 1, "pages", 0, err) : NULL;
	AUTO(hash_table) struct hash_table ids = {.n = 0};
	slice rising = {NULL, 0};
	uint32_t id;

	hash_table_init(&ids, random_u64());
	if (!former)
		return -1;
	for (size_t row = 0; row < table_rows(former); row++) {
		if (hash_table_add(&ids, table_get(former, row, "path").text, &id, NULL, err) < 0)
			return -1;
	}
	for (size_t row = 0; row < table_rows(now); row++) {
		const slice path = table_get(now, row, "path").text;
		const uint64_t views = count_of(now, row, "views");

		id = hash_table_find(&ids, path);
		const uint64_t before = id == HASH_NONE ? 0 : count_of(former, id, "views");
		if (views > before && views - before > figures->rising_by) {
			figures->rising_by = views - before;
			rising = path;
		}
	}
	if (rising.ptr && !(figures->rising_path = mem_copy(rising)))
		return fail_memory(err);
	return 0;
}

int figures_read(struct figures *figures, struct weblog *weblog, courant_error **err)
{
	const struct zone *zone = weblog_zone(weblog);
	struct weblog_facts facts;

	weblog_facts(weblog, &facts);
	figures->files = facts.files;
	figures->lines = facts.lines;
	figures->hits = facts.hits;
	figures->rejected = facts.rejected;
	figures->all_first_ms = facts.all_first_ms;
	figures->all_last_ms = facts.all_last_ms;
	if (read_side(&figures->now, weblog, &facts, 0, err) < 0)
		return -1;
	if (figures->wants_comparison && read_side(&figures->former, weblog, &facts, 1, err) < 0)
		return -1;
	if (figures->now.hits == 0)
		return 0;
	limit_window(figures, zone);
	if (figures_cut(figures, zone, err) < 0 || fill_slots(figures, weblog, 0, err) < 0 ||
	    (figures->wants_comparison && fill_slots(figures, weblog, 1, err) < 0))
		return -1;
	figures_judge_coverage(figures, zone);
	if (find_worst_code(figures, weblog, err) < 0 ||
	    find_failing_path(figures, weblog, err) < 0)
		return -1;
	return figures->has_comparison ? find_rising_page(figures, weblog, err) : 0;
}
