/* SPDX-License-Identifier: MIT */
/* plan.h - what a report file asks for, with the sources that it comes from
 *
 *     AUTO(report_plan) struct report_plan plan = {0};
 *     report_plan_make(&plan, &request, &faults, err)     makes the sources: what the file says of them is checked, nothing is read
 *     report_plan_open(&plan, &faults, err)               reads them, for the period and the one it is compared with
 *
 * A source that cannot be read is no error of the plan: what is made of it says why in its place. One that is optional and not there is left out. */
#ifndef COURANT_REPORT_PLAN_H
#define COURANT_REPORT_PLAN_H
#include "report/figures.h"
#include "report/file.h"
#include "source/source.h"

enum plan_state {
	PLAN_OPEN,
	PLAN_ABSENT, /* optional, and not there; or left out, then without a failure */
	PLAN_FAILED,
};

struct plan_source {
	const struct file_source *said;
	struct source *source; /* NULL: nothing is known of it but its name (a log that the command line is to name) */
	enum plan_state state;
	courant_error *failure; /* why it is not open */

	/* Of an access log. */
	struct weblog *weblog; /* the source's; NULL: it is none */
	struct figures figures;
	bool has_agents;
};

struct report_plan_request {
	const struct report_file *file; /* borrowed while the plan lives, as the zone */
	const struct zone *zone;
	int64_t now_ms;
	const char *rrd_program; /* NULL: there is none */
};

struct report_plan {
	struct report_plan_request request;
	struct window window, former_window; /* {INT64_MIN, INT64_MAX}: all that there is */
	bool is_whole;         /* it is */
	bool wants_comparison; /* a comparison was asked for, and the window has one */
	struct plan_source *sources;
	size_t n_sources;
};

/* Faults are collected; with any of them -1 and COURANT_CONFIG. */
int report_plan_make(struct report_plan *, const struct report_plan_request *, struct faults *, courant_error **err);
int report_plan_open(struct report_plan *, struct faults *, courant_error **err);

/* Instead of opening, for who only checks: what costs little is open then, all else counts as left out. A source that cannot be read here is no fault of the file:
 * `remarks` gets a line for it, which begins with its place, "FILE:3:5: ". */
int report_plan_look(struct report_plan *, struct faults *, struct texts *remarks, courant_error **err);
void report_plan_release(struct report_plan *);
AUTO_DEFINE_VALUE(report_plan, struct report_plan, report_plan_release)

/* The source of that name; NULL: the file has none. */
struct plan_source *report_plan_find_source(const struct report_plan *, const char *name);

/* The table that is meant; NULL, with a fault in its place, for a table or column that the source has not. The source is open. */
const struct source_table *report_plan_find_table(const struct report_plan *, const struct reference *, struct faults *, struct plan_source **ret_source);

/* It cannot be read any more: from now on it has failed. Takes the error; -1 only without memory. */
int report_plan_fail(struct plan_source *, courant_error *, courant_error **err);

/* As it is taken; the caller's. */
struct table *report_plan_take(const struct plan_source *, const struct source_table *, const struct source_request *, courant_error **err);

/* Whether it is an access log, read or not. */
bool report_plan_is_log(const struct plan_source *);
#endif
