/* SPDX-License-Identifier: MIT */
/* retry.h - what a result makes of a recipient: delivered, dead, or when it is tried again
 *
 * No store and no clock: these functions are the rules.
 *
 * Backing off: 1 min after the first failure, doubled each time up to 4 h, and up to a quarter longer by chance, so that mails that failed together
 * do not come back together. Given up when the mail has expired, or is older than 3 days *and* was tried 5 times: neither a machine that was off over the
 * weekend nor a clock that jumps kills a mail that nobody has tried. */
#ifndef COURANT_OUTBOX_RETRY_H
#define COURANT_OUTBOX_RETRY_H
#include "base/random.h"
#include "outbox/record.h"

#define RETRY_FIRST_MS     INT64_C(60000)
#define RETRY_LONGEST_MS   INT64_C(14400000)
#define RETRY_GIVE_UP_MS   INT64_C(259200000)
#define RETRY_ATTEMPTS_MIN 5
#define RETRY_UNKNOWNS_MAX 10 /* so many copies may be there already: then it waits for a word */
/* No due time is further away: one that is comes from a clock that was wrong. */
#define RETRY_HORIZON_MS   (RETRY_LONGEST_MS + RETRY_LONGEST_MS / 4)

struct retry_policy {
	int64_t give_up_ms;  /* the age from which a mail is given up; 0: 3 days */
	bool holds_unknown;  /* what is perhaps delivered waits for somebody's word instead of being tried again */
};

/* The time to wait after so many attempts. */
int64_t retry_delay_ms(unsigned attempts, struct random_stream *);

/* An attempt is over: the recipient's state, attempts, due_ms, changed_ms and last reply follow from it. Texts are borrowed from the attempt. What is given up
 * is REFUSED with the last reply; but what was once perhaps delivered stays UNKNOWN until a server has said yes or no. */
void retry_settle(struct outbox_recipient *, const struct outbox_mail *, const struct outbox_attempt *, const struct retry_policy *, struct random_stream *);

/* The lease comes back with nothing done: it is as before, and due now. */
void retry_give_back(struct outbox_recipient *, int64_t now_ms);

/* The runner is gone with the lease: perhaps delivered. */
void retry_lose(struct outbox_recipient *, const struct retry_policy *, int64_t now_ms);

/* Too late. Of what was perhaps delivered nobody knows more than before: it stays unknown. False: it has come to an end already, or a runner has it. */
bool retry_expire(struct outbox_recipient *, int64_t now_ms);

/* Somebody's word. Each returns false when it makes no sense in this state, and changes nothing then. */
bool retry_hold(struct outbox_recipient *, int64_t now_ms);
bool retry_release(struct outbox_recipient *, int64_t now_ms); /* what is held, or unknown and waiting for a word */
bool retry_again(struct outbox_recipient *, int64_t now_ms);   /* at once, what is dead too: a dead one counts from none again */

/* Whether nothing will happen to it any more by itself. */
bool retry_is_over(const struct outbox_recipient *);
#endif
