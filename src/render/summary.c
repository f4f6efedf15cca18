/* SPDX-License-Identifier: MIT */
/* summary.c - percentiles without sorting, everything else in one pass */
#include "render/summary.h"

#include <math.h>
#include <stdbool.h>

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

	for (size_t i = 0; i < n; i++)
		if (values[i] >= floor_value)
			ret[n_ret++] = values[i];
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

/* One pass. */
struct summary summary_of(const double *values, const double *high, size_t n, const int64_t *at_ms, double *upper)
{
	const double floor_value = find_floor(values, n);
	size_t n_known = 0, n_upper = 0, greatest = 0, last = 0;
	double sum = 0, least = INFINITY, most = -INFINITY;

	for (size_t i = 0; i < n; i++) {
		const double value = values[i];

		if (isnan(value))
			continue;

		const double top = high && high[i] > value ? high[i] : value;

		n_known++;
		last = i;
		sum += value;
		least = value < least ? value : least;
		if (value >= floor_value)
			upper[n_upper++] = value;
		if (top > most) {
			most = top;
			greatest = i;
		}
	}
	if (n_known == 0)
		return (struct summary){.last = NAN, .average = NAN, .p95 = NAN, .greatest = NAN, .least = NAN};
	return (struct summary){
		.n = n_known,
		.last = values[last],
		.average = sum / (double)n_known,
		.p95 = find_p95(values, n, n_known, upper, n_upper),
		.greatest = most,
		.least = least,
		.greatest_row = greatest,
		.greatest_ms = at_ms[greatest],
		.last_row = last,
	};
}
