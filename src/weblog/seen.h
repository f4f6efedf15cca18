/* SPDX-License-Identifier: MIT */
/* seen.h - small sets of numbers, one for each visitor, in as few bytes as will do
 *
 * Sets lie in a store and grow there, each from 16 bytes by a third or a half. As long as all numbers of a set are below 65,536 each takes two bytes, else four: so what comes often
 * should have a small number. */
#ifndef COURANT_WEBLOG_SEEN_H
#define COURANT_WEBLOG_SEEN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEEN_UNIT_BYTES 16
#define SEEN_SLAB_BITS  14 /* of units */
#define SEEN_CLASSES    19 /* of sizes that are cut from slabs */

struct seen_store {
	char **slabs; /* a set that is too large for one has an allocation of its own among them */
	size_t n_slabs, space_slabs;
	uint32_t slab; /* that sets are cut from … */
	size_t left;   /* … and units that are left of it */
	uint32_t free_sets[SEEN_CLASSES]; /* place + 1; each begins with the next one */
	size_t bytes;
};

/* Zeroed: an empty set. Six bytes, so that there is room for a flag beside it. */
struct seen {
	uint32_t place; /* slab, unit */
	uint8_t n;      /* of a set that is not hashed */
	uint8_t shape;  /* 0: it has no place; else how large it is, and how wide its numbers are */
} __attribute__((packed, aligned(2)));

void seen_store_release(struct seen_store *);
size_t seen_store_bytes(const struct seen_store *); /* memory held */

static inline char *seen_bytes(const struct seen_store *store, uint32_t place)
{
	return store->slabs[place >> SEEN_SLAB_BITS] + (size_t)(place & ((1u << SEEN_SLAB_BITS) - 1)) * SEEN_UNIT_BYTES;
}

/* Brings what seen_add will touch nearer. */
static inline void seen_prefetch(const struct seen_store *store, const struct seen *seen)
{
	if (seen->shape)
		__builtin_prefetch(seen_bytes(store, seen->place));
}

/* Adds a number that is not 0: 1 when it is new, 0 when it was there, -1: no memory. */
int seen_add(struct seen_store *, struct seen *, uint32_t number);

size_t seen_count(const struct seen_store *, const struct seen *);

/* All numbers, one by one: begin with 0. False at the end. */
bool seen_next(const struct seen_store *, const struct seen *, size_t *at, uint32_t *ret_number);
#endif
