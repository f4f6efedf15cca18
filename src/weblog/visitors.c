/* SPDX-License-Identifier: MIT */
/* visitors.c - visitors of one window (visitors.h) */
#include "weblog/visitors.h"

#include "base/alloc.h"

#define CHUNK ((size_t)1 << VISITORS_CHUNK_BITS)

/* How far back a stretch is looked for that another one goes on with: lines are nearly in order. */
#define LOOK_BACK 4

struct earlier {
	struct stretch stretch;
	uint32_t earlier;
};

void visitors_init(struct visitors *visitors)
{
	*visitors = (struct visitors){0};
}

void visitors_release(struct visitors *visitors)
{
	for (size_t i = 0; i < visitors->n_chunks; i++)
		free(visitors->chunks[i]);
	for (size_t i = 0; i < visitors->n_earlier_chunks; i++)
		free(visitors->earlier_chunks[i]);
	free(visitors->chunks);
	free(visitors->earlier_chunks);
	seen_store_release(&visitors->seen);
	slots_release(&visitors->slots);
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

/* Visitors are found by the lower half of their keys: in a sample every key begins with zeros (struct tally_bound), and all would share a few homes. */
static uint64_t slot_hash(uint64_t key)
{
	return key << 32 | key >> 32;
}

static uint32_t add_visitor(struct visitors *visitors, uint64_t key, uint32_t address, uint32_t agent)
{
	const uint32_t index = (uint32_t)visitors->n;

	if (index == VISITOR_NONE || reach_chunk(&visitors->chunks, &visitors->n_chunks, index, sizeof(struct visitor)) < 0 ||
	    slots_add(&visitors->slots, slot_hash(key), index) < 0)
		return VISITOR_NONE;
	visitors->n++;
	*visitors_at(visitors, index) = (struct visitor){
		.key = key,
		.address = address,
		.agent = agent,
		.earlier = VISITOR_NONE,
		.now = {.hour = VISITOR_NONE},
	};
	return index;
}

uint32_t visitors_add(struct visitors *visitors, uint64_t key, uint32_t address, uint32_t agent, bool *ret_new)
{
	size_t at = SIZE_MAX;
	uint32_t index;

	while ((index = slots_next(&visitors->slots, slot_hash(key), &at)) != VISITOR_NONE && visitors_at(visitors, index)->key != key)
		;
	*ret_new = index == VISITOR_NONE;
	return *ret_new ? add_visitor(visitors, key, address, agent) : index;
}

/* Whether they meet: then both are in `into`. */
static bool join(struct stretch *into, const struct stretch *other)
{
	if (into->hour != other->hour || other->first > into->last + (unsigned)VISIT_GAP_S || into->first > other->last + (unsigned)VISIT_GAP_S)
		return false;
	if (other->first < into->first)
		into->first = other->first;
	if (other->last > into->last)
		into->last = other->last;
	return true;
}

static struct earlier *earlier_at(const struct visitors *visitors, uint32_t index)
{
	return (struct earlier *)visitors->earlier_chunks[index >> VISITORS_CHUNK_BITS] + (index & (CHUNK - 1));
}

/* Whether it goes on with one of the earlier ones, which then is the current one. */
static bool join_earlier(struct visitors *visitors, struct visitor *visitor, const struct stretch *stretch)
{
	uint32_t index = visitor->earlier;

	for (int i = 0; i < LOOK_BACK && index != VISITOR_NONE; i++) {
		struct earlier *earlier = earlier_at(visitors, index);

		if (join(&earlier->stretch, stretch)) {
			const struct stretch now = visitor->now;

			visitor->now = earlier->stretch;
			earlier->stretch = now;
			return true;
		}
		index = earlier->earlier;
	}
	return false;
}

int visitors_add_stretch(struct visitors *visitors, struct visitor *visitor, const struct stretch *stretch)
{
	if (join(&visitor->now, stretch) || join_earlier(visitors, visitor, stretch))
		return 0;
	if (visitor->now.hour != VISITOR_NONE) {
		const uint32_t index = (uint32_t)visitors->n_earlier;

		if (index == VISITOR_NONE || reach_chunk(&visitors->earlier_chunks, &visitors->n_earlier_chunks, index, sizeof(struct earlier)) < 0)
			return -1;
		visitors->n_earlier++;
		*earlier_at(visitors, index) = (struct earlier){visitor->now, visitor->earlier};
		visitor->earlier = index;
	}
	visitor->now = *stretch;
	return 0;
}

size_t visitors_count_stretches(const struct visitors *visitors, const struct visitor *visitor)
{
	size_t n = visitor->now.hour != VISITOR_NONE;

	for (uint32_t at = visitor->earlier; at != VISITOR_NONE; at = earlier_at(visitors, at)->earlier)
		n++;
	return n;
}

void visitors_list_stretches(const struct visitors *visitors, const struct visitor *visitor, struct stretch *into)
{
	if (visitor->now.hour != VISITOR_NONE)
		*into++ = visitor->now;
	for (uint32_t at = visitor->earlier; at != VISITOR_NONE; at = earlier_at(visitors, at)->earlier)
		*into++ = earlier_at(visitors, at)->stretch;
}

size_t visitors_bytes(const struct visitors *visitors)
{
	return slots_bytes(&visitors->slots) + visitors->n * sizeof(struct visitor) + visitors->n_earlier * sizeof(struct earlier) +
	       seen_store_bytes(&visitors->seen);
}
