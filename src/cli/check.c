/* SPDX-License-Identifier: MIT */
/* check.c - courant check FILE…: every fault of report files and of courant.yaml */
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

int check_run(struct cli_call *call)
{
	int worst = 0;

	for (size_t i = 0; i < call->n_arguments; i++) {
		const int status = check_file(call, call->arguments[i]);

		worst = status ? status : worst;
	}
	return worst;
}
