/* SPDX-License-Identifier: MIT */
/* store_memory.c - the outbox without a disk, for tests: lists that are walked, and copied before each transaction (queue_store.h) */
#include "base/alloc.h"
#include "base/ascii.h"
#include "outbox/queue_store.h"

struct kept_message {
	int64_t id;
	struct outbox_message message;
};

struct kept_slot {
	struct outbox_slot slot;
	const char *address;
};

struct kept_text {
	int64_t id;
	const char *name, *value;
};

struct kept_claim {
	const struct queue_store *owner;
	enum claim_kind kind;
	uint64_t key;
};

enum list_kind { MESSAGES, MAILS, RECIPIENTS, ATTEMPTS, SLOTS, ROUTES, RUNNERS, MEMORIES, CLAIMS, LISTS };

static const size_t item_sizes[LISTS] = {
	[MESSAGES] = sizeof(struct kept_message), [MAILS] = sizeof(struct outbox_mail),	  [RECIPIENTS] = sizeof(struct outbox_recipient),
	[ATTEMPTS] = sizeof(struct outbox_attempt), [SLOTS] = sizeof(struct kept_slot), [ROUTES] = sizeof(struct kept_text),
	[RUNNERS] = sizeof(struct kept_text),	   [MEMORIES] = sizeof(struct kept_text), [CLAIMS] = sizeof(struct kept_claim),
};

struct list {
	char *items;
	size_t n;
};

struct memory_shelf {
	struct list lists[LISTS];
	struct list before[LISTS]; /* as they were when the transaction began */
	int64_t last_id;
	bool is_open;
	struct arena texts;
};

struct memory {
	struct queue_store store; /* first */
	struct memory_shelf *shelf;
};

static struct memory_shelf *shelf_of(struct queue_store *store)
{
	return ((struct memory *)store)->shelf;
}

/* for (EACH_KEPT(struct outbox_mail, mail, shelf, MAILS)) */
#define EACH_KEPT(type, item, shelf, kind)                                                                                                   \
	type *item = (type *)(void *)(shelf)->lists[kind].items;                                                                             \
	item && item < (type *)(void *)(shelf)->lists[kind].items + (shelf)->lists[kind].n;                                                  \
	item++

static void lists_release(struct list lists[LISTS])
{
	for (size_t i = 0; i < LISTS; i++) {
		free(lists[i].items);
		lists[i] = (struct list){0};
	}
}

struct memory_shelf *memory_shelf_new(courant_error **err)
{
	struct memory_shelf *shelf = mem_alloc(sizeof *shelf);

	if (!shelf)
		(void)fail_memory(err);
	return shelf;
}

void memory_shelf_free(struct memory_shelf *shelf)
{
	if (!shelf)
		return;
	lists_release(shelf->lists);
	lists_release(shelf->before);
	arena_release(&shelf->texts);
	free(shelf);
}

static int add(struct memory_shelf *shelf, enum list_kind kind, const void *item, courant_error **err)
{
	struct list *list = &shelf->lists[kind];
	char *grown = mem_resize(list->items, list->n + 1, item_sizes[kind]);

	if (!grown)
		return fail_memory(err);
	list->items = grown;
	memcpy(grown + list->n++ * item_sizes[kind], item, item_sizes[kind]);
	return 0;
}

static void take_out(struct memory_shelf *shelf, enum list_kind kind, const void *item)
{
	struct list *list = &shelf->lists[kind];
	const size_t from = (size_t)((const char *)item - list->items), size = item_sizes[kind];

	memmove(list->items + from, list->items + from + size, --list->n * size - from);
}

/* A text that lives as long as the shelf. */
static const char *keep(struct memory_shelf *shelf, const char *text, bool *is_fine)
{
	const slice kept = text ? arena_copy(&shelf->texts, slice_of(text)) : (slice){NULL, 0};

	*is_fine &= !text || kept.ptr;
	return kept.ptr;
}

/* ---- transactions ---- */

