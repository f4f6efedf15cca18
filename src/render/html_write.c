/* SPDX-License-Identifier: MIT */
/* html_write.c - text into HTML */
#include "render/html_write.h"

#include "base/utf8.h"
#include "render/tokens.h"
#include "table/stranger.h"

/* A line is ended behind so many bytes: what markup follows a text on its line stays below 998. */
#define LINE_SOFT_MAX_BYTES 700

/* How many bytes stand on the last line so far. */
static size_t line_length(const struct buffer *out)
{
	size_t n = 0;

	while (n < out->len && n < LINE_SOFT_MAX_BYTES && out->bytes[out->len - 1 - n] != '\n')
		n++;
	return n;
}

static slice escape_of(char c)
{
	switch (c) {
	case '&':
		return SLICE("&amp;");
	case '<':
		return SLICE("&lt;");
	case '>':
		return SLICE("&gt;");
	case '"':
		return SLICE("&quot;");
	case '\'':
		return SLICE("&#39;");
	default:
		return (slice){NULL, 0};
	}
}

static void escape(struct buffer *out, slice text, slice line_end)
{
	size_t line = line_length(out);

	while (text.len && out->failure == BUFFER_FINE) {
		const slice entity = escape_of(text.ptr[0]);
		slice rest = text;

		(void)utf8_next(&rest);

		const slice piece = entity.ptr ? entity : slice_part(text, 0, text.len - rest.len);

		if (line + piece.len > LINE_SOFT_MAX_BYTES) {
			buffer_append(out, line_end);
			line = line_length(out);
		}
		buffer_append(out, piece);
		line += piece.len;
		text = rest;
	}
}

void html_text(struct buffer *out, slice text, size_t max_columns)
{
	AUTO(buffer) struct buffer shown = BUFFER_LIMIT(out->limit);

	stranger_write(&shown, text, max_columns);
	buffer_fail_like(out, &shown);
	escape(out, buffer_peek(&shown), SLICE("<span\n></span>"));
}

void html_plain_text(struct buffer *out, slice text, size_t max_columns)
{
	AUTO(buffer) struct buffer shown = BUFFER_LIMIT(out->limit);

	stranger_write(&shown, text, max_columns);
	buffer_fail_like(out, &shown);
	escape(out, buffer_peek(&shown), SLICE("\n"));
}

void html_path(struct buffer *out, slice path, size_t max_columns)
{
	AUTO(buffer) struct buffer shown = BUFFER_LIMIT(out->limit);

	stranger_write_path(&shown, path, max_columns);
	buffer_fail_like(out, &shown);
	escape(out, buffer_peek(&shown), SLICE("<span\n></span>"));
}

void html_sentence(struct buffer *out, const struct sentence *sentence, size_t max_columns, const char *bold)
{
	for (size_t i = 0; i < sentence->n; i++) {
		const struct run *run = &sentence->runs[i];

		if (run->tone == RUN_BREAK) {
			buffer_append(out, SLICE("<br>\n"));
			continue;
		}
		if (run->tone == RUN_PLAIN) {
			html_text(out, slice_of(run->text), max_columns);
			continue;
		}
		buffer_printf(out, "<b style=\"color:%s\">", run->tone == RUN_ALARM ? ALARM_TEXT : bold);
		html_text(out, slice_of(run->text), max_columns);
		buffer_append(out, SLICE("</b>"));
	}
}

void html_section_open(struct buffer *out, unsigned top_px, unsigned bottom_px)
{
	buffer_printf(out, "<tr><td bgcolor=\"" GROUND "\" style=\"padding:%upx 0 %upx;background-color:" GROUND "\">\n",
		      top_px, bottom_px);
}

void html_section_close(struct buffer *out)
{
	buffer_append(out, SLICE("</td></tr>\n"));
}

void html_note(struct buffer *out, slice text, size_t max_columns)
{
	buffer_append(out, SLICE("<p style=\"margin:7px 0 0;" TYPE_NOTE ";color:" GREY "\">"));
	html_text(out, text, max_columns);
	buffer_append(out, SLICE("</p>\n"));
}
