/* SPDX-License-Identifier: MIT */
/* summary.h - what many values come to */
#ifndef COURANT_RENDER_SUMMARY_H
#define COURANT_RENDER_SUMMARY_H
#include <stddef.h>
#include <stdint.h>

/* What the footer, the alt text and the table beside the picture say of a series. */
struct summary {
	size_t n;             /* known samples; 0: the rest is NaN */
	double last, average, p95;
	double greatest;      /* of the band, where there is one */
	double least;
	int64_t greatest_ms;  /* start of its row */
	size_t greatest_row;
	size_t last_row;
};

/* Of n values, NaN being unknown; without any, the least is INFINITY and the most -INFINITY. */
struct extent {
	size_t n;
	double sum, least, most;
};
struct extent extent_of(const double *values, size_t n);

/* Of n values, NaN being unknown; `high` has each one's greatest, or is NULL. `upper` has room for n + 1 values more. */
struct summary summary_of(const double *values, const double *high, size_t n, const int64_t *at_ms, double *upper);

/* The p-quantile, interpolated between the two nearest (as numpy does); changes the order of the values. NaN for none. */
double quantile_of(double *values, size_t n, double p);
#endif
