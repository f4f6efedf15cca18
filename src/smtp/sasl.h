/* SPDX-License-Identifier: MIT */
/* sasl.h - logging in: which mechanism, and its exchange (RFC 4422, 4954)
 *
 * The exchange itself stands behind a struct of functions: GNU SASL in the library (sasl_gnu.c), a fake in tests. XOAUTH2 and OAUTHBEARER are
 * ours (sasl_oauth.c). Challenges and answers here are bytes; base64 is the caller's. */
#ifndef COURANT_SMTP_SASL_H
#define COURANT_SMTP_SASL_H
#include <courant/engine.h>

#include "base/buffer.h"

/* RFC 7677, 4 asks for 4,096 at least; a million cost a quarter of a second, and a hostile server could ask for 2^31. */
#define SASL_ITERATIONS_MIN 4096
#define SASL_ITERATIONS_MAX 1000000

/* Rounds of one exchange; SCRAM needs three, LOGIN three, GSSAPI a few. */
#define SASL_ROUNDS_MAX 8

struct sasl_session;

/* One way to do exchanges. A session borrows its login and facts. */
struct sasl_calls {
	bool (*has)(const char *mechanism);
	struct sasl_session *(*start)(const char *mechanism, const struct courant_login *login,
				      const struct courant_tls_facts *tls, courant_error **err);
	/* The answer to one challenge, appended to ret (whose bytes are secret). *ret_done: the client has nothing more to check: a 235 is a login.
	 * -1 with COURANT_LOGIN: the challenge is wrong (bad signature, too many iterations …): the login has failed. */
	int (*step)(struct sasl_session *, slice challenge, struct buffer *ret, bool *ret_done, courant_error **err);
	void (*free)(struct sasl_session *); /* secrets are cleared; takes NULL */
};

extern const struct sasl_calls sasl_gnu, sasl_oauth;

struct sasl_mechanism {
	const char *name;
	bool in_clear;    /* may be used without TLS when clear credentials are not allowed: never sends the password itself */
	bool speaks_first; /* has an initial response */
	bool needs_token, needs_user, needs_password, needs_binding;
	const struct sasl_calls *calls;
};

/* The mechanisms in the order of strength; ends with a NULL name. */
extern const struct sasl_mechanism sasl_mechanisms[];

/* The next mechanism to try: offered by the server ("PLAIN LOGIN"), allowed by the login, not in `tried` (bits by index in the table). NULL: none. */
const struct sasl_mechanism *sasl_choose(slice offered, const struct courant_login *login, const struct courant_tls_facts *tls,
					 unsigned tried);
#endif
