/* SPDX-License-Identifier: MIT */
/* body.c - the body filter (body.h) */
#include "smtp/body.h"

/* What is looked at in one go: a constant, so that the compiler makes vector instructions of it. */
#define SPAN_BYTES 64

/* Whether so many bytes may go as they are: every CR is followed by LF and every LF comes after CR,
 * no line begins with a dot when dots are doubled. The byte behind them is looked at too; the one
 * before them is no CR. */
static bool is_clean(const char *at, bool dots)
{
	unsigned char bad = 0;

	for (size_t i = 0; i < SPAN_BYTES; i++)
		bad |= (unsigned char)((at[i] == '\r') ^ (at[i + 1] == '\n'));
	if (dots)
		for (size_t i = 0; i < SPAN_BYTES; i++)
			bad |= (unsigned char)((at[i] == '\n') & (at[i + 1] == '.'));
	return !bad;
}

/* How many bytes at the beginning of a piece may be copied: most texts hold nothing else. They end
 * in no CR, for what follows one is the other loop's business. */
static size_t clean_length(const struct body_filter *filter, slice piece)
{
	const bool may_dot = filter->dots && !filter->in_line;
	size_t n = 0;

	if (piece.len <= SPAN_BYTES || filter->after_cr || piece.ptr[0] == '\n' ||
	    (may_dot && piece.ptr[0] == '.'))
		return 0;
	while (n + SPAN_BYTES < piece.len && is_clean(piece.ptr + n, filter->dots))
		n += SPAN_BYTES;
	return n > 0 && piece.ptr[n - 1] == '\r' ? n - 1 : n;
}

/* The bytes up to the first CR or LF, or all. */
static size_t line_length(slice piece)
{
	const size_t lf = slice_find(piece, '\n');
	const size_t cr = slice_find(slice_part(piece, 0, lf), '\r');

	if (cr != SLICE_NONE)
		return cr;
	return lf != SLICE_NONE ? lf : piece.len;
}

size_t body_write(struct body_filter *filter, slice piece, char *into)
{
	char *at = into;

	while (piece.len > 0) {
		const size_t clean = clean_length(filter, piece);

		if (clean > 0) {
			memcpy(at, piece.ptr, clean);
			at += clean;
			filter->in_line = piece.ptr[clean - 1] != '\n';
			piece = slice_after(piece, clean);
		}
		if (filter->after_cr) {
			filter->after_cr = false;
			if (piece.ptr[0] == '\n') {
				piece = slice_after(piece, 1);
				continue;
			}
		}

		const size_t n = line_length(piece);

		if (n > 0) {
			if (filter->dots && !filter->in_line && piece.ptr[0] == '.')
				*at++ = '.';
			memcpy(at, piece.ptr, n);
			at += n;
			filter->in_line = true;
		}
		if (n < piece.len) {
			*at++ = '\r';
			*at++ = '\n';
			filter->in_line = false;
			filter->after_cr = piece.ptr[n] == '\r';
		}
		piece = slice_after(piece, n + 1);
	}
	return (size_t)(at - into);
}

size_t body_end(struct body_filter *filter, char *into)
{
	if (!filter->in_line)
		return 0;
	filter->in_line = false;
	into[0] = '\r';
	into[1] = '\n';
	return 2;
}
