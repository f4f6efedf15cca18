/* SPDX-License-Identifier: MIT */
/* chart.h - the columns of a chart, merged until they fit, with their greatest values */
#ifndef COURANT_RENDER_CHART_H
#define COURANT_RENDER_CHART_H
#include "render/document.h"

struct chart {
	struct chart_column columns[CHART_COLUMNS_MAX];
	size_t n;
	size_t merged; /* so many neighbours became one column; 1: none */
	uint64_t greatest;        /* of values and former ones */
	uint64_t greatest_value;  /* of values alone */
	uint64_t errors_greatest, errors_sum;
};

void chart_init(struct chart *, const struct block *);

/* value / greatest * full, rounded; at least 1 when the value is not 0. */
unsigned chart_length(uint64_t value, uint64_t greatest, unsigned full);

/* The smallest of 1, 2, 5, 10, 20 … that draws the greatest in at most `full` signs. */
uint64_t chart_scale(uint64_t greatest, unsigned full);
#endif