static int begin(struct queue_store *store, courant_error **err)
{
	struct memory_shelf *shelf = shelf_of(store);

	if (shelf->is_open)
		return fail(err, COURANT_TEMPORARY, "the outbox is in use");
	for (size_t i = 0; i < CLAIMS; i++) {
		const struct list *list = &shelf->lists[i];

		shelf->before[i].items = mem_array(list->n + 1, item_sizes[i]);
		if (!shelf->before[i].items) {
			lists_release(shelf->before);
			return fail_memory(err);
		}
		if (list->n > 0)
			memcpy(shelf->before[i].items, list->items, list->n * item_sizes[i]);
		shelf->before[i].n = list->n;
	}
	shelf->is_open = true;
	return 0;
}

static int commit(struct queue_store *store, courant_error **err)
{
	(void)err;
	lists_release(shelf_of(store)->before);
	shelf_of(store)->is_open = false;
	return 0;
}

static void rollback(struct queue_store *store)
{
	struct memory_shelf *shelf = shelf_of(store);

	if (!shelf->is_open)
		return;
	for (size_t i = 0; i < CLAIMS; i++) {
		free(shelf->lists[i].items);
		shelf->lists[i] = shelf->before[i];
		shelf->before[i] = (struct list){0};
	}
	shelf->is_open = false;
}

/* ---- adding ---- */

static int add_message(struct queue_store *store, const struct outbox_message *message, int64_t *ret_id, courant_error **err)
{
	struct memory_shelf *shelf = shelf_of(store);
	struct kept_message kept = {.id = shelf->last_id + 1, .message = *message};

	for (EACH_KEPT(const struct kept_message, other, shelf, MESSAGES))
		if (memcmp(other->message.digest, message->digest, DIGEST_BYTES) == 0) {
			*ret_id = other->id;
			return 0;
		}
	kept.message.body = arena_copy(&shelf->texts, message->body);
	if (!kept.message.body.ptr)
		return fail_memory(err);
	*ret_id = shelf->last_id = kept.id;
	return add(shelf, MESSAGES, &kept, err);
}

static int add_mail(struct queue_store *store, const struct outbox_mail *mail, int64_t *ret_id, courant_error **err)
{
	struct memory_shelf *shelf = shelf_of(store);
	struct outbox_mail kept = *mail;
	bool is_fine = true;

	kept.id = *ret_id = ++shelf->last_id;
	kept.finished_ms = NEVER;
	kept.sender_ascii = keep(shelf, mail->sender_ascii, &is_fine);
	kept.sender_utf8 = keep(shelf, mail->sender_utf8, &is_fine);
	kept.envelope_id = keep(shelf, mail->envelope_id, &is_fine);
	kept.message_id = keep(shelf, mail->message_id, &is_fine);
	kept.subject = keep(shelf, mail->subject, &is_fine);
	kept.origin = keep(shelf, mail->origin, &is_fine);
	return is_fine ? add(shelf, MAILS, &kept, err) : fail_memory(err);
}

static bool keep_state(struct memory_shelf *shelf, struct outbox_recipient *kept, const struct outbox_recipient *from)
{
	bool is_fine = true;

	kept->state = from->state;
	kept->attempts = from->attempts;
	kept->unknowns = from->unknowns;
	kept->due_ms = from->due_ms;
	kept->runner = from->runner;
	kept->changed_ms = from->changed_ms;
	kept->code = from->code;
	kept->enhanced = keep(shelf, from->enhanced, &is_fine);
	kept->reply = keep(shelf, from->reply, &is_fine);
	kept->server = keep(shelf, from->server, &is_fine);
	return is_fine;
}

static int add_recipient(struct queue_store *store, const struct outbox_recipient *recipient, int64_t *ret_id, courant_error **err)
{
	struct memory_shelf *shelf = shelf_of(store);
	struct outbox_recipient kept = *recipient;
	bool is_fine = true;

	kept.id = *ret_id = ++shelf->last_id;
	kept.address_ascii = keep(shelf, recipient->address_ascii, &is_fine);
	kept.address_utf8 = keep(shelf, recipient->address_utf8, &is_fine);
	kept.orcpt = keep(shelf, recipient->orcpt, &is_fine);
	return keep_state(shelf, &kept, recipient) && is_fine ? add(shelf, RECIPIENTS, &kept, err) : fail_memory(err);
}

