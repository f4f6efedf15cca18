/* SPDX-License-Identifier: MIT */
/* weblog.c - courant weblog LOG…: the figures of access logs for a terminal or a program */
#include <inttypes.h>
#include <malloc.h>
#include <unistd.h>

#include "base/num.h"
#include "base/texts.h"
#include "cli/cli.h"
#include "cli/progress.h"
#include "cli/weblog_overview.h"
#include "schedule/period.h"
#include "table/export.h"
#include "weblog/filter.h"
#include "weblog/ledger.h"
#include "weblog/weblog.h"

#define TOP_DEFAULT   20
#define JOBS_MAX      64
#define OUT_MAX_BYTES ((size_t)1 << 32)

static int print_definitions(struct cli_call *call)
{
	AUTO(buffer) struct buffer out = BUFFER_LIMIT(OUT_MAX_BYTES);
	courant_error *err = NULL;
	slice text;

	for (size_t i = 0; weblog_definitions[i]; i++)
		buffer_printf(&out, "%s\n", weblog_definitions[i]);
	if (buffer_slice(&out, &text, &err) < 0 || cli_print(text, &err) < 0)
		return cli_fail(call, err);
	return 0;
}

/* ---- options ---- */

/* One limit: a time of RFC 3339, or a date in the zone (for --until: the day's end). */
static int parse_limit(const struct cli_call *call, const char *option, const struct zone *zone, int64_t *ret_ms,
		       courant_error **err)
{
	const char *value = cli_value(call, option);
	struct period period;
	struct window window;
	int offset_s;

	if (!value || rfc3339_parse(slice_of(value), ret_ms, &offset_s))
		return 0;
	if (strstr(value, "..") || period_parse(slice_of(value), &period, NULL) < 0 || period.kind != PERIOD_RANGE)
		return fail(err, COURANT_USAGE, "--%s is %s, not a date like 2026-11-09 or a time like 2026-11-09T08:00:00+08:00",
			    option, value);
	period_window(&period, zone, call->now_ms, &window);
	*ret_ms = slice_equal(slice_of(option), SLICE("since")) ? window.from_ms : window.to_ms;
	return 0;
}

static int read_window(const struct cli_call *call, const struct zone *zone, struct weblog_window *ret, courant_error **err)
{
	*ret = (struct weblog_window){INT64_MIN, INT64_MAX};
	if (parse_limit(call, "since", zone, &ret->from_ms, err) < 0 || parse_limit(call, "until", zone, &ret->to_ms, err) < 0)
		return -1;
	return ret->from_ms < ret->to_ms ? 0 : fail(err, COURANT_USAGE, "--since is not before --until");
}

/* Dates without --timezone are those of the log's own offset, which its first line has. */
static int choose_window(void *call, const struct zone *zone, struct weblog_window *ret, courant_error **err)
{
	return read_window(call, zone, ret, err);
}

static int read_options(struct cli_call *call, struct weblog_options *options, struct zone **zone, courant_error **err)
{
	const char *zone_word = cli_value(call, "timezone");

	if (!zone_word && !cli_value(call, "since") && !cli_value(call, "until"))
		return 0;
	*zone = zone_word ? cli_zone(zone_word, err) : zone_new_fixed(0, err);
	/* Without --timezone this is but to see mistakes before the first log is read. */
	if (!*zone || read_window(call, *zone, &options->windows[0], err) < 0)
		return -1;
	options->n_windows = 1;
	if (zone_word) {
		options->zone = *zone;
	} else {
		options->choose = choose_window;
		options->chooser = call;
	}
	return 0;
}

static int read_top(const struct cli_call *call, size_t *ret, courant_error **err)
{
	const char *value = cli_value(call, "top");
	uint64_t top = TOP_DEFAULT;

	if (value && !num_parse_range(slice_of(value), 0, UINT32_MAX, &top))
		return fail(err, COURANT_USAGE, "--top is %s, not a number of rows (0: all)", value);
	*ret = (size_t)top;
	return 0;
}

