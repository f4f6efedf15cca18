/* SPDX-License-Identifier: MIT */
/* weblog.c - the source weblog: access logs, read once for all windows of a report */
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/num.h"
#include "base/texts.h"
#include "source/own.h"
#include "weblog/filter.h"
#include "weblog/weblog.h"

#define JOBS_MAX 64

struct log_source {
	struct source source;
	struct weblog *weblog;  /* NULL: not read yet */
	struct weblog_options options;
	struct filter filter;
	struct texts texts;     /* what options and filter borrow */
	struct texts logs;      /* patterns, then paths */
};

static const struct source_option options[] = {
	{.name = "weblog", .value = "LOG", .shape = SOURCE_LIST, .help = "the logs, plain or compressed; * and ? stand for anything in a name", .may_be_empty = true},
	{.name = "format", .value = "FORMAT", .help = "the format of the lines, instead of recognising it"},
	{.name = "state", .value = "LEDGER", .help = "remember in this file what has been counted, so that each line counts once"},
	{.name = "path", .value = "PATTERN", .shape = SOURCE_LIST, .help = "count hits on these paths only"},
	{.name = "exclude", .value = "PATTERN", .shape = SOURCE_LIST, .help = "leave out hits on these paths"},
	{.name = "host", .value = "PATTERN", .shape = SOURCE_LIST, .help = "count this virtual host only"},
	{.name = "status", .value = "CODE", .shape = SOURCE_LIST, .help = "count hits answered with 404, 5xx or 400-499 only"},
	{.name = "static", .value = "SUFFIXES", .help = "suffixes of static files, instead of the usual ones: js css png"},
	{.name = "countries", .value = "FILE.mmdb", .help = "a database in MaxMind's format, for the table countries"},
	{.name = "anonymize", .value = "yes|no", .help = "cut addresses to /24 and /48, referrers at the question mark (no)"},
	{.name = "jobs", .value = "N", .help = "threads that count (1)"},
};

/* ---- settings ---- */

static void free_log(struct source *source)
{
	struct log_source *log = (struct log_source *)source;

	weblog_free(log->weblog);
	texts_release(&log->texts);
	texts_release(&log->logs);
	free(log);
}

/* Its copy of the text, or NULL. */
static const char *keep(struct log_source *log, slice text, courant_error **err)
{
	return texts_add(&log->texts, text, err) < 0 ? NULL : log->texts.items[log->texts.n - 1];
}

static int read_text(struct log_source *log, const struct settings *settings, const char *name, bool is_path, const char **ret, courant_error **err)
{
	const size_t i = settings_find(settings, name, 0);

	if (i == SLICE_NONE)
		return 0;

	AUTO(free) char *path = is_path ? settings_path(settings, i, err) : NULL;

	if (is_path && !path)
		return -1;
	*ret = keep(log, path ? slice_of(path) : settings->items[i].value, err);
	return *ret ? 0 : -1;
}

static int read_patterns(struct log_source *log, const struct settings *settings, const char *name,
			 int (*add)(struct filter *, const char *, courant_error **), courant_error **err)
{
	for (size_t i = 0; (i = settings_find(settings, name, i)) != SLICE_NONE; i++) {
		const char *pattern = keep(log, settings->items[i].value, err);
		AUTO(error) courant_error *error = NULL;

		if (!pattern)
			return -1;
		if (add(&log->filter, pattern, &error) < 0)
			return settings_fail(settings, i, err, "%s", courant_error_sentence(error));
	}
	return 0;
}

static int read_filter(struct log_source *log, const struct settings *settings, courant_error **err)
{
	const size_t state = settings_find(settings, "state", 0);

	if (read_patterns(log, settings, "path", filter_add_path, err) < 0 || read_patterns(log, settings, "exclude", filter_add_excluded, err) < 0 ||
	    read_patterns(log, settings, "host", filter_add_host, err) < 0 || read_patterns(log, settings, "status", filter_add_status, err) < 0)
		return -1;
	if (state != SLICE_NONE && (!filter_is_empty(&log->filter) || log->options.static_suffixes))
		return settings_fail(settings, state, err, "a ledger counts every hit: with \"state\" nothing can be filtered, and static files not be chosen");
	log->options.filter = &log->filter;
	return 0;
}

static int read_logs(struct log_source *log, const struct settings *settings, courant_error **err)
{
	for (size_t i = 0; (i = settings_find(settings, "weblog", i)) != SLICE_NONE; i++) {
		const slice value = settings->items[i].value;
		/* Without a log it is what the ledger has. */
		const bool is_file = value.len && !slice_equal(value, SLICE("-"));
		AUTO(free) char *path = is_file ? settings_path(settings, i, err) : NULL;

		if (value.len == 0 && !log->options.state)
			return settings_fail(settings, i, err, "which access logs? \"weblog\" needs a path or several, or a ledger as \"state\"");
		if (value.len == 0)
			continue;
		if ((is_file && !path) || texts_add(&log->logs, path ? slice_of(path) : value, err) < 0)
			return -1;
	}
	return 0;
}

