/* SPDX-License-Identifier: MIT */
/* visitors.h - visitors of one window: who came when, and what each has seen
 *
 * A visitor is an address with a user agent, known by a key of 64 bits of a keyed hash of both. What is kept of its times is, for each hour it came in, at most two intervals that lie more than half an hour
 * apart: that suffices to join its hits to visits in whatever order they are added (three hits more than half an hour apart from each other do not fit
 * into one hour). What it has seen (paths, referring sites) is a set of references, so that "distinct visitors of a path" is counted when it enters. */
#ifndef COURANT_WEBLOG_VISITORS_H
#define COURANT_WEBLOG_VISITORS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VISIT_GAP_S  1800
#define VISITOR_NONE UINT32_MAX

/* Seconds after the beginning of the hour; the second one is later than the first by more than the gap. */
struct visit_intervals {
	uint16_t first[2], last[2]; /* first is VISIT_UNUSED where there is none */
};
#define VISIT_UNUSED UINT16_MAX

struct visitor {
	uint64_t key;
	uint64_t bytes;
	uint32_t address, agent; /* the caller's numbers */
	uint32_t hits;
	uint32_t hour;           /* the bucket `now` belongs to */
	struct visit_intervals now;
	uint32_t earlier;        /* its other hours */
	uint32_t n_seen;
	uint32_t *seen;
	uint8_t seen_class;      /* room for 4 << class */
	bool reads_robots_txt;
};

struct visitors {
	uint64_t *slots; /* high half of the hash, index + 1 */
	size_t slot_mask;
	size_t n;
	void **chunks;
	size_t n_chunks;
	void **hour_chunks;
	size_t n_hours, n_hour_chunks;
	char *slab; /* sets are cut from slabs, each of which begins with a pointer to the one before */
	size_t slab_left;
	void *free_sets[8];
	size_t set_bytes; /* of slabs, and of sets that are too large for them */
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

/* A hit, `second` seconds after the beginning of the hour. Hours are the caller's: any numbers. -1: no memory. */
int visitors_hit_anywhere(struct visitors *, struct visitor *, uint32_t hour, unsigned second);

static inline int visitors_hit(struct visitors *visitors, struct visitor *visitor, uint32_t hour, unsigned second)
{
	struct visit_intervals *const now = &visitor->now;

	/* Mostly it goes on with the visit that was last. */
	if (visitor->hour != hour || now->first[1] != VISIT_UNUSED || second < now->first[0] || second > now->last[0] + (unsigned)VISIT_GAP_S)
		return visitors_hit_anywhere(visitors, visitor, hour, second);
	visitor->hits++;
	if (second > now->last[0])
		now->last[0] = (uint16_t)second;
	return 0;
}

/* Marks a reference as seen: 1 the first time, 0 later, -1: no memory. References are not 0. */
int visitors_see(struct visitors *, struct visitor *, uint32_t ref);

/* Intervals of an hour that were counted elsewhere. -1: no memory. */
int visitors_add_hour(struct visitors *, struct visitor *, uint32_t hour, const struct visit_intervals *);

/* What a visitor has seen, one by one: begin with 0. False at the end. */
bool visitors_next_seen(const struct visitor *, size_t *at, uint32_t *ret_ref);

/* All hours of a visitor, into `into` (room for as many as visitors_count_hours says). An hour may come more than once. */
struct visit_record {
	uint32_t hour;
	struct visit_intervals intervals;
};
size_t visitors_count_hours(const struct visitors *, const struct visitor *);
void visitors_list_hours(const struct visitors *, const struct visitor *, struct visit_record *into);

size_t visitors_bytes(const struct visitors *); /* memory held */

/* Joins what is known of the same hour from two places. */
void visit_intervals_join(struct visit_intervals *, const struct visit_intervals *other);
#endif
