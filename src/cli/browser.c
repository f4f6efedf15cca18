/* SPDX-License-Identifier: MIT */
/* browser.c - starting the user's browser on a file */
#include "cli/browser.h"

#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "base/file.h"

extern char **environ;

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

char *browser_make_folder(courant_error **err)
{
	const char *folder = getenv("TMPDIR");

	return file_make_temporary_folder(folder && folder[0] == '/' ? folder : "/tmp", err);
}

int browser_open(const char *path, courant_error **err)
{
	const char *browser = getenv("BROWSER");

	return run(browser && browser[0] ? browser : "xdg-open", path, err);
}
