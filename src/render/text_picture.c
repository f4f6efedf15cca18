/* SPDX-License-Identifier: MIT */
/* text_picture.c - the plain twins of pictures, of the availability strip, of free text and of what is attached */
#include "base/utf8.h"
#include "render/text_write.h"
#include "table/stranger.h"

#define FIELD_MAX_BYTES   65536
#define PASSAGE_COLUMNS   1000
#define LABEL_COLUMNS     16
#define NAME_COLUMNS      120
#define HOLDS_COLUMNS     240

static void write_sentence(struct buffer *out, const struct sentence *sentence, size_t max_columns, size_t indent)
{
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(FIELD_MAX_BYTES);

	text_sentence(&text, sentence, max_columns);
	text_wrap(out, buffer_peek(&text), indent);
}

/* Each with what it shows under it. Its text was made clean when it was drawn. */
void text_pictures(struct buffer *out, const struct view *view)
{
	for (size_t i = 0; i < view->block->n_pictures; i++) {
		const struct rendered *image = &view->block->pictures[i].image;

		if (i)
			buffer_append_byte(out, '\n');
		buffer_append(out, slice_of(image->text ? image->text : ""));
		if (image->finding.n)
			write_sentence(out, &image->finding, HOLDS_COLUMNS, 0);
	}
}

/* An hour's sign, twice as wide as high letters are. */
static const char *const hour_signs[] = {
	[HOUR_UP] = "==", [HOUR_SOME_FAILED] = "--", [HOUR_MOST_FAILED] = "XX", [HOUR_NO_DATA] = "  ",
};

void text_strip(struct buffer *out, const struct view *view)
{
	const struct block *block = view->block;

	for (size_t i = 0; i < block->n_strip; i++) {
		AUTO(buffer) struct buffer label = BUFFER_LIMIT(FIELD_MAX_BYTES);

		stranger_write(&label, slice_of(block->strip[i].label), LABEL_COLUMNS);
		text_left(out, buffer_peek(&label), LABEL_COLUMNS - 1);
		buffer_append_byte(out, '|');
		for (size_t hour = 0; hour < block->strip[i].n; hour++)
			buffer_append(out, slice_of(hour_signs[block->strip[i].hours[hour]]));
		buffer_append(out, SLICE("|\n"));
	}
	buffer_append_repeated(out, ' ', LABEL_COLUMNS);
	buffer_append(out, SLICE("0           6           12          18          24\n"));
	buffer_append(out, slice_of(word(WORD_STRIP_SIGNS, view->language)));
	buffer_append_byte(out, '\n');
}

/* A break ends the line here too. */
static void write_words(struct buffer *out, const struct passage *passage, size_t indent)
{
	AUTO(buffer) struct buffer line = BUFFER_LIMIT(FIELD_MAX_BYTES);

	for (size_t i = 0; i <= passage->words.n; i++) {
		if (i < passage->words.n && passage->words.runs[i].tone != RUN_BREAK) {
			stranger_write(&line, slice_of(passage->words.runs[i].text), PASSAGE_COLUMNS);
			continue;
		}
		text_wrap(out, buffer_peek(&line), indent);
		buffer_cut(&line, 0);
		if (i < passage->words.n)
			buffer_append_repeated(out, ' ', indent);
	}
}

void text_passages(struct buffer *out, const struct view *view)
{
	const struct block *block = view->block;

	for (size_t i = 0; i < block->n_passages; i++) {
		const struct passage *passage = &block->passages[i];
		AUTO(buffer) struct buffer sign = BUFFER_LIMIT(32);

		if (passage->kind == PASSAGE_PARAGRAPH && i)
			buffer_append_byte(out, '\n');
		if (passage->kind == PASSAGE_ITEM)
			buffer_append(&sign, SLICE("- "));
		else if (passage->kind == PASSAGE_NUMBERED)
			buffer_printf(&sign, "%u. ", passage->number);
		buffer_append(out, buffer_peek(&sign));
		write_words(out, passage, sign.len);
	}
}

/* "详细内容见附件：业务服务质量周报(12周).xlsx（一列一天）" */
void text_attachment(struct buffer *out, const struct view *view)
{
	AUTO(buffer) struct buffer name = BUFFER_LIMIT(FIELD_MAX_BYTES), holds = BUFFER_LIMIT(FIELD_MAX_BYTES),
				   line = BUFFER_LIMIT(FIELD_MAX_BYTES);

	stranger_write(&name, slice_of(view->block->file_name ? view->block->file_name : ""), NAME_COLUMNS);
	text_sentence(&holds, &view->block->lead, HOLDS_COLUMNS);
	WORD_WRITE(&line, WORD_ATTACHED_FILE, view->language, buffer_peek(&name));
	if (holds.len && view->language == LANGUAGE_EN)
		buffer_append_byte(&line, ' ');
	if (holds.len)
		WORD_WRITE(&line, WORD_PARENTHESIS, view->language, buffer_peek(&holds));
	text_wrap(out, buffer_peek(&line), 0);
}
