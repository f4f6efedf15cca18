/* SPDX-License-Identifier: MIT */
/* plan.h - a mail worked out before its first byte is read
 *
 * Headers, boundaries and texts are written into one buffer; what comes from readers stands between them as pieces whose encoded size is known. So the size of the
 * whole is known, and reading it takes constant memory. */
#ifndef COURANT_MIME_PLAN_H
#define COURANT_MIME_PLAN_H
#include "base/random.h"
#include "mime/part.h"

struct piece {
	size_t from, to;     /* in the plan's bytes; or */
	courant_part *part;  /* the content of this part, */
	enum courant_encoding encoding;
	uint64_t raw_size;   /* so long before */
	uint64_t size;       /* and after the encoding */
};

struct plan {
	struct buffer bytes;
	size_t mark; /* up to here the bytes are in pieces */
	struct piece *pieces;
	size_t n_pieces;
	size_t space;
	struct courant_facts facts; /* of the whole */
	slice boundaries[PART_DEPTH_MAX + 4]; /* of the multiparts around, outermost first */
	size_t n_boundaries;
	struct random_stream random;
};

void plan_init(struct plan *, uint64_t seed);
void plan_release(struct plan *);
AUTO_DEFINE_VALUE(plan, struct plan, plan_release)

/* The part with its headers, and everything inside. */
int plan_add_part(struct plan *, courant_part *, courant_error **err);
/* When all is added: measures. */
int plan_finish(struct plan *, courant_error **err);

/* Reads the planned bytes. Takes the plan's content; the parts are borrowed. */
courant_reader *plan_reader_new(struct plan *, courant_error **err);
/* All of it in memory. */
char *plan_take_bytes(struct plan *, size_t *ret_len, courant_error **err);
#endif
