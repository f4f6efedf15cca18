/* SPDX-License-Identifier: MIT */
/* runner_ways.c - accounts as ways out: their carriers, their connections, their rests (runner_own.h) */
#include "base/alloc.h"
#include "base/clock.h"
#include "base/hash.h"
#include "outbox/runner_own.h"

#define CONNECTIONS_MAX  64 /* bits of way.claims */
#define AHEAD_MAX        256
#define REST_FIRST_MS    (5 * MS_PER_SECOND)
#define REST_LONGEST_MS  (5 * MS_PER_MINUTE)

static unsigned connections_of(const struct way *way)
{
	const unsigned wanted = way->facts->connections ? way->facts->connections : 1;

	return wanted < CONNECTIONS_MAX ? wanted : CONNECTIONS_MAX;
}

/* ---- making ---- */

static struct outlet *open_outlet(void *context, unsigned connections, int cancel_fd, outlet_done_fn *done, void *done_context, courant_error **err)
{
	const struct way *way = context;
	const struct runner_options *options = &way->runner->options;

	return options->open(options->context, way->number, connections, cancel_fd, done, done_context, err);
}

static int make_carriers(struct way *way, courant_error **err)
{
	const struct runner_options *options = &way->runner->options;
	const struct carrier_options carrier = {
		.open = open_outlet,
		.context = way,
		.server = way->facts->server,
		.is_final = way->facts->is_final,
		.idle_ms = options->idle_ms,
		.ring_fd = way->runner->ring_fd,
		.is_inline = options->is_inline,
	};
	const size_t n = way->facts->waits ? connections_of(way) : 1;

	way->carriers = mem_array(n, sizeof(struct carrier *));
	if (!way->carriers)
		return fail_memory(err);
	for (; way->n_carriers < n; way->n_carriers++) {
		way->carriers[way->n_carriers] = carrier_new(&carrier, err);
		if (!way->carriers[way->n_carriers])
			return -1;
	}
	return 0;
}

int ways_make(struct runner *runner, courant_error **err)
{
	runner->ways = mem_array(runner->options.n_ways, sizeof *runner->ways);
	if (!runner->ways)
		return fail_memory(err);
	for (size_t i = 0; i < runner->options.n_ways; i++) {
		struct way *way = &runner->ways[i];

		way->runner = runner;
		way->number = i;
		way->facts = &runner->options.ways[i];
		if (make_carriers(way, err) < 0)
			return -1;
	}
	return 0;
}

void ways_free(struct runner *runner)
{
	for (size_t i = 0; runner->ways && i < runner->options.n_ways; i++) {
		struct way *way = &runner->ways[i];

		for (size_t k = 0; k < way->n_carriers; k++)
			carrier_free(way->carriers[k]);
		free(way->carriers);
	}
	free(runner->ways);
}

/* ---- connections ---- */

/* Accounts at one server share its connections. */
static uint64_t key_of(const struct way *way, unsigned number)
{
	const char *server = way->facts->server ? way->facts->server : way->facts->name;

	return (hash_bytes(slice_of(server), 0) & UINT64_C(0xffffffff)) * CONNECTIONS_MAX + number;
}

static unsigned n_claims(const struct way *way)
{
	return (unsigned)__builtin_popcountll(way->claims);
}

/* The connections are shared among those who are there. */
static unsigned share_of(const struct way *way)
{
	const size_t n_alive = way->runner->n_alive ? way->runner->n_alive : 1;

	return (unsigned)((connections_of(way) + n_alive - 1) / n_alive);
}

/* One connection more; false when others have them all, or we have our share. */
static bool claim_one(struct way *way)
{
	struct queue_store *store = way->runner->queue.store;

	if (n_claims(way) >= share_of(way))
		return false;
	for (unsigned i = 0; i < connections_of(way); i++)
		if (!(way->claims >> i & 1) && store->calls->claim(store, CLAIM_HOST, key_of(way, i), NULL) > 0) {
			way->claims |= UINT64_C(1) << i;
			return true;
		}
	return false;
}

static void drop_some(struct way *way, unsigned keep)
{
	struct queue_store *store = way->runner->queue.store;

	for (unsigned i = CONNECTIONS_MAX; i-- > 0 && n_claims(way) > keep;)
		if (way->claims >> i & 1) {
			store->calls->drop(store, CLAIM_HOST, key_of(way, i));
			way->claims &= ~(UINT64_C(1) << i);
		}
}

static size_t n_open(const struct way *way)
{
	size_t n = 0;

	for (size_t i = 0; i < way->n_carriers; i++)
		n += !carrier_is_closed(way->carriers[i]);
	return n;
}

