/* SPDX-License-Identifier: MIT */
/* retry.c - the rules of outbox states (retry.h) */
#include "outbox/retry.h"

int64_t retry_delay_ms(unsigned attempts, struct random_stream *random)
{
	int64_t delay_ms = RETRY_FIRST_MS;

	for (unsigned i = 1; i < attempts && delay_ms < RETRY_LONGEST_MS; i++)
		delay_ms *= 2;
	if (delay_ms > RETRY_LONGEST_MS)
		delay_ms = RETRY_LONGEST_MS;
	return delay_ms + (int64_t)random_below(random, (uint64_t)delay_ms / 4);
}

static void become(struct outbox_recipient *recipient, enum outbox_state state, int64_t due_ms, int64_t now_ms)
{
	recipient->state = state;
	recipient->due_ms = due_ms;
	recipient->runner = 0;
	recipient->changed_ms = now_ms;
}

/* What it is while it waits: what is perhaps delivered stays so, whatever came later. */
static enum outbox_state waiting_state(const struct outbox_recipient *recipient)
{
	return recipient->unknowns > 0 ? OUTBOX_UNKNOWN : recipient->attempts > 0 ? OUTBOX_DEFERRED : OUTBOX_QUEUED;
}

/* The end without a server's last word. */
static void become_dead(struct outbox_recipient *recipient, int64_t now_ms)
{
	become(recipient, recipient->unknowns > 0 ? OUTBOX_UNKNOWN : OUTBOX_REFUSED, NEVER, now_ms);
}

/* A mail may become worthless while it is on its way. */
static bool is_given_up(const struct outbox_recipient *recipient, const struct outbox_mail *mail, const struct retry_policy *policy, int64_t now_ms)
{
	const int64_t give_up_ms = policy->give_up_ms ? policy->give_up_ms : RETRY_GIVE_UP_MS;

	return now_ms >= mail->expires_ms || (recipient->attempts >= RETRY_ATTEMPTS_MIN && now_ms - mail->queued_ms >= give_up_ms);
}

static void become_unknown(struct outbox_recipient *recipient, const struct retry_policy *policy, int64_t due_ms, int64_t now_ms)
{
	recipient->unknowns++;
	become(recipient, OUTBOX_UNKNOWN, policy->holds_unknown || recipient->unknowns >= RETRY_UNKNOWNS_MAX ? NEVER : due_ms, now_ms);
}

void retry_settle(struct outbox_recipient *recipient, const struct outbox_mail *mail, const struct outbox_attempt *attempt, const struct retry_policy *policy,
		  struct random_stream *random)
{
	const int64_t now_ms = attempt->at_ms;
	const int64_t again_ms = now_ms + retry_delay_ms(recipient->attempts + 1, random);

	recipient->attempts++;
	recipient->code = attempt->code;
	recipient->enhanced = attempt->enhanced;
	recipient->reply = attempt->reply;
	recipient->server = attempt->server;
	if (attempt->outcome == OUTBOX_UNKNOWN)
		become_unknown(recipient, policy, is_given_up(recipient, mail, policy, now_ms) ? NEVER : again_ms, now_ms);
	else if (attempt->outcome != OUTBOX_DEFERRED)
		become(recipient, attempt->outcome, NEVER, now_ms);
	else if (is_given_up(recipient, mail, policy, now_ms))
		become_dead(recipient, now_ms);
	else
		become(recipient, waiting_state(recipient), again_ms, now_ms);
}

void retry_give_back(struct outbox_recipient *recipient, int64_t now_ms)
{
	become(recipient, waiting_state(recipient), now_ms, now_ms);
}

void retry_lose(struct outbox_recipient *recipient, const struct retry_policy *policy, int64_t now_ms)
{
	recipient->attempts++;
	become_unknown(recipient, policy, now_ms, now_ms);
}

bool retry_expire(struct outbox_recipient *recipient, int64_t now_ms)
{
	switch (recipient->state) {
	case OUTBOX_QUEUED:
	case OUTBOX_DEFERRED:
	case OUTBOX_HELD:
		become_dead(recipient, now_ms);
		return true;
	case OUTBOX_UNKNOWN:
		if (recipient->due_ms == NEVER)
			return false;
		become_dead(recipient, now_ms);
		return true;
	case OUTBOX_LEASED:
	case OUTBOX_ACCEPTED:
	case OUTBOX_REFUSED:
	case OUTBOX_STATES:
		break;
	}
	return false;
}

bool retry_hold(struct outbox_recipient *recipient, int64_t now_ms)
{
	if (recipient->state != OUTBOX_QUEUED && recipient->state != OUTBOX_DEFERRED && recipient->state != OUTBOX_UNKNOWN)
		return false;
	become(recipient, OUTBOX_HELD, NEVER, now_ms);
	return true;
}

bool retry_release(struct outbox_recipient *recipient, int64_t now_ms)
{
	if (recipient->state != OUTBOX_HELD && (recipient->state != OUTBOX_UNKNOWN || recipient->due_ms != NEVER))
		return false;
	become(recipient, waiting_state(recipient), now_ms, now_ms);
	return true;
}

bool retry_again(struct outbox_recipient *recipient, int64_t now_ms)
{
	if (recipient->state == OUTBOX_LEASED || recipient->state == OUTBOX_ACCEPTED)
		return false;
	if (recipient->state == OUTBOX_REFUSED)
		recipient->attempts = 0;
	become(recipient, waiting_state(recipient), now_ms, now_ms);
	return true;
}

bool retry_is_over(const struct outbox_recipient *recipient)
{
	return recipient->state == OUTBOX_ACCEPTED || recipient->state == OUTBOX_REFUSED;
}
