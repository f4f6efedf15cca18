/* SPDX-License-Identifier: MIT */
/* forward.c - the commands that analyse live in other executables, courant-report and courant-weblog (forward_weblog.c)
 *
 * What they link (PCRE2, SQLite, four kinds of decompression, HTTP) would more than double the time that `courant send` and `courant sendmail`
 * need to start. Help and wrong usage are answered here, from the one table of commands; then the other one takes over. */
#include "cli/forward.h"

#include <errno.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/libexec.h"

#define PATH_MAX_BYTES 4096

int forward_to(const char *program, struct cli_call *call)
{
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(PATH_MAX_BYTES);
	courant_error *err = NULL;

	if (!libexec_find(program, &path)) {
		(void)fail(&err, COURANT_CONFIG, "%s, which analyses logs, is neither beside courant nor in %s: install the package courant-report", program,
			   COURANT_LIBEXEC_DIR);
		return cli_fail(call, err);
	}
	(void)execv(path.bytes, call->words);
	(void)fail_errno_as(&err, COURANT_CONFIG, errno, "cannot run %s", path.bytes);
	return cli_fail(call, err);
}

static int forward(struct cli_call *call)
{
	return forward_to("courant-report", call);
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

int probe_run(struct cli_call *call)
{
	return forward(call);
}

int report_run(struct cli_call *call)
{
	return forward(call);
}
