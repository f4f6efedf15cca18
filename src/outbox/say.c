/* SPDX-License-Identifier: MIT */
/* say.c - what people change in the outbox: hold, release, retry, drop, purge (outbox.h) */
#include "base/alloc.h"
#include "outbox/outbox.h"
#include "outbox/retry.h"

/* What a filter finds is listed first and changed afterwards, so that nothing moves under the search. The search fits thousands into memory, not
 * millions: then it is done in parts. */
#define PART 1000

struct found {
	struct outbox_recipient *items; /* without texts: what changes has none */
	size_t n;
	struct arena texts;
};

static void found_release(struct found *found)
{
	arena_release(&found->texts);
}
AUTO_DEFINE_VALUE(found, struct found, found_release)

static const char *keep(struct found *found, const char *text, bool *is_fine)
{
	const slice kept = arena_copy(&found->texts, slice_of(text));

	*is_fine &= kept.ptr != NULL;
	return kept.ptr;
}

static int add(void *context, const struct outbox_recipient *recipient, courant_error **err)
{
	struct found *found = context;
	struct outbox_recipient *kept = &found->items[found->n++];
	bool is_fine = true;

	*kept = *recipient;
	kept->enhanced = keep(found, recipient->enhanced, &is_fine);
	kept->reply = keep(found, recipient->reply, &is_fine);
	kept->server = keep(found, recipient->server, &is_fine);
	return is_fine ? 0 : fail_memory(err);
}

/* ---- one recipient ---- */

/* A mail with a recipient that goes on is not finished; one that somebody wants again does not expire. */
static int reopen(struct queue_store *store, int64_t id, int64_t now_ms, courant_error **err)
{
	AUTO(arena) struct arena arena = {0};
	struct outbox_mail mail;
	const int found = store->calls->find_mail(store, id, &arena, &mail, err);

	if (found <= 0 || (mail.finished_ms == NEVER && mail.expires_ms > now_ms))
		return found < 0 ? -1 : 0;
	mail.finished_ms = NEVER;
	if (mail.expires_ms <= now_ms)
		mail.expires_ms = NEVER;
	return store->calls->set_mail(store, &mail, err);
}

/* 1: done, 0: it makes no sense. */
static int apply(struct queue_store *store, enum outbox_word word, struct outbox_recipient *recipient, int64_t now_ms, courant_error **err)
{
	static bool (*const rules[])(struct outbox_recipient *, int64_t now_ms) = {
		[OUTBOX_HOLD] = retry_hold,
		[OUTBOX_RELEASE] = retry_release,
		[OUTBOX_RETRY] = retry_again,
	};

	if (word == OUTBOX_DROP)
		return store->calls->remove_recipient(store, recipient->id, err) < 0 ? -1 : 1;
	if (!rules[word](recipient, now_ms))
		return 0;
	if (store->calls->set_recipient(store, recipient, err) < 0 || (word != OUTBOX_HOLD && reopen(store, recipient->mail, now_ms, err) < 0))
		return -1;
	return 1;
}

/* ---- all that a filter finds ---- */

/* In a living runner's hands: 1, 0 or -1. What a dead one had is perhaps delivered, and waits for the word that is about to be said. */
static int is_leased(struct queue_store *store, struct outbox_recipient *recipient, int64_t now_ms, courant_error **err)
{
	static const struct retry_policy waits = {.holds_unknown = true};
	const int is_alive = recipient->state == OUTBOX_LEASED ? store->calls->is_claimed(store, CLAIM_RUNNER, (uint64_t)recipient->runner, err) : 0;

	if (is_alive == 0 && recipient->state == OUTBOX_LEASED)
		retry_lose(recipient, &waits, now_ms);
	return is_alive;
}

static int apply_all(struct queue_store *store, enum outbox_word word, struct found *found, int64_t now_ms, struct outbox_effect *effect, courant_error **err)
{
	for (size_t i = 0; i < found->n; i++) {
		const int leased = is_leased(store, &found->items[i], now_ms, err);
		const int done = leased == 0 ? apply(store, word, &found->items[i], now_ms, err) : 0;

		if (leased < 0 || done < 0)
			return -1;
		effect->n_leased += leased > 0;
		effect->n_changed += done > 0;
		effect->n_unfitting += leased == 0 && done == 0;
	}
	return 0;
}

