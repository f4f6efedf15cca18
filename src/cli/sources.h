/* SPDX-License-Identifier: MIT */
/* sources.h - courant report --sources: which kinds of sources there are, and what one of them offers */
#ifndef COURANT_CLI_SOURCES_H
#define COURANT_CLI_SOURCES_H
#include "cli/cli.h"

/* Lists the kinds with their options; with arguments, the tables of each source that they name. The exit status. */
int sources_run(const struct cli_call *);
#endif
