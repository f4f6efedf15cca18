/* SPDX-License-Identifier: MIT */
/* body.h - the bytes of a message on their way into the outbox: digested, small ones in memory, large ones in a file */
#ifndef COURANT_OUTBOX_BODY_H
#define COURANT_OUTBOX_BODY_H
#include <courant/reader.h>

#include "base/buffer.h"
#include "outbox/record.h"

/* Where a row of a database begins to cost more than a file. */
#define BODY_ROW_BYTES ((size_t)64 << 10)

struct body {
	struct outbox_message message; /* points into what follows */
	struct buffer bytes;           /* all of a small one, the beginning of a large one */
	char *path;                    /* of the draft */
	int fd;                        /* locked, so that nobody takes the draft for an orphan */
};

/* Reads it to its end. `spool` is the folder of drafts; NULL: all of it stays in memory. What was written is on the disk then. */
int body_read(struct body *, courant_reader *, const char *spool, courant_error **err);
void body_release(struct body *); /* a draft that nobody took over is removed */
AUTO_DEFINE_VALUE(body, struct body, body_release)

/* Drafts whose writers are gone, and files that `is_wanted` says no to (1, 0 or -1 for each digest), are removed from the folder. */
int body_sweep(const char *spool, int (*is_wanted)(void *context, const unsigned char *digest, courant_error **err), void *context, courant_error **err);

/* The name of a message's file: FOLDER/HEX. */
int body_path(struct buffer *, const char *spool, const unsigned char *digest, courant_error **err);
#endif
