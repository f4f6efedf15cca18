/* SPDX-License-Identifier: MIT */
/* space_saving.h - which keys came most often, when not all of them can be kept, and how wrong their counts can be
 *
 * A. Metwally, D. Agrawal, A. El Abbadi: "Efficient computation of frequent and top-k elements in data streams", 2005; but instead of replacing the least frequent
 * key by each new one, the less frequent half goes at once when a table is full, so that nothing has to be kept in order meanwhile.
 *
 * The table is the caller's. It keeps `missed`, 0 at first: no key that is not in the table has come more often than that. A key that enters has its own count
 * from 0 on, and keeps the `missed` of that moment: so often it may have come before. When a table has had n keys in all, and each cut left k of them at least,
 * `missed` is at most n / k. */
#ifndef COURANT_SKETCH_SPACE_SAVING_H
#define COURANT_SKETCH_SPACE_SAVING_H
#include <stddef.h>
#include <stdint.h>

/* What has to go of a full table. */
struct space_saving_cut {
	uint64_t missed;  /* what `missed` becomes: all keys whose most (their count, and what they may have come before) is less … */
	size_t may_stay;  /* … and of those whose most is just that all but so many */
};

/* Reorders the mosts of all keys. Half of the keys go, rounded up. */
struct space_saving_cut space_saving_cut(uint64_t *mosts, size_t n);
#endif
