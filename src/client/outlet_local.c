/* SPDX-License-Identifier: MIT */
/* outlet_local.c - mails into a maildir, or one into a file */
#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "client/maildir.h"
#include "client/outlet_own.h"
#include "smtp/mail_check.h"

#define BLOCK_BYTES 16384

static int finish_nothing(struct outlet *outlet, courant_error **err)
{
	(void)outlet;
	(void)err;
	return 0;
}

/* ---- a file ---- */

static struct outlet *file_make(const struct outlet_options *options, courant_error **err)
{
	struct outlet *outlet = mem_alloc(sizeof *outlet);

	(void)options;
	if (!outlet)
		(void)fail_memory(err);
	return outlet;
}

static int file_send(struct outlet *outlet, const struct courant_mail *mail, courant_error **err)
{
	const int64_t begun_ms = clock_monotonic_ms();
	const char *path = outlet->options.target->path;
	courant_error *why = NULL;

	(void)err;
	if (mail_check(mail, &why) == 0 && courant_reader_rewind(mail->message, &why) == 0)
		(void)file_write_reader(path, mail->message, 0600, &why);
	outlet_tell(outlet, mail, why, path, begun_ms);
	return 0;
}

static void file_free(struct outlet *outlet)
{
	free(outlet);
}

const struct outlet_calls outlet_file = {.make = file_make, .send = file_send, .finish = finish_nothing, .free = file_free};

/* ---- a maildir ---- */

struct to_maildir {
	struct outlet outlet; /* first */
	struct maildir *maildir;
};

static struct outlet *maildir_make(const struct outlet_options *options, courant_error **err)
{
	struct to_maildir *made = mem_alloc(sizeof *made);

	if (!made) {
		(void)fail_memory(err);
		return NULL;
	}
	made->maildir = maildir_open(options->target->path, err);
	if (!made->maildir) {
		free(made);
		return NULL;
	}
	return &made->outlet;
}

/* Files of this system end their lines with LF: what stands before it is left out. *held tells of a CR at the block's end. */
static int write_lines(struct maildir_mail *file, slice block, bool *held, courant_error **err)
{
	AUTO(buffer) struct buffer lines = BUFFER_LIMIT(2 * BLOCK_BYTES);
	slice text;

	for (size_t i = 0; i < block.len; i++) {
		if (*held && block.ptr[i] != '\n')
			buffer_append_byte(&lines, '\r');
		*held = block.ptr[i] == '\r';
		if (!*held)
			buffer_append_byte(&lines, block.ptr[i]);
	}
	return buffer_slice(&lines, &text, err) < 0 ? -1 : maildir_write(file, text, err);
}

static int write_mail(struct maildir_mail *file, const struct courant_mail *mail, courant_error **err)
{
	const char *sender = mail->sender.utf8 ? mail->sender.utf8 : mail->sender.ascii;
	AUTO(buffer) struct buffer line = BUFFER_LIMIT(BLOCK_BYTES);
	char block[BLOCK_BYTES];
	bool held = false;
	size_t n;
	slice text;

	buffer_printf(&line, "Return-Path: <%s>\n", sender);
	if (buffer_slice(&line, &text, err) < 0 || maildir_write(file, text, err) < 0 || courant_reader_rewind(mail->message, err) < 0)
		return -1;
	do {
		if (courant_reader_read(mail->message, block, sizeof block, &n, err) < 0 || write_lines(file, slice_from(block, n), &held, err) < 0)
			return -1;
	} while (n > 0);
	return held ? maildir_write(file, SLICE("\r"), err) : 0;
}

static int maildir_send(struct outlet *outlet, const struct courant_mail *mail, courant_error **err)
{
	struct maildir *maildir = ((struct to_maildir *)outlet)->maildir;
	const int64_t begun_ms = clock_monotonic_ms();
	struct maildir_mail file = MAILDIR_NO_MAIL;
	courant_error *why = NULL;

	(void)err;
	if (mail_check(mail, &why) == 0 && maildir_begin(maildir, &file, &why) == 0 && write_mail(&file, mail, &why) == 0)
		(void)maildir_finish(maildir, &file, &why);
	maildir_abandon(maildir, &file);
	outlet_tell(outlet, mail, why, file.name, begun_ms);
	return 0;
}

static void maildir_outlet_free(struct outlet *outlet)
{
	maildir_close(((struct to_maildir *)outlet)->maildir);
	free(outlet);
}

const struct outlet_calls outlet_maildir = {.make = maildir_make, .send = maildir_send, .finish = finish_nothing, .free = maildir_outlet_free};
