/* SPDX-License-Identifier: MIT */
/* engine_state.h - inside the engine: what its files share
 *
 * engine.c          life, and what the driver tells (bytes, time, the connection's end)
 * engine_reply.c    commands that wait, whose reply is whose, how a session ends
 * engine_event.c    the queue of events
 * engine_session.c  greeting, EHLO, STARTTLS, QUIT and commands by hand
 * engine_login.c    AUTH
 * engine_send.c     mails handed in: what is refused, what they need
 * engine_mail.c     mails under way: what replies mean for them, results
 * engine_write.c    the bytes that go out: MAIL, RCPT, DATA, BDAT, messages
 *
 * Every command that was written waits in a ring for its reply; replies come in the same order,
 * and each kind of command has one function that reads its reply. What the session "is doing" is
 * the command at the ring's head. */
#ifndef COURANT_SMTP_ENGINE_STATE_H
#define COURANT_SMTP_ENGINE_STATE_H
#include <courant/engine.h>

#include "smtp/body.h"
#include "smtp/extension.h"
#include "smtp/reply.h"
#include "smtp/sasl.h"

/* Commands under way before their first reply. Also keeps a server's memory for replies that
 * nobody reads yet small. */
#define PENDING_MAX 256

/* A message is read in blocks of this many bytes, and when so many wait to be sent no more are
 * read. */
#define BLOCK_BYTES ((size_t)32 * 1024)

/* Several blocks at their worst (every byte doubled), and commands. Never reached: it guards
 * against our own mistakes. */
#define OUTPUT_MAX_BYTES ((size_t)1024 * 1024)

/* Of a reply in a recipient's result, and in a sentence. Whoever asks for a list gets it whole. */
#define RESULT_TEXT_MAX_BYTES 2000

/* Texts of events that wait to be looked at: PENDING_MAX replies and some. What is over it is left
 * out. */
#define WORDS_MAX_BYTES ((size_t)1024 * 1024)

enum command_kind {
	COMMAND_GREETING, /* no command: the server speaks first */
	COMMAND_EHLO,
	COMMAND_HELO,
	COMMAND_STARTTLS,
	COMMAND_AUTH, /* and its answers to challenges */
	COMMAND_AUTH_CANCEL,
	COMMAND_MAIL,
	COMMAND_RCPT,
	COMMAND_DATA,
	COMMAND_DOT,
	COMMAND_EMPTY_DOT, /* ends a DATA that has no recipient */
	COMMAND_BDAT,
	COMMAND_BDAT_LAST,
	COMMAND_RESET,
	COMMAND_BY_HAND,
	COMMAND_QUIT,
	COMMAND_KINDS
};

struct transaction;

struct command {
	enum command_kind kind;
	struct transaction *mail; /* or NULL */
	size_t recipient;
	uint64_t end_at;          /* the place of the output behind the command */
};

enum fate {
	FATE_NEW,     /* not asked in this transaction yet */
	FATE_ASKED,   /* RCPT was written */
	FATE_TAKEN,   /* RCPT was accepted */
	FATE_FIRST,   /* of its domain, while they are counted */
	FATE_LATER,   /* 452: too many at once; in the next transaction */
	FATE_SETTLED  /* has its result */
};

enum stage {
	STAGE_BEGIN, /* RSET, if need be, is next */
	STAGE_MAIL,
	STAGE_RECIPIENTS,
	STAGE_CONTENT, /* DATA or the first BDAT is next */
	STAGE_DATA,    /* DATA was written; its reply decides */
	STAGE_BODY,
	STAGE_CHUNKS,
	STAGE_OVER /* all is written, or nothing more will be: replies are waited for */
};

/* A mail on its way: one transaction, or one after the other when the server takes only so many
 * recipients. */
