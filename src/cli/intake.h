/* SPDX-License-Identifier: MIT */
/* intake.h - mail that others hand over, into the outbox: what a server session (smtp/server.h) asks of its owner
 *
 *     intake = intake_new(outbox, "uid 33", clock_now_ms, &err);
 *     server = server_new(&intake_session, &intake_calls, intake, &err);
 *
 * A message's end puts the mail into the outbox's batch, and the session writes its 250. That must not leave before outbox_sync() has returned 0; when it
 * fails, the connection is cut without it, and its client knows that nothing was promised. So all messages that came to their end in one round of a loop, over
 * however many connections, share one commit. */
#ifndef COURANT_CLI_INTAKE_H
#define COURANT_CLI_INTAKE_H
#include "outbox/outbox.h"
#include "smtp/server.h"

struct intake;

/* One connection's. `origin` says whose: it is copied. The outbox is borrowed. */
struct intake *intake_new(struct outbox *, const char *origin, int64_t (*now_ms)(void), courant_error **err);
void intake_free(struct intake *);
AUTO_DEFINE(intake, struct intake, intake_free)

/* Puts that were not synced yet: the session's output has to wait. */
bool intake_is_waiting(const struct intake *);
/* They are on the disk. */
void intake_has_synced(struct intake *);

/* The context is the intake. */
extern const struct server_calls intake_calls;
/* LMTP, with the time after which a mail is worthless as DELIVERBY. */
extern const struct server_options intake_session;
#endif
