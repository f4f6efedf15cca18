/* SPDX-License-Identifier: MIT */
/* letter.c - one mail to be sent, and what it needs as long as it is under way */
#include "cli/letter.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/random.h"
#include "cli/compose.h"
#include "client/envelope.h"
#include "client/survey.h"
#include "mime/finished.h"
#include "mime/mailbox.h"

#define ADDRESS_MAX_BYTES 2048

struct letter {
	char *path;
	courant_message *message; /* composed */
	struct finished *finished; /* or finished by somebody else */
	courant_reader *bytes;    /* borrows from either */
	struct envelope envelope;
	struct courant_mail mail;
};

void letter_free(struct letter *letter)
{
	if (!letter)
		return;
	courant_reader_free(letter->bytes);
	courant_message_free(letter->message);
	finished_free(letter->finished);
	envelope_release(&letter->envelope);
	free(letter->path);
	free(letter);
}

const struct courant_mail *letter_mail(const struct letter *letter)
{
	return &letter->mail;
}

const char *letter_path(const struct letter *letter)
{
	return letter->path;
}

static struct letter *letter_new(const char *path, courant_error **err)
{
	struct letter *letter = mem_alloc(sizeof *letter);

	if (letter && (!path || (letter->path = mem_copy_text(path))))
		return letter;
	letter_free(letter);
	(void)fail_memory(err);
	return NULL;
}

/* "success,failure,delay", "never"; "full" or "headers" say what comes back (RFC 3461). */
static int read_dsn(const struct cli_call *call, unsigned *ret_notify, enum courant_return *ret_return, courant_error **err)
{
	static const struct {
		const char *word;
		unsigned notify;
		enum courant_return ret;
	} words[] = {
		{"never", COURANT_NOTIFY_NEVER, COURANT_RETURN_DEFAULT},     {"success", COURANT_NOTIFY_SUCCESS, COURANT_RETURN_DEFAULT},
		{"failure", COURANT_NOTIFY_FAILURE, COURANT_RETURN_DEFAULT}, {"delay", COURANT_NOTIFY_DELAY, COURANT_RETURN_DEFAULT},
		{"full", 0, COURANT_RETURN_FULL},                            {"headers", 0, COURANT_RETURN_HEADERS},
	};
	const char *value = cli_value(call, "dsn");

	if (!value)
		return 0;
	for (slice rest = slice_of(value), one; slice_next(&rest, ',', &one);) {
		size_t i = 0;

		while (i < sizeof words / sizeof *words && !slice_equal(one, slice_of(words[i].word)))
			i++;
		if (i == sizeof words / sizeof *words)
			return fail(err, COURANT_USAGE, "--dsn: \"%.*s\" is not success, failure, delay, never, full or headers", SLICE_ARGS(one));
		*ret_notify |= words[i].notify;
		if (words[i].ret != COURANT_RETURN_DEFAULT)
			*ret_return = words[i].ret;
	}
	if ((*ret_notify & COURANT_NOTIFY_NEVER) && *ret_notify != COURANT_NOTIFY_NEVER)
		return fail(err, COURANT_USAGE, "--dsn: never stands alone");
	return 0;
}

/* The envelope is there, and the bytes: what is left to know. */
static int finish(const struct cli_call *call, struct letter *letter, courant_error **err)
{
	unsigned notify = COURANT_NOTIFY_DEFAULT;
	enum courant_return ret = COURANT_RETURN_DEFAULT;

	if (letter->envelope.n == 0)
		return letter->path ? fail(err, COURANT_INVALID, "the message does not say who it is to: give --to ADDRESS")
				    : fail(err, COURANT_USAGE, "who is it to? Give --to ADDRESS");
	if (read_dsn(call, &notify, &ret, err) < 0)
		return -1;
	for (size_t i = 0; i < letter->envelope.n; i++)
		letter->envelope.recipients[i].notify = notify;
	envelope_mail(&letter->envelope, &letter->mail);
	letter->mail.message = letter->bytes;
	letter->mail.context = letter;
	letter->mail.ret = ret;
	return survey_mail(&letter->mail, err);
}

struct letter *letter_compose(const struct cli_call *call, courant_error **err)
{
	AUTO(letter) struct letter *letter = letter_new(NULL, err);

	if (!letter || !(letter->message = compose_message(call, err)) ||
	    envelope_of_message(&letter->envelope, letter->message, COURANT_NOTIFY_DEFAULT, NULL, err) < 0 ||
	    !(letter->bytes = courant_message_reader_new(letter->message, err)) || finish(call, letter, err) < 0)
		return NULL;
	return STEAL(letter);
}

