/* SPDX-License-Identifier: MIT */
/* enqueue.h - mails of a command into the outbox, or to whoever may write it
 *
 * Who may write the file queues. Who may not (a cron job, a web server's user) hands the mail to the socket of `courant serve`, by LMTP, which answers when it is
 * on the disk. Without either, the caller sends at once. Nothing is setuid. */
#ifndef COURANT_CLI_ENQUEUE_H
#define COURANT_CLI_ENQUEUE_H
#include "cli/settings.h"
#include "outbox/outbox.h"

#define ENQUEUE_SOCKET "/run/courant/outbox.socket"

enum enqueue_place {
	ENQUEUE_FILE,   /* the outbox itself */
	ENQUEUE_SERVER, /* the socket of courant serve: a mail server as any other, see enqueue_target() */
	ENQUEUE_NOWHERE /* neither */
};

/* What this process can reach. The configuration says where the outbox is; it may be empty. */
enum enqueue_place enqueue_find(const struct config *);
/* The same for a command that was told to queue: says so when it cannot be done. COURANT_CONFIG when there is no outbox at all. */
int enqueue_choose(const struct cli_call *, const struct config *, enum enqueue_place *ret, courant_error **err);
/* The socket as a server to deliver to. A mail's expiry travels as the time to deliver it by. */
int enqueue_target(const struct config *, struct target *ret, courant_error **err);

struct enqueue;

/* ENQUEUE_FILE. `accounts` and `origin` as in struct outbox_order, borrowed while it lives; expires_ms is that of every mail. */
struct enqueue *enqueue_open(const struct cli_call *, const struct config *, const struct outbox_order *, courant_error **err);
void enqueue_free(struct enqueue *);
AUTO_DEFINE(enqueue, struct enqueue, enqueue_free)

/* Takes a mail: nothing of it is borrowed afterwards. `label` gives it a name for --json, and may be NULL. */
int enqueue_put(struct enqueue *, const struct courant_mail *, const char *label, courant_error **err);

/* All is on the disk when this returns 0; each recipient had its line then. */
int enqueue_finish(struct enqueue *, courant_error **err);

/* The outbox itself, for what else it remembers. */
struct outbox *enqueue_outbox(const struct enqueue *);
#endif
