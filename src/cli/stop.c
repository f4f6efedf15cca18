/* SPDX-License-Identifier: MIT */
/* stop.c - being told to stop, as a descriptor (cli.h) */
#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>

#include "cli/cli.h"

int cli_stop_open(courant_error **err)
{
	sigset_t ends;

	(void)sigemptyset(&ends);
	(void)sigaddset(&ends, SIGTERM);
	(void)sigaddset(&ends, SIGINT);
	(void)sigprocmask(SIG_BLOCK, &ends, NULL);

	const int fd = signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);

	return fd < 0 ? fail_errno(err, errno, "cannot wait for signals") : fd;
}
