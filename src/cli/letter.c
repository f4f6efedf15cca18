/* SPDX-License-Identifier: MIT */
/* letter.c - one mail to be sent, and what it needs as long as it is under way */
#include "cli/letter.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/random.h"
#include "cli/compose.h"
#include "client/envelope.h"
#include "client/survey.h"
#include "mime/finished.h"

#define ADDRESS_MAX_BYTES 2048

struct letter {
	char *path;
	courant_message *message;  /* composed */
	struct finished *finished; /* or finished by somebody else */
	courant_reader *bytes;     /* borrows from either */
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

void letter_set_expiry(struct letter *letter, int64_t seconds)
{
	letter->mail.deliver_by_s = seconds;
	letter->mail.deliver_by_mode = 'R';
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

/* Adds what a list of words asks for: "success,failure,delay" or "never"; "full" or "headers"
 * say what comes back (RFC 3461). */
static int read_dsn(const char *option, const char *value, unsigned *notify,
		    enum courant_return *ret, courant_error **err)
{
	static const struct {
		const char *word;
		unsigned notify;
		enum courant_return ret;
	} words[] = {
		{"never", COURANT_NOTIFY_NEVER, COURANT_RETURN_DEFAULT},
		{"success", COURANT_NOTIFY_SUCCESS, COURANT_RETURN_DEFAULT},
		{"failure", COURANT_NOTIFY_FAILURE, COURANT_RETURN_DEFAULT},
		{"delay", COURANT_NOTIFY_DELAY, COURANT_RETURN_DEFAULT},
		{"full", 0, COURANT_RETURN_FULL},
		{"headers", 0, COURANT_RETURN_HEADERS},
		{"hdrs", 0, COURANT_RETURN_HEADERS},
	};

	if (!value)
		return 0;
	for (slice rest = slice_of(value), one; slice_next(&rest, ',', &one);) {
		size_t i = 0;

		while (i < sizeof words / sizeof *words &&
		       !slice_equal(one, slice_of(words[i].word)))
			i++;
		if (i == sizeof words / sizeof *words)
			return fail(
				err, COURANT_USAGE,
				"--%s: \"%.*s\" is not success, failure, delay, never, full or headers",
				option, SLICE_ARGS(one));
		*notify |= words[i].notify;
		if (words[i].ret != COURANT_RETURN_DEFAULT)
			*ret = words[i].ret;
	}
	if ((*notify & COURANT_NOTIFY_NEVER) && *notify != COURANT_NOTIFY_NEVER)
		return fail(err, COURANT_USAGE, "--%s: never stands alone", option);
	return 0;
}

/* The envelope is there, and the bytes: what is left to know. */
static int finish(const struct cli_call *call, struct letter *letter, courant_error **err)
{
	unsigned notify = COURANT_NOTIFY_DEFAULT;
	enum courant_return ret = COURANT_RETURN_DEFAULT;

	if (letter->envelope.n == 0)
		return letter->path
			       ? fail(err, COURANT_INVALID, "the message does not say who it is to")
			       : fail(err, COURANT_USAGE, "who is it to? Give --to ADDRESS");
	if (read_dsn("dsn", cli_value(call, "dsn"), &notify, &ret, err) < 0 ||
	    read_dsn("dsn-return", cli_value(call, "dsn-return"), &notify, &ret, err) < 0)
		return -1;
	for (size_t i = 0; i < letter->envelope.n; i++)
		letter->envelope.recipients[i].notify = notify;
	envelope_mail(&letter->envelope, &letter->mail);
	letter->mail.message = letter->bytes;
	letter->mail.context = letter;
	letter->mail.ret = ret;
	return survey_mail(&letter->mail, err);
}

struct letter *letter_compose(const struct cli_call *call, const char *default_from,
			      courant_error **err)
{
	AUTO(letter) struct letter *letter = letter_new(NULL, err);

	if (!letter || !(letter->message = compose_message(call, default_from, err)) ||
	    envelope_of_message(&letter->envelope, letter->message, COURANT_NOTIFY_DEFAULT, NULL,
				err) < 0 ||
	    !(letter->bytes = courant_message_reader_new(letter->message, err)) ||
	    finish(call, letter, err) < 0)
		return NULL;
	return STEAL(letter);
}

/* ---- finished messages ---- */

static int write_address(struct buffer *into, const struct mailbox *address, courant_error **err)
{
	mailbox_write_spec(into, address, MAILBOX_UTF8);
	return buffer_check(into, err);
}

static const struct mailbox *first_address(const struct mailbox_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i].kind == MAILBOX_ADDRESS)
			return &list->items[i];
	return NULL;
}

