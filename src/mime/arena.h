/* SPDX-License-Identifier: MIT */
/* arena.h - many small pieces that are freed together
 *
 * What belongs to one message or one parsed header lives as long as that: a pointer moves forward,
 * nothing is freed one by one. What is replaced stays until the end. The first piece of ground may
 * stand inside the owner, so that a small message costs no further allocation. */
#ifndef COURANT_MIME_ARENA_H
#define COURANT_MIME_ARENA_H
#include "base/alloc.h"
#include "base/auto.h"
#include "base/slice.h"

struct arena_block;

struct arena {
	char *at;
	size_t left;
	struct arena_block *blocks;
};

/* `ground` outlives the arena; NULL with 0 for none. */
void arena_init(struct arena *, void *ground, size_t size);
void arena_release(struct arena *);
AUTO_DEFINE_VALUE(arena, struct arena, arena_release)

/* Aligned for anything, not zeroed; NULL without memory. */
ALLOC_RESULT void *arena_alloc(struct arena *, size_t size);

/* Room for n things of size_each; those of `old` (old_n of them, NULL for none) are copied into it.
 */
ALLOC_RESULT void *arena_grow(struct arena *, const void *old, size_t old_n, size_t n,
			      size_t size_each);

/* A copy with a NUL behind it; ptr is NULL without memory. */
ALLOC_RESULT slice arena_copy(struct arena *, slice bytes);

/* The same with ASCII letters in lower case. */
ALLOC_RESULT slice arena_copy_lower(struct arena *, slice text);
#endif
