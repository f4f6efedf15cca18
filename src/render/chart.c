/* SPDX-License-Identifier: MIT */
/* chart.c - what is drawn with cells in HTML and with signs in plain text */
#include "render/chart.h"

static uint64_t sum_of(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static void add_column(struct chart_column *to, const struct chart_column *from)
{
	to->value = sum_of(to->value, from->value);
	to->errors = sum_of(to->errors, from->errors);
	if (!to->former.is_known)
		to->former = from->former;
	else if (from->former.is_known)
		to->former.count = sum_of(to->former.count, from->former.count);
	if (!to->label[0])
		memcpy(to->label, from->label, sizeof to->label);
}

static void note_greatest(uint64_t *greatest, uint64_t value)
{
	if (value > *greatest)
		*greatest = value;
}

void chart_init(struct chart *chart, const struct block *block)
{
	*chart = (struct chart){.merged = (block->n_columns + CHART_COLUMNS_MAX - 1) / CHART_COLUMNS_MAX};
	for (size_t i = 0; i < block->n_columns; i++) {
		if (i % chart->merged == 0)
			chart->columns[chart->n++] = block->columns[i];
		else
			add_column(&chart->columns[chart->n - 1], &block->columns[i]);
	}
	for (size_t i = 0; i < chart->n; i++) {
		const struct chart_column *column = &chart->columns[i];

		note_greatest(&chart->greatest_value, column->value);
		note_greatest(&chart->greatest, column->value);
		note_greatest(&chart->greatest, column->former.is_known ? column->former.count : 0);
		note_greatest(&chart->errors_greatest, column->errors);
		chart->errors_sum = sum_of(chart->errors_sum, column->errors);
	}
}

unsigned chart_length(uint64_t value, uint64_t greatest, unsigned full)
{
	if (value == 0 || greatest == 0)
		return 0;
	if (value >= greatest)
		return full;

	const unsigned length = (unsigned)((double)value / (double)greatest * full + 0.5);

	return length ? length : 1;
}

uint64_t chart_scale(uint64_t greatest, unsigned full)
{
	for (uint64_t power = 1;; power *= 10) {
		for (unsigned step = 1; step <= 5; step = step * 2 + (step == 2)) {
			const uint64_t scale = power * step;

			if (greatest / scale < full || (greatest / scale == full && greatest % scale == 0))
				return scale;
		}
		if (power > UINT64_MAX / 100)
			return power;
	}
}
