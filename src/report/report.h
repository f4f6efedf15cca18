/* SPDX-License-Identifier: MIT */
/* report.h - a report file and its sources become a document */
#ifndef COURANT_REPORT_REPORT_H
#define COURANT_REPORT_REPORT_H
#include "render/document.h"
#include "report/enclosures.h"
#include "report/file.h"

struct report_request {
	const struct report_file *file;
	enum language language;
	const struct zone *zone; /* borrowed while the document lives */
	int64_t now_ms;
	bool is_repeatable;      /* leaves out how long it took */
	const char *rrd_program; /* where courant-rrd lies; NULL: nowhere */
};

/* What the caller has to know beside the document. */
struct report_outcome {
	bool has_data;  /* in the window */
	bool has_lines; /* logs have lines at all; true without a log */
	struct enclosures enclosures; /* what is to be attached; the caller's */
	struct window window; /* of the figures; unlimited when all was asked for and there is nothing */
	bool is_whole;
};

/* Reads the sources and builds the document; it is the caller's. Faults of the file that only its sources tell (a table that there is not) are collected; with any of
 * them COURANT_CONFIG. When no source at all can be read, why the first one could not. */
struct document *report_build(const struct report_request *, struct faults *, struct report_outcome *ret, courant_error **err);

/* The same without the document, to find faults: no log is counted, no server asked (source_look). `remarks` as report_plan_look's. */
int report_check(const struct report_request *, struct faults *, struct texts *remarks, courant_error **err);

/* The first log that the file names, where a command line is to name it: NULL when all sources are named. */
const struct file_source *report_find_unnamed(const struct report_file *);

/* The zone of a report without one: the machine's, when the first log's first line has the offset that this zone had then; else that
 * line's own offset. What comes from standard input cannot be looked at before it is read: the machine's. */
struct zone *report_guess_zone(const struct report_file *, courant_error **err);
#endif
