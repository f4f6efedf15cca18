/* SPDX-License-Identifier: MIT */
/* maildir.h - a mail as a file of its own in a maildir: written under tmp/, then renamed into new/
 *
 * When maildir_finish() returns 0 the mail is on disk, file and folder. Nothing else needs a lock. */
#ifndef COURANT_CLIENT_MAILDIR_H
#define COURANT_CLIENT_MAILDIR_H
#include "base/buffer.h"

struct maildir;

/* Opens the maildir, making it (and tmp/, new/, cur/) where it is not there. COURANT_CANT_CREATE. */
struct maildir *maildir_open(const char *path, courant_error **err);
void maildir_close(struct maildir *);
AUTO_DEFINE(maildir, struct maildir, maildir_close)

/* A mail being written. */
struct maildir_mail {
	int fd;
	char name[128];
};
#define MAILDIR_NO_MAIL {.fd = -1}

int maildir_begin(struct maildir *, struct maildir_mail *ret, courant_error **err);
int maildir_write(struct maildir_mail *, slice bytes, courant_error **err);
/* The mail is in new/ under mail->name. -1: it is not; or, with COURANT_UNKNOWN, it was there, and a reader has taken it, but the disk has failed. */
int maildir_finish(struct maildir *, struct maildir_mail *, courant_error **err);
/* Takes one that was not begun or is finished. */
void maildir_abandon(struct maildir *, struct maildir_mail *);
#endif
