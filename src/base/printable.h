/* SPDX-License-Identifier: MIT */
/* printable.h - a stranger's text, safe to show to a person
 *
 * Control characters (C0, DEL, C1), line and paragraph separators, bidirectional overrides and isolates, zero-width and other invisible format characters
 * become \u{202e}; bytes that are not UTF-8 become \xNN. A backslash stays as it is. Doing it twice changes nothing. */
#ifndef COURANT_BASE_PRINTABLE_H
#define COURANT_BASE_PRINTABLE_H
#include "base/buffer.h"

void printable_write(struct buffer *, slice text);

/* Whether printable_write would change it. */
bool printable_is(slice text);
#endif
