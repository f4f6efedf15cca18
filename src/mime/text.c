/* SPDX-License-Identifier: MIT */
/* text.c - parts of text: checked, converted, flowed, and calendars */
#include "base/ascii.h"
#include "base/utf8.h"
#include "mime/charset.h"
#include "mime/part.h"

#define CONVERTED_MAX_BYTES ((size_t)1 << 31)

/* The error names the place as a person counts: lines, and characters in the line. */
static int fail_at(slice text, size_t bad, const char *what, const char *advice,
		   courant_error **err)
{
	size_t line = 1, begin = 0;

	for (size_t i = 0; i < bad; i++)
		if (text.ptr[i] == '\n') {
			line++;
			begin = i + 1;
		}
	return fail(err, COURANT_INVALID, "text %s at line %zu, column %zu (%s)", what, line,
		    utf8_count(slice_part(text, begin, bad - begin)) + 1, advice);
}

static size_t find_eight_bit(slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (ascii_is_eight_bit(text.ptr[i]))
			return i;
	return SLICE_NONE;
}

static int text_check(slice text, const char *charset, courant_error **err)
{
	const size_t nul = slice_find(text, '\0');

	if (charset && !charset_is_name(slice_of(charset)))
		return fail(err, COURANT_INVALID, "\"%s\" is no name of a charset", charset);
	if (nul != SLICE_NONE)
		return fail_at(text, nul, "holds a NUL", "attach it if it is no text", err);
	if (!charset || charset_is_utf8(slice_of(charset))) {
		const size_t bad = utf8_find_invalid(text);

		return bad == SLICE_NONE ? 0
					 : fail_at(text, bad, "is not UTF-8",
						   "give its charset if it is in another one", err);
	}
	if (slice_equal_nocase(slice_of(charset), SLICE("us-ascii"))) {
		const size_t bad = find_eight_bit(text);

		return bad == SLICE_NONE ? 0
					 : fail_at(text, bad, "is not ASCII",
						   "give the charset that it is in", err);
	}
	return 0;
}

courant_part *courant_text_new(const void *text, size_t size, const char *subtype,
			       const char *charset, courant_error **err)
{
	const slice given = size == COURANT_TERMINATED ? slice_of(text) : slice_from(text, size);

	if (text_check(given, charset, err) < 0)
		return NULL;

	AUTO(part)
	courant_part *part =
		part_new(PART_TEXT, SLICE("text"), slice_of(subtype ? subtype : "plain"), err);

	if (!part || parameters_set(&part->type, &part->arena, SLICE("charset"),
				    slice_of(charset ? charset : "utf-8"), err) < 0)
		return NULL;
	part->text = mem_copy(given);
	part->text_len = given.len;
	if (!part->text) {
		(void)fail_memory(err);
		return NULL;
	}
	return STEAL(part);
}

int courant_text_convert(courant_part *part, const char *charset, courant_error **err)
{
	AUTO(buffer) struct buffer converted = BUFFER_LIMIT(CONVERTED_MAX_BYTES);
	const slice from = parameters_get(&part->type, SLICE("charset"));
	char *text;
	size_t len;

	if (part->kind != PART_TEXT || !from.ptr)
		return fail(err, COURANT_USAGE, "only a text can be converted");
	if (!charset || !charset_is_name(slice_of(charset)))
		return fail(err, COURANT_INVALID, "\"%s\" is no name of a charset",
			    charset ? charset : "");
	if (charset_convert(slice_from(part->text, part->text_len), from, slice_of(charset),
			    &converted, err) < 0 ||
	    parameters_set(&part->type, &part->arena, SLICE("charset"), slice_of(charset), err) <
		    0 ||
	    buffer_take(&converted, &text, &len, err) < 0)
		return -1;
	free(part->text);
	part->text = text;
	part->text_len = len;
	return 0;
}

/* ---- format=flowed (RFC 3676) ---- */

#define FLOWED_COLUMNS 78

/* Where a line of the paragraph ends: behind the last blank that fits, or behind the first one when
 * the first word does not fit. */
static size_t flow_cut(slice paragraph)
{
	const slice fits = utf8_cut_width(paragraph, FLOWED_COLUMNS - 1);
	size_t blank;

	if (fits.len == paragraph.len)
		return paragraph.len;
	blank = slice_find_last(fits, ' ');
	if (blank == SLICE_NONE || blank + 1 == paragraph.len)
		blank = slice_find(paragraph, ' ');
	return blank == SLICE_NONE ? paragraph.len : blank + 1;
}

