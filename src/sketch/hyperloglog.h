/* SPDX-License-Identifier: MIT */
/* hyperloglog.h - how many different keys came, in 16 KiB however many they are
 *
 * P. Flajolet, É. Fusy, O. Gandouet, F. Meunier: "HyperLogLog: the analysis of a near-optimal cardinality estimation algorithm", 2007; the number is read off the
 * registers as O. Ertl shows in "New cardinality estimation algorithms for HyperLogLog sketches", 2017, which needs no tables of corrections and is right from
 * a handful of keys on. Sketches of the same hash can be joined in any order: what two have in common counts once. */
#ifndef COURANT_SKETCH_HYPERLOGLOG_H
#define COURANT_SKETCH_HYPERLOGLOG_H
#include <stdint.h>

#include "base/auto.h"
#include "sketch/varint.h"

#define HYPERLOGLOG_BITS  14
#define HYPERLOGLOG_ERROR 0.0081 /* standard error, as a share: 1.04 / sqrt(2^14) */

struct hyperloglog {
	unsigned char *registers; /* NULL: nothing came */
};

/* A zeroed one is empty. */
void hyperloglog_release(struct hyperloglog *);
AUTO_DEFINE_VALUE(hyperloglog, struct hyperloglog, hyperloglog_release)

/* `hash`: 64 well-mixed bits of the key. -1: no memory. */
int hyperloglog_add(struct hyperloglog *, uint64_t hash);
int hyperloglog_join(struct hyperloglog *, const struct hyperloglog *other);

double hyperloglog_estimate(const struct hyperloglog *);

/* Into bytes, and from bytes joined to what is there. -1: no memory; what is damaged leaves `is_bad` true. */
void hyperloglog_write(const struct hyperloglog *, struct buffer *out);
int hyperloglog_read(struct hyperloglog *, struct packed *from);
#endif
