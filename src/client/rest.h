/* SPDX-License-Identifier: MIT */
/* rest.h - the recipients of a mail whom no connection has come to yet
 *
 * A server takes only so many transactions on a connection (MAILMAX of RFC 9422), or closes between two of them. Those of a mail that it was not asked
 * about go over the next connection. In the beginning the rest is the whole mail. */
#ifndef COURANT_CLIENT_REST_H
#define COURANT_CLIENT_REST_H
#include "client/results.h"

struct rest {
	struct courant_mail mail;             /* for the engine: the whole one, with these recipients */
	struct courant_recipient *recipients; /* NULL: those of the whole */
	size_t *origins;                      /* their places in the whole */
};

/* Borrows what the mail points to. */
void rest_init(struct rest *, const struct courant_mail *whole);
void rest_release(struct rest *);
AUTO_DEFINE_VALUE(rest, struct rest, rest_release)

/* The place of its i-th recipient in the whole, and in the results. */
size_t rest_origin(const struct rest *, size_t i);

/* Whether anybody in it was begun. */
bool rest_is_begun(const struct rest *, const struct results *);

/* Leaves out those that were begun. True when there were such and there are others: so that this comes to an end. Without memory it is false, too. */
bool rest_cut(struct rest *, const struct results *);
#endif
