/* SPDX-License-Identifier: MIT */
/* commands.c - the one table of commands and options: help, manual pages and the reading of command lines are made of it
 *
 * A command is a block (its options, if it has any of its own) and a row of cli_commands, both sorted by name. Sentences have no full stop; values
 * are in capitals. */
#include "base/alloc.h"
#include "base/nearest.h"
#include "cli/cli.h"

#define OPTIONS(list) .options = (list), .n_options = sizeof(list) / sizeof *(list)

/* ---- the table ---- */

const struct cli_command cli_commands[] = {
	{
		.name = "help",
		.arguments = "[COMMAND]",
		.summary = "explain a command",
		.about = "Shows what a command does and its options; without a command, which ones there are.",
		.examples = "courant help help",
		.max_arguments = 1,
		.run = help_run,
	},
	{0},
};

const struct cli_command *cli_command_find(const char *name, courant_error **err)
{
	const char *names[sizeof cli_commands / sizeof *cli_commands] = {0};

	for (size_t i = 0; cli_commands[i].name; i++) {
		names[i] = cli_commands[i].name;
		if (slice_equal(slice_of(name), slice_of(names[i])))
			return &cli_commands[i];
	}

	const char *nearest = nearest_word(slice_of(name), names);

	if (nearest)
		(void)fail(err, COURANT_USAGE, "unknown command %s (did you mean %s?)", name, nearest);
	else
		(void)fail(err, COURANT_USAGE, "unknown command %s; courant --help lists what there is", name);
	return NULL;
}