/* ---- finished messages ---- */

static int add_mailboxes(struct envelope *envelope, const struct mailbox_list *list, bool is_sender, courant_error **err)
{
	for (size_t i = 0; i < list->n; i++) {
		AUTO(buffer) struct buffer address = BUFFER_LIMIT(ADDRESS_MAX_BYTES);

		if (list->items[i].kind != MAILBOX_ADDRESS)
			continue;
		mailbox_write_spec(&address, &list->items[i], MAILBOX_UTF8);
		if (buffer_check(&address, err) < 0)
			return -1;
		if (is_sender)
			return envelope_set_sender(envelope, address.bytes, err);
		if (envelope_add(envelope, address.bytes, COURANT_NOTIFY_DEFAULT, NULL, err) < 0)
			return -1;
	}
	return 0;
}

static int set_sender(const struct cli_call *call, struct letter *letter, struct arena *arena, courant_error **err)
{
	const char *given = cli_value(call, "from");
	struct mailbox_list list = {0};

	if (given) {
		/* The empty return path, of bounces and reports, is asked for as "<>". */
		if (given[0] == '\0' || strcmp(given, "<>") == 0)
			return envelope_set_sender(&letter->envelope, "", err);
		if (mailbox_list_parse(&list, arena, slice_of(given), MAILBOX_STRICT, err) < 0)
			return fail_within(err, "--from");
	} else if (finished_sender(letter->finished, &list, err) < 0) {
		return -1;
	}
	if (list.n_mailboxes == 0)
		return fail(err, COURANT_INVALID, "the message does not say who it is from: give --from ADDRESS");
	return add_mailboxes(&letter->envelope, &list, true, err);
}

static int set_recipients(const struct cli_call *call, struct letter *letter, struct arena *arena, courant_error **err)
{
	static const char *const options[] = {"to", "cc", "bcc"};
	struct mailbox_list list = {0};
	bool is_given = false;

	for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
		size_t n;
		const char *const *values = cli_values(call, options[i], &n);

		for (size_t k = 0; k < n; k++)
			if (mailbox_list_parse(&list, arena, slice_of(values[k]), MAILBOX_STRICT, err) < 0)
				return fail_within(err, "--%s", options[i]);
		is_given = is_given || n > 0;
	}
	if (!is_given && finished_recipients(letter->finished, &list, err) < 0)
		return -1;
	return add_mailboxes(&letter->envelope, &list, false, err);
}

static courant_reader *reader_of(const struct cli_call *call, struct letter *letter, courant_error **err)
{
	AUTO(buffer) struct buffer id = BUFFER_LIMIT(ADDRESS_MAX_BYTES);
	const char *sender = letter->envelope.sender.ascii, *at = sender ? strrchr(sender, '@') : NULL;
	struct random_stream stream = {.state = (uint64_t)call->mail_date_ms};
	const uint64_t number = call->is_repeatable ? random_next(&stream) : random_u64();

	buffer_printf(&id, "<%llx.%016llx@%s>", (unsigned long long)call->mail_date_ms, (unsigned long long)number, at ? at + 1 : "localhost");
	if (buffer_check(&id, err) < 0)
		return NULL;

	const char *from = cli_value(call, "from");
	const struct finished_defaults defaults = {
		.from = from && from[0] && strcmp(from, "<>") != 0 ? from : sender, .instant_ms = call->mail_date_ms, .message_id = id.bytes};

	return finished_reader_new(letter->finished, &defaults, err);
}

static int read_finished(const struct cli_call *call, struct letter *letter, courant_error **err)
{
	AUTO(arena) struct arena arena = {0};
	const bool is_stdin = strcmp(letter->path, "-") == 0;
	courant_reader *raw = is_stdin ? courant_reader_new_descriptor(fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3), "standard input", err)
				       : courant_reader_new_file(letter->path, err);

	letter->finished = finished_new(raw, err);
	if (!letter->finished || set_sender(call, letter, &arena, err) < 0 || set_recipients(call, letter, &arena, err) < 0 ||
	    !(letter->bytes = reader_of(call, letter, err)))
		return -1;
	return finish(call, letter, err);
}

struct letter *letter_open(const struct cli_call *call, const char *path, courant_error **err)
{
	AUTO(letter) struct letter *letter = letter_new(path, err);

	if (!letter || read_finished(call, letter, err) < 0) {
		(void)fail_within(err, "%s", strcmp(path, "-") == 0 ? "standard input" : path);
		return NULL;
	}
	return STEAL(letter);
}
