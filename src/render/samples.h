/* SPDX-License-Identifier: MIT */
/* samples.h - what a picture shows, read out of its table once: points in order of time, gaps, and each series' figures
 *
 * Values are doubles in the column's own unit; NaN is unknown. */
#ifndef COURANT_RENDER_SAMPLES_H
#define COURANT_RENDER_SAMPLES_H
#include "render/picture.h"
#include "render/summary.h"

struct sample_series {
	const double *values;
	const double *low, *high; /* NULL: no band */
	struct summary summary;
};

/* [from, to) without any known value. */
struct gap {
	int64_t from_ms, to_ms;
};

/* Memory for columns of figures, used again for the next picture. */
struct slab {
	double *at;
	size_t n;
};

struct samples {
	struct slab own, others; /* what the arrays below lie in: of the table, and of the former one */

	enum table_type type;
	bool is_timed;          /* else rows have names */
	size_t n;               /* rows */
	const int64_t *at_ms;   /* start of each row's step */
	char **names;
	int64_t step_ms;        /* 0: unknown, with fewer than two rows */
	int64_t from_ms, to_ms; /* what is shown: the table's window, or from the first row to the last one's end */

	struct sample_series series[PICTURE_SERIES_MAX];
	size_t n_series;

	/* The former line: its own rows, moved into this window. */
	const int64_t *former_ms;
	const double *former;
	size_t n_former;
	struct summary former_summary;

	const double *volume;
	double volume_greatest;

	struct gap *gaps;
	size_t n_gaps;
	int64_t gap_ms; /* their sum */

	double least, greatest; /* over all that is drawn, bands, the former line and references too; 0 and 0 without any */
};

/* Reads into samples that are all zero, or have been read into before. After a failure they can only be read into again or released. */
int samples_read(struct samples *, const struct picture *, const struct table *, courant_error **err);
void samples_release(struct samples *);
AUTO_DEFINE_VALUE(samples, struct samples, samples_release)
#endif
