/* SPDX-License-Identifier: MIT */
/* stranger.c - hostile text, shown whole but harmless */
#include "table/stranger.h"

#include "base/ascii.h"
#include "base/printable.h"
#include "base/utf8.h"

/* Scripts put up to three marks on a letter; piles of them climb over the lines above. */
#define MARKS_MAX 4

/* Of text on its way, which may be far longer than what is written of it at last. */
#define WORK_MAX_BYTES ((size_t)1 << 24)

static void write_code(struct buffer *out, uint32_t code)
{
	buffer_printf(out, "\\u{%x}", (unsigned)code);
}

/* Printable, with piles of combining marks taken apart. */
static void write_shown(struct buffer *out, slice text)
{
	AUTO(buffer) struct buffer printable = BUFFER_LIMIT(WORK_MAX_BYTES);

	printable_write(&printable, text);
	buffer_fail_like(out, &printable);
	if (utf8_is_ascii(buffer_peek(&printable))) {
		buffer_append(out, buffer_peek(&printable));
		return;
	}

	unsigned marks = 0;

	for (slice rest = buffer_peek(&printable); rest.len;) {
		const char *from = rest.ptr;
		const uint32_t code = utf8_next(&rest);

		marks = utf8_char_width(code) == 0 ? marks + 1 : 0;
		if (marks > MARKS_MAX)
			write_code(out, code);
		else
			buffer_append(out, slice_from(from, (size_t)(rest.ptr - from)));
	}
}

/* More bytes than any shown text of so many columns needs: a character with its marks takes at most 4 of each. Keeps a text of megabytes
 * from being made printable only to be cut. */
static slice beginning(slice text, size_t max_columns)
{
	const size_t bytes_each = (size_t)4 * (1 + MARKS_MAX);

	return max_columns < SIZE_MAX / bytes_each - 1 ? utf8_cut(text, (max_columns + 1) * bytes_each) : text;
}

void stranger_write(struct buffer *out, slice text, size_t max_columns)
{
	const slice part = beginning(text, max_columns);
	AUTO(buffer) struct buffer shown = BUFFER_LIMIT(WORK_MAX_BYTES);

	write_shown(&shown, part);
	buffer_fail_like(out, &shown);
	if (part.len == text.len && utf8_width(buffer_peek(&shown)) <= max_columns) {
		buffer_append(out, buffer_peek(&shown));
		return;
	}
	buffer_append(out, utf8_cut_width(buffer_peek(&shown), max_columns ? max_columns - 1 : 0));
	buffer_append(out, SLICE("…"));
}

/* The byte that "%E6" at the beginning stands for, if it is one beyond ASCII. */
static bool read_percent(slice text, char *ret)
{
	if (text.len < 3 || text.ptr[0] != '%')
		return false;

	const int high = ascii_hex_value(text.ptr[1]), low = ascii_hex_value(text.ptr[2]);

	if (high < 8 || low < 0)
		return false;
	*ret = (char)(high * 16 + low);
	return true;
}

/* Decodes one character at the beginning: its bytes into `ret` and their number, 0 when there is none that can be shown. */
static size_t decode_character(slice text, char ret[4])
{
	size_t n = 0;

	while (n < 4 && read_percent(slice_after(text, n * 3), &ret[n]))
		n++;
	if (n == 0)
		return 0;

	slice rest = slice_from(ret, n);
	const bool is_bad = utf8_next(&rest) == UTF8_BAD;
	const slice character = slice_from(ret, n - rest.len);

	return is_bad || !printable_is(character) ? 0 : character.len;
}

void stranger_write_path(struct buffer *out, slice path, size_t max_columns)
{
	slice rest = beginning(path, max_columns < SIZE_MAX / 3 ? max_columns * 3 : max_columns);
	AUTO(buffer) struct buffer decoded = BUFFER_LIMIT(WORK_MAX_BYTES);
	const bool is_cut = rest.len < path.len;

	while (rest.len) {
		char character[4];
		const size_t plain = slice_find(rest, '%');

		buffer_append(&decoded, slice_part(rest, 0, plain));
		rest = slice_after(rest, plain);

		const size_t n = decode_character(rest, character);

		if (n) {
			buffer_append(&decoded, slice_from(character, n));
			rest = slice_after(rest, n * 3);
		} else {
			buffer_append(&decoded, slice_part(rest, 0, 1));
			rest = slice_after(rest, 1);
		}
	}
	if (is_cut)
		buffer_append(&decoded, SLICE("…"));
	buffer_fail_like(out, &decoded);
	stranger_write(out, buffer_peek(&decoded), max_columns);
}
