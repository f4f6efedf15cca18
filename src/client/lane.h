/* SPDX-License-Identifier: MIT */
/* lane.h - one connection of several (lanes.h), and the mails that it carries */
#ifndef COURANT_CLIENT_LANE_H
#define COURANT_CLIENT_LANE_H
#include "client/delivery.h"
#include "client/link.h"

struct lane {
	struct link *link; /* NULL: none */
	bool is_open, is_closed;
	size_t first_fd, n_fds;  /* its places among the descriptors of all lanes */
	int64_t at_ms;           /* when it has something to do, whatever they say */
	bool is_asleep;          /* nothing can be done before that, or a mail or a goodbye comes */
	courant_error *why;      /* closed: because of this */
	unsigned n_done;         /* mails that this connection has carried */
	unsigned n_loaded;       /* mails that it was given */
	struct delivery **slots; /* NULL: a free one */
	unsigned n_slots, n_busy;
};

int lane_init(struct lane *, unsigned n_slots, courant_error **err);
/* What is in its slots is freed without a word. */
void lane_release(struct lane *);

/* Does what can be done now, and takes what has happened into the slots. False: nothing was done, and the lane is asleep. */
bool lane_step(struct lane *, int64_t now_ms);

/* Only the second half: what the engine has to tell. */
bool lane_drain(struct lane *);

/* A mail that the engine is done with, out of its slot; NULL when there is none. First those that the server has said something about: they tell whether
 * the connection was of use. */
struct delivery *lane_take_done(struct lane *);

/* Whether the connection was closed before this mail was begun, after it had carried others: the mail goes over the next one. That comes to an end,
 * for each connection must have carried a mail. */
bool lane_was_asleep(const struct lane *, const struct delivery *);

/* Gives the mail to the engine, which must have room for it. Takes the delivery when that succeeds. */
int lane_load(struct lane *, struct delivery *, courant_error **err);

/* Whether it takes no more mails: the server's word, or `most` (0: no limit). */
bool lane_is_spent(const struct lane *, unsigned most);

/* Whether another mail may be loaded now. */
bool lane_has_room(const struct lane *, unsigned most);

/* Says goodbye when the mails that it has are done. */
void lane_quit(struct lane *);

/* Without a connection, as in the beginning. */
void lane_close(struct lane *);
#endif
