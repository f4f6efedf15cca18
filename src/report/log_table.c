/* SPDX-License-Identifier: MIT */
/* log_table.c - how each table of the weblog is shown: its words, its columns, what is told beside a row */
#include "report/log.h"

#include "base/alloc.h"
#include "report/cell_words.h"
#include "report/runs.h"
#include "report/site.h"
#include "report/status_codes.h"

#define LENGTH(rows) (sizeof(rows) / sizeof *(rows))

/* ---- What is told beside a row ---- */

static void annotate_status(const struct joined_row *row, struct joined_notes *notes)
{
	notes->name = status_code_meaning(table_cell_at(row->table, row->row, 0).count,
	                                  row->log->say->language);
}

static slice text_of(const struct joined_row *row, const char *column)
{
	const struct table_cell cell = table_get(row->table, row->row, column);

	return cell.is_known ? cell.text : SLICE("");
}

/* A dead link on a page of our own is the row one can act on. */
static void annotate_not_found(const struct joined_row *row, struct joined_notes *notes)
{
	struct say *say = row->log->say;
	const slice referrer = text_of(row, "referrer"), host = site_of_referrer(referrer);

	if (host.len == 0) {
		notes->note = say_word(say, WORD_NO_REFERRER);
	} else if (site_is_same(host, row->log->own_site)) {
		notes->mark = say_word(say, WORD_OWN_LINK);
		notes->note =
		        SAY(say, WORD_ON_PAGE, say_path(say, site_path_of_referrer(referrer)));
	} else {
		notes->note = SAY(say, WORD_ON_PAGE, say_text(say, host));
	}
}

static void annotate_robot(const struct joined_row *row, struct joined_notes *notes)
{
	notes->note = cell_words(row->log->say, "kind", text_of(row, "kind"));
	notes->name = cell_words(row->log->say, "name", text_of(row, "name"));
}

/* access.log:17: no address. The footer has the folder. */
static void annotate_rejected(const struct joined_row *row, struct joined_notes *notes)
{
	AUTO(buffer) struct buffer place = BUFFER_LIMIT(8000);
	struct say *say = row->log->say;
	const slice file = text_of(row, "file");
	const size_t slash = slice_find_last(file, '/');

	buffer_append(&place, slash == SLICE_NONE ? file : slice_after(file, slash + 1));
	buffer_append_byte(&place, ':');
	buffer_append_u64(&place, table_get(row->table, row->row, "line").count);
	notes->name = SAY(say, WORD_PLACE_AND_REASON, say_text(say, buffer_peek(&place)),
	                  cell_words(say, "reason", text_of(row, "reason")));
	notes->note = text_of(row, "text");
}

static void annotate_day(const struct joined_row *row, struct joined_notes *notes)
{
	notes->name =
	        say_weekday_day(row->log->say, table_cell_at(row->table, row->row, 0).time_ms);
}

/* ---- How each is shown ---- */

#define NAMED(joined) (SLICE_NONE - 1 - (size_t)(joined)) /* a column that log_join adds */
#define COLUMNS_MAX   5
#define NO_WORD       WORDS

struct shown {
	enum word head;
	enum look look;
	size_t column; /* of the weblog's table, or NAMED */
	bool has_bar;  /* of the count */
};

