/* SPDX-License-Identifier: MIT */
/* claims.c - locked bytes (claims.h) */
#include "outbox/claims.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Each kind has a range of bytes of its own, behind every end that the file will ever have. */
#define RANGE_BITS 60

int claims_open(const char *path, mode_t mode, courant_error **err)
{
	AUTO(close) int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	struct stat status;

	if (fd < 0 || fstat(fd, &status) < 0)
		return fail_errno_as(err, COURANT_CANT_CREATE, errno, "cannot open %s", path);
	/* Whoever owns it gives it the mode of what it belongs to. */
	if ((status.st_mode & 0777) != mode && status.st_uid == geteuid() && fchmod(fd, mode) < 0)
		return fail_errno_as(err, COURANT_CANT_CREATE, errno, "cannot open %s", path);
	return STEAL_FD(fd);
}

static int lock(int fd, int command, struct flock *lock, enum claim_kind kind, uint64_t key)
{
	const uint64_t mask = (UINT64_C(1) << RANGE_BITS) - 1;

	lock->l_whence = SEEK_SET;
	lock->l_start = (off_t)((uint64_t)kind << RANGE_BITS | (key & mask));
	lock->l_len = 1;
	return fcntl(fd, command, lock);
}

int claims_try(int fd, enum claim_kind kind, uint64_t key, courant_error **err)
{
	struct flock wish = {.l_type = F_WRLCK};

	if (lock(fd, F_OFD_SETLK, &wish, kind, key) == 0)
		return 1;
	return errno == EAGAIN || errno == EACCES ? 0 : fail_errno(err, errno, "cannot lock the outbox's claims");
}

void claims_drop(int fd, enum claim_kind kind, uint64_t key)
{
	struct flock wish = {.l_type = F_UNLCK};

	(void)lock(fd, F_OFD_SETLK, &wish, kind, key); /* cannot fail for what is held; else it ends with the process */
}

int claims_look(int fd, enum claim_kind kind, uint64_t key, courant_error **err)
{
	struct flock wish = {.l_type = F_WRLCK};

	if (lock(fd, F_OFD_GETLK, &wish, kind, key) < 0)
		return fail_errno(err, errno, "cannot look at the outbox's claims");
	return wish.l_type != F_UNLCK;
}
