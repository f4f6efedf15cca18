/* SPDX-License-Identifier: MIT */
/* mx_route.c - answers about domains, kept for a while */
#include "client/mx_route.h"

#include "base/alloc.h"

#define FRESH_MS (5 * INT64_C(60000))

static void route_free(struct mx_route *route)
{
	if (!route)
		return;
	mx_query_free(route->query);
	courant_error_free(route->why);
	free(route);
}
AUTO_DEFINE(route, struct mx_route, route_free)

void mx_routes_release(struct mx_routes *routes)
{
	while (routes->first) {
		struct mx_route *next = routes->first->next;

		route_free(routes->first);
		routes->first = next;
	}
	*routes = (struct mx_routes){0};
}

/* An answer, or the reason why there is none. */
static void take_answer(struct mx_route *route, int64_t now_ms)
{
	AUTO(mx_query) struct mx_query *query = STEAL(route->query);

	if (mx_query_take(query, &route->hosts, &route->why) < 0)
		route->hosts.n = 0;
	route->deadline_ms = now_ms + FRESH_MS;
}

/* Those that nobody uses and that are no longer believed. */
static void forget_old(struct mx_routes *routes, int64_t now_ms)
{
	for (struct mx_route **at = &routes->first; *at;) {
		struct mx_route *route = *at;

		if (route->n_users > 0 || route->query || route->deadline_ms > now_ms) {
			at = &route->next;
			continue;
		}
		*at = route->next;
		route_free(route);
	}
}

static struct mx_route *ask(struct mx_routes *routes, slice domain, int64_t now_ms, courant_error **err)
{
	AUTO(route) struct mx_route *route = mem_alloc(sizeof *route);

	if (!route) {
		(void)fail_memory(err);
		return NULL;
	}
	/* One that does not fit in there is no domain: the query says so. */
	if (domain.len < sizeof route->domain)
		memcpy(route->domain, domain.ptr, domain.len);
	route->query = mx_query_new(domain, routes->resolver, err);
	if (!route->query)
		return NULL;
	route->deadline_ms = now_ms + routes->patience_ms;
	if (mx_query_fd(route->query) < 0)
		take_answer(route, now_ms);
	else
		routes->n_asking++;
	return STEAL(route);
}

struct mx_route *mx_route_to(struct mx_routes *routes, slice domain, int64_t now_ms, courant_error **err)
{
	struct mx_route *route = routes->first;

	while (route && (!slice_equal_nocase(slice_of(route->domain), domain) || (!route->query && route->deadline_ms <= now_ms)))
		route = route->next;
	if (!route) {
		if (routes->n_asking == MX_ROUTES_MAX_ASKING)
			return NULL;
		forget_old(routes, now_ms);
		route = ask(routes, domain, now_ms, err);
		if (!route)
			return NULL;
		route->next = routes->first;
		routes->first = route;
	}
	route->n_users++;
	return route;
}

void mx_route_leave(struct mx_route *route)
{
	if (route)
		route->n_users--;
}

/* Whoever waited for this gets the reason; the next mail asks again. */
static void give_up(struct mx_route *route, int64_t now_ms)
{
	mx_query_free(STEAL(route->query));
	(void)fail(&route->why, COURANT_TIMEOUT, "looking up who takes mail for %s took too long", route->domain);
	route->deadline_ms = now_ms;
}

bool mx_routes_move(struct mx_routes *routes, int64_t now_ms)
{
	bool has_moved = false;

	for (struct mx_route *route = routes->first; route && routes->n_asking > 0; route = route->next) {
		if (!route->query || (!route->is_ready && route->deadline_ms > now_ms))
			continue;
		if (route->is_ready)
			take_answer(route, now_ms);
		else
			give_up(route, now_ms);
		routes->n_asking--;
		has_moved = true;
	}
	return has_moved;
}

size_t mx_routes_wishes(struct mx_routes *routes, struct pollfd *fds, int64_t *until_ms)
{
	size_t n = 0;

	for (struct mx_route *route = routes->first; route; route = route->next) {
		if (!route->query)
			continue;
		route->fd = n;
		fds[n++] = (struct pollfd){.fd = mx_query_fd(route->query), .events = POLLIN};
		*until_ms = route->deadline_ms < *until_ms ? route->deadline_ms : *until_ms;
	}
	return n;
}

void mx_routes_wake(struct mx_routes *routes, const struct pollfd *fds)
{
	for (struct mx_route *route = routes->first; route; route = route->next)
		if (route->query)
			route->is_ready = fds[route->fd].revents != 0;
}
