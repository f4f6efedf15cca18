/* SPDX-License-Identifier: MIT */
/* smtp.h - a session with a mail server: connect, starttls, login, sendmail, quit
 *
 * Whoever knows Python's smtplib knows this one:
 *
 *     courant_error *err = NULL;
 *     courant_smtp *smtp = courant_smtp_new("mail.example.com", 587, &err);
 *     const char *to[] = {"ann@example.org", "bob@example.org"};
 *
 *     if (!smtp || courant_smtp_starttls(smtp, NULL, &err) < 0 || courant_smtp_login(smtp, "ops", password, &err) < 0 ||
 *         courant_smtp_sendmail(smtp, "ops@example.com", to, 2, message, NULL, &err) < 0)
 *             fprintf(stderr, "%s\n", courant_error_sentence(err));
 *     courant_smtp_quit(smtp);
 *     courant_smtp_free(smtp);
 *     courant_error_free(err);
 *
 * What it does unless told otherwise: TLS must be there, at least version 1.2, and the certificate must be good for the server's
 * name; a password never travels in clear; every recipient has a result of its own; each step has a deadline. A step that was left out
 * and is needed (ehlo, starttls) is made by the next call.
 *
 * Functions return 0, or -1 with the error set, or a pointer or NULL. Texts that go in are copied; texts that come out are borrowed
 * until the next call with the same session. A session is used by one thread at a time (courant_smtp_cancel() may come from anywhere);
 * two sessions share nothing. SIGPIPE is never raised.
 *
 * Programs with an event loop of their own use courant/engine.h. */
#ifndef COURANT_SMTP_H
#define COURANT_SMTP_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <courant/engine.h>
#include <courant/error.h>
#include <courant/message.h>
#include <courant/reader.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct courant_smtp courant_smtp;

/* ---- Beginning ---- */

/* A session. With a host it connects at once, as courant_smtp_connect() does; with NULL it waits for settings and for that call. */
COURANT_API courant_smtp *courant_smtp_new(const char *host, uint16_t port, courant_error **err);

/* Connects and reads the greeting. `host` is a name (UTF-8 or ASCII), an IPv4 or IPv6 address (with or without brackets), or the path of a unix
 * socket (it begins with '/'; the port is ignored). Port 0 means 25, or 465 with COURANT_TLS_IMPLICIT. All addresses of the name are
 * tried, IPv6 and IPv4 in turn, the next one a quarter of a second after the last (RFC 8305).
 * COURANT_HOST_UNKNOWN; COURANT_TEMPORARY when nothing listens or the server says 421; COURANT_TIMEOUT; COURANT_REFUSED for 554; COURANT_TLS; COURANT_PROTOCOL. */
COURANT_API int courant_smtp_connect(courant_smtp *, const char *host, uint16_t port, courant_error **err);

/* Greets the server and learns its extensions; HELO follows when EHLO is refused (RFC 5321, 4.1.4). With COURANT_LMTP it is LHLO. `name` is what we call ourselves,
 * now and later (courant_smtp_set_hello()); NULL: as before. */
COURANT_API int courant_smtp_ehlo(courant_smtp *, const char *name, courant_error **err);

/* HELO alone: a session without extensions, and so without STARTTLS. */
COURANT_API int courant_smtp_helo(courant_smtp *, const char *name, courant_error **err);

/* LHLO: the session speaks LMTP from now on, as after courant_smtp_set_protocol(COURANT_LMTP). */
COURANT_API int courant_smtp_lhlo(courant_smtp *, const char *name, courant_error **err);

/* ---- TLS ---- */

/* How a server is checked, and what is shown to it. All zero is right for most: the system's authorities, the server's own name. */
struct courant_tls_options {
	const char *ca_file;     /* PEM file of authorities to trust instead of the system's, or a folder as below */
	const char *ca_folder;   /* folder of them, named as openssl rehash does */
	const char *ca_pem;      /* the same in memory, terminated */
	const char *verify_name; /* the name in the certificate, when it is not the one that is connected to */
	const char *pin;         /* "sha256//BASE64", several with ';' between: the server's public key must be one of them, besides all else */
	const char *certificate_file, *key_file; /* who we are: PEM; the key may be in the certificate's file */
	const char *certificate_pem, *key_pem;   /* the same in memory, terminated */
	int minimum;             /* 0 or 12: TLS 1.2; 13: TLS 1.3 */
};

/* Whether and how TLS is used; COURANT_TLS_STARTTLS until it is called. `options` may be NULL. Before connecting. COURANT_NO_INPUT and COURANT_CONFIG when a
 * file or a pin is no good. With COURANT_TLS_OPPORTUNISTIC any certificate will do: it protects against listeners, not against impostors. When its handshake
 * fails, the session connects again and goes on in clear, unless a key is pinned (RFC 7435, 3); a password does not travel then. */
