/* SPDX-License-Identifier: MIT */
/* delivery.h - a mail on its way over one of several connections, and those that wait for one */
#ifndef COURANT_CLIENT_DELIVERY_H
#define COURANT_CLIENT_DELIVERY_H
#include "client/rest.h"

struct delivery {
	const struct courant_mail *mail;
	struct rest rest;       /* of it, for the next connection */
	struct results results; /* of the whole */
	int64_t begun_ms;
	bool is_done;           /* the engine has said its last word about it */
	struct delivery *next;  /* among those that wait */
};

struct delivery *delivery_new(const struct courant_mail *, courant_error **err);
void delivery_free(struct delivery *);
AUTO_DEFINE(delivery, struct delivery, delivery_free)

/* Those that wait, in their order. */
struct deliveries {
	struct delivery *first, **last; /* last: where the next one is hung up */
	size_t n;
};

void deliveries_init(struct deliveries *);
/* Frees what is in it. Takes one that is all zeros. */
void deliveries_release(struct deliveries *);

void deliveries_add_first(struct deliveries *, struct delivery *);
void deliveries_add_last(struct deliveries *, struct delivery *);
/* There must be one. */
struct delivery *deliveries_take_first(struct deliveries *);
#endif
