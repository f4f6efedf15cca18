/* SPDX-License-Identifier: MIT */
/* link.h - one connection to a mail server: the engine over a socket, with TLS when its time has come
 *
 * Waits for nothing unasked. Its owner, a session or a pool, does again and again:
 *
 *     do {
 *         progress = link_step(link, now_ms);
 *         while (link_next(link, &event)) { … progress = true; }
 *     } while (progress);
 *     n = link_wishes(link, fds, &at_ms);     polls, and calls link_wake() when one of them is ready
 */
#ifndef COURANT_CLIENT_LINK_H
#define COURANT_CLIENT_LINK_H
#include <courant/engine.h>

#include "net/dial.h"

struct link;
struct tls_context;

struct link_options {
	struct dial_options dial;
	const char *name;             /* the server's, for sentences */
	const char *verify_name;      /* what its certificate must be for */
	struct tls_context *tls;      /* borrowed; NULL with COURANT_TLS_NONE */
	int64_t connect_timeout_ms;   /* to reach it, TLS from the start included; 0: 30 s */
	struct courant_engine_options engine; /* hello NULL: this machine's full name, or the connection's address literal */
};

#define LINK_CONNECT_TIMEOUT_MS (30 * INT64_C(1000))

/* Begins. Texts are copied. */
struct link *link_new(const struct link_options *, int64_t now_ms, courant_error **err);
void link_free(struct link *);
AUTO_DEFINE(link, struct link, link_free)

/* Does what can be done now. Whether anything was. */
bool link_step(struct link *, int64_t now_ms);

/* What happened. COURANT_EVENT_START_TLS is seen to by the link itself and never shown. COURANT_EVENT_CLOSED is the last. */
bool link_next(struct link *, struct courant_event *ret);

/* Waits for the server's words and takes them, in one call of the system: for an owner who has nothing else to wait for than this
 * link, whose wishes are one descriptor and `at_ms`. False: it must be polled for (TLS, or bytes that do not go out). */
bool link_await(struct link *, int64_t at_ms);

/* Ends it because of this, which it takes: link_next() has the results, and CLOSED. */
void link_give_up(struct link *, courant_error *why, int64_t now_ms);

/* The descriptors to wait for, and the instant of the next link_step() in any case. Their number; 0 when it is closed. */
size_t link_wishes(const struct link *, struct pollfd fds[DIAL_MAX_FDS], int64_t *ret_at_ms);

/* There is something to read, perhaps. (A read that filled less than its room has taken all there was: without this it is not tried again.) */
void link_wake(struct link *);

/* Another policy for the STARTTLS to come; `tls` is borrowed. */
int link_set_tls(struct link *, struct tls_context *tls, const char *verify_name, courant_error **err);

/* The engine, to hand mails in; NULL before the connection is there. */
courant_engine *link_engine(struct link *);

/* Whether its handshake after STARTTLS has failed and TLS is opportunistic: better a mail in clear than none (RFC 7435, 3), over another connection, for
 * this one cannot be used any more. Not when a key is pinned: whoever knows the key has asked for more. */
bool link_may_go_in_clear(const struct link *);

/* TLS facts; NULL and false without TLS. */
const struct tls *link_tls(const struct link *);

/* Milliseconds from the beginning until the connection, and until TLS stood; -1: not yet. */
int64_t link_connected_after_ms(const struct link *);
int64_t link_secured_after_ms(const struct link *);
/* "192.0.2.1:25", or "" before. */
const char *link_peer(const struct link *);
#endif
