/* SPDX-License-Identifier: MIT */
/* text.c - the plain twin of the HTML: the same figures, aligned for a fixed-width font */
#include "base/utf8.h"
#include "render/layout.h"
#include "render/text_write.h"
#include "table/stranger.h"

/* Limits in columns, as in html.c. */
#define TITLE_COLUMNS     100
#define PERIOD_COLUMNS    240
#define VERDICT_COLUMNS   240
#define MORE_COLUMNS      480
#define FOOTER_COLUMNS    400
#define LABEL_COLUMNS     24
#define LINK_COLUMNS      600

/* All of a plain report; Gmail's limit is far above. */
#define FIELD_MAX_BYTES 65536

/* One text, wrapped; nothing for NULL. */
static void write_wrapped(struct buffer *out, const char *text, size_t max_columns, size_t indent)
{
	AUTO(buffer) struct buffer clean = BUFFER_LIMIT(FIELD_MAX_BYTES);

	if (!text)
		return;
	stranger_write(&clean, slice_of(text), max_columns);
	text_wrap(out, buffer_peek(&clean), indent);
}

/* "对比：11月2日 周一                     示例数据" */
static void write_compared(struct buffer *out, const struct document *document)
{
	AUTO(buffer) struct buffer compared = BUFFER_LIMIT(FIELD_MAX_BYTES), note = BUFFER_LIMIT(FIELD_MAX_BYTES);

	if (document->compared)
		stranger_write(&compared, slice_of(document->compared), PERIOD_COLUMNS);
	if (document->sample_note)
		stranger_write(&note, slice_of(document->sample_note), TEXT_COLUMNS);

	const size_t width = utf8_width(buffer_peek(&compared));

	if (width + utf8_width(buffer_peek(&note)) + 2 > TEXT_COLUMNS) {
		text_wrap(out, buffer_peek(&compared), 0);
		text_wrap(out, buffer_peek(&note), 0);
	} else if (compared.len || note.len) {
		buffer_append(out, buffer_peek(&compared));
		if (note.len)
			text_right(out, buffer_peek(&note), TEXT_COLUMNS - width);
		buffer_append_byte(out, '\n');
	}
}

/* "[注意] …", the following lines under the first word. */
static void write_verdict(struct buffer *out, const struct document *document)
{
	AUTO(buffer) struct buffer status = BUFFER_LIMIT(FIELD_MAX_BYTES);

	buffer_append_byte(&status, '[');
	stranger_write(&status, slice_of(document->status_word ? document->status_word : ""), LABEL_COLUMNS);
	buffer_append(&status, SLICE("] "));

	const size_t indent = utf8_width(buffer_peek(&status));

	buffer_append(out, buffer_peek(&status));
	write_wrapped(out, document->verdict ? document->verdict : "", VERDICT_COLUMNS, indent);
	if (!document->verdict_more)
		return;
	buffer_append_repeated(out, ' ', indent);
	write_wrapped(out, document->verdict_more, MORE_COLUMNS, indent);
}

static void write_plain_heading(struct buffer *out, const char *heading)
{
	if (!heading)
		return;
	write_wrapped(out, heading, TEXT_COLUMNS, 0);
	text_rule(out, '-');
}

static bool write_block(struct buffer *out, const struct view *view)
{
	const struct block *block = view->block;

	buffer_append_byte(out, '\n');
	if (block->empty) {
		write_plain_heading(out, block->heading);
		write_wrapped(out, block->empty, MORE_COLUMNS, 0);
		return false;
	}
	switch (block->kind) {
	case BLOCK_TILES:
		write_plain_heading(out, block->heading ? block->heading : word(WORD_SUMMARY, view->language));
		return text_tiles(out, view);
	case BLOCK_COLUMNS:
		if (block->n_columns)
			text_chart(out, view);
		return false;
	case BLOCK_BARS:
		if (block->table)
			text_bars(out, view);
		return false;
	case BLOCK_TABLE:
		return block->table && text_table(out, view);
	case BLOCK_TEXT:
		write_plain_heading(out, block->heading);
		text_passages(out, view);
		return false;
	case BLOCK_PICTURES:
		if (block->heading)
			write_plain_heading(out, block->heading);
		text_pictures(out, view);
		return false;
	case BLOCK_STRIP:
		write_plain_heading(out, block->heading);
		text_strip(out, view);
		return false;
	case BLOCK_ATTACHMENT:
		text_attachment(out, view);
		return false;
	}
	return false;
}

