/* SPDX-License-Identifier: MIT */
/* build.h - what the parts of a report are made from, and the functions that make them */
#ifndef COURANT_REPORT_BUILD_H
#define COURANT_REPORT_BUILD_H
#include "render/document.h"
#include "report/figures.h"
#include "report/file.h"
#include "report/say.h"
#include "weblog/weblog.h"

struct build {
	struct document *document;
	struct weblog *weblog;
	const struct figures *figures;
	const struct report_file *file;
	struct say *say;
	slice own_site; /* empty: not known */
	bool has_agents;
};

/* The tiles out of the totals. */
int build_tiles(const struct build *, const struct section *, courant_error **err);

/* Columns for hours or days, with the server errors below. */
int build_chart(const struct build *, const struct section *, courant_error **err);

/* One of the other tables, as bars or rows. */
int build_table(const struct build *, const struct section *, courant_error **err);

int build_text(const struct build *, const struct section *, courant_error **err);

/* Sources, window, lines, estimates: what the figures rest on. `took_ms` < 0: not said. */
int build_footer(const struct build *, int64_t took_ms, const char *const *logs, size_t n_logs,
                 courant_error **err);

/* Title, period, subject, verdict, preheader. */
int build_head(const struct build *, courant_error **err);

/* Adds runs of a sentence; NULL-safe towards an error that is there already. */
int build_run(struct sentence *, enum run_tone, slice text, courant_error **err);

/* A row of a joined table, for what is told beside it. */
struct joined_row {
	const struct build *build;
	const struct table *table; /* the weblog's */
	size_t row;
};
struct joined_notes {
	slice name, note, mark; /* empty: unknown */
};

/* The weblog's table of the window with more columns behind its own: share of a total, former count, and texts. */
enum joined_column {
	JOINED_SHARE,
	JOINED_FORMER,
	JOINED_NAME,
	JOINED_NOTE,
	JOINED_MARK,
	JOINED_COLUMNS
};
struct join {
	const char *table, *key,
	        *count; /* names: of the table, of the column that rows are known by, of the one that is compared */
	uint64_t total; /* of the share; 0: no share */
	void (*annotate)(const struct joined_row *, struct joined_notes *);
	bool is_compared;
	bool is_cut; /* after `top` rows: the weblog does it only where rows are ranked */
};
struct table *build_join(const struct build *, const struct join *, unsigned top,
                         courant_error **err);
#endif
