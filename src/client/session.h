/* SPDX-License-Identifier: MIT */
/* session.h - what a courant_smtp (courant/smtp.h) is made of */
#ifndef COURANT_CLIENT_SESSION_H
#define COURANT_CLIENT_SESSION_H
#include <stdatomic.h>

#include <courant/smtp.h>

#include "base/buffer.h"
#include "client/rest.h"
#include "net/proxy.h"

/* More than any reply: smtp/reply.h. */
#define SESSION_REPLY_MAX_BYTES ((size_t)128 * 1024)

/* Besides the events: until the handshake after STARTTLS is done, until the connection is closed. */
#define SESSION_UNTIL_SECURED (-1)
#define SESSION_UNTIL_CLOSED  (-2)

/* Of a struct courant_login. */
#define SESSION_LOGIN_TEXTS 6

struct link;
struct tls_context;

struct courant_smtp {
	struct link *link; /* NULL: not connected */
	struct tls_context *tls_context;
	char *host, *verify_name, *hello, *source;
	struct proxy proxy; /* host NULL: none */
	enum courant_tls tls;
	enum courant_protocol protocol;
	uint64_t timeout_ms;
	uint16_t port;
	bool is_greeted;
	bool uses_helo;             /* the caller wants no EHLO */
	bool has_carried;           /* this connection, a mail */
	bool goes_in_clear;         /* this connection: opportunistic TLS was refused, or has failed */
	bool may_go_in_clear;       /* the next one: it has failed on the last */
	bool has_login;
	struct courant_login login; /* what logged in, for a connection made anew; borrows: */
	char *login_texts[SESSION_LOGIN_TEXTS];
	struct courant_send_options defaults; /* of every message; its texts are ours */
	atomic_bool is_cancelled;
	int stop_fd; /* readable: courant_smtp_cancel() was called */

	courant_trace_fn *trace;
	void *trace_context;
	courant_progress_fn *progress;
	void *progress_context;
	courant_reader *message; /* under way: borrowed */
	uint64_t progress_passed, progress_size;

	struct rest rest; /* of the mail under way */
	struct results results;
	int reply_code;
	struct buffer reply;
};

/* Whether a step may be made: COURANT_CANCELLED, or COURANT_USAGE without a connection. */
int session_check(const courant_smtp *, courant_error **err);

/* Goes on until this event (enum courant_event_kind, or one of the above) has come; what it points to is borrowed until the next call. -1 when the connection
 * ends before; it is closed then. */
int session_run(courant_smtp *, int until, struct courant_event *ret, courant_error **err);

/* The files and texts of the options become the context of the session's TLS; NULL: the defaults. */
int session_take_tls(courant_smtp *, const struct courant_tls_options *, courant_error **err);

/* What a mail or a password needs: a greeting, and TLS unless it was switched off. */
int session_make_ready(courant_smtp *, courant_error **err);

bool session_is_secured(const courant_smtp *);

void session_forget_options(courant_smtp *);

/* Connects to the host and port that are known. */
int session_dial(courant_smtp *, courant_error **err);

/* Copies what a later connection logs in with; clears and frees it. */
int session_keep_login(courant_smtp *, const struct courant_login *, courant_error **err);
void session_forget_login(courant_smtp *);

/* Whether the connection was closed while nothing was under way; the session has closed its side then. */
bool session_is_gone(courant_smtp *);

/* Whether the connection takes no more mails: the server's MAILMAX. */
bool session_is_spent(const courant_smtp *);

/* After a mail: whether those of its recipients who were not begun go over another connection. Those are the rest then. `has_carried`: this one has
 * carried other mails. */
bool session_has_rest(courant_smtp *, bool has_carried);

/* Connects once more, as it was: the login too. One that is still there is taken leave of. */
int session_again(courant_smtp *, courant_error **err);
#endif
