/* SPDX-License-Identifier: MIT */
/* histogram.h - how often which values came, to less than one per cent, joined in any order
 *
 * Values are whole (microseconds, bytes). Up to 127 each has a bucket of its own; above, each power of two is cut into 64 buckets, so that the middle of a bucket
 * is less than 0.8 % away from every value in it. Only the buckets between the least and the greatest value take memory. */
#ifndef COURANT_SKETCH_HISTOGRAM_H
#define COURANT_SKETCH_HISTOGRAM_H
#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"
#include "sketch/varint.h"

struct histogram {
	uint64_t n;
	uint64_t least, greatest; /* exact */
	uint32_t first, buckets;  /* which of them there are */
	uint64_t *counts;
};

/* A zeroed one is empty. */
void histogram_release(struct histogram *);
AUTO_DEFINE_VALUE(histogram, struct histogram, histogram_release)

int histogram_add(struct histogram *, uint64_t value);                            /* -1: no memory */
int histogram_join(struct histogram *, const struct histogram *other);            /* -1: no memory */

static inline size_t histogram_bytes(const struct histogram *histogram) /* memory held */
{
	return histogram->buckets * sizeof *histogram->counts;
}

/* The value that the share of all values does not exceed (0.5: the median): that of rank ceil(share * n). 0 when empty. */
uint64_t histogram_quantile(const struct histogram *, double share);

/* Into bytes, and from bytes joined to what is there. -1: no memory; what is damaged leaves `is_bad` true. */
void histogram_write(const struct histogram *, struct buffer *out);
int histogram_read(struct histogram *, struct packed *from);
#endif
