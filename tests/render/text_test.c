/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"
#include "fixture.h"
#include "page.h"
#include "render/text_write.h"
#include "tap.h"

static void lines_have_70_columns(void)
{
	for (unsigned i = 0; i < FIXTURES * LANGUAGES; i++) {
		AUTO(document) struct document *document = fixture_new(i / LANGUAGES, i % LANGUAGES);
		AUTO(buffer) struct buffer text = BUFFER_LIMIT((size_t)1 << 20);
		slice rest, line;

		tap_row(fixture_names[i / LANGUAGES]);
		CHECK(render_text.render(document, &text, NULL) == 0);
		for (rest = buffer_peek(&text); slice_next_line(&rest, &line);) {
			CHECK(utf8_width(line) <= TEXT_COLUMNS);
			CHECK(!slice_ends(line, SLICE(" ")));
		}
	}
}

static void text_is_wrapped(void)
{
	static const struct {
		const char *name, *text;
		size_t indent;
		const char *lines;
	} rows[] = {
		{"short", "abc", 0, "abc\n"},
		{"nothing is a line", "", 0, "\n"},
		{"at a blank", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb cccccccccccccc", 0,
		 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\ncccccccccccccc\n"},
		{"indented", "aaaaaaaaaaaaaaa bbbbbbbbbbbbbbb", 54, "aaaaaaaaaaaaaaa\n" "                                                      bbbbbbbbbbbbbbb\n"},
		{"between Chinese characters", "一二三四五六七八九十", 60, "一二三四五\n" "                                                            六七八九十\n"},
		{"a comma does not begin a line", "一二三四五，六七八九", 60, "一二三四\n" "                                                            五，六七八\n" "                                                            九\n"},
		{"an opening bracket does not end one", "一二三四（五六七八九）", 60, "一二三四\n" "                                                            （五六七八\n" "                                                            九）\n"},
		{"not at a no-break blank", "aaaa bbbb\u00a0ms", 60, "aaaa\n" "                                                            bbbb\u00a0ms\n"},
		{"a word without a blank is cut", "aaaaaaaaaaaaaaa", 60, "aaaaaaaaaa\n" "                                                            aaaaa\n"},
	};

	EACH (row, rows) {
		AUTO(buffer) struct buffer out = BUFFER_LIMIT(4096);

		tap_row(row->name);
		text_wrap(&out, slice_of(row->text), row->indent);
		CHECK_TEXT(out.bytes, row->lines);
	}
}

/* A table whose last column is text, with a note under each row: samples of rejected lines. */
static void lines_have_no_blanks_at_their_ends(void)
{
	static const struct table_column columns[] = {
		{"place", TABLE_TEXT}, {"reason", TABLE_TEXT}, {"mark", TABLE_TEXT}, {"text", TABLE_TEXT}};
	AUTO(document) struct document *document = fixture_new(FIXTURE_EMPTY, LANGUAGE_EN);
	struct block *block = document_add_block(document, BLOCK_TABLE, SLICE("Rejected"), NULL);
	struct table *table = table_new(&(struct table_head){.name = "rejected"}, columns, 4, NULL);
	AUTO(buffer) struct buffer text = BUFFER_LIMIT((size_t)1 << 20);

	(void)table_add_row(table,
			    (struct table_cell[]){CELL_TEXT(SLICE("access.log:2")), CELL_TEXT(SLICE("no time")),
						  CELL_UNKNOWN, CELL_TEXT(SLICE("10.0.0.1 x"))},
			    NULL);
	(void)block_set_table(block, table, NULL);
	block->note_mark = 2;
	block->note = 3;
	block_show(block, (struct block_column){.head = "Place", .look = LOOK_NAME, .bar_of = SLICE_NONE});
	block_show(block, (struct block_column){.head = "Reason", .look = LOOK_NAME, .value = 1, .bar_of = SLICE_NONE});
	CHECK(render_text.render(document, &text, NULL) == 0);
	CHECK(slice_find_slice(buffer_peek(&text), SLICE(" no time\n    10.0.0.1 x\n")) != SLICE_NONE);
	CHECK(slice_find_slice(buffer_peek(&text), SLICE(" \n")) == SLICE_NONE);
}

/* Names of periods that do not begin at midnight. */
static void long_heads_fit(void)
{
	static const struct {
		const char *now, *former, *line;
	} rows[] = {
		{"10月25日 04:00–10月28日 02:00", "前几天", "                10月25日 04:00-10月28日 02:00       前几天      变化\n"},
		{"10月25日 04:00–10月28日 02:00", "10月18日 04:00–10月21日 02:00",
		 "                10月25日 04:00-10月2…  10月18日 04:00-10月2…    变化\n"},
	};

	EACH (row, rows) {
		AUTO(document) struct document *document = fixture_new(FIXTURE_TRAFFIC, LANGUAGE_ZH);
		AUTO(buffer) struct buffer text = BUFFER_LIMIT((size_t)1 << 20);

		tap_row(row->line);
		(void)document_set(&document->now_label, slice_of(row->now), NULL);
		(void)document_set(&document->former_label, slice_of(row->former), NULL);
		CHECK(render_text.render(document, &text, NULL) == 0);
		CHECK(slice_find_slice(buffer_peek(&text), slice_of(row->line)) != SLICE_NONE);
	}
}

static void a_long_path_has_its_own_line(void)
{
	static const struct table_column columns[] = {{"path", TABLE_TEXT}, {"hits", TABLE_COUNT}};
	AUTO(document) struct document *document = fixture_new(FIXTURE_EMPTY, LANGUAGE_EN);
	struct block *block = document_add_block(document, BLOCK_TABLE, SLICE("Pages"), NULL);
	struct table *table = table_new(&(struct table_head){.name = "pages"}, columns, 2, NULL);
	AUTO(buffer) struct buffer text = BUFFER_LIMIT((size_t)1 << 20);

	(void)table_add_row(table,
			    (struct table_cell[]){CELL_TEXT(SLICE("/%E6%90%9C%E7%B4%A2/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")),
						  CELL_COUNT(7)},
			    NULL);
	(void)block_set_table(block, table, NULL);
	block_show(block, (struct block_column){.head = "Path", .look = LOOK_PATH, .bar_of = SLICE_NONE});
	block_show(block, (struct block_column){.head = "Hits", .look = LOOK_LEAD, .value = 1, .bar_of = SLICE_NONE});
	CHECK(render_text.render(document, &text, NULL) == 0);
	CHECK(slice_find_slice(buffer_peek(&text), SLICE("\n/搜索/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…\n"
							  "                                                                     7\n")) != SLICE_NONE);
}

/* Figures, one after the other. */
struct figures {
	struct buffer list[600];
	size_t n;
};

static bool is_figure_byte(char c)
{
	return (c >= '0' && c <= '9') || c == ',' || c == '.';
}

/* "23,651", "7.7%": leading zeros and closing points are no part of it. */
static void collect(struct figures *figures, slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			continue;

		size_t end = i;

		while (end < text.len && is_figure_byte(text.ptr[end]))
			end++;

		const size_t next = end;

		while (text.ptr[end - 1] < '0')
			end--;
		while (i + 1 < end && text.ptr[i] == '0' && is_figure_byte(text.ptr[i + 1]) && text.ptr[i + 1] >= '0')
			i++;
		if (figures->n < 600) {
			struct buffer *figure = &figures->list[figures->n++];

			*figure = (struct buffer)BUFFER_LIMIT(64);
			buffer_append(figure, slice_part(text, i, end - i));
			if (next < text.len && text.ptr[next] == '%')
				buffer_append_byte(figure, '%');
		}
		i = next;
	}
}