static int read_settings(struct log_source *log, const struct settings *settings, courant_error **err)
{
	static const char *const answers[] = {"no", "yes", NULL};
	const size_t jobs_at = settings_find(settings, "jobs", 0);
	unsigned is_anonymous = 0;
	uint64_t jobs = 1;

	if (jobs_at != SLICE_NONE && !num_parse_range(settings->items[jobs_at].value, 1, JOBS_MAX, &jobs))
		return settings_fail(settings, jobs_at, err, "\"jobs\" is \"%.*s\", not a number from 1 to %d", SLICE_ARGS(settings->items[jobs_at].value),
				     JOBS_MAX);
	if (settings_word(settings, "anonymize", answers, &is_anonymous, err) < 0 ||
	    read_text(log, settings, "format", false, &log->options.format, err) < 0 ||
	    read_text(log, settings, "state", true, &log->options.state, err) < 0 ||
	    read_text(log, settings, "static", false, &log->options.static_suffixes, err) < 0 ||
	    read_text(log, settings, "countries", true, &log->options.countries, err) < 0 || read_filter(log, settings, err) < 0)
		return -1;
	log->options.is_anonymous = is_anonymous;
	log->options.jobs = (size_t)jobs;
	return read_logs(log, settings, err);
}

static struct source *make(const struct settings *settings, courant_error **err)
{
	struct log_source *log = mem_alloc(sizeof *log);

	if (!log) {
		(void)fail_memory(err);
		return NULL;
	}
	if (read_settings(log, settings, err) == 0)
		return &log->source;
	free_log(&log->source);
	return NULL;
}

/* ---- reading ---- */

/* Standard input, a name without a sign of patterns, or one that there is whatever signs it has. */
static bool is_plain_path(const char *log)
{
	return !strpbrk(log, "*?[\\") || access(log, F_OK) == 0;
}

/* The patterns become the paths that there are. */
static int find_logs(struct log_source *log, courant_error **err)
{
	AUTO(texts) struct texts paths = {NULL, 0};
	const struct texts patterns = log->logs;

	for (size_t i = 0; i < patterns.n; i++) {
		const char *log_name = patterns.items[i];

		if ((is_plain_path(log_name) ? texts_add(&paths, slice_of(log_name), err) : texts_add_paths(&paths, log_name, "log file", err)) < 0)
			return -1;
	}
	log->logs = paths;
	paths = patterns; /* to be released */
	return 0;
}

static bool is_unlimited(const struct source *source)
{
	return !source->n_windows || (source->windows[0].from_ms == INT64_MIN && source->windows[0].to_ms == INT64_MAX);
}

static int begin(struct source *source, courant_error **err)
{
	struct log_source *log = (struct log_source *)source;

	if (find_logs(log, err) < 0)
		return -1;
	log->options.zone = source->zone;
	log->options.n_windows = is_unlimited(source) ? 0 : source->n_windows;
	for (size_t i = 0; i < log->options.n_windows; i++)
		log->options.windows[i] = (struct weblog_window){source->windows[i].from_ms, source->windows[i].to_ms};
	log->weblog = weblog_new(&log->options, err);
	if (!log->weblog)
		return -1;
	for (size_t i = 0; i < log->logs.n; i++)
		if (weblog_add_path(log->weblog, log->logs.items[i], err) < 0)
			return -1;
	if (weblog_finish(log->weblog, err) < 0)
		return -1;
	source->zone = weblog_zone(log->weblog);
	for (size_t i = 0; weblog_table_names[i]; i++) {
		const bool has_table = log->options.countries || !slice_equal(slice_of(weblog_table_names[i]), SLICE("countries"));

		if (has_table && source_add_table(source, slice_of(weblog_table_names[i]), false, NULL, 0, err) < 0)
			return -1;
	}
	return 0;
}

static int look(struct source *source, courant_error **err)
{
	struct log_source *log = (struct log_source *)source;

	if (find_logs(log, err) < 0)
		return -1;
	for (size_t i = 0; i < log->logs.n; i++)
		if (!slice_equal(slice_of(log->logs.items[i]), SLICE("-")) && weblog_peek(log->logs.items[i], log->options.format, err) < 0)
			return -1;
	return 0;
}

static struct table *take(struct source *source, const struct source_table *what, const struct source_request *request, courant_error **err)
{
	const struct log_source *log = (const struct log_source *)source;

	return weblog_take_table(log->weblog, request->window < log->options.n_windows ? request->window : 0, what->name, request->top, err);
}

static void facts(const struct source *source, struct source_facts *ret)
{
	const struct log_source *log = (const struct log_source *)source;
	struct weblog_facts all = {.files = 0};

	if (log->weblog)
		weblog_facts(log->weblog, &all);
	ret->places = log->logs.n ? (const char *const *)log->logs.items : &log->options.state;
	ret->n_places = log->logs.n ? log->logs.n : 1; /* without a log there is a ledger */
	ret->first_ms = all.all_first_ms;
	ret->last_ms = all.all_last_ms;
}

static const struct source_functions functions = {make, begin, take, facts, free_log, look};

const struct source_kind source_weblog_kind = {
	.name = "weblog", .help = "access logs of web servers: visitors, pages, errors", OPTIONS(options), .functions = &functions};

struct weblog *source_weblog(const struct source *source)
{
	return source->kind == &source_weblog_kind ? ((const struct log_source *)source)->weblog : NULL;
}
