/* SPDX-License-Identifier: MIT */
/* engine.h - SMTP and LMTP without I/O: bytes in, bytes out, events
 *
 * For programs with an event loop of their own; courant/smtp.h does the same over sockets in one
 * call. The engine opens no socket, does no TLS, asks no clock: the caller (the driver) does,
 * and tells.
 *
 *     engine = courant_engine_new(&options, &err);
 *     courant_engine_connected(engine, now_ms);               (TLS from the start: courant_engine_secured() before)
 *     for (;;) {
 *         while (courant_engine_next(engine, &event))          what happened
 *             switch (event.kind) {
 *             case COURANT_EVENT_START_TLS: handshake, then courant_engine_secured()
 *             case COURANT_EVENT_OPEN:      courant_engine_send(engine, &mail, &err)
 *             case COURANT_EVENT_RECIPIENT: the final result of one recipient
 *             case COURANT_EVENT_MESSAGE:   the mail is done; courant_engine_quit() after the last
 *             case COURANT_EVENT_CLOSED:    close the socket; event.error says why, NULL after a QUIT
 *             }
 *         bytes = courant_engine_output(engine, &n, now_ms);   write what there is, then courant_engine_sent()
 *         wait until the socket is readable, (n > 0:) writable, or courant_engine_deadline() passes
 *         courant_engine_receive() / courant_engine_lost() / courant_engine_tick()
 *     }
 *
 * Instants are int64_t milliseconds of one clock that never goes back (CLOCK_MONOTONIC).
 * Whatever goes wrong in the session comes as an event, each mail that was handed in gets its
 * events in any case, and COURANT_EVENT_CLOSED is the last. An engine is used by one thread at a
 * time; nothing is shared between two engines.
 *
 * What is refused before a byte is sent: CR, LF, NUL and other control characters in addresses,
 * names and parameters. What is sent of a message: its lines ended by CRLF, a bare CR or LF made
 * CRLF too, leading dots doubled; with BODY=BINARYMIME its bytes. */
#ifndef COURANT_ENGINE_H
#define COURANT_ENGINE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <courant/error.h>
#include <courant/reader.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct courant_engine courant_engine;

/* What the session is doing; in a result: what it was doing when the result came about.
 * Time-outs: RFC 5321, 4.5.3.2. */
enum courant_phase {
	COURANT_PHASE_CONNECT,  /* before courant_engine_connected() */
	COURANT_PHASE_GREETING, /* waiting for 220; 5 min */
	COURANT_PHASE_HELLO,    /* EHLO, HELO, LHLO; 5 min */
	COURANT_PHASE_STARTTLS, /* the command; 5 min */
	COURANT_PHASE_TLS,      /* the handshake, done by the driver; 1 min */
	COURANT_PHASE_LOGIN,    /* AUTH; 5 min */
	COURANT_PHASE_IDLE,     /* open, nothing under way; no time-out */
	COURANT_PHASE_MAIL,     /* MAIL FROM; 5 min */
	COURANT_PHASE_RCPT,     /* RCPT TO; 5 min */
	COURANT_PHASE_DATA,     /* DATA until 354; 2 min */
	COURANT_PHASE_BODY,     /* sending the message; 3 min for each 64 KB block */
	COURANT_PHASE_FINAL,    /* final dot, or BDAT LAST, until its reply; 10 min */
	COURANT_PHASE_RESET,    /* RSET; 5 min */
	COURANT_PHASE_COMMAND,  /* NOOP, VRFY and other commands by hand; 5 min */
	COURANT_PHASE_QUIT,     /* 2 s, and its answer changes nothing */
	COURANT_PHASE_CLOSED
};

/* "greeting", "final dot" ...: for sentences. Never NULL. */
COURANT_API const char *courant_phase_name(enum courant_phase phase);

/* ---- options ---- */

enum courant_protocol { COURANT_SMTP, COURANT_LMTP };

enum courant_tls {
	COURANT_TLS_STARTTLS,      /* required: nothing is sent to a server that does not offer
	                            * it */
	COURANT_TLS_IMPLICIT,      /* from the first byte: courant_engine_secured() before
	                            * courant_engine_connected() */
	COURANT_TLS_OPPORTUNISTIC, /* when it is offered; then no login unless the certificate
	                            * was verified */
	COURANT_TLS_NONE           /* in clear, credentials too: only when the user asked for it
	                            * by name */
};

