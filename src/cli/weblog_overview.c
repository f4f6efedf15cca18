/* SPDX-License-Identifier: MIT */
/* weblog_overview.c - all tables of a weblog on a terminal (weblog_overview.h) */
#include "cli/weblog_overview.h"

#include <inttypes.h>

#include "base/utf8.h"
#include "table/format.h"
#include "table/stranger.h"

#define HEAD_MAX_BYTES ((size_t)1 << 16)
#define SERIES_ROWS    31 /* of days and hours, the last ones */
#define TILE_LABEL     10
#define TILE_FIGURE    12
#define TILE_GAP       3
#define SHARE_WIDTH    7

/* The tables in the order of questions: when, how well, what, from where, by whom, how fast. */
static const struct {
	const char *name, *about;
} sections[] = {
	{"days", ""},
	{"hours", ""},
	{"hours_of_day", "all days together"},
	{"status", ""},
	{"pages", "what people saw"},
	{"not_found", "answered 404, with the most frequent referrer"},
	{"failing", "answered 5xx"},
	{"slow_pages", "how long answers took, by p95"},
	{"latency", "how long answers took"},
	{"files", "images, scripts and the like"},
	{"paths", "all requests"},
	{"hosts", "virtual hosts"},
	{"referrers", "where people came from"},
	{"browsers", ""},
	{"systems", ""},
	{"devices", ""},
	{"robots", "left out of visitors, visits and page views"},
	{"countries", ""},
	{"addresses", ""},
	{"methods", ""},
	{"rejected", "lines that cannot be read"},
};

/* ---- what was read ---- */

static void write_format(struct buffer *out, const struct weblog_facts *facts)
{
	buffer_printf(out, "%s%s", facts->format ? facts->format : "no known format", facts->has_other_formats ? " and others" : "");
	if (facts->is_format_given)
		buffer_append(out, SLICE(", as --format says"));
	else if (facts->sample_lines)
		buffer_printf(out, ", recognised by %" PRIu64 " of its first %" PRIu64 " lines", facts->sample_readable, facts->sample_lines);
}

static void write_window(struct buffer *out, const struct weblog_facts *facts, const struct zone *zone)
{
	format_time(out, TIME_ISO, facts->first_ms[0], zone, FIGURE_PLAIN, LANGUAGE_EN);
	buffer_append(out, SLICE(" to "));
	format_time(out, TIME_ISO, facts->last_ms[0], zone, FIGURE_PLAIN, LANGUAGE_EN);
	buffer_append(out, SLICE(", "));
	buffer_append(out, slice_of(zone_name(zone)));
}

static void write_equation(struct buffer *out, const struct weblog_facts *facts)
{
	format_count(out, facts->lines);
	buffer_append(out, facts->lines == 1 ? SLICE(" line = ") : SLICE(" lines = "));
	format_count(out, facts->hits);
	buffer_append(out, facts->hits == 1 ? SLICE(" hit + ") : SLICE(" hits + "));
	format_count(out, facts->rejected);
	buffer_append(out, SLICE(" rejected"));
	if (facts->in_window[0] < facts->hits) {
		buffer_append(out, SLICE("; counted "));
		format_count(out, facts->in_window[0]);
	}
}

/* ---- the main figures ---- */

/* Three in a line; those with their share of all hits at its end. */
static const struct tile {
	const char *label, *column;
	bool has_share;
	enum screen_colour colour;
} tiles[] = {
	{"hits", "hits", false, SCREEN_BOLD},       {"visitors", "visitors", false, SCREEN_BOLD},     {"robot hits", "robot_hits", true, SCREEN_BOLD},
	{"data sent", "bytes", false, SCREEN_BOLD}, {"visits", "visits", false, SCREEN_BOLD},         {"4xx errors", "errors_4xx", true, SCREEN_BAD},
	{"addresses", "addresses", false, SCREEN_BOLD}, {"page views", "page_views", false, SCREEN_BOLD}, {"5xx errors", "errors_5xx", true, SCREEN_WORSE},
};
#define TILES_IN_LINE 3

