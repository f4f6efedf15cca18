/* SPDX-License-Identifier: MIT */
/* hash.h - keys interned once: a slice becomes a small dense number
 *
 * Open addressing, keys copied into an arena. Values live in the caller's own arrays, indexed by the id (0, 1, 2 … in the order of first sight).
 * Hashing is seeded (base/random.h), so that a stranger's keys cannot be made to collide. */
#ifndef COURANT_BASE_HASH_H
#define COURANT_BASE_HASH_H
#include <stdint.h>

#include "base/auto.h"
#include "base/fail.h"
#include "base/slice.h"

/* 64 well-mixed bits of the bytes. The same seed gives the same hash on every machine. */
uint64_t hash_bytes(slice, uint64_t seed);
uint64_t hash_u64(uint64_t value, uint64_t seed);

struct hash_slot; /* in hash.c */
struct hash_key;
struct hash_block;

struct hash_table {
	uint64_t seed;
	struct hash_slot *slots;
	size_t slot_mask; /* number of slots - 1; 0 before the first key */
	const struct hash_key **keys; /* by id; they lie in the arena */
	uint32_t n, space;
	struct hash_block *arena;
	size_t arena_bytes;
};

void hash_table_init(struct hash_table *, uint64_t seed); /* allocates nothing */
void hash_table_release(struct hash_table *);
AUTO_DEFINE_VALUE(hash_table, struct hash_table, hash_table_release)

#define HASH_NONE UINT32_MAX

/* The id of the key, added when it is new (*ret_new may be NULL). At most 2^32 - 2 keys, each under 4 GB. After a failure the table is as it was. */
int hash_table_add(struct hash_table *, slice key, uint32_t *ret_id, bool *ret_new, courant_error **err);
uint32_t hash_table_find(const struct hash_table *, slice key); /* or HASH_NONE */

slice hash_table_key(const struct hash_table *, uint32_t id);   /* borrowed while the table lives */
size_t hash_table_bytes(const struct hash_table *); /* memory held */
#endif
