/* SPDX-License-Identifier: MIT */
/* keys.h - keys interned once, each with a value beside it, made for one look-up and more a log line
 *
 * A table of half hashes and 32-bit references (slots.h); a record (the value, then the key's bytes) lies in an arena of segments that never move. So a look-up
 * touches a slot and a record, and growing touches no record. base/hash.h is the table for everything that is not counted in millions a second. */
#ifndef COURANT_WEBLOG_KEYS_H
#define COURANT_WEBLOG_KEYS_H
#include <stdint.h>

#include "base/auto.h"
#include "base/slice.h"
#include "weblog/slots.h"

#define KEYS_SEGMENT_BITS 19 /* of eight-byte units: 4 MiB at most, of which only what is used is ever touched */
#define KEYS_MAX_BYTES    ((size_t)1 << 21) /* a key's length; lines are shorter */
#define KEYS_NONE         SLOTS_NONE

struct keys {
	struct slots slots; /* of references */
	size_t value_bytes;
	char **segments;
	size_t n_segments, space_segments;
	size_t used_units; /* of the last segment */
};

/* Allocates nothing. value_bytes is a multiple of 4; a value begins at a multiple of 8. */
void keys_init(struct keys *, size_t value_bytes);
void keys_release(struct keys *);
AUTO_DEFINE_VALUE(keys, struct keys, keys_release)

/* 64 well-mixed bits. Inline, for it is run on every field that is counted. */
static inline uint64_t keys_hash(slice key, uint64_t seed);

/* The key's reference, added with a zeroed value when it is new. KEYS_NONE: no memory. */
static inline uint32_t keys_add(struct keys *, uint64_t hash, slice key, bool *ret_new);
static inline uint32_t keys_find(const struct keys *, uint64_t hash, slice key); /* or KEYS_NONE */


/* The value; it never moves. */
static inline void *keys_value(const struct keys *keys, uint32_t ref)
{
	return keys->segments[ref >> KEYS_SEGMENT_BITS] +
	       (size_t)(ref & (((uint32_t)1 << KEYS_SEGMENT_BITS) - 1)) * 8;
}

static inline size_t keys_count(const struct keys *keys)
{
	return keys->slots.n;
}

/* Fetches the record whose slot has the same half of the hash, and says which: most probably it is the key's. KEYS_NONE: there is none. The slot
 * should have been fetched before (slots_prefetch). */
static inline uint32_t keys_fetch(const struct keys *keys, uint64_t hash)
{
	size_t at = SIZE_MAX;
	const uint32_t ref = slots_next(&keys->slots, hash, &at);

	if (ref != KEYS_NONE) {
		const char *record = keys_value(keys, ref);

		__builtin_prefetch(record);
		__builtin_prefetch(record + keys->value_bytes + sizeof(uint32_t) + 8);
	}
	return ref;
}

static inline bool keys_is(const struct keys *, uint32_t ref, slice key);

slice keys_key(const struct keys *, uint32_t ref);

/* All references in the order of adding: begin with KEYS_NONE. False at the end. */
bool keys_next(const struct keys *, uint32_t *ref);

size_t keys_bytes(const struct keys *); /* memory held */

static inline uint64_t keys_load(const char *from)
{
	uint64_t word;

	memcpy(&word, from, sizeof word);
	return word;
}

__extension__ typedef unsigned __int128 keys_product;

static inline uint64_t keys_mix(uint64_t a, uint64_t b)
{
	const keys_product product = (keys_product)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

#define KEYS_ODD_1 UINT64_C(0x9e3779b97f4a7c15)
#define KEYS_ODD_2 UINT64_C(0xd1b54a32d192ed03)
#define KEYS_ODD_3 UINT64_C(0x8cb92ba72f3d8dd7)

static inline uint32_t keys_load_half(const char *from)
{
	uint32_t word;

	memcpy(&word, from, sizeof word);
	return word;
}

/* Both factors of a product have a share of the secret seed: with a known one, whoever writes the key could make a factor 0, and keys that look the same. */
static inline uint64_t keys_hash(slice key, uint64_t seed)
{
	const char *at = key.ptr;
	const uint64_t secret = seed ^ KEYS_ODD_1, second_secret = seed ^ KEYS_ODD_2;
	size_t left = key.len;
	uint64_t a, b;

	seed ^= KEYS_ODD_3;
	if (left > 32) {
		uint64_t other = seed;

		for (; left > 32; left -= 32, at += 32) {
			seed = keys_mix(keys_load(at) ^ secret, keys_load(at + 8) ^ seed);
			other = keys_mix(keys_load(at + 16) ^ second_secret, keys_load(at + 24) ^ other);
		}
		seed ^= other;
	}
	if (left > 16) {
		seed = keys_mix(keys_load(at) ^ secret, keys_load(at + 8) ^ seed);
		a = keys_load(at + left - 16);
		b = keys_load(at + left - 8);
	} else if (left >= 8) {
		a = keys_load(at);
		b = keys_load(at + left - 8);
	} else if (left >= 4) {
		a = keys_load_half(at);
		b = keys_load_half(at + left - 4);
	} else {
		a = b = 0;
		for (size_t i = 0; i < left; i++)
			a = a << 8 | (unsigned char)at[i];
	}
	return keys_mix(second_secret ^ key.len, keys_mix(a ^ secret, b ^ seed));
}

/* Of the same length: mostly less than 32 bytes, for which a call would take longer than comparing. */
static inline bool keys_same_bytes(const char *a, const char *b, size_t len)
{
	if (len > 32)
		return memcmp(a, b, len) == 0;
	if (len < 8) {
		while (len && a[len - 1] == b[len - 1])
			len--;
		return len == 0;
	}
	if (keys_load(a + len - 8) != keys_load(b + len - 8))
		return false;
	for (; len > 8; len = len > 16 ? len - 8 : 8, a += 8, b += 8)
		if (keys_load(a) != keys_load(b))
			return false;
	return true;
}

static inline bool keys_is(const struct keys *keys, uint32_t ref, slice key)
{
	const char *record = (const char *)keys_value(keys, ref) + keys->value_bytes;
	uint32_t len;

	memcpy(&len, record, sizeof len);
	return len == key.len && keys_same_bytes(record + sizeof len, key.ptr, len);
}

static inline uint32_t keys_find(const struct keys *keys, uint64_t hash, slice key)
{
	size_t at = SIZE_MAX;
	uint32_t ref;

	while ((ref = slots_next(&keys->slots, hash, &at)) != KEYS_NONE && !keys_is(keys, ref, key))
		;
	return ref;
}

uint32_t keys_add_new(struct keys *, uint64_t hash, slice key); /* a key that is not there */

static inline uint32_t keys_add(struct keys *keys, uint64_t hash, slice key, bool *ret_new)
{
	const uint32_t ref = keys_find(keys, hash, key);

	*ret_new = ref == KEYS_NONE;
	return ref == KEYS_NONE ? keys_add_new(keys, hash, key) : ref;
}
#endif
