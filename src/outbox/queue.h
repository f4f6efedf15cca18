/* SPDX-License-Identifier: MIT */
/* queue.h - what runners do with the store: lease, settle, give back, recover, expire, keep house
 *
 * Each function stands between begin and commit of the store, and decides all by the records and its arguments. */
#ifndef COURANT_OUTBOX_QUEUE_H
#define COURANT_OUTBOX_QUEUE_H
#include "outbox/parcel.h"
#include "outbox/queue_store.h"
#include "outbox/retry.h"

/* Who is told when mail cannot be delivered, and how. Texts are borrowed. */
struct notice_policy {
	const char *owner;    /* an address; NULL: only the return path is told */
	const char *from;     /* "Name <address>"; NULL: nobody is told anything */
	const char *sender;   /* the address of it: the return path where the empty one is refused */
	const char *hostname; /* who reports it (RFC 3464, 2.2.2) */
};

struct queue {
	struct queue_store *store;
	int64_t runner; /* our number */
	struct retry_policy retry;
	struct notice_policy notice;
	struct random_stream random;
};

/* Up to about `limit` mails of the route whose time has come, as a list; those are leased to us. */
int queue_lease(struct queue *, int64_t route, size_t limit, int64_t now_ms, struct parcel **ret, courant_error **err);

/* The parcel is over: attempts, states, notices. parcel->after holds its recipients as they are then. What else it holds stays as it is, so that all can be
 * done again when the commit fails. */
int queue_settle(struct queue *, struct parcel *, int64_t now_ms, courant_error **err);

/* Nothing was done: it is due again. */
int queue_give_back(struct queue *, const struct parcel *, int64_t now_ms, courant_error **err);

/* What runners that are gone had leased becomes unknown. *ret_n: of so many recipients; *ret_n_alive: runners that are not, ourselves too. */
int queue_recover(struct queue *, int64_t now_ms, size_t *ret_n, size_t *ret_n_alive, courant_error **err);

/* Mails whose time is over, up to `limit` of them. */
int queue_expire(struct queue *, int64_t now_ms, size_t limit, size_t *ret_n, courant_error **err);
#endif
