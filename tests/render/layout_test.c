/* SPDX-License-Identifier: MIT */
/* A huge report still fits into a mail, and says what it left out. */
#include "render/layout.h"

#include "fixture.h"
#include "page.h"
#include "tap.h"

/* A ranked table of so many rows, the i-th of them with hits - i. */
static void add_pages(struct document *document, size_t n_rows, uint64_t hits)
{
	static const struct table_column columns[] = {{"path", TABLE_TEXT}, {"hits", TABLE_COUNT}};
	struct table *table = table_new(&(struct table_head){.name = "pages", .rows_left_out = 10, .left_out_sum = 100}, columns, 2, NULL);
	struct block *block = document_add_block(document, BLOCK_TABLE, SLICE("Pages"), NULL);
	char path[120];

	memset(path, 'a', sizeof path);
	for (size_t i = 0; i < n_rows; i++)
		(void)table_add_row(table, (struct table_cell[]){CELL_TEXT(slice_from(path, sizeof path)), CELL_COUNT(hits - i)}, NULL);
	(void)block_set_table(block, table, NULL);
	block->more = WORD_MORE_PAGES;
	block_show(block, (struct block_column){.head = "Path", .look = LOOK_PATH, .bar_of = 1});
	block_show(block, (struct block_column){.head = "Hits", .look = LOOK_LEAD, .value = 1, .bar_of = SLICE_NONE});
}

static void what_fits_is_shown_whole(void)
{
	AUTO(document) struct document *document = fixture_new(FIXTURE_TRAFFIC, LANGUAGE_ZH);
	struct layout layout = {0};

	CHECK(layout_fit(document, &layout, NULL) == 0);
	CHECK_INT(layout.rows_max, 10);
	CHECK_INT(layout.blocks_max, document->n_blocks);
}

/* The rows that are shown, those that are said to be left out, and both sums, make the table. */
static void rows_are_left_out(void)
{
	enum { ROWS = 2000, HITS = 10000 };
	AUTO(document) struct document *document = fixture_new(FIXTURE_EMPTY, LANGUAGE_EN);
	AUTO(buffer) struct buffer html = BUFFER_LIMIT((size_t)1 << 20), text = BUFFER_LIMIT((size_t)1 << 20), more = BUFFER_LIMIT(4096);
	struct layout layout = {0};
	uint64_t sum = 100;

	add_pages(document, ROWS, HITS);
	CHECK(layout_fit(document, &layout, NULL) == 0);
	CHECK(layout.rows_max > 50 && layout.rows_max < 400);
	CHECK_INT(layout.blocks_max, document->n_blocks);
	for (uint64_t i = layout.rows_max; i < ROWS; i++)
		sum += HITS - i;
	buffer_append(&more, SLICE(""));
	{
		AUTO(buffer) struct buffer rows = BUFFER_LIMIT(64), hits = BUFFER_LIMIT(64);

		format_count(&rows, 10 + ROWS - layout.rows_max);
		format_count(&hits, sum);
		buffer_printf(&more, "%s more pages with %s views", rows.bytes, hits.bytes);
	}
	CHECK(render_html.render(document, &html, NULL) == 0);
	page_check(buffer_peek(&html), NULL);
	CHECK(html.len > 70000);
	CHECK(slice_find_slice(buffer_peek(&html), buffer_peek(&more)) != SLICE_NONE);
	CHECK(render_text.render(document, &text, NULL) == 0);
	CHECK(slice_find_slice(buffer_peek(&text), buffer_peek(&more)) != SLICE_NONE);
}

static void one_row_more_would_not_fit(void)
{
	AUTO(document) struct document *document = fixture_new(FIXTURE_EMPTY, LANGUAGE_EN);
	AUTO(buffer) struct buffer page = BUFFER_LIMIT((size_t)1 << 20);
	struct layout layout = {0};

	add_pages(document, 1000, 5000);
	CHECK(layout_fit(document, &layout, NULL) == 0);
	layout.rows_max++;
	html_page(&page, document, &layout);
	CHECK(page.len > HTML_MAX_BYTES - 1500); /* and a CR for each line */
}

static void many_tables_share_the_room(void)
{
	AUTO(document) struct document *document = fixture_new(FIXTURE_TRAFFIC, LANGUAGE_EN);
	AUTO(buffer) struct buffer page = BUFFER_LIMIT((size_t)1 << 20);
	struct layout layout = {0};

	for (unsigned i = 0; i < 20; i++)
		add_pages(document, 50, 1000);
	CHECK(layout_fit(document, &layout, NULL) == 0);
	CHECK_INT(layout.blocks_max, document->n_blocks);
	CHECK(layout.rows_max < 10);
	CHECK(render_html.render(document, &page, NULL) == 0);
	page_check(buffer_peek(&page), NULL);
}

