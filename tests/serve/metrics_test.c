/* SPDX-License-Identifier: MIT */
/* metrics_test.c - the lines that Prometheus reads */
#include "serve/metrics.h"

#include "tap.h"

static void rows_become_lines(void)
{
	static const struct metric rows[] = {
		{.name = "courant_up", .type = "gauge", .help = "Whether all is well.", .value = 1},
		{.name = "courant_runs_total", .type = "counter", .help = "Runs of reports.", .label = "outcome", .of = "sent", .value = 12},
		{.name = "courant_runs_total", .type = "counter", .help = "Runs of reports.", .label = "outcome", .of = "a \"b\"\\\n", .value = 0},
		{.name = "courant_start_seconds", .type = "gauge", .help = "When it began.", .value = INT64_C(1794571200007), .is_ms = true},
		{.name = "courant_drift_seconds", .type = "gauge", .help = "Negative.", .value = -1500, .is_ms = true},
	};
	AUTO(buffer) struct buffer out = BUFFER_LIMIT(10000);

	metrics_write(&out, rows, sizeof rows / sizeof *rows);
	CHECK_SLICE(buffer_peek(&out), SLICE("# HELP courant_up Whether all is well.\n"
					     "# TYPE courant_up gauge\n"
					     "courant_up 1\n"
					     "# HELP courant_runs_total Runs of reports.\n"
					     "# TYPE courant_runs_total counter\n"
					     "courant_runs_total{outcome=\"sent\"} 12\n"
					     "courant_runs_total{outcome=\"a \\\"b\\\"\\\\\\n\"} 0\n"
					     "# HELP courant_start_seconds When it began.\n"
					     "# TYPE courant_start_seconds gauge\n"
					     "courant_start_seconds 1794571200.007\n"
					     "# HELP courant_drift_seconds Negative.\n"
					     "# TYPE courant_drift_seconds gauge\n"
					     "courant_drift_seconds -1.500\n"));
}

TESTS(TEST(rows_become_lines))
