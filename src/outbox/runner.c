/* SPDX-License-Identifier: MIT */
/* runner.c - turns: taking what came back, one commit, handing out (runner.h) */
#include "outbox/runner.h"

#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "outbox/runner_own.h"

#define GLANCE_MS      (1 * MS_PER_SECOND) /* how soon a mail that another process queued is seen */
#define KEEP_HOUSE_MS  (5 * MS_PER_SECOND)
#define PURGE_MS       (1 * MS_PER_HOUR)
#define STORE_REST_MS  (1 * MS_PER_SECOND) /* after the store has refused a commit */
#define EXPIRED_MAX    100                 /* in one commit */

/* ---- what came back ---- */

static void set_aside(struct runner *runner, struct parcel *parcel)
{
	parcel->next = NULL;
	*runner->settling_end = parcel;
	runner->settling_end = &parcel->next;
}

static const char *why_of(const struct parcel *parcel)
{
	const char *text = parcel->results.n > 0 ? parcel->results.at[0].text : NULL;

	return text ? text : "";
}

/* Another way for a parcel that nobody has heard of. */
static bool try_next_way(struct runner *runner, struct parcel *parcel)
{
	const struct route *route = route_of(runner, parcel->mail.route);
	const size_t next = route && !runner->is_stopping ? route_usable_way(runner, route, parcel->way + 1) : 0;

	if (next == 0 || next >= route->n_ways || parcel_go_on(parcel, runner_now_ms(runner), NULL) < 0)
		return false;
	parcel->way = next;
	if (way_give(&runner->ways[route->ways[next]], parcel))
		return true;
	/* Untouched there: it is given back. */
	set_aside(runner, parcel);
	return true;
}

static void take_back(struct runner *runner, struct way *way, struct parcel *parcel)
{
	if (parcel->is_tried && !parcel->is_unheard)
		way_has_answered(way);
	if (parcel->is_unheard && runner->is_stopping)
		parcel->is_tried = false;
	if (parcel->is_tried && parcel->is_unheard) {
		way_has_failed(way, why_of(parcel));
		if (try_next_way(runner, parcel))
			return;
	}
	set_aside(runner, parcel);
}

static void take_all_back(struct runner *runner)
{
	for (size_t i = 0; i < runner->options.n_ways; i++) {
		struct parcel *list = way_take(&runner->ways[i]);

		while (list) {
			struct parcel *parcel = list;

			list = parcel->next;
			take_back(runner, &runner->ways[i], parcel);
		}
	}
}

/* ---- one commit ---- */

static int settle_all(struct runner *runner, courant_error **err)
{
	const int64_t now_ms = runner_now_ms(runner);

	for (struct parcel *parcel = runner->settling; parcel; parcel = parcel->next)
		if ((parcel->is_tried ? queue_settle(&runner->queue, parcel, now_ms, err) : queue_give_back(&runner->queue, parcel, now_ms, err)) < 0)
			return -1;
	return 0;
}

static int keep_house(struct runner *runner, courant_error **err)
{
	struct queue *queue = &runner->queue;
	const int64_t now_ms = runner_now_ms(runner);
	size_t n_recovered = 0, n_expired = 0;

	if (runner_monotonic_ms(runner) < runner->keep_house_ms)
		return 0;
	if (queue_recover(queue, now_ms, &n_recovered, &runner->n_alive, err) < 0 || queue_expire(queue, now_ms, EXPIRED_MAX, &n_expired, err) < 0 ||
	    queue->store->calls->hurry(queue->store, now_ms + RETRY_HORIZON_MS, now_ms, err) < 0)
		return -1;
	if (n_recovered > 0)
		runner_say(runner, "%zu recipients were in the hands of a runner that is gone: perhaps delivered", n_recovered);
	for (size_t i = 0; i < runner->options.n_ways; i++)
		way_share(&runner->ways[i]);
	runner->counts.recovered += n_recovered;
	runner->counts.expired += n_expired;
	runner->keep_house_ms = runner_monotonic_ms(runner) + (n_expired == EXPIRED_MAX ? 0 : KEEP_HOUSE_MS);
	return 0;
}

