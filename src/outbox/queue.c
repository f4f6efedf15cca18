/* SPDX-License-Identifier: MIT */
/* queue.c - leasing, settling, recovering, expiring (queue.h) */
#include "outbox/queue.h"

#include "base/alloc.h"
#include "base/file.h"
#include "outbox/notice.h"

#define HEADER_SHOWN_BYTES 32768 /* of the header that a notice sends back */

/* ---- ids in a list ---- */

struct ids {
	int64_t *items;
	size_t n;
};

static void ids_release(struct ids *ids)
{
	free(ids->items);
}
AUTO_DEFINE_VALUE(ids, struct ids, ids_release)

static int add_id(void *context, int64_t id, courant_error **err)
{
	struct ids *ids = context;
	int64_t *grown;

	/* Recipients of one mail stand together. */
	if (ids->n > 0 && ids->items[ids->n - 1] == id)
		return 0;
	grown = mem_resize(ids->items, ids->n + 1, sizeof *grown);
	if (!grown)
		return fail_memory(err);
	ids->items = grown;
	grown[ids->n++] = id;
	return 0;
}

/* ---- leasing ---- */

struct leasing {
	struct parcel *parcel;
	int64_t now_ms;
};

static int add_due(void *context, const struct outbox_recipient *recipient, courant_error **err)
{
	struct leasing *leasing = context;

	return recipient->due_ms <= leasing->now_ms ? parcel_add(leasing->parcel, recipient, err) : 0;
}

/* NULL without an error when nothing of it is due any more, which a mail is that came up twice. */
static struct parcel *load(struct queue *queue, int64_t id, int64_t now_ms, courant_error **err)
{
	struct queue_store *store = queue->store;
	AUTO(arena) struct arena arena = {0};
	AUTO(parcel) struct parcel *parcel = NULL;
	courant_reader *message = NULL;
	struct outbox_mail mail;

	if (store->calls->find_mail(store, id, &arena, &mail, err) <= 0 || store->calls->open_message(store, mail.message, &message, err) < 0)
		return NULL;
	parcel = parcel_new(&mail, message, err);

	struct leasing leasing = {parcel, now_ms};

	if (!parcel || store->calls->each_recipient(store, id, add_due, &leasing, err) < 0 || parcel->n == 0 || parcel_finish(parcel, err) < 0)
		return NULL;
	return STEAL(parcel);
}

static int set_leased(struct queue *queue, struct parcel *parcel, int64_t now_ms, courant_error **err)
{
	for (size_t i = 0; i < parcel->n; i++) {
		struct outbox_recipient *recipient = &parcel->recipients[i];

		recipient->state = OUTBOX_LEASED;
		recipient->runner = queue->runner;
		recipient->due_ms = NEVER;
		recipient->changed_ms = now_ms;
		if (queue->store->calls->set_recipient(queue->store, recipient, err) < 0)
			return -1;
	}
	return 0;
}

/* A message that cannot be read any more (a file that somebody removed) must not stop the others: it is refused. */
static int refuse_lost(struct queue *queue, int64_t id, const courant_error *why, int64_t now_ms, courant_error **err);

int queue_lease(struct queue *queue, int64_t route, size_t limit, int64_t now_ms, struct parcel **ret, courant_error **err)
{
	AUTO(ids) struct ids ids = {0};
	struct parcel *list = NULL, **end = &list;

	if (queue->store->calls->each_due(queue->store, route, now_ms, limit, add_id, &ids, err) < 0)
		return -1;
	for (size_t i = 0; i < ids.n; i++) {
		AUTO(error) courant_error *why = NULL;
		struct parcel *parcel = load(queue, ids.items[i], now_ms, &why);

		if (!parcel && courant_error_code(why) == COURANT_NO_INPUT && refuse_lost(queue, ids.items[i], why, now_ms, err) == 0)
			continue;
		if ((!parcel && why) || (parcel && set_leased(queue, parcel, now_ms, err) < 0)) {
			parcel_free(parcel);
			parcel_free_all(list);
			return fail_pass(err, STEAL(why));
		}
		if (parcel) {
			*end = parcel;
			end = &parcel->next;
		}
	}
	*ret = list;
	return 0;
}

