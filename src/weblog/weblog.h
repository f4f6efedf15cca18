/* SPDX-License-Identifier: MIT */
/* weblog.h - access logs in, tables out
 *
 *     weblog_new, weblog_add_path for each file (or "-"), weblog_finish, then weblog_take_table as often as wanted.
 *
 * Definitions (line, hit, page view, visitor, visit, robot …) are in definitions.c, which prints them too. Every line becomes a hit or is
 * rejected with a reason; none is lost. */
#ifndef COURANT_WEBLOG_WEBLOG_H
#define COURANT_WEBLOG_WEBLOG_H
#include <courant/error.h>

#include "base/zone.h"
#include "table/table.h"

struct weblog;

/* From (included) to (excluded). */
struct weblog_window {
	int64_t from_ms, to_ms;
};

#define WEBLOG_WINDOWS 2 /* a report's period, and the one it is compared with */

struct filter;       /* weblog/filter.h */
struct input_teller; /* weblog/input.h */

struct weblog_options {
	const struct zone *zone;      /* NULL: the offset of the first line that has a time. Borrowed while the weblog lives */
	struct weblog_window windows[WEBLOG_WINDOWS];
	/* Without a zone: says the windows once it is known, before the first hit counts; what it needs is `chooser`, borrowed. NULL: they stand above. */
	int (*choose)(void *chooser, const struct zone *, struct weblog_window *ret, courant_error **err);
	void *chooser;
	const struct filter *filter;  /* NULL: all hits count. Copied; its patterns are borrowed while the weblog lives */
	const char *format;           /* NULL: recognised; else its name or words (weblog/formats.h). Borrowed while the weblog lives */
	const char *static_suffixes;  /* "js css png": of static files, instead of those that the definitions name; not with a ledger. NULL: those */
	bool is_anonymous;            /* addresses are shown cut to /24 and /48, referrers without what follows `?`, rejected lines without their text */
	const struct input_teller *teller; /* who is told how far a file has been read, by one thread at a time; NULL: nobody. Borrowed while the weblog lives */
	const char *countries;        /* a database (countries.h), for the table `countries`; NULL: none, and no such table */
	const char *state;            /* a ledger's path (ledger.h), made when it is missing: lines it has are not counted again, and all that it has is shown. One thread
	                               * counts, all hits: a filter is COURANT_USAGE. NULL: none */
	size_t memory_bytes;          /* of what grows with distinct keys; beyond it, keys that come seldom are left out, and what is distinct is estimated. 0: no limit */
	size_t jobs;                  /* threads that count; 0: one */
	size_t n_windows;             /* 0: one, unlimited. Hits outside every window are counted as such and go into no table but `rejected` and totals' lines */
};

struct weblog *weblog_new(const struct weblog_options *, courant_error **err);
void weblog_free(struct weblog *);
AUTO_DEFINE(weblog, struct weblog, weblog_free)

/* Reads a file, "-" for standard input; plain, gzip, zstd, xz or bzip2, known by the first bytes. COURANT_NO_INPUT: missing, unreadable, a folder, binary,
 * or no line of a known format (names the line, and what was expected). An empty file is fine. */
int weblog_add_path(struct weblog *, const char *path, courant_error **err);

/* No more lines; the tables can be taken. */
int weblog_finish(struct weblog *, courant_error **err);

/* The table named as in docs ("totals", "hours", "days", "hours_of_day", "status", "status_classes", "methods", "paths", "pages", "files",
 * "not_found", "failing", "referrers", "browsers", "systems", "robots", "latency", "latency_days", "latency_total", "slow_pages", "rejected", "countries") for window i. Ranked ones are cut to `top` rows (0: all) and say what is left out.
 * COURANT_USAGE for an unknown name, and for countries without a database. The caller owns it. */
struct table *weblog_take_table(struct weblog *, size_t window, const char *name, size_t top, courant_error **err);

/* Names of all tables, NULL at the end, in the order of --json; countries, which not every weblog has, is the last. */
extern const char *const weblog_table_names[];

#define WEBLOG_MEMORY_MIN ((size_t)8 << 20) /* of memory_bytes */

/* What a report vouches with, for all that was read; after weblog_finish. */
struct weblog_facts {
	uint64_t files, lines, hits, rejected;   /* of all input */
	uint64_t in_window[WEBLOG_WINDOWS];      /* hits in each window */
	int64_t first_ms[WEBLOG_WINDOWS], last_ms[WEBLOG_WINDOWS]; /* of the window's hits; 0 when there are none */
	int64_t longest_gap_ms[WEBLOG_WINDOWS];  /* longest silence between two hits in the window, to a second */
	int64_t longest_gap_from_ms[WEBLOG_WINDOWS];
	double visitors_error[WEBLOG_WINDOWS];   /* visitors, visits and addresses are right to this share in 19 of 20 cases; 0: exact */
	int64_t all_first_ms, all_last_ms;       /* of all hits, inside or outside of windows */
	const char *format;                      /* "combined", "common" … of the first file; NULL without a line */
	bool is_format_given;                    /* it was asked for, not recognised */
	bool has_other_formats;                  /* of files that follow */
	uint64_t sample_lines, sample_readable;  /* how many of the first file's first lines can be read as such; both 0: not known, for a ledger has them */
	bool has_agents;                         /* false: no file has user agents, so that all hits are of suspected robots */
};
void weblog_facts(const struct weblog *, struct weblog_facts *ret);

/* The zone that times bucket in. */
const struct zone *weblog_zone(const struct weblog *);

/* Whether the file can be read, and its first lines are those of an access log, of `format` (NULL: of any). Errors as weblog_add_path's. */
int weblog_peek(const char *path, const char *format, courant_error **err);

/* The instant of the file's first line that has a time, and its offset from UTC in seconds; false when there is none. Reads one block; nothing of what can be
 * read only once, as a pipe. */
bool weblog_peek_time(const char *path, int64_t *ret_ms, int *ret_offset_s);

/* The definitions, a line each. */
extern const char *const weblog_definitions[];
#endif