static int add_attempt(struct queue_store *store, const struct outbox_attempt *attempt, courant_error **err)
{
	struct memory_shelf *shelf = shelf_of(store);
	struct outbox_attempt kept = *attempt;
	bool is_fine = true;

	kept.enhanced = keep(shelf, attempt->enhanced, &is_fine);
	kept.reply = keep(shelf, attempt->reply, &is_fine);
	kept.server = keep(shelf, attempt->server, &is_fine);
	return is_fine ? add(shelf, ATTEMPTS, &kept, err) : fail_memory(err);
}

static struct kept_text *find_text(struct memory_shelf *shelf, enum list_kind kind, const char *name)
{
	for (EACH_KEPT(struct kept_text, kept, shelf, kind))
		if (strcmp(kept->name, name) == 0)
			return kept;
	return NULL;
}

static int add_text(struct memory_shelf *shelf, enum list_kind kind, const char *name, const char *value, int64_t *ret_id, courant_error **err)
{
	bool is_fine = true;
	const struct kept_text kept = {.id = shelf->last_id + 1, .name = keep(shelf, name, &is_fine), .value = keep(shelf, value, &is_fine)};

	if (!is_fine)
		return fail_memory(err);
	*ret_id = ++shelf->last_id;
	return add(shelf, kind, &kept, err);
}

static int add_route(struct queue_store *store, const char *accounts, int64_t *ret_id, courant_error **err)
{
	const struct kept_text *known = find_text(shelf_of(store), ROUTES, accounts);

	if (!known)
		return add_text(shelf_of(store), ROUTES, accounts, NULL, ret_id, err);
	*ret_id = known->id;
	return 0;
}

static int take_slot(struct queue_store *store, const struct outbox_slot *slot, const char *address, bool *ret_is_free, courant_error **err)
{
	struct memory_shelf *shelf = shelf_of(store);
	struct kept_slot kept = {.slot = *slot};
	bool is_fine = true;

	*ret_is_free = false;
	for (EACH_KEPT(const struct kept_slot, other, shelf, SLOTS))
		if (other->slot.from_ms == slot->from_ms && other->slot.to_ms == slot->to_ms && strcmp(other->slot.report, slot->report) == 0 &&
		    strcmp(other->address, address) == 0)
			return 0;
	kept.slot.report = keep(shelf, slot->report, &is_fine);
	kept.address = keep(shelf, address, &is_fine);
	*ret_is_free = true;
	return is_fine ? add(shelf, SLOTS, &kept, err) : fail_memory(err);
}

/* ---- changing ---- */

static struct outbox_mail *mail_of(struct memory_shelf *shelf, int64_t id)
{
	for (EACH_KEPT(struct outbox_mail, mail, shelf, MAILS))
		if (mail->id == id)
			return mail;
	return NULL;
}

static int set_recipient(struct queue_store *store, const struct outbox_recipient *recipient, courant_error **err)
{
	struct memory_shelf *shelf = shelf_of(store);

	for (EACH_KEPT(struct outbox_recipient, kept, shelf, RECIPIENTS))
		if (kept->id == recipient->id)
			return keep_state(shelf, kept, recipient) ? 0 : fail_memory(err);
	return 0;
}

static int set_mail(struct queue_store *store, const struct outbox_mail *mail, courant_error **err)
{
	struct outbox_mail *kept = mail_of(shelf_of(store), mail->id);
	bool is_fine = true;

	if (!kept)
		return 0;
	kept->sender_ascii = keep(shelf_of(store), mail->sender_ascii, &is_fine);
	kept->sender_utf8 = keep(shelf_of(store), mail->sender_utf8, &is_fine);
	kept->expires_ms = mail->expires_ms;
	kept->finished_ms = mail->finished_ms;
	return is_fine ? 0 : fail_memory(err);
}

static bool has_recipient(struct memory_shelf *shelf, int64_t mail)
{
	for (EACH_KEPT(const struct outbox_recipient, recipient, shelf, RECIPIENTS))
		if (recipient->mail == mail)
			return true;
	return false;
}

