/* SPDX-License-Identifier: MIT */
/* browser.c - starting the user's browser on a temporary file */
#include "cli/browser.h"

#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "base/buffer.h"
#include "base/file.h"

extern char **environ;

#define PATH_MAX_BYTES 4096

static int run(const char *program, const char *path, courant_error **err)
{
	char *const words[] = {(char *)program, (char *)path, NULL};
	int status = 0;
	pid_t child;
	const int error_number = posix_spawnp(&child, program, NULL, NULL, words, environ);

	if (error_number != 0)
		return fail_errno_as(err, COURANT_NO_INPUT, error_number,
		                     "cannot start %s; the report is %s", program, path);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return fail(err, COURANT_IO, "%s could not open %s", program, path);
	return 0;
}

int browser_open(slice html, courant_error **err)
{
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(PATH_MAX_BYTES);
	const char *folder = getenv("TMPDIR"), *browser = getenv("BROWSER");
	slice text;

	buffer_printf(&path, "%s/courant-XXXXXX", folder && folder[0] == '/' ? folder : "/tmp");
	if (buffer_check(&path, err) < 0)
		return -1;
	if (!mkdtemp(path.bytes))
		return fail_errno_as(err, COURANT_CANT_CREATE, errno,
		                     "cannot make a folder like %s", path.bytes);
	buffer_append(&path, SLICE("/report.html"));
	if (buffer_slice(&path, &text, err) < 0 || file_write_atomic(text.ptr, html, 0600, err) < 0)
		return -1;
	return run(browser && browser[0] ? browser : "xdg-open", text.ptr, err);
}
