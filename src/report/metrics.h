/* SPDX-License-Identifier: MIT */
/* metrics.h - the pictures of a report, and what is judged as they are: which series, under which names, and what they come to
 *
 * What the verdict and the table of figures say of series is read from what is drawn. */
#ifndef COURANT_REPORT_METRICS_H
#define COURANT_REPORT_METRICS_H
#include "render/quantity.h"
#include "report/known.h"
#include "report/say.h"
#include "report/taken.h"

#define METRICS_MAX 64 /* pictures of a report */

struct metric_chart {
	const struct wanted_chart *wanted;
	const struct taken *taken;
	const struct known_series *known; /* NULL: a series of somebody else */
	struct picture picture;   /* its texts live as long as what `say` said */
	struct samples samples;   /* of the picture: its series in their order */
	struct quantity quantity; /* how its figures are written */
	size_t total;             /* column of what the first is a part of; SLICE_NONE: none */
};

struct metrics {
	struct metric_chart *items[METRICS_MAX];
	size_t n;
};
void metrics_release(struct metrics *);

/* Describes the picture and reads its samples; `former_label` is what the comparison is called. NULL with a fault for a column that there is not, or that cannot be drawn; else without memory. */
struct metric_chart *metric_chart_new(struct say *, const struct wanted_chart *, const struct taken *, slice former_label, struct faults *, courant_error **err);
void metric_chart_free(struct metric_chart *);
AUTO_DEFINE(metric_chart, struct metric_chart, metric_chart_free)

/* Takes the chart, always. COURANT_TOO_LARGE above METRICS_MAX. */
int metrics_add(struct metrics *, struct metric_chart *, courant_error **err);

bool metric_chart_has_data(const struct metric_chart *);

/* "网络发送": the series with what it is a part of. */
slice metric_full_name(struct say *, const struct metric_chart *, size_t series);
/* The same of any column of a table. */
slice metric_column_name(struct say *, const struct known_series *, const char *column);

/* What the picture is about, short: 网络. */
slice metric_subject(struct say *, const struct metric_chart *);
#endif
