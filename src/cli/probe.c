/* SPDX-License-Identifier: MIT */
/* probe.c - courant probe [URL|NAME…]: one timed request to each target, kept and shown */
#include <sysexits.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/num.h"
#include "base/utf8.h"
#include "cli/settings.h"
#include "collect/probe.h"
#include "samples/probe_store.h"
#include "table/export.h"
#include "table/format.h"
#include "table/stranger.h"

#define OUT_MAX_BYTES   ((size_t)16 << 20)
#define FILE_NAME       "probes.db"
#define FOLDER_MODE     0755
#define NAME_COLUMNS    40
#define US_PER_SECOND   1e6

struct probing {
	struct cli_call *call;
	struct config config;
	char *folder; /* NULL: nothing is kept */
	struct probe_target *targets; /* borrow from the configuration, or are the command line's own */
	size_t n, n_own;
	struct probe_report *reports;
	struct buffer out;
};

/* ---- targets ---- */

/* Options of the command line that say what is expected of its URLs; "name", "url" and "every" are said otherwise. */
static bool is_option(const char *name)
{
	return !slice_equal(slice_of(name), SLICE("name")) && !slice_equal(slice_of(name), SLICE("url")) && !slice_equal(slice_of(name), SLICE("every"));
}

static const char *option_of(const char *name)
{
	return slice_equal(slice_of(name), SLICE("ca_file")) ? "ca-file" : name;
}

static int set(struct probe_target *target, const char *option, const char *value, courant_error **err)
{
	courant_error *error = NULL;

	if (probe_target_set(target, option, slice_of(value), &error) == 0)
		return 0;
	(void)fail_within(&error, "--%s", option_of(option));
	return cli_fail_usage(error, err);
}

static int set_options(const struct cli_call *call, struct probe_target *target, courant_error **err)
{
	for (size_t i = 0; probe_target_options[i]; i++) {
		const char *option = probe_target_options[i];
		size_t n = 0;

		if (!is_option(option))
			continue;

		const char *const *values = cli_values(call, option_of(option), &n);

		for (size_t k = 0; k < n; k++)
			if (set(target, option, values[k], err) < 0)
				return -1;
	}
	return 0;
}

static const struct probe_target *find_configured(const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->samples.n_targets; i++)
		if (slice_equal(slice_of(name), slice_of(config->samples.targets[i].name)))
			return &config->samples.targets[i];
	return NULL;
}

static bool has_options(const struct cli_call *call)
{
	size_t n = 0;

	for (size_t i = 0; probe_target_options[i]; i++)
		if (is_option(probe_target_options[i]) && cli_values(call, option_of(probe_target_options[i]), &n) && n)
			return true;
	return false;
}

/* A URL is a target of its own; what is none is the name of a configured one. */
static int add_url(struct probing *probing, const char *word, courant_error **err)
{
	struct probe_target *target = &probing->targets[probing->n];
	courant_error *error = NULL;

	probe_target_init(target);
	probing->n++;
	probing->n_own++;
	if (slice_find_slice(slice_of(word), SLICE("://")) == SLICE_NONE)
		return fail(err, COURANT_USAGE, "%s is neither a URL such as https://www.example.com/ nor a target of courant.yaml", word);
	if (probe_target_set(target, "url", slice_of(word), &error) < 0)
		return cli_fail_usage(error, err);
	if (set_options(probing->call, target, err) < 0)
		return -1;
	return probe_target_finish(target, &error) < 0 ? cli_fail_usage(error, err) : 0;
}

