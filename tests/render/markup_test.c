/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "render/document.h"
#include "tap.h"

/* Texts, and their passages: P paragraph, I item, N7 numbered; *bold* runs; / where the line breaks. */
static const struct {
	const char *name, *text, *passages;
} texts[] = {
	{"nothing", "", ""},
	{"a paragraph", "详细内容见附件。", "P:详细内容见附件。"},
	{"bold", "a **b c** d", "P:a *b c* d"},
	{"bold from the begin", "**a** b", "P:*a* b"},
	{"an asterisk pair without partner", "a ** b", "P:a ** b"},
	{"nothing between pairs", "a **** b", "P:a **** b"},
	{"one asterisk is an asterisk", "2 * 3", "P:2 * 3"},
	{"a line break", "one\ntwo", "P:one/two"},
	{"two paragraphs", "one\n\n\ntwo\n", "P:one|P:two"},
	{"items", "- one\n* two **bold**", "I:one|I:two *bold*"},
	{"an item goes on in the next line", "- one\nmore", "I:one/more"},
	{"a list after words", "words:\n- one", "P:words:|I:one"},
	{"numbers", "1. one\n12. two", "N1:one|N12:two"},
	{"a year is no number", "2026. year", "P:2026. year"},
	{"a number without a blank", "1.5 s", "P:1.5 s"},
	{"a backslash takes the meaning", "\\**not bold** \\- \\\\", "P:**not bold** - \\"},
	{"a backslash at the end", "a\\", "P:a\\"},
	{"markup of others is text", "<b>x</b> [a](http://x) # h", "P:<b>x</b> [a](http://x) # h"},
	{"CRLF", "one\r\ntwo", "P:one/two"},
};

static void write_passages(struct buffer *out, const struct block *block)
{
	static const char kinds[] = {[PASSAGE_PARAGRAPH] = 'P', [PASSAGE_ITEM] = 'I', [PASSAGE_NUMBERED] = 'N'};

	for (size_t i = 0; i < block->n_passages; i++) {
		const struct passage *passage = &block->passages[i];

		buffer_printf(out, "%s%c", i ? "|" : "", kinds[passage->kind]);
		if (passage->kind == PASSAGE_NUMBERED)
			buffer_printf(out, "%u", passage->number);
		buffer_append_byte(out, ':');
		for (size_t k = 0; k < passage->words.n; k++) {
			const struct run *run = &passage->words.runs[k];

			buffer_printf(out, run->tone == RUN_BOLD ? "*%s*" : "%s", run->tone == RUN_BREAK ? "/" : run->text);
		}
	}
}

static void free_text_has_a_little_markup(void)
{
	EACH (row, texts) {
		AUTO(document) struct document *document = document_new(LANGUAGE_EN, NULL);
		struct block *block = document_add_block(document, BLOCK_TEXT, SLICE(""), NULL);
		AUTO(buffer) struct buffer got = BUFFER_LIMIT(1000);

		tap_row(row->name);
		CHECK_INT(block_add_markup(block, slice_of(row->text), NULL), 0);
		write_passages(&got, block);
		CHECK_TEXT(got.bytes ? got.bytes : "", row->passages);
	}
}

TESTS(TEST(free_text_has_a_little_markup))