/* Adds all values of an option. */
static int add_patterns(const struct cli_call *call, const char *option, struct filter *filter,
			int (*add)(struct filter *, const char *, courant_error **), courant_error **err)
{
	size_t n;
	const char *const *values = cli_values(call, option, &n);

	for (size_t i = 0; i < n; i++)
		if (add(filter, values[i], err) < 0)
			return -1;
	return 0;
}

static int read_filter(const struct cli_call *call, struct filter *filter, courant_error **err)
{
	return add_patterns(call, "host", filter, filter_add_host, err) < 0 ||
			       add_patterns(call, "path", filter, filter_add_path, err) < 0 ||
			       add_patterns(call, "exclude", filter, filter_add_excluded, err) < 0 ||
			       add_patterns(call, "status", filter, filter_add_status, err) < 0
		       ? -1
		       : 0;
}

static int read_jobs(const struct cli_call *call, size_t *ret, courant_error **err)
{
	const char *value = cli_value(call, "jobs");
	uint64_t jobs = 1;

	if (value && !num_parse_range(slice_of(value), 1, JOBS_MAX, &jobs))
		return fail(err, COURANT_USAGE, "--jobs is %s, not a number from 1 to %d", value, JOBS_MAX);
	*ret = (size_t)jobs;
	return 0;
}

/* Memory that is given back is used again for something else: what is allocated in large pieces is better taken from the system and returned to it. */
#define MAPPED_BYTES (128 * 1024)

static int read_memory(const struct cli_call *call, size_t *ret, courant_error **err)
{
	const char *value = cli_value(call, "memory");
	uint64_t bytes;

	if (!value)
		return 0;
	if (!num_parse_size(slice_of(value), &bytes) || bytes < WEBLOG_MEMORY_MIN || bytes > SIZE_MAX / 2)
		return fail(err, COURANT_USAGE, "--memory is %s, not a size like 32M, of %zu MiB at least", value, WEBLOG_MEMORY_MIN >> 20);
	*ret = (size_t)bytes;
	(void)mallopt(M_MMAP_THRESHOLD, MAPPED_BYTES); /* where it cannot be set, only more memory is taken */
	return 0;
}

static int check_options(const struct cli_call *call, size_t n_tables, courant_error **err)
{
	if (!call->n_arguments && !cli_value(call, "state"))
		return fail(err, COURANT_USAGE, "no log is given; courant weblog --help explains");
	if (cli_flag(call, "json") && cli_flag(call, "csv"))
		return fail(err, COURANT_USAGE, "--json and --csv exclude each other");
	if (cli_flag(call, "csv") && n_tables != 1)
		return fail(err, COURANT_USAGE, "--csv writes one table: name it with --table");
	return 0;
}

/* ---- output ---- */

/* The tables to be shown: --table, or all. */
struct choice {
	const char *const *names;
	size_t n, top;
	bool is_given;
};

static void note_estimate(struct buffer *estimates, const struct table *table)
{
	if (!table_head(table)->is_estimated)
		return;
	buffer_append(estimates, estimates->len ? SLICE(",") : SLICE(""));
	export_json_text(estimates, slice_of(table_head(table)->name));
	buffer_append_byte(estimates, ':');
	export_json_estimate(estimates, table);
}

