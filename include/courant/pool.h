/* SPDX-License-Identifier: MIT */
/* pool.h - many mails over several connections, driven by one loop in one thread
 *
 *     static void done(void *context, const struct courant_pool_report *report) { … report->results[i] … }
 *
 *     const struct courant_pool_options options = {
 *             .server = "smtps://ops@mail.example.com", .password = password, .connections = 4, .done = done};
 *     courant_pool *pool = courant_pool_new(&options, &err);
 *
 *     for each mail:
 *             while (courant_pool_room(pool) == 0 && courant_pool_step(pool, -1, &err) == 0) { }
 *             courant_pool_submit(pool, &mail, &err)
 *     courant_pool_finish(pool, &err);
 *     courant_pool_free(pool);
 *
 * Every mail that was taken comes back once, through the done function, during courant_pool_step() or courant_pool_finish() (with a maildir or
 * another way without connections: during courant_pool_submit()). A
 * connection that the server closed while it was idle, or that has carried as much as the server takes (LIMITS), is made anew and no mail suffers; one that is lost with a mail under way makes
 * that mail deferred or, after its end was sent, unknown. When the server cannot be reached at all, everything that waits comes back
 * deferred, and the next mail for a pool that has nothing to do tries again.
 *
 * A pool is used by one thread at a time (courant_pool_cancel() may come from anywhere); two pools share nothing. */
#ifndef COURANT_POOL_H
#define COURANT_POOL_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <courant/engine.h>
#include <courant/error.h>
#include <courant/message.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct courant_pool courant_pool;

/* What became of a mail. Everything is borrowed for the call. */
struct courant_pool_report {
	const struct courant_mail *mail; /* the one that was submitted; of a composed message: its envelope */
	void *context;                   /* mail->context, or what came with the message */
	const struct courant_result *results; /* one for each recipient, in their order */
	size_t n_results;
	const courant_error *error; /* why the connection ended with it, or never came about; NULL: the results say all */
	const char *peer;           /* "192.0.2.1:25", or "" */
	const char *tls_version, *tls_cipher; /* NULL: in clear */
	bool tls_is_verified, tls_is_resumed;
	int64_t took_ms;            /* from its submission */
};

/* May submit further mails; must not step, finish or free the pool. */
typedef void courant_pool_done_fn(void *context, const struct courant_pool_report *report);

/* Texts are copied. All zero but `server` is the gentlest: one connection, one mail after the other. */
struct courant_pool_options {
	const char *server;            /* "smtp://[user@]host[:port][?parameters]" and all else that courant send --server takes, also ways
	                                * without connections (maildir:, file:, sendmail: with an empty environment), which carry one mail at a time */
	const char *password, *token;  /* of that user: a password, or an OAuth token instead; NULL: none */
	unsigned connections;          /* at most so many at a time (with mx: to each of at most 20 servers), 1 to 1000; 0: 1 */
	unsigned window;               /* mails whose end may be sent on one connection before the first is answered, 1 to 1000; 0: 1. A lost
	                                * connection makes this many unknown */
	unsigned mails_per_connection; /* then it is closed and another one made; 0: as many as the server takes */
	unsigned mails_per_minute;     /* of the whole pool, evenly spaced; 0: as fast as it goes */
	courant_pool_done_fn *done;    /* NULL: nobody wants to know */
	void *done_context;
	void (*trace)(void *context, enum courant_direction direction, const char *line, size_t n); /* as in engine.h; of all connections */
	void *trace_context;
};

/* Nothing is connected yet. COURANT_USAGE when the server's URL is no good; COURANT_NO_INPUT or COURANT_CONFIG when a file that it names is. */
COURANT_API courant_pool *courant_pool_new(const struct courant_pool_options *options, courant_error **err);

/* How many mails may be submitted now: whoever has more waits for this. It grows as mails come back. */
COURANT_API size_t courant_pool_room(const courant_pool *pool);

/* How many were submitted and have not come back. */
COURANT_API size_t courant_pool_pending(const courant_pool *pool);

/* Takes a mail. The mail, its recipients and its reader are borrowed, unchanged, until it comes back; no two mails under way may share a reader. The message is
 * read once now, to see whether it has bytes over 127; nothing is sent before the next step.
 * -1, and it does not come back: COURANT_USAGE when there is no room or no recipient, COURANT_CANCELLED, COURANT_IO when the message cannot be read. */
COURANT_API int courant_pool_submit(courant_pool *pool, const struct courant_mail *mail, courant_error **err);

/* The same for a composed message and its envelope. The message is borrowed, unchanged, until it comes back. */
COURANT_API int courant_pool_submit_message(courant_pool *pool, courant_message *message, void *context, courant_error **err);

/* Does what can be done now; when that is nothing, waits for something to happen, at most timeout_ms (-1: as long as it takes; 0: not at all). Returns at once when
 * nothing is pending. -1 with COURANT_CANCELLED: all that was pending has come back. */
COURANT_API int courant_pool_step(courant_pool *pool, int timeout_ms, courant_error **err);

/* Steps until nothing is pending, then says goodbye on each connection. Mails may be submitted again afterwards. -1 with COURANT_CANCELLED. */
COURANT_API int courant_pool_finish(courant_pool *pool, courant_error **err);

/* Stops the step that is under way, and refuses every mail after it: what is pending comes back deferred or unknown during the next step. May be called from
 * another thread and from a signal handler. */
COURANT_API void courant_pool_cancel(courant_pool *pool);

/* Closes without a word; mails that are pending are dropped and do not come back. Takes NULL. */
COURANT_API void courant_pool_free(courant_pool *pool);

#ifdef __cplusplus
}
#endif
#endif
