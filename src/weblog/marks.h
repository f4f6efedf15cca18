/* SPDX-License-Identifier: MIT */
/* marks.h - where the bytes stand that tell a log line apart: quote, backslash, line feed
 *
 * A block is looked at once, 64 bytes at a time, by the widest instructions the machine has; what comes out is a bit a byte. The portable way does the same
 * and is what the others are tested against. */
#ifndef COURANT_WEBLOG_MARKS_H
#define COURANT_WEBLOG_MARKS_H
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

/* Sets a bit for each mark among `n` bytes; n is a multiple of 64. */
typedef void marks_finder(const char *bytes, size_t n, uint64_t *ret_bits);

struct marks_way {
	const char *name; /* "avx2" */
	marks_finder *find;
	bool (*is_there)(void); /* on this machine */
};

/* From the slowest (portable, always there) to the fastest. */
extern const struct marks_way marks_ways[];
extern const size_t marks_ways_count;

/* The fastest one that is there. */
const struct marks_way *marks_best(void);
#endif