/* A lease, and whose it is to be. */
struct lot {
	size_t way; /* of the runner */
	struct parcel *list;
};

static int lease_route(struct runner *runner, struct route *route, struct lot *ret, courant_error **err)
{
	const size_t at = route_usable_way(runner, route, 0);
	const size_t appetite = at < route->n_ways && route->next_ms <= runner_now_ms(runner) ? way_appetite(&runner->ways[route->ways[at]]) : 0;

	if (appetite == 0)
		return 0;
	if (queue_lease(&runner->queue, route->id, appetite, runner_now_ms(runner), &ret->list, err) < 0)
		return -1;
	ret->way = route->ways[at];
	for (struct parcel *parcel = ret->list; parcel; parcel = parcel->next)
		parcel->way = at;
	return 0;
}

static void free_lots(struct lot *lots, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		parcel_free_all(lots[i].list);
		lots[i].list = NULL;
	}
}

static int write_all(struct runner *runner, struct lot *lots, courant_error **err)
{
	struct queue_store *store = runner->queue.store;
	int status = 0;

	if (store->calls->begin(store, err) < 0)
		return -1;
	if (settle_all(runner, err) < 0 || keep_house(runner, err) < 0)
		status = -1;
	for (size_t i = 0; status == 0 && !runner->is_stopping && i < runner->n_routes; i++)
		status = lease_route(runner, &runner->routes[i], &lots[i], err);
	if (status == 0)
		return store->calls->commit(store, err);
	store->calls->rollback(store);
	return -1;
}

/* The commit is there: everybody hears of it, and the parcels are over. */
static void announce(struct runner *runner)
{
	runner->counts.commits++;
	for (const struct parcel *parcel = runner->settling; parcel; parcel = parcel->next)
		for (size_t i = 0; parcel->after && i < parcel->n; i++) {
			runner->counts.states[parcel->after[i].state]++;
			if (runner->options.settled)
				runner->options.settled(runner->options.context, &parcel->mail, &parcel->after[i]);
		}
	parcel_free_all(runner->settling);
	runner->settling = NULL;
	runner->settling_end = &runner->settling;
}

/* What no carrier takes after all comes back untouched. */
static void hand_out(struct runner *runner, struct lot *lot)
{
	while (lot->list) {
		struct parcel *parcel = lot->list;

		lot->list = parcel->next;
		if (!way_give(&runner->ways[lot->way], parcel))
			set_aside(runner, parcel);
	}
}

static bool has_to_write(struct runner *runner)
{
	if (runner->settling || runner_monotonic_ms(runner) >= runner->keep_house_ms)
		return true;
	for (size_t i = 0; !runner->is_stopping && i < runner->n_routes; i++) {
		const struct route *route = &runner->routes[i];
		const size_t at = route_usable_way(runner, route, 0);

		if (route->next_ms <= runner_now_ms(runner) && at < route->n_ways && way_appetite(&runner->ways[route->ways[at]]) > 0)
			return true;
	}
	return false;
}

static int write_and_hand_out(struct runner *runner, courant_error **err)
{
	AUTO(free) struct lot *lots = mem_array(runner->n_routes + 1, sizeof *lots);
	const size_t n = runner->n_routes;

	if (!lots)
		return fail_memory(err);
	if (write_all(runner, lots, err) < 0) {
		free_lots(lots, n);
		return -1;
	}
	announce(runner);
	for (size_t i = 0; i < n; i++)
		hand_out(runner, &lots[i]);
	return routes_look(runner, err);
}

/* Between two mails, not beside them: it may take a while. */
static int purge(struct runner *runner, courant_error **err)
{
	size_t n;

	if (runner->options.keep_ms == NEVER || runner_monotonic_ms(runner) < runner->purge_ms)
		return 0;
	runner->purge_ms = runner_monotonic_ms(runner) + PURGE_MS;
	if (outbox_purge(runner->options.outbox, runner_now_ms(runner) - runner->options.keep_ms, &n, err) < 0)
		return -1;
	runner->counts.purged += n;
	return 0;
}

