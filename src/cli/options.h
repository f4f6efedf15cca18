/* SPDX-License-Identifier: MIT */
/* options.h - the words of a command line, read by the table of commands
 *
 * As GNU programs do: options and arguments in any order, "--name=value" or "--name value", "-qv", "-oVALUE" or "-o VALUE", everything
 * after "--" is an argument, "-" alone is one. Names are never abbreviated: a script must not change its meaning when an option is added. */
#ifndef COURANT_CLI_OPTIONS_H
#define COURANT_CLI_OPTIONS_H
#include "cli/cli.h"

/* Reads the words behind the command's name. call->command must be set; fills arguments, values, is_quiet, is_verbose. Stops at --help, which
 * cli_flag(call, "help") then tells. COURANT_USAGE with a sentence that names the nearest option. The words are borrowed. */
int options_parse(struct cli_call *call, int n_words, char **words, courant_error **err);

void options_release(struct cli_call *call);
AUTO_DEFINE_VALUE(call, struct cli_call, options_release)
#endif
