/* SPDX-License-Identifier: MIT */
/* carrier.h - an outlet with a thread of its own: parcels go in at one end and come back at the other
 *
 * So a slow server, or a way out that must wait (the sendmail program, direct delivery), keeps nobody else waiting, and the disk works while mails
 * travel. What is given comes back exactly once, through carrier_take(): tried, or untouched when the carrier was closed before. All functions but carrier_free()
 * return at once. */
#ifndef COURANT_OUTBOX_CARRIER_H
#define COURANT_OUTBOX_CARRIER_H
#include "outbox/parcel.h"

struct carrier;

struct carrier_options {
	/* Makes the outlet, for so many connections, when the first parcel comes; in the carrier's thread. `cancel_fd` is for its options. */
	struct outlet *(*open)(void *context, unsigned connections, int cancel_fd, outlet_done_fn *, void *done_context, courant_error **err);
	void *context;
	const char *server; /* what results say whose they are; NULL: the address that was connected to */
	bool is_final;      /* parcel_keep_report() */
	int64_t idle_ms;    /* how long a connection is kept for another mail */
	int ring_fd;        /* an eventfd: something came back, or the carrier has closed */
	bool is_inline;     /* no thread: carrier_work() is called instead. For tests */
};

/* The options are copied; what they point at lives longer. */
struct carrier *carrier_new(const struct carrier_options *, courant_error **err);

/* Stops what is under way (it comes back as after a lost connection), waits for the thread; parcels that nobody took are freed. */
void carrier_free(struct carrier *);
AUTO_DEFINE(carrier, struct carrier, carrier_free)

/* Ready for parcels over at most so many connections. COURANT_NO_MEMORY; COURANT_TEMPORARY when no thread can be had. */
int carrier_open(struct carrier *, unsigned connections, courant_error **err);

bool carrier_give(struct carrier *, struct parcel *); /* takes it; false: it is closed, and took nothing */
struct parcel *carrier_take(struct carrier *);        /* all that came back, as a list; or NULL */
size_t carrier_load(struct carrier *);                /* given, and not taken back */

/* Begins nothing more: what was not begun comes back, what is under way is waited for, then it says goodbye. */
void carrier_close(struct carrier *);
/* The same, without waiting. */
void carrier_cancel(struct carrier *);
/* Whether it is closed, by itself too: nothing came for idle_ms. */
bool carrier_is_closed(struct carrier *);

/* is_inline: goes as far as it can without waiting. */
void carrier_work(struct carrier *);
#endif