int queue_give_back(struct queue *queue, const struct parcel *parcel, int64_t now_ms, courant_error **err)
{
	for (size_t i = 0; i < parcel->n; i++) {
		struct outbox_recipient recipient = parcel->recipients[i];

		retry_give_back(&recipient, now_ms);
		if (queue->store->calls->set_recipient(queue->store, &recipient, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- the end of a mail ---- */

static int note_open(void *context, const struct outbox_recipient *recipient, courant_error **err)
{
	(void)err;
	*(bool *)context |= !retry_is_over(recipient);
	return 0;
}

/* When nobody waits any more the mail is finished. */
static int finish(struct queue *queue, const struct outbox_mail *mail, int64_t now_ms, courant_error **err)
{
	struct outbox_mail finished = *mail;
	bool is_open = false;

	if (queue->store->calls->each_recipient(queue->store, mail->id, note_open, &is_open, err) < 0)
		return -1;
	if (is_open)
		return 0;
	finished.finished_ms = now_ms;
	finished.expires_ms = NEVER;
	return queue->store->calls->set_mail(queue->store, &finished, err);
}

/* Whether somebody has to be told: it is dead, or waits for a word. */
static bool is_news(const struct outbox_recipient *recipient)
{
	return recipient->state == OUTBOX_REFUSED || (recipient->state == OUTBOX_UNKNOWN && recipient->due_ms == NEVER);
}

static int read_header(courant_reader *message, struct buffer *ret, courant_error **err)
{
	char *room = buffer_room(ret, HEADER_SHOWN_BYTES);
	size_t n = 1;

	if (!room || courant_reader_rewind(message, err) < 0)
		return -1;
	while (n > 0 && ret->len < HEADER_SHOWN_BYTES) {
		if (courant_reader_read(message, ret->bytes + ret->len, HEADER_SHOWN_BYTES - ret->len, &n, err) < 0)
			return -1;
		buffer_added(ret, n);
	}
	return courant_reader_rewind(message, err);
}

/* Tells of those among the recipients of whom there is something to tell. What cannot be read of the message is not shown. */
static int tell(struct queue *queue, const struct outbox_mail *mail, courant_reader *message, const struct outbox_recipient *recipients, size_t n,
		int64_t now_ms, courant_error **err)
{
	AUTO(free) struct outbox_recipient *news = mem_array(n, sizeof *news);
	AUTO(buffer) struct buffer header = BUFFER_LIMIT(HEADER_SHOWN_BYTES + 1);
	struct notice notice = {.mail = mail, .recipients = news};

	if (!news)
		return fail_memory(err);
	for (size_t i = 0; i < n; i++)
		if (is_news(&recipients[i]))
			news[notice.n++] = recipients[i];
	if (notice.n == 0 || mail->notice_of)
		return 0;
	if (message && read_header(message, &header, NULL) == 0)
		notice.header = buffer_peek(&header);
	return notice_queue(queue, &notice, now_ms, err);
}

/* ---- settling ---- */

/* Some providers take no empty return path from those who have logged in: then the notice goes from the sender's own address, which has the same effect
 * but that an answer to it would arrive. */
static bool wants_sender(const struct queue *queue, const struct parcel *parcel)
{
	if (!parcel->mail.notice_of || !parcel->mail.sender_ascii || parcel->mail.sender_ascii[0] || !queue->notice.sender || parcel->is_unheard)
		return false;
	for (size_t i = 0; i < parcel->n; i++)
		if (parcel->results.at[i].outcome != COURANT_OUTCOME_REFUSED || parcel->results.at[i].phase != COURANT_PHASE_MAIL)
			return false;
	return true;
}

static int give_sender(struct queue *queue, const struct parcel *parcel, int64_t now_ms, courant_error **err)
{
	struct outbox_mail mail = parcel->mail;

	mail.sender_ascii = queue->notice.sender;
	return queue->store->calls->set_mail(queue->store, &mail, err) < 0 ? -1 : queue_give_back(queue, parcel, now_ms, err);
}

static int settle_recipient(struct queue *queue, struct parcel *parcel, size_t i, int64_t now_ms, struct outbox_recipient *ret, courant_error **err)
{
	struct outbox_attempt attempt;

	parcel_attempt(parcel, i, now_ms, &attempt);
	*ret = parcel->recipients[i];
	retry_settle(ret, &parcel->mail, &attempt, &queue->retry, &queue->random);
	return queue->store->calls->add_attempt(queue->store, &attempt, err) < 0 ? -1 : queue->store->calls->set_recipient(queue->store, ret, err);
}

int queue_settle(struct queue *queue, struct parcel *parcel, int64_t now_ms, courant_error **err)
{
	struct outbox_recipient *after = arena_alloc(&parcel->arena, parcel->n * sizeof *after);

	if (!after)
		return fail_memory(err);
	for (size_t i = 0; i < parcel->n_attempts; i++)
		if (queue->store->calls->add_attempt(queue->store, &parcel->attempts[i], err) < 0)
			return -1;
	if (wants_sender(queue, parcel))
		return give_sender(queue, parcel, now_ms, err);
	for (size_t i = 0; i < parcel->n; i++)
		if (settle_recipient(queue, parcel, i, now_ms, &after[i], err) < 0)
			return -1;
	if (tell(queue, &parcel->mail, parcel->message, after, parcel->n, now_ms, err) < 0 || finish(queue, &parcel->mail, now_ms, err) < 0)
		return -1;
	parcel->after = after;
	return 0;
}

/* ---- without a parcel ---- */

/* All recipients of a mail, to be changed one by one. */
static int load_all(void *context, const struct outbox_recipient *recipient, courant_error **err)
{
	return parcel_add(context, recipient, err);
}

/* Whether it may still be sent, by itself or after somebody's word. */
static bool may_go(const struct outbox_recipient *recipient)
{
	return recipient->state == OUTBOX_LEASED || recipient->state == OUTBOX_HELD || recipient->due_ms != NEVER;
}

/* Changes by `change` those recipients that it says true to, tells of them, finishes the mail. `reply` stands in for a server's; NULL: the last one stays. */
static int end_mail(struct queue *queue, int64_t id, bool (*change)(struct outbox_recipient *, int64_t now_ms), const char *reply, int64_t now_ms, size_t *n,
		    courant_error **err)
{
	struct queue_store *store = queue->store;
	AUTO(arena) struct arena arena = {0};
	AUTO(reader) courant_reader *message = NULL;
	AUTO(parcel) struct parcel *all = NULL;
	struct outbox_mail mail;

	const int found = store->calls->find_mail(store, id, &arena, &mail, err);

	if (found <= 0)
		return found;
	(void)store->calls->open_message(store, mail.message, &message, NULL); /* only for what the notice shows */
	all = parcel_new(&mail, courant_reader_new_borrowed("", 0, err), err);
	if (!all || store->calls->each_recipient(store, id, load_all, all, err) < 0)
		return -1;

	size_t n_changed = 0;
	bool may_expire = false;

	for (size_t i = 0; i < all->n; i++) {
		struct outbox_recipient *recipient = &all->recipients[i];
		const bool is_changed = change(recipient, now_ms);

		may_expire |= may_go(recipient);
		if (!is_changed)
			continue;
		if (reply && (recipient->reply[0] == '\0' || recipient->attempts == 0)) {
			recipient->reply = reply;
			recipient->code = 0;
		}
		if (store->calls->set_recipient(store, recipient, err) < 0)
			return -1;
		all->recipients[n_changed++] = *recipient;
	}
	*n += n_changed;
	/* What a runner has may come back. */
	if (!may_expire)
		mail.expires_ms = NEVER;
	if (store->calls->set_mail(store, &mail, err) < 0 || finish(queue, &mail, now_ms, err) < 0)
		return -1;
	return tell(queue, &mail, message, all->recipients, n_changed, now_ms, err);
}

static bool refuse(struct outbox_recipient *recipient, int64_t now_ms)
{
	return recipient->due_ms <= now_ms && retry_expire(recipient, now_ms);
}

static int refuse_lost(struct queue *queue, int64_t id, const courant_error *why, int64_t now_ms, courant_error **err)
{
	size_t n = 0;

	return end_mail(queue, id, refuse, courant_error_sentence(why), now_ms, &n, err);
}

int queue_expire(struct queue *queue, int64_t now_ms, size_t limit, size_t *ret_n, courant_error **err)
{
	AUTO(ids) struct ids ids = {0};

	*ret_n = 0;
	if (queue->store->calls->each_expired(queue->store, now_ms, limit, add_id, &ids, err) < 0)
		return -1;
	for (size_t i = 0; i < ids.n; i++)
		if (end_mail(queue, ids.items[i], retry_expire, "not delivered before it was worthless", now_ms, ret_n, err) < 0)
			return -1;
	return 0;
}

/* ---- the dead ---- */

struct recovery {
	struct queue *queue;
	int64_t now_ms;
	struct parcel *lost; /* all recipients that a dead runner had */
};

static int add_lost(void *context, const struct outbox_recipient *recipient, courant_error **err)
{
	return parcel_add(context, recipient, err);
}

static int recover_recipient(struct queue *queue, const struct outbox_recipient *lost, int64_t now_ms, courant_error **err)
{
	const struct outbox_attempt attempt = {
		.recipient = lost->id, .at_ms = now_ms, .outcome = OUTBOX_UNKNOWN, .enhanced = "", .reply = "the runner that had it in hand is gone", .server = ""};
	struct outbox_recipient recipient = *lost;

	retry_lose(&recipient, &queue->retry, now_ms);
	recipient.code = 0;
	recipient.enhanced = attempt.enhanced;
	recipient.reply = attempt.reply;
	recipient.server = attempt.server;
	if (queue->store->calls->add_attempt(queue->store, &attempt, err) < 0 || queue->store->calls->set_recipient(queue->store, &recipient, err) < 0)
		return -1;
	if (!is_news(&recipient))
		return 0;

	/* One notice a recipient: they come from different mails, mostly. */
	AUTO(arena) struct arena arena = {0};
	AUTO(reader) courant_reader *message = NULL;
	struct outbox_mail mail;

	const int found = queue->store->calls->find_mail(queue->store, recipient.mail, &arena, &mail, err);

	if (found <= 0)
		return found;
	(void)queue->store->calls->open_message(queue->store, mail.message, &message, NULL);
	return tell(queue, &mail, message, &recipient, 1, now_ms, err);
}

static int recover_runner(struct queue *queue, int64_t runner, int64_t now_ms, size_t *n, courant_error **err)
{
	static const struct outbox_mail nobody = {.expires_ms = NEVER};
	AUTO(parcel) struct parcel *lost = parcel_new(&nobody, courant_reader_new_borrowed("", 0, err), err);

	if (!lost || queue->store->calls->each_leased(queue->store, runner, add_lost, lost, err) < 0)
		return -1;
	for (size_t i = 0; i < lost->n; i++)
		if (recover_recipient(queue, &lost->recipients[i], now_ms, err) < 0)
			return -1;
	*n += lost->n;
	return queue->store->calls->remove_runner(queue->store, runner, err);
}

int queue_recover(struct queue *queue, int64_t now_ms, size_t *ret_n, size_t *ret_n_alive, courant_error **err)
{
	AUTO(ids) struct ids ids = {0};

	*ret_n = *ret_n_alive = 0;
	if (queue->store->calls->each_runner(queue->store, add_id, &ids, err) < 0)
		return -1;
	for (size_t i = 0; i < ids.n; i++) {
		const int is_alive = queue->store->calls->is_claimed(queue->store, CLAIM_RUNNER, (uint64_t)ids.items[i], err);

		if (is_alive < 0 || (!is_alive && recover_runner(queue, ids.items[i], now_ms, ret_n, err) < 0))
			return -1;
		*ret_n_alive += (size_t)is_alive;
	}
	return 0;
}
