/* SPDX-License-Identifier: MIT */
/* header.h - one header written: checked, encoded and folded by its kind
 *
 * The kind follows from the name: addresses, message ids, dates, parameters, URLs each have their
 * own grammar, and what a stranger invents is unstructured text. */
#ifndef COURANT_MIME_HEADER_H
#define COURANT_MIME_HEADER_H
#include "mime/fold.h"
#include "mime/mailbox.h"

enum header_kind {
	HEADER_TEXT,   /* unstructured, read by people: long words are encoded so that they fold */
	HEADER_OPAQUE, /* unstructured, read by programs: long words stay whole as long as the line
			  may */
	HEADER_ADDRESSES,
	HEADER_IDS,
	HEADER_DATE,
	HEADER_PARAMETERS, /* a word, then parameters: Content-Type, Content-Disposition */
	HEADER_URLS,       /* "<https://…>, <mailto:…>" (RFC 2369) */
	HEADER_RESERVED    /* made by the composer alone */
};
enum header_kind header_kind_of(slice name);

/* Bytes 33 to 126 without the colon, at most 76 (RFC 5322, 3.6.8). */
int header_check_name(slice name, courant_error **err);
/* No CR, LF, NUL or other control character but the tab, and UTF-8. `name` stands in the sentence.
 */
int header_check_value(slice name, slice value, courant_error **err);

/* Each writes "Name: value" in folded lines with their CRLF. Values are checked already. */
void header_write_text(struct buffer *, slice name, slice text, enum header_kind);
void header_write_addresses(struct buffer *, slice name, const struct mailbox_list *);
/* Message ids, each with its brackets, blanks between. */
void header_write_ids(struct buffer *, slice name, slice ids);

/* Checks one or more message ids and writes them with their brackets and single blanks between. */
int header_ids_normalize(slice name, slice ids, struct buffer *ret, courant_error **err);

/* Any header by its kind; checks what the kind asks for (addresses are parsed, dates exist). */
int header_write(struct buffer *, slice name, slice value, courant_error **err);
#endif