static void write_footer_row(struct buffer *out, const char *label, const char *text, size_t indent, size_t max_columns)
{
	AUTO(buffer) struct buffer clean = BUFFER_LIMIT(FIELD_MAX_BYTES);

	stranger_write(&clean, slice_of(label), LABEL_COLUMNS);
	text_left(out, buffer_peek(&clean), indent);
	write_wrapped(out, text, max_columns, indent);
}

static void write_footer(struct buffer *out, const struct document *document, bool has_marks)
{
	const char *more = word(WORD_MORE_LINK, document->language);
	size_t indent = utf8_width(slice_of(more));

	for (size_t i = 0; i < document->n_footer; i++) {
		const size_t width = utf8_width(slice_of(document->footer[i].label));

		indent = width > indent && width <= LABEL_COLUMNS ? width : indent;
	}
	indent += 2;
	buffer_append_byte(out, '\n');
	write_plain_heading(out, word(WORD_FOOTER, document->language));
	for (size_t i = 0; i < document->n_footer; i++)
		write_footer_row(out, document->footer[i].label, document->footer[i].text, indent, FOOTER_COLUMNS);
	if (document->link)
		write_footer_row(out, more, document->link, indent, LINK_COLUMNS);
	buffer_append_byte(out, '\n');
	write_wrapped(out, document->brand_footer, FOOTER_COLUMNS, 0);
	write_wrapped(out, document->made_by, FOOTER_COLUMNS, 0);
	if (has_marks)
		write_wrapped(out, word(WORD_MARK_NOTE, document->language), FOOTER_COLUMNS, 0);
}

static void write_left_out(struct buffer *out, const struct document *document, size_t n)
{
	AUTO(buffer) struct buffer figure = BUFFER_LIMIT(64);

	buffer_append_u64(&figure, n);
	buffer_append_byte(out, '\n');
	WORD_WRITE(out, WORD_BLOCKS_LEFT_OUT, document->language, buffer_peek(&figure));
	buffer_append_byte(out, '\n');
}

static void write_page(struct buffer *ret, const struct document *document, const struct layout *layout)
{
	bool has_marks = false;

	write_wrapped(ret, document->title, TITLE_COLUMNS, 0);
	write_wrapped(ret, document->period, PERIOD_COLUMNS, 0);
	write_compared(ret, document);
	text_rule(ret, '=');
	write_verdict(ret, document);
	for (size_t i = 0; i < document->n_blocks && i < layout->blocks_max; i++) {
		struct view view;

		view_init(&view, document, document->blocks[i], layout, NOTES_AS_COLUMNS);
		has_marks |= write_block(ret, &view);
	}
	if (layout->blocks_max < document->n_blocks)
		write_left_out(ret, document, document->n_blocks - layout->blocks_max);
	write_footer(ret, document, has_marks);
}

static int render(const struct document *document, struct buffer *ret, courant_error **err)
{
	AUTO(buffer) struct buffer page = BUFFER_LIMIT(ret->limit);
	struct layout layout;
	slice text;

	if (layout_fit(document, &layout, err) < 0)
		return -1;
	write_page(&page, document, &layout);
	if (buffer_slice(&page, &text, err) < 0)
		return -1;
	text_plain(ret, text);
	return buffer_check(ret, err);
}

const struct renderer render_text = {"text", ".txt", render};
