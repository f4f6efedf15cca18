/* SPDX-License-Identifier: MIT */
/* weblog.c - the source weblog: access logs, read once for all windows of a report */
#include <glob.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/num.h"
#include "source/own.h"
#include "weblog/filter.h"
#include "weblog/weblog.h"

#define JOBS_MAX 64

struct log_source {
	struct source source;
	struct weblog *weblog;  /* NULL: not read yet */
	struct weblog_options options;
	struct filter filter;
	char **texts;           /* what options and filter borrow */
	size_t n_texts;
	char **logs;            /* patterns, then paths */
	size_t n_logs;
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

static void free_texts(char **texts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(texts[i]);
	free(texts);
}

static void free_log(struct source *source)
{
	struct log_source *log = (struct log_source *)source;

	weblog_free(log->weblog);
	free_texts(log->texts, log->n_texts);
	free_texts(log->logs, log->n_logs);
	free(log);
}

/* Takes the text. */
static const char *keep(char ***texts, size_t *n, char *text)
{
	char **grown = text ? mem_resize(*texts, *n + 1, sizeof *grown) : NULL;

	if (!grown) {
		free(text);
		return NULL;
	}
	*texts = grown;
	return grown[(*n)++] = text;
}

static int read_text(struct log_source *log, const struct settings *settings, const char *name, bool is_path, const char **ret, courant_error **err)
{
	const size_t i = settings_find(settings, name, 0);

	if (i == SLICE_NONE)
		return 0;
	*ret = keep(&log->texts, &log->n_texts, is_path ? settings_path(settings, i, err) : mem_copy(settings->items[i].value));
	return *ret ? 0 : fail_memory(err);
}

static int read_patterns(struct log_source *log, const struct settings *settings, const char *name,
			 int (*add)(struct filter *, const char *, courant_error **), courant_error **err)
{
	for (size_t i = 0; (i = settings_find(settings, name, i)) != SLICE_NONE; i++) {
		const char *pattern = keep(&log->texts, &log->n_texts, mem_copy(settings->items[i].value));
		AUTO(error) courant_error *error = NULL;

		if (!pattern)
			return fail_memory(err);
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
		char *path = value.len == 0 ? NULL : slice_equal(value, SLICE("-")) ? mem_copy(value) : settings_path(settings, i, err);

		if (value.len == 0 && !log->options.state)
			return settings_fail(settings, i, err, "which access logs? \"weblog\" needs a path or several, or a ledger as \"state\"");
		if (value.len == 0)
			continue;
		if (!path)
			return fail_memory(err);
		if (!keep(&log->logs, &log->n_logs, path))
			return fail_memory(err);
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

static void free_glob(glob_t *found)
{
	globfree(found);
}
AUTO_DEFINE_VALUE(glob, glob_t, free_glob)

/* Standard input, a name without a sign of patterns, or one that there is whatever signs it has. */
static bool is_plain_path(const char *log)
{
	return !strpbrk(log, "*?[\\") || access(log, F_OK) == 0;
}

/* The patterns become the paths that there are. */
static int find_logs(struct log_source *log, courant_error **err)
{
	char **paths = NULL;
	size_t n = 0;

	for (size_t i = 0; i < log->n_logs; i++) {
		AUTO(glob) glob_t found = {0};
		const bool is_path = is_plain_path(log->logs[i]);
		const int status = is_path ? 0 : glob(log->logs[i], 0, NULL, &found);
		bool is_kept = status == 0 && (!is_path || keep(&paths, &n, mem_copy_text(log->logs[i])));

		for (size_t k = 0; is_kept && k < found.gl_pathc; k++)
			is_kept = keep(&paths, &n, mem_copy_text(found.gl_pathv[k]));
		if (!is_kept) {
			free_texts(paths, n);
			return status == GLOB_NOMATCH ? fail(err, COURANT_NO_INPUT, "no log file is named %s", log->logs[i]) : fail_memory(err);
		}
	}
	free_texts(log->logs, log->n_logs);
	log->logs = paths;
	log->n_logs = n;
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
	for (size_t i = 0; i < log->n_logs; i++)
		if (weblog_add_path(log->weblog, log->logs[i], err) < 0)
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
	ret->places = (const char *const *)log->logs;
	ret->n_places = log->n_logs;
	ret->first_ms = all.all_first_ms;
	ret->last_ms = all.all_last_ms;
}

static const struct source_functions functions = {make, begin, take, facts, free_log};

const struct source_kind source_weblog_kind = {
	.name = "weblog", .help = "access logs of web servers: visitors, pages, errors", OPTIONS(options), .functions = &functions};

struct weblog *source_weblog(const struct source *source)
{
	return source->kind == &source_weblog_kind ? ((const struct log_source *)source)->weblog : NULL;
}
