/* SPDX-License-Identifier: MIT */
/* visitors.h - visitors of one window: who came when, and what each has seen
 *
 * A visitor is an address with a user agent, known by a key of 64 bits of a keyed hash of both. Its times are kept as stretches within an hour that have no gap of more than half an hour, joined as
 * far as they meet: that suffices to make visits of its hits in whatever order they are added, and in an hour no three stretches lie so far apart. What it has seen (paths, referring
 * sites) is a set of numbers (seen.h), so that "distinct visitors of a path" is counted when it enters. */
#ifndef COURANT_WEBLOG_VISITORS_H
#define COURANT_WEBLOG_VISITORS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "weblog/seen.h"
#include "weblog/slots.h"

#define VISIT_GAP_S  1800
#define VISITOR_NONE SLOTS_NONE

/* A stretch of a visit, in seconds after the beginning of the hour. Hours are the caller's: any numbers but VISITOR_NONE. */
struct stretch {
	uint32_t hour;
	uint16_t first, last;
};

/* As small as can be: there are as many as a log has visitors. */
struct visitor {
	uint64_t key;
	uint64_t bytes;
	uint32_t address, agent; /* the caller's numbers */
	uint32_t hits;
	uint32_t earlier;        /* its other stretches */
	struct stretch now;      /* the one that was added to last; its hour is VISITOR_NONE when there is none */
	struct seen seen;
	bool reads_robots_txt;
};

struct visitors {
	struct slots slots; /* of indices */
	size_t n;
	void **chunks;
	size_t n_chunks;
	void **earlier_chunks;
	size_t n_earlier, n_earlier_chunks;
	struct seen_store seen;
};

void visitors_init(struct visitors *);
void visitors_release(struct visitors *);

/* The visitor, added when it is new. VISITOR_NONE: no memory. */
uint32_t visitors_add(struct visitors *, uint64_t key, uint32_t address, uint32_t agent, bool *ret_new);

#define VISITORS_CHUNK_BITS 12

static inline struct visitor *visitors_at(const struct visitors *visitors, uint32_t index)
{
	return (struct visitor *)visitors->chunks[index >> VISITORS_CHUNK_BITS] + (index & ((1u << VISITORS_CHUNK_BITS) - 1));
}

/* Adds a stretch that the visitor was there. -1: no memory. */
int visitors_add_stretch(struct visitors *, struct visitor *, const struct stretch *);

/* A hit, `second` seconds after the beginning of the hour. -1: no memory. */
static inline int visitors_hit(struct visitors *visitors, struct visitor *visitor, uint32_t hour, unsigned second)
{
	struct stretch *const now = &visitor->now;

	visitor->hits++;
	/* Mostly it goes on with what was last. */
	if (now->hour != hour || second < now->first || second > now->last + (unsigned)VISIT_GAP_S)
		return visitors_add_stretch(visitors, visitor, &(struct stretch){hour, (uint16_t)second, (uint16_t)second});
	if (second > now->last)
		now->last = (uint16_t)second;
	return 0;
}

/* Marks a number as seen: 1 the first time, 0 later, -1: no memory. Numbers are not 0. */
static inline int visitors_see(struct visitors *visitors, struct visitor *visitor, uint32_t number)
{
	return seen_add(&visitors->seen, &visitor->seen, number);
}

/* All stretches of a visitor, the latest first, into `into` (room for as many as visitors_count_stretches says). */
size_t visitors_count_stretches(const struct visitors *, const struct visitor *);
void visitors_list_stretches(const struct visitors *, const struct visitor *, struct stretch *into);

size_t visitors_bytes(const struct visitors *); /* memory held */
#endif
