/* SPDX-License-Identifier: MIT */
/* outbox.h - mail that was accepted and is not lost: queueing it, looking at it, changing its fate
 *
 * **Who is who.** A *mail* is an envelope around a *message*; it has *recipients*, each with a state of its own (record.h). Whoever queues puts mails in;
 * *runners* (runner.h) take them out, one or several at once, in one or several processes. Nobody but the store remembers anything.
 *
 * **What is committed when.** Three commits are all there is, and each is on the disk before what follows it:
 *
 *     1. outbox_sync()      the message, the mail, its recipients, its slot.   Then its giver hears "queued".
 *     2. the lease          state LEASED, by this runner.                      Then MAIL FROM goes out.
 *     3. the result         state, attempt, notice to the owner.               Then the mail is forgotten.
 *
 * Many mails share a commit: those that wait while the disk is busy with the one before (group commit). A large body is a file that has its name and is on
 * the disk before commit 1; without that commit nobody speaks of it, and it is swept up.
 *
 * **What a crash means.** Before 1: the mail was never accepted, and its giver was not told so. Between 1 and 2: it is queued, and is taken up.
 * Between 2 and 3: nobody can know how far it came: it is *unknown*, counted as such, and sent again with the same Message-ID (or held, when
 * `unknown: hold` says so). After 3: it is settled. So every accepted mail is delivered at least once or somebody is told, and nothing is sent twice
 * but what was unknown.
 *
 * **How a crash is seen.** A runner holds a claim on its number as long as its process lives (claims.h): a lock, not a time-out, so neither a clock that
 * jumps nor a machine that slept makes a runner lose what it has in hand. Every runner looks for the dead when it begins, and every few seconds.
 *
 * **Time.** Due times and expiry are on the wall clock, so they outlive a restart. If it jumps ahead, mails are tried too early, which does no harm,
 * and none is given up for its age before it was tried several times (retry.h); if it jumps back, due times beyond the longest back-off are pulled in.
 *
 * **Routes.** A mail goes by the accounts it was queued for, in their order (none: the configuration's order): to the next one when a
 * server cannot be reached or lets nobody in, within the same lease. Mails of one route are one queue, so that a relay that is down stops no other. */
#ifndef COURANT_OUTBOX_OUTBOX_H
#define COURANT_OUTBOX_OUTBOX_H
#include "outbox/queue_store.h"

struct outbox;

/* As store_open(). Takes the store in outbox_new(), always; NULL: it failed before. */
struct outbox *outbox_open(const char *path, enum outbox_use, courant_error **err);
struct outbox *outbox_new(struct queue_store *, courant_error **err);
void outbox_free(struct outbox *); /* what was put and not synced has never been */
AUTO_DEFINE(outbox, struct outbox, outbox_free)

/* For looking, and for runners. */
struct queue_store *outbox_store(const struct outbox *);

/* ---- queueing ---- */

/* What is said of a mail beside its envelope. Texts are copied. */
struct outbox_order {
	const char *accounts;           /* "office,backup": these, in this order; "": as the configuration has it */
	const char *origin;             /* who queues it: "send" */
	int64_t expires_ms;             /* NEVER */
	const struct outbox_slot *slot; /* only to those who have not had this one; NULL */
	/* When it is on the disk: its id and how many recipients it has; 0 and 0 when all of them have had the slot. May be NULL. */
	void (*stored)(void *context, int64_t mail, size_t n_recipients);
	void *context;
};

/* Reads the message and remembers the mail until outbox_sync(); nothing of it is borrowed then. COURANT_INVALID for what no server would be asked for
 * from a queue: DELIVERBY, FUTURERELEASE, priorities, parameters given by hand. */
int outbox_put(struct outbox *, const struct courant_mail *, const struct outbox_order *, int64_t now_ms, courant_error **err);

/* Enough has been put for one commit. */
bool outbox_is_full(const struct outbox *);

/* Writes all that was put: 0 when it is on the disk. -1: none of it is in the outbox, and all of it is forgotten. */
int outbox_sync(struct outbox *, courant_error **err);

/* ---- somebody's word ---- */

enum outbox_word {
	OUTBOX_HOLD,    /* not until released */
	OUTBOX_RELEASE, /* what is held, or unknown and waiting for a word */
	OUTBOX_RETRY,   /* at once, what was refused too */
	OUTBOX_DROP     /* out of the outbox, with what is known of it */
};

/* What a word has done. */
struct outbox_effect {
	size_t n_changed;
	size_t n_leased;    /* that it could not touch, because a runner has them in hand */
	size_t n_unfitting; /* for which it makes no sense: releasing what is not held */
};
int outbox_say(struct outbox *, enum outbox_word, const struct outbox_filter *, int64_t now_ms, struct outbox_effect *ret, courant_error **err);

/* Removes mails that came to their end before that instant; and, if there were any, messages that nobody carries any more. */
int outbox_purge(struct outbox *, int64_t before_ms, size_t *ret_n, courant_error **err);
/* Those messages alone, and what crashes have left of others. It looks at all of them. */
int outbox_sweep(struct outbox *, courant_error **err);

/* Short texts by name that outlive the process: `recall` gives 1 and a text to free(), or 0. */
int outbox_remember(struct outbox *, const char *name, const char *text, courant_error **err);
int outbox_recall(struct outbox *, const char *name, char **ret, courant_error **err);
#endif
