/* SPDX-License-Identifier: MIT */
/* claims.h - what a process holds while it lives: locked bytes of a file
 *
 * Locks of an open file description (fcntl(2), F_OFD_SETLK) vanish with the process, however it ends, and with nothing else: no clock that jumps and no
 * machine that sleeps takes them away. Each struct claims is one such description: two of them in one process are strangers. */
#ifndef COURANT_OUTBOX_CLAIMS_H
#define COURANT_OUTBOX_CLAIMS_H
#include <sys/types.h>

#include "outbox/queue_store.h"

/* The descriptor; -1. The file is made with that mode when it is missing. */
int claims_open(const char *path, mode_t mode, courant_error **err);

int claims_try(int fd, enum claim_kind, uint64_t key, courant_error **err); /* 1, 0, -1 */
void claims_drop(int fd, enum claim_kind, uint64_t key);
int claims_look(int fd, enum claim_kind, uint64_t key, courant_error **err); /* whether somebody else has it: 1, 0, -1 */
#endif
