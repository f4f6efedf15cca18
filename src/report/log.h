/* SPDX-License-Identifier: MIT */
/* log.h - the blocks that are made of an access log's tables */
#ifndef COURANT_REPORT_LOG_H
#define COURANT_REPORT_LOG_H
#include "render/document.h"
#include "report/figures.h"
#include "report/file.h"
#include "report/say.h"
#include "weblog/weblog.h"

/* One log of a report. */
struct log {
	struct document *document;
	struct say *say;
	struct weblog *weblog;
	const struct figures *figures;
	struct span span;
	slice own_site;      /* empty: not known */
	bool is_site_given;  /* by the report file */
	bool has_agents;
	bool shows_traffic;  /* the report is about its traffic, and not only about how long answers took */
};

/* The tiles out of the totals: all, or that of a column. NULL titles below are the blocks' own. */
int log_add_tiles(const struct log *, struct block *, const char *column, courant_error **err);
/* Whether there is one for the column; NULL: for all. */
bool log_has_tile(const char *column);

/* Whether the table is one of those that are shown as columns: hours, days, hours_of_day. */
bool log_has_columns(const char *table);

/* Columns for hours or days, with the server errors below. */
int log_columns(const struct log *, const char *table, const char *title, courant_error **err);

/* Whether the table has a form of its own. */
bool log_has_table(const char *table);

/* One of these tables, as bars or rows. */
int log_table(const struct log *, const char *table, unsigned top, const char *title, courant_error **err);

/* What a table is called. */
slice log_heading(const struct log *, const char *table);

/* The slowest pages. */
int log_slow_pages(const struct log *, unsigned top, const char *title, unsigned least_rows, courant_error **err);

/* Whether a table is about how long answers took, and not about the traffic. */
bool log_is_of_durations(const char *table);

/* A row of a joined table, for what is told beside it. */
struct joined_row {
	const struct log *log;
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
	const char *table, *key, *count; /* names: of the table, of the column that rows are known by, of the one that is compared */
	uint64_t total; /* of the share; 0: no share */
	void (*annotate)(const struct joined_row *, struct joined_notes *);
	bool is_compared;
	bool is_cut; /* after `top` rows: the weblog does it only where rows are ranked */
};
struct table *log_join(const struct log *, const struct join *, unsigned top, courant_error **err);
#endif
