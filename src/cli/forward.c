/* SPDX-License-Identifier: MIT */
/* forward.c - the commands that analyse logs live in a second executable, courant-report
 *
 * What they link (PCRE2, SQLite, four kinds of decompression) would more than double the time that `courant send` and `courant sendmail`
 * need to start. Help and wrong usage are answered here, from the one table of commands; then courant-report takes over. */
#include <errno.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/libexec.h"

#define PROGRAM        "courant-report"
#define PATH_MAX_BYTES 4096

static int forward(struct cli_call *call)
{
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(PATH_MAX_BYTES);
	courant_error *err = NULL;

	if (!libexec_find(PROGRAM, &path)) {
		(void)fail(&err, COURANT_CONFIG, "%s, which analyses logs, is neither beside courant nor in %s: install the package courant-report", PROGRAM,
			   COURANT_LIBEXEC_DIR);
		return cli_fail(call, err);
	}
	(void)execv(path.bytes, call->words);
	(void)fail_errno_as(&err, COURANT_CONFIG, errno, "cannot run %s", path.bytes);
	return cli_fail(call, err);
}

int chart_run(struct cli_call *call)
{
	return forward(call);
}

int check_run(struct cli_call *call)
{
	return forward(call);
}

int collect_run(struct cli_call *call)
{
	return forward(call);
}

int ledger_run(struct cli_call *call)
{
	return forward(call);
}

int probe_run(struct cli_call *call)
{
	return forward(call);
}

int report_run(struct cli_call *call)
{
	return forward(call);
}

int weblog_run(struct cli_call *call)
{
	return forward(call);
}
