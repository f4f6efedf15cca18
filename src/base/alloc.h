/* SPDX-License-Identifier: MIT */
/* alloc.h - every allocation of ours, so that tests can fail each one in turn
 *
 * NULL means no memory; nothing aborts. What comes from here is freed by free(3). */
#ifndef COURANT_BASE_ALLOC_H
#define COURANT_BASE_ALLOC_H
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/slice.h"

#define ALLOC_RESULT __attribute__((warn_unused_result))

ALLOC_RESULT void *mem_alloc(size_t size_bytes);          /* zeroed */
ALLOC_RESULT void *mem_array(size_t n, size_t size_each); /* zeroed; NULL when the product overflows too */
ALLOC_RESULT void *mem_resize(void *old, size_t n, size_t size_each); /* realloc; on NULL the old one stays; new part not zeroed */
ALLOC_RESULT char *mem_copy(slice bytes);                 /* a copy with a NUL behind it */
ALLOC_RESULT char *mem_copy_text(const char *text);       /* NULL gives NULL */

/* An array of *space items with room for one more behind n: the old one, or one of twice the space, at first of `first`. As mem_resize(); *space follows. */
ALLOC_RESULT static inline void *mem_room(void *old, size_t n, size_t *space, size_t first, size_t size_each)
{
	if (n < *space)
		return old;

	const size_t wanted = *space ? 2 * *space : first;
	void *items = mem_resize(old, wanted, size_each);

	if (items)
		*space = wanted;
	return items;
}

/* Sums and products of sizes from outside: false on overflow, *ret untouched. */
static inline bool size_add(size_t a, size_t b, size_t *ret)
{
	size_t sum;

	if (__builtin_add_overflow(a, b, &sum))
		return false;
	*ret = sum;
	return true;
}

static inline bool size_mul(size_t a, size_t b, size_t *ret)
{
	size_t product;

	if (__builtin_mul_overflow(a, b, &product))
		return false;
	*ret = product;
	return true;
}

/* For tests: the n-th allocation of this thread from now on fails (1 = the next), once. 0 switches it off. Returns whether the one
 * asked for before has failed. */
bool alloc_fail_at(unsigned long n);
#endif
