/* SPDX-License-Identifier: MIT */
/* outbox.c - putting mails into the outbox (outbox.h) */
#include "outbox/outbox.h"

#include "base/alloc.h"
#include "base/utf8.h"
#include "mime/header_parse.h"
#include "outbox/body.h"

/* Where commits flatten out: more mails in one make none of them cheaper. */
#define FULL_MAILS        100
#define FULL_BYTES        ((size_t)4 << 20)
#define SUBJECT_MAX_BYTES 200
#define ID_MAX_BYTES      998

/* A mail on its way into the store. Its texts lie in the outbox's arena. */
struct pending {
	struct body body;
	struct outbox_mail mail;
	struct outbox_recipient *recipients;
	size_t n;
	const char *accounts;
	bool has_slot;
	struct outbox_slot slot;
	void (*stored)(void *context, int64_t mail, size_t n_recipients);
	void *context;
	int64_t id; /* once it is stored */
	size_t n_stored;
};

struct outbox {
	struct queue_store *store;
	struct pending *pending;
	size_t n_pending, n_bytes;
	struct arena texts;
};

struct outbox *outbox_new(struct queue_store *store, courant_error **err)
{
	struct outbox *outbox = store ? mem_alloc(sizeof *outbox) : NULL;

	if (outbox) {
		outbox->store = store;
		return outbox;
	}
	if (store)
		(void)fail_memory(err);
	queue_store_free(store);
	return NULL;
}

struct outbox *outbox_open(const char *path, enum outbox_use use, courant_error **err)
{
	return outbox_new(store_sqlite_open(path, use, err), err);
}

static void forget_pending(struct outbox *outbox)
{
	for (size_t i = 0; i < outbox->n_pending; i++)
		body_release(&outbox->pending[i].body);
	free(outbox->pending);
	outbox->pending = NULL;
	outbox->n_pending = outbox->n_bytes = 0;
	arena_release(&outbox->texts);
	outbox->texts = (struct arena){0};
}

void outbox_free(struct outbox *outbox)
{
	if (!outbox)
		return;
	forget_pending(outbox);
	queue_store_free(outbox->store);
	free(outbox);
}

struct queue_store *outbox_store(const struct outbox *outbox)
{
	return outbox->store;
}

/* ---- putting ---- */

/* A copy in the arena; NULL stays NULL. */
static const char *keep(struct outbox *outbox, const char *text, bool *is_fine)
{
	const slice kept = text ? arena_copy(&outbox->texts, slice_of(text)) : (slice){NULL, 0};

	*is_fine &= !text || kept.ptr;
	return kept.ptr;
}

static const char *keep_slice(struct outbox *outbox, slice text, bool *is_fine)
{
	const slice kept = arena_copy(&outbox->texts, text);

	*is_fine &= kept.ptr != NULL;
	return kept.ptr;
}

/* For lists. What cannot be read out of the header is left empty. */
static void read_header(struct outbox *outbox, struct pending *pending, bool *is_fine)
{
	AUTO(arena) struct arena arena = {0};
	AUTO(buffer) struct buffer id = BUFFER_LIMIT(ID_MAX_BYTES), subject = BUFFER_LIMIT(HEADER_MAX_BYTES);
	struct header header = {0};

	if (header_parse(&header, &arena, buffer_peek(&pending->body.bytes), NULL) == 0) {
		const struct header_field *id_field = header_find(&header, SLICE("Message-ID"));
		const struct header_field *subject_field = header_find(&header, SLICE("Subject"));

		if (id_field)
			header_unfold(&id, id_field->value);
		if (subject_field)
			header_decode(&subject, subject_field->value);
	}
	pending->mail.message_id = keep_slice(outbox, buffer_peek(&id), is_fine);
	pending->mail.subject = keep_slice(outbox, utf8_cut(buffer_peek(&subject), SUBJECT_MAX_BYTES), is_fine);
}

static int check_mail(const struct courant_mail *mail, courant_error **err)
{
	if (mail->n_recipients == 0)
		return fail(err, COURANT_USAGE, "the mail has no recipient");
	if (mail->deliver_by_s || mail->hold_for_s || mail->hold_until || mail->priority || mail->parameters)
		return fail(err, COURANT_INVALID, "a mail in the outbox cannot ask for a priority or a time of delivery");
	for (size_t i = 0; i < mail->n_recipients; i++)
		if (mail->recipients[i].parameters)
			return fail(err, COURANT_INVALID, "a mail in the outbox cannot have parameters of its recipients");
	return 0;
}

static bool fill_recipients(struct outbox *outbox, struct pending *pending, const struct courant_mail *mail, int64_t now_ms)
{
	bool is_fine = true;

	pending->recipients = arena_grow(&outbox->texts, NULL, 0, mail->n_recipients, sizeof *pending->recipients);
	if (!pending->recipients)
		return false;
	pending->n = mail->n_recipients;
	for (size_t i = 0; i < pending->n; i++) {
		struct outbox_recipient *recipient = &pending->recipients[i];

		*recipient = outbox_recipient_of(&mail->recipients[i], now_ms);
		recipient->address_ascii = keep(outbox, recipient->address_ascii, &is_fine);
		recipient->address_utf8 = keep(outbox, recipient->address_utf8, &is_fine);
		recipient->orcpt = keep(outbox, recipient->orcpt, &is_fine);
	}
	return is_fine;
}