static int choose_targets(struct probing *probing, courant_error **err)
{
	const struct cli_call *call = probing->call;
	const struct config_samples *configured = &probing->config.samples;
	const size_t most = call->n_arguments ? call->n_arguments : configured->n_targets;
	const bool is_said = has_options(call);

	if (!most)
		return fail(err, COURANT_USAGE, "no target is given, and courant.yaml has none (targets:): name one, as courant probe https://www.example.com/");
	if (!(probing->targets = mem_array(most, sizeof *probing->targets)) || !(probing->reports = mem_array(most, sizeof *probing->reports)))
		return fail_memory(err);
	/* Own ones first, so that only these are freed. */
	for (size_t i = 0; i < call->n_arguments; i++)
		if (!find_configured(&probing->config, call->arguments[i]) && add_url(probing, call->arguments[i], err) < 0)
			return -1;
	for (size_t i = 0; i < most; i++) {
		const struct probe_target *found = call->n_arguments ? find_configured(&probing->config, call->arguments[i]) : &configured->targets[i];

		if (found && is_said)
			return fail(err, COURANT_USAGE, "%s is a target of courant.yaml, which says what is expected of it; options are for URLs", found->name);
		if (found)
			probing->targets[probing->n++] = *found;
	}
	return 0;
}

/* ---- lines ---- */

static void write_time(struct buffer *out, int64_t time_us)
{
	if (time_us == PROBE_UNKNOWN)
		buffer_append_byte(out, '-');
	else
		format_seconds(out, (double)time_us / US_PER_SECOND, FIGURE_PLAIN, LANGUAGE_EN);
}

static void pad(struct buffer *out, size_t begun, size_t columns)
{
	const size_t width = utf8_width(slice_after(buffer_peek(out), begun));

	buffer_append_repeated(out, ' ', width < columns ? columns - width : 1);
}

/* "ok       https://www.example.com/    200  128 ms  15.2 kB  certificate: 62 days" */
static void show_line(struct buffer *out, const struct probe_target *target, const struct probe_report *report)
{
	const struct probe_result *result = &report->result;
	size_t begun = out->len;

	buffer_append(out, slice_of(probe_kind_name(result->kind)));
	pad(out, begun, 9);
	begun = out->len;
	stranger_write(out, slice_of(target->name), NAME_COLUMNS);
	pad(out, begun, NAME_COLUMNS + 2);
	begun = out->len;
	if (result->status)
		buffer_printf(out, "%u", result->status);
	else
		buffer_append_byte(out, '-');
	pad(out, begun, 5);
	begun = out->len;
	write_time(out, result->total_us);
	pad(out, begun, 10);
	if (result->kind != PROBE_OK) {
		stranger_write(out, slice_of(report->words), SIZE_MAX);
	} else {
		format_bytes(out, result->size_bytes, FIGURE_PLAIN);
		if (result->certificate_ms)
			buffer_printf(out, ", certificate for %lld days", (long long)((result->certificate_ms - result->at_ms) / MS_PER_DAY));
	}
	buffer_append_byte(out, '\n');
}

/* With -v, where the time went: each from the beginning on. */
static void show_phases(struct buffer *out, const struct probe_result *result)
{
	const struct {
		const char *name;
		int64_t time_us;
	} phases[] = {{"name", result->name_us}, {"connection", result->connect_us}, {"TLS", result->tls_us}, {"first byte", result->first_us}};

	buffer_append_repeated(out, ' ', 9);
	for (size_t i = 0; i < sizeof phases / sizeof *phases; i++) {
		buffer_printf(out, "%s%s ", i ? ", " : "", phases[i].name);
		write_time(out, phases[i].time_us);
	}
	buffer_append_byte(out, '\n');
}

static void write_json_time(struct buffer *out, const char *name, int64_t time_us)
{
	buffer_printf(out, ",\"%s\":", name);
	if (time_us == PROBE_UNKNOWN)
		buffer_append(out, SLICE("null"));
	else
		num_write_double(out, (double)time_us / US_PER_SECOND);
}

