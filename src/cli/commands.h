/* SPDX-License-Identifier: MIT */
/* commands.h - the rows of the table of commands, a file a group
 *
 * A command is a block (its options, if it has any of its own) and a struct of what it says of itself, side by side; a group's are sorted by name.
 * Sentences have no full stop; values are in capitals. */
#ifndef COURANT_CLI_COMMANDS_H
#define COURANT_CLI_COMMANDS_H
#include "cli/cli.h"

extern const struct cli_command command_catch, command_outbox, command_send, command_sendmail;                  /* commands_mail.c */
extern const struct cli_command command_chart, command_check, command_ledger, command_next, command_report, command_weblog; /* commands_report.c */
extern const struct cli_command command_serve, command_setup;                                   /* commands_service.c */
extern const struct cli_command command_collect, command_probe;                                 /* commands_samples.c */
#endif
