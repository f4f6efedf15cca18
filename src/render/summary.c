/* SPDX-License-Identifier: MIT */
/* summary.c - percentiles without sorting, everything else in one pass */
#include "render/summary.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

static void swap(double *a, double *b)
{
	const double kept = *a;

	*a = *b;
	*b = kept;
}

/* Puts the k-th smallest (from 0) at its place, with no greater one before it. */
static void select_kth(double *values, size_t n, size_t k)
{
	size_t low = 0, high = n - 1;

	while (low < high) {
		const double pivot = values[low + (high - low) / 2];
		size_t i = low, j = high;

		while (i <= j) {
			while (values[i] < pivot)
				i++;
			while (values[j] > pivot)
				j--;
			if (i > j)
				break;
			swap(&values[i++], &values[j]);
			if (j == 0)
				break;
			j--;
		}
		if (k <= j)
			high = j;
		else if (k >= i)
			low = i;
		else
			return;
	}
}

/* The value at a place between two, counted from 0. */
static double place_of(double *values, size_t n, double place)
{
	if (n == 0)
		return NAN;

	const size_t k = (size_t)place;

	select_kth(values, n, k);
	if (k + 1 >= n)
		return values[k];

	double next = values[k + 1];

	for (size_t i = k + 2; i < n; i++)
		next = values[i] < next ? values[i] : next;
	return values[k] + (next - values[k]) * (place - (double)k);
}

double quantile_of(double *values, size_t n, double p)
{
	return place_of(values, n, n ? p * (double)(n - 1) : 0);
}

#define PROBES 1000 /* of very many values tell enough */

/* What few values lie above: of an even choice of them, a little below the 95th percentile. All lie above -INFINITY. */
static double find_floor(const double *values, size_t n)
{
	double probes[PROBES];
	size_t n_probes = 0;

	if (n <= 2 * PROBES)
		return -INFINITY;
	for (size_t i = 0; i < PROBES; i++) {
		const double value = values[i * n / PROBES];

		if (!isnan(value))
			probes[n_probes++] = value;
	}
	return n_probes ? quantile_of(probes, n_probes, 0.93) : -INFINITY;
}

static size_t collect(const double *values, size_t n, double floor_value, double *ret)
{
	size_t n_ret = 0;

	/* Without a branch, which would be taken at random. */
	for (size_t i = 0; i < n; i++) {
		ret[n_ret] = values[i];
		n_ret += values[i] >= floor_value;
	}
	return n_ret;
}

/* The 95th percentile of n_known values among n; `upper` has room for them all, and holds those that are not below the floor. */
static double find_p95(const double *values, size_t n, size_t n_known, double *upper, size_t n_upper)
{
	const double place = 0.95 * (double)(n_known - 1);

	/* The choice may have misled. */
	if ((double)(n_known - n_upper) > place)
		n_upper = collect(values, n, -INFINITY, upper);
	return place_of(upper, n_upper, place - (double)(n_known - n_upper));
}

/* Two values side by side, so that one addition need not wait for the other. */
typedef double pair __attribute__((vector_size(16)));
typedef int64_t pair_mask __attribute__((vector_size(16)));

static inline pair choose(pair_mask mask, pair yes, pair no)
{
	return (pair)((mask & (pair_mask)yes) | (~mask & (pair_mask)no));
}

struct extent extent_of(const double *values, size_t n)
{
	const pair none = {0, 0};
	pair sum = none, least = {INFINITY, INFINITY}, most = {-INFINITY, -INFINITY};
	pair_mask known = {0, 0};
	size_t i = 0;

	for (; i + 2 <= n; i += 2) {
		pair value;

		memcpy(&value, values + i, sizeof value);

		/* NaN equals nothing, and is neither less nor more. */
		const pair_mask is_known = (pair_mask)(value == value);

		known -= is_known;
		sum += choose(is_known, value, none);
		least = choose((pair_mask)(value < least), value, least);
		most = choose((pair_mask)(value > most), value, most);
	}

	struct extent extent = {
		(size_t)(known[0] + known[1]), sum[0] + sum[1], least[0] < least[1] ? least[0] : least[1], most[0] > most[1] ? most[0] : most[1],
	};

	if (i < n && !isnan(values[i])) {
		extent.n++;
		extent.sum += values[i];
		extent.least = values[i] < extent.least ? values[i] : extent.least;
		extent.most = values[i] > extent.most ? values[i] : extent.most;
	}
	return extent;
}

/* The first row with the greatest value, which some row has. */
static size_t find_row(const double *values, size_t n, double greatest)
{
	size_t i = 0;

	while (i + 1 < n && values[i] != greatest)
		i++;
	return i;
}

/* The greatest of the band over rows that are known, and its row. */
static void find_peak(const double *values, const double *high, size_t n, struct summary *ret)
{
	for (size_t i = 0; i < n; i++)
		if (!isnan(values[i]) && high[i] > ret->greatest) {
			ret->greatest = high[i];
			ret->greatest_row = i;
		}
}

struct summary summary_of(const double *values, const double *high, size_t n, const int64_t *at_ms, double *upper)
{
	const struct extent extent = extent_of(values, n);
	size_t last = n;

	if (extent.n == 0)
		return (struct summary){.last = NAN, .average = NAN, .p95 = NAN, .greatest = NAN, .least = NAN};
	while (isnan(values[last - 1]))
		last--;

	struct summary summary = {
		.n = extent.n,
		.last = values[last - 1],
		.last_row = last - 1,
		.average = extent.sum / (double)extent.n,
		.p95 = find_p95(values, n, extent.n, upper, collect(values, n, find_floor(values, n), upper)),
		.least = extent.least,
		.greatest = extent.most,
		.greatest_row = find_row(values, n, extent.most),
	};

	if (high)
		find_peak(values, high, n, &summary);
	summary.greatest_ms = at_ms[summary.greatest_row];
	return summary;
}