static int find_and_apply(struct queue_store *store, enum outbox_word word, const struct outbox_filter *filter, int64_t now_ms, struct outbox_effect *ret,
			  courant_error **err)
{
	struct outbox_effect effect = {0};
	struct outbox_filter part = *filter;
	AUTO(free) struct outbox_recipient *items = mem_array(PART, sizeof *items);
	size_t n_found;

	if (!items)
		return fail_memory(err);
	part.limit = PART;
	do {
		AUTO(found) struct found found = {.items = items};

		if (store->calls->each_filtered(store, &part, add, &found, err) < 0 || apply_all(store, word, &found, now_ms, &effect, err) < 0)
			return -1;
		n_found = found.n;
		if (n_found > 0)
			part.after = items[n_found - 1].id;
	} while (n_found == PART);
	*ret = effect;
	return 0;
}

int outbox_say(struct outbox *outbox, enum outbox_word word, const struct outbox_filter *filter, int64_t now_ms, struct outbox_effect *ret, courant_error **err)
{
	struct queue_store *store = outbox_store(outbox);

	if (store->calls->begin(store, err) < 0)
		return -1;
	if (find_and_apply(store, word, filter, now_ms, ret, err) == 0 && (word != OUTBOX_DROP || store->calls->sweep_messages(store, err) == 0))
		return store->calls->commit(store, err);
	store->calls->rollback(store);
	return -1;
}

/* ---- purging ---- */

struct ids {
	int64_t items[PART];
	size_t n;
};

static int add_id(void *context, int64_t id, courant_error **err)
{
	struct ids *ids = context;

	(void)err;
	ids->items[ids->n++] = id;
	return 0;
}

static int add_recipient_id(void *context, const struct outbox_recipient *recipient, courant_error **err)
{
	struct ids *ids = context;

	return ids->n == PART ? 0 : add_id(context, recipient->id, err);
}

/* All recipients, and with the last one the mail. */
static int remove_mail(struct queue_store *store, int64_t mail, courant_error **err)
{
	struct ids ids;

	do {
		ids.n = 0;
		if (store->calls->each_recipient(store, mail, add_recipient_id, &ids, err) < 0)
			return -1;
		for (size_t i = 0; i < ids.n; i++)
			if (store->calls->remove_recipient(store, ids.items[i], err) < 0)
				return -1;
	} while (ids.n == PART);
	return 0;
}

/* So many at a time that others who write need not wait long. */
static int purge_some(struct queue_store *store, int64_t before_ms, struct ids *ids, courant_error **err)
{
	ids->n = 0;
	if (store->calls->begin(store, err) < 0)
		return -1;

	int status = store->calls->each_finished(store, before_ms, PART, add_id, ids, err);

	for (size_t i = 0; status == 0 && i < ids->n; i++)
		status = remove_mail(store, ids->items[i], err);
	if (status == 0)
		return store->calls->commit(store, err);
	store->calls->rollback(store);
	return -1;
}

int outbox_sweep(struct outbox *outbox, courant_error **err)
{
	struct queue_store *store = outbox_store(outbox);

	if (store->calls->begin(store, err) < 0)
		return -1;
	if (store->calls->sweep_messages(store, err) == 0)
		return store->calls->commit(store, err);
	store->calls->rollback(store);
	return -1;
}

int outbox_purge(struct outbox *outbox, int64_t before_ms, size_t *ret_n, courant_error **err)
{
	struct ids ids;
	size_t n = 0;

	do {
		if (purge_some(outbox_store(outbox), before_ms, &ids, err) < 0)
			return -1;
		n += ids.n;
	} while (ids.n == PART);
	*ret_n = n;
	return n > 0 ? outbox_sweep(outbox, err) : 0;
}
