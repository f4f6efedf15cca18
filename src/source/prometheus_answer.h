/* SPDX-License-Identifier: MIT */
/* prometheus_answer.h - what Prometheus answers to query_range, checked and put into rows
 *
 * A JSON object with "status", and "data" whose result is a matrix: series with labels ("metric") and pairs of a time and a value in a text. A query that covers
 * much comes in several answers, which are joined by their labels. */
#ifndef COURANT_SOURCE_PROMETHEUS_ANSWER_H
#define COURANT_SOURCE_PROMETHEUS_ANSWER_H
#include <stdint.h>

#include "base/buffer.h"

#define MATRIX_SERIES_MAX 256 /* that a query may give; nobody reads a picture of more */
#define MATRIX_LABELS_MAX 64

struct matrix_label {
	char *name, *value;
};

struct matrix_series {
	struct matrix_label *labels; /* in the order of the answer */
	size_t n_labels;
	double *values; /* n_points; NaN: unknown */
};

struct matrix {
	int64_t from_ms, step_ms; /* point i is at from_ms + i * step_ms */
	size_t n_points;
	struct matrix_series series[MATRIX_SERIES_MAX];
	size_t n_series;
};

void matrix_release(struct matrix *);
AUTO_DEFINE_VALUE(matrix, struct matrix, matrix_release)

/* Puts an answer into the matrix. COURANT_CONFIG with Prometheus' own words when it refuses the query, COURANT_PROTOCOL when the answer is none. */
int matrix_read(struct matrix *, slice answer, courant_error **err);

/* What the i-th series is called: the value of `label`, or without one (NULL) the values of those labels in which the series differ; "value" when there is nothing
 * to tell them apart. */
void matrix_write_name(const struct matrix *, size_t i, const char *label, struct buffer *);
#endif
