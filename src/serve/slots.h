/* SPDX-License-Identifier: MIT */
/* slots.h - which report is due now, what was missed, and what became of the last ones
 *
 *     slots_load(slots, &agenda, now_ms, &err);
 *     while (slots_next(slots, now_ms, &run)) begin it;        at most one run of a report at a time
 *     slots_done(slots, &run, outcome, now_ms, &verdict, &err);
 *     wait until slots_due_ms(slots)
 *
 * A report's runs begin when it is first seen. What was slept through is made up for once, newest first, up to a limit; the rest is let go, and counted.
 * A run that failed is tried again after 1, 5 and 15 minutes, unless trying again is of no use. A slot is remembered as done only when no older one waits:
 * after a crash it may run twice, and the outbox has each mail of a slot once.
 *
 * No clock and no process here: these are the rules. */
#ifndef COURANT_SERVE_SLOTS_H
#define COURANT_SERVE_SLOTS_H
#include "report/agenda.h"

#define SLOTS_CATCH_UP_MAX 100

/* Short texts by name that outlive the process, as outbox_remember(). `recall` gives 1 and a text to free(), or 0. */
struct slots_memory {
	int (*remember)(void *context, const char *name, const char *text, courant_error **err);
	int (*recall)(void *context, const char *name, char **ret, courant_error **err);
	void *context;
};

struct slots_run {
	const char *path;  /* of the report file; borrowed until the next slots_load() that lacks it */
	struct schedule_slot slot;
	unsigned attempt;  /* from 1 */
	unsigned n_let_go; /* older slots that were missed, and are over the limit or no runs any more; at least so many */
};

enum slots_outcome {
	SLOTS_SENT,     /* or all have got it before */
	SLOTS_SKIPPED,  /* the report says that such a one is not sent */
	SLOTS_FAILED,   /* try again */
	SLOTS_HOPELESS, /* trying again is of no use */
};

struct slots_verdict {
	bool is_over;      /* false: it will be tried again, at again_ms */
	int64_t again_ms;
	bool tells_owner;  /* failed or skipped several times running: the 1st, 2nd, 4th … failure, the 3rd, 6th, 12th … skip */
	unsigned failures; /* running */
	unsigned skips;
};

struct slots;

/* `catch_up`: how many slots of a report wait at most (1 to SLOTS_CATCH_UP_MAX). The memory is copied. */
struct slots *slots_new(const struct slots_memory *, unsigned catch_up, courant_error **err);
void slots_free(struct slots *);
AUTO_DEFINE(slots, struct slots, slots_free)

/* From now on these reports, which are borrowed until the next call. What is under way goes on, and what waits, unless the report's schedule has no such run
 * any more; what is known of reports that are gone is not forgotten. */
int slots_load(struct slots *, const struct agenda *, int64_t now_ms, courant_error **err);

/* A run to begin now; it is under way then, until slots_done(). */
bool slots_next(struct slots *, int64_t now_ms, struct slots_run *ret);

/* The run is over. *ret is set whatever is returned: -1 when it could not be remembered. */
int slots_done(struct slots *, const struct slots_run *, enum slots_outcome, int64_t now_ms, struct slots_verdict *ret, courant_error **err);

/* The i-th report whose last runs have failed, and how many of them; NULL behind the last. */
const char *slots_failing(const struct slots *, size_t i, unsigned *ret_failures);

/* When slots_next() will have something; INT64_MAX: never. */
int64_t slots_due_ms(const struct slots *);
#endif
