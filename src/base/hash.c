/* SPDX-License-Identifier: MIT */
/* hash.c - a hash of multiplications, and the table that interns keys (hash.h) */
#include "base/hash.h"

#include <endian.h>

#include "base/alloc.h"

/* Odd numbers with as many ones as noughts; any such would do. */
#define FIRST  UINT64_C(0x9E3779B97F4A7C15)
#define SECOND UINT64_C(0xD6E8FEB86659FD93)
#define THIRD  UINT64_C(0xA0761D6478BD642F)

__extension__ typedef unsigned __int128 uint128;

/* Both halves of the product: every bit of it depends on every bit of a and b. */
static inline uint64_t fold(uint64_t a, uint64_t b)
{
	const uint128 product = (uint128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t load_8(const char *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof word);
	return le64toh(word);
}

static inline uint64_t load_4(const char *at)
{
	uint32_t word;

	memcpy(&word, at, sizeof word);
	return le32toh(word);
}

/* Bytes from outside never meet a factor that a stranger could know: who finds bytes that make a factor 0 makes every text with them
 * collide. So the seed is in both factors, in two shapes. */
static inline uint64_t hash_inline(slice bytes, uint64_t seed)
{
	const uint64_t key = seed ^ FIRST;
	const char *at = bytes.ptr;
	size_t left = bytes.len;
	uint64_t sum = (seed << 32 | seed >> 32) * SECOND ^ THIRD;
	uint64_t a, b;

	for (; left > 16; left -= 16, at += 16)
		sum = fold(load_8(at) ^ key, load_8(at + 8) ^ sum);
	if (left >= 8) {
		a = load_8(at);
		b = load_8(at + left - 8);
	} else if (left >= 4) {
		a = load_4(at);
		b = load_4(at + left - 4);
	} else {
		a = b = 0;
		for (size_t i = 0; i < left; i++)
			a = a << 8 | (unsigned char)at[i];
	}
	return fold(fold(a ^ key, b ^ sum) ^ bytes.len, key ^ SECOND);
}

uint64_t hash_bytes(slice bytes, uint64_t seed)
{
	return hash_inline(bytes, seed);
}

uint64_t hash_u64(uint64_t value, uint64_t seed)
{
	return fold(fold(value ^ seed ^ FIRST, seed ^ SECOND) ^ THIRD, seed ^ FIRST);
}

/* In the arena, behind the one before. */
struct hash_key {
	uint32_t len;
	char bytes[];
};

/* All that a search needs, so that neither a miss nor growing looks at a key, and a hit at nothing else: in a large table each look
 * waits for memory. */
struct hash_slot {
	const struct hash_key *key; /* NULL: free */
	uint32_t hash;
	uint32_t id;
};

struct hash_block {
	struct hash_block *next;
	size_t space, used;
	char bytes[];
};

#define FIRST_SLOTS      64
#define BLOCK_MIN_BYTES  ((size_t)4 * 1024)
#define BLOCK_MAX_BYTES  ((size_t)1024 * 1024)
#define KEYS_MAX         (UINT32_MAX - 1)
#define KEY_MAX_BYTES    (UINT32_MAX - 64) /* with its length and alignment still 32 bits */

void hash_table_init(struct hash_table *table, uint64_t seed)
{
	*table = (struct hash_table){.seed = seed};
}

void hash_table_release(struct hash_table *table)
{
	while (table->arena) {
		struct hash_block *next = table->arena->next;

		free(table->arena);
		table->arena = next;
	}
	free(table->slots);
	free(table->keys);
	hash_table_init(table, table->seed);
}

size_t hash_table_bytes(const struct hash_table *table)
{
	const size_t slots = table->slots ? table->slot_mask + 1 : 0;

	return slots * sizeof *table->slots + table->space * sizeof *table->keys + table->arena_bytes;
}

/* The slot that holds the key, or the free one where it belongs. There is always a free one. */
static inline struct hash_slot *slot_of(const struct hash_table *table, slice key, uint32_t hash)
{
	for (size_t at = hash & table->slot_mask;; at = (at + 1) & table->slot_mask) {
		struct hash_slot *slot = table->slots + at;

		if (!slot->key)
			return slot;
		if (slot->hash == hash && slice_equal(slice_from(slot->key->bytes, slot->key->len), key))
			return slot;
	}
}

/* Twice the slots, when more than five eighths of them are taken. */
static bool slots_grow(struct hash_table *table)
{
	const size_t old = table->slots ? table->slot_mask + 1 : 0;

	if (old && table->n < old / 8 * 5)
		return true;

	const size_t n = old ? old * 2 : FIRST_SLOTS;
	struct hash_slot *slots = mem_array(n, sizeof *slots);

	if (!slots)
		return false;
	for (size_t i = 0; i < old; i++) {
		size_t at = table->slots[i].hash & (n - 1);

		if (!table->slots[i].key)
			continue;
		while (slots[at].key)
			at = (at + 1) & (n - 1);
		slots[at] = table->slots[i];
	}
	free(table->slots);
	table->slots = slots;
	table->slot_mask = n - 1;
	return true;
}

static bool keys_grow(struct hash_table *table)
{
	if (table->n < table->space)
		return true;

	const size_t space = table->space ? (size_t)table->space * 2 : FIRST_SLOTS / 2;
	const struct hash_key **keys = mem_resize(table->keys, space < KEYS_MAX ? space : KEYS_MAX, sizeof *keys);

	if (!keys)
		return false;
	table->keys = keys;
	table->space = (uint32_t)(space < KEYS_MAX ? space : KEYS_MAX);
	return true;
}

/* Room for `size` bytes, aligned for a key. */
static void *arena_take(struct hash_table *table, size_t size)
{
	const size_t align = _Alignof(struct hash_key);
	struct hash_block *first = table->arena;

	size = (size + align - 1) / align * align;
	if (!first || first->space - first->used < size) {
		/* Blocks grow with the table, so that a small one stays small. A key that would fill one gets its own, behind the one
		 * that is being filled. */
		size_t space = table->arena_bytes;
		size_t whole;

		space = space < BLOCK_MIN_BYTES ? BLOCK_MIN_BYTES : space > BLOCK_MAX_BYTES ? BLOCK_MAX_BYTES : space;

		const bool is_alone = size > space / 4;

		if (is_alone)
			space = size;

		struct hash_block *block = size_add(space, sizeof *block, &whole) ? mem_resize(NULL, whole, 1) : NULL;

		if (!block)
			return NULL;
		*block = (struct hash_block){.space = space};
		table->arena_bytes += whole;
		if (first && is_alone) {
			block->next = first->next;
			first->next = block;
		} else {
			block->next = first;
			table->arena = block;
		}
		first = block;
	}
	first->used += size;
	return first->bytes + first->used - size;
}

/* Growing may move the slots, so the key's slot is looked for anew. */
static int add_new(struct hash_table *table, slice key, uint32_t hash, courant_error **err)
{
	if (table->n >= KEYS_MAX || key.len > KEY_MAX_BYTES)
		return fail(err, COURANT_TOO_LARGE, "a table of more than %u distinct keys, or a key of more than %u bytes", KEYS_MAX,
			    KEY_MAX_BYTES);

	struct hash_key *made =
		slots_grow(table) && keys_grow(table) ? arena_take(table, sizeof *made + key.len) : NULL;

	if (!made)
		return fail_memory(err);
	made->len = (uint32_t)key.len;
	if (key.len)
		memcpy(made->bytes, key.ptr, key.len);
	table->keys[table->n] = made;
	*slot_of(table, key, hash) = (struct hash_slot){.key = made, .hash = hash, .id = table->n++};
	return 0;
}

int hash_table_add(struct hash_table *table, slice key, uint32_t *ret_id, bool *ret_new, courant_error **err)
{
	const uint32_t hash = (uint32_t)hash_inline(key, table->seed);
	const struct hash_slot *slot = table->slots ? slot_of(table, key, hash) : NULL;
	const bool is_new = !slot || !slot->key;

	if (is_new && add_new(table, key, hash, err) < 0)
		return -1;
	*ret_id = is_new ? table->n - 1 : slot->id;
	if (ret_new)
		*ret_new = is_new;
	return 0;
}

uint32_t hash_table_find(const struct hash_table *table, slice key)
{
	const struct hash_slot *slot =
		table->slots ? slot_of(table, key, (uint32_t)hash_inline(key, table->seed)) : NULL;

	return slot && slot->key ? slot->id : HASH_NONE;
}

slice hash_table_key(const struct hash_table *table, uint32_t id)
{
	return slice_from(table->keys[id]->bytes, table->keys[id]->len);
}
