/* SPDX-License-Identifier: MIT */
/* send.c - courant send: one mail out of options, or finished ones out of files, to a mail server */
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/num.h"
#include "cli/compose.h"
#include "cli/deliver.h"
#include "cli/enqueue.h"
#include "cli/letter.h"
#include "cli/settings.h"

#define WORDS_MAX_BYTES ((size_t)256 << 10)
#define EXPIRE_MAX_MS   (30 * (uint64_t)MS_PER_DAY)

/* ---- --explain ---- */

static void explain_tls(struct buffer *into, const struct target *target)
{
	static const char *const words[] = {
		[COURANT_TLS_STARTTLS] = "TLS: by STARTTLS, required; without it nothing is sent",
		[COURANT_TLS_IMPLICIT] = "TLS: from the first byte",
		[COURANT_TLS_OPPORTUNISTIC] = "TLS: when the server offers it and it works, with any certificate; else the mail, but no password, goes in clear",
		[COURANT_TLS_NONE] = "TLS: none; everything, the password too, travels in clear",
	};

	buffer_printf(into, "%s\n", words[target->tls]);
	if (target->tls == COURANT_TLS_NONE)
		return;
	if (target->tls != COURANT_TLS_OPPORTUNISTIC)
		buffer_printf(into, "certificate: must be good for %s, signed by %s%s\n", target->verify_name ? target->verify_name : target->host,
			      target->ca_file ? "an authority in " : "an authority that this machine trusts", target->ca_file ? target->ca_file : "");
	if (target->pin)
		buffer_append(into, SLICE("certificate: its public key must be the pinned one\n"));
	buffer_printf(into, "oldest version of TLS: %s\n", target->tls_minimum == 13 ? "1.3" : "1.2");
	if (target->certificate)
		buffer_printf(into, "we show: the certificate in %s\n", target->certificate);
}

static void explain_mail(struct buffer *into, const struct courant_mail *mail)
{
	const char *sender = mail->sender.utf8 ? mail->sender.utf8 : mail->sender.ascii;
	uint64_t size_bytes;

	buffer_printf(into, "return path: <%s>\n", sender);
	for (size_t i = 0; i < mail->n_recipients; i++) {
		const struct courant_path *path = &mail->recipients[i].path;

		buffer_printf(into, "recipient: <%s>%s\n", path->utf8 ? path->utf8 : path->ascii,
			      path->ascii ? "" : ", which only a server with SMTPUTF8 can take");
	}
	if (courant_reader_size(mail->message, &size_bytes))
		buffer_printf(into, "message: %llu bytes%s\n", (unsigned long long)size_bytes,
			      mail->flags & COURANT_MAIL_EIGHT_BIT ? ", some over 127: the server must have 8BITMIME" : ", 7-bit: any server can carry it");
}

static void explain_server(struct buffer *into, const struct target *target)
{
	buffer_append(into, SLICE("server: "));
	target_write(into, target);
	buffer_append_byte(into, '\n');
	if (target->kind == TARGET_SMTP)
		explain_tls(into, target);
	if (!target->user || target->no_login)
		buffer_append(into, SLICE("login: none\n"));
	else
		buffer_printf(into, "login: as %s, by %s\n", target->user,
			      target->mechanisms ? target->mechanisms : "the strongest mechanism that the server offers");
}

/* To a server, or into an outbox. */
static int explain(const struct target *target, const char *outbox, const char *account, const struct courant_mail *mail, courant_error **err)
{
	AUTO(buffer) struct buffer words = BUFFER_LIMIT(WORDS_MAX_BYTES);
	slice text;

	if (target)
		explain_server(&words, target);
	else
		buffer_printf(&words, "outbox: %s, from where %s%s it\n", outbox, account ? account : "the accounts of courant.yaml", account ? " sends" : " send");
	explain_mail(&words, mail);
	buffer_append(&words, SLICE("nothing was sent\n"));
	return buffer_slice(&words, &text, err) < 0 ? -1 : cli_print(text, err);
}

/* ---- the command ---- */

static int check_words(const struct cli_call *call, size_t n_messages, courant_error **err)
{
	const char *composing = compose_first_given(call);

	if (n_messages > 0 && composing)
		return fail(err, COURANT_USAGE, "--message is a finished mail: what is --%s to do with it?", composing);
	return 0;
}

static void free_letter(void *context)
{
	letter_free(context);
}

