/* SPDX-License-Identifier: MIT */
/* utf8.h - UTF-8 (RFC 3629): strict decoding, boundaries, width on a terminal */
#ifndef COURANT_BASE_UTF8_H
#define COURANT_BASE_UTF8_H
#include <stdint.h>

#include "base/buffer.h"

#define UTF8_BAD UINT32_MAX /* not a code point: the bytes are not UTF-8 */

/* Cuts the first character off `*rest`: its code point, or UTF8_BAD for one byte that begins no valid character (overlong forms, surrogates
 * and what is over U+10FFFF are not valid). `*rest` must not be empty. */
uint32_t utf8_next(slice *rest);

/* Appends one code point. */
void utf8_write(struct buffer *, uint32_t code);

bool utf8_is_valid(slice);
bool utf8_is_ascii(slice);

/* Where the first invalid byte stands: 0-based byte offset, or SLICE_NONE. */
size_t utf8_find_invalid(slice);

/* The longest beginning of at most max_bytes bytes that cuts no character. */
slice utf8_cut(slice, size_t max_bytes);

/* Columns of a character in a fixed-width font: 2 for East Asian wide and full-width and emoji, 0 for combining marks, zero-width and controls, else 1. */
unsigned utf8_char_width(uint32_t code);
size_t utf8_width(slice); /* bad bytes count 1 */

/* The longest beginning of at most max_columns columns; a combining mark stays with its base. */
slice utf8_cut_width(slice, size_t max_columns);

/* Number of characters; a bad byte counts one. */
size_t utf8_count(slice);
#endif