COURANT_API int courant_smtp_set_tls(courant_smtp *, enum courant_tls tls, const struct courant_tls_options *options, courant_error **err);

/* Turns TLS on (STARTTLS, RFC 3207); what EHLO said before is forgotten and asked again. `options` NULL: those of courant_smtp_set_tls(). COURANT_TLS
 * when the server does not offer it, refuses it, or cannot be verified: the session is closed then, and nothing of value has been sent. */
COURANT_API int courant_smtp_starttls(courant_smtp *, const struct courant_tls_options *options, courant_error **err);

/* "TLSv1.3", or NULL without TLS. */
COURANT_API const char *courant_smtp_tls_version(const courant_smtp *);
COURANT_API const char *courant_smtp_tls_cipher(const courant_smtp *);
/* Whether the certificate was checked and good. */
COURANT_API bool courant_smtp_tls_is_verified(const courant_smtp *);
/* Whether the handshake was a short one, with a ticket of an earlier connection of this session. */
COURANT_API bool courant_smtp_tls_is_resumed(const courant_smtp *);

/* ---- Login ---- */

/* Logs in with the strongest mechanism that both sides have. COURANT_LOGIN when the server refuses; COURANT_INSECURE, before anything is sent, when the
 * password would travel in clear (allowed with COURANT_TLS_NONE only). */
COURANT_API int courant_smtp_login(courant_smtp *, const char *user, const char *password, courant_error **err);

/* The same with an OAuth token, with chosen mechanisms, or on behalf of another (struct courant_login, engine.h). */
COURANT_API int courant_smtp_login_with(courant_smtp *, const struct courant_login *login, courant_error **err);

/* The mechanism that was used, or NULL. */
COURANT_API const char *courant_smtp_login_mechanism(const courant_smtp *);

/* ---- Sending ---- */

/* Options of one recipient. */
struct courant_recipient_options {
	unsigned notify;        /* of enum courant_notify (engine.h) */
	const char *orcpt;      /* original recipient "rfc822;ann@example.org", unencoded */
	const char *parameters; /* more ESMTP parameters of its RCPT TO */
};

/* Options of one message, or of all messages of a session. What is zero or NULL is not said: then it is what the message needs and the server offers. */
struct courant_send_options {
	unsigned flags;                   /* of enum courant_mail_flags (engine.h) */
	enum courant_return ret;          /* of a notification: the whole message or its header */
	const char *envelope_id;          /* comes back in notifications */
	int64_t deliver_by_s;             /* DELIVERBY (RFC 2852), seconds ... */
	char deliver_by_mode;             /* ... and then 'R' return it or 'N' (or 0) notify */
	uint64_t hold_for_s;              /* FUTURERELEASE (RFC 4865), seconds ... */
	const char *hold_until;           /* ... or an instant, "2026-12-24T18:00:00Z" */
	int priority;                     /* MT-PRIORITY (RFC 6710), -9 to 9 */
	const char *mail_parameters;      /* more ESMTP parameters of MAIL FROM: "BODY=8BITMIME" */
	unsigned notify;                  /* of enum courant_notify, for every recipient */
	const char *recipient_parameters; /* more parameters of every RCPT TO: "NOTIFY=NEVER" */
	const struct courant_recipient_options *recipients; /* for the first n_recipients of them, in their order: what one says wins over the two above */
	size_t n_recipients;
};

/* What every message of the session is sent with, unless its own options say otherwise. Copied; NULL: nothing. COURANT_USAGE when there are options of single
 * recipients, for these belong to a message. */
COURANT_API int courant_smtp_set_send_options(courant_smtp *, const struct courant_send_options *options, courant_error **err);

/* Sends one message to n recipients. `from` is an addr-spec, or "" for the empty return path; recipients are addr-specs, ASCII or UTF-8; options NULL: none. `message` is read
 * from its beginning and stays the caller's; line ends become CRLF and leading dots are doubled on the way.
 * 0: every recipient was accepted. -1: at least one was not; courant_smtp_result() says for each what became of it, and the error tells the
 * worst: COURANT_UNKNOWN, else COURANT_TEMPORARY, else COURANT_REFUSED. COURANT_INVALID, before anything is sent: an address that is none; all are refused then.
 * A connection that the server has closed since the last mail is made anew, with TLS and the login as before: once, and only when the server had nothing of this
 * mail yet. So is one on which the server takes no more mails (MAILMAX of LIMITS, RFC 9422), or that it closes when it has had some of the recipients: those
 * it was not asked about go over the next. For that the login is kept in memory until the session is freed or connects elsewhere. */
COURANT_API int courant_smtp_sendmail(courant_smtp *, const char *from, const char *const *recipients, size_t n, courant_reader *message,
				      const struct courant_send_options *options, courant_error **err);

/* The same for a composed message and its envelope. */
COURANT_API int courant_smtp_send_message(courant_smtp *, courant_message *message, const struct courant_send_options *options, courant_error **err);

