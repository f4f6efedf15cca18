/* SPDX-License-Identifier: MIT */
/* stage.h - a runner between an outbox and made-up servers, by a simulated clock; its carriers have no threads */
#ifndef COURANT_TESTS_OUTBOX_STAGE_H
#define COURANT_TESTS_OUTBOX_STAGE_H
#include "fixture.h"
#include "outbox/runner.h"

extern int64_t wall_ms, monotonic_ms;
void begin_time(void);
void pass(int64_t ms);

#define WAYS    3
#define HEARD   64
#define ROOM    4

/* What it says to an address: the n-th letter at the n-th time, the last one ever after. a: 250, r: 550, d: 451, u: nothing after the dot. Way by way the
 * letter c: no connection; l: login failed. m: it refuses MAIL FROM:<>. */
struct behaviour {
	const char *address, *letters;
};

struct world {
	const struct behaviour *behaviours;
	const char *ways[WAYS]; /* each way's letters for connections: "a": fine, "c", "l" */
	unsigned n_asked[HEARD]; /* by recipient */
	unsigned n_opened[WAYS], n_refused_connections[WAYS];
	unsigned n_connections[WAYS]; /* it was last opened with */
	char heard[HEARD][64];   /* "way:address" of each accepted, or perhaps delivered */
	size_t n_heard;
	size_t n_transactions, n_most_recipients;
	char messages[8][4096];  /* the first ones that were accepted */
	size_t n_messages;
	bool is_deaf;            /* connections never come to anything: a runner that is killed meanwhile */
};

/* How often the world was asked about that address. */
unsigned *counter_of(struct world *, const char *address);

struct stage {
	struct place place;
	struct world world;
	struct outbox *outbox;
	struct runner *runner;
	struct buffer said; /* a line each */
};

struct runner_options options_of(struct stage *);
void stage_open(struct stage *, const struct place *); /* the place is copied, and another's to release */
/* With a runner by other options; NULL: by those of options_of(). */
void stage_reopen(struct stage *, const struct runner_options *);
void stage_close(struct stage *);
void check_said(const struct stage *, const char *words);

/* Until nothing is due any more. */
void run(struct stage *);
/* Lets time pass, in steps of ten minutes. */
void run_for(struct stage *, int64_t ms);

/* for (EACH_STAGE(stage)): on each store, with a fresh place and world. */
#define EACH_STAGE(stage)                                                                                                                    \
	int kind_ = 0;                                                                                                                       \
	kind_ < STORE_KINDS && (stage_begin(&(stage), (enum store_kind)kind_), true);                                                        \
	stage_close(&(stage)), place_release(&(stage).place), kind_++
void stage_begin(struct stage *, enum store_kind);

/* A mail to so many, put now. */
int64_t put(const struct stage *, size_t n_recipients, const struct outbox_order *given);
#endif