static int set_sender(struct letter *letter, const struct letter_order *order, struct arena *arena,
		      courant_error **err)
{
	AUTO(buffer) struct buffer address = BUFFER_LIMIT(ADDRESS_MAX_BYTES);
	struct mailbox_list list = {0};

	/* The empty return path, of bounces and reports, is asked for as "<>". */
	if (order->sender && (order->sender[0] == '\0' || strcmp(order->sender, "<>") == 0))
		return envelope_set_sender(&letter->envelope, "", err);
	if (!order->sender && finished_sender(letter->finished, &list, err) < 0)
		return -1;

	const char *given = order->sender          ? order->sender
			    : first_address(&list) ? NULL
						   : order->default_sender;

	if (given && mailbox_list_parse(&list, arena, slice_of(given), MAILBOX_STRICT, err) < 0)
		return -1;
	if (!first_address(&list))
		return fail(err, COURANT_INVALID,
			    "the message does not say who it is from: give --from ADDRESS");
	return write_address(&address, first_address(&list), err) < 0
		       ? -1
		       : envelope_set_sender(&letter->envelope, address.bytes, err);
}

static slice domain_of(const struct courant_path *path)
{
	const slice address = slice_of(path->ascii ? path->ascii : path->utf8);
	const size_t at = slice_find_last(address, '@');

	return at == SLICE_NONE ? SLICE("") : slice_after(address, at + 1);
}

/* A name without a domain is somebody of this machine. */
static int resolve(const struct letter *letter, const struct letter_order *order,
		   struct mailbox_list *recipients, struct arena *arena, courant_error **err)
{
	if (order->local)
		return local_names_resolve(order->local, domain_of(&letter->envelope.sender),
					   recipients, arena, err);
	for (size_t i = 0; i < recipients->n; i++)
		if (recipients->items[i].kind == MAILBOX_ADDRESS &&
		    recipients->items[i].domain.len == 0)
			return fail(err, COURANT_INVALID,
				    "the recipient \"%.*s\" has no domain: give --to ADDRESS",
				    SLICE_ARGS(recipients->items[i].local));
	return 0;
}

/* Each address once: the local part as written, the domain in any case. */
static int add_once(struct envelope *envelope, const struct mailbox_list *list, courant_error **err)
{
	AUTO(hash_table) struct hash_table seen = {0};

	hash_table_init(&seen, random_u64());
	for (size_t i = 0; i < list->n; i++) {
		AUTO(buffer)
		struct buffer address = BUFFER_LIMIT(ADDRESS_MAX_BYTES),
			      key = BUFFER_LIMIT(ADDRESS_MAX_BYTES);
		const struct mailbox *one = &list->items[i];
		uint32_t id;
		bool is_new;

		if (one->kind != MAILBOX_ADDRESS)
			continue;
		buffer_append(&key, one->local);
		buffer_append_byte(&key, '@');
		for (size_t k = 0; k < one->ascii.len; k++)
			buffer_append_byte(&key, ascii_lower(one->ascii.ptr[k]));
		if (buffer_check(&key, err) < 0 || write_address(&address, one, err) < 0 ||
		    hash_table_add(&seen, buffer_peek(&key), &id, &is_new, err) < 0 ||
		    (is_new &&
		     envelope_add(envelope, address.bytes, COURANT_NOTIFY_DEFAULT, NULL, err) < 0))
			return -1;
	}
	return 0;
}

static int set_recipients(const struct cli_call *call, struct letter *letter,
			  const struct letter_order *order, struct arena *arena,
			  courant_error **err)
{
	struct mailbox_list list = order->recipients;

	if (order->reads_recipients && finished_recipients(letter->finished, &list, err) < 0)
		return -1;
	if (list.n_broken > 0)
		cli_warn(call,
			 "%s: %zu of the recipients in the header %s no address and %s left out",
			 order->name, list.n_broken, list.n_broken == 1 ? "is" : "are",
			 list.n_broken == 1 ? "is" : "are");
	if (resolve(letter, order, &list, arena, err) < 0)
		return -1;
	return add_once(&letter->envelope, &list, err);
}

/* The From of a message that lacks it: the address that was said or else the return path, with
 * the name that was said or else the one in a From without a domain. */
