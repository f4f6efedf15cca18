/* SPDX-License-Identifier: MIT */
/* text_write.c - plain text in columns */
#include "render/text_write.h"

#include "base/utf8.h"
#include "table/stranger.h"

/* The plain twin of a character that sentences use, as wide as it; NULL: it stays. */
static const char *plain_twin(uint32_t code)
{
	switch (code) {
	case 0x00A0: /* no-break blank */
	case 0x2009: /* thin blank */
	case 0x202F:
		return " ";
	case 0x2013: /* en dash */
		return "-";
	case 0x00D7: /* times */
		return "x";
	default:
		return NULL;
	}
}

static void write_plain_line(struct buffer *out, slice line)
{
	while (line.len && out->failure == BUFFER_FINE) {
		const char *from = line.ptr;
		const char *twin = plain_twin(utf8_next(&line));

		buffer_append(out, twin ? slice_of(twin) : slice_from(from, (size_t)(line.ptr - from)));
	}
	buffer_append_byte(out, '\n');
}

void text_plain(struct buffer *out, slice text)
{
	for (slice line; slice_next_line(&text, &line);) {
		while (slice_ends(line, SLICE(" ")))
			line.len--;
		write_plain_line(out, line);
	}
}

void text_left(struct buffer *out, slice text, size_t columns)
{
	const size_t width = utf8_width(text);

	buffer_append(out, text);
	buffer_append_repeated(out, ' ', width < columns ? columns - width : 0);
}

void text_right(struct buffer *out, slice text, size_t columns)
{
	const size_t width = utf8_width(text);

	buffer_append_repeated(out, ' ', width < columns ? columns - width : 0);
	buffer_append(out, text);
}

void text_rule(struct buffer *out, char sign)
{
	buffer_append_repeated(out, sign, TEXT_COLUMNS);
	buffer_append_byte(out, '\n');
}

/* Closing marks do not begin a line, opening ones do not end one. */
static bool is_in(uint32_t code, slice marks)
{
	while (marks.len)
		if (utf8_next(&marks) == code)
			return true;
	return false;
}

static bool may_break_between(uint32_t before, uint32_t after)
{
	if (before == ' ')
		return true;
	if (utf8_char_width(before) < 2 && utf8_char_width(after) < 2)
		return false;
	return !is_in(after, SLICE("，。、；：！？）】」』”’》…,.;:!?)]}%")) &&
	       !is_in(before, SLICE("（【「『“‘《([{")) && utf8_char_width(after) > 0;
}

/* How much of the text fits into so many columns: up to the last place to break; at least one character. */
static slice fitting(slice text, size_t columns)
{
	slice rest = text;
	size_t width = 0, at = 0;
	uint32_t before = 0;

	while (rest.len) {
		const size_t here = text.len - rest.len;
		const uint32_t code = utf8_next(&rest);

		if (here && may_break_between(before, code))
			at = here;
		width += utf8_char_width(code);
		if (width > columns && !(code == ' ' && width == columns + 1)) {
			if (at == 0)
				at = here ? here : text.len - rest.len;
			return slice_part(text, 0, at);
		}
		before = code;
	}
	return text;
}

void text_wrap(struct buffer *out, slice text, size_t indent)
{
	for (bool is_first = true; text.len || is_first; is_first = false) {
		const slice line = fitting(text, TEXT_COLUMNS - indent);

		if (!is_first)
			buffer_append_repeated(out, ' ', indent);
		buffer_append(out, slice_trim(line));
		buffer_append_byte(out, '\n');
		text = slice_after(text, line.len);
		if (out->failure != BUFFER_FINE)
			return;
	}
}

void text_sentence(struct buffer *out, const struct sentence *sentence, size_t max_columns)
{
	for (size_t i = 0; i < sentence->n; i++) {
		if (sentence->runs[i].tone == RUN_BREAK)
			buffer_append_byte(out, ' ');
		else
			stranger_write(out, slice_of(sentence->runs[i].text), max_columns);
	}
}

void text_change(struct buffer *out, const struct change *change, enum language language)
{
	if (change->kind == CHANGE_UNKNOWN)
		buffer_append_byte(out, '-');
	else
		change_write(out, change, FIGURE_PLAIN, language);
}
