/* SPDX-License-Identifier: MIT */
/* fixture.c - outboxes for tests (fixture.h) */
#include "fixture.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "tap.h"

const struct outbox_order plain_order = {.origin = "test", .expires_ms = NEVER};

void place_init(struct place *place, enum store_kind kind)
{
	static unsigned n;

	*place = (struct place){.kind = kind};
	tap_row(kind == STORE_MEMORY ? "in memory" : "in a file");
	if (kind == STORE_MEMORY)
		CHECK((place->shelf = memory_shelf_new(NULL)) != NULL);
	else
		(void)snprintf(place->path, sizeof place->path, "%s/%u.db", tap_folder(), n++);
}

void place_release(struct place *place)
{
	memory_shelf_free(place->shelf);
	place->shelf = NULL;
}

struct outbox *place_open(const struct place *place)
{
	courant_error *err = NULL;
	struct outbox *outbox = place->kind == STORE_MEMORY ? outbox_new(store_memory_open(place->shelf, &err), &err)
							    : outbox_open(place->path, OUTBOX_WRITE, &err);

	CHECK_NO_ERROR(err);
	return outbox;
}

static void note_id(void *context, int64_t mail, size_t n_recipients)
{
	*(int64_t *)context = n_recipients ? mail : 0;
}

#define RECIPIENTS_MAX 32

int64_t put_mail(struct outbox *outbox, size_t n_recipients, const char *body, const struct outbox_order *order, int64_t now_ms, courant_error **err)
{
	AUTO(buffer) struct buffer text = BUFFER_LIMIT((size_t)1 << 24);
	struct courant_recipient recipients[RECIPIENTS_MAX] = {0};
	char addresses[RECIPIENTS_MAX][32];
	struct outbox_order noted = *order;
	int64_t id = -1;

	for (size_t i = 0; i < n_recipients; i++) {
		(void)snprintf(addresses[i], sizeof addresses[i], "b%zu@example.org", i);
		recipients[i].path.ascii = addresses[i];
	}
	buffer_printf(&text, "From: a@example.com\r\nSubject: =?utf-8?B?5ZGo5oql?= 1\r\nMessage-ID: <1@example.com>\r\n\r\n%s", body);
	noted.stored = note_id;
	noted.context = &id;

	AUTO(reader) courant_reader *message = courant_reader_new_borrowed(text.bytes, text.len, err);
	const struct courant_mail mail = {.sender = {.ascii = "a@example.com"}, .recipients = recipients, .n_recipients = n_recipients, .message = message};

	return !message || outbox_put(outbox, &mail, &noted, now_ms, err) < 0 || outbox_sync(outbox, err) < 0 ? -1 : id;
}

/* ---- what is there ---- */

struct writing {
	struct buffer *into;
	struct queue_store *store;
	int64_t last_mail;
};

static int write_attempt(void *context, const struct outbox_attempt *attempt, courant_error **err)
{
	(void)err;
	buffer_printf(((struct writing *)context)->into, "    %s at %lld: %d %s %s (%s)\n", outbox_state_name(attempt->outcome), (long long)(attempt->at_ms - NOW),
		      attempt->code, attempt->enhanced, attempt->reply, attempt->server);
	return 0;
}

static void write_instant(struct buffer *into, const char *name, int64_t ms)
{
	if (ms == NEVER)
		buffer_printf(into, " %s never", name);
	else
		buffer_printf(into, " %s %lld", name, (long long)(ms - NOW));
}

static void write_mail(struct writing *writing, int64_t id)
{
	AUTO(arena) struct arena arena = {0};
	struct outbox_mail mail;

	if (!CHECK_INT(writing->store->calls->find_mail(writing->store, id, &arena, &mail, NULL), 1))
		return;
	buffer_printf(writing->into, "mail from <%s> \"%s\"", mail.sender_ascii, mail.subject);
	/* Notices name the mail by its number, and have an id by chance. */
	if (!mail.notice_of)
		buffer_printf(writing->into, " %s by %s, %llu bytes", mail.message_id, mail.origin, (unsigned long long)mail.size_bytes);
	buffer_printf(writing->into, ", flags %u", mail.flags);
	write_instant(writing->into, "queued", mail.queued_ms);
	write_instant(writing->into, "expires", mail.expires_ms);
	write_instant(writing->into, "finished", mail.finished_ms);
	buffer_printf(writing->into, "%s\n", mail.notice_of ? ", a notice" : "");
}

static int write_recipient(void *context, const struct outbox_recipient *recipient, courant_error **err)
{
	struct writing *writing = context;

	if (recipient->mail != writing->last_mail)
		write_mail(writing, recipient->mail);
	writing->last_mail = recipient->mail;
	buffer_printf(writing->into, "  <%s> %s, %u attempts, %u unknown,", recipient->address_ascii, outbox_state_name(recipient->state), recipient->attempts,
		      recipient->unknowns);
	write_instant(writing->into, "due", recipient->due_ms);
	write_instant(writing->into, "since", recipient->changed_ms);
	buffer_printf(writing->into, ": %d %s %s (%s)%s\n", recipient->code, recipient->enhanced, recipient->reply, recipient->server,
		      recipient->runner ? ", leased" : "");
	return writing->store->calls->each_attempt(writing->store, recipient->id, write_attempt, writing, err);
}

void write_all(struct buffer *into, struct outbox *outbox)
{
	static const struct outbox_filter all = {0};
	struct writing writing = {.into = into, .store = outbox_store(outbox)};

	CHECK_INT(writing.store->calls->each_filtered(writing.store, &all, write_recipient, &writing, NULL), 0);
}

static int write_state(void *context, const struct outbox_recipient *recipient, courant_error **err)
{
	(void)err;
	buffer_printf(context, "%s ", outbox_state_name(recipient->state));
	return 0;
}

void write_states(struct buffer *into, struct outbox *outbox, int64_t mail)
{
	struct queue_store *store = outbox_store(outbox);

	CHECK_INT(store->calls->each_recipient(store, mail, write_state, into, NULL), 0);
	if (into->len == 0)
		buffer_append(into, SLICE("(none)"));
}

void check_states(struct outbox *outbox, int64_t mail, const char *want)
{
	AUTO(buffer) struct buffer got = BUFFER_LIMIT(10000);

	write_states(&got, outbox, mail);
	CHECK_SLICE(buffer_peek(&got), slice_of(want));
}