struct transaction {
	const struct courant_mail *mail; /* NULL: free */
	unsigned char *fates;            /* enum fate, one a recipient */
	size_t fates_space;
	enum stage stage;
	size_t next;         /* the recipient to look at next */
	size_t taken;        /* recipients accepted in this transaction that have no result yet */
	size_t settled;      /* of all transactions */
	size_t final_next;   /* LMTP: the recipient whose reply comes next */
	unsigned outstanding; /* commands in the ring */
	bool is_utf8;        /* SMTPUTF8 */
	bool by_chunks;      /* BDAT */
	bool is_refused;     /* nothing can come of this transaction any more */
	bool begin_again;    /* BDAT was not understood: once more with DATA */
	bool has_ended;      /* the end of the message was written, at … */
	uint64_t end_at;     /* … this place of the output (behind it) */
	uint64_t size_bytes; /* 0: not known */
	struct body_filter filter;
	unsigned outcomes;   /* which have occurred, as bits */
	struct courant_result last; /* the last result, without its text */
};

struct stored_event {
	struct courant_event event;
	size_t text_at; /* in engine->words, or SLICE_NONE */
};

struct login_state {
	struct courant_login login; /* owned copies */
	const struct sasl_mechanism *mechanism;
	struct sasl_session *session;
	struct buffer first;  /* an initial response that is too long for the command's line */
	struct buffer answer; /* the last one sent, in base64: to be known again when a server
	                       * repeats it, then or later */
	unsigned tried;
	unsigned rounds;
	bool is_done;         /* the mechanism has nothing more to check */
	courant_error *error; /* why the exchange was cancelled */
};

struct courant_engine {
	struct courant_engine_options options; /* its texts are the three below */
	char *hello, *host;
	struct login_state login;
	bool wants_login;

	bool is_connected, is_secured, is_logged_in;
	bool is_open;        /* mails may go */
	bool awaits_tls;     /* the driver does the handshake */
	bool wants_quit;
	bool is_closed;
	bool needs_reset;    /* the server may still hold a transaction */
	bool chunking_fails; /* the server offers CHUNKING and does not know BDAT */
	bool said_421;       /* the server has closed: what is not answered was not done */
	struct courant_tls_facts tls;
	char *tls_version, *tls_cipher;
	struct extensions offer;

	struct reply_reader replies;
	struct command pending[PENDING_MAX];
	size_t pending_head, n_pending;

	struct buffer out;
	size_t out_at;        /* the first byte not sent yet */
	uint64_t out_dropped; /* bytes of the output before out.bytes[0] */
	size_t body_until;    /* message bytes stand before this place of `out` */
	bool out_is_secret;
	char *block;          /* BLOCK_BYTES, what a message is read into */
	size_t chunk_header;  /* the length of the last BDAT command: the next is probably as
	                       * long */

	struct transaction *mails; /* n_mails slots */
	struct transaction **queue; /* those that wait to be sent */
	size_t n_mails, queue_head, n_queue, n_active;
	struct transaction *current; /* being written, or NULL */
	uint64_t n_started;

	struct stored_event *events;
	size_t events_head, n_events, events_space;
	size_t events_promised; /* events that mails and steps under way may still make */
	struct buffer words;
	courant_error *error;      /* of CLOSED */
	courant_error *step_error; /* of a step by hand */

	int64_t clock_ms;  /* since when the phase's time runs, or CLOCK_STOPPED */
	uint64_t clock_at; /* the place of the output that was next then */
};

#define CLOCK_STOPPED INT64_MIN

/* OFFERS(engine, PIPELINING): whether the last EHLO did. */
#define OFFERS(engine, name) (((engine)->offer.bits & COURANT_EXTENSION_##name) != 0)

/* What a reply to a kind of command means. False: the command has more replies to come. */
typedef bool on_reply(struct courant_engine *, const struct command *, const struct reply *);

/* engine_event.c */
int event_reserve(struct courant_engine *, size_t n, courant_error **err);
/* cannot fail: reserved; without memory the text is lost */
void event_push(struct courant_engine *, struct courant_event, slice text);
void event_push_reply(struct courant_engine *, enum courant_event_kind, const struct reply *, const courant_error *error);

