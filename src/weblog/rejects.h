/* SPDX-License-Identifier: MIT */
/* rejects.h - samples of the lines that could not be read */
#ifndef COURANT_WEBLOG_REJECTS_H
#define COURANT_WEBLOG_REJECTS_H
#include "weblog/line.h"

#define REJECTS_EACH       10  /* samples of a reason */
#define REJECTS_TEXT_BYTES 500 /* of a line */

struct reject {
	uint32_t file;    /* the caller's number of it */
	uint32_t block;   /* in the file, until rejects_number */
	uint64_t line;    /* counted from 1: in the block, then in the file */
	bool is_numbered;
	char *text;       /* the beginning of the line */
	size_t text_len;
};

struct rejects {
	uint64_t n; /* of all */
	struct reject samples[LINE_FAULTS][REJECTS_EACH];
	size_t n_samples[LINE_FAULTS];
};

/* Lines come in the order of (file, block, line), which keeps the first ones. -1: no memory. */
int rejects_add(struct rejects *, uint32_t file, uint32_t block, uint64_t line, enum line_fault, slice text);

struct feed;
/* Makes line numbers those of the file, which has been read to its end. */
void rejects_number(struct rejects *, uint32_t file, const struct feed *);

/* Adds what others have rejected, and empties them; of the samples the first ones are kept. */
void rejects_join(struct rejects *, struct rejects *other);
void rejects_release(struct rejects *);
#endif