static const struct spec {
	const char *table, *key, *count;
	enum word heading, side, empty, more;
	bool share_of_hits, is_bars, has_note, is_cut, is_compared, needs_agents;
	enum better better;
	void (*annotate)(const struct joined_row *, struct joined_notes *);
	struct shown shown[COLUMNS_MAX];
	size_t n_shown;
} specs[] = {
#define SHOWN(...)                                                                                 \
	.shown = {__VA_ARGS__},                                                                    \
	.n_shown = sizeof((struct shown[]){__VA_ARGS__}) / sizeof(struct shown)
        {.table = "status",
         .key = "status",
         .count = "hits",
         .heading = WORD_STATUS_CODES,
         .side = WORD_SHARE_OF_HITS,
         .empty = WORD_NO_DATA_HERE,
         .more = WORD_MORE_ROWS,
         .share_of_hits = true,
         .is_compared = true,
         .better = BETTER_DOWN,
         .annotate = annotate_status,
         SHOWN({WORD_COLUMN_CODE, LOOK_CODE, 0, false},
               {WORD_COLUMN_MEANING, LOOK_NAME, NAMED(JOINED_NAME), false},
               {WORD_COLUMN_TIMES, LOOK_LEAD, 1, false},
               {WORD_COLUMN_SHARE, LOOK_NUMBER, NAMED(JOINED_SHARE), false})},
        {.table = "status_classes",
         .key = "class",
         .count = "hits",
         .heading = WORD_STATUS_CLASSES,
         .side = WORD_SHARE_OF_HITS,
         .empty = WORD_NO_DATA_HERE,
         .more = WORD_MORE_ROWS,
         .share_of_hits = true,
         .is_compared = true,
         SHOWN({WORD_COLUMN_CLASS, LOOK_NAME, 0, false}, {WORD_COLUMN_TIMES, LOOK_LEAD, 1, false},
               {WORD_COLUMN_SHARE, LOOK_NUMBER, NAMED(JOINED_SHARE), false})},
        {.table = "methods",
         .key = "method",
         .count = "hits",
         .heading = WORD_METHODS,
         .side = WORD_SHARE_OF_HITS,
         .empty = WORD_NO_DATA_HERE,
         .more = WORD_MORE_ROWS,
         .share_of_hits = true,
         .is_compared = true,
         SHOWN({WORD_COLUMN_METHOD, LOOK_NAME, 0, false}, {WORD_COLUMN_TIMES, LOOK_LEAD, 1, false},
               {WORD_COLUMN_SHARE, LOOK_NUMBER, NAMED(JOINED_SHARE), false})},
        {.table = "paths",
         .key = "path",
         .count = "hits",
         .heading = WORD_PATHS,
         .side = WORD_PATHS_SIDE,
         .empty = WORD_NO_DATA_HERE,
         .more = WORD_MORE_PATHS,
         .is_compared = true,
         SHOWN({WORD_COLUMN_PATH, LOOK_PATH, 0, true}, {WORD_COLUMN_HITS, LOOK_LEAD, 1, false},
               {WORD_COLUMN_DATA, LOOK_NUMBER, 2, false})},
        {.table = "pages",
         .needs_agents = true,
         .key = "path",
         .count = "views",
         .heading = WORD_TOP_PAGES,
         .side = WORD_PAGES_SIDE,
         .empty = WORD_NO_PAGES,
         .more = WORD_MORE_PAGES,
         .is_compared = true,
         SHOWN({WORD_COLUMN_PATH, LOOK_PATH, 0, true}, {WORD_COLUMN_VIEWS, LOOK_LEAD, 1, false},
               {WORD_COLUMN_VISITORS, LOOK_NUMBER, 2, false})},
        {.table = "files",
         .needs_agents = true,
         .key = "path",
         .count = "hits",
         .heading = WORD_FILES,
         .side = WORD_FILES_SIDE,
         .empty = WORD_NO_ROWS,
         .more = WORD_MORE_PATHS,
         .is_compared = true,
         SHOWN({WORD_COLUMN_PATH, LOOK_PATH, 0, true}, {WORD_COLUMN_HITS, LOOK_LEAD, 1, false},
               {WORD_COLUMN_DATA, LOOK_NUMBER, 3, false})},
        {.table = "not_found",
         .key = "path",
         .count = "hits",
         .heading = WORD_NOT_FOUND,
         .side = WORD_NOT_FOUND_SIDE,
         .empty = WORD_NO_NOT_FOUND,
         .more = WORD_MORE_PATHS,
         .has_note = true,
         .is_compared = true,
         .better = BETTER_DOWN,
         .annotate = annotate_not_found,
         SHOWN({WORD_COLUMN_PATH, LOOK_PATH, 0, false}, {WORD_COLUMN_TIMES, LOOK_LEAD, 1, false})},
        {.table = "failing",
         .key = "path",
         .count = "errors_5xx",
         .heading = WORD_FAILING,
         .side = WORD_FAILING_SIDE,
         .empty = WORD_NO_SERVER_ERRORS_HERE,
         .more = WORD_MORE_PATHS,
         .is_compared = true,
         .better = BETTER_DOWN,
         SHOWN({WORD_COLUMN_PATH, LOOK_PATH, 0, true}, {WORD_COLUMN_ERRORS, LOOK_LEAD, 1, false},
               {WORD_COLUMN_HITS, LOOK_NUMBER, 2, false})},
        {.table = "referrers",
         .key = "site",
         .count = "hits",
         .heading = WORD_REFERRERS,
         .side = NO_WORD,
         .empty = WORD_NO_ROWS,
         .more = WORD_MORE_ROWS,
         .is_compared = true,
         SHOWN({WORD_COLUMN_SITE, LOOK_NAME, 0, false}, {WORD_COLUMN_HITS, LOOK_LEAD, 1, false},
               {WORD_COLUMN_VISITORS, LOOK_NUMBER, 2, false})},
        {.table = "browsers",
         .needs_agents = true,
         .key = "name",
         .count = "visitors",
         .heading = WORD_BROWSERS,
         .side = WORD_SHARE_OF_VISITORS,
         .empty = WORD_NO_VISITORS,
         .more = NO_WORD,
         .is_bars = true,
         SHOWN({WORD_COLUMN_NAME, LOOK_NAME, 0, false},
               {WORD_COLUMN_SHARE_OF_VISITORS, LOOK_LEAD, 3, false},
               {WORD_COLUMN_VISITORS, LOOK_NUMBER, 1, false})},
        {.table = "systems",
         .needs_agents = true,
         .key = "name",
         .count = "visitors",
         .heading = WORD_SYSTEMS,
         .side = WORD_SHARE_OF_VISITORS,
         .empty = WORD_NO_VISITORS,
         .more = NO_WORD,
         .is_bars = true,
         SHOWN({WORD_COLUMN_NAME, LOOK_NAME, 0, false},
               {WORD_COLUMN_SHARE_OF_VISITORS, LOOK_LEAD, 3, false},
               {WORD_COLUMN_VISITORS, LOOK_NUMBER, 1, false})},
        {.table = "robots",
         .needs_agents = true,
         .key = "name",
         .count = "hits",
         .heading = WORD_ROBOTS,
         .side = WORD_ROBOTS_SIDE,
         .empty = WORD_NO_ROBOTS,
         .more = WORD_MORE_ROBOTS,
         .annotate = annotate_robot,
         SHOWN({WORD_COLUMN_NAME, LOOK_NAME, NAMED(JOINED_NAME), false},
               {WORD_COLUMN_KIND, LOOK_NAME, NAMED(JOINED_NOTE), false},
               {WORD_COLUMN_HITS, LOOK_LEAD, 2, false}, {WORD_COLUMN_DATA, LOOK_NUMBER, 3, false})},
        {.table = "rejected",
         .key = "text",
         .count = "line",
         .heading = WORD_REJECTED_LINES,
         .side = WORD_REJECTED_SIDE,
         .empty = WORD_NO_REJECTED,
         .more = NO_WORD,
         .has_note = true,
         .is_cut = true,
         .annotate = annotate_rejected,
         SHOWN({WORD_COLUMN_PLACE, LOOK_NAME, NAMED(JOINED_NAME), false})},
        {.table = "days",
         .key = "day",
         .count = "hits",
         .heading = WORD_DAYS,
         .side = NO_WORD,
         .empty = WORD_NO_DATA_HERE,
         .more = NO_WORD,
         .annotate = annotate_day,
         SHOWN({WORD_COLUMN_DAY, LOOK_NAME, NAMED(JOINED_NAME), false},
               {WORD_COLUMN_VIEWS, LOOK_LEAD, 2, false},
               {WORD_COLUMN_VISITORS, LOOK_NUMBER, 3, false},
               {WORD_COLUMN_HITS, LOOK_NUMBER, 1, false},
               {WORD_COLUMN_DATA, LOOK_NUMBER, 5, false})},
#undef SHOWN
};