/* With bounded memory, a last key says which figures are no longer exact. */
static int write_json(struct weblog *weblog, const struct choice *choice, bool is_bounded, struct buffer *out, courant_error **err)
{
	AUTO(buffer) struct buffer estimates = BUFFER_LIMIT(OUT_MAX_BYTES);
	slice text;

	for (size_t i = 0; i < choice->n; i++) {
		AUTO(table) struct table *table = weblog_take_table(weblog, 0, choice->names[i], choice->top, err);

		if (!table)
			return -1;
		buffer_append(out, i ? SLICE(",\n") : SLICE("{"));
		export_json_text(out, slice_of(choice->names[i]));
		buffer_append_byte(out, ':');
		if (export_json(out, table, weblog_zone(weblog), err) < 0)
			return -1;
		note_estimate(&estimates, table);
	}
	if (buffer_slice(&estimates, &text, err) < 0)
		return -1;
	if (is_bounded) {
		buffer_append(out, SLICE(",\n\"estimates\":{"));
		buffer_append(out, text);
		buffer_append_byte(out, '}');
	}
	buffer_append(out, SLICE("}\n"));
	return 0;
}

/* The log's name, or how many there are. */
static void name_logs(const struct cli_call *call, struct buffer *out)
{
	const char *state = cli_value(call, "state");

	if (state)
		buffer_printf(out, "%s", state);
	else if (call->n_arguments == 1)
		buffer_printf(out, "%s", slice_equal(slice_of(call->arguments[0]), SLICE("-")) ? "standard input" : call->arguments[0]);
	else
		buffer_printf(out, "%s and %zu more", call->arguments[0], call->n_arguments - 1);
}

static int write_overview(const struct cli_call *call, struct weblog *weblog, size_t top, struct buffer *out, courant_error **err)
{
	const struct screen screen = screen_of_terminal(STDOUT_FILENO);
	AUTO(buffer) struct buffer name = BUFFER_LIMIT(OUT_MAX_BYTES);

	name_logs(call, &name);
	buffer_append_byte(&name, '\0');
	return buffer_check(&name, err) < 0 ? -1 : overview_write(&screen, out, weblog, name.bytes, top, cli_value(call, "countries") != NULL, err);
}

static int write_views(struct weblog *weblog, const struct choice *choice, struct buffer *out, courant_error **err)
{
	const struct screen screen = screen_of_terminal(STDOUT_FILENO);

	for (size_t i = 0; i < choice->n; i++) {
		AUTO(table) struct table *table = weblog_take_table(weblog, 0, choice->names[i], choice->top, err);

		if (!table)
			return -1;
		if (choice->n > 1)
			screen_write_titled(&screen, out, table, "", weblog_zone(weblog), 0);
		else
			screen_write(&screen, out, table, weblog_zone(weblog), 0);
	}
	return 0;
}

static int write_tables(const struct cli_call *call, struct weblog *weblog, const struct choice *choice, courant_error **err)
{
	AUTO(buffer) struct buffer out = BUFFER_LIMIT(OUT_MAX_BYTES);
	slice text;

	if (cli_flag(call, "json")) {
		if (write_json(weblog, choice, cli_value(call, "memory") != NULL, &out, err) < 0)
			return -1;
	} else if (cli_flag(call, "csv")) {
		AUTO(table) struct table *table = weblog_take_table(weblog, 0, choice->names[0], choice->top, err);

		if (!table || export_csv(&out, table, weblog_zone(weblog), err) < 0)
			return -1;
	} else {
		if ((choice->is_given ? write_views(weblog, choice, &out, err) : write_overview(call, weblog, choice->top, &out, err)) < 0)
			return -1;
	}
	return buffer_slice(&out, &text, err) < 0 || cli_print(text, err) < 0 ? -1 : 0;
}

/* Which options have left nothing over. */
static void warn_nothing(const struct cli_call *call)
{
	static const char *const options[] = {"since", "until", "host", "path", "exclude", "status"};
	AUTO(buffer) struct buffer out = BUFFER_LIMIT(OUT_MAX_BYTES);
	slice text;

	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		if (cli_value(call, options[i]))
			buffer_printf(&out, "%s--%s", buffer_peek(&out).len ? ", " : "", options[i]);
	if (buffer_slice(&out, &text, NULL) == 0)
		cli_warn(call, "no line fits %.*s", SLICE_ARGS(text));
}