static void write_tile(const struct screen *screen, struct buffer *out, const struct tile *tile, const struct table *totals, const struct zone *zone)
{
	AUTO(buffer) struct buffer figure = BUFFER_LIMIT(HEAD_MAX_BYTES);
	AUTO(buffer) struct buffer share = BUFFER_LIMIT(HEAD_MAX_BYTES);
	const uint64_t value = table_get(totals, 0, tile->column).count, hits = table_get(totals, 0, "hits").count;

	screen_write_figure(&figure, totals, 0, table_find_column(totals, tile->column), zone);

	const size_t label_width = strlen(tile->label), width = utf8_width(buffer_peek(&figure));

	screen_write_coloured(screen, out, SCREEN_FAINT, slice_of(tile->label));
	buffer_append_repeated(out, ' ', TILE_LABEL - label_width + (width < TILE_FIGURE ? TILE_FIGURE - width : 0));
	screen_write_coloured(screen, out, value ? tile->colour : SCREEN_FAINT, buffer_peek(&figure));
	if (!tile->has_share || !hits)
		return;
	format_share(&share, (double)value / (double)hits);
	buffer_append_byte(out, ' ');
	screen_write_coloured(screen, out, SCREEN_FAINT, buffer_peek(&share));
}

static void write_tiles(const struct screen *screen, struct buffer *out, const struct table *totals, const struct zone *zone)
{
	const size_t width = TILE_LABEL + TILE_FIGURE, line = TILES_IN_LINE * width + (TILES_IN_LINE - 1) * TILE_GAP + SHARE_WIDTH;

	for (size_t i = 0; i < sizeof tiles / sizeof *tiles; i++) {
		const bool is_last = screen->columns < line || i % TILES_IN_LINE + 1 == TILES_IN_LINE;

		write_tile(screen, out, &tiles[i], totals, zone);
		buffer_append_repeated(out, ' ', is_last ? 0 : TILE_GAP);
		buffer_append(out, is_last ? SLICE("\n") : SLICE(""));
	}
}

/* ---- all of it ---- */

static void write_head(const struct screen *screen, struct buffer *out, const struct weblog *weblog, const struct weblog_facts *facts, const char *name)
{
	AUTO(buffer) struct buffer line = BUFFER_LIMIT(HEAD_MAX_BYTES);

	stranger_write(&line, slice_of(name), screen->columns);
	screen_write_coloured(screen, out, SCREEN_BOLD, buffer_peek(&line));
	buffer_append_byte(out, '\n');
	buffer_cut(&line, 0);
	write_format(&line, facts);
	buffer_append_byte(&line, '\n');
	if (facts->in_window[0]) {
		write_window(&line, facts, weblog_zone(weblog));
		buffer_append_byte(&line, '\n');
	}
	write_equation(&line, facts);
	buffer_append_byte(&line, '\n');
	screen_write_coloured(screen, out, SCREEN_FAINT, buffer_peek(&line));
	/* Who is a person can only be told by the agent. */
	if (!facts->has_agents && facts->hits)
		buffer_append(out, SLICE("This log has no user agents, so nobody can be told from a robot: there are no visitors, visits and page views.\n"
					 "What was asked for, and by whom, is in the tables paths, files and addresses.\n"));
	buffer_append_byte(out, '\n');
}

/* One day has the same hours twice. */
static bool is_needless(const struct table *table, const struct table *days)
{
	return slice_equal(slice_of(table_head(table)->name), SLICE("hours_of_day")) && table_rows(days) < 2;
}

int overview_write(const struct screen *screen, struct buffer *out, struct weblog *weblog, const char *name, size_t top, bool has_countries, courant_error **err)
{
	const struct zone *zone = weblog_zone(weblog);
	AUTO(table) struct table *totals = weblog_take_table(weblog, 0, "totals", top, err);
	AUTO(table) struct table *days = weblog_take_table(weblog, 0, "days", top, err);
	struct weblog_facts facts;

	if (!totals || !days)
		return -1;
	weblog_facts(weblog, &facts);
	write_head(screen, out, weblog, &facts, name);
	write_tiles(screen, out, totals, zone);
	for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
		if (slice_equal(slice_of(sections[i].name), SLICE("countries")) && !has_countries)
			continue;

		AUTO(table) struct table *table = weblog_take_table(weblog, 0, sections[i].name, top, err);

		if (!table)
			return -1;
		if (!is_needless(table, days))
			screen_write_titled(screen, out, table, sections[i].about, zone, SERIES_ROWS);
	}
	return 0;
}
