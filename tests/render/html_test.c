/* SPDX-License-Identifier: MIT */
#include "base/file.h"
#include "fixture.h"
#include "page.h"
#include "tap.h"

/* Byte for byte; `ninja -C build golden` writes them anew. */
static void check_golden(const struct document *document, const char *name, const struct renderer *renderer)
{
	const char *folder = getenv("COURANT_GOLDEN");
	AUTO(buffer) struct buffer page = BUFFER_LIMIT((size_t)1 << 20), want = BUFFER_LIMIT((size_t)1 << 20),
				   path = BUFFER_LIMIT(4096);
	courant_error *err = NULL;

	if (!folder) {
		tap_skip("COURANT_GOLDEN does not say where the golden files are");
		return;
	}
	buffer_printf(&path, "%s/%s-%.2s%s", folder, name, language_tag(document->language), renderer->extension);
	(void)renderer->render(document, &page, &err);
	CHECK_NO_ERROR(err);
	(void)file_read(path.bytes, &want, &err);
	CHECK_NO_ERROR(err);
	tap_row(path.bytes);
	CHECK(slice_equal(buffer_peek(&page), buffer_peek(&want)));
	tap_row(NULL);
}

static void pages_are_as_before(void)
{
	for (unsigned i = 0; i < FIXTURES * LANGUAGES; i++) {
		AUTO(document) struct document *document = fixture_new(i / LANGUAGES, i % LANGUAGES);

		check_golden(document, fixture_names[i / LANGUAGES], &render_html);
		check_golden(document, fixture_names[i / LANGUAGES], &render_text);
	}
}

static void pages_survive_mail_readers(void)
{
	for (unsigned i = 0; i < FIXTURES * LANGUAGES; i++) {
		AUTO(document) struct document *document = fixture_new(i / LANGUAGES, i % LANGUAGES);
		AUTO(buffer) struct buffer page = BUFFER_LIMIT((size_t)1 << 20);

		tap_row(fixture_names[i / LANGUAGES]);
		CHECK(render_html.render(document, &page, NULL) == 0);
		page_check(buffer_peek(&page), NULL);
	}
}

static void every_status_can_be_read(void)
{
	for (enum status status = STATUS_OK; status <= STATUS_PROBLEM; status++) {
		AUTO(document) struct document *document = fixture_new(FIXTURE_EMPTY, LANGUAGE_EN);
		AUTO(buffer) struct buffer page = BUFFER_LIMIT((size_t)1 << 20);

		document->status = status;
		CHECK(render_html.render(document, &page, NULL) == 0);
		page_check(buffer_peek(&page), NULL);
	}
}

static void only_pages_are_links(void)
{
	static const struct {
		const char *name, *link;
		bool is_link;
	} rows[] = {
		{"https", "https://monitor.example.com/", true},
		{"http", "http://monitor.example.com/?a=1&b=\"<2>\"", true},
		{"a script", "javascript:alert(1)", false},
		{"data", "data:text/html,x", false},
		{"a blank before it", " https://monitor.example.com/", false},
		{"nothing", "", false},
		{"an attribute behind it", "https://x/\" onclick=\"alert(1)", false},
	};

	EACH (row, rows) {
		AUTO(document) struct document *document = fixture_new(FIXTURE_EMPTY, LANGUAGE_EN);
		AUTO(buffer) struct buffer page = BUFFER_LIMIT((size_t)1 << 20);

		tap_row(row->name);
		CHECK(document_set(&document->link, slice_of(row->link), NULL) == 0);
		CHECK(render_html.render(document, &page, NULL) == 0);
		page_check(slice_from(page.bytes, page.len), NULL);
		CHECK_INT(slice_find_slice(buffer_peek(&page), SLICE("<a href=")) != SLICE_NONE, row->is_link);
	}
}

TESTS(TEST(pages_are_as_before), TEST(pages_survive_mail_readers), TEST(every_status_can_be_read), TEST(only_pages_are_links))