static int remove_recipient(struct queue_store *store, int64_t id, courant_error **err)
{
	struct memory_shelf *shelf = shelf_of(store);
	int64_t mail = 0;

	(void)err;
	for (size_t i = shelf->lists[ATTEMPTS].n; i-- > 0;) {
		const struct outbox_attempt *attempt = (const struct outbox_attempt *)(void *)shelf->lists[ATTEMPTS].items + i;

		if (attempt->recipient == id)
			take_out(shelf, ATTEMPTS, attempt);
	}
	for (EACH_KEPT(const struct outbox_recipient, recipient, shelf, RECIPIENTS))
		if (recipient->id == id) {
			mail = recipient->mail;
			take_out(shelf, RECIPIENTS, recipient);
			break;
		}
	if (mail && !has_recipient(shelf, mail))
		take_out(shelf, MAILS, mail_of(shelf, mail));
	return 0;
}

static bool is_carried(struct memory_shelf *shelf, int64_t message)
{
	for (EACH_KEPT(const struct outbox_mail, mail, shelf, MAILS))
		if (mail->message == message)
			return true;
	return false;
}

static int sweep_messages(struct queue_store *store, courant_error **err)
{
	struct memory_shelf *shelf = shelf_of(store);

	(void)err;
	for (size_t i = shelf->lists[MESSAGES].n; i-- > 0;) {
		const struct kept_message *message = (const struct kept_message *)(void *)shelf->lists[MESSAGES].items + i;

		if (!is_carried(shelf, message->id))
			take_out(shelf, MESSAGES, message);
	}
	return 0;
}

static int hurry(struct queue_store *store, int64_t later_than_ms, int64_t now_ms, courant_error **err)
{
	(void)err;
	for (EACH_KEPT(struct outbox_recipient, recipient, shelf_of(store), RECIPIENTS))
		if (recipient->due_ms != NEVER && recipient->due_ms > later_than_ms)
			recipient->due_ms = now_ms;
	return 0;
}

/* ---- looking ---- */

static const struct kept_message *message_of(struct memory_shelf *shelf, int64_t id)
{
	for (EACH_KEPT(const struct kept_message, kept, shelf, MESSAGES))
		if (kept->id == id)
			return kept;
	return NULL;
}

static int find_mail(struct queue_store *store, int64_t id, struct arena *arena, struct outbox_mail *ret, courant_error **err)
{
	const struct outbox_mail *mail = mail_of(shelf_of(store), id);

	(void)arena; /* the shelf's texts live longer */
	(void)err;
	if (!mail)
		return 0;
	*ret = *mail;
	ret->size_bytes = message_of(shelf_of(store), mail->message)->message.size_bytes;
	return 1;
}

static int open_message(struct queue_store *store, int64_t id, courant_reader **ret, courant_error **err)
{
	const struct kept_message *kept = message_of(shelf_of(store), id);

	if (!kept)
		return fail(err, COURANT_NO_INPUT, "the outbox has no message %lld", (long long)id);
	*ret = courant_reader_new_bytes(kept->message.body.ptr, kept->message.body.len, err);
	return *ret ? 0 : -1;
}

static int each_recipient(struct queue_store *store, int64_t mail, visit_recipient *visit, void *context, courant_error **err)
{
	for (EACH_KEPT(const struct outbox_recipient, recipient, shelf_of(store), RECIPIENTS))
		if (recipient->mail == mail && visit(context, recipient, err) < 0)
			return -1;
	return 0;
}

static int each_leased(struct queue_store *store, int64_t runner, visit_recipient *visit, void *context, courant_error **err)
{
	for (EACH_KEPT(const struct outbox_recipient, recipient, shelf_of(store), RECIPIENTS))
		if (recipient->runner == runner && visit(context, recipient, err) < 0)
			return -1;
	return 0;
}

static bool holds(const char *text, const char *part)
{
	const slice whole = slice_of(text), wanted = slice_of(part);

	if (!part)
		return true;
	for (size_t i = 0; i + wanted.len <= whole.len; i++)
		if (slice_equal_nocase(slice_part(whole, i, wanted.len), wanted))
			return true;
	return false;
}

static bool fits(const struct outbox_filter *filter, const struct outbox_mail *mail, const struct outbox_recipient *recipient)
{
	return (!filter->states || filter->states >> recipient->state & 1) && holds(outbox_address(recipient), filter->recipient) &&
	       holds(mail->sender_utf8 ? mail->sender_utf8 : mail->sender_ascii, filter->sender) && holds(mail->subject, filter->subject) &&
	       (!filter->before_ms || mail->queued_ms < filter->before_ms) && (!filter->mail || filter->mail == mail->id);
}

