/* SPDX-License-Identifier: MIT */
/* markup.c - the little markup of free text: paragraphs, lists, bold, line breaks
 *
 * There are no links, pictures or raw HTML, and nothing nests: a report file cannot put anything into a mail that its renderings do not
 * know. A sign without its partner is a sign. */
#include "base/ascii.h"
#include "render/document.h"

#define TEXT_MAX_BYTES 65536
#define NUMBER_DIGITS  3

/* "12. ": the number; what stands behind it in *rest. */
static bool is_numbered(slice line, unsigned *ret_number, slice *rest)
{
	size_t i = 0;
	unsigned number = 0;

	while (i < line.len && i < NUMBER_DIGITS && ascii_is_digit(line.ptr[i]))
		number = number * 10 + (unsigned)(line.ptr[i++] - '0');
	if (i == 0 || !slice_starts(slice_after(line, i), SLICE(". ")))
		return false;
	*ret_number = number;
	*rest = slice_trim(slice_after(line, i + 2));
	return true;
}

/* What a line begins; its words in *rest. */
static enum passage_kind kind_of(slice line, unsigned *ret_number, slice *rest)
{
	*rest = line;
	if (slice_starts(line, SLICE("- ")) || slice_starts(line, SLICE("* "))) {
		*rest = slice_trim(slice_after(line, 2));
		return PASSAGE_ITEM;
	}
	return is_numbered(line, ret_number, rest) ? PASSAGE_NUMBERED : PASSAGE_PARAGRAPH;
}

struct reading {
	struct sentence *words;
	struct buffer run;
	bool is_bold;
};

/* What has been gathered becomes a run. */
static int end_run(struct reading *reading, courant_error **err)
{
	slice text;

	if (reading->run.len == 0)
		return 0;
	if (buffer_slice(&reading->run, &text, err) < 0 ||
	    sentence_add(reading->words, reading->is_bold ? RUN_BOLD : RUN_PLAIN, text, err) < 0)
		return -1;
	buffer_cut(&reading->run, 0);
	return 0;
}

/* Whether two asterisks at the begin of the text have partners further on. */
static bool has_partner(slice text)
{
	const size_t at = slice_find_slice(slice_after(text, 2), SLICE("**"));

	return at != SLICE_NONE && at > 0;
}

static int read_words(struct sentence *words, slice text, courant_error **err)
{
	struct reading reading = {words, BUFFER_LIMIT(TEXT_MAX_BYTES), false};
	int done = 0;

	while (text.len && done == 0) {
		if (text.ptr[0] == '\\' && text.len > 1) {
			buffer_append_byte(&reading.run, text.ptr[1]);
			text = slice_after(text, 2);
		} else if (slice_starts(text, SLICE("**")) && (reading.is_bold || has_partner(text))) {
			done = end_run(&reading, err);
			reading.is_bold = !reading.is_bold;
			text = slice_after(text, 2);
		} else {
			buffer_append_byte(&reading.run, text.ptr[0]);
			text = slice_after(text, 1);
		}
	}
	if (done == 0)
		done = end_run(&reading, err);
	buffer_release(&reading.run);
	return done;
}

int block_add_markup(struct block *block, slice text, courant_error **err)
{
	struct passage *passage = NULL;

	for (slice line; slice_next_line(&text, &line);) {
		unsigned number = 0;
		slice words;

		line = slice_trim(line);
		if (line.len == 0) {
			passage = NULL;
			continue;
		}

		const enum passage_kind kind = kind_of(line, &number, &words);

		if (!passage || kind != PASSAGE_PARAGRAPH) {
			if (!(passage = block_add_passage(block, kind, err)))
				return -1;
			passage->number = number;
		} else if (sentence_add(&passage->words, RUN_BREAK, SLICE("\n"), err) < 0) {
			return -1;
		}
		if (read_words(&passage->words, words, err) < 0)
			return -1;
	}
	return 0;
}
