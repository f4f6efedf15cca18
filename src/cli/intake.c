/* SPDX-License-Identifier: MIT */
/* intake.c - from a server session into the outbox (intake.h) */
#include "cli/intake.h"

#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "client/envelope.h"
#include "client/survey.h"

#define MEMORY_BYTES   ((size_t)64 << 10) /* of a message; more goes to a temporary file */
#define ADDRESS_BYTES  1024

struct intake {
	struct outbox *outbox;
	char *origin;
	int64_t (*now_ms)(void);
	struct envelope envelope;
	int64_t deliver_by_s;
	struct buffer bytes; /* of the message, as long as they fit */
	int fd;              /* the file of one that did not; -1 */
	bool is_waiting;
};

const struct server_options intake_session = {.is_lmtp = true, .offer_deliver_by = true};

struct intake *intake_new(struct outbox *outbox, const char *origin, int64_t (*now_ms)(void), courant_error **err)
{
	AUTO(intake) struct intake *intake = mem_alloc(sizeof *intake);

	if (!intake || !(intake->origin = mem_copy_text(origin))) {
		(void)fail_memory(err);
		return NULL;
	}
	intake->outbox = outbox;
	intake->now_ms = now_ms;
	intake->bytes = (struct buffer)BUFFER_LIMIT(MEMORY_BYTES);
	intake->fd = -1;
	return STEAL(intake);
}

/* Nothing of a mail is left. */
static void clear(struct intake *intake)
{
	envelope_release(&intake->envelope);
	buffer_cut(&intake->bytes, 0);
	auto_close(&intake->fd);
	intake->fd = -1;
}

void intake_free(struct intake *intake)
{
	if (!intake)
		return;
	clear(intake);
	buffer_release(&intake->bytes);
	free(intake->origin);
	free(intake);
}

bool intake_is_waiting(const struct intake *intake)
{
	return intake->is_waiting;
}

void intake_has_synced(struct intake *intake)
{
	intake->is_waiting = false;
}

/* ---- what the session asks ---- */

/* An address that could not be sent to is refused now, while somebody listens. */
static bool on_recipient(void *context, slice address)
{
	AUTO(envelope) struct envelope trial = {.n = 0};
	AUTO(free) char *text = mem_copy(address);

	(void)context;
	return text && envelope_add(&trial, text, COURANT_NOTIFY_DEFAULT, NULL, NULL) == 0;
}

static int set_sender(struct intake *intake, slice sender, courant_error **err)
{
	AUTO(free) char *text = mem_copy(sender);

	return text ? envelope_set_sender(&intake->envelope, text, err) : fail_memory(err);
}

static int add_recipient(struct intake *intake, slice address, courant_error **err)
{
	AUTO(free) char *text = mem_copy(address);

	return text ? envelope_add(&intake->envelope, text, COURANT_NOTIFY_DEFAULT, NULL, err) : fail_memory(err);
}

static int on_begin(void *context, const struct server_envelope *envelope, courant_error **err)
{
	struct intake *intake = context;

	clear(intake);
	intake->deliver_by_s = envelope->deliver_by_s;
	if (set_sender(intake, envelope->sender, err) < 0)
		return -1;
	for (size_t i = 0; i < envelope->n_recipients; i++)
		if (add_recipient(intake, envelope->recipients[i], err) < 0)
			return -1;
	return 0;
}

static int on_write(void *context, slice bytes, courant_error **err)
{
	struct intake *intake = context;

	if (intake->fd < 0 && intake->bytes.len + bytes.len <= MEMORY_BYTES) {
		buffer_append(&intake->bytes, bytes);
		return buffer_check(&intake->bytes, err);
	}
	if (intake->fd < 0) {
		intake->fd = file_open_temporary(NULL, err);
		if (intake->fd < 0 || file_write_all(intake->fd, buffer_peek(&intake->bytes), "a temporary file", err) < 0)
			return -1;
	}
	return file_write_all(intake->fd, bytes, "a temporary file", err);
}

static courant_reader *take_message(struct intake *intake, courant_error **err)
{
	if (intake->fd < 0)
		return courant_reader_new_bytes(intake->bytes.bytes ? intake->bytes.bytes : "", intake->bytes.len, err);
	if (lseek(intake->fd, 0, SEEK_SET) < 0)
		return NULL;
	return courant_reader_new_descriptor(STEAL_FD(intake->fd), "a temporary file", err);
}

static int on_finish(void *context, struct buffer *ret_words, courant_error **err)
{
	struct intake *intake = context;
	AUTO(reader) courant_reader *message = take_message(intake, err);
	const int64_t now_ms = intake->now_ms();
	const struct outbox_order order = {.origin = intake->origin,
					   .expires_ms = intake->deliver_by_s ? now_ms + intake->deliver_by_s * MS_PER_SECOND : NEVER};
	struct courant_mail mail;

	if (!message)
		return fail(err, COURANT_IO, "the message could not be read again");
	envelope_mail(&intake->envelope, &mail);
	mail.message = message;
	if (survey_mail(&mail, err) < 0 || outbox_put(intake->outbox, &mail, &order, now_ms, err) < 0)
		return -1;
	intake->is_waiting = true;
	clear(intake);
	buffer_append(ret_words, SLICE("queued"));
	return 0;
}

static void on_abandon(void *context)
{
	clear(context);
}

const struct server_calls intake_calls = {.recipient = on_recipient, .begin = on_begin, .write = on_write, .finish = on_finish, .abandon = on_abandon};
