/* SPDX-License-Identifier: MIT */
/* slots.h - where the numbers of things are found by the hashes of their keys: the table behind keys.h and visitors.h
 *
 * A slot holds the upper half of the hash and a number + 1; whoever has the things themselves compares keys. Slots lie in the order of their hashes, each at its home, which
 * is the hash's share of the table, or close behind. So a table of any size will do, and a large one grows by a quarter in place, from one end to the other: memory follows
 * what is there, and a large table never has a second one beside it while it grows. */
#ifndef COURANT_WEBLOG_SLOTS_H
#define COURANT_WEBLOG_SLOTS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SLOTS_NONE UINT32_MAX

struct slots {
	uint64_t *words; /* 0: free, as the last one always is. NULL before the first is added */
	size_t homes;    /* how many of them are homes; those behind are for what is pushed over the end */
	size_t space;
	size_t n;
};

void slots_release(struct slots *);
size_t slots_bytes(const struct slots *);

static inline size_t slots_home(const struct slots *slots, uint64_t hash)
{
	return (size_t)((hash >> 32) * slots->homes >> 32);
}

/* Brings what a look-up will touch nearer. */
static inline void slots_prefetch(const struct slots *slots, uint64_t hash)
{
	if (slots->words)
		__builtin_prefetch(&slots->words[slots_home(slots, hash)]);
}

/* All numbers under the upper half of a hash, one by one: begin with *at = SIZE_MAX. SLOTS_NONE at the end. */
static inline uint32_t slots_next(const struct slots *slots, uint64_t hash, size_t *at)
{
	const uint64_t tag = hash >> 32;

	if (!slots->words)
		return SLOTS_NONE;
	*at = *at == SIZE_MAX ? slots_home(slots, hash) : *at + 1;
	while (slots->words[*at] && slots->words[*at] >> 32 < tag)
		++*at;
	return slots->words[*at] && slots->words[*at] >> 32 == tag ? (uint32_t)slots->words[*at] - 1 : SLOTS_NONE;
}

/* Adds a number, less than SLOTS_NONE. -1: no memory. */
int slots_add(struct slots *, uint64_t hash, uint32_t number);
#endif
