/* SPDX-License-Identifier: MIT */
/* slots.c - numbers by hashes, in a table that grows in place (slots.h) */
#include "weblog/slots.h"

#include <string.h>

#include "base/alloc.h"

#define FIRST_HOMES 64
#define SMALL_HOMES 8192 /* a smaller table doubles */
#define SPARE       32 /* words behind the homes: more than are pushed over the end of nearly all tables */

void slots_release(struct slots *slots)
{
	free(slots->words);
	*slots = (struct slots){0};
}

size_t slots_bytes(const struct slots *slots)
{
	return slots->space * sizeof *slots->words;
}

/* Makes the table longer; what is new of it is free. */
static int reach(struct slots *slots, size_t space)
{
	uint64_t *words = mem_resize(slots->words, space, sizeof *words);

	if (!words)
		return -1;
	memset(words + slots->space, 0, (space - slots->space) * sizeof *words);
	slots->words = words;
	slots->space = space;
	return 0;
}

/* All words go to the table's end, closely packed, then one by one to their new homes, or behind the one before: none of those lies behind where it is taken from, for
 * there is room for all that follow. */
static void spread(struct slots *slots)
{
	size_t from = slots->space, end = 0;

	for (size_t i = slots->space; i--;) {
		const uint64_t word = slots->words[i];

		slots->words[i] = 0;
		if (word)
			slots->words[--from] = word;
	}
	for (; from < slots->space; from++) {
		const uint64_t word = slots->words[from];
		const size_t home = slots_home(slots, word), to = home > end ? home : end;

		slots->words[from] = 0;
		slots->words[to] = word;
		end = to + 1;
	}
}

/* The more homes there are, the less is pushed over their end. */
static int grow(struct slots *slots)
{
	const size_t more = slots->homes < SMALL_HOMES ? slots->homes : slots->homes / 4;
	const size_t homes = slots->homes ? slots->homes + more : FIRST_HOMES;

	if (reach(slots, slots->homes ? slots->space + homes - slots->homes : homes + SPARE) < 0)
		return -1;
	slots->homes = homes;
	spread(slots);
	return 0;
}

/* Where a word goes: behind all of the same hash. */
static size_t place_of(const struct slots *slots, uint64_t word)
{
	size_t at = slots_home(slots, word);

	while (slots->words[at] && slots->words[at] < word)
		at++;
	return at;
}

int slots_add(struct slots *slots, uint64_t hash, uint32_t number)
{
	/* At most four fifths full: a search looks at three words or so. */
	if (slots->n >= slots->homes / 5 * 4 && grow(slots) < 0)
		return -1;

	const uint64_t word = hash >> 32 << 32 | (number + 1);
	const size_t at = place_of(slots, word);
	size_t end = at;

	while (slots->words[end])
		end++;
	if (end + 1 == slots->space && reach(slots, slots->space + SPARE) < 0)
		return -1;
	memmove(slots->words + at + 1, slots->words + at, (end - at) * sizeof *slots->words);
	slots->words[at] = word;
	slots->n++;
	return 0;
}