/* Then whole parts are left out, and a sentence says how many. */
static void blocks_are_left_out(void)
{
	AUTO(document) struct document *document = fixture_new(FIXTURE_TRAFFIC, LANGUAGE_EN);
	AUTO(buffer) struct buffer html = BUFFER_LIMIT((size_t)1 << 20), text = BUFFER_LIMIT((size_t)1 << 20), words = BUFFER_LIMIT(256);
	struct layout layout = {0};

	for (unsigned i = 0; i < 200; i++)
		add_pages(document, 5, 1000);
	CHECK(layout_fit(document, &layout, NULL) == 0);
	CHECK_INT(layout.rows_max, 0);
	CHECK(layout.blocks_max < document->n_blocks);
	buffer_printf(&words, "%zu more sections did not fit", document->n_blocks - layout.blocks_max);
	CHECK(render_html.render(document, &html, NULL) == 0);
	page_check(buffer_peek(&html), NULL);
	CHECK(slice_find_slice(buffer_peek(&html), buffer_peek(&words)) != SLICE_NONE);
	CHECK(render_text.render(document, &text, NULL) == 0);
	CHECK(slice_find_slice(buffer_peek(&text), buffer_peek(&words)) != SLICE_NONE);
}

/* A year of days becomes at most CHART_COLUMNS_MAX columns, and a sentence says of how many each is. */
static void columns_are_merged(void)
{
	AUTO(document) struct document *document = fixture_new(FIXTURE_WEEK, LANGUAGE_EN);
	AUTO(buffer) struct buffer html = BUFFER_LIMIT((size_t)1 << 20);

	for (unsigned i = 7; i < 365; i++)
		CHECK(block_add_column(document->blocks[1], &(struct chart_column){.name = "day", .value = i}, NULL) == 0);
	CHECK(render_html.render(document, &html, NULL) == 0);
	page_check(buffer_peek(&html), NULL);
	CHECK(slice_find_slice(buffer_peek(&html), SLICE("stands for 12 neighbours")) != SLICE_NONE);
}

/* Thirty days with a label at each fourth: there is no room for the last one, at the last but one day. */
static void labels_have_room(void)
{
	AUTO(document) struct document *document = fixture_new(FIXTURE_EMPTY, LANGUAGE_EN);
	struct block *block = document_add_block(document, BLOCK_COLUMNS, SLICE("Days"), NULL);
	AUTO(buffer) struct buffer html = BUFFER_LIMIT((size_t)1 << 20);

	for (unsigned i = 0; i < 30; i++) {
		struct chart_column column = {.value = i};

		if (i % 4 == 0)
			memcpy(column.label, i == 28 ? "09-29" : i ? "09-xx" : "09-01", 6);
		CHECK(block_add_column(block, &column, NULL) == 0);
	}
	CHECK(render_html.render(document, &html, NULL) == 0);
	page_check(buffer_peek(&html), NULL);
	CHECK(slice_find_slice(buffer_peek(&html), SLICE(">09-01<")) != SLICE_NONE);
	CHECK(slice_find_slice(buffer_peek(&html), SLICE(">09-xx<")) != SLICE_NONE);
	CHECK(slice_find_slice(buffer_peek(&html), SLICE("09-29")) == SLICE_NONE);
}

static void no_memory_is_an_error(void)
{
	AUTO(document) struct document *document = fixture_new(FIXTURE_EMPTY, LANGUAGE_EN);
	unsigned failures = 0;

	EACH_ALLOCATION
	{
		AUTO(buffer) struct buffer page = BUFFER_LIMIT((size_t)1 << 20);
		courant_error *err = NULL;

		if (render_html.render(document, &page, &err) < 0) {
			CHECK_ERROR(err, COURANT_NO_MEMORY, "memory");
			failures++;
		}
	}
	CHECK(failures > 5);
}

TESTS(TEST(what_fits_is_shown_whole), TEST(rows_are_left_out), TEST(one_row_more_would_not_fit), TEST(many_tables_share_the_room),
      TEST(blocks_are_left_out), TEST(columns_are_merged), TEST(labels_have_room), TEST(no_memory_is_an_error))