static int by_bytes(const void *a, const void *b)
{
	return slice_compare(buffer_peek(a), buffer_peek(b));
}

static void note_text(void *self, slice text, bool is_shown)
{
	AUTO(buffer) struct buffer decoded = BUFFER_LIMIT(65536);

	page_decode(&decoded, text);
	if (is_shown && decoded.len)
		collect(self, buffer_peek(&decoded));
}

static void note_element(void *self, slice tag)
{
	(void)self;
	(void)tag;
}

static void release(struct figures *figures)
{
	for (size_t i = 0; i < figures->n; i++)
		buffer_release(&figures->list[i]);
}

/* Without charts and pictures, whose points only the plain text tells in figures, both hold the same ones, each as often. */
static void both_twins_hold_the_same_figures(void)
{
	for (unsigned i = 0; i < FIXTURE_PERFORMANCE * LANGUAGES; i++) {
		AUTO(document) struct document *document = fixture_new(i / LANGUAGES, i % LANGUAGES);
		AUTO(buffer) struct buffer html = BUFFER_LIMIT((size_t)1 << 20), text = BUFFER_LIMIT((size_t)1 << 20);
		struct figures in_html = {.n = 0}, in_text = {.n = 0};
		const struct page_reader reader = {&in_html, note_element, note_text};
		struct block *chart = document->blocks[1];

		tap_row(fixture_names[i / LANGUAGES]);
		chart->n_columns = 0;
		(void)document_set(&chart->key_now, SLICE("now"), NULL);
		(void)document_set(&chart->key_former, SLICE("former"), NULL);
		(void)document_set(&document->now_label, SLICE("now"), NULL);
		CHECK(render_html.render(document, &html, NULL) == 0);
		CHECK(render_text.render(document, &text, NULL) == 0);
		page_check(buffer_peek(&html), &reader);
		collect(&in_text, buffer_peek(&text));
		qsort(in_html.list, in_html.n, sizeof *in_html.list, by_bytes);
		qsort(in_text.list, in_text.n, sizeof *in_text.list, by_bytes);
		CHECK_INT(in_html.n, in_text.n);
		CHECK(in_html.n > 30);
		for (size_t f = 0; f < in_html.n && f < in_text.n; f++)
			CHECK_SLICE(buffer_peek(&in_html.list[f]), buffer_peek(&in_text.list[f]));
		release(&in_html);
		release(&in_text);
	}
}

static void a_chart_tells_each_column(void)
{
	AUTO(document) struct document *document = fixture_new(FIXTURE_TRAFFIC, LANGUAGE_EN);
	AUTO(buffer) struct buffer text = BUFFER_LIMIT((size_t)1 << 20);

	CHECK(render_text.render(document, &text, NULL) == 0);
	CHECK(slice_find_slice(buffer_peek(&text), SLICE("\n04   4,118 ####\n")) != SLICE_NONE);
	CHECK(slice_find_slice(buffer_peek(&text), SLICE("\n10  41,870 ##########################################  5xx 241\n")) != SLICE_NONE);
	CHECK(slice_find_slice(buffer_peek(&text), SLICE("hits, # = 1,000\n")) != SLICE_NONE);
}

TESTS(TEST(lines_have_70_columns), TEST(text_is_wrapped), TEST(lines_have_no_blanks_at_their_ends), TEST(long_heads_fit), TEST(a_long_path_has_its_own_line),
      TEST(both_twins_hold_the_same_figures), TEST(a_chart_tells_each_column))
