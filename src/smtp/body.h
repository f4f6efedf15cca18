/* SPDX-License-Identifier: MIT */
/* body.h - the body filter: every line of a message ends in CRLF, no bare CR or LF leaves, leading dots are doubled
 *
 * A bare CR or LF becomes CRLF before dots are looked at, so that no crafted line ends the
 * message early at servers that take a bare one for a line's end ("SMTP smuggling"). State is
 * kept between pieces; the pieces may be cut anywhere. */
#ifndef COURANT_SMTP_BODY_H
#define COURANT_SMTP_BODY_H
#include "base/buffer.h"

struct body_filter {
	bool dots;         /* double leading dots: DATA, not BDAT */
	bool in_line;      /* the last byte was not a line's end */
	bool after_cr;     /* the last byte was a CR, whose CRLF is written already */
};

#define BODY_FILTER_DATA {.dots = true}
#define BODY_FILTER_BDAT {.dots = false}

/* How many bytes a piece may become at the most. */
static inline size_t body_worst(size_t n)
{
	return 2 * n + 2;
}

/* Writes a piece, filtered, at `into`, which has room for body_worst(piece.len); returns how
 * many bytes were written. */
size_t body_write(struct body_filter *, slice piece, char *into);

/* The end: the CRLF that an unterminated last line lacks. Returns 0 or 2. */
size_t body_end(struct body_filter *, char *into);
#endif
