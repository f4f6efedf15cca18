/* SPDX-License-Identifier: MIT */
/* outlet.h - where mail leaves the house: one struct of functions over every way there is
 *
 *     outlet = outlet_new(&options, &err);
 *     for each mail: outlet_send(outlet, &mail, &err);     may wait until there is room
 *     outlet_finish(outlet, &err);                         waits for the last results
 *
 * Every mail that was taken comes back once, through options.done, during one of these calls. */
#ifndef COURANT_CLIENT_OUTLET_H
#define COURANT_CLIENT_OUTLET_H
#include <courant/engine.h>

#include "client/results.h"
#include "client/target.h"

struct outlet;

/* What became of a mail. Everything is borrowed for the call. */
struct outlet_report {
	const struct courant_mail *mail;
	const struct results *results;
	const courant_error *error; /* why the connection ended with it, or never came about; NULL: the results say all */
	const char *peer;           /* "192.0.2.1:25", or "" */
	const char *tls_version, *tls_cipher; /* NULL: in clear */
	bool is_verified, is_resumed;
	int64_t begun_ms, ended_ms; /* monotonic */
	int64_t connect_ms, tls_ms; /* from the connection's beginning; -1: not reached */
};
typedef void outlet_done_fn(void *context, const struct outlet_report *);

/* What a connection without a mail has found: the report without mail and results, and the mechanism of the login; NULL: none. */
typedef void outlet_try_fn(void *context, const struct outlet_report *, const char *mechanism);

struct outlet_options {
	const struct target *target;       /* finished; borrowed while the outlet lives */
	const char *password;              /* NULL: none; copied */
	const char *token;                 /* an OAuth token instead; copied */
	unsigned connections;              /* at most so many at a time (mx: to each server); 0: 1 */
	unsigned window;                   /* mails under way on one connection; 0: 1 */
	unsigned per_connection;           /* mails; then another one is made; 0: as many as the server takes */
	unsigned per_minute;               /* mails of all connections, evenly spaced; 0: as fast as it goes */
	char *const *environment;          /* of a program that is started; NULL: an empty one */
	int cancel_fd;                     /* readable: stop; -1: nobody can */
	void (*trace)(void *context, enum courant_direction direction, const char *line, size_t n);
	void *trace_context;
	outlet_done_fn *done;
	void *done_context;
};

/* Nothing is connected yet. COURANT_NO_INPUT or COURANT_CONFIG when a file of the target is no good. */
struct outlet *outlet_new(const struct outlet_options *, courant_error **err);

/* Takes a mail, which is borrowed until done is called for it; waits when there is no room. -1: it was not taken, and done is not called for it. */
int outlet_send(struct outlet *, const struct courant_mail *, courant_error **err);

/* The same in steps, for a loop of the caller's: takes a mail when there is room for it and waits for nothing. */
size_t outlet_room(const struct outlet *);
int outlet_submit(struct outlet *, const struct courant_mail *, courant_error **err);

/* Does what can be done now, or waits for something to do until that instant (monotonic; WAIT_FOREVER). -1 with COURANT_CANCELLED. */
int outlet_step(struct outlet *, int64_t until_ms, courant_error **err);

/* Everything under way comes back, as after a lost connection; nothing is taken any more. */
void outlet_stop(struct outlet *);

/* Connects, with TLS and login as for a mail, tells what it found, and says goodbye. A way without a server tells nothing: what can be tried there,
 * outlet_new() has tried. */
int outlet_try(struct outlet *, outlet_try_fn *, void *context, courant_error **err);

/* Waits for all results, then says goodbye. -1 with COURANT_CANCELLED when it was stopped: mails under way come back first. */
int outlet_finish(struct outlet *, courant_error **err);

/* Mails that are under way are dropped without a word: call outlet_finish() before. Takes NULL. */
void outlet_free(struct outlet *);
AUTO_DEFINE(outlet, struct outlet, outlet_free)
#endif
