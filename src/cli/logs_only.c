/* SPDX-License-Identifier: MIT */
/* logs_only.c - the commands that courant-weblog does not know: it is run for those that read logs
 *
 * Linking them would bring TLS, logins and YAML along, which take more memory and time than a small log. */
#include "cli/cli.h"

static int refuse(struct cli_call *call)
{
	courant_error *err = NULL;

	(void)fail(&err, COURANT_USAGE, "courant-weblog only reads logs: call courant %s instead", call->command->name);
	return cli_fail(call, err);
}

int catch_run(struct cli_call *call)
{
	return refuse(call);
}

int chart_run(struct cli_call *call)
{
	return refuse(call);
}

int check_run(struct cli_call *call)
{
	return refuse(call);
}

int collect_run(struct cli_call *call)
{
	return refuse(call);
}

int next_run(struct cli_call *call)
{
	return refuse(call);
}

int outbox_run(struct cli_call *call)
{
	return refuse(call);
}

int probe_run(struct cli_call *call)
{
	return refuse(call);
}

int report_run(struct cli_call *call)
{
	return refuse(call);
}

int send_run(struct cli_call *call)
{
	return refuse(call);
}

int sendmail_run(struct cli_call *call)
{
	return refuse(call);
}

int serve_run(struct cli_call *call)
{
	return refuse(call);
}

int setup_run(struct cli_call *call)
{
	return refuse(call);
}
