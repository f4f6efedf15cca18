/* SPDX-License-Identifier: MIT */
/* Text from strangers in every field of a document: no rendering does harm. */
#include "base/hash.h"
#include "base/printable.h"
#include "base/utf8.h"
#include "fixture.h"
#include "page.h"
#include "table/export.h"
#include "tap.h"

static const struct {
	const char *name, *text;
} payloads[] = {
	{"a link", "<a href=\"https://evil.example/\">click</a>"},
	{"a script", "<script>alert(1)</script>"},
	{"the end of an attribute", "\" onmouseover=\"alert(1)\" x=\""},
	{"the end of a comment", "--><!--[if mso]><b><![endif]-->"},
	{"the end of the title", "</title></head></body></html>"},
	{"an entity", "&lt;b&gt;&#x3c;&amp;"},
	{"an image", "<img src=x onerror=alert(1)>"},
	{"a formula", "=cmd|'/C calc'!A0"},
	{"an escape sequence", "\x1b]0;owned\x07\x1b[2J\x1b[31m"},
	{"C1", "\xc2\x9b" "31m\xc2\x85"},
	{"an override", "/abc\u202egpj.exe\u2066x\u2069"},
	{"invisible", "a\u200bb\u00ad\ufeffc\u2060"},
	{"line ends", "a\r\nb\nc\rd\u2028e\u2029f"},
	{"a tab and a NUL's neighbour", "a\tb\x01\x7f"},
	{"not UTF-8", "\xff\xfe\xc0\xaf\xed\xa0\x80"},
	{"a pile of marks", "Z\u0351\u0357\u0352\u0351\u0357\u0352\u0351\u0357\u0352\u0351\u0357\u0352"},
	{"percent-encoded markup", "/%3Cscript%3E%22%3E"},
	{"percent-encoded override", "/%E2%80%AE/%E6%90%9C"},
	{"a format", "%s%n%99999d{0}{1:a|b}"},
	{"empty", ""},
	{"blanks", "   "},
};

/* Every text of a document, and of its tables, becomes the payload, `times` times over. */
static void plant(struct document *document, slice text)
{
	char **const fields[] = {
		&document->title,	&document->subject,    &document->preheader,   &document->period,
		&document->compared,	&document->sample_note, &document->now_label,  &document->former_label,
		&document->status_word, &document->verdict,     &document->verdict_more, &document->made_by,
	};

	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		(void)document_set(fields[i], text, NULL);
	for (size_t i = 0; i < document->n_footer; i++)
		(void)document_set(&document->footer[i].text, text, NULL);
	if (document->brand_footer)
		(void)document_set(&document->brand_footer, text, NULL);
	if (document->logo)
		(void)document_set(&document->logo->alt, text, NULL);
}

static void plant_sentence(struct sentence *sentence, slice text)
{
	for (size_t i = 0; i < sentence->n; i++)
		(void)document_set(&sentence->runs[i].text, text, NULL);
}

static struct table *plant_table(const struct table *from, slice text)
{
	struct table_column columns[16];
	struct table_cell cells[16];
	const size_t n = table_columns(from);

	for (size_t i = 0; i < n; i++)
		columns[i] = *table_column(from, i);

	struct table *table = table_new(table_head(from), columns, n, NULL);

	for (size_t row = 0; row < table_rows(from); row++) {
		for (size_t i = 0; i < n; i++) {
			cells[i] = table_cell_at(from, row, i);
			if (columns[i].type == TABLE_TEXT)
				cells[i] = CELL_TEXT(text);
		}
		(void)table_add_row(table, cells, NULL);
	}
	return table;
}

static void plant_block(struct block *block, slice text)
{
	char **const fields[] = {&block->heading, &block->side, &block->key_now, &block->key_former, &block->total, &block->file_name};

	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (*fields[i])
			(void)document_set(fields[i], text, NULL);
	plant_sentence(&block->lead, text);
	plant_sentence(&block->after, text);
	plant_sentence(&block->errors_lead, text);
	for (size_t i = 0; i < block->n_columns; i++) {
		const slice name = slice_part(text, 0, sizeof block->columns[i].name - 1);
		const slice label = slice_part(text, 0, sizeof block->columns[i].label - 1);

		memset(block->columns[i].name, 0, sizeof block->columns[i].name);
		if (name.len)
			memcpy(block->columns[i].name, name.ptr, name.len);
		if (!block->columns[i].label[0])
			continue;
		memset(block->columns[i].label, 0, sizeof block->columns[i].label);
		memcpy(block->columns[i].label, label.len ? label.ptr : "-", label.len ? label.len : 1);
	}
	for (size_t i = 0; i < block->n_passages; i++)
		plant_sentence(&block->passages[i].words, text);
	for (size_t i = 0; i < block->n_strip; i++)
		(void)document_set(&block->strip[i].label, text, NULL);
	for (size_t i = 0; i < block->n_pictures; i++) {
		(void)document_set(&block->pictures[i].image.alt, text, NULL);
		plant_sentence(&block->pictures[i].image.finding, text);
	}
	if (block->table)
		(void)block_set_table(block, plant_table(block->table, text), NULL);
}

static struct document *planted(enum fixture fixture, slice text)
{
	struct document *document = fixture_new(fixture, LANGUAGE_EN);