/* What the figures cannot say. */
static void warn(const struct cli_call *call, const struct weblog *weblog)
{
	struct weblog_facts facts;

	weblog_facts(weblog, &facts);
	if (!facts.lines)
		cli_warn(call, "%s holds no lines",
			 cli_value(call, "state")   ? cli_value(call, "state")
			 : call->n_arguments == 1 ? call->arguments[0]
						  : "none of the logs");
	else if (facts.hits && !facts.in_window[0])
		warn_nothing(call);
	if (facts.rejected)
		cli_warn(call, "%" PRIu64 " of %" PRIu64 " lines were rejected; samples are in the table rejected", facts.rejected,
			 facts.lines);
	if (facts.visitors_error[0] > 0)
		cli_warn(call, "not everything fits into --memory: visitors and visits are estimated, right to %.1f %% in 19 of 20 cases",
			 100 * facts.visitors_error[0]);
	if (!facts.is_format_given && facts.sample_readable * 10 < facts.sample_lines * 9)
		cli_warn(call, "the format was taken for \"%s\", though only %" PRIu64 " of the first %" PRIu64 " lines can be read so; --format says it", facts.format,
			 facts.sample_readable, facts.sample_lines);
	if (!facts.has_agents && facts.hits)
		cli_warn(call, "the log has no user agents, so every hit counts as a suspected robot: there are no visitors, visits and page views");
}

/* A file, or what a pattern matches: where there is no shell, nobody else would know. */
static int read_log(struct weblog *weblog, const char *word, courant_error **err)
{
	if (!strpbrk(word, "*?[") || access(word, F_OK) == 0)
		return weblog_add_path(weblog, word, err);

	AUTO(texts) struct texts found = {NULL, 0};

	if (texts_add_paths(&found, word, "log", err) < 0)
		return -1;
	for (size_t i = 0; i < found.n; i++)
		if (weblog_add_path(weblog, found.items[i], err) < 0)
			return -1;
	return 0;
}

static int read_logs(const struct cli_call *call, struct weblog *weblog, courant_error **err)
{
	for (size_t i = 0; i < call->n_arguments; i++)
		if (read_log(weblog, call->arguments[i], err) < 0)
			return -1;
	return weblog_finish(weblog, err);
}

int weblog_run(struct cli_call *call)
{
	struct choice choice = {0};
	struct filter filter = {0};
	struct progress progress;
	struct weblog_options options = {
		.teller = progress_begin(&progress, call),
		.filter = &filter,
		.format = cli_value(call, "format"),
		.is_anonymous = cli_flag(call, "anonymize"),
		.static_suffixes = cli_value(call, "static"),
		.countries = cli_value(call, "countries"),
		.state = cli_value(call, "state"),
	};
	AUTO(zone) struct zone *zone = NULL;
	courant_error *err = NULL;

	if (cli_flag(call, "definitions"))
		return print_definitions(call);
	choice.names = cli_values(call, "table", &choice.n);
	if (check_options(call, choice.n, &err) < 0 || read_top(call, &choice.top, &err) < 0 ||
	    read_options(call, &options, &zone, &err) < 0 || read_filter(call, &filter, &err) < 0 ||
	    read_jobs(call, &options.jobs, &err) < 0 || read_memory(call, &options.memory_bytes, &err) < 0)
		return cli_fail(call, err);
	choice.is_given = choice.n;
	if (!choice.n) {
		choice.names = weblog_table_names;
		while (weblog_table_names[choice.n])
			choice.n++;
		choice.n -= !options.countries; /* the last one */
	}

	AUTO(weblog) struct weblog *weblog = weblog_new(&options, &err);

	if (!weblog)
		return cli_fail(call, err);

	const bool is_read = read_logs(call, weblog, &err) == 0;

	progress_end(&progress);
	if (!is_read || write_tables(call, weblog, &choice, &err) < 0)
		return cli_fail(call, err);
	warn(call, weblog);
	return 0;
}
