/* SPDX-License-Identifier: MIT */
/* session.h - what a courant_smtp (courant/smtp.h) is made of */
#ifndef COURANT_CLIENT_SESSION_H
#define COURANT_CLIENT_SESSION_H
#include <stdatomic.h>

#include <courant/smtp.h>

#include "base/buffer.h"
#include "client/results.h"
#include "net/proxy.h"

/* The engine cuts a reply's text at 2,000 bytes. */
#define SESSION_REPLY_MAX_BYTES 4096

/* Besides the events: until the handshake after STARTTLS is done, until the connection is closed. */
#define SESSION_UNTIL_SECURED (-1)
#define SESSION_UNTIL_CLOSED  (-2)

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
	bool is_greeted;
	atomic_bool is_cancelled;
	int stop_fd; /* readable: courant_smtp_cancel() was called */

	courant_trace_fn *trace;
	void *trace_context;
	courant_progress_fn *progress;
	void *progress_context;
	courant_reader *message; /* under way: borrowed */
	uint64_t progress_passed, progress_size;

	struct results results;
	int reply_code;
	struct buffer reply;
};

/* Goes on until this event (enum courant_event_kind, or one of the above) has come; what it points to is borrowed until the next call. -1 when the connection
 * ends before; it is closed then. */
int session_run(courant_smtp *, int until, struct courant_event *ret, courant_error **err);
#endif