/* A line that begins with a blank, ">" or "From " gets a blank in front (RFC 3676, 4.4). */
static void flow_line(struct buffer *out, slice line, bool is_last)
{
	if (slice_starts(line, SLICE(" ")) || slice_starts(line, SLICE(">")) ||
	    slice_starts(line, SLICE("From ")))
		buffer_append_byte(out, ' ');
	buffer_append(out, line);
	buffer_append(out, is_last ? SLICE("") : SLICE("\r\n"));
}

static void flow_paragraph(struct buffer *out, slice paragraph)
{
	/* The signature's line keeps its blank (RFC 3676, 4.3); any other at a paragraph's end
	 * would join it with the next one. */
	while (!slice_equal(paragraph, SLICE("-- ")) && slice_ends(paragraph, SLICE(" ")))
		paragraph.len--;
	do {
		const size_t cut =
			slice_equal(paragraph, SLICE("-- ")) ? paragraph.len : flow_cut(paragraph);

		flow_line(out, slice_part(paragraph, 0, cut), cut == paragraph.len);
		paragraph = slice_after(paragraph, cut);
	} while (paragraph.len);
}

int courant_text_set_flowed(courant_part *part, courant_error **err)
{
	AUTO(buffer) struct buffer flowed = BUFFER_LIMIT(CONVERTED_MAX_BYTES);
	slice rest = slice_from(part->text, part->text_len);
	char *text;
	size_t len;

	if (part->kind != PART_TEXT || !slice_equal(part->type.word, SLICE("text/plain")))
		return fail(err, COURANT_USAGE, "only text/plain can be flowed");
	if (part->is_flowed)
		return 0;
	while (rest.len) {
		slice line;
		const bool has_end = slice_find(rest, '\n') != SLICE_NONE;

		(void)slice_next_line(&rest, &line);
		flow_paragraph(&flowed, line);
		buffer_append(&flowed, has_end ? SLICE("\r\n") : SLICE(""));
	}
	if (buffer_take(&flowed, &text, &len, err) < 0)
		return -1;
	free(part->text);
	part->text = text;
	part->text_len = len;
	part->is_flowed = true;
	return 0;
}

/* ---- Calendars (RFC 5545; RFC 6047, 2.4) ---- */

/* The value of the calendar's METHOD property, empty without one. Properties in front of the first
 * component only. */
static slice method_find(slice text)
{
	slice line;

	for (bool is_first = true; slice_next_line(&text, &line); is_first = false) {
		if (slice_starts_nocase(line, SLICE("METHOD:")))
			return slice_trim(slice_after(line, sizeof "METHOD:" - 1));
		if (!is_first && slice_starts_nocase(line, SLICE("BEGIN:")))
			break;
	}
	return SLICE("");
}

courant_part *courant_calendar_new(const void *text, size_t size, const char *method,
				   courant_error **err)
{
	const slice given = size == COURANT_TERMINATED ? slice_of(text) : slice_from(text, size);
	const slice inside = method_find(given);
	AUTO(part)
	courant_part *part = courant_text_new(given.ptr, given.len, "calendar", NULL, err);

	if (!part)
		return NULL;
	if (!slice_starts_nocase(slice_trim_space(given), SLICE("BEGIN:VCALENDAR"))) {
		(void)fail(err, COURANT_INVALID,
			   "this is no calendar: it does not begin with BEGIN:VCALENDAR");
		return NULL;
	}
	if (method && !slice_equal_nocase(slice_of(method), inside)) {
		(void)fail(err, COURANT_INVALID, "the calendar's METHOD is \"%.*s\", not \"%s\"",
			   SLICE_ARGS(inside), method);
		return NULL;
	}
	if (inside.len && !parameter_is_token(inside)) {
		(void)fail(err, COURANT_INVALID, "the calendar's METHOD \"%.*s\" is no word",
			   SLICE_ARGS(inside));
		return NULL;
	}
	if (inside.len &&
	    parameters_set(&part->type, &part->arena, SLICE("method"), inside, err) < 0)
		return NULL;
	return STEAL(part);
}