static const char *label_of(void *context)
{
	return letter_path(context);
}

/* To the outbox's server, in its own words. */
static void tell_expiry(const struct cli_call *call, struct letter *letter, int64_t expires_ms)
{
	if (letter && expires_ms != NEVER)
		letter_set_expiry(letter, (expires_ms - call->now_ms + MS_PER_SECOND - 1) / MS_PER_SECOND);
}

/* One after the other; each is opened when there is room for it. One that cannot be read does not keep the others. */
static int send_files(const struct cli_call *call, struct deliver *deliver, const struct letter_paths *paths, int64_t expires_ms)
{
	for (size_t i = 0; i < paths->n; i++) {
		AUTO(letter) struct letter *letter = NULL;
		courant_error *err = NULL;

		letter = letter_open(call, paths->items[i], &err);
		tell_expiry(call, letter, expires_ms);
		if (!letter || deliver_send(deliver, letter_mail(letter), &err) < 0)
			deliver_add_failure(deliver, err);
		else
			letter = NULL; /* it comes back to free_letter() */
	}
	return deliver_finish(deliver);
}

/* ---- --queue ---- */

/* What is said of a server is said in vain: the accounts of the configuration send what is queued. */
static int check_queue(const struct cli_call *call, courant_error **err)
{
	static const char *const others[] = {"connections", "window", "per-connection", "per-minute"};
	const char *given = deliver_first_given(call);

	if (!cli_flag(call, "queue"))
		return cli_value(call, "expire") ? fail(err, COURANT_USAGE, "--expire is for mails that wait: it goes with --queue") : 0;
	for (size_t i = 0; !given && i < sizeof others / sizeof *others; i++)
		given = cli_value(call, others[i]) ? others[i] : NULL;
	return given ? fail(err, COURANT_USAGE, "--queue: the accounts of courant.yaml send what is queued; what is --%s to do with it?", given) : 0;
}

/* Which account it takes is the affair of courant serve. */
static int choose_place(const struct cli_call *call, const struct config *config, enum enqueue_place *ret, courant_error **err)
{
	const char *name = cli_value(call, "account");

	if (enqueue_choose(call, config, ret, err) < 0)
		return -1;
	if (*ret == ENQUEUE_SERVER && name) {
		cli_warn(call, "this user may not write %s, and courant serve has accounts of its own: the mail is sent at once, by %s",
			 config->outbox.file ? config->outbox.file : "an outbox", name);
		*ret = ENQUEUE_NOWHERE;
	}
	return 0;
}

static int read_expiry(const struct cli_call *call, int64_t *ret_ms, courant_error **err)
{
	const char *text = cli_value(call, "expire");
	uint64_t ms;

	*ret_ms = NEVER;
	if (!text)
		return 0;
	if (!num_parse_duration(slice_of(text), &ms) || ms == 0 || ms > EXPIRE_MAX_MS)
		return fail(err, COURANT_USAGE, "--expire is \"%s\", not a time such as 6 h, up to 30 d", text);
	*ret_ms = call->now_ms + (int64_t)ms;
	return 0;
}

/* One that cannot be read does not keep the others. */
static int queue_files(const struct cli_call *call, struct enqueue *enqueue, const struct letter_paths *paths)
{
	int worst = 0;

	for (size_t i = 0; i < paths->n; i++) {
		courant_error *err = NULL;
		AUTO(letter) struct letter *letter = letter_open(call, paths->items[i], &err);

		if (!letter || enqueue_put(enqueue, letter_mail(letter), letter_path(letter), &err) < 0)
			worst = cli_fail(call, err);
	}
	return worst;
}

static int queue(const struct cli_call *call, const struct config *config, const struct letter *letter, const struct letter_paths *paths, int *ret_status,
		 courant_error **err)
{
	struct outbox_order order = {.origin = "send", .accounts = cli_value(call, "account")};

	if (read_expiry(call, &order.expires_ms, err) < 0)
		return -1;

	AUTO(enqueue) struct enqueue *enqueue = enqueue_open(call, config, &order, err);

	if (!enqueue || (letter && enqueue_put(enqueue, letter_mail(letter), NULL, err) < 0))
		return -1;
	*ret_status = letter ? 0 : queue_files(call, enqueue, paths);
	return enqueue_finish(enqueue, err);
}

