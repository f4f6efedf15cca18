/* SPDX-License-Identifier: MIT */
/* visitors.c - visitors of one window (visitors.h) */
#include "weblog/visitors.h"

#include <string.h>

#include "base/alloc.h"
#include "weblog/keys.h"

#define CHUNK        ((size_t)1 << VISITORS_CHUNK_BITS)
#define SLAB_BYTES   ((size_t)1 << 18)
#define SLAB_CLASSES 8  /* sets of up to 512 are cut from slabs, larger ones are allocated */
#define LINEAR_MAX   32 /* up to here a set is searched from end to end, above it is hashed */

/* How far back an hour is looked for before it is entered again: lines are nearly in order. */
#define HOURS_LOOK_BACK 4

struct visit_hour {
	struct visit_record record;
	uint32_t earlier;
};

void visitors_init(struct visitors *visitors)
{
	*visitors = (struct visitors){0};
}

static size_t set_room(unsigned class)
{
	return (size_t)4 << class;
}

void visitors_release(struct visitors *visitors)
{
	for (size_t i = 0; i < visitors->n; i++) {
		struct visitor *visitor = visitors_at(visitors, (uint32_t)i);

		if (visitor->seen_class >= SLAB_CLASSES)
			free(visitor->seen);
	}
	for (size_t i = 0; i < visitors->n_chunks; i++)
		free(visitors->chunks[i]);
	for (size_t i = 0; i < visitors->n_hour_chunks; i++)
		free(visitors->hour_chunks[i]);
	for (char *slab = visitors->slab, *before; slab; slab = before) {
		memcpy(&before, slab, sizeof before);
		free(slab);
	}
	free(visitors->chunks);
	free(visitors->hour_chunks);
	free(visitors->slots);
	*visitors = (struct visitors){0};
}

/* Room for item number n in an array of chunks. */
static int reach_chunk(void ***chunks, size_t *n_chunks, size_t n, size_t item_bytes)
{
	if (n >> VISITORS_CHUNK_BITS < *n_chunks)
		return 0;
	/* The array of chunks doubles at powers of two. */
	if ((*n_chunks & (*n_chunks - 1)) == 0) {
		void **grown = mem_resize(*chunks, *n_chunks ? 2 * *n_chunks : 1, sizeof *grown);

		if (!grown)
			return -1;
		*chunks = grown;
	}

	void *chunk = mem_array(CHUNK, item_bytes);

	if (!chunk)
		return -1;
	(*chunks)[(*n_chunks)++] = chunk;
	return 0;
}

static int grow_slots(struct visitors *visitors)
{
	const size_t n = visitors->slots ? 2 * (visitors->slot_mask + 1) : 64;
	uint64_t *slots = mem_array(n, sizeof *slots);

	if (!slots)
		return -1;
	for (size_t i = 0; visitors->slots && i <= visitors->slot_mask; i++) {
		size_t at = (visitors->slots[i] >> 32) & (n - 1);

		if (!visitors->slots[i])
			continue;
		while (slots[at])
			at = (at + 1) & (n - 1);
		slots[at] = visitors->slots[i];
	}
	free(visitors->slots);
	visitors->slots = slots;
	visitors->slot_mask = n - 1;
	return 0;
}

static uint32_t add_visitor(struct visitors *visitors, uint64_t key, uint32_t address, uint32_t agent)
{
	if (visitors->n == VISITOR_NONE ||
	    reach_chunk(&visitors->chunks, &visitors->n_chunks, visitors->n, sizeof(struct visitor)) < 0)
		return VISITOR_NONE;

	const uint32_t index = (uint32_t)visitors->n++;

	*visitors_at(visitors, index) = (struct visitor){
		.key = key,
		.address = address,
		.agent = agent,
		.hour = VISITOR_NONE,
		.now = {.first = {VISIT_UNUSED, VISIT_UNUSED}},
		.earlier = VISITOR_NONE,
	};
	return index;
}

uint32_t visitors_add(struct visitors *visitors, uint64_t key, uint32_t address, uint32_t agent, bool *ret_new)
{
	const uint64_t tag = key >> 32;

	if ((!visitors->slots || visitors->n + 1 > (visitors->slot_mask + 1) / 4 * 3) && grow_slots(visitors) < 0)
		return VISITOR_NONE;

	size_t i = tag & visitors->slot_mask;

	for (; visitors->slots[i]; i = (i + 1) & visitors->slot_mask) {
		const uint32_t index = (uint32_t)visitors->slots[i] - 1;

		if (visitors->slots[i] >> 32 == tag && visitors_at(visitors, index)->key == key) {
			*ret_new = false;
			return index;
		}
	}

	const uint32_t index = add_visitor(visitors, key, address, agent);

	if (index != VISITOR_NONE)
		visitors->slots[i] = tag << 32 | (index + 1);
	*ret_new = true;
	return index;
}

