/* SPDX-License-Identifier: MIT */
/* source.h - where figures come from: files, databases and servers, each of them tables with names
 *
 *     struct source *source = source_new(settings, n_settings, &context, &wrong, err);    what a report file says, checked; nothing is read
 *     source_open(source, windows, n_windows, err)                                         looks at the place; logs are read, for all windows at once
 *     const struct source_table *network = source_find_table(source, SLICE("network"), err);
 *     struct table *table = source_take(source, network, &(struct source_request){.max_rows = 144}, err);
 *
 * A table whose columns are numbers over time is a series: its first column is the time, the start of each row's step; what is not known is unknown, never 0 and
 * never a line across; counters have become rates, and a counter that began anew is unknown there. Its head says zone, window, step, coverage, resets. */
#ifndef COURANT_SOURCE_SOURCE_H
#define COURANT_SOURCE_SOURCE_H
#include "base/zone.h"
#include "table/table.h"

/* ---- Kinds of sources ---- */

enum source_shape {
	SOURCE_TEXT, /* one value */
	SOURCE_LIST, /* one or several */
	SOURCE_MAP,  /* names and values */
};

struct source_option {
	const char *name;  /* "consolidation" */
	const char *value; /* what stands for it in help: "average|min|max|last" */
	enum source_shape shape;
	const char *help;  /* one sentence without a full stop */
	bool may_be_empty;
};

struct source_kind {
	const char *name;  /* "rrd": the key whose value is the place, which is the first of the options */
	const char *help;  /* what it reads, one line */
	const struct source_option *options;
	size_t n_options;
	const struct source_functions *functions; /* source/own.h */
};

/* Sorted by name; NULL at the end. */
extern const struct source_kind *const source_kinds[];
const struct source_kind *source_kind_find(slice name); /* or NULL */

/* All kinds with their options, for a person. */
void source_write_help(struct buffer *);

/* The word for what a column's numbers are: "bytes/s". */
const char *source_measure(enum table_type);

/* ---- One source ---- */

/* One entry of what a report file says of a source: {rrd: system.rrd, consolidation: max, types: {load: number}} has three. A list's items and a map's
 * entries are settings of the same name, one after the other. Borrowed while the source is made. */
struct source_setting {
	slice name;
	slice key; /* of a map's entry; ptr NULL: none */
	slice value;
	const char *folder; /* where a relative path of this value begins; NULL: at the context's folder */
};

/* Which setting is at fault, so that a report file can say its line and column. */
struct source_wrong {
	size_t setting; /* its number; n_settings: none of them, but the whole */
	bool is_name;   /* the name, not the value */
};

/* What is the same for all sources of a report. */
struct source_context {
	const struct zone *zone; /* that times are shown in, and that times without one are of; NULL: UTC, or what a log was written in. Borrowed while the source lives */
	int64_t now_ms;
	const char *folder;      /* relative paths begin here; NULL or "": the working folder */
	const char *rrd_program; /* where courant-rrd lies; NULL: nowhere */
};

struct source;

/* COURANT_CONFIG: an unknown kind, option or value; `wrong` may be NULL. */
struct source *source_new(const struct source_setting *, size_t n_settings, const struct source_context *, struct source_wrong *ret_wrong, courant_error **err);

/* The same, out of one word of a command line: "rrd:system.rrd;consolidation=max;types.load=number". Without a kind in front it is the one that the place's
 * ending tells: .csv, .rrd, .log, .gz … COURANT_USAGE. */
struct source *source_new_from_word(const char *word, const struct source_context *, courant_error **err);

/* That word's settings, the kind first, borrowed from it; relative paths begin at the working folder. Where neither a kind nor the ending tells, it is `kind`; NULL: then
 * COURANT_USAGE. */
int source_read_word(const char *word, const char *kind, struct source_setting *ret, size_t max, size_t *ret_n, courant_error **err);
#define SOURCE_SETTINGS_MAX 64

void source_free(struct source *);
AUTO_DEFINE(source, struct source, source_free)

/* From (included) to (excluded). Unlimited at an end: INT64_MIN, INT64_MAX. */
struct source_window {
	int64_t from_ms, to_ms;
};
#define SOURCE_WINDOWS 2 /* a report's period, and the one it is compared with */

/* Once. What it cannot read is the error that a report shows in the section's place. */
int source_open(struct source *, const struct source_window *windows, size_t n_windows, courant_error **err);

/* Instead of it, for who only checks what can be checked here and now: logs are looked at by their first lines, no other machine is asked, and then *ret_is_open is
 * false; all else is opened. */
int source_look(struct source *, const struct source_window *windows, size_t n_windows, bool *ret_is_open, courant_error **err);

/* ---- After source_open ---- */

struct source_table {
	const char *name; /* "network" */
	bool is_series;
	const struct table_column *columns; /* NULL: known when it is taken */
	size_t n_columns;
};

/* COURANT_CONFIG for an unknown name: the sentence has the nearest. An empty name is the first table. */
const struct source_table *source_find_table(const struct source *, slice name, courant_error **err);

/* Whether it has that column, as far as its columns are known. */
bool source_table_has(const struct source_table *, const char *column);

/* One after the other; NULL behind the last. */
const struct source_table *source_table_at(const struct source *, size_t i);

struct source_request {
	size_t window;      /* number of the window, of those that source_open got */
	int64_t step_ms;    /* of a series: rows are at least so long; 0: as short as there are */
	size_t max_rows;    /* of a series: no more than these, whatever their length; 0: any number */
	bool wants_bands;   /* of a series: beside "sent" also "sent_min" and "sent_max", the least and greatest sample of each row */
	size_t top;         /* rows of a ranked table; 0: all */
};

/* The caller owns it. */
struct table *source_take(struct source *, const struct source_table *, const struct source_request *, courant_error **err);

/* What a report's footer vouches with, beside the heads of the tables. */
struct source_facts {
	const char *kind;          /* "rrd" */
	const char *const *places; /* the path or URL (no password stands in it); of several logs each, or its pattern before it is open. Borrowed while the source lives */
	size_t n_places;
	int64_t first_ms, last_ms; /* of all data there are; both 0: none, or not known */
};
void source_facts(const struct source *, struct source_facts *ret);

/* What it offers, for a person: tables, their columns, what these are. */
int source_write_tables(struct source *, struct buffer *, courant_error **err);

/* The zone that its times are in. */
const struct zone *source_zone(const struct source *);

/* The log that a source of kind weblog has read: a traffic report asks it for more than tables. NULL: another kind. */
struct weblog;
struct weblog *source_weblog(const struct source *);
#endif