static int list_messages(const struct cli_call *call, struct letter_paths *ret, courant_error **err)
{
	size_t n;
	const char *const *values = cli_values(call, "message", &n);

	for (size_t i = 0; i < n; i++)
		if (letter_paths_add(ret, values[i], err) < 0)
			return fail_within(err, "--message");
	return 0;
}

/* ---- at once ---- */

/* Takes the letter, if there is one; else the files are sent. */
static int deliver_all(const struct cli_call *call, const struct target *target, const struct deliver_account *account, struct letter *letter,
		       const struct letter_paths *paths, int *ret_status, courant_error **err)
{
	AUTO(deliver) struct deliver *deliver = deliver_new(call, target, account, err);
	int64_t expires_ms;

	if (!deliver || read_expiry(call, &expires_ms, err) < 0)
		return -1;
	/* Only the outbox's server can be asked for that; --expire goes with --queue. */
	if (target->protocol != COURANT_LMTP)
		expires_ms = NEVER;
	tell_expiry(call, letter, expires_ms);
	deliver_set_after(deliver, letter ? NULL : free_letter, label_of);
	if (!letter)
		*ret_status = send_files(call, deliver, paths, expires_ms);
	else if (deliver_send(deliver, letter_mail(letter), err) < 0)
		return -1;
	else
		*ret_status = deliver_finish(deliver);
	return 0;
}

/* What there is to send: one letter, or several files. Everything that can be wrong is found before a connection is opened or a password asked for. */
static int prepare(const struct cli_call *call, struct letter_paths *paths, bool is_shown, courant_error **err)
{
	if (list_messages(call, paths, err) < 0 || check_words(call, paths->n, err) < 0 || check_queue(call, err) < 0)
		return -1;
	if (cli_value(call, "account") && cli_value(call, "server"))
		return fail(err, COURANT_USAGE, "--account is a server of courant.yaml, --server is another: which of the two?");
	if (is_shown && paths->n > 1)
		return fail(err, COURANT_USAGE, "--%s shows one mail, and there are %zu", cli_flag(call, "dry-run") ? "dry-run" : "explain", paths->n);
	return 0;
}

static int run(const struct cli_call *call, int *ret_status, courant_error **err)
{
	AUTO(letter_paths) struct letter_paths paths = {0};
	AUTO(letter) struct letter *letter = NULL;
	AUTO(target) struct target target = {0};
	AUTO(config) struct config config = {0};
	struct deliver_account shown;
	enum enqueue_place place = ENQUEUE_NOWHERE;
	const bool is_dry = cli_flag(call, "dry-run"), is_shown = is_dry || cli_flag(call, "explain");

	if (prepare(call, &paths, is_shown, err) < 0)
		return -1;
	if (cli_value(call, "message") && paths.n == 0) {
		cli_warn(call, "no mail is in there: nothing is sent");
		return 0;
	}

	const char *name = cli_value(call, "account");
	const bool lacks_from = paths.n == 0 && !cli_value(call, "from"), lacks_server = !is_dry && !cli_value(call, "server");
	const struct deliver_account *account;

	/* Who says server and sender on the command line needs no configuration. */
	if (((lacks_from || lacks_server || name) && settings_load(call, &config, err) < 0) ||
	    settings_choose_account(call, &config, &shown, &account, err) < 0)
		return -1;
	if (paths.n <= 1 || is_shown) {
		letter = paths.n == 0 ? letter_compose(call, account ? account->from : NULL, err) : letter_open(call, paths.items[0], err);
		if (!letter)
			return -1;
	}
	if (is_dry)
		return cli_print_reader(letter_mail(letter)->message, err);
	if (cli_flag(call, "queue") && choose_place(call, &config, &place, err) < 0)
		return -1;
	if (place == ENQUEUE_FILE)
		return is_shown ? explain(NULL, config.outbox.file, name, letter_mail(letter), err) : queue(call, &config, letter, &paths, ret_status, err);
	if ((place == ENQUEUE_SERVER ? enqueue_target(&config, &target, err) : deliver_target(call, account, &target, err)) < 0)
		return -1;
	if (is_shown)
		return explain(&target, NULL, NULL, letter_mail(letter), err);
	return deliver_all(call, &target, place == ENQUEUE_SERVER ? NULL : account, letter, &paths, ret_status, err);
}

int send_run(struct cli_call *call)
{
	courant_error *err = NULL;
	int status = 0;

	return run(call, &status, &err) < 0 ? cli_fail(call, err) : status;
}
