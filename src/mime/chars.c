/* SPDX-License-Identifier: MIT */
/* chars.c - the table */
#include "mime/chars.h"

enum {
	ALL = CHAR_ATOM | CHAR_HOST | CHAR_TOKEN | CHAR_EXTENDED | CHAR_ID, /* letters, digits, hyphen, underscore */
	MARK = CHAR_ATOM | CHAR_TOKEN | CHAR_EXTENDED | CHAR_ID,
	STAR = CHAR_ATOM | CHAR_TOKEN | CHAR_ID, /* what RFC 2231 has a use for */
};

#define EIGHT(x) x, x, x, x, x, x, x, x

const unsigned char char_classes[256] = {
	['!'] = MARK, ['#'] = MARK, ['$'] = MARK, ['%'] = STAR, ['&'] = MARK, ['\''] = STAR, ['*'] = STAR, ['+'] = MARK,
	['-'] = ALL, ['.'] = CHAR_TOKEN | CHAR_EXTENDED | CHAR_ID, ['/'] = CHAR_ATOM | CHAR_ID, ['='] = CHAR_ATOM | CHAR_ID, ['?'] = CHAR_ATOM | CHAR_ID,
	[':'] = CHAR_ID, ['@'] = CHAR_ID, ['['] = CHAR_ID, [']'] = CHAR_ID, ['^'] = MARK, ['_'] = ALL,
	['`'] = MARK, ['{'] = MARK, ['|'] = MARK, ['}'] = MARK, ['~'] = MARK,
	['0'] = EIGHT(ALL), ALL, ALL,
	['A'] = EIGHT(ALL), EIGHT(ALL), EIGHT(ALL), ALL, ALL,
	['a'] = EIGHT(ALL), EIGHT(ALL), EIGHT(ALL), ALL, ALL,
	[0x80] = EIGHT(CHAR_ATOM), EIGHT(CHAR_ATOM), EIGHT(CHAR_ATOM), EIGHT(CHAR_ATOM), EIGHT(CHAR_ATOM), EIGHT(CHAR_ATOM), EIGHT(CHAR_ATOM),
	EIGHT(CHAR_ATOM), EIGHT(CHAR_ATOM), EIGHT(CHAR_ATOM), EIGHT(CHAR_ATOM), EIGHT(CHAR_ATOM), EIGHT(CHAR_ATOM), EIGHT(CHAR_ATOM),
	EIGHT(CHAR_ATOM), EIGHT(CHAR_ATOM),
};
#undef EIGHT