static size_t place_of(size_t column, size_t n_own)
{
	return column >= NAMED(JOINED_COLUMNS - 1) ? n_own + (NAMED(0) - column) : column;
}

static void show_columns(const struct log *log, const struct spec *spec, struct block *block)
{
	const size_t n_own = table_columns(block->table) - JOINED_COLUMNS,
	             count = table_find_column(block->table, spec->count);

	for (size_t i = 0; i < spec->n_shown; i++) {
		const struct shown *shown = &spec->shown[i];

		block_show(block,
		           (struct block_column){.head = word(shown->head, log->say->language),
		                                 .look = shown->look,
		                                 .value = place_of(shown->column, n_own),
		                                 .bar_of = shown->has_bar ? count : SLICE_NONE});
	}
	if (spec->is_compared && log->figures->has_comparison)
		block_show(block, (struct block_column){.look = LOOK_CHANGE,
		                                        .value = count,
		                                        .former = n_own + JOINED_FORMER,
		                                        .bar_of = SLICE_NONE,
		                                        .better = spec->better});
	if (spec->has_note) {
		block->note = n_own + JOINED_NOTE;
		block->note_mark = n_own + JOINED_MARK;
	}
	block->more = spec->more;
}

/* An empty table of the same kind. */
static struct table *same_columns(const struct table *table, courant_error **err)
{
	struct table_column columns[13 + JOINED_COLUMNS];
	const size_t n = table_columns(table);

	for (size_t i = 0; i < n; i++)
		columns[i] = *table_column(table, i);
	return table_new(table_head(table), columns, n, err);
}

static bool is_text(const struct table_cell *cell, slice text)
{
	return cell->is_known && slice_equal(cell->text, text);
}

