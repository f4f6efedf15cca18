/* SPDX-License-Identifier: MIT */
/* check.c - courant check: every fault of report files and of courant.yaml, and whether the mail server can be used */
#include "cli/deliver.h"
#include "cli/settings.h"
#include "report/file.h"

/* The configuration is known by its name; everything else is a report file. */
static bool is_configuration(slice path)
{
	const size_t slash = slice_find_last(path, '/');

	return slice_equal(slash == SLICE_NONE ? path : slice_after(path, slash + 1),
	                   SLICE("courant.yaml"));
}

static int check_file(struct cli_call *call, const char *path)
{
	AUTO(faults) struct faults faults = {.n = 0};
	AUTO(report_file) struct report_file file = {0};
	AUTO(config) struct config config = {0};
	AUTO(buffer) struct buffer line = BUFFER_LIMIT(8000);
	courant_error *err = NULL;

	faults_init(&faults, slice_of(path));
	if ((is_configuration(slice_of(path)) ? config_load(path, &faults, &config, &err)
	                                      : report_file_load(path, &faults, &file, &err)) < 0) {
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

int check_run(struct cli_call *call)
{
	int worst = 0;

	for (size_t i = 0; i < call->n_arguments; i++) {
		const int status = check_file(call, call->arguments[i]);

		worst = status ? status : worst;
	}
	if (cli_flag(call, "connect")) {
		courant_error *err = NULL;
		const int status = connect_once(call, &err) < 0 ? cli_fail(call, err) : 0;

		worst = status ? status : worst;
	} else if (call->n_arguments == 0) {
		courant_error *err = NULL;

		(void)fail(&err, COURANT_USAGE, "check needs a FILE, or --connect to try the mail server");
		return cli_fail(call, err);
	}
	return worst;
}