/* Answers for TLS, after the handshake. Texts are copied. */
struct courant_tls_facts {
	bool verified;       /* chain, name and dates were checked and hold (or a pinned key
	                      * does) */
	const char *version; /* "TLSv1.3" */
	const char *cipher;
	/* The channel binding of this name ("tls-exporter", "tls-server-end-point", RFC 5929 and
	 * 9266) into `into`, its size in *ret_size (at most 64). False when there is none. NULL:
	 * there is none. Called during courant_engine_receive(), as long as the session lives. */
	bool (*channel_binding)(void *context, const char *name, unsigned char into[64], size_t *ret_size);
	void *context;
};

/* Who logs in. All texts are copied and cleared before they are freed; NULL members are not
 * there. */
struct courant_login {
	const char *user;       /* NULL or "": no login (but: mechanisms names EXTERNAL or
	                         * ANONYMOUS) */
	const char *password;
	const char *token;      /* OAuth 2.0 access token: XOAUTH2, OAUTHBEARER (RFC 7628) */
	const char *authorize;  /* act as this user (authorization identity); usually NULL */
	const char *mechanisms; /* "SCRAM-SHA-256,PLAIN": only these, in this order; NULL: the
	                         * strongest that is offered */
	const char *host;       /* the server's name, for the mechanisms that use it; NULL: the
	                         * engine's host */
	unsigned port;          /* for OAUTHBEARER; 0: not said */
	/* PBKDF2 for SCRAM by a faster or cached implementation: `hash` is "SHA-1" or "SHA-256",
	 * `size` its length. False: it failed. NULL: done by GNU SASL. */
	bool (*salted_password)(void *context, const char *hash, const char *password, const void *salt, size_t salt_size,
				unsigned iterations, unsigned char *into, size_t size);
	/* Asked when a mechanism wants a password (a token) and none is given above: puts it, with
	 * its NUL, into the `size` bytes at `into`. False: there is none, and no login. The answer
	 * is kept, and cleared with the rest. NULL: nobody can be asked. */
	bool (*ask_password)(void *context, char *into, size_t size);
	bool (*ask_token)(void *context, char *into, size_t size);
	void *context; /* of these functions; must live as long as the engine */
};

enum courant_direction {
	COURANT_FROM_CLIENT, /* one command, one line, without CRLF; secrets are "***", message
	                      * text is left out */
	COURANT_FROM_SERVER, /* one line of a reply */
	COURANT_NOTE         /* a remark of the engine, such as "the message has been sent" */
};

/* All zero is the safe default: SMTP, STARTTLS required, no login, one mail at a time. Texts are
 * copied. */
struct courant_engine_options {
	enum courant_protocol protocol;
	enum courant_tls tls;
	const char *hello;                 /* our name: host name or address literal; NULL:
	                                    * "[127.0.0.1]" */
	const char *host;                  /* the server's name, for sentences; NULL: "the
	                                    * server" */
	const struct courant_login *login; /* NULL: none. With a login asked for, no mail goes
	                                    * without it */
	bool by_hand;                      /* stop after the greeting: the caller calls
	                                    * courant_engine_hello() and the others */
	bool no_pipelining;                /* don't use these extensions even when offered */
	bool no_chunking;
	bool no_starttls;                  /* the same of COURANT_TLS_OPPORTUNISTIC: when the
	                                    * handshake has failed on another connection
	                                    * (required TLS stays required) */
	unsigned window;                   /* mails whose end may be sent before the first is
	                                    * answered; 0 is 1. A lost connection makes this many
	                                    * "unknown". More than 1 needs CHUNKING and
	                                    * PIPELINING to have an effect */
	uint64_t timeout_ms;               /* shortens every phase's time-out to this; 0: those
	                                    * of enum courant_phase */
	void (*trace)(void *context, enum courant_direction direction, const char *line, size_t n);
	void *trace_context;
};

/* COURANT_INVALID for a hello or user with control characters or a hello that is no domain or
 * address literal. */
COURANT_API courant_engine *courant_engine_new(const struct courant_engine_options *options, courant_error **err);

/* Frees the engine; mails that are under way are dropped without events. Takes NULL. */
COURANT_API void courant_engine_free(courant_engine *engine);

/* ---- the connection, told by the driver ---- */

/* TCP (and, before that, implicit TLS) is there. */
COURANT_API void courant_engine_connected(courant_engine *engine, int64_t now_ms);

