/* SPDX-License-Identifier: MIT */
/* encoded_word.h - text that is not ASCII in headers: =?utf-8?B?…?= (RFC 2047) */
#ifndef COURANT_MIME_ENCODED_WORD_H
#define COURANT_MIME_ENCODED_WORD_H
#include "mime/fold.h"

#define ENCODED_WORD_MAX   75 /* RFC 2047, 2 */
#define ENCODED_WORD_BYTES 45 /* that surely fit into one */

/* Writes the text, valid UTF-8 and not empty, as encoded words, each on a line of its own but for
 * the first, each decodable alone. Q or B, whichever is shorter; only characters that are allowed
 * in every place (RFC 2047, 5 (3)). */
void encoded_words_write(struct fold *, slice text);

/* One word, in base64, of bytes that are in the charset already: whole characters, back in the
 * initial shift state at their end. How long it gets is the caller's care. */
void encoded_word_write_bytes(struct buffer *, slice charset, slice bytes);

/* Replaces the encoded words of a header's value by their text in UTF-8; blanks between two of them
 * fall away. What cannot be decoded (an unknown charset, broken base64) stays as it is. Line ends
 * of folding are taken out. Bytes outside encoded words that are not UTF-8 stay. */
void encoded_words_decode(struct buffer *, slice value);
#endif
