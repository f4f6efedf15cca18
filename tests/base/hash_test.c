/* SPDX-License-Identifier: MIT */
/* hash_test.c - equal keys get one number, other keys others, and the bits are well mixed */
#include "base/hash.h"

#include <stdio.h>

#include "base/random.h"
#include "tap.h"

static void keys_are_numbered_as_they_come(void)
{
	AUTO(hash_table) struct hash_table table;
	courant_error *err = NULL;
	uint32_t id = 99;
	bool is_new = false;

	hash_table_init(&table, 1);
	CHECK_INT(hash_table_find(&table, SLICE("one")), HASH_NONE);
	CHECK_INT(hash_table_bytes(&table), 0);
	CHECK_INT(hash_table_add(&table, SLICE("one"), &id, &is_new, &err), 0);
	CHECK_INT(id, 0);
	CHECK(is_new);
	CHECK_INT(hash_table_add(&table, SLICE("two"), &id, NULL, &err), 0);
	CHECK_INT(id, 1);
	CHECK_INT(hash_table_add(&table, SLICE("one"), &id, &is_new, &err), 0);
	CHECK_INT(id, 0);
	CHECK(!is_new);
	CHECK_INT(hash_table_add(&table, SLICE(""), &id, &is_new, &err), 0);
	CHECK_INT(id, 2);
	CHECK_INT(hash_table_add(&table, (slice){NULL, 0}, &id, &is_new, &err), 0);
	CHECK_INT(id, 2);
	CHECK_INT(hash_table_add(&table, slice_from("\0", 1), &id, &is_new, &err), 0);
	CHECK_INT(id, 3);
	CHECK_SLICE(hash_table_key(&table, 1), SLICE("two"));
	CHECK_INT(hash_table_find(&table, SLICE("two")), 1);
	CHECK_INT(hash_table_find(&table, SLICE("three")), HASH_NONE);
	CHECK_INT(table.n, 4);
	CHECK_NO_ERROR(err);
}

static void many_keys_stay_apart(void)
{
	AUTO(hash_table) struct hash_table table;
	courant_error *err = NULL;
	unsigned wrong = 0;

	hash_table_init(&table, 2);
	for (int round = 0; round < 2; round++) {
		for (uint32_t i = 0; i < 200000; i++) {
			char key[32];
			const int n = snprintf(key, sizeof key, "/path/%u/%u", i % 7, i);
			uint32_t id = HASH_NONE;
			bool is_new = false;

			wrong += hash_table_add(&table, slice_from(key, (size_t)n), &id, &is_new, &err) < 0 || id != i ||
				 is_new != (round == 0);
		}
	}
	CHECK_INT(wrong, 0);
	CHECK_INT(table.n, 200000);
	CHECK(slice_equal(hash_table_key(&table, 123456), SLICE("/path/4/123456")));
	CHECK(hash_table_bytes(&table) < (size_t)200000 * 100);
	CHECK_NO_ERROR(err);
}

static void keys_may_be_long(void)
{
	static char long_key[3000000];
	AUTO(hash_table) struct hash_table table;
	uint32_t id = 99;

	hash_table_init(&table, 3);
	memset(long_key, 'x', sizeof long_key);
	for (size_t len = sizeof long_key; len; len /= 3)
		CHECK_INT(hash_table_add(&table, slice_from(long_key, len), &id, NULL, NULL), 0);
	CHECK_INT(table.n, 14);
	CHECK_INT(hash_table_find(&table, slice_from(long_key, 1000000)), 1);
	CHECK_INT(hash_table_find(&table, slice_from(long_key, 1000001)), HASH_NONE);
	CHECK_SLICE(hash_table_key(&table, 13), SLICE("x"));
}