/* Joins [first, last] into intervals of the same hour. */
static void join(struct visit_intervals *intervals, unsigned first, unsigned last)
{
	for (int i = 0; i < 2; i++) {
		if (intervals->first[i] == VISIT_UNUSED) {
			intervals->first[i] = (uint16_t)first;
			intervals->last[i] = (uint16_t)last;
			break;
		}
		if (first > intervals->last[i] + (unsigned)VISIT_GAP_S)
			continue;
		if (last + VISIT_GAP_S < intervals->first[i]) {
			/* Before this one: there was but one, or three would fit into the hour. */
			intervals->first[1] = intervals->first[0];
			intervals->last[1] = intervals->last[0];
			intervals->first[0] = (uint16_t)first;
			intervals->last[0] = (uint16_t)last;
			return;
		}
		if (first < intervals->first[i])
			intervals->first[i] = (uint16_t)first;
		if (last > intervals->last[i])
			intervals->last[i] = (uint16_t)last;
		break;
	}
	if (intervals->first[1] != VISIT_UNUSED && intervals->first[1] <= intervals->last[0] + VISIT_GAP_S) {
		if (intervals->last[1] > intervals->last[0])
			intervals->last[0] = intervals->last[1];
		intervals->first[1] = VISIT_UNUSED;
	}
}

void visit_intervals_join(struct visit_intervals *intervals, const struct visit_intervals *other)
{
	for (int i = 0; i < 2 && other->first[i] != VISIT_UNUSED; i++)
		join(intervals, other->first[i], other->last[i]);
}

static struct visit_hour *hour_at(const struct visitors *visitors, uint32_t index)
{
	return (struct visit_hour *)visitors->hour_chunks[index >> VISITORS_CHUNK_BITS] + (index & (CHUNK - 1));
}

/* Makes `hour` the visitor's current one. */
static int change_hour(struct visitors *visitors, struct visitor *visitor, uint32_t hour)
{
	uint32_t index = visitor->earlier;

	for (int i = 0; i < HOURS_LOOK_BACK && index != VISITOR_NONE; i++) {
		struct visit_hour *earlier = hour_at(visitors, index);

		if (earlier->record.hour == hour) {
			const struct visit_record other = {visitor->hour, visitor->now};

			visitor->hour = hour;
			visitor->now = earlier->record.intervals;
			earlier->record = other;
			return 0;
		}
		index = earlier->earlier;
	}
	if (visitor->hour != VISITOR_NONE) {
		if (visitors->n_hours == VISITOR_NONE ||
		    reach_chunk(&visitors->hour_chunks, &visitors->n_hour_chunks, visitors->n_hours,
				sizeof(struct visit_hour)) < 0)
			return -1;
		index = (uint32_t)visitors->n_hours++;
		*hour_at(visitors, index) = (struct visit_hour){{visitor->hour, visitor->now}, visitor->earlier};
		visitor->earlier = index;
	}
	visitor->hour = hour;
	visitor->now = (struct visit_intervals){.first = {VISIT_UNUSED, VISIT_UNUSED}};
	return 0;
}

int visitors_hit_anywhere(struct visitors *visitors, struct visitor *visitor, uint32_t hour, unsigned second)
{
	if (visitor->hour != hour && change_hour(visitors, visitor, hour) < 0)
		return -1;
	visitor->hits++;
	join(&visitor->now, second, second);
	return 0;
}

int visitors_add_hour(struct visitors *visitors, struct visitor *visitor, uint32_t hour, const struct visit_intervals *intervals)
{
	if (visitor->hour != hour && change_hour(visitors, visitor, hour) < 0)
		return -1;
	visit_intervals_join(&visitor->now, intervals);
	return 0;
}

static void *take_set(struct visitors *visitors, unsigned class)
{
	const size_t size = set_room(class) * sizeof(uint32_t);

	if (class >= SLAB_CLASSES) {
		visitors->set_bytes += size;
		return mem_array(set_room(class), sizeof(uint32_t));
	}

	char *set = visitors->free_sets[class];

	if (set) {
		memcpy(&visitors->free_sets[class], set, sizeof(void *));
	} else {
		if (visitors->slab_left < size) {
			char *slab = mem_alloc(SLAB_BYTES);

			if (!slab)
				return NULL;
			memcpy(slab, &visitors->slab, sizeof visitors->slab);
			visitors->slab = slab;
			visitors->set_bytes += SLAB_BYTES;
			visitors->slab_left = SLAB_BYTES - 16;
		}
		set = visitors->slab + SLAB_BYTES - visitors->slab_left;
		visitors->slab_left -= size;
	}
	memset(set, 0, size);
	return set;
}