static bool fill(struct outbox *outbox, struct pending *pending, const struct courant_mail *mail, const struct outbox_order *order, int64_t now_ms)
{
	bool is_fine = true;

	pending->mail = (struct outbox_mail){
		.sender_ascii = keep(outbox, mail->sender.ascii, &is_fine),
		.sender_utf8 = keep(outbox, mail->sender.utf8, &is_fine),
		.flags = mail->flags,
		.ret = mail->ret,
		.envelope_id = keep(outbox, mail->envelope_id, &is_fine),
		.origin = keep(outbox, order->origin ? order->origin : "", &is_fine),
		.queued_ms = now_ms,
		.expires_ms = order->expires_ms,
		.finished_ms = NEVER,
	};
	pending->accounts = keep(outbox, order->accounts ? order->accounts : "", &is_fine);
	pending->has_slot = order->slot != NULL;
	if (order->slot) {
		pending->slot = *order->slot;
		pending->slot.report = keep(outbox, order->slot->report, &is_fine);
	}
	pending->stored = order->stored;
	pending->context = order->context;
	read_header(outbox, pending, &is_fine);
	return fill_recipients(outbox, pending, mail, now_ms) && is_fine;
}

int outbox_put(struct outbox *outbox, const struct courant_mail *mail, const struct outbox_order *order, int64_t now_ms, courant_error **err)
{
	struct pending *grown;

	if (check_mail(mail, err) < 0)
		return -1;
	grown = mem_resize(outbox->pending, outbox->n_pending + 1, sizeof *grown);
	if (!grown)
		return fail_memory(err);
	outbox->pending = grown;

	struct pending *pending = &grown[outbox->n_pending];

	*pending = (struct pending){.body = {.fd = -1}};
	if (body_read(&pending->body, mail->message, outbox->store->spool, err) < 0 ||
	    (!fill(outbox, pending, mail, order, now_ms) && fail_memory(err) < 0)) {
		body_release(&pending->body);
		return -1;
	}
	outbox->n_pending++;
	outbox->n_bytes += pending->body.bytes.len;
	return 0;
}

bool outbox_is_full(const struct outbox *outbox)
{
	return outbox->n_pending >= FULL_MAILS || outbox->n_bytes >= FULL_BYTES;
}

/* ---- storing ---- */

/* Leaves those who have had the slot out. */
static int take_slots(struct queue_store *store, struct pending *pending, courant_error **err)
{
	size_t n = 0;

	for (size_t i = 0; i < pending->n; i++) {
		bool is_free = true;

		if (pending->has_slot && store->calls->take_slot(store, &pending->slot, outbox_address(&pending->recipients[i]), &is_free, err) < 0)
			return -1;
		if (is_free)
			pending->recipients[n++] = pending->recipients[i];
	}
	pending->n = n;
	return 0;
}

static int store_mail(struct queue_store *store, struct pending *pending, courant_error **err)
{
	struct outbox_mail *mail = &pending->mail;

	if (take_slots(store, pending, err) < 0)
		return -1;
	if (pending->n == 0)
		return 0;
	if (store->calls->add_message(store, &pending->body.message, &mail->message, err) < 0 ||
	    store->calls->add_route(store, pending->accounts, &mail->route, err) < 0 || store->calls->add_mail(store, mail, &pending->id, err) < 0)
		return -1;
	for (size_t i = 0; i < pending->n; i++) {
		struct outbox_recipient *recipient = &pending->recipients[i];

		recipient->mail = pending->id;
		recipient->route = mail->route;
		if (store->calls->add_recipient(store, recipient, &recipient->id, err) < 0)
			return -1;
	}
	pending->n_stored = pending->n;
	return 0;
}

static int store_all(struct outbox *outbox, courant_error **err)
{
	struct queue_store *store = outbox->store;

	if (store->calls->begin(store, err) < 0)
		return -1;
	for (size_t i = 0; i < outbox->n_pending; i++)
		if (store_mail(store, &outbox->pending[i], err) < 0) {
			store->calls->rollback(store);
			return -1;
		}
	return store->calls->commit(store, err);
}

int outbox_sync(struct outbox *outbox, courant_error **err)
{
	const int status = outbox->n_pending > 0 ? store_all(outbox, err) : 0;

	for (size_t i = 0; status == 0 && i < outbox->n_pending; i++) {
		const struct pending *pending = &outbox->pending[i];

		if (pending->stored)
			pending->stored(pending->context, pending->id, pending->n_stored);
	}
	forget_pending(outbox);
	return status;
}

/* ---- short texts ---- */

int outbox_remember(struct outbox *outbox, const char *name, const char *text, courant_error **err)
{
	struct queue_store *store = outbox->store;

	if (store->calls->begin(store, err) < 0)
		return -1;
	if (store->calls->remember(store, name, text, err) == 0)
		return store->calls->commit(store, err);
	store->calls->rollback(store);
	return -1;
}

int outbox_recall(struct outbox *outbox, const char *name, char **ret, courant_error **err)
{
	return outbox->store->calls->recall(outbox->store, name, ret, err);
}