static void without_memory_the_table_is_as_it_was(void)
{
	EACH_ALLOCATION
	{
		AUTO(hash_table) struct hash_table table;
		uint32_t n_added = 0;
		unsigned wrong = 0;

		hash_table_init(&table, 4);
		for (uint32_t i = 0; i < 1000; i++) {
			courant_error *err = NULL;
			const slice key = slice_from((const char *)&i, sizeof i);
			uint32_t id = HASH_NONE;

			if (hash_table_add(&table, key, &id, NULL, &err) == 0) {
				wrong += id != n_added++;
			} else {
				CHECK_ERROR(err, COURANT_NO_MEMORY, "");
				wrong += hash_table_find(&table, key) != HASH_NONE;
				wrong += hash_table_add(&table, key, &id, NULL, NULL) < 0 || id != n_added++;
			}
		}
		for (uint32_t i = 0; i < 1000; i++)
			wrong += hash_table_find(&table, slice_from((const char *)&i, sizeof i)) != i;
		CHECK_INT(wrong, 0);
		CHECK_INT(table.n, 1000);
	}
}

static void the_hash_is_that_of_the_bytes_and_the_seed(void)
{
	const char bytes[] = "0123456789abcdefghijklmnopqrstuvwxyz";

	for (size_t n = 0; n < sizeof bytes; n++) {
		char moved[64];

		memcpy(moved + 1 + n % 7, bytes, n); /* however it is aligned */
		CHECK(hash_bytes(slice_from(bytes, n), 5) == hash_bytes(slice_from(moved + 1 + n % 7, n), 5));
		CHECK(hash_bytes(slice_from(bytes, n), 5) != hash_bytes(slice_from(bytes, n), 6));
		CHECK(n == 0 || hash_bytes(slice_from(bytes, n), 5) != hash_bytes(slice_from(bytes, n - 1), 5));
	}
	CHECK(hash_bytes((slice){NULL, 0}, 7) == hash_bytes(SLICE(""), 7));
	CHECK(hash_u64(1, 7) != hash_u64(2, 7));
	CHECK(hash_u64(1, 7) != hash_u64(1, 8));
}

/* Each bit of the input turns about half of the bits of the hash: 32 of 64, with a deviation of 4 / sqrt(rounds). */
static void each_bit_of_the_key_changes_half_of_the_hash(void)
{
	static const size_t lengths[] = {1, 3, 4, 7, 8, 9, 16, 17, 31, 33, 100};
	struct random_stream random = {.state = 11};

	EACH (length, lengths) {
		for (size_t bit = 0; bit < *length * 8; bit += *length > 9 ? 7 : 1) {
			unsigned turned = 0;

			for (int round = 0; round < 100; round++) {
				char key[100];
				const uint64_t seed = random_next(&random);

				for (size_t i = 0; i < *length; i++)
					key[i] = (char)random_next(&random);

				const uint64_t before = hash_bytes(slice_from(key, *length), seed);

				key[bit / 8] = (char)((unsigned char)key[bit / 8] ^ 1u << bit % 8);
				turned += (unsigned)__builtin_popcountll(before ^ hash_bytes(slice_from(key, *length), seed));
			}
			if (turned < 2900 || turned > 3500)
				CHECK_INT(turned, 3200);
		}
	}
}

/* Texts of blocks that make a factor of a well-known hash nought, whatever its seed. */
static void no_constant_bytes_hide_the_rest_of_a_key(void)
{
	static const uint64_t constants[] = {UINT64_C(0x9E3779B97F4A7C15), UINT64_C(0xD6E8FEB86659FD93),
					     UINT64_C(0xA0761D6478BD642F), UINT64_C(0xE7037ED1A0B428DB), 0};

	EACH (constant, constants) {
		char a[16], b[16];

		memcpy(a, constant, 8);
		memcpy(b, constant, 8);
		memcpy(a + 8, "onething", 8);
		memcpy(b + 8, "anything", 8);
		CHECK(hash_bytes(slice_from(a, 16), 12345) != hash_bytes(slice_from(b, 16), 12345));
		memcpy(a, "onething", 8);
		memcpy(b, "anything", 8);
		memcpy(a + 8, constant, 8);
		memcpy(b + 8, constant, 8);
		CHECK(hash_bytes(slice_from(a, 16), 12345) != hash_bytes(slice_from(b, 16), 12345));
	}
}

TESTS(TEST(keys_are_numbered_as_they_come), TEST(many_keys_stay_apart), TEST(keys_may_be_long),
      TEST(without_memory_the_table_is_as_it_was), TEST(the_hash_is_that_of_the_bytes_and_the_seed),
      TEST(each_bit_of_the_key_changes_half_of_the_hash), TEST(no_constant_bytes_hide_the_rest_of_a_key))
