/* SPDX-License-Identifier: MIT */
/* content.h - the content of a part that comes from a reader: measured, then read in its encoding,
 * in constant memory */
#ifndef COURANT_MIME_CONTENT_H
#define COURANT_MIME_CONTENT_H
#include <courant/message.h>

#include "mime/base64.h"
#include "mime/quoted_printable.h"

struct content_facts {
	uint64_t raw_size;          /* as the reader yields it */
	uint64_t size;              /* as it will be written */
	struct courant_facts facts; /* 7bit and 8bit only: of the raw bytes */
	bool has_bare_cr;
	bool has_boundary; /* 7bit and 8bit only: a line begins with two hyphens and one of the
			      boundaries */
};

/* For base64 a known size is enough; else the content is read once. The reader stands at its
 * beginning afterwards. */
int content_measure(struct content_facts *ret, courant_reader *, enum courant_encoding,
		    const slice *boundaries, size_t n_boundaries, courant_error **err);

/* Raw bytes that are read and encoded at a time: a multiple of 57. */
#define CONTENT_BLOCK_BYTES (BASE64_LINE_BYTES * 1024)

struct content {
	courant_reader *from;
	enum courant_encoding encoding;
	uint64_t raw_size; /* as it was measured */
	uint64_t raw_read;
	bool is_at_end;
	bool after_cr;
	struct qp_encoder quoted;
	char *raw;     /* a block */
	char *encoded; /* what it became, as far as it did not go to the reader at once */
	size_t at, len;
};

/* Begins at the first byte. */
int content_open(struct content *, courant_reader *, enum courant_encoding, uint64_t raw_size,
		 courant_error **err);
/* Up to `size` bytes; 0 only at the end. COURANT_IO when the source yields less or more than was
 * measured. */
int content_read(struct content *, char *into, size_t size, size_t *ret_n, courant_error **err);
void content_release(struct content *);
#endif
