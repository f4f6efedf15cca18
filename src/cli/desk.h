/* SPDX-License-Identifier: MIT */
/* desk.h - where courant serve takes mail from those who may not write the outbox: LMTP on a socket of this machine
 *
 * Everybody on the machine may connect; who it was (user and process, as the system says) is logged, and stands in the outbox. All mails that come to their end
 * in one turn share a commit, and nobody hears 250 before it. Nothing waits but for the disk. */
#ifndef COURANT_CLI_DESK_H
#define COURANT_CLI_DESK_H
#include <poll.h>

#include "outbox/outbox.h"
#include "serve/log.h"

#define DESK_CONNECTIONS_MAX 64
#define DESK_FDS_MAX         (DESK_CONNECTIONS_MAX + 1)

struct desk;

/* The outbox and the log are borrowed. A socket that nobody listens at any more is replaced; one that somebody listens at is COURANT_CANT_CREATE. */
struct desk *desk_new(const char *path, struct outbox *, const struct log *, int64_t (*now_ms)(void), courant_error **err);
/* The socket is removed. */
void desk_free(struct desk *);
AUTO_DEFINE(desk, struct desk, desk_free)

size_t desk_fds(const struct desk *, struct pollfd *ret);
int64_t desk_deadline_ms(const struct desk *);
/* How many mails have been taken in it. */
uint64_t desk_turn(struct desk *, int64_t monotonic_ms);
#endif
