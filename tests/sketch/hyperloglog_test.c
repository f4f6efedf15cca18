/* SPDX-License-Identifier: MIT */
/* hyperloglog_test.c - estimates against how many different hashes came, and against the error that the theory promises */
#include "sketch/hyperloglog.h"

#include <math.h>

#include "base/random.h"
#include "tap.h"

/* A few hashes: collisions of registers hardly matter, so it is nearly exact. */
static void few_are_nearly_exact(void)
{
	AUTO(hyperloglog) struct hyperloglog sketch = {0};
	struct random_stream random = {1};

	CHECK_NEAR(hyperloglog_estimate(&sketch), 0, 0);
	for (int i = 1; i <= 200; i++) {
		const uint64_t hash = random_next(&random);

		for (int again = 0; again < 3; again++)
			CHECK_INT(hyperloglog_add(&sketch, hash), 0);
		CHECK_NEAR(hyperloglog_estimate(&sketch), i, 1 + i * 0.015);
	}
}

/* Of many sketches, the errors have no bias and the spread that is promised, whatever the number. */
static void the_error_is_that_of_the_theory(void)
{
	enum { SKETCHES = 60 };
	static const size_t numbers[] = {1000, 20000, 50000, 120000};

	EACH (n, numbers) {
		double sum = 0, squares = 0;

		for (uint64_t i = 0; i < SKETCHES; i++) {
			AUTO(hyperloglog) struct hyperloglog sketch = {0};
			struct random_stream random = {1000 + i};

			for (size_t k = 0; k < *n; k++)
				(void)hyperloglog_add(&sketch, random_next(&random));

			const double error = hyperloglog_estimate(&sketch) / (double)*n - 1;

			sum += error;
			squares += error * error;
		}
		CHECK_NEAR(sum / SKETCHES, 0, 4 * HYPERLOGLOG_ERROR / sqrt(SKETCHES));
		CHECK(sqrt(squares / SKETCHES) < 1.4 * HYPERLOGLOG_ERROR);
	}
}

static void fill(struct hyperloglog *sketch, uint64_t seed, size_t from, size_t to)
{
	struct random_stream random = {seed};

	for (size_t i = 0; i < to; i++) {
		const uint64_t hash = random_next(&random);

		if (i >= from)
			CHECK_INT(hyperloglog_add(sketch, hash), 0);
	}
}

/* What two have in common counts once: the joined one is that of all. */
static void joined_ones_are_those_of_all(void)
{
	AUTO(hyperloglog) struct hyperloglog one = {0}, other = {0}, all = {0}, none = {0};

	fill(&one, 7, 0, 30000);
	fill(&other, 7, 20000, 50000);
	fill(&all, 7, 0, 50000);
	CHECK_INT(hyperloglog_join(&one, &none), 0);
	CHECK_INT(hyperloglog_join(&one, &other), 0);
	CHECK_NEAR(hyperloglog_estimate(&one), hyperloglog_estimate(&all), 0);
}

static void written_ones_can_be_read(void)
{
	static const size_t numbers[] = {0, 1, 300, 40000};

	EACH (n, numbers) {
		AUTO(hyperloglog) struct hyperloglog sketch = {0}, again = {0};
		AUTO(buffer) struct buffer bytes = BUFFER_LIMIT((size_t)1 << 20);

		fill(&sketch, 3, 0, *n);
		hyperloglog_write(&sketch, &bytes);

		struct packed from = {.rest = buffer_peek(&bytes)};

		CHECK_INT(hyperloglog_read(&again, &from), 0);
		CHECK(!from.is_bad && from.rest.len == 0);
		CHECK_NEAR(hyperloglog_estimate(&again), hyperloglog_estimate(&sketch), 0);
		for (size_t cut = 0; cut < bytes.len; cut += 1 + bytes.len / 50) {
			AUTO(hyperloglog) struct hyperloglog broken = {0};
			struct packed part = {.rest = slice_part(buffer_peek(&bytes), 0, cut)};

			CHECK_INT(hyperloglog_read(&broken, &part), 0);
			CHECK(part.is_bad);
		}
	}
}

static void damaged_ones_are_told(void)
{
	static const struct {
		const char *name;
		slice bytes;
	} rows[] = {
		{"a rank that no hash has", {"\x34\x01", 2}},
		{"a run of none", {"\x01\x00", 2}},
		{"a run beyond the end", {"\x01\x81\x80\x01", 4}},
	};

	EACH (row, rows) {
		AUTO(hyperloglog) struct hyperloglog sketch = {0};
		struct packed from = {.rest = row->bytes};

		tap_row(row->name);
		CHECK_INT(hyperloglog_read(&sketch, &from), 0);
		CHECK(from.is_bad);
	}
}

TESTS(TEST(few_are_nearly_exact), TEST(the_error_is_that_of_the_theory), TEST(joined_ones_are_those_of_all), TEST(written_ones_can_be_read),
      TEST(damaged_ones_are_told))
