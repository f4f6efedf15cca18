/* SPDX-License-Identifier: MIT */
/* commands.c - the one table of commands: help, manual pages and the reading of command lines are made of it */
#include "cli/commands.h"

#include "base/nearest.h"

static const struct cli_command command_help = {
	.name = "help",
	.arguments = "[COMMAND]",
	.summary = "explain a command",
	.about = "Shows what a command does and its options; without a command, which ones there are.",
	.examples = "courant help help",
	.max_arguments = 1,
	.run = help_run,
};

const struct cli_command *const cli_commands[] = {
	&command_catch,
	&command_chart,
	&command_check,
	&command_collect,
	&command_help,
	&command_ledger,
	&command_next,
	&command_outbox,
	&command_probe,
	&command_report,
	&command_send,
	&command_sendmail,
	&command_serve,
	&command_setup,
	&command_weblog,
	NULL,
};

const struct cli_command *cli_command_find(const char *name, courant_error **err)
{
	const char *names[sizeof cli_commands / sizeof *cli_commands] = {0};

	for (size_t i = 0; cli_commands[i]; i++) {
		names[i] = cli_commands[i]->name;
		if (slice_equal(slice_of(name), slice_of(names[i])))
			return cli_commands[i];
	}

	const char *nearest = nearest_word(slice_of(name), names);

	if (nearest)
		(void)fail(err, COURANT_USAGE, "unknown command %s (did you mean %s?)", name, nearest);
	else
		(void)fail(err, COURANT_USAGE, "unknown command %s; courant --help lists what there is", name);
	return NULL;
}
