/* SPDX-License-Identifier: MIT */
/* taken.h - tables of sources, each taken once: of the period, and of the one it is compared with
 *
 * Tiles, pictures, the table of figures, the workbook and the verdict of a report see the same rows, and so cannot disagree. */
#ifndef COURANT_REPORT_TAKEN_H
#define COURANT_REPORT_TAKEN_H
#include "render/samples.h"
#include "report/plan.h"
#include "report/say.h"

struct taken {
	struct plan_source *source;
	const struct source_table *of;
	struct table *now;
	struct table *former; /* NULL: there is no comparison, or too little data for one */
	bool has_sheet;       /* of the workbook */
};

struct takings {
	struct taken **items; /* each stays where it is */
	size_t n;
};
void takings_release(struct takings *);
AUTO_DEFINE_VALUE(takings, struct takings, takings_release)

/* Finds it or takes it. *ret is NULL where the source is not open, or fails now (its state says so then), or, with a fault, has no such table. */
int takings_get(struct takings *, struct report_plan *, const struct reference *, struct faults *, struct taken **ret, courant_error **err);

/* What a table is called: our words for those of logs and probes, the name of any other; where a source names none (its table is "rows" or "all"), the source's. */
slice taken_name(struct say *, const struct taken *);

/* Whether it is of a log or of probes: then its columns have words of ours. */
bool taken_is_ours(const struct taken *);

/* The table without a band's columns: NAME_min and NAME_max behind NAME. */
bool taken_is_band(const struct table *, size_t column);

/* What the column comes to over the table's rows: last, average and so on. A table whose first column is no time has none (n is 0). */
int taken_summary(const struct table *, size_t column, struct summary *ret, courant_error **err);

/* The column of that name; a fault in that place when there is none. */
size_t taken_find_column(const struct taken *, const char *column, struct place, struct faults *);
#endif