/* The handshake has succeeded. After COURANT_EVENT_START_TLS, or before
 * courant_engine_connected(). */
COURANT_API void courant_engine_secured(courant_engine *engine, const struct courant_tls_facts *facts, int64_t now_ms);

/* Received (and decrypted) bytes; all of them are consumed. */
COURANT_API void courant_engine_receive(courant_engine *engine, const void *bytes, size_t n, int64_t now_ms);

/* The connection is gone: end of file, reset, failed handshake. `why` is taken, and becomes
 * (within a sentence) the error of COURANT_EVENT_CLOSED; NULL: the server closed the connection. */
COURANT_API void courant_engine_lost(courant_engine *engine, courant_error *why, int64_t now_ms);

/* What to send next: borrowed until the next call, *ret_n bytes, 0 when there is nothing now.
 * More may follow after courant_engine_sent(); messages are read here, so that at most about 128
 * KB are held. */
COURANT_API const void *courant_engine_output(courant_engine *engine, size_t *ret_n, int64_t now_ms);

/* The first n bytes of the output have been sent. To be told before what was received after them: an
 * answer to what was not asked yet is an error. */
COURANT_API void courant_engine_sent(courant_engine *engine, size_t n, int64_t now_ms);

/* How long the driver may wait for its socket: until this instant, then courant_engine_tick(). INT64_MAX: there
 * is no hurry; 0, long past: events wait already (making output may cause some). A deadline holds for
 * a whole reply or block, however slowly its bytes arrive. */
COURANT_API int64_t courant_engine_deadline(const courant_engine *engine);

/* Ends the session with COURANT_TIMEOUT if the deadline has passed. */
COURANT_API void courant_engine_tick(courant_engine *engine, int64_t now_ms);

COURANT_API enum courant_phase courant_engine_phase(const courant_engine *engine);

/* ---- events ---- */

enum courant_event_kind {
	COURANT_EVENT_GREETED,   /* 220 has come; with by_hand: courant_engine_hello() is next */
	COURANT_EVENT_HELLO,     /* EHLO (or HELO) was answered; by_hand: event.error when it was
	                          * refused */
	COURANT_EVENT_START_TLS, /* do the handshake now, with nothing but fresh bytes; then
	                          * courant_engine_secured() or courant_engine_lost() */
	COURANT_EVENT_LOGIN,     /* logged in; by_hand: or not, then event.error says why */
	COURANT_EVENT_OPEN,      /* ready for mails (not with by_hand) */
	COURANT_EVENT_RECIPIENT, /* the final result of event.mail's recipient number
	                          * event.recipient */
	COURANT_EVENT_MESSAGE,   /* event.mail is done, all its recipients have had their event;
	                          * it is the caller's again. result.outcome is one word for the
	                          * whole: accepted when any recipient was, else unknown,
	                          * deferred, refused; its text is empty */
	COURANT_EVENT_REPLY,     /* the answer to courant_engine_reset(), _noop(), _verify(), _expand(),
	                          * _command() */
	COURANT_EVENT_CLOSED     /* write what output is left, if that needs no waiting, and
	                          * close. event.error: why, NULL after QUIT */
};

enum courant_outcome {
	COURANT_OUTCOME_ACCEPTED, /* 250 after the final dot */
	COURANT_OUTCOME_REFUSED,  /* for good: 5xx, or by ourselves */
	COURANT_OUTCOME_DEFERRED, /* not delivered, try again: 4xx, or the connection was lost
	                           * before the end of the message */
	COURANT_OUTCOME_UNKNOWN   /* perhaps delivered: the connection was lost between the end
	                           * of the message and its answer */
};

struct courant_result {
	enum courant_outcome outcome;
	enum courant_phase phase;
	int code;                 /* the server's, or 0: the words are ours */
	unsigned short enhanced[3]; /* 5, 1, 1 for "5.1.1" (RFC 3463); 0, 0, 0 when there is none */
	const char *text;         /* what the server said, lines joined by LF, without codes,
	                           * unsanitised, at most 64 KB (a recipient's: 2,000 bytes);
	                           * terminated */
	size_t text_size;
};

struct courant_mail;

/* Pointers are borrowed until the next call of any function on this engine. */
struct courant_event {
	enum courant_event_kind kind;
	const struct courant_mail *mail; /* RECIPIENT, MESSAGE */
	size_t recipient;                /* RECIPIENT: index */
	struct courant_result result;    /* RECIPIENT, MESSAGE, REPLY; GREETED, HELLO, LOGIN: the
	                                  * server's words */
	const courant_error *error;
};

