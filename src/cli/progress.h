/* SPDX-License-Identifier: MIT */
/* progress.h - how far a log has been read, in one line of a terminal that is erased at the end */
#ifndef COURANT_CLI_PROGRESS_H
#define COURANT_CLI_PROGRESS_H
#include "cli/cli.h"
#include "weblog/input.h"

struct progress {
	struct input_teller teller; /* to be lent to a weblog */
	int64_t due_ms;             /* when the next line is written */
	bool is_shown;
};

/* Nothing is told when standard error is no terminal, or the call is quiet: then the result is NULL. */
const struct input_teller *progress_begin(struct progress *, const struct cli_call *);
void progress_end(struct progress *);
#endif
