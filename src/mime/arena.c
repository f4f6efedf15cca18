/* SPDX-License-Identifier: MIT */
/* arena.c - ground that is only ever built on */
#include "mime/arena.h"

#include <stdalign.h>
#include <stdint.h>

#include "base/ascii.h"

#define BLOCK_BYTES ((size_t)4096)
#define ALIGNMENT   alignof(max_align_t)

struct arena_block {
	struct arena_block *next;
	alignas(max_align_t) char bytes[];
};

void arena_init(struct arena *arena, void *ground, size_t size)
{
	*arena = (struct arena){.at = ground, .left = size};
}

void arena_release(struct arena *arena)
{
	while (arena->blocks) {
		struct arena_block *next = arena->blocks->next;

		free(arena->blocks);
		arena->blocks = next;
	}
	arena_init(arena, NULL, 0);
}

static char *block_add(struct arena *arena, size_t size)
{
	size_t need;

	if (!size_add(size, sizeof(struct arena_block), &need))
		return NULL;

	struct arena_block *block = mem_resize(NULL, need, 1);

	if (!block)
		return NULL;
	block->next = arena->blocks;
	arena->blocks = block;
	return block->bytes;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	const size_t skew = (size_t)(-(uintptr_t)arena->at) % ALIGNMENT;

	if (arena->left >= skew && size <= arena->left - skew) {
		char *at = arena->at + skew;

		arena->at = at + size;
		arena->left -= skew + size;
		return at;
	}
	/* What is large gets a block of its own, so that the rest of this one is not lost. */
	if (size > BLOCK_BYTES / 4)
		return block_add(arena, size);

	char *at = block_add(arena, BLOCK_BYTES);

	if (!at)
		return NULL;
	arena->at = at + size;
	arena->left = BLOCK_BYTES - size;
	return at;
}

void *arena_grow(struct arena *arena, const void *old, size_t old_n, size_t n, size_t size_each)
{
	size_t size;

	if (!size_mul(n, size_each, &size))
		return NULL;

	void *grown = arena_alloc(arena, size);

	if (grown && old_n)
		memcpy(grown, old, old_n * size_each);
	return grown;
}

slice arena_copy(struct arena *arena, slice bytes)
{
	size_t size;
	char *copy = size_add(bytes.len, 1, &size) ? arena_alloc(arena, size) : NULL;

	if (!copy)
		return slice_from(NULL, 0);
	if (bytes.len)
		memcpy(copy, bytes.ptr, bytes.len);
	copy[bytes.len] = '\0';
	return slice_from(copy, bytes.len);
}

slice arena_copy_lower(struct arena *arena, slice text)
{
	const slice copy = arena_copy(arena, text);

	for (size_t i = 0; copy.ptr && i < copy.len; i++)
		((char *)copy.ptr)[i] = ascii_lower(copy.ptr[i]);
	return copy;
}
