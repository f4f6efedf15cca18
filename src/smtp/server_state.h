/* SPDX-License-Identifier: MIT */
/* server_state.h - inside the server session: what its files share
 *
 * server.c       life, lines, the table of commands
 * server_login.c AUTH
 * server_mail.c  MAIL, RCPT, and the envelope
 * server_body.c  DATA, BDAT, and the message's bytes */
#ifndef COURANT_SMTP_SERVER_STATE_H
#define COURANT_SMTP_SERVER_STATE_H
#include "smtp/body.h"
#include "smtp/server.h"

/* RFC 4954, 4 wants 12,288 for AUTH's answers; commands are shorter. */
#define SERVER_LINE_MAX_BYTES 12288

enum server_mode {
	SERVER_COMMANDS,
	SERVER_LOGIN_ANSWER, /* the line after a 334 */
	SERVER_DATA,
	SERVER_CHUNK
};

enum login_step { LOGIN_PLAIN, LOGIN_USER, LOGIN_PASSWORD };

/* Where in a line of a message after DATA. */
enum data_state { DATA_LINE_BEGIN, DATA_IN_LINE, DATA_CR, DATA_DOT, DATA_DOT_CR };

struct server {
	struct server_options options;
	struct server_calls calls;
	void *context;
	char *hostname;

	struct buffer line; /* the begin of a line that has not ended */
	bool skips_line;    /* ... which is too long: the rest of it is dropped */
	struct buffer out;
	enum server_mode mode;
	enum server_wish wish;
	unsigned errors;
	int64_t clock_ms;
	uint64_t block_bytes; /* of a message since the clock was set */

	bool is_tls, is_esmtp;
	struct buffer hello, user;
	enum login_step login_step;
	struct buffer login_user;

	bool has_sender, is_utf8, has_failed_recipient;
	int64_t deliver_by_s;
	struct buffer sender;
	char **recipients;
	size_t n_recipients, recipients_space;

	bool is_begun;      /* calls.begin was called */
	bool is_chunked;    /* a BDAT transaction is under way */
	bool is_last;       /* of this chunk */
	courant_error *failure; /* why the message will be refused at its end */
	enum data_state data_state;
	struct body_filter filter;
	struct buffer body;     /* bytes to be handed on */
	uint64_t message_bytes;
	uint64_t chunk_left;
};

/* Replies with a line (CRLF is added); an error is counted, and the last one ends the session. */
void server_reply(struct server *, const char *line);
void server_refuse(struct server *, const char *line);
void server_end(struct server *, const char *line);

void server_auth(struct server *, slice arguments);
void server_login_answer(struct server *, slice line);
void server_mail_from(struct server *, slice arguments);
void server_rcpt_to(struct server *, slice arguments);
void server_forget_mail(struct server *); /* the envelope, and a message that was begun */
void server_data(struct server *, slice arguments);
void server_bdat(struct server *, slice arguments);
/* Bytes of a message; returns how many of them were taken: fewer when the message or chunk ends. */
size_t server_take_data(struct server *, slice bytes);
size_t server_take_chunk(struct server *, slice bytes);
uint64_t server_size_max(const struct server *);
#endif
