/* SPDX-License-Identifier: MIT */
/* fold.h - a header being written in lines of 78 columns (RFC 5322, 2.2.3)
 *
 * Everything is a token with one blank before it; where the token would not fit, the line ends
 * before the blank. A token is never broken. So unfolding gives the same text back, and no line
 * consists of blanks. */
#ifndef COURANT_MIME_FOLD_H
#define COURANT_MIME_FOLD_H
#include "base/buffer.h"

#define FOLD_COLUMNS   78  /* RFC 5322, 2.1.1: should not exceed */
#define LINE_MAX_BYTES 998 /* the same: must not */

struct fold {
	struct buffer *out;
	size_t column; /* bytes in the current line */
	size_t mark;   /* where the token that is open begins, with its blank */
};

/* "Name:" */
void fold_begin(struct fold *, struct buffer *out, slice name);
/* The blank, or the line end and the blank, then the token. */
void fold_token(struct fold *, slice token);
/* The same, leaving columns for what may be glued behind it. */
void fold_token_before(struct fold *, slice token, size_t columns);
/* A token that is written into the buffer piece by piece, between the two. */
void fold_open(struct fold *);
void fold_close(struct fold *);
/* Straight behind what is there: a comma, a semicolon. */
void fold_glue(struct fold *, slice text);
/* The line ends here, whatever comes. Nothing when it has only just begun. */
void fold_line(struct fold *);
/* Columns left in this line, with the blank already taken off. */
size_t fold_left(const struct fold *);
void fold_end(struct fold *);
#endif
