/* SPDX-License-Identifier: MIT */
/* quoted_printable.h - quoted-printable (RFC 2045, 6.7)
 *
 * Beside what the RFC asks for, a line never begins with a dot, with "From " or with two hyphens:
 * so no server, no mailbox format and no boundary can stumble over it. */
#ifndef COURANT_MIME_QUOTED_PRINTABLE_H
#define COURANT_MIME_QUOTED_PRINTABLE_H
#include "base/buffer.h"

enum qp_mode {
	QP_TEXT,  /* LF and CRLF end lines, and become CRLF; a lone CR is a character */
	QP_BINARY /* CR and LF are bytes like others */
};

/* Encodes a piece. `column` is 0 at first and kept from piece to piece. In text all of it is one
 * piece; a binary's output does not depend on where it is cut as long as the cuts are the same each
 * time. */
struct qp_encoder {
	enum qp_mode mode;
	size_t column;
};
/* Characters that n bytes become at most. */
static inline size_t qp_max_size(size_t n)
{
	return n * 4 + 8;
}
/* Writes to `to`, which has room for qp_max_size(n); returns how many. */
size_t qp_encode(struct qp_encoder *, char *to, const char *from, size_t n);

/* Decodes a piece of whole lines; what is malformed stays as it is (RFC 2045, 6.7, notes). `to` has
 * room for n bytes. */
size_t qp_decode(char *to, const char *from, size_t n);
#endif
