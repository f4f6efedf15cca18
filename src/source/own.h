/* SPDX-License-Identifier: MIT */
/* own.h - what the kinds of sources share: the functions behind a kind, what each source has, and how settings are read */
#ifndef COURANT_SOURCE_OWN_H
#define COURANT_SOURCE_OWN_H
#include "base/buffer.h"
#include "source/source.h"

/* ---- Settings while a source is made ---- */

struct settings {
	const struct source_setting *items;
	size_t n;
	const struct source_context *context;
	struct source_wrong *wrong;
};

/* The number of the next setting of that name, from number `from` on; SLICE_NONE: there is none. */
size_t settings_find(const struct settings *, const char *name, size_t from);

/* The only one; an empty slice with ptr NULL without it. */
slice settings_text(const struct settings *, const char *name);

/* The value of the i-th setting is wrong: COURANT_CONFIG. Returns -1. */
int settings_fail(const struct settings *, size_t i, courant_error **err, const char *format, ...) FAIL_FORMAT(4, 5);

/* One of the words (NULL at the end); *ret stays what it is without the option. */
int settings_word(const struct settings *, const char *name, const char *const *words, unsigned *ret, courant_error **err);

/* "5 min", "300": in ms, at least one second and at most a year. */
int settings_duration(const struct settings *, const char *name, int64_t *ret_ms, courant_error **err);

/* "Asia/Shanghai"; *ret stays what it is without the option. */
int settings_zone(const struct settings *, const char *name, struct zone **ret, courant_error **err);

/* The path that is the value of the i-th setting, relative ones under its folder. NULL without memory. */
char *settings_path(const struct settings *, size_t i, courant_error **err);

/* ---- A kind ---- */

struct source_functions {
	/* The settings are known ones, and those of shape text are there once at most. */
	struct source *(*make)(const struct settings *, courant_error **err);
	int (*begin)(struct source *, courant_error **err); /* source_open */
	struct table *(*take)(struct source *, const struct source_table *, const struct source_request *, courant_error **err);
	void (*facts)(const struct source *, struct source_facts *ret);
	void (*free)(struct source *);
	/* Where reading costs much, or asks another machine: what source_look does instead. NULL: source_open is cheap. */
	int (*look)(struct source *, courant_error **err);
};

#define PLACE_OPTION(what, words) {.name = (what), .value = (words)}
#define OPTIONS(list) .options = (list), .n_options = sizeof(list) / sizeof *(list)

extern const struct source_kind source_csv, source_probe, source_prometheus, source_rrd, source_weblog_kind;

/* A kind's own struct begins with this one. */
struct source {
	const struct source_kind *kind;
	const struct zone *zone; /* never NULL once it is open */
	struct zone *own_zone;   /* or NULL */
	int64_t now_ms;
	struct source_window windows[SOURCE_WINDOWS];
	size_t n_windows;
	struct source_table *tables; /* with names and columns of its own */
	size_t n_tables;
};

/* While a source is opened: UTC, when neither the context nor the settings name a zone. */
int source_need_zone(struct source *, courant_error **err);

/* While a source is opened: a table more; name and columns are copied. The first column of a series is the time, which is not among `columns`. */
int source_add_table(struct source *, slice name, bool is_series, const struct table_column *columns, size_t n_columns, courant_error **err);

/* The window of a request. */
const struct source_window *source_window(const struct source *, const struct source_request *);
#endif
