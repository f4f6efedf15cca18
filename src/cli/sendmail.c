/* SPDX-License-Identifier: MIT */
/* sendmail.c - courant sendmail: the interface that programs know from sendmail(8), with the
 * mail server of courant.yaml behind it */
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "cli/deliver.h"
#include "cli/dot_ended.h"
#include "cli/enqueue.h"
#include "cli/letter.h"
#include "cli/settings.h"

#define SYSTEM_ALIASES    "/etc/aliases"
#define ADDRESS_MAX_BYTES 2048

/* The ways of sendmail that are no taking of a mail: a server on standard input, a daemon, the
 * queue, the aliases' database. */
static int check_mode(const struct cli_call *call, courant_error **err)
{
	const char *mode = cli_value(call, "mode");

	if (mode && strcmp(mode, "m") != 0)
		return fail(
			err, COURANT_USAGE,
			"sendmail: -b%s is not done: only -bm, taking one mail from standard input",
			mode);
	return 0;
}

static bool ignores_dots(const struct cli_call *call)
{
	size_t n;
	const char *const *values = cli_values(call, "option", &n);

	for (size_t i = 0; i < n; i++)
		if (strcmp(values[i], "i") == 0)
			return true;
	return cli_flag(call, "ignore-dots");
}

static int read_recipients(const struct cli_call *call, struct mailbox_list *ret,
			   struct arena *arena, courant_error **err)
{
	for (size_t i = 0; i < call->n_arguments; i++)
		if (mailbox_list_parse(ret, arena, slice_of(call->arguments[i]),
				       MAILBOX_BARE_ALLOWED, err) < 0)
			return fail_within(err, "recipient");
	if (ret->n == 0 && !cli_flag(call, "read-recipients"))
		return fail(
			err, COURANT_USAGE,
			"sendmail: who is it to? Name recipients, or give -t to take those of the header");
	return 0;
}

/* -f or -r, the last way back that was given. */
static const char *given_sender(const struct cli_call *call)
{
	return cli_value(call, "from") ? cli_value(call, "from") : cli_value(call, "return-path");
}

/* Somebody of this machine, as "root". */
static bool is_local(const char *address)
{
	return address && address[0] && strcmp(address, "<>") != 0 && !strchr(address, '@');
}

/* Who calls, at this machine: what sendmail takes when nothing else is said. */
static int write_caller(struct buffer *into, const char *name, courant_error **err)
{
	const struct passwd *user = getpwuid(getuid());
	struct utsname machine;

	if (uname(&machine) < 0)
		return fail_errno(err, errno, "cannot find out the name of this machine");
	buffer_printf(into, "%s@%s",
		      name   ? name
		      : user ? user->pw_name
			     : "nobody",
		      machine.nodename);
	return buffer_check(into, err);
}

static courant_reader *read_message(const struct cli_call *call, courant_error **err)
{
	return ignores_dots(call)
		       ? courant_reader_new_descriptor(fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3),
						       "standard input", err)
		       : dot_ended_new(STDIN_FILENO, "standard input", err);
}

/* Everything about the sender. The account's own address goes before the header's, for many
 * servers take no other, and stands for a name of this machine, to which nobody could answer.
 * `caller` is ground for the last resort. */
static int fill_sender(const struct cli_call *call, const struct deliver_account *account,
		       struct letter_order *order, struct buffer *caller, courant_error **err)
{
	const char *given = given_sender(call), *own = account ? account->from : NULL;

	if (write_caller(caller, is_local(given) ? given : NULL, err) < 0)
		return -1;
	order->sender = is_local(given) ? (own ? own : caller->bytes) : given ? given : own;
	order->default_sender = caller->bytes;
	/* The return path that was asked for is who it is from, too; not the one of bounces,
	 * which is empty. */
	order->from = order->sender && strchr(order->sender, '@') ? order->sender : own;
	order->full_name = cli_value(call, "full-name");
	return 0;
}

