/* SPDX-License-Identifier: MIT */
/* runner_own.h - what the files of the runner share */
#ifndef COURANT_OUTBOX_RUNNER_OWN_H
#define COURANT_OUTBOX_RUNNER_OWN_H
#include "outbox/runner.h"

#define ROUTE_WAYS_MAX 16

/* ---- ways (runner_ways.c) ---- */

struct way {
	struct runner *runner;
	const struct runner_way *facts;
	size_t number;
	struct carrier **carriers;
	size_t n_carriers;
	uint64_t claims;          /* bits: connections that are ours */
	bool is_closing;          /* it has more than its share, and takes nothing until it has closed */
	unsigned n_failures;      /* in a row: it could not be reached */
	int64_t rests_until_ms;   /* monotonic */
	size_t n_recent;          /* parcels that came back in the last turn */
};

int ways_make(struct runner *, courant_error **err);
void ways_free(struct runner *);

/* How many more parcels it wants now; 0 as long as it rests or others have all its connections. */
size_t way_appetite(struct way *);
/* Hands a parcel to its carrier with the least to do. False: it cannot be had now. */
bool way_give(struct way *, struct parcel *);
/* Everything that came back from it, as a list. */
struct parcel *way_take(struct way *);
bool way_is_busy(const struct way *);
bool ways_are_closed(const struct runner *);
bool way_rests(const struct way *, int64_t monotonic_ms);
/* It could be reached, or could not: then it rests. */
void way_has_answered(struct way *);
void way_has_failed(struct way *, const char *why);
/* Connections that carriers have closed are anybody's again. */
void way_tidy(struct way *);
/* Lets go of connections that are more than our share, once what is under way there is done. */
void way_share(struct way *);

/* ---- routes (runner_routes.c) ---- */

/* A list of accounts that mails in the store have. */
struct route {
	int64_t id;
	size_t ways[ROUTE_WAYS_MAX];
	size_t n_ways;
	char *missing;     /* an account that the configuration has not; NULL */
	int64_t next_ms;   /* when the first mail is due, by the wall clock */
};

struct runner {
	struct runner_options options;
	struct queue queue;
	char *sender;              /* of notices */
	struct way *ways;
	struct route *routes;
	size_t n_routes;
	int ring_fd;
	struct parcel *settling, **settling_end; /* came back, not yet written */
	int64_t keep_house_ms;     /* monotonic: when to look for the dead, the expired and the old */
	int64_t purge_ms;
	size_t n_alive;            /* runners, when last looked */
	int64_t retry_ms;          /* the store has refused: not before */
	bool is_stopping;
	int64_t stop_ms;
	struct runner_counts counts;
};

/* The routes that there are, and when something is due on each. */
int routes_look(struct runner *, courant_error **err);
void routes_release(struct runner *);
struct route *route_of(struct runner *, int64_t id);
/* The first way from that one on which does not rest; n_ways: none. */
size_t route_usable_way(const struct runner *, const struct route *, size_t from);

/* ---- the runner ---- */

/* Nothing is under way, and nothing is to be written. */
bool runner_has_empty_hands(const struct runner *);
int64_t runner_now_ms(const struct runner *);
int64_t runner_monotonic_ms(const struct runner *);
void runner_say(const struct runner *, const char *format, ...) FAIL_FORMAT(2, 3);
#endif
