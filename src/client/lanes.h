/* SPDX-License-Identifier: MIT */
/* lanes.h - several connections to one server that share the mails
 *
 * Waits for nothing unasked. Its owner does again and again:
 *
 *     while (lanes_move(lanes)) { }
 *     n = lanes_wishes(lanes, fds, &until_ms);     polls, and calls lanes_wake()
 *
 * Every mail that was submitted comes back once, through the options' done function, during one of these calls. A connection is made when there is
 * something to carry, and another one when all are busy; a mail whose connection the server had closed before it was begun goes over the next one. */
#ifndef COURANT_CLIENT_LANES_H
#define COURANT_CLIENT_LANES_H
#include <poll.h>

#include "client/outlet.h"
#include "client/pace.h"

struct lanes;
struct link;

/* Nothing is connected yet. The options, but for their target and environment, are copied, and `pace` is borrowed: several may share it. */
struct lanes *lanes_new(const struct outlet_options *, struct pace *pace, courant_error **err);

/* Closes without a word; mails under way are dropped. Takes NULL. */
void lanes_free(struct lanes *);
AUTO_DEFINE(lanes, struct lanes, lanes_free)

/* How many mails its connections carry at most, and how many there are. */
size_t lanes_space(const struct lanes *);
size_t lanes_count(const struct lanes *);

/* How many of them wait for a connection. */
size_t lanes_waiting(const struct lanes *);

/* Takes a mail, whatever the room is. Touches no connection, so that it may be called while results are told. */
int lanes_submit(struct lanes *, const struct courant_mail *, courant_error **err);

/* When there is nothing to do: the server may be back, and the next mail shall find out. Without this nothing is tried any more after a connection
 * that was of no use; of a server that had been of use before, after a few. */
void lanes_try_again(struct lanes *);

/* Does what can be done now. Whether anything was. */
bool lanes_move(struct lanes *);

/* How many descriptors there may be; then those to wait for, and an instant of the next lanes_move() that is not after *until_ms. */
size_t lanes_max_fds(const struct lanes *);
size_t lanes_wishes(struct lanes *, struct pollfd *fds, int64_t *until_ms);

/* When they are one, and there is nothing else to wait for: waits for it and takes what comes, in one call of the system. False: it must be polled for. */
bool lanes_await(struct lanes *, int64_t until_ms);

/* Looks at what has become of those descriptors. */
void lanes_wake(struct lanes *, const struct pollfd *fds);

/* Everything comes back as lost: deferred or, after the end of the message, unknown. */
void lanes_stop(struct lanes *);

/* Says goodbye on each connection (the engine gives up after two seconds); one that is not there yet is not waited for. */
void lanes_quit(struct lanes *);
bool lanes_has_link(const struct lanes *);

/* Begins a connection without a mail; when it is open, and until it is closed, the link. */
int lanes_connect(struct lanes *, courant_error **err);
struct link *lanes_open_link(const struct lanes *);

/* Whether the next connection is one without TLS, for it is opportunistic and has failed on the last. */
bool lanes_go_in_clear(const struct lanes *);

/* Why the last connection was of no use; NULL: none was. */
const courant_error *lanes_why(const struct lanes *);

/* The server's name, for sentences. */
const char *lanes_name(const struct lanes *);
#endif
