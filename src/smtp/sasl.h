/* SPDX-License-Identifier: MIT */
/* sasl.h - logging in: which mechanism, and its exchange (RFC 4422, 4954)
 *
 * The exchange itself stands behind a struct of functions: GNU SASL's mechanisms (sasl_gnu.c),
 * and XOAUTH2 and OAUTHBEARER, which are ours (sasl_oauth.c). Challenges and answers here are
 * bytes; base64 is the caller's. */
#ifndef COURANT_SMTP_SASL_H
#define COURANT_SMTP_SASL_H
#include <courant/engine.h>

#include "base/buffer.h"

/* RFC 7677, 4 asks for 4,096 at least; a million cost a quarter of a second, and a hostile
 * server could ask for 2^31. */
#define SASL_ITERATIONS_MIN 4096
#define SASL_ITERATIONS_MAX 1000000

/* Challenges of one exchange: SCRAM has two or three, GSSAPI a few. */
#define SASL_ROUNDS_MAX 8

/* Of an answer; tokens of several KB exist (RFC 4954, 4 sets 12,288 bytes of base64). */
#define SASL_ANSWER_MAX_BYTES 12288

struct sasl_session;

/* One way to do exchanges. A session borrows its login and facts. */
struct sasl_calls {
	/* Whether this build of the library can do it. */
	bool (*has)(const char *mechanism);
	struct sasl_session *(*start)(const char *mechanism, const struct courant_login *login,
				      const struct courant_tls_facts *tls, courant_error **err);
	/* The answer to one challenge, appended to `ret`, whose bytes are secret. *ret_done: the
	 * client has nothing more to check, so that a 235 now is a login. -1 with COURANT_LOGIN
	 * when the challenge is wrong (bad signature, too many iterations …). */
	int (*step)(struct sasl_session *, slice challenge, struct buffer *ret, bool *ret_done, courant_error **err);
	void (*free)(struct sasl_session *); /* secrets are cleared; takes NULL */
};

extern const struct sasl_calls sasl_gnu, sasl_oauth;

enum sasl_traits {
	SASL_BY_NAME = 1,          /* used only when the login names it */
	SASL_HIDES_SECRET = 2,     /* may be used in clear: what travels does not give the secret
	                            * away */
	SASL_SPEAKS_FIRST = 4,     /* has an initial response */
	SASL_NEEDS_USER = 8,
	SASL_NEEDS_PASSWORD = 16,
	SASL_NEEDS_TOKEN = 32,
	SASL_NEEDS_BINDING = 64,
	SASL_IGNORES_CHALLENGE = 128 /* what the server asks is known; servers that write it
	                              * without base64 exist */
};

struct sasl_mechanism {
	const char *name;
	unsigned traits;
	const struct sasl_calls *calls;
};

/* In the order of strength; ends with a NULL name. At most 32, so that a set of them fits in an
 * unsigned. */
extern const struct sasl_mechanism sasl_mechanisms[];

struct sasl_choice {
	slice offered;                        /* "PLAIN LOGIN" */
	const struct courant_login *login;
	const struct courant_tls_facts *tls;  /* NULL: in clear */
	bool may_show_secret;                 /* verified TLS, or clear text asked for by name */
	unsigned tried;                       /* bits by index in the table */
};

/* The next mechanism to try, or NULL. */
const struct sasl_mechanism *sasl_choose(const struct sasl_choice *);

/* Why there is none: COURANT_INSECURE when one would do if TLS were there, else COURANT_LOGIN. */
int sasl_fail_choice(const struct sasl_choice *, const char *host, courant_error **err);

/* COURANT_INVALID when user, password, token … hold what no mechanism can carry (RFC 4616: NUL;
 * control characters in names). */
int sasl_check_login(const struct courant_login *, courant_error **err);

/* Base64 (RFC 4648, 4): strict; "" and "=" are empty. */
bool sasl_decode(slice base64, struct buffer *ret);
void sasl_encode(slice bytes, struct buffer *ret);
#endif
