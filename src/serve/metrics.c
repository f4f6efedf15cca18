/* SPDX-License-Identifier: MIT */
/* metrics.c - rows to lines (metrics.h) */
#include "serve/metrics.h"

#include <string.h>

static void write_head(struct buffer *out, const struct metric *metric)
{
	buffer_printf(out, "# HELP %s %s\n# TYPE %s %s\n", metric->name, metric->help, metric->name, metric->type);
}

static void write_label(struct buffer *out, const struct metric *metric)
{
	buffer_printf(out, "{%s=\"", metric->label);
	for (const char *c = metric->of; *c; c++) {
		if (*c == '\n') {
			buffer_append(out, SLICE("\\n"));
			continue;
		}
		if (*c == '"' || *c == '\\')
			buffer_append_byte(out, '\\');
		buffer_append_byte(out, *c);
	}
	buffer_append(out, SLICE("\"}"));
}

static void write_value(struct buffer *out, const struct metric *metric)
{
	const bool is_negative = metric->value < 0;
	const uint64_t size = is_negative ? -(uint64_t)metric->value : (uint64_t)metric->value;

	buffer_printf(out, is_negative ? " -" : " ");
	if (metric->is_ms)
		buffer_printf(out, "%llu.%03llu\n", (unsigned long long)(size / 1000), (unsigned long long)(size % 1000));
	else
		buffer_printf(out, "%llu\n", (unsigned long long)size);
}

void metrics_write(struct buffer *out, const struct metric *metrics, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || strcmp(metrics[i - 1].name, metrics[i].name) != 0)
			write_head(out, &metrics[i]);
		buffer_append(out, slice_of(metrics[i].name));
		if (metrics[i].label)
			write_label(out, &metrics[i]);
		write_value(out, &metrics[i]);
	}
}
