/* SPDX-License-Identifier: MIT */
/* chars.h - what a byte may be part of in a header, by one look into a table */
#ifndef COURANT_MIME_CHARS_H
#define COURANT_MIME_CHARS_H
#include <stdbool.h>

enum {
	CHAR_ATOM = 1 << 0,  /* of an atom (RFC 5322, 3.2.3), UTF-8 too (RFC 6532, 3.2) */
	CHAR_HOST = 1 << 1,  /* of a host name's label; the underscore too: hosts with one exist */
	CHAR_TOKEN = 1 << 2, /* of a token (RFC 2045, 5.1) */
	CHAR_EXTENDED =
		1 << 3,   /* stands for itself in an extended value (RFC 2231, 7: attribute-char) */
	CHAR_ID = 1 << 4, /* of a message id between its brackets, as widely as readers take it */
	CHAR_Q = 1 << 5 /* needs no escape in a Q word anywhere (RFC 2047, 5 (3)); a blank, too: it
			   becomes "_" */
};

extern const unsigned char char_classes[256];

static inline bool char_is(char byte, int class)
{
	return char_classes[(unsigned char)byte] & class;
}
#endif
