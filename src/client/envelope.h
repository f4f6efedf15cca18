/* SPDX-License-Identifier: MIT */
/* envelope.h - sender and recipients in both their forms, owned in one place */
#ifndef COURANT_CLIENT_ENVELOPE_H
#define COURANT_CLIENT_ENVELOPE_H
#include <courant/engine.h>
#include <courant/message.h>

#include "base/auto.h"
#include "base/fail.h"

struct envelope {
	struct courant_path sender;
	struct courant_recipient *recipients;
	size_t n;
};

void envelope_release(struct envelope *);
AUTO_DEFINE_VALUE(envelope, struct envelope, envelope_release)

/* "" is the empty return path. An addr-spec, ASCII or UTF-8; its domain becomes A-labels. COURANT_INVALID when it is none. */
int envelope_set_sender(struct envelope *, const char *address, courant_error **err);
/* `parameters` is borrowed. */
int envelope_add(struct envelope *, const char *address, unsigned notify, const char *parameters, courant_error **err);

/* The envelope that follows from a message. */
int envelope_of_message(struct envelope *, courant_message *, unsigned notify, const char *parameters, courant_error **err);

/* As the engine wants it; borrows from the envelope. The message and its options are the caller's to fill in. */
void envelope_mail(const struct envelope *, struct courant_mail *ret);
#endif
