/* SPDX-License-Identifier: MIT */
/* keys.c - keys interned once (keys.h) */
#include "weblog/keys.h"

#include "base/alloc.h"

#define SEGMENT_UNITS ((size_t)1 << KEYS_SEGMENT_BITS)
#define SEGMENTS_MAX  ((size_t)1 << (32 - KEYS_SEGMENT_BITS))
#define FIRST_BITS    13 /* of units: a small table takes 64 KiB */

void keys_init(struct keys *keys, size_t value_bytes)
{
	*keys = (struct keys){.value_bytes = value_bytes};
}

void keys_release(struct keys *keys)
{
	for (size_t i = 0; i < keys->n_segments; i++)
		free(keys->segments[i]);
	free(keys->segments);
	slots_release(&keys->slots);
	*keys = (struct keys){0};
}

/* Each segment has room for twice as much as the one before, up to all that a reference can say. */
static size_t segment_units(size_t i)
{
	return i < KEYS_SEGMENT_BITS - FIRST_BITS ? (size_t)1 << (FIRST_BITS + i) : SEGMENT_UNITS;
}

static uint32_t *length_of(const struct keys *keys, uint32_t ref)
{
	return (uint32_t *)(void *)((char *)keys_value(keys, ref) + keys->value_bytes);
}

slice keys_key(const struct keys *keys, uint32_t ref)
{
	const uint32_t *len = length_of(keys, ref);

	return slice_from((const char *)(len + 1), *len);
}

static size_t record_units(const struct keys *keys, size_t key_len)
{
	return (keys->value_bytes + sizeof(uint32_t) + key_len + 7) / 8;
}

bool keys_next(const struct keys *keys, uint32_t *ref)
{
	size_t segment = 0, unit = 0;

	if (*ref != KEYS_NONE) {
		segment = *ref >> KEYS_SEGMENT_BITS;
		unit = (*ref & (SEGMENT_UNITS - 1)) + record_units(keys, *length_of(keys, *ref));
	}
	for (; segment < keys->n_segments; segment++, unit = 0) {
		const size_t room = segment_units(segment), used = segment + 1 == keys->n_segments ? keys->used_units : room;

		/* A segment's end that was too short for the next record is zero: there, no key has a length. */
		if (unit >= used)
			continue;
		*ref = (uint32_t)(segment << KEYS_SEGMENT_BITS | unit);
		if (record_units(keys, 0) <= room - unit && *length_of(keys, *ref) != KEYS_NONE)
			return true;
	}
	return false;
}

static int add_segment(struct keys *keys)
{
	if (keys->n_segments == SEGMENTS_MAX)
		return -1;

	char **segments = mem_room(keys->segments, keys->n_segments, &keys->space_segments, 4, sizeof *segments);

	if (!segments)
		return -1;
	keys->segments = segments;

	char *segment = mem_array(segment_units(keys->n_segments), 8);

	if (!segment)
		return -1;
	keys->segments[keys->n_segments++] = segment;
	keys->used_units = 0;
	return 0;
}

/* Units that are left of the last segment. */
static size_t units_left(const struct keys *keys)
{
	return keys->n_segments ? segment_units(keys->n_segments - 1) - keys->used_units : 0;
}

/* Closes the last segment, so that keys_next passes over its unused end. */
static void close_segment(struct keys *keys)
{
	if (keys->n_segments && units_left(keys) >= record_units(keys, 0)) {
		const size_t ref = (keys->n_segments - 1) << KEYS_SEGMENT_BITS | keys->used_units;

		*length_of(keys, (uint32_t)ref) = KEYS_NONE;
	}
}

static uint32_t add_record(struct keys *keys, slice key)
{
	const size_t units = record_units(keys, key.len);

	/* A long key may not fit into the first segments either: they stay empty. */
	while (units > units_left(keys)) {
		close_segment(keys);
		if (units > SEGMENT_UNITS || add_segment(keys) < 0)
			return KEYS_NONE;
	}

	const uint32_t ref = (uint32_t)((keys->n_segments - 1) << KEYS_SEGMENT_BITS | keys->used_units);
	uint32_t *len = length_of(keys, ref);

	*len = (uint32_t)key.len;
	if (key.len)
		memcpy(len + 1, key.ptr, key.len);
	keys->used_units += units;
	return ref;
}

uint32_t keys_add_new(struct keys *keys, uint64_t hash, slice key)
{
	const uint32_t ref = key.len > KEYS_MAX_BYTES ? KEYS_NONE : add_record(keys, key);

	return ref == KEYS_NONE || slots_add(&keys->slots, hash, ref) < 0 ? KEYS_NONE : ref;
}

size_t keys_bytes(const struct keys *keys)
{
	size_t units = keys->used_units;

	for (size_t i = 0; i + 1 < keys->n_segments; i++)
		units += segment_units(i);
	return units * 8 + slots_bytes(&keys->slots);
}
