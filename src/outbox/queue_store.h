/* SPDX-License-Identifier: MIT */
/* queue_store.h - where the outbox keeps its records: one struct of functions over every kind of store
 *
 * The logic (queue.h) decides what becomes of a mail; a store only keeps. It has two promises to give: what commit() has said yes to is there after any
 * crash, whole, and what was not committed has never been; and a claim is held until it is dropped or its process is gone, however that went.
 *
 * Changes stand between begin() and commit(), one writer at a time; looking needs neither. Records that are handed out are borrowed for the call of
 * the visitor, whose -1 ends the visit. A store is used by one thread at a time. */
#ifndef COURANT_OUTBOX_QUEUE_STORE_H
#define COURANT_OUTBOX_QUEUE_STORE_H
#include <courant/reader.h>

#include "mime/arena.h"
#include "outbox/record.h"

typedef int visit_id(void *context, int64_t id, courant_error **err);
typedef int visit_recipient(void *context, const struct outbox_recipient *, courant_error **err);
typedef int visit_attempt(void *context, const struct outbox_attempt *, courant_error **err);

/* What a list shows. Texts are parts of what they are looked for in, ASCII case does not count. */
struct outbox_filter {
	unsigned states;          /* bits 1 << enum outbox_state; 0: all */
	const char *recipient, *sender, *subject; /* NULL: whatever it is */
	int64_t before_ms;        /* queued before; 0: whenever */
	int64_t mail;             /* only this one; 0: all */
	int64_t after;            /* recipients with greater ids, to go on where a part has ended; 0: all */
	size_t limit;             /* recipients; 0: all */
};

/* What processes hold while they live. */
enum claim_kind {
	CLAIM_RUNNER, /* key: its id. Whoever has it is alive */
	CLAIM_HOST    /* key: a server and a number: one connection to it */
};

struct queue_store;

struct queue_store_calls {
	void (*free)(struct queue_store *);

	int (*begin)(struct queue_store *, courant_error **err);
	int (*commit)(struct queue_store *, courant_error **err); /* -1: it is rolled back */
	void (*rollback)(struct queue_store *);

	/* Adding. Ids grow. A message whose bytes are there already keeps its id. */
	int (*add_message)(struct queue_store *, const struct outbox_message *, int64_t *ret_id, courant_error **err);
	int (*add_mail)(struct queue_store *, const struct outbox_mail *, int64_t *ret_id, courant_error **err);
	int (*add_recipient)(struct queue_store *, const struct outbox_recipient *, int64_t *ret_id, courant_error **err);
	int (*add_attempt)(struct queue_store *, const struct outbox_attempt *, courant_error **err);
	/* The id of the accounts, new or known. */
	int (*add_route)(struct queue_store *, const char *accounts, int64_t *ret_id, courant_error **err);
	/* *ret_is_free: nobody has had the slot for this address before. */
	int (*take_slot)(struct queue_store *, const struct outbox_slot *, const char *address, bool *ret_is_free, courant_error **err);

	/* Changing: by its id, what may change of it: a recipient's state to server, a mail's sender, expires_ms and finished_ms. */
	int (*set_recipient)(struct queue_store *, const struct outbox_recipient *, courant_error **err);
	int (*set_mail)(struct queue_store *, const struct outbox_mail *, courant_error **err);
	/* With its attempts; and the mail with its last recipient. Slots stay. */
	int (*remove_recipient)(struct queue_store *, int64_t id, courant_error **err);
	/* Messages that no mail carries any more. */
	int (*sweep_messages)(struct queue_store *, courant_error **err);

	/* Looking. find_mail: 1, or 0 when there is none; texts lie in the arena. */
	int (*find_mail)(struct queue_store *, int64_t id, struct arena *, struct outbox_mail *ret, courant_error **err);
	int (*each_recipient)(struct queue_store *, int64_t mail, visit_recipient *, void *context, courant_error **err);
	int (*each_attempt)(struct queue_store *, int64_t recipient, visit_attempt *, void *context, courant_error **err);
	int (*each_filtered)(struct queue_store *, const struct outbox_filter *, visit_recipient *, void *context, courant_error **err); /* oldest first */
	int (*each_route)(struct queue_store *, int (*visit)(void *context, int64_t id, const char *accounts, courant_error **err), void *context,
			  courant_error **err);
	int (*open_message)(struct queue_store *, int64_t id, courant_reader **ret, courant_error **err);

	/* Mails with a recipient that is due, the longest waiting first; a mail may come several times. */
	int (*each_due)(struct queue_store *, int64_t route, int64_t now_ms, size_t limit, visit_id *, void *context, courant_error **err);
	int (*next_due)(struct queue_store *, int64_t route, int64_t *ret_ms, courant_error **err); /* NEVER: nothing waits */
	int (*each_expired)(struct queue_store *, int64_t now_ms, size_t limit, visit_id *, void *context, courant_error **err);
	int (*each_finished)(struct queue_store *, int64_t before_ms, size_t limit, visit_id *, void *context, courant_error **err);
	/* Waiting until later than the clock can have meant: due is made `now_ms`. */
	int (*hurry)(struct queue_store *, int64_t later_than_ms, int64_t now_ms, courant_error **err);

	/* Runners, and what they hold. */
	int (*add_runner)(struct queue_store *, const char *words, int64_t now_ms, int64_t *ret_id, courant_error **err);
	int (*remove_runner)(struct queue_store *, int64_t id, courant_error **err);
	int (*each_runner)(struct queue_store *, visit_id *, void *context, courant_error **err);
	int (*each_leased)(struct queue_store *, int64_t runner, visit_recipient *, void *context, courant_error **err);
	/* 1: it is ours now; 0: somebody has it. These three may be called from any thread. */
	int (*claim)(struct queue_store *, enum claim_kind, uint64_t key, courant_error **err);
	void (*drop)(struct queue_store *, enum claim_kind, uint64_t key);
	/* Whether a runner lives, be it our own: 1, 0 or -1; of hosts, whether somebody else has it. */
	int (*is_claimed)(struct queue_store *, enum claim_kind, uint64_t key, courant_error **err);

	/* Short texts by name, for those who queue: what a report said last. recall: 1 with a text to free(), or 0. */
	int (*remember)(struct queue_store *, const char *name, const char *text, courant_error **err);
	int (*recall)(struct queue_store *, const char *name, char **ret, courant_error **err);

};

struct queue_store {
	const struct queue_store_calls *calls;
	const char *spool; /* where drafts of large bodies are written, before begin(); NULL: bodies of any size stand in the record */
};

enum outbox_use {
	OUTBOX_WRITE,  /* made when it is missing */
	OUTBOX_CHANGE, /* must be there */
	OUTBOX_READ
};

/* A database file and, beside it, PATH-claims and the folder PATH-messages. As store_open(). */
struct queue_store *store_sqlite_open(const char *path, enum outbox_use, courant_error **err);

/* For tests: nothing but memory, shared by the stores that are opened on it. */
struct memory_shelf;
struct memory_shelf *memory_shelf_new(courant_error **err);
void memory_shelf_free(struct memory_shelf *);
AUTO_DEFINE(memory_shelf, struct memory_shelf, memory_shelf_free)
struct queue_store *store_memory_open(struct memory_shelf *, courant_error **err);

static inline void queue_store_free(struct queue_store *store)
{
	if (store)
		store->calls->free(store);
}
AUTO_DEFINE(queue_store, struct queue_store, queue_store_free)
#endif
