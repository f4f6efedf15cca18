/* SPDX-License-Identifier: MIT */
/* manual.h - the table of commands as manual pages, in the man(7) macros */
#ifndef COURANT_CLI_MANUAL_H
#define COURANT_CLI_MANUAL_H
#include "cli/cli.h"

/* courant(1). */
void manual_write_overview(struct buffer *);

/* courant-NAME(1). */
void manual_write_command(struct buffer *, const struct cli_command *);
#endif
