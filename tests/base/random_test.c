/* SPDX-License-Identifier: MIT */
/* random_test.c - the kernel's bytes differ, the stream's are those of Java's SplittableRandom */
#include "base/random.h"

#include "tap.h"

static void the_kernels_bytes_differ(void)
{
	unsigned char a[64] = {0}, b[64] = {0};

	random_bytes(a, sizeof a);
	random_bytes(b, sizeof b);
	random_bytes(NULL, 0);
	CHECK(memcmp(a, b, sizeof a) != 0);
	CHECK(random_u64() != random_u64());
}

/* Values of the reference implementation by Vigna for the seed 1234567. */
static void a_seed_gives_the_known_stream(void)
{
	static const uint64_t known[] = {UINT64_C(6457827717110365317), UINT64_C(3203168211198807973),
					 UINT64_C(9817491932198370423), UINT64_C(4593380528125082431),
					 UINT64_C(16408922859458223821)};
	struct random_stream stream = {.state = 1234567};

	EACH (value, known)
		CHECK(random_next(&stream) == *value);
}

static void numbers_below_are_even(void)
{
	struct random_stream stream = {.state = 1};
	unsigned counts[6] = {0};
	bool in_range = true;

	for (int i = 0; i < 60000; i++) {
		const uint64_t value = random_below(&stream, 6);

		if (value < 6)
			counts[value]++;
		else
			in_range = false;
	}
	CHECK(in_range);
	EACH (count, counts)
		CHECK(*count > 9600 && *count < 10400);
	CHECK_INT(random_below(&stream, 1), 0);
	CHECK(random_below(&stream, UINT64_MAX) < UINT64_MAX);
}

static void units_lie_below_one(void)
{
	struct random_stream stream = {.state = 2};
	double sum = 0;
	bool in_range = true;

	for (int i = 0; i < 10000; i++) {
		const double value = random_unit(&stream);

		in_range = in_range && value >= 0 && value < 1;
		sum += value;
	}
	CHECK(in_range);
	CHECK_NEAR(sum / 10000, 0.5, 0.01);
}

TESTS(TEST(the_kernels_bytes_differ), TEST(a_seed_gives_the_known_stream), TEST(numbers_below_are_even),
      TEST(units_lie_below_one))