static int each_filtered(struct queue_store *store, const struct outbox_filter *filter, visit_recipient *visit, void *context, courant_error **err)
{
	struct memory_shelf *shelf = shelf_of(store);
	size_t n = 0;

	for (EACH_KEPT(const struct outbox_recipient, recipient, shelf, RECIPIENTS)) {
		if (recipient->id <= filter->after || !fits(filter, mail_of(shelf, recipient->mail), recipient))
			continue;
		if (visit(context, recipient, err) < 0)
			return -1;
		if (++n == filter->limit)
			return 0;
	}
	return 0;
}

static int each_attempt(struct queue_store *store, int64_t recipient, visit_attempt *visit, void *context, courant_error **err)
{
	for (EACH_KEPT(const struct outbox_attempt, attempt, shelf_of(store), ATTEMPTS))
		if (attempt->recipient == recipient && visit(context, attempt, err) < 0)
			return -1;
	return 0;
}

static int each_route(struct queue_store *store, int (*visit)(void *context, int64_t id, const char *accounts, courant_error **err), void *context,
		      courant_error **err)
{
	for (EACH_KEPT(const struct kept_text, route, shelf_of(store), ROUTES))
		if (visit(context, route->id, route->name, err) < 0)
			return -1;
	return 0;
}

/* The one behind (after_ms, after_id) in the order of due times, if it is due until then. */
static const struct outbox_recipient *next_waiting(struct memory_shelf *shelf, int64_t route, int64_t after_ms, int64_t after_id, int64_t until_ms)
{
	const struct outbox_recipient *best = NULL;

	for (EACH_KEPT(const struct outbox_recipient, one, shelf, RECIPIENTS)) {
		const bool is_behind = one->due_ms > after_ms || (one->due_ms == after_ms && one->id > after_id);

		if (one->route == route && one->due_ms != NEVER && one->due_ms <= until_ms && is_behind &&
		    (!best || one->due_ms < best->due_ms || (one->due_ms == best->due_ms && one->id < best->id)))
			best = one;
	}
	return best;
}

static int each_due(struct queue_store *store, int64_t route, int64_t now_ms, size_t limit, visit_id *visit, void *context, courant_error **err)
{
	const struct outbox_recipient *at = next_waiting(shelf_of(store), route, INT64_MIN, 0, now_ms);

	for (; at && limit > 0; limit--) {
		const struct outbox_recipient visited = *at;

		if (visit(context, visited.mail, err) < 0)
			return -1;
		at = next_waiting(shelf_of(store), route, visited.due_ms, visited.id, now_ms);
	}
	return 0;
}

static int next_due(struct queue_store *store, int64_t route, int64_t *ret_ms, courant_error **err)
{
	const struct outbox_recipient *first = next_waiting(shelf_of(store), route, INT64_MIN, 0, INT64_MAX);

	(void)err;
	*ret_ms = first ? first->due_ms : NEVER;
	return 0;
}

static int each_expired(struct queue_store *store, int64_t now_ms, size_t limit, visit_id *visit, void *context, courant_error **err)
{
	for (EACH_KEPT(const struct outbox_mail, mail, shelf_of(store), MAILS))
		if (mail->expires_ms != NEVER && mail->expires_ms <= now_ms && limit > 0 && (limit--, visit(context, mail->id, err)) < 0)
			return -1;
	return 0;
}

static int each_finished(struct queue_store *store, int64_t before_ms, size_t limit, visit_id *visit, void *context, courant_error **err)
{
	for (EACH_KEPT(const struct outbox_mail, mail, shelf_of(store), MAILS))
		if (mail->finished_ms != NEVER && mail->finished_ms < before_ms && limit > 0 && (limit--, visit(context, mail->id, err)) < 0)
			return -1;
	return 0;
}

/* ---- runners, claims, memories ---- */

static int add_runner(struct queue_store *store, const char *words, int64_t now_ms, int64_t *ret_id, courant_error **err)
{
	(void)now_ms;
	return add_text(shelf_of(store), RUNNERS, words, NULL, ret_id, err);
}

