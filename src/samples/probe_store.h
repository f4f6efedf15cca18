/* SPDX-License-Identifier: MIT */
/* probe_store.h - results of probes in SQLite: figures of each quarter of an hour, events, the last results themselves
 *
 * Quarters, because they make whole hours and days in every zone. The times of successful probes are kept as a histogram that can be joined, so that the percentiles
 * of a day are those of its probes and not an average of hours; failures are counted apart, by kind, and are in no percentile. An event is a row of failures of one
 * kind, or a time without probes; it lasts until a probe comes out otherwise. */
#ifndef COURANT_SAMPLES_PROBE_STORE_H
#define COURANT_SAMPLES_PROBE_STORE_H
#include "base/auto.h"
#include "base/clock.h"
#include "base/fail.h"
#include "samples/probe.h"
#include "samples/target.h"
#include "sketch/histogram.h"

#define PROBE_QUARTER_MS  (15 * MS_PER_MINUTE)
#define PROBE_MISSED      2.5                 /* usual distances without a result: nobody has probed */
#define PROBE_RESULTS_MAX 1000                /* last ones of a target that are kept */
#define PROBE_KEPT_MS     (396 * MS_PER_DAY)  /* quarters and events: 13 months */

struct probe_store;

enum probe_store_flags {
	PROBE_STORE_WRITE = 1 << 0, /* else nothing will be written, and the file must be there */
};

/* COURANT_NO_INPUT, COURANT_CANT_CREATE, COURANT_TEMPORARY as store_open. */
struct probe_store *probe_store_open(const char *path, unsigned flags, courant_error **err);
void probe_store_free(struct probe_store *);
AUTO_DEFINE(probe_store, struct probe_store, probe_store_free)

/* ---- writing ---- */

/* All of it or nothing: results[i] is of targets[i]. What is older than is kept goes. A result that is older than a target's last one counts in its quarter, and makes
 * no event. */
int probe_store_add(struct probe_store *, const struct probe_target *targets, const struct probe_result *results, size_t n, courant_error **err);

/* ---- reading ---- */

struct probe_known {
	int64_t id;
	char *name, *url;
	int64_t every_ms;           /* how often it is probed: what was said, else the usual distance of the last results; 0: not known */
	int64_t first_ms, last_ms;  /* of all its results that figures are left of */
	int64_t certificate_ms;     /* of the last successful one; 0: none */
};

/* All targets by name. */
int probe_store_targets(struct probe_store *, struct probe_known **ret, size_t *ret_n, courant_error **err);
void probe_known_free(struct probe_known *, size_t n);

struct probe_quarter {
	int64_t from_ms;
	uint64_t done, ok;
	struct histogram total_us; /* of the successful ones; borrowed */
};
/* -1 ends the reading. */
typedef int probe_quarter_read(void *context, const struct probe_quarter *, courant_error **err);

/* Quarters of a target that begin in the window, in their order. */
int probe_store_quarters(struct probe_store *, int64_t target, int64_t from_ms, int64_t to_ms, probe_quarter_read *, void *context, courant_error **err);

struct probe_failures {
	enum probe_kind kind;
	unsigned status; /* of PROBE_STATUS */
	uint64_t n;
};
/* By kind and status, of quarters that begin in the window. The caller frees them. */
int probe_store_failures(struct probe_store *, int64_t target, int64_t from_ms, int64_t to_ms, struct probe_failures **ret, size_t *ret_n, courant_error **err);

struct probe_event {
	enum probe_kind kind;
	unsigned status;
	int64_t from_ms, to_ms; /* to_ms 0: it goes on */
	int64_t last_ms;        /* of its last failure */
	uint64_t failures;      /* 0 of PROBE_NONE */
};
/* Those that reach into the window, in their order. The caller frees them. */
int probe_store_events(struct probe_store *, int64_t target, int64_t from_ms, int64_t to_ms, struct probe_event **ret, size_t *ret_n, courant_error **err);

/* The last results of a target, newest first, at most `most`. The caller frees them. */
int probe_store_results(struct probe_store *, int64_t target, size_t most, struct probe_result **ret, size_t *ret_n, courant_error **err);
#endif
