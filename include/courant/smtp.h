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
 *     courant_smtp_free(smtp);
 *     courant_error_free(err);
 *
 * What it does unless told otherwise: TLS must be there, at least version 1.2, and the certificate must be good for the
 * server's name; a password never travels in clear; every recipient has a result of its own; each step has a deadline.
 *
 * Functions return 0, or -1 with the error set, or a pointer or NULL. Texts that go in are copied; texts that come out are borrowed
 * until the next call with the same session. A session is used by one thread at a time (courant_smtp_cancel() may come from anywhere);
 * two sessions share nothing. SIGPIPE is never raised. */
#ifndef COURANT_SMTP_H
#define COURANT_SMTP_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <courant/error.h>
#include <courant/reader.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct courant_smtp courant_smtp;

/* ---- Beginning ---- */

/* A session. With a host it connects at once, as courant_smtp_connect() does; with NULL it only waits for settings. */
COURANT_API courant_smtp *courant_smtp_new(const char *host, uint16_t port, courant_error **err);

/* Connects and reads the greeting. `host` is a name (UTF-8 or ASCII), an IPv4 or IPv6 address (with or without brackets), or the path of a unix
 * socket (it begins with '/'; the port is ignored). Port 0 means 25, or 465 after courant_smtp_set_implicit_tls(). All addresses of the name are
 * tried, IPv6 and IPv4 in turn, the next one a quarter of a second after the last (RFC 8305).
 * COURANT_HOST_UNKNOWN, COURANT_TEMPORARY (nothing listens, the server says 421), COURANT_TIMEOUT, COURANT_REFUSED (554), COURANT_PROTOCOL. */
COURANT_API int courant_smtp_connect(courant_smtp *, const char *host, uint16_t port, courant_error **err);

/* Greets the server and learns its extensions; HELO follows when EHLO is refused (RFC 5321, 4.1.4). `name` is this host's name or address literal, or NULL: the
 * one set, else the host's full name if it looks like one, else the address literal of the connection. The other calls greet by themselves
 * when that has not been done. */
COURANT_API int courant_smtp_ehlo(courant_smtp *, const char *name, courant_error **err);

/* The same with HELO alone: no extensions, so neither TLS nor a login. */
COURANT_API int courant_smtp_helo(courant_smtp *, const char *name, courant_error **err);

/* The same for a server that speaks LMTP (RFC 2033): a reply for each recipient follows the final dot. */
COURANT_API int courant_smtp_lhlo(courant_smtp *, const char *name, courant_error **err);

/* ---- TLS ---- */

enum courant_tls_version { COURANT_TLS_1_2, COURANT_TLS_1_3 };

/* How a server is checked, and what is shown to it. {0} is right for most: the system's authorities, the server's own name. */
struct courant_tls {
	const char *ca_file;   /* PEM file of authorities to trust instead of the system's */
	const char *ca_folder; /* folder of them, hashed as openssl rehash does */
	const char *ca_pem;    /* the same in memory */
	const char *verify_name; /* the name in the certificate, when it is not the one that is connected to */
	const char *pin; /* "sha256//BASE64", several with ';' between: the server's public key must be one of these, whoever signed it */
	const char *certificate_file, *key_file; /* who we are: PEM; the key may be in the certificate's file */
	const char *certificate_pem, *key_pem;   /* the same in memory */
	enum courant_tls_version minimum;
	bool is_opportunistic; /* encrypt if the server can, with any certificate: protects against listeners, not against impostors */
};

/* Turns TLS on (STARTTLS, RFC 3207) and forgets what EHLO said before. `tls` may be NULL. COURANT_TLS when the server does not offer it, refuses it, or
 * cannot be verified: the session is closed then, and nothing of value has been sent. Opportunistic: 0 also when the server does not offer it. */
COURANT_API int courant_smtp_starttls(courant_smtp *, const struct courant_tls *tls, courant_error **err);

