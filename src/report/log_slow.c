/* SPDX-License-Identifier: MIT */
/* log_slow.c - the slowest pages: by p95, of those that were asked for often enough for one */
#include "report/log.h"

#include <math.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/random.h"
#include "report/runs.h"

#define LEAST_HITS  10
#define SHARE_LEAST 3000 /* one of so many requests */

enum slow_column { SLOW_PATH, SLOW_HITS, SLOW_P50, SLOW_P95, SLOW_MAX, SLOW_FORMER, SLOW_COLUMNS };

static const struct table_column columns[SLOW_COLUMNS] = {
	[SLOW_PATH] = {.name = "path", .type = TABLE_TEXT},	[SLOW_HITS] = {.name = "hits", .type = TABLE_COUNT},
	[SLOW_P50] = {.name = "p50", .type = TABLE_SECONDS},	[SLOW_P95] = {.name = "p95", .type = TABLE_SECONDS},
	[SLOW_MAX] = {.name = "max", .type = TABLE_SECONDS},	[SLOW_FORMER] = {.name = "former_p95", .type = TABLE_SECONDS},
};

/* A round number (1, 2, 5, 10 …) of requests: of fewer a percentile says nothing. */
static uint64_t least_hits(uint64_t requests)
{
	static const uint64_t steps[] = {1, 2, 5};
	uint64_t least = LEAST_HITS, power = 10;

	for (size_t i = 0; power <= requests / SHARE_LEAST; i++) {
		if (steps[i % 3] * power <= requests / SHARE_LEAST)
			least = steps[i % 3] * power;
		power = i % 3 == 2 ? power * 10 : power;
	}
	return least;
}

static uint64_t sum_of_hits(const struct table *pages)
{
	uint64_t sum = 0;

	for (size_t row = 0; row < table_rows(pages); row++)
		sum += table_get(pages, row, "hits").count;
	return sum;
}

static int index_paths(const struct table *former, struct hash_table *ids, courant_error **err)
{
	uint32_t id;

	hash_table_init(ids, random_u64());
	for (size_t row = 0; former && row < table_rows(former); row++)
		if (hash_table_add(ids, table_get(former, row, "path").text, &id, NULL, err) < 0)
			return -1;
	return 0;
}

/* The former p95 of a page that was asked for often enough then, too. */
static struct table_cell former_p95(const struct table *former, const struct hash_table *ids, slice path, uint64_t least)
{
	const uint32_t row = former ? hash_table_find(ids, path) : HASH_NONE;

	return row == HASH_NONE || table_get(former, row, "hits").count < least ? CELL_UNKNOWN : table_get(former, row, "p95");
}

static struct table *choose(const struct table *pages, const struct table *former, uint64_t least, unsigned top, courant_error **err)
{
	AUTO(hash_table) struct hash_table ids = {0};
	AUTO(table) struct table *chosen = table_new(&(struct table_head){.name = "slow_pages"}, columns, SLOW_COLUMNS, err);
	uint64_t left_out = 0;

	if (!chosen || index_paths(former, &ids, err) < 0)
		return NULL;
	for (size_t row = 0; row < table_rows(pages); row++) {
		const struct table_cell path = table_get(pages, row, "path");
		const struct table_cell cells[SLOW_COLUMNS] = {
			[SLOW_PATH] = path,
			[SLOW_HITS] = table_get(pages, row, "hits"),
			[SLOW_P50] = table_get(pages, row, "p50"),
			[SLOW_P95] = table_get(pages, row, "p95"),
			[SLOW_MAX] = table_get(pages, row, "max"),
			[SLOW_FORMER] = former_p95(former, &ids, path.text, least),
		};

		if (cells[SLOW_HITS].count < least)
			continue;
		if (table_rows(chosen) == top)
			left_out++;
		else if (table_add_row(chosen, cells, err) < 0)
			return NULL;
	}
	table_set_left_out(chosen, left_out, 0);
	return STEAL(chosen);
}

static void show(const struct log *log, struct block *block)
{
	const enum language language = log->say->language;

	block_show(block, (struct block_column){.head = word(WORD_COLUMN_PATH, language), .look = LOOK_PATH, .value = SLOW_PATH, .bar_of = SLOW_P95});
	block_show(block, (struct block_column){.head = word(WORD_COLUMN_HITS, language), .look = LOOK_NUMBER, .value = SLOW_HITS, .bar_of = SLICE_NONE,
						.is_note = true, .note = WORD_NOTE_TIMES});
	block_show(block, (struct block_column){.head = word(WORD_P50, language), .look = LOOK_NUMBER, .value = SLOW_P50, .bar_of = SLICE_NONE, .is_note = true,
						.note = WORD_NOTE_P50, .form = FORM_OWN});
	block_show(block, (struct block_column){.head = word(WORD_P95, language), .look = LOOK_LEAD, .value = SLOW_P95, .bar_of = SLICE_NONE});
	block_show(block, (struct block_column){.head = word(WORD_COLUMN_GREATEST, language), .look = LOOK_NUMBER, .value = SLOW_MAX, .bar_of = SLICE_NONE,
						.is_note = true, .note = WORD_NOTE_MAXIMUM, .form = FORM_OWN});
	if (log->figures->has_comparison)
		block_show(block, (struct block_column){.look = LOOK_CHANGE, .value = SLOW_P95, .former = SLOW_FORMER, .bar_of = SLICE_NONE, .better = BETTER_DOWN});
	block->more = WORD_MORE_SLOW_PAGES;
}

int log_slow_pages(const struct log *log, unsigned top, const char *title, unsigned least_rows, courant_error **err)
{
	struct say *say = log->say;
	AUTO(table) struct table *pages = weblog_take_table(log->weblog, 0, "slow_pages", 0, err);
	AUTO(table) struct table *former = pages && log->figures->has_comparison ? weblog_take_table(log->weblog, 1, "slow_pages", 0, err) : NULL;

	if (!pages || (log->figures->has_comparison && !former))
		return -1;
	if (table_rows(pages) < least_rows)
		return 0;

	const uint64_t least = least_hits(sum_of_hits(pages));
	struct block *block = document_add_block(log->document, BLOCK_TABLE, title ? slice_of(title) : say_word(say, WORD_SLOW_PAGES), err);

	if (!block)
		return -1;
	if (!table_rows(pages))
		return document_set(&block->empty, say_word(say, WORD_NO_LATENCY), err);
	if (document_set(&block->side, SAY(say, WORD_SLOW_PAGES_SIDE, say_count(say, least)), err) < 0)
		return -1;
	AUTO(table) struct table *chosen = choose(pages, former, least, top, err);
	if (!chosen)
		return -1;
	if (!table_rows(chosen))
		return document_set(&block->empty, say_word(say, WORD_NO_SLOW_PAGES), err);
	if (block_set_table(block, STEAL(chosen), err) < 0)
		return -1;
	show(log, block);
	return 0;
}
