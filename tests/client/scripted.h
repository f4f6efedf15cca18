/* SPDX-License-Identifier: MIT */
/* scripted.h - a server in a thread of the test that says what it is told to, whatever it hears */
#ifndef COURANT_TESTS_CLIENT_SCRIPTED_H
#define COURANT_TESTS_CLIENT_SCRIPTED_H
#include <stdint.h>

#include "base/slice.h"

struct scripted;

/* One connection: the first text is the greeting, each other one the answer to a line; after the last it closes. Ends the program when it cannot start. */
struct scripted *scripted_start(const char *const *says);
/* The same for n connections, one after the other, which all hear this. */
struct scripted *scripted_start_many(const char *const *says, size_t n);
uint16_t scripted_port(const struct scripted *);

/* How many connections there have been. */
size_t scripted_connections(const struct scripted *);

/* Waits for the end of the (last) connection; what was heard, borrowed until the stop. */
slice scripted_heard(struct scripted *);
void scripted_stop(struct scripted *);
#endif
