/* SPDX-License-Identifier: MIT */
/* plan.h - a mail worked out before its first byte is read
 *
 * Headers, boundaries and texts are written into one buffer; what comes from readers stands between
 * them as pieces whose encoded size is known. So the size of the whole is known, and reading it
 * takes constant memory. */
#ifndef COURANT_MIME_PLAN_H
#define COURANT_MIME_PLAN_H
#include "base/random.h"
#include "mime/part.h"

struct piece {
	size_t from, to;    /* in the plan's bytes; or */
	courant_part *part; /* the content of this part, */
	enum courant_encoding encoding;
	uint64_t raw_size; /* so long before */
	uint64_t size;     /* and after the encoding */
};

struct plan {
	struct buffer bytes;
	size_t mark; /* up to here the bytes are in pieces */
	struct piece *pieces;
	size_t n_pieces;
	size_t space;
	uint64_t size_bytes;                  /* of the whole */
	bool has_eight_bit;                   /* in a content from a reader */
	size_t longest_line;                  /* in such contents */
	slice boundaries[PART_DEPTH_MAX + 4]; /* of the multiparts around, outermost first */
	size_t n_boundaries;
	struct random_stream random; /* for boundaries: seeded when there is a multipart */
};

/* Room is made at once for about so many bytes. */
void plan_init(struct plan *, size_t expected_bytes);
void plan_release(struct plan *);
AUTO_DEFINE_VALUE(plan, struct plan, plan_release)

/* The part with its headers, and everything inside. */
int plan_add_part(struct plan *, courant_part *, courant_error **err);
/* When all is added: the size. */
int plan_finish(struct plan *, courant_error **err);
/* What is known of the bytes, after plan_finish(). */
void plan_measure(const struct plan *, struct courant_facts *ret);

/* Reads the planned bytes. Takes the plan's content; the parts are borrowed. */
courant_reader *plan_reader_new(struct plan *, courant_error **err);
/* All of it in memory. */
char *plan_take_bytes(struct plan *, size_t *ret_len, courant_error **err);
#endif
