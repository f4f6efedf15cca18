/* SPDX-License-Identifier: MIT */
/* forward.c - the commands that analyse logs live in a second executable, courant-report
 *
 * What they link (PCRE2, SQLite, four kinds of decompression) would more than double the time that `courant send` and `courant sendmail`
 * need to start. Help and wrong usage are answered here, from the one table of commands; then courant-report takes over. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/cli.h"

#define PROGRAM        "courant-report"
#define PATH_MAX_BYTES 4096

/* FOLDER/courant-report, if it can be run. */
static bool is_in(slice folder, const char *below, struct buffer *ret_path)
{
	buffer_cut(ret_path, 0);
	buffer_append(ret_path, folder);
	buffer_append(ret_path, slice_of(below));
	buffer_append(ret_path, SLICE("/" PROGRAM));
	return buffer_check(ret_path, NULL) == 0 && access(ret_path->bytes, X_OK) == 0;
}

/* In this order: where a test says, beside this program (the build tree), in the libexec folder beside its folder (an installation that was moved),
 * where it was installed. */
static int program_find(struct buffer *ret_path, courant_error **err)
{
	AUTO(buffer) struct buffer own = BUFFER_LIMIT(PATH_MAX_BYTES);
	const char *named = secure_getenv("COURANT_LIBEXEC_DIR");
	char *room = buffer_room(&own, PATH_MAX_BYTES - 1);
	const ssize_t len = room ? readlink("/proc/self/exe", room, PATH_MAX_BYTES - 1) : -1;

	if (len > 0)
		buffer_added(&own, (size_t)len);

	const size_t slash = slice_find_last(buffer_peek(&own), '/');
	const slice folder = slice_part(buffer_peek(&own), 0, slash == SLICE_NONE ? 0 : slash);

	if ((named && is_in(slice_of(named), "", ret_path)) || is_in(folder, "", ret_path) ||
	    is_in(folder, "/../libexec/courant", ret_path) || is_in(SLICE(COURANT_LIBEXEC_DIR), "", ret_path))
		return 0;
	return fail(err, COURANT_CONFIG, "%s, which analyses logs, is neither beside courant nor in %s: install Courant anew", PROGRAM,
		    COURANT_LIBEXEC_DIR);
}

static int forward(struct cli_call *call)
{
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(PATH_MAX_BYTES);
	courant_error *err = NULL;

	if (program_find(&path, &err) < 0)
		return cli_fail(call, err);
	(void)execv(path.bytes, call->words);
	(void)fail_errno_as(&err, COURANT_CONFIG, errno, "cannot run %s", path.bytes);
	return cli_fail(call, err);
}

int check_run(struct cli_call *call)
{
	return forward(call);
}

int ledger_run(struct cli_call *call)
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
