/* SPDX-License-Identifier: MIT */
/* runner.h - takes mails out of the outbox and carries them away
 *
 *     runner = runner_new(&options, &err);
 *     while (!is_over) {
 *             until_ms = runner_turn(runner);                 never waits for a server, only for the disk
 *             poll() runner_fd(runner) until until_ms
 *     }
 *     runner_stop(runner, monotonic + patience), then turns until runner_is_idle(); runner_free(runner);
 *
 * A *way* is an account and its server; a route (outbox.h) is a list of ways. Each way has carriers: threads that do the waiting. A turn takes what came back from them,
 * writes all of it in one commit together with the next leases, and hands these out: so a commit carries what happened during the one before it, however slow the
 * disk is. As many mails are leased ahead as came back lately: many when the server is fast, few when it is slow, for what is leased is unknown if we are killed.
 *
 * A way that cannot be reached rests for 5 s, doubled up to 5 min, while its mails go the route's next way, or wait: they are not tried one by one.
 *
 * Several runners share an outbox: leases keep them from taking the same mail, claims from making more connections to one server together than a
 * way allows; each takes its share of these. */
#ifndef COURANT_OUTBOX_RUNNER_H
#define COURANT_OUTBOX_RUNNER_H
#include "outbox/carrier.h"
#include "outbox/outbox.h"
#include "outbox/queue.h"

struct runner_way {
	const char *name;     /* of the account */
	const char *server;   /* "mail.example.com:587"; NULL: whatever was connected to */
	unsigned connections; /* to it at a time, those of other runners too; 0: 1 */
	bool is_final;        /* it finds the servers of all recipients itself: there is no better way */
	bool waits;           /* its outlet sends a whole mail before it returns: each connection has a thread */
};

struct runner_options {
	struct outbox *outbox; /* ours while the runner lives */
	const char *words;     /* who we are: "serve, pid 17" */
	const struct runner_way *ways;
	size_t n_ways;
	const size_t *order;   /* the ways that a mail without accounts of its own goes, by number */
	size_t n_order;
	struct retry_policy retry;
	struct notice_policy notice; /* sender is found out */
	int64_t keep_ms;       /* finished mails are removed after so long; NEVER: they stay */
	uint64_t seed;         /* of the back-off's chance */
	int64_t idle_ms;       /* a connection without mails is kept so long */

	/* As struct carrier_options. */
	struct outlet *(*open)(void *context, size_t way, unsigned connections, int cancel_fd, outlet_done_fn *, void *done_context, courant_error **err);
	/* A recipient has come to this state, and it is on the disk. May be NULL. */
	void (*settled)(void *context, const struct outbox_mail *, const struct outbox_recipient *);
	/* Something worth a line of a log. May be NULL. */
	void (*say)(void *context, const char *sentence);
	void *context;

	int64_t (*now_ms)(void);       /* NULL: the clocks */
	int64_t (*monotonic_ms)(void);
	bool is_inline;                /* no threads: carriers work during turns. For tests */
};

/* What it has done so far; recipients. */
struct runner_counts {
	uint64_t states[OUTBOX_STATES]; /* that they came to, by its attempts */
	uint64_t recovered, expired, purged;
	uint64_t commits;
};

struct runner;

/* The options are copied, what they point at is borrowed. COURANT_USAGE when a way is missing. */
struct runner *runner_new(const struct runner_options *, courant_error **err);
/* What is under way is cut short, and settled if the store lets us. */
void runner_free(struct runner *);
AUTO_DEFINE(runner, struct runner, runner_free)

/* Readable when a turn has something to do. */
int runner_fd(const struct runner *);

/* One turn. Until when nothing is to be done, by the monotonic clock, unless runner_fd() says so; what the store refuses is said and tried again. */
int64_t runner_turn(struct runner *);

/* Everything that waits is due now, whatever it was waiting for. */
int runner_hurry(struct runner *, courant_error **err);

/* Nothing is under way and nothing is due that could be carried now. */
bool runner_is_idle(const struct runner *);

/* Something is under way to a server. */
bool runner_is_carrying(const struct runner *);

/* Leases nothing more; what is not begun is given back. What is under way at that instant (monotonic) is cut short then. */
void runner_stop(struct runner *, int64_t until_ms);

const struct runner_counts *runner_counts(const struct runner *);
#endif
