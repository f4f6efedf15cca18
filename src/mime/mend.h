/* SPDX-License-Identifier: MIT */
/* mend.h - a finished message that no server has to take, made one that every server can
 *
 * Lines over 998 bytes (RFC 5322, 2.1.1) and NULs: a program that pipes them into sendmail means
 * them to arrive. What can be done without changing what a reader sees:
 *
 *     text and other contents, as they are     quoted-printable instead, which their header then
 *                                              says, with a note (X-MIME-Autoconverted)
 *     base64                                   in lines of 76 characters
 *     quoted-printable                         with soft line breaks
 *     header fields                            folded at a blank; a word that is too long is broken
 *
 * Parts without such lines stay byte for byte. A message whose signature such a change would break
 * is refused. It is done in memory. */
#ifndef COURANT_MIME_MEND_H
#define COURANT_MIME_MEND_H
#include "base/buffer.h"

/* Larger ones are refused: COURANT_TOO_LARGE. */
#define MEND_MAX_BYTES ((size_t)64 << 20)

/* Lines end in CRLF. COURANT_INVALID when it cannot be mended. */
int mend_write(struct buffer *ret, slice message, courant_error **err);
#endif