static int write_from(struct letter *letter, const struct letter_order *order, struct buffer *into,
		      struct arena *arena, courant_error **err)
{
	const char *sender = letter->envelope.sender.utf8 ? letter->envelope.sender.utf8
							  : letter->envelope.sender.ascii;
	const char *given = order->from ? order->from : sender;
	struct mailbox_list from = {0}, author = {0};

	if (!given || !given[0] || strcmp(given, "<>") == 0)
		return 0;
	if (mailbox_list_parse(&from, arena, slice_of(given), MAILBOX_STRICT, err) < 0 ||
	    finished_author(letter->finished, &author, err) < 0)
		return -1;
	if (!first_address(&from))
		return 0;

	struct mailbox made = *first_address(&from);
	const struct mailbox *stated = first_address(&author);

	if (stated && stated->name.len > 0)
		made.name = stated->name;
	else if (order->full_name)
		made.name = slice_of(order->full_name);
	else if (stated)
		made.name = stated->local;
	mailbox_write(into, &made);
	return buffer_check(into, err);
}

static courant_reader *reader_of(const struct cli_call *call, struct letter *letter,
				 const struct letter_order *order, struct arena *arena,
				 courant_error **err)
{
	AUTO(buffer) struct buffer id = BUFFER_LIMIT(ADDRESS_MAX_BYTES);
	AUTO(buffer) struct buffer from = BUFFER_LIMIT(ADDRESS_MAX_BYTES);
	const slice domain = domain_of(&letter->envelope.sender);
	struct random_stream stream = {.state = (uint64_t)call->mail_date_ms};
	const uint64_t number = call->is_repeatable ? random_next(&stream) : random_u64();

	buffer_printf(&id, "<%llx.%016llx@%.*s>", (unsigned long long)call->mail_date_ms,
		      (unsigned long long)number,
		      SLICE_ARGS(domain.len > 0 ? domain : SLICE("localhost")));
	if (buffer_check(&id, err) < 0 || write_from(letter, order, &from, arena, err) < 0)
		return NULL;

	const struct finished_defaults defaults = {
		.from = from.bytes, .instant_ms = call->mail_date_ms, .message_id = id.bytes,
		.mends = order->mends};

	return finished_reader_new(letter->finished, &defaults, err);
}

static int read_finished(const struct cli_call *call, struct letter *letter,
			 const struct letter_order *order, courant_reader *message,
			 courant_error **err)
{
	AUTO(arena) struct arena arena = {0};

	letter->finished = finished_new(message, err);
	if (!letter->finished || set_sender(letter, order, &arena, err) < 0 ||
	    set_recipients(call, letter, order, &arena, err) < 0 ||
	    !(letter->bytes = reader_of(call, letter, order, &arena, err)))
		return -1;
	return finish(call, letter, err);
}

struct letter *letter_take(const struct cli_call *call, const struct letter_order *order,
			   courant_reader *message, courant_error **err)
{
	AUTO(letter) struct letter *letter = letter_new(order->name, err);

	if (!letter) {
		courant_reader_free(message);
		return NULL;
	}
	if (read_finished(call, letter, order, message, err) < 0) {
		(void)fail_within(err, "%s", order->name);
		return NULL;
	}
	return STEAL(letter);
}

/* What the options say of a message out of a file. */
static int read_order(const struct cli_call *call, struct letter_order *order, struct arena *arena,
		      courant_error **err)
{
	static const char *const options[] = {"to", "cc", "bcc"};

	order->sender = order->from = cli_value(call, "from");
	order->reads_recipients = true;
	for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
		size_t n;
		const char *const *values = cli_values(call, options[i], &n);

		for (size_t k = 0; k < n; k++)
			if (mailbox_list_parse(&order->recipients, arena, slice_of(values[k]),
					       MAILBOX_STRICT, err) < 0)
				return fail_within(err, "--%s", options[i]);
		order->reads_recipients = order->reads_recipients && n == 0;
	}
	return 0;
}

struct letter *letter_open(const struct cli_call *call, const char *path, courant_error **err)
{
	AUTO(arena) struct arena arena = {0};
	const bool is_stdin = strcmp(path, "-") == 0;
	struct letter_order order = {.name = is_stdin ? "standard input" : path};

	if (read_order(call, &order, &arena, err) < 0)
		return NULL;
	return letter_take(
		call, &order,
		is_stdin ? courant_reader_new_descriptor(fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3),
							 "standard input", err)
			 : courant_reader_new_file(path, err),
		err);
}
