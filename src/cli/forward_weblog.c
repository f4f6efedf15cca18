/* SPDX-License-Identifier: MIT */
/* forward_weblog.c - the commands that only read logs live in an executable of their own, courant-weblog
 *
 * What reports need beside (HTTP with all it brings along) would take twice the time to start, and a third more memory for an ordinary log. */
#include "cli/cli.h"
#include "cli/forward.h"

int ledger_run(struct cli_call *call)
{
	return forward_to("courant-weblog", call);
}

int weblog_run(struct cli_call *call)
{
	return forward_to("courant-weblog", call);
}
