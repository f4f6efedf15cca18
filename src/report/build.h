/* SPDX-License-Identifier: MIT */
/* build.h - what a report's document is made from, and the functions that make its parts */
#ifndef COURANT_REPORT_BUILD_H
#define COURANT_REPORT_BUILD_H
#include "render/studio.h"
#include "report/enclosures.h"
#include "report/labels.h"
#include "report/log.h"
#include "report/metrics.h"
#include "report/plan.h"
#include "report/quality.h"
#include "report/taken.h"

struct build {
	struct document *document;
	struct report_plan *plan;
	const struct report_file *file;
	struct say *say;
	struct faults *faults;  /* what sections ask for in vain */
	struct span span;
	struct log *logs;       /* one for each source of the plan; weblog is NULL where it is none, or not open */
	struct takings takings; /* the tables that sections ask for */
	struct metrics metrics; /* the pictures that have been drawn */
	struct studio *studio;  /* NULL: no picture yet */
	struct enclosures enclosures;
	struct quality quality; /* latency and availability, when a section asks for them */
};

void build_release(struct build *);
AUTO_DEFINE_VALUE(build, struct build, build_release)

/* The log of a source that is one and open, or NULL. */
struct log *build_log_of(const struct build *, const struct plan_source *);
/* The first open log, or NULL. */
struct log *build_first_log(const struct build *);

/* The sections, from top to bottom. */
int build_sections(struct build *, courant_error **err);

/* Each kind of section that is more than a call. */
int build_summary(struct build *, const struct section *, courant_error **err);
/* Once all pictures are there: what figures alone show, for the verdict. */
int build_judged(struct build *, courant_error **err);
int build_charts(struct build *, const struct section *, courant_error **err);
int build_statistics(struct build *, const struct section *, courant_error **err);
int build_table(struct build *, const struct section *, courant_error **err);

/* The sheets of the workbook, and a note for each file that is attached. */
int build_attachments(struct build *, courant_error **err);

/* The report's title. */
slice build_title(const struct build *);

/* A picture into the block, under a name that no other one has: build_write_picture_name(). */
int build_add_picture(struct build *, struct block *, const struct picture *, const struct table *, slice name, courant_error **err);
void build_write_picture_name(const struct document *, const char *source, const char *table, struct buffer *ret);

/* Title, period, subject, verdict, preheader. */
int build_head(const struct build *, courant_error **err);

/* Sources, window, lines, estimates: what the figures rest on. `took_ms` < 0: not said. */
int build_footer(const struct build *, int64_t took_ms, courant_error **err);
#endif
