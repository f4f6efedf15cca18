/* SPDX-License-Identifier: MIT */
/* rejects.h - samples of the lines that could not be read */
#ifndef COURANT_WEBLOG_REJECTS_H
#define COURANT_WEBLOG_REJECTS_H
#include "weblog/line.h"

#define REJECTS_EACH       10  /* samples of a reason */
#define REJECTS_TEXT_BYTES 500 /* of a line */

struct reject {
	uint32_t file;   /* the caller's number of it */
	uint64_t line;   /* counted from 1 */
	enum line_fault fault;
	char *text;      /* the beginning of the line */
	size_t text_len;
};

struct rejects {
	uint64_t n; /* of all */
	struct reject samples[LINE_FAULTS][REJECTS_EACH];
	size_t n_samples[LINE_FAULTS];
};

/* Lines come in the order of (file, line), which keeps the first ones. -1: no memory. */
int rejects_add(struct rejects *, uint32_t file, uint64_t line, enum line_fault, slice text);
void rejects_release(struct rejects *);
#endif
