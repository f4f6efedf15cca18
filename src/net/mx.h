/* SPDX-License-Identifier: MIT */
/* mx.h - the hosts that take a domain's mail (RFC 5321, 5.1) */
#ifndef COURANT_NET_MX_H
#define COURANT_NET_MX_H
#include "net/address.h"

/* A domain with more hosts than this has enough of them. */
#define MX_MAX_HOSTS     16
#define MX_HOST_MAX_BYTES 256

struct mx_host {
	uint16_t preference;
	char name[MX_HOST_MAX_BYTES]; /* in ASCII, as the name server spells it, or an IP address */
};

struct mx_list {
	struct mx_host at[MX_MAX_HOSTS];
	size_t n;
};

struct mx_query;

/* Asks who takes a domain's mail. `server` is the IPv4 name server to ask; NULL: the system's. COURANT_HOST_UNKNOWN when it cannot be a domain. */
struct mx_query *mx_query_new(slice domain, const struct net_address *server, courant_error **err);
void mx_query_free(struct mx_query *);
AUTO_DEFINE(mx_query, struct mx_query, mx_query_free)

/* Becomes readable when the answer is there; -1: it is there, for an address literal ("[192.0.2.1]") is its own host and nobody is asked. */
int mx_query_fd(const struct mx_query *);

/* The hosts in the order in which they are to be tried: by preference, equals by chance. A domain without MX records is its own host. Call it only when the
 * answer is there. COURANT_HOST_UNKNOWN when there is no such domain, COURANT_REFUSED with the reply code 556 when it wants no mail (RFC 7505),
 * COURANT_TEMPORARY when the name server does not know for now. */
int mx_query_take(const struct mx_query *, struct mx_list *ret, courant_error **err);

/* The same out of a name server's answer (RFC 1035, 4). */
int mx_read(slice domain, slice answer, struct mx_list *ret, courant_error **err);
#endif
