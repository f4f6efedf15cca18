/* SPDX-License-Identifier: MIT */
/* charset.h - text from one charset into another (iconv)
 *
 * The names in mails are of all kinds: x-gbk, gb_2312-80, unicode-1-1-utf-8. Those that iconv does
 * not know are translated by a table first. */
#ifndef COURANT_MIME_CHARSET_H
#define COURANT_MIME_CHARSET_H
#include "base/buffer.h"

/* A name a label may have: letters, digits and -_.:+ (RFC 2978, 2.3), at most 40. */
bool charset_is_name(slice name);
bool charset_is_utf8(slice name);
/* Whether text in it can be converted here. */
bool charset_is_known(slice name);

/* Writes the text in UTF-8. False, and nothing is written, when the charset is unknown; bytes that
 * are not of the charset become U+FFFD. */
bool charset_to_utf8(slice text, slice charset, struct buffer *ret);

/* Writes the text with U+FFFD for each byte that is not UTF-8. */
void charset_repair_utf8(slice text, struct buffer *ret);

/* Writes the UTF-8 text in the charset, back in its initial shift state at the end.
 * COURANT_INVALID: unknown charset, or the first character that it lacks. */
int charset_from_utf8(slice text, slice charset, struct buffer *ret, courant_error **err);
/* From any charset to any other. */
int charset_convert(slice text, slice from, slice to, struct buffer *ret, courant_error **err);
#endif
