/* SPDX-License-Identifier: MIT */
/* maildir_test.c - src/client/maildir.c: a mail is in new/ as a whole, or nowhere */
#include "client/maildir.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/file.h"
#include "tap.h"

static char box[300];

/* A fresh place for a maildir. */
static const char *new_box(void)
{
	static unsigned n;

	(void)snprintf(box, sizeof box, "%s/box%u", tap_folder(), ++n);
	return box;
}

static const char *inside(const char *part, const char *name)
{
	static char path[600];

	(void)snprintf(path, sizeof path, "%s/%s/%s", box, part, name);
	return path;
}

/* Files in one of the three folders; -1: it is not there. */
static int count(const char *part)
{
	DIR *folder = opendir(inside(part, ""));
	int n = folder ? 0 : -1;

	for (const struct dirent *entry; folder && (entry = readdir(folder));)
		n += entry->d_name[0] != '.';
	if (folder)
		(void)closedir(folder);
	return n;
}

static void a_mail_appears_when_it_is_whole(void)
{
	courant_error *err = NULL;
	AUTO(maildir) struct maildir *maildir = maildir_open(new_box(), &err);
	AUTO(buffer) struct buffer bytes = BUFFER_LIMIT(1000);
	struct maildir_mail mail = MAILDIR_NO_MAIL;
	struct stat status;

	CHECK_INT(count("cur"), 0);
	CHECK_INT(maildir_begin(maildir, &mail, &err), 0);
	CHECK_INT(maildir_write(&mail, SLICE("Subject: x\n\n"), &err), 0);
	CHECK_INT(maildir_write(&mail, SLICE("one\n"), &err), 0);
	CHECK_INT(count("tmp"), 1);
	CHECK_INT(count("new"), 0);
	CHECK_INT(maildir_finish(maildir, &mail, &err), 0);
	CHECK_NO_ERROR(err);
	CHECK_INT(count("tmp"), 0);
	CHECK_INT(count("new"), 1);
	CHECK_INT(file_read(inside("new", mail.name), &bytes, NULL), 0);
	CHECK_SLICE(buffer_peek(&bytes), SLICE("Subject: x\n\none\n"));
	CHECK_INT(stat(inside("new", mail.name), &status), 0);
	CHECK_INT(status.st_mode & 0777, 0600);
	/* What is over is nothing to be abandoned. */
	maildir_abandon(maildir, &mail);
	CHECK_INT(count("new"), 1);
}

static void a_mail_that_is_given_up_leaves_nothing(void)
{
	courant_error *err = NULL;
	AUTO(maildir) struct maildir *maildir = maildir_open(new_box(), &err);
	struct maildir_mail mail = MAILDIR_NO_MAIL;

	maildir_abandon(maildir, &mail);
	CHECK_INT(maildir_begin(maildir, &mail, &err), 0);
	CHECK_INT(maildir_write(&mail, SLICE("x"), &err), 0);
	maildir_abandon(maildir, &mail);
	CHECK_NO_ERROR(err);
	CHECK_INT(count("tmp") + count("new") + count("cur"), 0);
}

static void no_two_mails_have_one_name(void)
{
	courant_error *err = NULL;

	(void)new_box();
	for (int i = 0; i < 5; i++) {
		AUTO(maildir) struct maildir *maildir = maildir_open(box, &err);

		for (int k = 0; k < 20; k++) {
			struct maildir_mail mail = MAILDIR_NO_MAIL;

			CHECK(maildir_begin(maildir, &mail, &err) == 0 && maildir_finish(maildir, &mail, &err) == 0);
			CHECK(strpbrk(mail.name, "/:") == NULL); /* ':' begins the flags */
		}
	}
	CHECK_NO_ERROR(err);
	CHECK_INT(count("new"), 100);
}

static void a_place_that_cannot_be_is_told(void)
{
	char file[300];
	courant_error *err = NULL;

	(void)snprintf(file, sizeof file, "%s/file", tap_folder());
	CHECK_INT(file_write_atomic(file, SLICE("x"), 0600, &err), 0);
	CHECK(!maildir_open(file, &err));
	CHECK_ERROR(err, COURANT_CANT_CREATE, file);
	CHECK(!maildir_open("/proc/nowhere", &err));
	CHECK_ERROR(err, COURANT_CANT_CREATE, "/proc/nowhere");
}

/* A folder that went while we were at work. */
static void a_maildir_that_is_gone_takes_no_mail(void)
{
	courant_error *err = NULL;
	AUTO(maildir) struct maildir *maildir = maildir_open(new_box(), &err);
	struct maildir_mail mail = MAILDIR_NO_MAIL;

	CHECK_INT(maildir_begin(maildir, &mail, &err), 0);
	CHECK_INT(rmdir(inside("new", "")), 0);
	CHECK_INT(maildir_finish(maildir, &mail, &err), -1);
	CHECK_ERROR(err, COURANT_CANT_CREATE, box);
	CHECK_INT(count("tmp"), 0);
	CHECK_INT(rmdir(inside("tmp", "")), 0);
	CHECK_INT(maildir_begin(maildir, &mail, &err), -1);
	CHECK_ERROR(err, COURANT_CANT_CREATE, box);
}

/* In the place of the system's: folders fail when they are told to; `taken` is moved away first, as by a reader of mail. */
static bool folders_fail;
static const char *taken;

int fsync(int fd)
{
	struct stat status;

	if (!folders_fail || fstat(fd, &status) < 0 || !S_ISDIR(status.st_mode))
		return (int)syscall(SYS_fsync, fd);
	if (taken) {
		AUTO(free) char *from = strdup(inside("new", taken));

		CHECK_INT(rename(from, inside("cur", taken)), 0);
	}
	errno = EIO;
	return -1;
}

/* Its sender hears that it is not there, and tries again. */
static void a_mail_that_is_perhaps_not_on_disk_is_taken_back(void)
{
	static const struct {
		const char *name;
		bool is_taken;
		int code;
	} rows[] = {{"nobody has seen it", false, COURANT_CANT_CREATE}, {"a reader has it already", true, COURANT_UNKNOWN}};

	EACH (row, rows) {
		courant_error *err = NULL;
		AUTO(maildir) struct maildir *maildir = maildir_open(new_box(), &err);
		struct maildir_mail mail = MAILDIR_NO_MAIL;

		tap_row(row->name);
		CHECK_INT(maildir_begin(maildir, &mail, &err), 0);
		taken = row->is_taken ? mail.name : NULL;
		folders_fail = true;
		CHECK_INT(maildir_finish(maildir, &mail, &err), -1);
		folders_fail = false;
		CHECK_ERROR(err, row->code, "Input/output error");
		CHECK_INT(count("tmp") + count("new"), 0);
		CHECK_INT(count("cur"), row->is_taken);
	}
}

static void each_allocation_may_fail(void)
{
	(void)new_box();
	EACH_ALLOCATION {
		courant_error *err = NULL;
		AUTO(maildir) struct maildir *maildir = maildir_open(box, &err);

		CHECK((maildir != NULL) == (err == NULL));
		courant_error_free(err);
	}
}

TESTS(TEST(a_mail_appears_when_it_is_whole), TEST(a_mail_that_is_given_up_leaves_nothing), TEST(no_two_mails_have_one_name),
      TEST(a_place_that_cannot_be_is_told), TEST(a_maildir_that_is_gone_takes_no_mail), TEST(a_mail_that_is_perhaps_not_on_disk_is_taken_back), TEST(each_allocation_may_fail))