static void show_json(struct buffer *out, const struct probe_target *target, const struct probe_report *report)
{
	const struct probe_result *result = &report->result;

	buffer_append(out, SLICE("{\"target\":"));
	export_json_text(out, slice_of(target->name));
	buffer_append(out, SLICE(",\"url\":"));
	export_json_text(out, slice_of(target->url));
	buffer_append(out, SLICE(",\"time\":\""));
	rfc3339_write(out, result->at_ms, 0);
	buffer_printf(out, "\",\"result\":\"%s\"", probe_kind_name(result->kind));
	if (result->status)
		buffer_printf(out, ",\"status\":%u", result->status);
	else
		buffer_append(out, SLICE(",\"status\":null"));
	write_json_time(out, "name_s", result->name_us);
	write_json_time(out, "connect_s", result->connect_us);
	write_json_time(out, "tls_s", result->tls_us);
	write_json_time(out, "first_byte_s", result->first_us);
	write_json_time(out, "total_s", result->total_us);
	buffer_printf(out, ",\"bytes\":%llu,\"certificate_expires\":", (unsigned long long)result->size_bytes);
	if (result->certificate_ms) {
		buffer_append_byte(out, '"');
		rfc3339_write(out, result->certificate_ms, 0);
		buffer_append_byte(out, '"');
	} else {
		buffer_append(out, SLICE("null"));
	}
	if (report->words) {
		buffer_append(out, SLICE(",\"error\":"));
		export_json_text(out, slice_of(report->words));
	}
	buffer_append(out, SLICE("}\n"));
}

/* ---- all of it ---- */

static int keep(const struct probing *probing, courant_error **err)
{
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(4096);
	AUTO(free) struct probe_result *results = mem_array(probing->n, sizeof *results);

	if (!results)
		return fail_memory(err);
	for (size_t i = 0; i < probing->n; i++)
		results[i] = probing->reports[i].result;
	buffer_printf(&path, "%s/" FILE_NAME, probing->folder);
	if (buffer_check(&path, err) < 0 || file_make_folder(probing->folder, FOLDER_MODE, err) < 0)
		return -1;

	AUTO(probe_store) struct probe_store *store = probe_store_open(path.bytes, PROBE_STORE_WRITE, err);

	return store ? probe_store_add(store, probing->targets, results, probing->n, err) : -1;
}

/* What is kept is shown only when asked for, or when it went wrong: on standard error then. */
static int show(struct probing *probing, courant_error **err)
{
	const struct cli_call *call = probing->call;
	const bool shows_all = !probing->folder || cli_flag(call, "print");

	for (size_t i = 0; i < probing->n; i++) {
		const struct probe_report *report = &probing->reports[i];

		if (cli_flag(call, "json")) {
			show_json(&probing->out, &probing->targets[i], report);
		} else if (shows_all) {
			show_line(&probing->out, &probing->targets[i], report);
			if (call->is_verbose)
				show_phases(&probing->out, &report->result);
		} else if (report->result.kind != PROBE_OK) {
			cli_warn(call, "%s: %s", probing->targets[i].name, report->words ? report->words : probe_kind_name(report->result.kind));
		}
	}
	return buffer_check(&probing->out, err) < 0 ? -1 : cli_print(buffer_peek(&probing->out), err);
}

static int run(struct probing *probing, courant_error **err)
{
	return settings_load(probing->call, &probing->config, err) < 0 || choose_targets(probing, err) < 0 ||
			       settings_samples(probing->call, &probing->config, &probing->folder, err) < 0 ||
			       probe_all(probing->targets, probing->n, probing->call->now_ms, probing->reports, err) < 0 ||
			       (probing->folder && keep(probing, err) < 0) || show(probing, err) < 0
		       ? -1
		       : 0;
}

int probe_run(struct cli_call *call)
{
	struct probing probing = {.call = call, .out = BUFFER_LIMIT(OUT_MAX_BYTES)};
	courant_error *err = NULL;
	int status = run(&probing, &err) < 0 ? cli_fail(call, err) : EX_OK;

	for (size_t i = 0; probing.reports && i < probing.n; i++)
		if (status == EX_OK && probing.reports[i].result.kind != PROBE_OK)
			status = EX_UNAVAILABLE;
	if (probing.reports)
		probe_reports_release(probing.reports, probing.n);
	for (size_t i = 0; i < probing.n_own; i++)
		probe_target_release(&probing.targets[i]);
	free(probing.targets);
	free(probing.reports);
	free(probing.folder);
	buffer_release(&probing.out);
	config_release(&probing.config);
	return status;
}
