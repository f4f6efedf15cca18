/* SPDX-License-Identifier: MIT */
/* keys_test.c - keys of all lengths are found again, with their values, in the order they came */
#include "weblog/keys.h"

#include "base/alloc.h"
#include "base/random.h"
#include "tap.h"

#define N 60000

/* Key number i: 0 to 99 bytes, now and then a long one; different from all others. */
static slice make_key(char *space, size_t i)
{
	const size_t len = i % 1000 == 999 ? 70000 : i % 100;

	if (len < 4 && i >= 100)
		return make_key(space, i - i % 100 + 50);
	memset(space, (int)(i % 251), len);
	for (size_t k = 0; k < 4 && k < len; k++)
		space[len - 1 - k] = (char)(i >> 8 * k);
	return slice_from(space, len);
}

static void keys_are_interned_once(void)
{
	AUTO(free) char *space = mem_alloc(70000);
	AUTO(free) uint32_t *refs = mem_array(N, sizeof *refs);
	struct keys keys;
	size_t distinct = 0;

	keys_init(&keys, 8);
	for (size_t i = 0; i < N; i++) {
		const slice key = make_key(space, i);
		bool is_new;

		refs[i] = keys_add(&keys, keys_hash(key, 5), key, &is_new);
		distinct += is_new;
		++*(uint64_t *)keys_value(&keys, refs[i]);
	}
	CHECK_INT(keys_count(&keys), distinct);
	for (size_t i = 0; i < N; i++) {
		const slice key = make_key(space, i);

		if (keys_find(&keys, keys_hash(key, 5), key) != refs[i] || !slice_equal(keys_key(&keys, refs[i]), key))
			CHECK_INT(i, -1);
	}

	uint64_t sum = 0;
	size_t n = 0;

	for (uint32_t ref = KEYS_NONE; keys_next(&keys, &ref); n++)
		sum += *(uint64_t *)keys_value(&keys, ref);
	CHECK_INT(n, distinct);
	CHECK_INT(sum, N);
	CHECK_INT(keys_find(&keys, keys_hash(SLICE("no such key"), 5), SLICE("no such key")), KEYS_NONE);
	keys_release(&keys);
}

static void the_hash_takes_every_byte(void)
{
	char text[200] = {0};

	for (size_t len = 1; len < sizeof text; len++) {
		const uint64_t hash = keys_hash(slice_from(text, len), 1);

		for (size_t i = 0; i < len; i++) {
			text[i] ^= 1;
			if (keys_hash(slice_from(text, len), 1) == hash)
				CHECK_INT(i, len);
			text[i] ^= 1;
		}
		CHECK(keys_hash(slice_from(text, len - 1), 1) != hash);
		CHECK(keys_hash(slice_from(text, len), 2) != hash);
	}
}

TESTS(TEST(keys_are_interned_once), TEST(the_hash_takes_every_byte))
