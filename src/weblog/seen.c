/* SPDX-License-Identifier: MIT */
/* seen.c - small sets of numbers (seen.h) */
#include "weblog/seen.h"

#include <string.h>

#include "base/alloc.h"
#include "base/auto.h"

#define SLAB_UNITS   ((size_t)1 << SEEN_SLAB_BITS)
#define SLABS_MAX    ((size_t)1 << (32 - SEEN_SLAB_BITS))
#define LINEAR_UNITS 8                /* up to here a set is searched from end to end, above it is hashed … */
#define COUNT_BYTES  sizeof(uint32_t) /* … and begins with how many there are */

/* What a set is like. */
struct set {
	char *bytes;
	unsigned class;
	bool is_wide;
};

/* ---- shapes ---- */

/* 1, 2, 3, 4, 6, 8, 12, 16 … */
static size_t class_units(unsigned class)
{
	return class ? (size_t)(2 + (class - 1) % 2) << (class - 1) / 2 : 1;
}

static bool is_hashed(const struct set *set)
{
	return class_units(set->class) > LINEAR_UNITS;
}

/* Places for numbers. */
static size_t room_of(const struct set *set)
{
	const size_t bytes = class_units(set->class) * SEEN_UNIT_BYTES - (is_hashed(set) ? COUNT_BYTES : 0);

	return bytes / (set->is_wide ? sizeof(uint32_t) : sizeof(uint16_t));
}

/* How many numbers it may have. */
static size_t most_of(const struct set *set)
{
	return is_hashed(set) ? room_of(set) / 4 * 3 : room_of(set);
}

static struct set set_of(const struct seen_store *store, const struct seen *seen)
{
	return (struct set){seen_bytes(store, seen->place), (seen->shape - 1u) / 2, (seen->shape - 1u) % 2};
}

static uint32_t load(const struct set *set, size_t i)
{
	const char *from = set->bytes + (is_hashed(set) ? COUNT_BYTES : 0);
	uint32_t number = 0;

	if (set->is_wide)
		memcpy(&number, from + i * sizeof number, sizeof number);
	else
		memcpy(&number, from + i * sizeof(uint16_t), sizeof(uint16_t));
	return number;
}

static void save(const struct set *set, size_t i, uint32_t number)
{
	char *into = set->bytes + (is_hashed(set) ? COUNT_BYTES : 0);

	if (set->is_wide)
		memcpy(into + i * sizeof number, &number, sizeof number);
	else
		memcpy(into + i * sizeof(uint16_t), &(uint16_t){(uint16_t)number}, sizeof(uint16_t));
}

/* ---- the store ---- */

void seen_store_release(struct seen_store *store)
{
	for (size_t i = 0; i < store->n_slabs; i++)
		free(store->slabs[i]);
	free(store->slabs);
	*store = (struct seen_store){0};
}

size_t seen_store_bytes(const struct seen_store *store)
{
	return store->bytes - store->left * SEEN_UNIT_BYTES;
}

/* A slab of so many units, or SLABS_MAX. */
static size_t add_slab(struct seen_store *store, size_t units)
{
	char **slabs = store->n_slabs < SLABS_MAX ? mem_room(store->slabs, store->n_slabs, &store->space_slabs, 8, sizeof *slabs) : NULL;

	if (!slabs)
		return SLABS_MAX;
	store->slabs = slabs;

	char *slab = mem_array(units, SEEN_UNIT_BYTES);

	if (!slab)
		return SLABS_MAX;
	store->slabs[store->n_slabs] = slab;
	store->bytes += units * SEEN_UNIT_BYTES;
	return store->n_slabs++;
}

/* The place of a zeroed set, + 1; 0: no memory. */
static uint32_t take(struct seen_store *store, unsigned class)
{
	const size_t units = class_units(class);

	if (class >= SEEN_CLASSES) {
		const size_t slab = add_slab(store, units);

		return slab == SLABS_MAX ? 0 : (uint32_t)(slab << SEEN_SLAB_BITS) + 1;
	}
	if (store->free_sets[class]) {
		const uint32_t place = store->free_sets[class] - 1;
		char *set = seen_bytes(store, place);

		memcpy(&store->free_sets[class], set, sizeof store->free_sets[class]);
		memset(set, 0, units * SEEN_UNIT_BYTES);
		return place + 1;
	}
	if (store->left < units) {
		const size_t slab = add_slab(store, SLAB_UNITS);

		if (slab == SLABS_MAX)
			return 0;
		store->slab = (uint32_t)slab;
		store->left = SLAB_UNITS;
	}

	const uint32_t place = (uint32_t)((size_t)store->slab << SEEN_SLAB_BITS | (SLAB_UNITS - store->left));

	store->left -= units;
	return place + 1;
}

static void give(struct seen_store *store, uint32_t place, unsigned class)
{
	if (class < SEEN_CLASSES) {
		memcpy(seen_bytes(store, place), &store->free_sets[class], sizeof store->free_sets[class]);
		store->free_sets[class] = place + 1;
		return;
	}
	free(STEAL(store->slabs[place >> SEEN_SLAB_BITS]));
	store->bytes -= class_units(class) * SEEN_UNIT_BYTES;
}

/* ---- numbers ---- */

