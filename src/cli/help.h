/* SPDX-License-Identifier: MIT */
/* help.h - the table of commands as text for a terminal, at most 80 columns wide */
#ifndef COURANT_CLI_HELP_H
#define COURANT_CLI_HELP_H
#include "cli/cli.h"

/* What the program is and which commands there are. */
void help_write_overview(struct buffer *);

/* Everything about one command. */
void help_write_command(struct buffer *, const struct cli_command *);

/* Prints one of them (command NULL: the overview); returns the exit status. */
int help_print(const struct cli_call *, const struct cli_command *);
#endif
