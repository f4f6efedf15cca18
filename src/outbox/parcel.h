/* SPDX-License-Identifier: MIT */
/* parcel.h - a leased mail on its way: its recipients that are due, its bytes, and what the ways out have made of it */
#ifndef COURANT_OUTBOX_PARCEL_H
#define COURANT_OUTBOX_PARCEL_H
#include "client/outlet.h"
#include "mime/arena.h"
#include "outbox/record.h"

struct parcel {
	struct parcel *next;
	struct arena arena;                  /* every text and list below */
	struct outbox_mail mail;
	struct outbox_recipient *recipients; /* as they are in the store while it is leased */
	size_t n;
	struct courant_mail wire;            /* the same for an outlet; its context is the parcel */
	courant_reader *message;
	size_t way;                          /* of the route: the one that tries it */

	/* What that way has made of it. */
	bool is_tried;                       /* else it came back untouched */
	bool is_unheard;                     /* nobody's MAIL was answered: another server may do better */
	struct results results;
	const char *server;
	/* What ways before it have: they could not be reached. */
	struct outbox_attempt *attempts;
	size_t n_attempts;
	struct outbox_recipient *after;      /* the recipients when it is settled; NULL: it is not, or starts anew */
};

/* An empty one for that mail, whose texts are copied. The message is taken, always; NULL: it failed before. */
struct parcel *parcel_new(const struct outbox_mail *, courant_reader *message, courant_error **err);
void parcel_free(struct parcel *);
void parcel_free_all(struct parcel *);
AUTO_DEFINE(parcel, struct parcel, parcel_free)

/* One more recipient, copied. */
int parcel_add(struct parcel *, const struct outbox_recipient *, courant_error **err);
/* After the last one: makes `wire`. */
int parcel_finish(struct parcel *, courant_error **err);

/* Keeps what an outlet has said. Without memory the outcomes stay and words are lost. `is_final`: it knows all servers there are for these recipients, so that what it
 * says without having been heard by one is its last word. */
void parcel_keep_report(struct parcel *, const struct outlet_report *, const char *server, bool is_final);
/* The same when there was no outlet to say it: every recipient is deferred with this sentence. */
void parcel_keep_error(struct parcel *, const courant_error *, const char *server);

/* The results become attempts of the past, and the next way has its turn. */
int parcel_go_on(struct parcel *, int64_t now_ms, courant_error **err);

/* The attempt of the i-th recipient on the last way. */
void parcel_attempt(struct parcel *, size_t i, int64_t now_ms, struct outbox_attempt *ret);
#endif
