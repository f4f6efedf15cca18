/* SPDX-License-Identifier: MIT */
/* mx_errand.h - one mail to several domains: cut into parts, and what became of each put together again */
#ifndef COURANT_CLIENT_MX_ERRAND_H
#define COURANT_CLIENT_MX_ERRAND_H
#include "client/outlet.h"

struct mx_route;

struct errand;

/* The recipients of one domain that have no final result yet. */
struct part {
	struct courant_mail mail; /* first: its hosts give it back */
	struct errand *errand;
	struct courant_recipient *recipients; /* the mail's */
	size_t *origins;                      /* their numbers in the whole mail */
	struct mx_route *route;               /* who takes the domain's mail; NULL: not asked yet */
	size_t n_hosts_tried;                 /* of those */
	courant_error *why;                   /* deferred, by the last of them */
	struct part *next;                    /* among those that wait */
};

struct errand {
	const struct courant_mail *mail;
	int64_t begun_ms;
	struct part *parts;
	size_t n_parts, n_left; /* parts without their last word */
	bool is_with_server;    /* one of them is, and its message is being read: the others wait */
	struct results results;
	courant_error *why[COURANT_OUTCOME_UNKNOWN + 1]; /* the first reason for each outcome */
	/* Of the last connection. */
	char peer[128], tls_version[16], tls_cipher[64];
	bool is_verified, is_resumed, was_secured;
	int64_t connect_ms, tls_ms;
	struct errand *previous, *next;
};

struct errand *errand_new(const struct courant_mail *, courant_error **err);
void errand_free(struct errand *);
AUTO_DEFINE(errand, struct errand, errand_free)

/* The domain of a part. */
slice part_domain(const struct part *);

/* A host's word: whoever is not deferred is settled, and the others stay in the part. Whether there are any. */
bool part_collect(struct part *, const struct outlet_report *);

/* No host was reached, or none needs to be: everybody in it gets this result. Deferred: unless the next host does better. */
void part_settle(struct part *, const courant_error *why);
void part_defer(struct part *, const courant_error *why);

/* The part has its last word. True when that was the errand's last part. */
bool part_end(struct part *);

/* What became of the whole mail. */
void errand_tell(const struct errand *, outlet_done_fn *, void *context);
#endif
