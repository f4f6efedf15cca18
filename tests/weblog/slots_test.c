/* SPDX-License-Identifier: MIT */
/* slots_test.c - every number is found under its hash, whatever the hashes are like */
#include "weblog/slots.h"

#include "base/alloc.h"
#include "base/auto.h"
#include "base/hash.h"
#include "tap.h"

#define N 50000

static uint64_t scattered(uint32_t i)
{
	return hash_u64(i, 11);
}

static uint64_t crowded(uint32_t i)
{
	return (uint64_t)(i % 100) << 32; /* all at the beginning */
}

static uint64_t last(uint32_t i)
{
	return UINT64_MAX - ((uint64_t)(i % 3) << 32); /* pushed over the end */
}

static uint64_t rising(uint32_t i)
{
	return (uint64_t)i * (UINT64_MAX / N);
}

static const struct {
	const char *name;
	uint64_t (*hash)(uint32_t i);
	uint32_t n;
} tables[] = {
	{"scattered", scattered, N}, {"crowded", crowded, 3000}, {"at the end", last, 3000}, {"rising", rising, N},
};

/* How often the number stands under the hash. */
static size_t find(const struct slots *slots, uint64_t hash, uint32_t number)
{
	size_t at = SIZE_MAX, found = 0;

	for (uint32_t got; (got = slots_next(slots, hash, &at)) != SLOTS_NONE;)
		found += got == number;
	return found;
}

static void every_number_is_found(void)
{
	EACH (table, tables) {
		struct slots slots = {0};
		size_t found = 0, not_there = 0;

		tap_row(table->name);
		CHECK_INT(find(&slots, table->hash(1), 1), 0);
		for (uint32_t i = 0; i < table->n; i++) {
			not_there += find(&slots, table->hash(i), i) == 0;
			CHECK_INT(slots_add(&slots, table->hash(i), i), 0);
		}
		for (uint32_t i = 0; i < table->n; i++)
			found += find(&slots, table->hash(i), i);
		CHECK_INT(not_there, table->n);
		CHECK_INT(found, table->n);
		CHECK_INT(slots.n, table->n);
		slots_release(&slots);
	}
}

static void memory_follows_what_is_there(void)
{
	struct slots slots = {0};

	for (uint32_t i = 0; i < N; i++) {
		(void)slots_add(&slots, scattered(i), i);
		/* Eight bytes each, and a table that is never less than six tenths full. */
		if (i > 16000 && slots_bytes(&slots) > (size_t)8 * i * 10 / 6)
			CHECK_INT(slots_bytes(&slots), 8 * i);
	}
	slots_release(&slots);
}

TESTS(TEST(every_number_is_found), TEST(memory_follows_what_is_there))
