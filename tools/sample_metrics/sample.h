/* SPDX-License-Identifier: MIT */
/* sample.h - samples of a machine, of its MySQL and of probes, out of a seed: the same every time, nobody's data
 *
 * A machine: eight days and ten minutes of minutes. The last day has a story: an interface that is away for 90 minutes and begins counting anew, a spike of what it
 * sends, memory that is nearly full, pages that are swapped in at night. The same day a week before is an ordinary one.
 *
 * Probes: two weeks of a page that is asked for each half minute. The last week is slower on Monday, and has seven minutes of time-outs, two answers with 502, one
 * refused connection, and an hour in which nobody probed. */
#ifndef COURANT_TOOLS_SAMPLE_METRICS_SAMPLE_H
#define COURANT_TOOLS_SAMPLE_METRICS_SAMPLE_H
#include "base/buffer.h"
#include "samples/layout.h"
#include "samples/probe_store.h"

/* ---- a machine ---- */

struct sample_series {
	const struct layout *layout;
	int64_t *times_ms;
	double *figures; /* n times layout->n_figures, counters as they were read; NaN: not read */
	size_t n;
};

/* The samples up to `end_ms`. */
int sample_system(int64_t end_ms, struct sample_series *ret, courant_error **err);
int sample_mysql(int64_t end_ms, struct sample_series *ret, courant_error **err);
void sample_series_release(struct sample_series *);

/* ---- probes ---- */

#define SAMPLE_PROBES (2 * 7 * 2880)

/* The target, and what was measured; results are in their order, n of them at most SAMPLE_PROBES. `end_ms` is the midnight after the last Sunday, at an offset of
 * eight hours. */
void sample_target(struct probe_target *ret);
size_t sample_probes(int64_t end_ms, struct probe_result *results);
#endif
