/* SPDX-License-Identifier: MIT */
/* probe.h - timed requests, many at once, each over a connection of its own */
#ifndef COURANT_COLLECT_PROBE_H
#define COURANT_COLLECT_PROBE_H
#include "samples/probe.h"
#include "samples/target.h"

/* What a person is told beside the result: "Connection refused", "the status is 502", owned. NULL when all is well. */
struct probe_report {
	struct probe_result result;
	char *words;
};

/* Probes all targets, at most PROBE_TOGETHER at a time, and fills reports[i] for targets[i]; all are of the instant `at_ms`. What goes wrong with a target is its
 * result; -1 only without memory. */
#define PROBE_TOGETHER 64
int probe_all(const struct probe_target *targets, size_t n, int64_t at_ms, struct probe_report *reports, courant_error **err);

void probe_reports_release(struct probe_report *, size_t n);
#endif
