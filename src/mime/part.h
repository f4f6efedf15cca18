/* SPDX-License-Identifier: MIT */
/* part.h - one node of a mail (RFC 2045), as the composer sees it */
#ifndef COURANT_MIME_PART_H
#define COURANT_MIME_PART_H
#include <courant/message.h>

#include "base/auto.h"
#include "mime/arena.h"
#include "mime/parameter.h"

/* Deeper trees are somebody's mistake or somebody's attack. */
#define PART_DEPTH_MAX 100
#define PARTS_MAX      100000

/* One header: as it was given. */
struct field {
	slice name, value; /* terminated */
};
struct fields {
	struct field *items;
	size_t n;
	size_t space;
};

/* Copied into the arena; not checked. */
int fields_add(struct fields *, struct arena *, slice name, slice value, courant_error **err);
const struct field *fields_find(const struct fields *, slice name);
size_t fields_remove(struct fields *, slice name);

enum part_kind {
	PART_TEXT,     /* in memory */
	PART_DATA,     /* from a reader, encoded */
	PART_EMBEDDED, /* from a reader, a message: never encoded */
	PART_MULTIPART,
};

#define PART_GROUND_BYTES 384 /* the headers of a usual part */

struct courant_part {
	struct arena arena;
	enum part_kind kind;
	struct parameters type;
	struct parameters disposition; /* without one its word is empty */
	bool is_taken; /* by a multipart or a message, which frees it */
	bool is_name_doubled;          /* the file name goes into Content-Type too */
	slice name_charset;            /* {NULL, 0}: UTF-8 */
	struct fields fields;          /* all other headers */
	enum courant_encoding encoding;

	char *text; /* PART_TEXT: owned */
	size_t text_len;
	bool is_flowed;

	courant_reader *data; /* PART_DATA, PART_EMBEDDED */

	courant_part **parts; /* PART_MULTIPART: owned */
	size_t n_parts;
	size_t space;
	slice boundary; /* empty: one is made */

	bool has_seed;
	uint64_t seed;
	slice shown; /* a header put together for a caller */
	_Alignas(16) char ground[PART_GROUND_BYTES];
};

AUTO_DEFINE(part, courant_part, courant_part_free)

/* `type`: "text/plain" and the like, checked by the caller. */
courant_part *part_new(enum part_kind kind, slice type, slice subtype, courant_error **err);

/* For a part that lives inside something else: released by arena_release(&part->arena). */
int part_init(courant_part *, enum part_kind kind, slice type, slice subtype, courant_error **err);

/* Before a part is taken: it must not be NULL, and must not be somebody's already; then it stays
 * where it is. */
int part_claim(courant_part *, courant_error **err);

static inline slice part_file_name(const courant_part *part)
{
	return parameters_get(&part->disposition, SLICE("filename"));
}

/* "inline" or "attachment", keeping the parameters. */
int part_set_disposition(courant_part *, slice word, courant_error **err);

/* Content-Type, Content-Disposition and the other headers, but not Content-Transfer-Encoding, which
 * the content decides. `boundary` is empty for what is no multipart. */
int part_write_headers(courant_part *, struct buffer *, slice boundary, courant_error **err);
#endif
