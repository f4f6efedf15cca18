/* SPDX-License-Identifier: MIT */
/* histogram_test.c - quantiles against all values kept and sorted */
#include "sketch/histogram.h"

#include <stdlib.h>

#include "base/random.h"
#include "tap.h"

#define N 5000

static int compare(const void *left, const void *right)
{
	const uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

/* Values of very different sizes. */
static uint64_t make_value(struct random_stream *random)
{
	return random_next(random) >> (1 + random_below(random, 63));
}

static void check_quantiles(const struct histogram *histogram, uint64_t *values, size_t n)
{
	static const double shares[] = {0.001, 0.25, 0.5, 0.9, 0.95, 0.99, 1};

	qsort(values, n, sizeof *values, compare);
	EACH (share, shares) {
		const double exact = *share * (double)n;
		const size_t rank = (size_t)exact + ((double)(size_t)exact < exact);
		const double want = (double)values[rank ? rank - 1 : 0];

		CHECK_NEAR((double)histogram_quantile(histogram, *share), want, want * 0.0079 + 0.001);
	}
}

static void quantiles_are_right_to_less_than_a_hundredth(void)
{
	static uint64_t values[N];
	struct random_stream random = {1};

	for (size_t n = 1; n <= N; n = n * 3 + 1) {
		AUTO(histogram) struct histogram histogram = {0};

		for (size_t i = 0; i < n; i++) {
			values[i] = make_value(&random);
			CHECK_INT(histogram_add(&histogram, values[i]), 0);
		}
		check_quantiles(&histogram, values, n);
		CHECK_INT(histogram.n, n);
	}
}

static void joined_is_as_if_added(void)
{
	static uint64_t values[N];
	AUTO(histogram) struct histogram all = {0}, whole = {0};
	struct random_stream random = {2};

	for (size_t i = 0; i < N;) {
		AUTO(histogram) struct histogram part = {0};

		for (size_t k = random_below(&random, 400); k && i < N; k--, i++) {
			values[i] = make_value(&random);
			CHECK_INT(histogram_add(&part, values[i]), 0);
			CHECK_INT(histogram_add(&whole, values[i]), 0);
		}
		CHECK_INT(histogram_join(&all, &part), 0);
	}
	check_quantiles(&all, values, N);
	for (double share = 0; share <= 1; share += 0.01)
		CHECK_INT(histogram_quantile(&all, share), histogram_quantile(&whole, share));
}

static void small_values_and_ends_are_exact(void)
{
	AUTO(histogram) struct histogram histogram = {0};

	CHECK_INT(histogram_quantile(&histogram, 0.5), 0);
	for (uint64_t i = 0; i < 128; i++)
		CHECK_INT(histogram_add(&histogram, i), 0);
	for (uint64_t i = 1; i <= 128; i++)
		CHECK_INT(histogram_quantile(&histogram, (double)i / 128), i - 1);
	CHECK_INT(histogram_add(&histogram, UINT64_MAX), 0);
	CHECK(histogram_quantile(&histogram, 1) == UINT64_MAX);
}

static void bytes_are_read_as_they_were_written(void)
{
	struct random_stream random = {3};

	for (int round = 0; round < 50; round++) {
		AUTO(histogram) struct histogram histogram = {0}, got = {0}, twice = {0};
		AUTO(buffer) struct buffer bytes = BUFFER_LIMIT(1 << 20);

		for (size_t k = random_below(&random, 300); k; k--)
			CHECK_INT(histogram_add(&histogram, make_value(&random)), 0);
		histogram_write(&histogram, &bytes);

		struct packed from = {.rest = buffer_peek(&bytes)};

		CHECK_INT(histogram_read(&got, &from), 0);
		CHECK(!from.is_bad && from.rest.len == 0);
		CHECK_INT(got.n, histogram.n);
		CHECK(got.least == histogram.least && got.greatest == histogram.greatest);
		for (double share = 0; share <= 1; share += 0.01)
			CHECK(histogram_quantile(&got, share) == histogram_quantile(&histogram, share));
		for (size_t len = 0; len < bytes.len; len++) {
			from = (struct packed){.rest = slice_from(bytes.bytes, len)};
			CHECK_INT(histogram_read(&twice, &from), 0);
			CHECK(from.is_bad);
		}
	}
}

TESTS(TEST(small_values_and_ends_are_exact), TEST(quantiles_are_right_to_less_than_a_hundredth), TEST(joined_is_as_if_added), TEST(bytes_are_read_as_they_were_written))
