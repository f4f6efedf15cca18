/* SPDX-License-Identifier: MIT */
/* probe_figures.h - the rows of the tables of the source probe */
#ifndef COURANT_SOURCE_PROBE_FIGURES_H
#define COURANT_SOURCE_PROBE_FIGURES_H
#include "samples/probe_store.h"
#include "source/own.h"

struct probe_source {
	struct source source;
	char *path;
	char **wanted; /* names of targets; none: all */
	size_t n_wanted;
	struct probe_store *store;
	struct probe_known *known;
	size_t n_known;
	const struct probe_known **chosen;
	size_t n_chosen;
};

/* Results of some time. */
struct probe_sums {
	uint64_t done, ok;
	struct histogram total_us;
	int64_t first_ms, last_ms; /* of its quarters: begin of the first, end of the last; 0: none */
};
void probe_sums_release(struct probe_sums *);

/* A table that is being taken. */
struct probe_taking {
	const struct probe_source *probe;
	const struct source_table *what;
	const struct source_request *request;
	struct source_window window;
	struct probe_sums all; /* of the window */
	uint64_t expected;     /* probes that there should have been */
	struct table *table;   /* what comes of it */
};

/* Sums the window up, for the heads of all tables. */
int probe_begin(struct probe_taking *, courant_error **err);

/* The empty table with its head. */
int probe_make_table(struct probe_taking *, int64_t step_ms, bool is_single, courant_error **err);

typedef int probe_fill(struct probe_taking *, courant_error **err);
probe_fill probe_fill_totals, probe_fill_hours, probe_fill_days, probe_fill_targets, probe_fill_events, probe_fill_failures;
#endif
