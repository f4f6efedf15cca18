/* SPDX-License-Identifier: MIT */
/* runner_routes.c - which ways the mails of the store want to go, and when (runner_own.h) */
#include "base/alloc.h"
#include "outbox/runner_own.h"

void routes_release(struct runner *runner)
{
	for (size_t i = 0; i < runner->n_routes; i++)
		free(runner->routes[i].missing);
	free(runner->routes);
	runner->routes = NULL;
	runner->n_routes = 0;
}

static bool find_way(const struct runner *runner, slice name, size_t *ret)
{
	for (size_t i = 0; i < runner->options.n_ways; i++)
		if (slice_equal(name, slice_of(runner->options.ways[i].name))) {
			*ret = i;
			return true;
		}
	return false;
}

static int fill_route(const struct runner *runner, struct route *route, const char *accounts, courant_error **err)
{
	slice rest = slice_of(accounts), name;

	if (rest.len == 0) {
		for (; route->n_ways < runner->options.n_order && route->n_ways < ROUTE_WAYS_MAX; route->n_ways++)
			route->ways[route->n_ways] = runner->options.order[route->n_ways];
		return 0;
	}
	while (slice_next(&rest, ',', &name) && route->n_ways < ROUTE_WAYS_MAX)
		if (find_way(runner, slice_trim(name), &route->ways[route->n_ways]))
			route->n_ways++;
		else if (!route->missing && !(route->missing = mem_copy(slice_trim(name))))
			return fail_memory(err);
	return 0;
}

static int add_route(void *context, int64_t id, const char *accounts, courant_error **err)
{
	struct runner *runner = context;
	struct route *grown;

	for (size_t i = 0; i < runner->n_routes; i++)
		if (runner->routes[i].id == id)
			return 0;
	grown = mem_resize(runner->routes, runner->n_routes + 1, sizeof *grown);
	if (!grown)
		return fail_memory(err);
	runner->routes = grown;

	struct route *route = &grown[runner->n_routes++];

	*route = (struct route){.id = id, .next_ms = NEVER};
	if (fill_route(runner, route, accounts, err) < 0)
		return -1;
	if (route->n_ways == 0)
		runner_say(runner, "mails wait for the account \"%s\", which the configuration does not have", route->missing ? route->missing : "");
	return 0;
}

int routes_look(struct runner *runner, courant_error **err)
{
	struct queue_store *store = runner->queue.store;

	if (store->calls->each_route(store, add_route, runner, err) < 0)
		return -1;
	for (size_t i = 0; i < runner->n_routes; i++)
		if (store->calls->next_due(store, runner->routes[i].id, &runner->routes[i].next_ms, err) < 0)
			return -1;
	return 0;
}

size_t route_usable_way(const struct runner *runner, const struct route *route, size_t from)
{
	const int64_t now_ms = runner_monotonic_ms(runner);

	while (from < route->n_ways && way_rests(&runner->ways[route->ways[from]], now_ms))
		from++;
	return from;
}

struct route *route_of(struct runner *runner, int64_t id)
{
	for (size_t i = 0; i < runner->n_routes; i++)
		if (runner->routes[i].id == id)
			return &runner->routes[i];
	return NULL;
}