/* engine_reply.c */
enum courant_phase command_phase(enum command_kind kind);
void engine_read_reply(struct courant_engine *, const struct reply *);
/* A place in the ring, for what was just written. */
void engine_wait(struct courant_engine *, enum command_kind, struct transaction *, size_t recipient);
void engine_trace(struct courant_engine *, enum courant_direction, slice line);
/* Ends a line begun at out.len == mark: CRLF, trace, and the place in the ring. */
void engine_command(struct courant_engine *, size_t mark, enum command_kind, struct transaction *, size_t recipient);
/* Closes: every mail gets its results, CLOSED follows. The error is taken. `reply` (or NULL):
 * the server's words behind it. */
void engine_close(struct courant_engine *, courant_error *error, const struct reply *);
/* The same with a QUIT, for a server that has done nothing wrong. */
void engine_leave(struct courant_engine *, courant_error *error, const struct reply *);
/* "mail.example.org refuses the login: 535 5.7.8 no": -1. The code follows from the reply's
 * class unless `code` is given (not 0). */
int fail_reply(courant_error **err, enum courant_code code, const struct courant_engine *, const struct reply *, const char *what);
enum courant_code reply_error_code(int reply_code);

/* engine_session.c */
on_reply session_greeting, session_ehlo, session_helo, session_starttls, session_reset, session_by_hand, session_quit;
void session_write_quit(struct courant_engine *);
void session_write_hello(struct courant_engine *);
void session_go_on(struct courant_engine *); /* the next step towards OPEN, unless it goes by
                                              * hand */
/* A step has failed: by hand, the event says so and the session goes on; else it ends with a
 * QUIT. Takes the error. */
void session_fail(struct courant_engine *, enum courant_event_kind step, courant_error *error, const struct reply *);

/* engine_login.c */
on_reply login_reply, login_cancelled;
int login_copy(struct login_state *, const struct courant_login *, courant_error **err);
void login_release(struct login_state *);
void login_begin(struct courant_engine *);
/* whether the text repeats what must not be shown; it is replaced by these words then */
bool login_is_repeated(const struct courant_engine *, slice text);
#define LOGIN_REPEATED SLICE("(its words repeat the credentials)")

/* engine_send.c */
void mail_enqueue(struct courant_engine *, struct transaction *);
/* Begins a transaction: its counts, and what we refuse ourselves. False: nothing is left to be
 * sent. */
bool mail_start(struct courant_engine *, struct transaction *);
/* The form of an address that goes out. */
const char *mail_path(const struct courant_path *, bool is_utf8);

/* engine_mail.c */
on_reply mail_reply_mail, mail_reply_rcpt, mail_reply_data, mail_reply_chunk;
on_reply mail_reply_final; /* LMTP: one reply for each recipient */
/* A refusal that comes while its message is still being sent, and ends the session. */
void mail_reply_early(struct courant_engine *, const struct reply *);
/* One recipient gets its result; or every one that has none yet. */
void mail_settle(struct courant_engine *, struct transaction *, size_t recipient, const struct courant_result *, slice text);
void mail_settle_rest(struct courant_engine *, struct transaction *, const struct courant_result *, slice text);
/* The mail is done: MESSAGE, and its place is free. */
void mail_end(struct courant_engine *, struct transaction *);
/* Nothing can come of this transaction: what was not written is left out. */
void mail_give_up(struct courant_engine *, struct transaction *);
/* When all its replies are in: the next transaction, or the mail's end. */
void mail_finish(struct courant_engine *, struct transaction *);
/* The session is over: what has no result gets this one, or "unknown". */
void mail_settle_all(struct courant_engine *, const struct courant_result *, slice text);

/* engine_write.c */
void write_mails(struct courant_engine *); /* as much as may go out now */
#endif