static int remove_runner(struct queue_store *store, int64_t id, courant_error **err)
{
	(void)err;
	for (EACH_KEPT(const struct kept_text, runner, shelf_of(store), RUNNERS))
		if (runner->id == id) {
			take_out(shelf_of(store), RUNNERS, runner);
			break;
		}
	return 0;
}

static int each_runner(struct queue_store *store, visit_id *visit, void *context, courant_error **err)
{
	for (EACH_KEPT(const struct kept_text, runner, shelf_of(store), RUNNERS))
		if (visit(context, runner->id, err) < 0)
			return -1;
	return 0;
}

static const struct kept_claim *find_claim(struct queue_store *store, enum claim_kind kind, uint64_t key)
{
	for (EACH_KEPT(const struct kept_claim, claim, shelf_of(store), CLAIMS))
		if (claim->kind == kind && claim->key == key)
			return claim;
	return NULL;
}

static int claim(struct queue_store *store, enum claim_kind kind, uint64_t key, courant_error **err)
{
	const struct kept_claim *other = find_claim(store, kind, key), made = {store, kind, key};

	if (other)
		return other->owner == store;
	return add(shelf_of(store), CLAIMS, &made, err) < 0 ? -1 : 1;
}

static void drop(struct queue_store *store, enum claim_kind kind, uint64_t key)
{
	const struct kept_claim *held = find_claim(store, kind, key);

	if (held && held->owner == store)
		take_out(shelf_of(store), CLAIMS, held);
}

static int is_claimed(struct queue_store *store, enum claim_kind kind, uint64_t key, courant_error **err)
{
	const struct kept_claim *held = find_claim(store, kind, key);

	(void)err;
	return held && (kind == CLAIM_RUNNER || held->owner != store);
}

static int remember(struct queue_store *store, const char *name, const char *text, courant_error **err)
{
	struct kept_text *known = find_text(shelf_of(store), MEMORIES, name);
	bool is_fine = true;
	int64_t id;

	if (!known)
		return add_text(shelf_of(store), MEMORIES, name, text, &id, err);
	known->value = keep(shelf_of(store), text, &is_fine);
	return is_fine ? 0 : fail_memory(err);
}

static int recall(struct queue_store *store, const char *name, char **ret, courant_error **err)
{
	const struct kept_text *known = find_text(shelf_of(store), MEMORIES, name);

	if (!known)
		return 0;
	*ret = mem_copy_text(known->value);
	return *ret ? 1 : fail_memory(err);
}

/* As a process that is gone. */
static void memory_free(struct queue_store *store)
{
	struct memory_shelf *shelf = shelf_of(store);

	for (size_t i = shelf->lists[CLAIMS].n; i-- > 0;) {
		const struct kept_claim *held = (const struct kept_claim *)(void *)shelf->lists[CLAIMS].items + i;

		if (held->owner == store)
			take_out(shelf, CLAIMS, held);
	}
	rollback(store);
	free(store);
}

static const struct queue_store_calls calls = {
	.free = memory_free,
	.begin = begin,
	.commit = commit,
	.rollback = rollback,
	.add_message = add_message,
	.add_mail = add_mail,
	.add_recipient = add_recipient,
	.add_attempt = add_attempt,
	.add_route = add_route,
	.take_slot = take_slot,
	.set_recipient = set_recipient,
	.set_mail = set_mail,
	.remove_recipient = remove_recipient,
	.sweep_messages = sweep_messages,
	.find_mail = find_mail,
	.each_recipient = each_recipient,
	.each_attempt = each_attempt,
	.each_filtered = each_filtered,
	.each_route = each_route,
	.open_message = open_message,
	.each_due = each_due,
	.next_due = next_due,
	.each_expired = each_expired,
	.each_finished = each_finished,
	.hurry = hurry,
	.add_runner = add_runner,
	.remove_runner = remove_runner,
	.each_runner = each_runner,
	.each_leased = each_leased,
	.claim = claim,
	.drop = drop,
	.is_claimed = is_claimed,
	.remember = remember,
	.recall = recall,
};

struct queue_store *store_memory_open(struct memory_shelf *shelf, courant_error **err)
{
	struct memory *memory = mem_alloc(sizeof *memory);

	if (!memory) {
		(void)fail_memory(err);
		return NULL;
	}
	memory->store.calls = &calls;
	memory->shelf = shelf;
	return &memory->store;
}
