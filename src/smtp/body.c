/* SPDX-License-Identifier: MIT */
/* body.c - the body filter (body.h) */
#include "smtp/body.h"

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
