/* SPDX-License-Identifier: MIT */
/* server.h - a small SMTP server session without I/O: `courant catch`, the outbox's socket, and the tests' peer
 *
 * EHLO HELO (or LHLO) STARTTLS AUTH (PLAIN, LOGIN) MAIL RCPT DATA BDAT RSET NOOP VRFY HELP QUIT;
 * PIPELINING, SIZE, 8BITMIME, SMTPUTF8, CHUNKING, ENHANCEDSTATUSCODES. Strict: lines end in CRLF
 * and a message ends in CRLF.CRLF only, bytes behind STARTTLS end the session, so nothing can be
 * smuggled or injected. Everything a client sends has a limit.
 *
 *     server_receive(server, bytes, now_ms); then write server_output(), server_sent(); look at server_wish(). */
#ifndef COURANT_SMTP_SERVER_H
#define COURANT_SMTP_SERVER_H
#include "base/buffer.h"

struct server_envelope {
	slice hello;             /* as the client called itself */
	slice user;              /* who logged in; empty: nobody */
	slice sender;            /* without brackets; "" is the empty one */
	const slice *recipients; /* without brackets, in the order given; all accepted */
	size_t n_recipients;
	bool is_utf8;            /* SMTPUTF8 was asked for */
	int64_t deliver_by_s;    /* after so many seconds it is worthless (RFC 2852, mode R); 0: never */
	bool is_tls;
};

/* What the session asks of its owner. All slices are borrowed for the call. */
struct server_calls {
	/* NULL: no AUTH is offered. */
	bool (*login)(void *context, slice user, slice password);
	/* NULL: every recipient is accepted. False: refused with 550. */
	bool (*recipient)(void *context, slice address);
	/* A message begins, after DATA or the first BDAT; then its bytes, CRLF line ends, dots
	 * undone; then its end. A failure of any is told the client as 451 (COURANT_TOO_LARGE:
	 * 552), and abandon follows. finish may write words for the reply, such as "queued as
	 * 17". */
	int (*begin)(void *context, const struct server_envelope *, courant_error **err);
	int (*write)(void *context, slice bytes, courant_error **err);
	int (*finish)(void *context, struct buffer *ret_words, courant_error **err);
	void (*abandon)(void *context); /* a begun message does not come to its end */
};

struct server_options {
	const char *hostname;      /* NULL: "localhost" */
	bool is_lmtp;              /* LHLO instead of EHLO and HELO, and a message's end is answered
	                            * once for each recipient (RFC 2033) */
	bool offer_tls;            /* STARTTLS */
	bool offer_deliver_by;     /* DELIVERBY, as far as a time of return goes */
	bool is_tls;               /* TLS from the start */
	bool require_tls;          /* 530 to AUTH and MAIL before it */
	bool require_login;        /* 530 to MAIL before it */
	bool login_in_clear;       /* AUTH is offered without TLS too */
	bool no_pipelining, no_chunking, no_8bitmime, no_smtputf8; /* leave these out of EHLO */
	uint64_t size_max_bytes;   /* of a message; 0: 64 MB */
	size_t recipients_max;     /* of a message; 0: 1,000 (RFC 5321, 4.5.3.1.8 wants 100 at
	                            * least) */
	unsigned errors_max;       /* commands refused before 421; 0: 20 */
	uint64_t timeout_ms;       /* for a whole command or block; 0: 5 minutes (RFC 5321,
	                            * 4.5.3.2.7) */
};

struct server;

/* `calls` and texts are copied, `context` is borrowed. */
struct server *server_new(const struct server_options *, const struct server_calls *, void *context, courant_error **err);
void server_free(struct server *);
AUTO_DEFINE(server, struct server, server_free)

void server_connected(struct server *, int64_t now_ms); /* the greeting */
void server_receive(struct server *, slice bytes, int64_t now_ms);
void server_secured(struct server *, int64_t now_ms);   /* the handshake is done */

slice server_output(const struct server *); /* borrowed until the next call */
void server_sent(struct server *, size_t n);

enum server_wish {
	SERVER_WANTS_BYTES,
	SERVER_WANTS_TLS,   /* write the output, then do the handshake and call server_secured() */
	SERVER_WANTS_CLOSE  /* write the output, then close */
};
enum server_wish server_wish(const struct server *);

int64_t server_deadline(const struct server *);     /* INT64_MAX: none */
void server_tick(struct server *, int64_t now_ms);  /* 421 when it has passed */
#endif
