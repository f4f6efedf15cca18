/* SPDX-License-Identifier: MIT */
/* maildir.c - deliver into a maildir */
#include "client/maildir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/random.h"

#define PATH_MAX_BYTES 8192

struct maildir {
	char *path; /* for sentences */
	int tmp_fd, new_fd;
	unsigned long n; /* mails begun */
};

static int open_part(const char *path, const char *part, courant_error **err)
{
	AUTO(buffer) struct buffer whole = BUFFER_LIMIT(PATH_MAX_BYTES);

	buffer_printf(&whole, "%s/%s", path, part);
	if (buffer_check(&whole, err) < 0 || file_make_folder(whole.bytes, 0700, err) < 0)
		return -1;

	const int fd = open(whole.bytes, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? fail_errno_as(err, COURANT_CANT_CREATE, errno, "cannot open the maildir %s", path) : fd;
}

struct maildir *maildir_open(const char *path, courant_error **err)
{
	AUTO(maildir) struct maildir *maildir = mem_alloc(sizeof *maildir);

	if (!maildir) {
		(void)fail_memory(err);
		return NULL;
	}
	maildir->tmp_fd = maildir->new_fd = -1;
	maildir->path = mem_copy_text(path);
	if (!maildir->path) {
		(void)fail_memory(err);
		return NULL;
	}

	AUTO(close) int cur_fd = open_part(path, "cur", err);

	if (cur_fd < 0 || (maildir->tmp_fd = open_part(path, "tmp", err)) < 0 || (maildir->new_fd = open_part(path, "new", err)) < 0)
		return NULL;
	return STEAL(maildir);
}

void maildir_close(struct maildir *maildir)
{
	if (!maildir)
		return;
	auto_close(&maildir->tmp_fd);
	auto_close(&maildir->new_fd);
	free(maildir->path);
	free(maildir);
}

/* A name that no other delivery has, on this machine or another: time, process, count, chance, host. No '/' and no ':' occur in it. */
static void write_name(struct maildir *maildir, char *name, size_t size)
{
	char host[65] = "";
	const int64_t now_ms = clock_now_ms();

	(void)gethostname(host, sizeof host - 1);
	for (char *at = host; *at; at++)
		if (*at == '/' || *at == ':')
			*at = '_';
	(void)snprintf(name, size, "%lld.M%03dP%ldQ%luR%08llx.%.40s", (long long)(now_ms / MS_PER_SECOND), (int)(now_ms % MS_PER_SECOND), (long)getpid(),
		       ++maildir->n, (unsigned long long)(random_u64() & 0xffffffff), host[0] ? host : "localhost");
}

static int fail_write(const struct maildir *maildir, courant_error **err)
{
	return fail_errno_as(err, errno == ENOSPC || errno == EDQUOT ? COURANT_TEMPORARY : COURANT_CANT_CREATE, errno, "cannot write a mail into %s",
			     maildir->path);
}

int maildir_begin(struct maildir *maildir, struct maildir_mail *ret, courant_error **err)
{
	struct maildir_mail mail = MAILDIR_NO_MAIL;

	write_name(maildir, mail.name, sizeof mail.name);
	mail.fd = openat(maildir->tmp_fd, mail.name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (mail.fd < 0)
		return fail_write(maildir, err);
	*ret = mail;
	return 0;
}

int maildir_write(struct maildir_mail *mail, slice bytes, courant_error **err)
{
	return file_write_all(mail->fd, bytes, mail->name, err);
}

/* It is in new/, but perhaps not on disk. As its sender will try again, it is taken back; unless a reader of mail has been faster. */
static int take_back(struct maildir *maildir, const struct maildir_mail *mail, courant_error **err)
{
	const int error_number = errno;

	if (unlinkat(maildir->new_fd, mail->name, 0) < 0)
		return fail_errno_as(err, COURANT_UNKNOWN, error_number, "a mail is in %s, but perhaps not to stay", maildir->path);
	errno = error_number;
	return fail_write(maildir, err);
}

int maildir_finish(struct maildir *maildir, struct maildir_mail *mail, courant_error **err)
{
	int status = fsync(mail->fd);

	/* Some file systems report a failed write only here. */
	if (close(STEAL_FD(mail->fd)) < 0)
		status = -1;
	if (status == 0)
		status = renameat(maildir->tmp_fd, mail->name, maildir->new_fd, mail->name);
	if (status < 0) {
		(void)fail_write(maildir, err);
		(void)unlinkat(maildir->tmp_fd, mail->name, 0);
		return -1;
	}
	return fsync(maildir->new_fd) < 0 ? take_back(maildir, mail, err) : 0;
}

void maildir_abandon(struct maildir *maildir, struct maildir_mail *mail)
{
	if (mail->fd < 0)
		return;
	(void)close(STEAL_FD(mail->fd));
	(void)unlinkat(maildir->tmp_fd, mail->name, 0); /* what stays in tmp/ is swept by mail readers after 36 hours */
}