/* What became of the recipients of the last message, in their order: `i` from 0. NULL when there is none, and none without a session. */
COURANT_API size_t courant_smtp_result_count(const courant_smtp *);
COURANT_API const struct courant_result *courant_smtp_result(const courant_smtp *, size_t i);

/* "accepted", "refused", "deferred", "unknown". Never NULL. */
COURANT_API const char *courant_outcome_name(enum courant_outcome);

/* ---- Other commands ---- */

/* Whether an address or a name is known (VRFY). 0 for 250, 251 and 252; courant_smtp_reply_text() has the answer. */
COURANT_API int courant_smtp_verify(courant_smtp *, const char *word, courant_error **err);

/* Who is on a mailing list (EXPN): courant_smtp_reply_text() has one a line. */
COURANT_API int courant_smtp_expand(courant_smtp *, const char *word, courant_error **err);

/* Any other command: "HELP", "XCLIENT ADDR=192.0.2.1". 0 when there is a reply, whatever its code: courant_smtp_reply_code() and courant_smtp_reply_text().
 * COURANT_INVALID when it holds control characters; COURANT_USAGE for one that has a function of its own. Nothing is done before it: no EHLO, no STARTTLS. */
COURANT_API int courant_smtp_command(courant_smtp *, const char *line, courant_error **err);
COURANT_API int courant_smtp_noop(courant_smtp *, courant_error **err);
COURANT_API int courant_smtp_rset(courant_smtp *, courant_error **err);

/* What the server announced behind an extension's name ("SIZE", any case): "" for nothing, NULL when it does not have it. */
COURANT_API const char *courant_smtp_extension(const courant_smtp *, const char *name);

/* The last reply: its code (0 before the first) and its text, lines joined by LF, as the server wrote it. */
COURANT_API int courant_smtp_reply_code(const courant_smtp *);
COURANT_API const char *courant_smtp_reply_text(const courant_smtp *);

/* ---- Settings, before connecting ---- */

/* COURANT_SMTP unless called; COURANT_LMTP: a reply for each recipient follows the final dot (RFC 2033). */
COURANT_API void courant_smtp_set_protocol(courant_smtp *, enum courant_protocol protocol);

/* The user's patience with each step, in milliseconds; 0 (the default) leaves it at the deadlines of RFC 5321, 4.5.3.2, and half a minute to connect. */
COURANT_API void courant_smtp_set_timeout(courant_smtp *, uint64_t timeout_ms);

/* The name that EHLO says. Unset: the host's full name if it looks like one, else the address literal of the connection. COURANT_INVALID when it is
 * neither a domain nor an address literal. */
COURANT_API int courant_smtp_set_hello(courant_smtp *, const char *name, courant_error **err);

/* The IP address of ours to connect from; NULL: as the system likes. COURANT_USAGE when it is none. */
COURANT_API int courant_smtp_set_source(courant_smtp *, const char *address, courant_error **err);

/* Connect through "socks5://[user:password@]host[:port]" or "http://…" (CONNECT); NULL: directly. COURANT_USAGE. */
COURANT_API int courant_smtp_set_proxy(courant_smtp *, const char *url, courant_error **err);

/* What is said on the wire: a line at a time, without its CRLF; secrets are "***", message text is left out. Called during the calls of the session. */
typedef void courant_trace_fn(void *context, enum courant_direction direction, const char *line, size_t n);
COURANT_API void courant_smtp_set_trace(courant_smtp *, courant_trace_fn *trace, void *context);

/* A trace for the eye, on standard error: "C: ..." is what we say, "S: ..." the server, "* ..." a remark; control characters are escaped. Needs no context. */
COURANT_API void courant_trace_stderr(void *context, enum courant_direction direction, const char *line, size_t n);

/* How far a message has got: bytes that have left, and the whole size (0 when it is not known). */
typedef void courant_progress_fn(void *context, uint64_t sent_bytes, uint64_t size_bytes);
COURANT_API void courant_smtp_set_progress(courant_smtp *, courant_progress_fn *progress, void *context);

/* ---- Ending ---- */

/* Stops what is under way with COURANT_CANCELLED, and every call after it. The results of a mail tell how far it had got: unknown behind its end. May be called from another thread and from a signal handler. */
COURANT_API void courant_smtp_cancel(courant_smtp *);

/* Says goodbye, waits two seconds at most for an answer, closes. What the server answers changes nothing: it never fails. Takes NULL. */
COURANT_API void courant_smtp_quit(courant_smtp *);

/* Closes without a word. courant_smtp_connect() may follow. Takes NULL. */
COURANT_API void courant_smtp_close(courant_smtp *);

/* Closes and frees. Takes NULL. */
COURANT_API void courant_smtp_free(courant_smtp *);

#ifdef __cplusplus
}
#endif
#endif