/* ---- turns ---- */

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Due times are on the wall, what is waited for is not. */
static int64_t next_turn_ms(struct runner *runner)
{
	const int64_t wall_ms = runner_now_ms(runner), now_ms = runner_monotonic_ms(runner);
	int64_t until_ms = now_ms + GLANCE_MS;

	for (size_t i = 0; i < runner->n_routes; i++) {
		const int64_t due_ms = runner->routes[i].next_ms;

		if (due_ms != NEVER && due_ms > wall_ms && due_ms - wall_ms < GLANCE_MS)
			until_ms = earlier(until_ms, now_ms + due_ms - wall_ms);
	}
	if (has_to_write(runner))
		until_ms = earlier(until_ms, runner->retry_ms > now_ms ? runner->retry_ms : now_ms);
	return runner->is_stopping ? earlier(until_ms, runner->stop_ms) : until_ms;
}

static void stop_ways(struct runner *runner)
{
	const bool is_late = runner_monotonic_ms(runner) >= runner->stop_ms;

	for (size_t i = 0; i < runner->options.n_ways; i++)
		for (size_t k = 0; k < runner->ways[i].n_carriers; k++)
			(is_late ? carrier_cancel : carrier_close)(runner->ways[i].carriers[k]);
}

static void clear_ring(const struct runner *runner)
{
	uint64_t count;
	const ssize_t n = read(runner->ring_fd, &count, sizeof count);

	(void)n; /* it was not rung */
}

int64_t runner_turn(struct runner *runner)
{
	AUTO(error) courant_error *why = NULL;

	clear_ring(runner);
	if (runner->is_stopping)
		stop_ways(runner);
	take_all_back(runner);
	if (runner_monotonic_ms(runner) < runner->retry_ms)
		return next_turn_ms(runner);
	if (routes_look(runner, &why) < 0 || (has_to_write(runner) && write_and_hand_out(runner, &why) < 0) ||
	    (!runner_is_idle(runner) ? 0 : purge(runner, &why)) < 0) {
		runner_say(runner, "%s", courant_error_sentence(why));
		runner->retry_ms = runner_monotonic_ms(runner) + STORE_REST_MS;
	}
	return next_turn_ms(runner);
}

bool runner_is_carrying(const struct runner *runner)
{
	for (size_t i = 0; i < runner->options.n_ways; i++)
		if (way_is_busy(&runner->ways[i]))
			return true;
	return false;
}

bool runner_has_empty_hands(const struct runner *runner)
{
	return !runner->settling && !runner_is_carrying(runner);
}

bool runner_is_idle(const struct runner *runner)
{
	if (!runner_has_empty_hands(runner))
		return false;
	for (size_t i = 0; !runner->is_stopping && i < runner->n_routes; i++) {
		const struct route *route = &runner->routes[i];

		if (route->next_ms <= runner_now_ms(runner) && route_usable_way(runner, route, 0) < route->n_ways)
			return false;
	}
	return true;
}

int runner_fd(const struct runner *runner)
{
	return runner->ring_fd;
}

void runner_stop(struct runner *runner, int64_t until_ms)
{
	runner->is_stopping = true;
	runner->stop_ms = until_ms;
}

int runner_hurry(struct runner *runner, courant_error **err)
{
	struct queue_store *store = runner->queue.store;
	const int64_t now_ms = runner_now_ms(runner);

	if (store->calls->begin(store, err) < 0)
		return -1;
	if (store->calls->hurry(store, now_ms, now_ms, err) == 0)
		return store->calls->commit(store, err) < 0 ? -1 : routes_look(runner, err);
	store->calls->rollback(store);
	return -1;
}

const struct runner_counts *runner_counts(const struct runner *runner)
{
	return &runner->counts;
}