/* TLS from the first byte (port 465, RFC 8314). Call it before courant_smtp_connect(). */
COURANT_API int courant_smtp_set_implicit_tls(courant_smtp *, const struct courant_tls *tls, courant_error **err);

/* "TLSv1.3", or NULL without TLS. */
COURANT_API const char *courant_smtp_tls_version(const courant_smtp *);
COURANT_API const char *courant_smtp_tls_cipher(const courant_smtp *);
/* Whether the certificate was checked and good, and whether an earlier session was resumed. */
COURANT_API bool courant_smtp_tls_is_verified(const courant_smtp *);
COURANT_API bool courant_smtp_tls_is_resumed(const courant_smtp *);

/* ---- Login ---- */

/* Logs in with the strongest mechanism that both sides have. A password in clear only goes through TLS: COURANT_INSECURE, before anything is sent.
 * COURANT_LOGIN when the server refuses. */
COURANT_API int courant_smtp_login(courant_smtp *, const char *user, const char *password, courant_error **err);

struct courant_login {
	const char *user;
	const char *password;
	const char *token;        /* OAuth 2 access token, instead of a password (OAUTHBEARER, XOAUTH2) */
	const char *authorize_as; /* act for this user; NULL: oneself */
	const char *mechanisms;   /* "SCRAM-SHA-256,PLAIN": only these; NULL: all that are safe here */
	/* Asked when there is neither password nor token: returns it, malloc()ed, or NULL after setting the error. It is cleared and freed. */
	char *(*ask)(void *context, courant_error **err);
	void *context;
	bool is_insecure_allowed; /* a password in clear without TLS: for tests and machines that trust their wire */
};
COURANT_API int courant_smtp_login_with(courant_smtp *, const struct courant_login *login, courant_error **err);

/* The mechanism that was used, or NULL. */
COURANT_API const char *courant_smtp_login_mechanism(const courant_smtp *);

/* ---- Sending ---- */

/* What became of a recipient. */
enum courant_outcome {
	COURANT_OUTCOME_NONE,     /* not tried yet */
	COURANT_OUTCOME_ACCEPTED, /* the server took the message for it: it is the server's now */
	COURANT_OUTCOME_REFUSED,  /* for good (5xx) */
	COURANT_OUTCOME_DEFERRED, /* for now (4xx, connection lost before the end): send it again later */
	COURANT_OUTCOME_UNKNOWN   /* the connection was lost after the final dot: perhaps delivered, perhaps not */
};

/* Where in the dialogue it was decided. */
enum courant_phase {
	COURANT_PHASE_CONNECT,
	COURANT_PHASE_GREETING,
	COURANT_PHASE_HELLO,
	COURANT_PHASE_STARTTLS,
	COURANT_PHASE_LOGIN,
	COURANT_PHASE_MAIL,
	COURANT_PHASE_RECIPIENT,
	COURANT_PHASE_DATA,
	COURANT_PHASE_BODY,
	COURANT_PHASE_FINAL,
	COURANT_PHASE_QUIT
};
/* "connecting", "greeting", "EHLO", … Never NULL. */
COURANT_API const char *courant_phase_name(enum courant_phase);

struct courant_result {
	const char *address; /* as it was given */
	enum courant_outcome outcome;
	enum courant_phase phase;
	int code;             /* of the reply that decided, or 0 */
	const char *enhanced; /* "5.1.1", or "" (RFC 3463) */
	const char *text;     /* the server's words, or ours when there was no reply; lines joined by LF, control characters escaped */
};

/* Options of one message. {0}: what the message needs and the server offers. */
struct courant_mail_options {
	const char *const *mail_keywords;      /* raw parameters of MAIL FROM, "RET=HDRS", NULL at the end */
	const char *const *recipient_keywords; /* raw parameters of each RCPT TO, "NOTIFY=NEVER", NULL at the end */
};