static void give_set(struct visitors *visitors, void *set, unsigned class)
{
	if (!set)
		return;
	if (class >= SLAB_CLASSES) {
		visitors->set_bytes -= set_room(class) * sizeof(uint32_t);
		free(set);
		return;
	}
	memcpy(set, &visitors->free_sets[class], sizeof(void *));
	visitors->free_sets[class] = set;
}

/* Where the reference stands in a hashed set, or its free place. */
static uint32_t *find_hashed(uint32_t *set, size_t room, uint32_t ref)
{
	size_t i = (ref * UINT32_C(0x9e3779b1)) >> 7 & (room - 1);

	while (set[i] && set[i] != ref)
		i = (i + 1) & (room - 1);
	return &set[i];
}

static int grow_set(struct visitors *visitors, struct visitor *visitor)
{
	const unsigned class = visitor->seen ? visitor->seen_class + 1u : 0;
	const size_t room = set_room(class), old_room = visitor->seen ? set_room(visitor->seen_class) : 0;
	uint32_t *set = take_set(visitors, class);

	if (!set)
		return -1;
	for (size_t i = 0, n = 0; i < old_room; i++) {
		if (!visitor->seen[i])
			continue;
		if (room > LINEAR_MAX)
			*find_hashed(set, room, visitor->seen[i]) = visitor->seen[i];
		else
			set[n++] = visitor->seen[i];
	}
	give_set(visitors, visitor->seen, visitor->seen_class);
	visitor->seen = set;
	visitor->seen_class = (uint8_t)class;
	return 0;
}

/* Four references at once. Sets have room for a multiple of four, and 0 is no reference. */
typedef uint32_t four_refs __attribute__((vector_size(16)));

static bool is_among(const uint32_t *set, size_t n, uint32_t ref)
{
	const four_refs wanted = {ref, ref, ref, ref};
	four_refs found = {0};

	for (size_t i = 0; i < n; i += 4) {
		four_refs refs;

		memcpy(&refs, set + i, sizeof refs);
		found |= (four_refs)(refs == wanted);
	}
	return found[0] | found[1] | found[2] | found[3];
}

int visitors_see(struct visitors *visitors, struct visitor *visitor, uint32_t ref)
{
	size_t room = visitor->seen ? set_room(visitor->seen_class) : 0;

	if (room <= LINEAR_MAX) {
		if (is_among(visitor->seen, visitor->n_seen, ref))
			return 0;
	} else if (*find_hashed(visitor->seen, room, ref)) {
		return 0;
	}
	if (visitor->n_seen >= (room > LINEAR_MAX ? room / 4 * 3 : room)) {
		if (grow_set(visitors, visitor) < 0)
			return -1;
		room = set_room(visitor->seen_class);
	}
	if (room > LINEAR_MAX)
		*find_hashed(visitor->seen, room, ref) = ref;
	else
		visitor->seen[visitor->n_seen] = ref;
	visitor->n_seen++;
	return 1;
}

bool visitors_next_seen(const struct visitor *visitor, size_t *at, uint32_t *ret_ref)
{
	const size_t room = visitor->seen ? set_room(visitor->seen_class) : 0;

	while (*at < room) {
		*ret_ref = visitor->seen[(*at)++];
		if (*ret_ref)
			return true;
	}
	return false;
}

size_t visitors_count_hours(const struct visitors *visitors, const struct visitor *visitor)
{
	size_t n = visitor->hour != VISITOR_NONE;

	for (uint32_t at = visitor->earlier; at != VISITOR_NONE; at = hour_at(visitors, at)->earlier)
		n++;
	return n;
}

void visitors_list_hours(const struct visitors *visitors, const struct visitor *visitor, struct visit_record *into)
{
	if (visitor->hour != VISITOR_NONE)
		*into++ = (struct visit_record){visitor->hour, visitor->now};
	for (uint32_t at = visitor->earlier; at != VISITOR_NONE; at = hour_at(visitors, at)->earlier)
		*into++ = hour_at(visitors, at)->record;
}

size_t visitors_bytes(const struct visitors *visitors)
{
	return (visitors->slots ? (visitors->slot_mask + 1) * sizeof *visitors->slots : 0) + visitors->n * sizeof(struct visitor) +
	       visitors->n_hours * sizeof(struct visit_hour) + visitors->set_bytes - visitors->slab_left;
}