/* The next event; false when there is none. */
COURANT_API bool courant_engine_next(courant_engine *engine, struct courant_event *ret);

/* ---- mails ---- */

/* An addr-spec in its forms, without angle brackets; "" is the empty sender. */
struct courant_path {
	const char *ascii; /* domain in A-labels; NULL when the local part has no ASCII form */
	const char *utf8;  /* NULL when it is the same. Used only when SMTPUTF8 is offered and
	                    * needed */
};

/* Delivery status notifications (RFC 3461). */
enum courant_notify {
	COURANT_NOTIFY_DEFAULT = 0,
	COURANT_NOTIFY_NEVER = 1, /* alone */
	COURANT_NOTIFY_SUCCESS = 2,
	COURANT_NOTIFY_FAILURE = 4,
	COURANT_NOTIFY_DELAY = 8
};

struct courant_recipient {
	struct courant_path path;
	unsigned notify;           /* of enum courant_notify */
	const char *orcpt;         /* original recipient "rfc822;ann@example.org", unencoded;
	                            * NULL: none */
	const char *parameters;    /* further ESMTP parameters, "NAME=value NAME"; NULL: none */
};

enum courant_return { COURANT_RETURN_DEFAULT, COURANT_RETURN_FULL, COURANT_RETURN_HEADERS };

enum courant_mail_flags {
	COURANT_MAIL_EIGHT_BIT = 1,   /* the message has bytes over 127: BODY=8BITMIME (RFC 6152) */
	COURANT_MAIL_BINARY = 2,      /* ... or lines over 998, NULs, bare CR or LF that must
	                               * stay: BODY=BINARYMIME (RFC 3030) */
	COURANT_MAIL_UTF8_HEADER = 4, /* header fields hold UTF-8: SMTPUTF8 (RFC 6531) */
	COURANT_MAIL_REQUIRE_TLS = 8, /* REQUIRETLS (RFC 8689) */
	COURANT_MAIL_DELIVER_BY_TRACE = 16 /* with deliver_by_s: the trace modifier "T" */
};

/* An envelope and its message. All of it is borrowed, unchanged, until its
 * COURANT_EVENT_MESSAGE. Extensions are used only when needed and offered. */
struct courant_mail {
	struct courant_path sender;
	const struct courant_recipient *recipients;
	size_t n_recipients;
	courant_reader *message;     /* is rewound, perhaps several times: a refused BDAT, an
	                              * envelope in parts */
	unsigned flags;              /* of enum courant_mail_flags */
	uint64_t size_bytes;         /* for SIZE; 0: asked of the reader */
	enum courant_return ret;     /* DSN: RET */
	const char *envelope_id;     /* DSN: ENVID, unencoded; NULL: none */
	int64_t deliver_by_s;        /* DELIVERBY (RFC 2852): seconds, 0: none; negative allowed
	                              * with mode N only */
	char deliver_by_mode;        /* 'R' return or 'N' notify; 0 is 'N' */
	uint64_t hold_for_s;         /* FUTURERELEASE (RFC 4865): seconds, 0: none */
	const char *hold_until;      /* ... or an RFC 3339 instant; NULL: none */
	int priority;                /* MT-PRIORITY (RFC 6710), -9 to 9; 0: none */
	const char *parameters;      /* further ESMTP parameters of MAIL, validated:
	                              * "BODY=8BITMIME"; they win over ours */
	void *context;               /* the caller's */
};

/* How many mails may be handed in now. */
COURANT_API size_t courant_engine_room(const courant_engine *engine);

/* No more mails on this connection (the server's MAILMAX was reached, or it is ending): connect
 * anew. */
COURANT_API bool courant_engine_is_spent(const courant_engine *engine);

/* Hands a mail in; it is sent as soon as the session is open, in several transactions when the
 * server takes only so many recipients at a time (452, or LIMITS). Recipients for whom the server's
 * MAILMAX leaves no transaction are deferred in COURANT_PHASE_IDLE: hand in a mail with those over
 * another connection (a session and a pool do it by themselves). -1 with nothing changed:
 * COURANT_USAGE when there is no room, COURANT_INVALID when an address or parameter must not be
 * sent (then no byte of this mail was). */