	plant(document, text);
	for (size_t i = 0; i < document->n_blocks; i++)
		plant_block(document->blocks[i], text);
	return document;
}

/* The page's tags, one after the other, but for the empty elements that end a line in the middle of a text. */
struct markup {
	struct buffer tags;
	bool is_line_end;
};

static void note_element(void *self, slice tag)
{
	struct markup *markup = self;

	if (slice_equal(tag, SLICE("span\n"))) {
		markup->is_line_end = true;
		return;
	}
	if (markup->is_line_end && slice_equal(tag, SLICE("/span"))) {
		markup->is_line_end = false;
		return;
	}

	/* What a picture says in words is text. */
	const size_t alt = slice_find_slice(tag, SLICE(" alt=\""));
	const slice words = alt == SLICE_NONE ? SLICE("") : slice_after(tag, alt + 6);
	const size_t end = slice_find(words, '"');

	buffer_append(&markup->tags, slice_part(tag, 0, alt));
	if (end != SLICE_NONE)
		buffer_append(&markup->tags, slice_after(words, end));
	buffer_append_byte(&markup->tags, '\n');
}

static void note_text(void *self, slice text, bool is_shown)
{
	(void)self;
	(void)text;
	(void)is_shown;
}

/* Checks the page and returns its markup. */
static void read_markup(enum fixture fixture, slice text, struct markup *ret)
{
	AUTO(document) struct document *document = planted(fixture, text);
	AUTO(buffer) struct buffer page = BUFFER_LIMIT((size_t)1 << 20);
	const struct page_reader reader = {ret, note_element, note_text};
	courant_error *err = NULL;

	(void)render_html.render(document, &page, &err);
	CHECK_NO_ERROR(err);
	page_check(buffer_peek(&page), &reader);
}

/* Whatever strangers write, the elements of the page and their attributes are the same. */
static void markup_of_is_ours_alone(enum fixture fixture)
{
	struct markup harmless = {.tags = BUFFER_LIMIT((size_t)1 << 20)};

	read_markup(fixture, SLICE("x"), &harmless);
	EACH (row, payloads) {
		struct markup markup = {.tags = BUFFER_LIMIT((size_t)1 << 20)};

		tap_row(row->name);
		read_markup(fixture, slice_of(row->text), &markup);
		if (row->text[0]) /* empty notes are left out */
			CHECK(slice_equal(buffer_peek(&markup.tags), buffer_peek(&harmless.tags)));
		buffer_release(&markup.tags);
	}
	buffer_release(&harmless.tags);
}

static void markup_is_ours_alone(void)
{
	markup_of_is_ours_alone(FIXTURE_TRAFFIC);
	markup_of_is_ours_alone(FIXTURE_QUALITY);
}

static void plain_text_is_harmless(void)
{
	EACH (row, payloads) {
		AUTO(document) struct document *document = planted(FIXTURE_TRAFFIC, slice_of(row->text));
		AUTO(buffer) struct buffer text = BUFFER_LIMIT((size_t)1 << 20);
		courant_error *err = NULL;
		slice rest, line;

		tap_row(row->name);
		(void)render_text.render(document, &text, &err);
		CHECK_NO_ERROR(err);
		rest = buffer_peek(&text);
		CHECK(utf8_is_valid(rest));
		while (slice_next(&rest, '\n', &line)) {
			CHECK(printable_is(line));
			CHECK(line.len <= 998);
		}
	}
}

static void exports_are_harmless(void)
{
	AUTO(zone) struct zone *zone = zone_new_fixed(0, NULL);

	EACH (row, payloads) {
		AUTO(document) struct document *document = planted(FIXTURE_TRAFFIC, slice_of(row->text));

		tap_row(row->name);
		for (size_t i = 0; i < document->n_blocks; i++) {
			const struct table *table = document->blocks[i]->table;
			AUTO(buffer) struct buffer csv = BUFFER_LIMIT((size_t)1 << 20), json = BUFFER_LIMIT((size_t)1 << 20);
			slice rest, line;

			if (!table)
				continue;
			CHECK(export_csv(&csv, table, zone, NULL) == 0);
			CHECK(export_json(&json, table, zone, NULL) == 0);
			for (rest = buffer_peek(&csv); slice_next_line(&rest, &line);) {
				CHECK(printable_is(line));
				CHECK(!line.len || !strchr("=+-@", line.ptr[0]));
				CHECK(slice_find_slice(line, SLICE(",=")) == SLICE_NONE);
			}
			for (rest = buffer_peek(&json); slice_next_line(&rest, &line);)
				CHECK(printable_is(line));
		}
	}
}

/* Megabytes of text are cut; a page of them is still a page. */
static void long_text_is_cut(void)
{
	EACH (row, payloads) {
		AUTO(buffer) struct buffer text = BUFFER_LIMIT((size_t)1 << 21);
		struct markup markup = {.tags = BUFFER_LIMIT((size_t)1 << 20)};

		tap_row(row->name);
		while (row->text[0] && text.len < 50000)
			buffer_append(&text, slice_of(row->text));
		read_markup(FIXTURE_TRAFFIC, buffer_peek(&text), &markup);
		buffer_release(&markup.tags);
	}
}

TESTS(TEST(markup_is_ours_alone), TEST(plain_text_is_harmless), TEST(exports_are_harmless), TEST(long_text_is_cut))