/* Where the number stands in a hashed set, or its free place. */
static size_t find_hashed(const struct set *set, uint32_t number)
{
	const size_t room = room_of(set);
	size_t i = (size_t)((uint64_t)(number * UINT32_C(0x9e3779b1)) * room >> 32);

	for (uint32_t other; (other = load(set, i)) && other != number;)
		i = i + 1 < room ? i + 1 : 0;
	return i;
}

/* A unit of numbers at once. Units are filled with zeros, and 0 is no number. */
typedef uint16_t narrow_unit __attribute__((vector_size(SEEN_UNIT_BYTES)));
typedef uint32_t wide_unit __attribute__((vector_size(SEEN_UNIT_BYTES)));
typedef uint64_t two_words __attribute__((vector_size(SEEN_UNIT_BYTES)));

static bool is_among_narrow(const char *bytes, size_t n, uint16_t number)
{
	const narrow_unit wanted = number - (narrow_unit){0};
	two_words found = {0};

	for (const char *end = bytes + n * sizeof number; bytes < end; bytes += SEEN_UNIT_BYTES) {
		narrow_unit here;

		memcpy(&here, bytes, sizeof here);
		found |= (two_words)(here == wanted);
	}
	return found[0] | found[1];
}

static bool is_among_wide(const char *bytes, size_t n, uint32_t number)
{
	const wide_unit wanted = number - (wide_unit){0};
	two_words found = {0};

	for (const char *end = bytes + n * sizeof number; bytes < end; bytes += SEEN_UNIT_BYTES) {
		wide_unit here;

		memcpy(&here, bytes, sizeof here);
		found |= (two_words)(here == wanted);
	}
	return found[0] | found[1];
}

static bool holds(const struct set *set, const struct seen *seen, uint32_t number)
{
	if (!set->is_wide && number > UINT16_MAX)
		return false;
	if (is_hashed(set))
		return load(set, find_hashed(set, number)) == number;
	return set->is_wide ? is_among_wide(set->bytes, seen->n, number) : is_among_narrow(set->bytes, seen->n, (uint16_t)number);
}

/* A number that is not there, for which there is room. */
static void put(const struct set *set, struct seen *seen, uint32_t number)
{
	uint32_t n;

	if (!is_hashed(set)) {
		save(set, seen->n++, number);
		return;
	}
	save(set, find_hashed(set, number), number);
	memcpy(&n, set->bytes, sizeof n);
	memcpy(set->bytes, &(uint32_t){n + 1}, sizeof n);
}

size_t seen_count(const struct seen_store *store, const struct seen *seen)
{
	if (!seen->shape)
		return 0;

	const struct set set = set_of(store, seen);
	uint32_t n = seen->n;

	if (is_hashed(&set))
		memcpy(&n, set.bytes, sizeof n);
	return n;
}

bool seen_next(const struct seen_store *store, const struct seen *seen, size_t *at, uint32_t *ret_number)
{
	if (!seen->shape)
		return false;

	const struct set set = set_of(store, seen);

	for (const size_t room = room_of(&set); *at < room;) {
		*ret_number = load(&set, (*at)++);
		if (*ret_number)
			return true;
	}
	return false;
}

/* Moves the set to where there is room for one more number, of that width. */
static int enlarge(struct seen_store *store, struct seen *seen, bool is_wide)
{
	const size_t n = seen_count(store, seen);
	struct set set = {.is_wide = is_wide};
	struct seen moved = {0};
	uint32_t number;

	if (seen->shape)
		set.class = set_of(store, seen).class;
	while (most_of(&set) <= n)
		set.class++;

	const uint32_t place = take(store, set.class);

	if (!place)
		return -1;
	moved.place = place - 1;
	moved.shape = (uint8_t)(1 + 2 * set.class + is_wide);
	set.bytes = seen_bytes(store, moved.place);
	for (size_t at = 0; seen_next(store, seen, &at, &number);)
		put(&set, &moved, number);
	if (seen->shape)
		give(store, seen->place, set_of(store, seen).class);
	*seen = moved;
	return 0;
}

/* By shape, how many numbers a set has room for that is narrow and not hashed; 0: it is another one. */
static const uint8_t narrow_rooms[] = {[1] = 8, [3] = 16, [5] = 24, [7] = 32, [9] = 48, [11] = 64};

/* Most sets have numbers of two bytes, and are searched from end to end. */
static int add_narrow(struct seen_store *store, struct seen *seen, uint16_t number)
{
	char *bytes = seen_bytes(store, seen->place);

	if (is_among_narrow(bytes, seen->n, number))
		return 0;
	memcpy(bytes + seen->n++ * sizeof number, &number, sizeof number);
	return 1;
}

int seen_add(struct seen_store *store, struct seen *seen, uint32_t number)
{
	bool is_wide = number > UINT16_MAX, fits = false;
	struct set set;

	if (!is_wide && seen->shape < sizeof narrow_rooms && seen->n < narrow_rooms[seen->shape])
		return add_narrow(store, seen, (uint16_t)number);

	if (seen->shape) {
		set = set_of(store, seen);
		if (holds(&set, seen, number))
			return 0;
		is_wide |= set.is_wide;
		fits = is_wide == set.is_wide && seen_count(store, seen) < most_of(&set);
	}
	if (!fits) {
		if (enlarge(store, seen, is_wide) < 0)
			return -1;
		set = set_of(store, seen);
	}
	put(&set, seen, number);
	return 1;
}
