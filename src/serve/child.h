/* SPDX-License-Identifier: MIT */
/* child.h - a program that the service has started: its end, its last words, and how long it may take
 *
 * Nothing here waits but child_free(). */
#ifndef COURANT_SERVE_CHILD_H
#define COURANT_SERVE_CHILD_H
#include <poll.h>
#include <sys/types.h>

#include "base/buffer.h"

#define CHILD_WORDS_MAX ((size_t)4096) /* of what it says, the end is kept */

struct child;

/* Starts a program by its path, with its arguments (NULL at the end) and environment, nothing to read, in a process group of its own. It is asked to end at
 * `until_ms` (monotonic), and made to some seconds later. COURANT_CONFIG when it cannot be run. */
struct child *child_start(const char *path, char *const words[], char *const environment[], int64_t until_ms, courant_error **err);
/* One that still runs is killed. */
void child_free(struct child *);
AUTO_DEFINE(child, struct child, child_free)

/* What to poll for; returns how many of the two there are. */
size_t child_fds(const struct child *, struct pollfd ret[2]);
/* When it must be looked at, whatever poll says. */
int64_t child_deadline_ms(const struct child *);

/* Reads what it says, ends it when its time is over. True when it has ended and was heard to its end. */
bool child_turn(struct child *, int64_t monotonic_ms);
/* It is asked to end now. */
void child_stop(struct child *, int64_t monotonic_ms);

/* Once it has ended: its exit status, or 128 and the signal; whether its time was over. */
int child_status(const struct child *);
bool child_is_late(const struct child *);
/* The end of what it wrote to standard output and standard error, without the last line break. */
slice child_words(const struct child *);
#endif
