/* SPDX-License-Identifier: MIT */
/* chars.c - the table */
#include "mime/chars.h"

enum {
	ID = CHAR_ID,
	/* hyphen and underscore; letters and digits */
	LINK = CHAR_ATOM | CHAR_HOST | CHAR_TOKEN | CHAR_EXTENDED | ID,
	WORD = LINK | CHAR_Q,
	MARK = CHAR_ATOM | CHAR_TOKEN | CHAR_EXTENDED | ID,
	/* what RFC 2231 has a use for */
	STAR = CHAR_ATOM | CHAR_TOKEN | ID,
	SIGN = CHAR_ATOM | ID,
	UTF8 = CHAR_ATOM,
};

#define EIGHT(x) x, x, x, x, x, x, x, x

/* clang-format off: a table */
const unsigned char char_classes[256] = {
	[' '] = CHAR_Q,
	['!'] = MARK | CHAR_Q,
	['#'] = MARK,
	['$'] = MARK,
	['%'] = STAR,
	['&'] = MARK,
	['\''] = STAR,
	['*'] = STAR | CHAR_Q,
	['+'] = MARK | CHAR_Q,
	['-'] = WORD,
	['.'] = CHAR_TOKEN | CHAR_EXTENDED | ID,
	['/'] = SIGN | CHAR_Q,
	[':'] = ID,
	['='] = SIGN,
	['?'] = SIGN,
	['@'] = ID,
	['['] = ID,
	[']'] = ID,
	['^'] = MARK,
	['_'] = LINK,
	['`'] = MARK,
	['{'] = MARK,
	['|'] = MARK,
	['}'] = MARK,
	['~'] = MARK,
	['0'] = EIGHT(WORD),
	WORD,
	WORD,
	['A'] = EIGHT(WORD),
	EIGHT(WORD),
	EIGHT(WORD),
	WORD,
	WORD,
	['a'] = EIGHT(WORD),
	EIGHT(WORD),
	EIGHT(WORD),
	WORD,
	WORD,
	[0x80] = EIGHT(UTF8),
	EIGHT(UTF8),
	EIGHT(UTF8),
	EIGHT(UTF8),
	EIGHT(UTF8),
	EIGHT(UTF8),
	EIGHT(UTF8),
	EIGHT(UTF8),
	EIGHT(UTF8),
	EIGHT(UTF8),
	EIGHT(UTF8),
	EIGHT(UTF8),
	EIGHT(UTF8),
	EIGHT(UTF8),
	EIGHT(UTF8),
	EIGHT(UTF8),
};
/* clang-format on */
#undef EIGHT
