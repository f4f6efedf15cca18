/* SPDX-License-Identifier: MIT */
/* quoted_printable.c - both ways */
#include "mime/quoted_printable.h"

#include "base/ascii.h"

#define LINE_MAX_CHARS 76
#define SOFT_MAX_CHARS (LINE_MAX_CHARS - 1) /* the = of a soft line break stands behind */

/* Bytes that stand for themselves wherever they are. */
static inline bool is_plain(char byte)
{
	return byte > ' ' && byte <= '~' && byte != '=';
}

/* A blank stands for itself but at the end of a line, and at the end of a piece, for a line might
 * end there. */
static inline bool is_inner_blank(const char *from, size_t n)
{
	return ascii_is_blank(*from) && n > 1 && from[1] != '\r' && from[1] != '\n';
}

/* Bytes at the beginning that need no escape, at most `max`. */
static size_t plain_run(const char *from, size_t n, size_t max)
{
	size_t i = 0;

	if (max > n)
		max = n;
	while (i < max && (is_plain(from[i]) || is_inner_blank(from + i, n - i)))
		i++;
	return i;
}

static char *escape(char *to, char byte)
{
	static const char digits[] = "0123456789ABCDEF";

	*to++ = '=';
	*to++ = digits[(unsigned char)byte >> 4];
	*to++ = digits[(unsigned char)byte & 15];
	return to;
}

static char *line_end(char *to)
{
	*to++ = '\r';
	*to++ = '\n';
	return to;
}

/* Bytes of a line end at the beginning, or 0. */
static size_t line_end_at(const char *from, size_t n)
{
	if (*from == '\n')
		return 1;
	return *from == '\r' && n > 1 && from[1] == '\n' ? 2 : 0;
}

/* At the begin of a line some innocent bytes are escaped. */
static bool is_risky_begin(const char *from, size_t n)
{
	switch (*from) {
	case '.':
		return true;
	case '-':
		return n < 2 || from[1] == '-';
	case 'F':
		return n < 5 || memcmp(from, "From ", 5) == 0;
	default:
		return false;
	}
}

/* Bytes of the UTF-8 character at the beginning, by its first byte alone: they stay on one line,
 * for readers that decode line by line. */
static size_t character_bytes(const char *from, size_t n)
{
	const unsigned char first = (unsigned char)*from;
	const size_t bytes = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;

	return bytes < n ? bytes : n;
}

size_t qp_encode(struct qp_encoder *encoder, char *to, const char *from, size_t n)
{
	char *const begin = to;
	size_t column = encoder->column;

	while (n) {
		const size_t end = encoder->mode == QP_TEXT ? line_end_at(from, n) : 0;

		if (end) {
			to = line_end(to);
			column = 0;
			from += end;
			n -= end;
			continue;
		}
		if (column == 0 && is_risky_begin(from, n)) {
			to = escape(to, *from++);
			n--;
			column = 3;
			continue;
		}

		const size_t run =
			plain_run(from, n, column < SOFT_MAX_CHARS ? SOFT_MAX_CHARS - column : 0);

		memcpy(to, from, run);
		to += run;
		from += run;
		n -= run;
		column += run;
		if (n == 0 || (encoder->mode == QP_TEXT && line_end_at(from, n)))
			continue;

		const bool is_escaped = !is_plain(*from) && !is_inner_blank(from, n);
		const size_t bytes = is_escaped ? character_bytes(from, n) : 1;

		if (column + (is_escaped ? 3 * bytes : 1) > SOFT_MAX_CHARS) {
			*to++ = '=';
			to = line_end(to);
			column = 0;
			continue;
		}
		for (size_t i = 0; is_escaped && i < bytes; i++, column += 3)
			to = escape(to, from[i]);
		if (is_escaped) {
			from += bytes;
			n -= bytes;
		}
	}
	encoder->column = column;
	return (size_t)(to - begin);
}

size_t qp_decode(char *to, const char *from, size_t n)
{
	char *const begin = to;

	for (size_t i = 0; i < n; i++) {
		if (from[i] != '=') {
			*to++ = from[i];
			continue;
		}

		const size_t left = n - i - 1;
		size_t blanks = 0;

		if (left >= 2 && ascii_hex_value(from[i + 1]) >= 0 &&
		    ascii_hex_value(from[i + 2]) >= 0) {
			*to++ = (char)(ascii_hex_value(from[i + 1]) << 4 |
				       ascii_hex_value(from[i + 2]));
			i += 2;
			continue;
		}
		while (blanks < left && ascii_is_blank(from[i + 1 + blanks]))
			blanks++;
		if (blanks == left)
			break; /* a soft line break at the end */
		if (from[i + 1 + blanks] == '\n')
			i += blanks + 1;
		else if (from[i + 1 + blanks] == '\r' && blanks + 1 < left &&
			 from[i + 2 + blanks] == '\n')
			i += blanks + 2;
		else
			*to++ = '=';
	}
	return (size_t)(to - begin);
}
