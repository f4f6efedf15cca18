/* SPDX-License-Identifier: MIT */
/* fixture.h - outboxes on both stores, mails to put in, and everything that is in there as text */
#ifndef COURANT_TESTS_OUTBOX_FIXTURE_H
#define COURANT_TESTS_OUTBOX_FIXTURE_H
#include "base/buffer.h"
#include "outbox/outbox.h"

#define NOW INT64_C(1795765200000) /* 2026-11-27T09:00:00Z */

enum store_kind { STORE_MEMORY, STORE_SQLITE, STORE_KINDS };

/* A place for an outbox; several may be opened on it. */
struct place {
	enum store_kind kind;
	struct memory_shelf *shelf;
	char path[300];
};

void place_init(struct place *, enum store_kind);
void place_release(struct place *);
AUTO_DEFINE_VALUE(place, struct place, place_release)
struct outbox *place_open(const struct place *);

/* for (EACH_STORE(place)) { … } with a fresh place on each kind of store; its name is the row's. */
#define EACH_STORE(place)                                                                                                                    \
	int kind_ = 0;                                                                                                                       \
	kind_ < STORE_KINDS && (place_init(&(place), (enum store_kind)kind_), true);                                                         \
	place_release(&(place)), kind_++

/* Puts and syncs a mail with that body to "b0@example.org", "b1@…" …; its id, 0 when nobody was left, -1 when it failed. */
int64_t put_mail(struct outbox *, size_t n_recipients, const char *body, const struct outbox_order *, int64_t now_ms, courant_error **err);

/* A whole message around that text. */
extern const struct outbox_order plain_order;

/* Every mail, recipient and attempt, a line each; ids are left out. */
void write_all(struct buffer *, struct outbox *);

/* "queued accepted …": the states of a mail's recipients, each with a blank behind; "(none)" when it is gone. */
void write_states(struct buffer *, struct outbox *, int64_t mail);
void check_states(struct outbox *, int64_t mail, const char *want);
#endif