COURANT_API int courant_engine_send(courant_engine *engine, const struct courant_mail *mail, courant_error **err);

/* The extensions this mail needs and the server lacks, as bits of enum courant_extension: 0 when it
 * can be sent. To be asked when the session is open; a message with bytes over 127 may then be
 * composed again in 7 bits. Sent all the same, the mail is refused by the engine and nothing of it
 * leaves (without SMTPUTF8: only the recipients that need it, when neither sender nor header does).
 * But DSN and MT-PRIORITY are wishes: without them the mail goes, and they are left out. */
COURANT_API unsigned courant_engine_missing(const courant_engine *engine, const struct courant_mail *mail);

/* ---- what the server offers ---- */

enum courant_extension {
	COURANT_EXTENSION_PIPELINING = 1,
	COURANT_EXTENSION_CHUNKING = 1 << 1,
	COURANT_EXTENSION_8BITMIME = 1 << 2,
	COURANT_EXTENSION_BINARYMIME = 1 << 3,
	COURANT_EXTENSION_SMTPUTF8 = 1 << 4,
	COURANT_EXTENSION_SIZE = 1 << 5,
	COURANT_EXTENSION_DSN = 1 << 6,
	COURANT_EXTENSION_ENHANCEDSTATUSCODES = 1 << 7,
	COURANT_EXTENSION_DELIVERBY = 1 << 8,
	COURANT_EXTENSION_FUTURERELEASE = 1 << 9,
	COURANT_EXTENSION_REQUIRETLS = 1 << 10,
	COURANT_EXTENSION_MT_PRIORITY = 1 << 11,
	COURANT_EXTENSION_LIMITS = 1 << 12,
	COURANT_EXTENSION_STARTTLS = 1 << 13,
	COURANT_EXTENSION_AUTH = 1 << 14
};

/* The bits of what the last EHLO offered. */
COURANT_API unsigned courant_engine_extensions(const courant_engine *engine);

/* The parameters behind an extension's keyword ("SIZE" gives "52428800"), borrowed until the
 * next EHLO; "" when there are none, NULL when it is not offered. Any keyword, whatever its
 * case. */
COURANT_API const char *courant_engine_parameters(const courant_engine *engine, const char *keyword);

/* The name of the mechanism that logged in, or NULL. */
COURANT_API const char *courant_engine_mechanism(const courant_engine *engine);

/* ---- step by step (by_hand), and other commands ---- */

enum courant_greeting {
	COURANT_EHLO, /* with COURANT_LMTP LHLO; HELO follows when the server does not know it
	               * (RFC 5321, 4.1.4) */
	COURANT_HELO, /* alone: no extensions */
	COURANT_LHLO  /* and LMTP (RFC 2033) from now on, whatever the options say */
};

/* Each queues one command and is answered by one event. COURANT_USAGE when it makes no sense
 * now. */
/* HELLO. `name` is ours, from now on; NULL: as before. COURANT_INVALID as in
 * courant_engine_new(). */
COURANT_API int courant_engine_hello(courant_engine *engine, enum courant_greeting how, const char *name, courant_error **err);
/* START_TLS (refused: REPLY with event.error); then courant_engine_hello() again */
COURANT_API int courant_engine_starttls(courant_engine *engine, courant_error **err);
/* LOGIN */
COURANT_API int courant_engine_login(courant_engine *engine, const struct courant_login *login, courant_error **err);

/* Between mails. REPLY. */
COURANT_API int courant_engine_reset(courant_engine *engine, courant_error **err);
COURANT_API int courant_engine_noop(courant_engine *engine, courant_error **err);
/* VRFY: an address or a name */
COURANT_API int courant_engine_verify(courant_engine *engine, const char *word, courant_error **err);
/* EXPN: a mailing list */
COURANT_API int courant_engine_expand(courant_engine *engine, const char *word, courant_error **err);
/* Any other command that has one reply: "HELP", "XCLIENT ADDR=192.0.2.1". COURANT_INVALID when it
 * holds control characters or has more than 510 bytes; COURANT_USAGE for one that has a function of
 * its own. A server that asks for more (3xx) is left. */
COURANT_API int courant_engine_command(courant_engine *engine, const char *line, courant_error **err);

/* QUIT, as soon as the mails handed in are done. CLOSED. */
COURANT_API void courant_engine_quit(courant_engine *engine, int64_t now_ms);

#ifdef __cplusplus
}
#endif
#endif
