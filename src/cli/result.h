/* SPDX-License-Identifier: MIT */
/* result.h - what became of a recipient, as a line for a person and as one for a program */
#ifndef COURANT_CLI_RESULT_H
#define COURANT_CLI_RESULT_H
#include "client/outlet.h"

/* "accepted  ann@example.org  250 2.0.0 queued as 17" */
void result_print(const struct courant_recipient *, const struct courant_result *);

/* {"recipient":"ann@example.org","outcome":"accepted",…}: recipient i of the report. `message` is the mail's name, or NULL. */
void result_print_json(const struct outlet_report *, size_t i, const char *server, const char *message);

/* The exit status of two results together: 79 before 75 before everything else before 0, for what may have been delivered needs a look, and what is deferred another
 * try. */
int result_worse(int a, int b);
#endif
