/* SPDX-License-Identifier: MIT */
/* outgoing.h - a composed message as an outlet takes it: its envelope, its bytes, what it asks of a server */
#ifndef COURANT_CLIENT_OUTGOING_H
#define COURANT_CLIENT_OUTGOING_H
#include "client/envelope.h"

struct outgoing {
	struct envelope envelope;
	courant_reader *bytes;
	struct courant_mail mail; /* borrows from these */
};

/* The message is borrowed while it lives, and must not change. */
int outgoing_init(struct outgoing *, courant_message *, unsigned notify, courant_error **err);
void outgoing_release(struct outgoing *);
AUTO_DEFINE_VALUE(outgoing, struct outgoing, outgoing_release)
#endif
