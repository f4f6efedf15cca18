/* SPDX-License-Identifier: MIT */
/* lanes_own.h - inside the lanes: what their two files share
 *
 * lanes_make.c   what all connections have in common: the target, its TLS and login
 * lanes.c        which connection carries which mail, and when there is another one */
#ifndef COURANT_CLIENT_LANES_OWN_H
#define COURANT_CLIENT_LANES_OWN_H
#include "client/lane.h"
#include "client/lanes.h"

struct lanes {
	struct outlet_options options; /* its password and token are the ones below */
	struct pace *pace;
	struct tls_context *tls;
	char *password, *token, *name;
	struct courant_login login; /* borrows from these and the target */
	struct lane *at;
	unsigned n, n_slots;       /* slots of each */
	struct deliveries waiting; /* those for which there is no slot yet */
	courant_error *why;        /* the last connection that was of no use */
	bool has_served;           /* some connection was of use */
	unsigned n_useless;        /* connections that were not, since one was */
	bool has_failed;           /* the server cannot be used: nothing more is tried */
	bool goes_in_clear;        /* the next connection: TLS has failed, and was not required */
	int64_t pause_ms;          /* the last pause before another connection ... */
	int64_t pause_until_ms;    /* ... and its end */
};

/* Begins a connection, without TLS if the last one's has failed. */
int lanes_begin_link(struct lanes *, struct lane *, int64_t now_ms, courant_error **err);
#endif