void way_tidy(struct way *way)
{
	const size_t n = n_open(way);

	if (way->facts->waits || n == 0)
		drop_some(way, (unsigned)n);
}

void way_share(struct way *way)
{
	/* Those that wait end with their mail anyway. */
	if (way->facts->waits || n_claims(way) <= share_of(way))
		return;
	carrier_close(way->carriers[0]);
	way->is_closing = true;
}

/* A carrier that waits has one connection; a pool has all that can be had. */
static bool open_carrier(struct way *way, struct carrier *carrier)
{
	way_tidy(way);
	while (claim_one(way) && !way->facts->waits) {
	}

	const unsigned n = way->facts->waits ? n_claims(way) > n_open(way) : n_claims(way);

	way->is_closing = false;
	return n > 0 && carrier_open(carrier, n, NULL) == 0;
}

/* The carrier to give to: the one with the least to do, but no second thread while one is idle. */
static struct carrier *find_carrier(const struct way *way)
{
	struct carrier *best = way->carriers[0];

	for (size_t i = 0; i < way->n_carriers; i++) {
		const size_t load = carrier_load(way->carriers[i]), best_load = carrier_load(best);

		if (load < best_load || (load == best_load && carrier_is_closed(best) && !carrier_is_closed(way->carriers[i])))
			best = way->carriers[i];
	}
	return best;
}

bool way_give(struct way *way, struct parcel *parcel)
{
	struct carrier *carrier = find_carrier(way);

	return carrier_give(carrier, parcel) || (open_carrier(way, carrier) && carrier_give(carrier, parcel));
}

/* One that waits is slow: what lay behind another mail would be leased for nothing. */
static size_t n_idle_carriers(struct way *way)
{
	size_t n = 0;

	for (size_t i = 0; i < way->n_carriers; i++)
		n += carrier_load(way->carriers[i]) == 0 && (!carrier_is_closed(way->carriers[i]) || open_carrier(way, way->carriers[i]));
	return n;
}

size_t way_appetite(struct way *way)
{
	size_t load, wanted;

	if (way_rests(way, runner_monotonic_ms(way->runner)))
		return 0;
	if (way->facts->waits)
		return n_idle_carriers(way);
	if (carrier_is_closed(way->carriers[0]) ? !open_carrier(way, way->carriers[0]) : way->is_closing)
		return 0;
	load = carrier_load(way->carriers[0]);
	wanted = 2 * (way->n_recent + n_claims(way));
	wanted = wanted < AHEAD_MAX ? wanted : AHEAD_MAX;
	return wanted > load ? wanted - load : 0;
}

struct parcel *way_take(struct way *way)
{
	struct parcel *list = NULL, **end = &list;

	way->n_recent = 0;
	for (size_t i = 0; i < way->n_carriers; i++) {
		if (way->runner->options.is_inline)
			carrier_work(way->carriers[i]);
		*end = carrier_take(way->carriers[i]);
		for (; *end; end = &(*end)->next)
			way->n_recent++;
	}
	way_tidy(way);
	return list;
}

bool way_is_busy(const struct way *way)
{
	for (size_t i = 0; i < way->n_carriers; i++)
		if (carrier_load(way->carriers[i]) > 0)
			return true;
	return false;
}

bool ways_are_closed(const struct runner *runner)
{
	size_t n = 0;

	for (size_t i = 0; i < runner->options.n_ways; i++)
		n += n_open(&runner->ways[i]);
	return n == 0;
}

/* ---- rests ---- */

bool way_rests(const struct way *way, int64_t monotonic_ms)
{
	return way->n_failures > 0 && monotonic_ms < way->rests_until_ms;
}

void way_has_answered(struct way *way)
{
	if (way->n_failures > 0)
		runner_say(way->runner, "%s answers again", way->facts->name);
	way->n_failures = 0;
}

void way_has_failed(struct way *way, const char *why)
{
	const int64_t now_ms = runner_monotonic_ms(way->runner);
	int64_t rest_ms = REST_FIRST_MS;

	/* Several parcels come back from one failure. */
	if (way_rests(way, now_ms))
		return;
	for (unsigned i = 0; i < way->n_failures && rest_ms < REST_LONGEST_MS; i++)
		rest_ms *= 2;
	rest_ms = rest_ms < REST_LONGEST_MS ? rest_ms : REST_LONGEST_MS;
	way->n_failures++;
	way->rests_until_ms = now_ms + rest_ms;
	runner_say(way->runner, "%s cannot be used for %lld s: %s", way->facts->name, (long long)(rest_ms / MS_PER_SECOND), why);
}
