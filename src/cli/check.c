/* SPDX-License-Identifier: MIT */
/* check.c - courant check: every fault of report files and of courant.yaml, and whether the mail server can be used */
#include "base/clock.h"
#include "cli/deliver.h"
#include "cli/libexec.h"
#include "cli/settings.h"
#include "http/http.h"
#include "report/agenda.h"
#include "report/report.h"

#define HEARTBEAT_MS    (20 * MS_PER_SECOND)
#define HEARTBEAT_BYTES ((size_t)64 << 10) /* of the answer, which says nothing that matters */

/* The configuration is known by its name; everything else is a report file. */
static bool is_configuration(slice path)
{
	const size_t slash = slice_find_last(path, '/');

	return slice_equal(slash == SLICE_NONE ? path : slice_after(path, slash + 1),
	                   SLICE("courant.yaml"));
}

/* Whether the accounts that it names are there. */
static int check_accounts(const struct cli_call *call, const struct report_file *file, struct faults *faults, courant_error **err)
{
	AUTO(config) struct config config = {0};

	if (file->accounts.n == 0)
		return 0;
	return settings_load(call, &config, err) < 0 ? -1 : config_prefer_accounts(&config, file, faults, err);
}

/* What its sections ask of the sources that are here. */
static int check_sources(const struct cli_call *call, const struct report_file *file, struct faults *faults, courant_error **err)
{
	AUTO(buffer) struct buffer rrd_program = BUFFER_LIMIT(4096);
	AUTO(zone) struct zone *zone = zone_new_fixed(0, err);
	AUTO(texts) struct texts remarks = {NULL, 0};
	const struct report_request request = {
		.file = file,
		.zone = zone,
		.now_ms = call->now_ms,
		.rrd_program = libexec_find("courant-rrd", &rrd_program) ? rrd_program.bytes : NULL,
	};
	const int status = zone ? report_check(&request, faults, &remarks, err) : -1;

	for (size_t i = 0; i < remarks.n; i++)
		cli_warn(call, "%s", remarks.items[i]);
	return status;
}

static int check_report(const struct cli_call *call, const char *path, struct faults *faults, struct report_file *file, courant_error **err)
{
	return report_file_load(path, faults, file, err) < 0 || check_accounts(call, file, faults, err) < 0 ? -1 : check_sources(call, file, faults, err);
}

/* The reports that it lists are files to be checked by themselves, and may not be there yet; but they must be told apart. */
static int check_configuration(const char *path, struct faults *faults, struct config *config, courant_error **err)
{
	AUTO(texts) struct texts reports = {NULL, 0};
	AUTO(error) courant_error *missing = NULL;

	if (config_load(path, faults, config, err) < 0)
		return -1;
	if (agenda_find_files(config, &reports, &missing) == 0 || courant_error_code(missing) == COURANT_NO_INPUT)
		return 0;
	return fail_pass(err, STEAL(missing));
}

static int check_file(struct cli_call *call, const char *path)
{
	AUTO(faults) struct faults faults = {.n = 0};
	AUTO(report_file) struct report_file file = {0};
	AUTO(config) struct config config = {0};
	AUTO(buffer) struct buffer line = BUFFER_LIMIT(8000);
	courant_error *err = NULL;

	faults_init(&faults, slice_of(path));
	if ((is_configuration(slice_of(path)) ? check_configuration(path, &faults, &config, &err)
	                                      : check_report(call, path, &faults, &file, &err)) < 0) {
		settings_print_faults(&faults);
		return cli_fail(call, err);
	}
	buffer_printf(&line, "%s: OK\n", path);
	if (!call->is_quiet && cli_print(buffer_peek(&line), &err) < 0)
		return cli_fail(call, err);
	return 0;
}

/* As sending would, up to the mail. */
static int connect_once(const struct cli_call *call, courant_error **err)
{
	AUTO(config) struct config config = {0};
	AUTO(target) struct target target = {0};
	AUTO(deliver) struct deliver *deliver = NULL;
	struct deliver_account shown;

	if (!cli_value(call, "server") && settings_load(call, &config, err) < 0)
		return -1;

	const struct deliver_account *account = settings_account(&config, &shown);

	if (deliver_target(call, account, &target, err) < 0 || !(deliver = deliver_new(call, &target, account, err)))
		return -1;
	return deliver_try(deliver, err);
}

/* As courant serve does, once. */
static int beat_once(const struct cli_call *call, courant_error **err)
{
	AUTO(config) struct config config = {0};
	AUTO(http) struct http http = {0};
	AUTO(buffer) struct buffer line = BUFFER_LIMIT(8000);
	long status = 0;

	if (settings_load(call, &config, err) < 0)
		return -1;

	const char *url = config.serve.heartbeat;
	const struct http_options options = {.url = url, .timeout_ms = HEARTBEAT_MS, .limit_bytes = HEARTBEAT_BYTES, .follows = true};

	if (!url)
		return fail(err, COURANT_CONFIG, "courant.yaml names no heartbeat: \"serve: {heartbeat: URL}\"");
	if (http_init(&http, &options, err) < 0 || http_run(&http, url, &status, err) < 0)
		return fail_within(err, "heartbeat");
	if (status < 200 || status > 299)
		return fail(err, COURANT_REFUSED, "heartbeat: the server answers with status %ld", status);
	buffer_append(&line, SLICE("heartbeat: OK\n"));
	return call->is_quiet ? 0 : cli_print(buffer_peek(&line), err);
}

/* Tries one thing more; the first failure is the exit status. */
static int try(struct cli_call *call, int (*once)(const struct cli_call *, courant_error **err), int worst)
{
	courant_error *err = NULL;
	const int status = once(call, &err) < 0 ? cli_fail(call, err) : 0;

	return worst ? worst : status;
}

int check_run(struct cli_call *call)
{
	int worst = 0;

	for (size_t i = 0; i < call->n_arguments; i++) {
		const int status = check_file(call, call->arguments[i]);

		worst = status ? status : worst;
	}
	if (cli_flag(call, "connect"))
		worst = try(call, connect_once, worst);
	if (cli_flag(call, "heartbeat"))
		worst = try(call, beat_once, worst);
	if (!cli_flag(call, "connect") && !cli_flag(call, "heartbeat") && call->n_arguments == 0) {
		courant_error *err = NULL;

		(void)fail(&err, COURANT_USAGE, "check needs a FILE, or --connect to try the mail server");
		return cli_fail(call, err);
	}
	return worst;
}