static struct letter *take_letter(const struct cli_call *call, const struct config *config,
				  const struct deliver_account *account, courant_error **err)
{
	AUTO(arena) struct arena arena = {0};
	AUTO(buffer) struct buffer caller = BUFFER_LIMIT(ADDRESS_MAX_BYTES);
	const struct local_names local = {
		.aliases = config->aliases                     ? config->aliases
			   : access(SYSTEM_ALIASES, R_OK) == 0 ? SYSTEM_ALIASES
							       : NULL,
		.owner = config->owner,
	};
	struct letter_order order = {
		.name = "standard input",
		.reads_recipients = cli_flag(call, "read-recipients"),
		.local = &local,
		/* What a program pipes in must arrive; nobody is there to write it anew. */
		.mends = true,
	};

	if (read_recipients(call, &order.recipients, &arena, err) < 0 ||
	    fill_sender(call, account, &order, &caller, err) < 0)
		return NULL;
	return letter_take(call, &order, read_message(call, err), err);
}

/* -odi is sendmail's word for "not before it is delivered". */
static bool is_sent_at_once(const struct cli_call *call)
{
	size_t n;
	const char *const *values = cli_values(call, "option", &n);

	for (size_t i = 0; i < n; i++)
		if (strcmp(values[i], "di") == 0)
			return true;
	return deliver_first_given(call) != NULL;
}

static int queue(const struct cli_call *call, const struct config *config,
		 const struct courant_mail *mail, courant_error **err)
{
	const struct outbox_order order = {.origin = "sendmail", .accounts = cli_value(call, "account"), .expires_ms = NEVER};
	AUTO(enqueue) struct enqueue *enqueue = enqueue_open(call, config, &order, err);

	return !enqueue || enqueue_put(enqueue, mail, NULL, err) < 0 ? -1 : enqueue_finish(enqueue, err);
}

static int deliver_now(const struct cli_call *call, const struct target *target,
		       const struct deliver_account *account, const struct courant_mail *mail, int *ret_status,
		       courant_error **err)
{
	AUTO(deliver) struct deliver *deliver = deliver_new(call, target, account, err);

	if (!deliver || deliver_send(deliver, mail, err) < 0)
		return -1;
	*ret_status = deliver_finish(deliver);
	return 0;
}

/* A configuration that only others may read (it may hold passwords) is none, when whoever may is there to take the mail. */
static int load_settings(const struct cli_call *call, struct config *ret, courant_error **err)
{
	AUTO(error) courant_error *error = NULL;

	if (settings_load(call, ret, &error) == 0)
		return 0;
	return courant_error_errno(error) == EACCES && enqueue_find(ret) == ENQUEUE_SERVER ? 0 : fail_pass(err, STEAL(error));
}

static int run(struct cli_call *call, int *ret_status, courant_error **err)
{
	AUTO(config) struct config config = {0};
	AUTO(target) struct target target = {0};
	AUTO(letter) struct letter *letter = NULL;
	const char *name = cli_value(call, "account");
	struct deliver_account shown;
	enum enqueue_place place = ENQUEUE_NOWHERE;

	if (check_mode(call, err) < 0 || load_settings(call, &config, err) < 0)
		return -1;

	const struct deliver_account *account;

	if (settings_choose_account(call, &config, &shown, &account, err) < 0 || !(letter = take_letter(call, &config, account, err)))
		return -1;
	if (cli_flag(call, "dry-run"))
		return cli_print_reader(letter_mail(letter)->message, err);
	/* Programs expect silence when all went well. */
	call->is_quiet = !call->is_verbose;
	if (!is_sent_at_once(call))
		place = enqueue_find(&config);
	/* Which account it takes is that server's own affair. */
	if (place == ENQUEUE_SERVER && name)
		place = ENQUEUE_NOWHERE;
	if (place == ENQUEUE_FILE)
		return queue(call, &config, letter_mail(letter), err);
	if ((place == ENQUEUE_SERVER ? enqueue_target(&config, &target, err) : deliver_target(call, account, &target, err)) < 0)
		return -1;
	return deliver_now(call, &target, place == ENQUEUE_SERVER ? NULL : account, letter_mail(letter), ret_status, err);
}

int sendmail_run(struct cli_call *call)
{
	courant_error *err = NULL;
	int status = 0;

	return run(call, &status, &err) < 0 ? cli_fail(call, err) : status;
}
