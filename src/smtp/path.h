/* SPDX-License-Identifier: MIT */
/* path.h - what may stand between the brackets of MAIL FROM:<...> and RCPT TO:<...>, in EHLO, and behind them as parameters
 *
 * These are the gates against injection: what passes has no CR, LF, NUL or other control
 * character and cannot end its bracket early. */
#ifndef COURANT_SMTP_PATH_H
#define COURANT_SMTP_PATH_H
#include "base/buffer.h"

/* RFC 5321, 4.5.3.1: a path has 256 bytes with its brackets; a domain 255; a local part 64,
 * which real ones exceed, so only the whole counts. */
#define PATH_MAX_BYTES 254

enum path_flags {
	PATH_UTF8 = 1,   /* UTF-8 is allowed (RFC 6531) */
	PATH_EMPTY = 2,  /* "" is allowed: the empty sender */
	PATH_LOCAL = 4   /* a local part without a domain is allowed: "postmaster" (RFC 5321,
	                  * 4.1.1.3), LMTP */
};

/* An addr-spec: dot-string or quoted string, '@', domain or address literal. COURANT_INVALID
 * with a sentence that names it as `what`. */
int path_check(slice path, unsigned flags, const char *what, courant_error **err);

/* The domain behind the last '@', or empty. */
slice path_domain(slice path);

/* A name for EHLO: a domain or an address literal. */
int path_check_hello(slice name, courant_error **err);

/* The word behind VRFY or EXPN. */
int path_check_word(const char *verb, slice word, bool utf8, courant_error **err);

/* A whole command by hand, without its CRLF. */
int path_check_command(slice line, courant_error **err);

/* ESMTP parameters by hand: "NAME=value NAME …" (RFC 5321, 4.1.2). */
int path_check_parameters(slice parameters, courant_error **err);

/* Cuts one parameter off `*rest`: its keyword and value (ptr NULL without '='). */
bool path_next_parameter(slice *rest, slice *ret_keyword, slice *ret_value);

/* Whether the parameters hold this keyword. */
bool path_has_parameter(slice parameters, slice keyword);

/* xtext (RFC 3461, 4): everything outside 33 to 126, '+' and '=' as +XX. */
void path_write_xtext(struct buffer *, slice);
#endif
