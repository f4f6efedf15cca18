/* SPDX-License-Identifier: MIT */
/* mx_route.h - who takes the mail of which domain: asked once, believed for some minutes
 *
 * Waits for nothing itself: its owner polls for what mx_routes_wishes() says, and calls mx_routes_wake() and mx_routes_move(). */
#ifndef COURANT_CLIENT_MX_ROUTE_H
#define COURANT_CLIENT_MX_ROUTE_H
#include "net/mx.h"
#include "net/wait.h"

/* Questions under way; others wait for their turn. */
#define MX_ROUTES_MAX_ASKING 16

struct mx_route {
	struct mx_list hosts;   /* n is 0 until the answer is there */
	courant_error *why;     /* there is none, because of this */
	struct mx_query *query; /* under way; NULL: answered */
	int64_t deadline_ms;    /* of the question; then of the answer, which is to be asked for again */
	bool is_ready;          /* the query's descriptor */
	size_t n_users, fd;
	struct mx_route *next;
	char domain[MX_HOST_MAX_BYTES];
};

struct mx_routes {
	const struct net_address *resolver; /* borrowed; NULL: the system's */
	int64_t patience_ms;                /* for one answer */
	struct mx_route *first;
	size_t n_asking;
};

void mx_routes_release(struct mx_routes *);

/* The route to a domain, which stays until mx_route_leave(); asks when there is no fresh one. NULL without an error: so many are asked for that this one
 * has to wait. */
struct mx_route *mx_route_to(struct mx_routes *, slice domain, int64_t now_ms, courant_error **err);
void mx_route_leave(struct mx_route *);

/* Takes the answers that are there, and gives up those that are late. Whether there were any. */
bool mx_routes_move(struct mx_routes *, int64_t now_ms);

/* At most MX_ROUTES_MAX_ASKING descriptors. */
size_t mx_routes_wishes(struct mx_routes *, struct pollfd *fds, int64_t *until_ms);
void mx_routes_wake(struct mx_routes *, const struct pollfd *fds);
#endif