/* Bars: what has no name of its own and what was cut become one last row, so that the shares add up. */
static struct table *gather_others(const struct log *log, const struct table *table,
                                   courant_error **err)
{
	const uint64_t visitors = log->figures->now.visitors;
	AUTO(table) struct table *gathered = same_columns(table, err);
	struct table_cell others[4 + JOINED_COLUMNS] = {{.is_known = false}};
	uint64_t n = table_head(table)->left_out_sum;

	for (size_t row = 0; gathered && row < table_rows(table); row++) {
		const struct table_cell *cells = table_row(table, row);

		if (is_text(&cells[0], SLICE("Other")))
			n += cells[1].count;
		else if (table_add_row(gathered, cells, err) < 0)
			return NULL;
	}
	others[0] = CELL_TEXT(say_word(log->say, WORD_OTHER));
	others[1] = CELL_COUNT(n);
	others[3] = CELL_NUMBER(visitors ? (double)n / (double)visitors : 0);
	return gathered && (n == 0 || table_add_row(gathered, others, err) == 0) ? STEAL(gathered)
	                                                                         : NULL;
}

/* Robots that say what they are come first, suspected ones apart, last. */
static struct table *order_robots(const struct table *table, courant_error **err)
{
	AUTO(table) struct table *ordered = same_columns(table, err);

	for (int pass = 0; ordered && pass < 2; pass++) {
		for (size_t row = 0; row < table_rows(table); row++) {
			const struct table_cell *cells = table_row(table, row);

			if (is_text(&cells[1], SLICE("suspected")) == (pass == 1) &&
			    table_add_row(ordered, cells, err) < 0)
				return NULL;
		}
	}
	if (ordered)
		table_set_left_out(ordered, table_head(table)->rows_left_out,
		                   table_head(table)->left_out_sum);
	return STEAL(ordered);
}

static int add_robots_total(const struct log *log, struct block *block, courant_error **err)
{
	const struct side *now = &log->figures->now;

	if (now->robot_hits == 0)
		return 0;
	return runs_add(&block->after, RUN_PLAIN,
	                 SAY(log->say, WORD_ROBOTS_TOTAL, say_count(log->say, now->robot_hits),
	                     say_share(log->say, (double)now->robot_hits / (double)now->hits)),
	                 err);
}

static const struct spec *find_spec(const char *table)
{
	for (size_t i = 0; i < LENGTH(specs); i++) {
		if (slice_equal(slice_of(table), slice_of(specs[i].table)))
			return &specs[i];
	}
	return NULL;
}

bool log_has_table(const char *table)
{
	return find_spec(table);
}

/* Of those that are shown in another way, or only in workbooks. */
static const struct {
	const char *table;
	enum word word;
} headings[] = {
	{"totals", WORD_TOTALS},     {"hours", WORD_HOURS}, {"hours_of_day", WORD_HOURS_OF_DAY}, {"slow_pages", WORD_SLOW_PAGES}, {"latency", WORD_LATENCY},
	{"latency_days", WORD_LATENCY},
};

slice log_heading(const struct log *log, const char *table)
{
	const struct spec *spec = find_spec(table);

	for (size_t i = 0; i < LENGTH(headings); i++)
		if (slice_equal(slice_of(table), slice_of(headings[i].table)))
			return say_word(log->say, headings[i].word);
	return spec ? say_word(log->say, spec->heading) : slice_of(table);
}

/* Nothing to show, and why. Unreadable lines are told of all that was read, not only of the period. */
static enum word empty_word(const struct log *log, const struct spec *spec)
{
	if (spec->annotate == annotate_rejected)
		return spec->empty;
	if (log->figures->now.hits == 0)
		return WORD_NO_DATA_HERE;
	return spec->needs_agents && !log->has_agents ? WORD_NO_AGENTS_HERE : spec->empty;
}

int log_table(const struct log *log, const char *name, unsigned top, const char *title, courant_error **err)
{
	const struct spec *spec = find_spec(name);
	struct say *say = log->say;
	struct block *block = document_add_block(log->document, spec->is_bars ? BLOCK_BARS : BLOCK_TABLE,
						 title ? slice_of(title) : say_word(say, spec->heading), err);
	const struct join join = {.table = spec->table,
				  .key = spec->key,
				  .count = spec->count,
				  .annotate = spec->annotate,
				  .total = spec->share_of_hits ? log->figures->now.hits : 0,
				  .is_compared = spec->is_compared,
				  .is_cut = spec->is_cut};

	if (!block || (spec->side != NO_WORD && document_set(&block->side, say_word(say, spec->side), err) < 0))
		return -1;
	AUTO(table) struct table *table = log_join(log, &join, top, err);
	if (!table)
		return -1;
	const bool is_unknown = spec->needs_agents && !log->has_agents;
	if (table_rows(table) == 0 || is_unknown)
		return document_set(&block->empty, say_word(say, empty_word(log, spec)), err);
	const bool is_robots = spec->annotate == annotate_robot;
	if (block_set_table(block,
			    is_robots       ? order_robots(table, err)
			    : spec->is_bars ? gather_others(log, table, err)
					    : STEAL(table),
			    err) < 0)
		return -1;
	show_columns(log, spec, block);
	return is_robots ? add_robots_total(log, block, err) : 0;
}
