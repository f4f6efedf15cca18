/* SPDX-License-Identifier: MIT */
/* prometheus_answer_fuzz.c - any bytes as an answer of Prometheus: put into the matrix or refused with a sentence; the same answer twice adds nothing */
#include <math.h>

#include "fuzz.h"
#include "source/prometheus_answer.h"

#define POINTS 60

static void look_at(const struct matrix *matrix)
{
	for (size_t i = 0; i < matrix->n_series; i++) {
		AUTO(buffer) struct buffer name = BUFFER_LIMIT((size_t)1 << 20);

		matrix_write_name(matrix, i, NULL, &name);
		MUST(name.len > 0);
		buffer_cut(&name, 0);
		matrix_write_name(matrix, i, "instance", &name);
		for (size_t k = 0; k < POINTS; k++)
			MUST(!isinf(matrix->series[i].values[k]));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct matrix matrix;
	AUTO(error) courant_error *error = NULL;
	const slice answer = slice_from((const char *)data, size);

	matrix = (struct matrix){.from_ms = INT64_C(1794182460000), .step_ms = 60000, .n_points = POINTS};
	if (matrix_read(&matrix, answer, &error) == 0) {
		const size_t n = matrix.n_series;

		look_at(&matrix);
		MUST(matrix_read(&matrix, answer, NULL) == 0 && matrix.n_series == n);
	} else {
		MUST(error);
	}
	matrix_release(&matrix);
	return 0;
}