/* Sends one message to n recipients. `from` is an addr-spec, or "" for the empty return path; recipients are addr-specs, ASCII or UTF-8. `message` is read
 * from its beginning; line ends become CRLF and leading dots are doubled on the way.
 * 0: every recipient was accepted. -1: at least one was not; courant_smtp_result() says for each what became of it, and the error tells the
 * worst: COURANT_UNKNOWN, else COURANT_TEMPORARY, else COURANT_REFUSED. An address with CR, LF or NUL, or one that is none: COURANT_INVALID, nothing is sent. */
COURANT_API int courant_smtp_sendmail(courant_smtp *, const char *from, const char *const *recipients, size_t n, courant_reader *message,
				      const struct courant_mail_options *options, courant_error **err);

/* The results of the last sendmail, in the order of its recipients. NULL when i is not under the count. */
COURANT_API size_t courant_smtp_result_count(const courant_smtp *);
COURANT_API const struct courant_result *courant_smtp_result(const courant_smtp *, size_t i);

/* ---- Other commands ---- */

/* Whether an address is known (VRFY). 0 for 250, 251 and 252; courant_smtp_reply_text() has the answer. */
COURANT_API int courant_smtp_verify(courant_smtp *, const char *address, courant_error **err);
COURANT_API int courant_smtp_noop(courant_smtp *, courant_error **err);
/* Ends a transaction that was begun. */
COURANT_API int courant_smtp_rset(courant_smtp *, courant_error **err);

/* Whether the server announced an extension ("SIZE", any case), and what it said behind the word: "" for nothing, NULL when it is not there. */
COURANT_API bool courant_smtp_has(const courant_smtp *, const char *extension);
COURANT_API const char *courant_smtp_extension(const courant_smtp *, const char *extension);

/* The last reply: its code (0 before the first) and its text, lines joined by LF. */
COURANT_API int courant_smtp_reply_code(const courant_smtp *);
COURANT_API const char *courant_smtp_reply_text(const courant_smtp *);

/* ---- Settings, before connecting ---- */

/* The user's patience with each whole call, in milliseconds; 0 (the default) leaves it at the deadlines of each phase (RFC 5321, 4.5.3.2: five minutes for
 * most, ten for the final dot; half a minute to connect). */
COURANT_API void courant_smtp_set_timeout(courant_smtp *, int64_t timeout_ms);

/* The name that EHLO says. COURANT_INVALID when it is neither a domain nor an address literal. */
COURANT_API int courant_smtp_set_hello(courant_smtp *, const char *name, courant_error **err);

/* What is said on the wire: one line at a time, without its CRLF, secrets replaced by "***", bodies left out. `from` is 'C' (client), 'S' (server)
 * or '*' (what happens: connecting, TLS). */
typedef void courant_trace_fn(void *context, char from, const char *line, size_t len);
COURANT_API void courant_smtp_set_trace(courant_smtp *, courant_trace_fn *trace, void *context);

/* How far a message has got: bytes that have left, and the whole size (0 when it is not known). */
typedef void courant_progress_fn(void *context, uint64_t sent_bytes, uint64_t size_bytes);
COURANT_API void courant_smtp_set_progress(courant_smtp *, courant_progress_fn *progress, void *context);

/* ---- Ending ---- */

/* Stops what is under way with COURANT_CANCELLED, and everything after it. May be called from another thread and from a signal handler. */
COURANT_API void courant_smtp_cancel(courant_smtp *);

/* Says goodbye, waits two seconds at most for an answer, closes. What the server answers changes nothing: never fails. */
COURANT_API void courant_smtp_quit(courant_smtp *);

/* Closes without a word. courant_smtp_connect() may follow. */
COURANT_API void courant_smtp_close(courant_smtp *);

/* Quits when that can be done at once, closes and frees. Takes NULL. */
COURANT_API void courant_smtp_free(courant_smtp *);

#ifdef __cplusplus
}
#endif
#endif
