/* SPDX-License-Identifier: MIT */
/* header_parse.h - the header of a message or part, as a stranger wrote it: fields with their
 * places in the bytes
 *
 * Nothing is copied: fields are slices of the message. Lines may end in CRLF or LF. The header ends
 * at an empty line, at the end, or, as other readers have it, at the first line that can be no
 * field and continues none; that line then belongs to the body. */
#ifndef COURANT_MIME_HEADER_PARSE_H
#define COURANT_MIME_HEADER_PARSE_H
#include "mime/arena.h"
#include "mime/mailbox.h"
#include "mime/parameter.h"

#define HEADER_MAX_BYTES ((size_t)1 << 20)
#define FIELDS_READ_MAX  10000

struct header_field {
	slice name;
	slice value; /* behind the colon, with the line ends of its folding, without the last one */
	size_t from,
		to; /* offsets in the bytes that were parsed; `to` is behind the last line end */
};

struct header {
	struct header_field *items;
	size_t n;
	size_t space;
	bool has_mbox_line; /* "From ann@example.org Mon Nov  9 …" stands before it, as mailboxes
			       have it */
	bool is_broken;     /* it ended at a line that is none */
	size_t body_from;   /* offset of the body, behind the empty line */
};

/* Reads the header at the beginning of the bytes. COURANT_TOO_LARGE over a limit. */
int header_parse(struct header *ret, struct arena *, slice bytes, courant_error **err);

/* The i-th field of that name from field `*at` on, which goes behind it; NULL when there is no
 * more. */
const struct header_field *header_next(const struct header *, slice name, size_t *at);
const struct header_field *header_find(const struct header *, slice name);

/* The value unfolded, without blanks around it: the line ends go, the blanks of a fold stay (RFC
 * 5322, 2.2.3). */
void header_unfold(struct buffer *, slice value);
/* The same with its encoded words decoded, in UTF-8; bytes that are none become U+FFFD. */
void header_decode(struct buffer *, slice value);

/* The addresses of all fields of that name, added to the list. */
int header_addresses(const struct header *, slice name, struct mailbox_list *, struct arena *,
		     courant_error **err);
#endif
