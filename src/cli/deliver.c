/* SPDX-License-Identifier: MIT */
/* deliver.c - options → target → outlet → a line a recipient and an exit status */
#include "cli/deliver.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <courant/smtp.h>

#include "base/alloc.h"
#include "base/num.h"
#include "base/secret.h"
#include "cli/result.h"
#include "client/outgoing.h"
#include "client/provider.h"

#define LINE_MAX_BYTES  ((size_t)64 << 10)
#define CONNECTIONS_MAX 1000
#define WINDOW_MAX      1000
#define PER_MAX         1000000

extern char **environ;

struct deliver {
	const struct cli_call *call;
	const struct target *target;
	struct outlet *outlet;
	int status; /* the worst so far */
	bool is_all_deferred;
	bool is_json;
	void (*after)(void *mail_context);
	const char *(*label)(void *mail_context);
};

/* ---- the server ---- */

/* Options whose name is the parameter's, but for '-' and '_'. */
static const struct {
	const char *option, *parameter;
} parameters[] = {
	{"tls", "tls"},   {"ca-file", "ca_file"}, {"verify-name", "verify_name"}, {"pin", "pin"},     {"cert", "cert"},       {"key", "key"},
	{"tls-min", "tls_min"}, {"auth", "auth"}, {"hello", "hello"}, {"source", "source"}, {"proxy", "proxy"}, {"timeout", "timeout"},
};

static int apply_options(const struct cli_call *call, struct target *target, courant_error **err)
{
	for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++) {
		const char *value = cli_value(call, parameters[i].option);

		if (value && target_set(target, slice_of(parameters[i].parameter), slice_of(value), err) < 0)
			return fail_within(err, "--%s", parameters[i].option);
	}

	const char *user = cli_value(call, "user");

	return user ? target_set_user(target, slice_of(user), err) : 0;
}

int deliver_target(const struct cli_call *call, const struct deliver_account *account, struct target *ret, courant_error **err)
{
	const char *option = cli_value(call, "server");

	/* What the account says is said of its own server: its password must not go to another. */
	if (option)
		account = NULL;

	const char *server = option ? option : account ? account->server : NULL;
	AUTO(target) struct target target = {0};

	if (!server)
		return fail(err, COURANT_USAGE, "no mail server: give one by --server smtp://[user@]host[:port], or an account in courant.yaml");
	if (target_parse(slice_of(server), &target, err) < 0)
		return fail_within(err, "--server");
	if (account && account->ca_file && !target.ca_file &&
	    target_set(&target, SLICE("ca_file"), slice_of(account->ca_file), err) < 0)
		return -1;
	if (account && account->proxy && !target.proxy.host && target_set(&target, SLICE("proxy"), slice_of(account->proxy), err) < 0)
		return -1;
	if (apply_options(call, &target, err) < 0 || target_finish(&target, err) < 0)
		return -1;
	*ret = target;
	target = (struct target){0};
	return 0;
}

const char *deliver_first_given(const struct cli_call *call)
{
	static const struct cli_option options[] = {DELIVER_OPTIONS};

	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		if (cli_value(call, options[i].name))
			return options[i].name;
	return NULL;
}

/* An OAuth token comes like a password from a command, and is one line. */
static int take_token(const struct cli_call *call, const struct target *target, const struct deliver_account *account, char **ret, courant_error **err)
{
	struct cli_password_source source = {.command = cli_value(call, "token-command"), .user = target->user, .host = target->host};

	/* A password that is named on the command line wins over the account's token. */
	if (!source.command && account && !cli_value(call, "password-command") && !cli_value(call, "password-file"))
		source.command = account->token_command;
	if (!source.command)
		return 0;
	if (!target->user)
		return fail(err, COURANT_USAGE, "--token-command: a token is of no use without --user");
	*ret = cli_password_take(&source, err);
	return *ret ? 0 : fail_within(err, "--token-command");
}

static int take_password(const struct cli_call *call, const struct target *target, const struct deliver_account *account, char **ret,
			 courant_error **err)
{
	struct cli_password_source source = {
		.command = cli_value(call, "password-command"), .file = cli_value(call, "password-file"), .user = target->user, .host = target->host};

	if (!target->user || target->no_login)
		return 0;
	if (cli_value(call, "server"))
		account = NULL;
	if (!source.command && !source.file && account) {
		if (account->password) {
			*ret = mem_copy_text(account->password);
			return *ret ? 0 : fail_memory(err);
		}
		source.command = account->password_command;
		source.file = account->password_file;
	}
	*ret = cli_password_take(&source, err);
	return *ret ? 0 : -1;
}

/* ---- what is said ---- */

void deliver_set_after(struct deliver *deliver, void (*after)(void *mail_context), const char *(*label)(void *mail_context))
{
	deliver->after = after;
	deliver->label = label;
}

static int status_of(const struct outlet_report *report)
{
	switch (results_worst(report->results)) {
	case COURANT_OUTCOME_ACCEPTED:
		return 0;
	case COURANT_OUTCOME_UNKNOWN:
		return cli_exit_status(COURANT_UNKNOWN);
	case COURANT_OUTCOME_DEFERRED:
		return cli_exit_status(report->error ? courant_error_code(report->error) : COURANT_TEMPORARY);
	case COURANT_OUTCOME_REFUSED:
		return cli_exit_status(report->error ? courant_error_code(report->error) : COURANT_REFUSED);
	}
	return 0;
}

/* A login that a known provider refuses has a usual reason. */
static void tell_failure(struct deliver *deliver, courant_error *why)
{
	const bool is_login = courant_error_code(why) == COURANT_LOGIN && (courant_error_reply(why) == 535 || courant_error_reply(why) == 534);
	const struct provider *provider = is_login && deliver->target->host ? provider_find_host(slice_of(deliver->target->host)) : NULL;

	(void)cli_fail(deliver->call, why);
	if (provider)
		cli_warn(deliver->call, "%s", provider->hint);
}

static void report_mail(void *context, const struct outlet_report *report)
{
	struct deliver *deliver = context;
	const int status = status_of(report);
	AUTO(buffer) struct buffer name = BUFFER_LIMIT(1024);
	courant_error *why = NULL;

	target_write(&name, deliver->target);
	for (size_t i = 0; i < report->results->n; i++) {
		if (deliver->is_json)
			result_print_json(report, i, name.bytes, deliver->label ? deliver->label(report->mail->context) : NULL);
		else if (!deliver->call->is_quiet)
			result_print(&report->mail->recipients[i], &report->results->at[i]);
		deliver->is_all_deferred &= report->results->at[i].outcome == COURANT_OUTCOME_DEFERRED;
	}
	deliver->status = result_worse(deliver->status, status);
	if (status != 0) {
		if (report->error)
			(void)fail_copy(&why, report->error);
		else
			(void)results_fail(report->results, report->mail, name.bytes, &why);
		tell_failure(deliver, why);
	}
	if (deliver->after)
		deliver->after(report->mail->context);
}

void deliver_add_failure(struct deliver *deliver, courant_error *error)
{
	deliver->status = result_worse(deliver->status, cli_fail(deliver->call, error));
}

/* ---- the whole way ---- */

/* A number of the command's; what was there stays when it is not given. */
static int read_number(const struct cli_call *call, const char *option, unsigned most, unsigned *ret, courant_error **err)
{
	const char *text = cli_value(call, option);
	uint64_t number = *ret;

	if (text && !num_parse_range(slice_of(text), 1, most, &number))
		return fail(err, COURANT_USAGE, "--%s is \"%s\", not a number from 1 to %u", option, text, most);
	*ret = (unsigned)number;
	return 0;
}

static bool sends_many(const struct cli_call *call)
{
	for (size_t i = 0; i < call->command->n_options; i++)
		if (strcmp(call->command->options[i].name, "connections") == 0)
			return true;
	return false;
}

struct deliver *deliver_new(const struct cli_call *call, const struct target *target, const struct deliver_account *account, courant_error **err)
{
	AUTO(secret) char *password = NULL;
	AUTO(secret) char *token = NULL;
	AUTO(deliver) struct deliver *deliver = mem_alloc(sizeof *deliver);

	if (!deliver) {
		(void)fail_memory(err);
		return NULL;
	}
	deliver->call = call;
	deliver->target = target;
	deliver->is_all_deferred = true;

	unsigned connections = 1, window = 1, per_connection = 0, per_minute = 0;

	if (sends_many(call)) {
		deliver->is_json = cli_flag(call, "json");
		if (read_number(call, "connections", CONNECTIONS_MAX, &connections, err) < 0 || read_number(call, "window", WINDOW_MAX, &window, err) < 0 ||
		    read_number(call, "per-connection", PER_MAX, &per_connection, err) < 0 || read_number(call, "per-minute", PER_MAX, &per_minute, err) < 0)
			return NULL;
	}
	if (take_token(call, target, account, &token, err) < 0 || (!token && take_password(call, target, account, &password, err) < 0))
		return NULL;

	const struct outlet_options options = {
		.target = target,
		.connections = connections,
		.window = window,
		.per_connection = per_connection,
		.per_minute = per_minute,
		.password = password,
		.token = token,
		.environment = environ,
		.cancel_fd = -1,
		.trace = call->is_verbose ? courant_trace_stderr : NULL,
		.done = report_mail,
		.done_context = deliver,
	};

	deliver->outlet = outlet_new(&options, err);
	return deliver->outlet ? STEAL(deliver) : NULL;
}

void deliver_free(struct deliver *deliver)
{
	if (!deliver)
		return;
	outlet_free(deliver->outlet);
	free(deliver);
}

int deliver_send(struct deliver *deliver, const struct courant_mail *mail, courant_error **err)
{
	return outlet_send(deliver->outlet, mail, err);
}

static void tell_found(void *context, const struct outlet_report *report, const char *mechanism)
{
	const struct deliver *deliver = context;
	AUTO(buffer) struct buffer words = BUFFER_LIMIT(LINE_MAX_BYTES);

	buffer_printf(&words, "connected: to %s, after %lld ms\n", report->peer, (long long)report->connect_ms);
	if (report->tls_version)
		buffer_printf(&words, "TLS: %s, %s, %s\n", report->tls_version, report->tls_cipher,
			      report->is_verified ? "the certificate is good" : "the certificate was not verified");
	else
		buffer_append(&words, SLICE("TLS: none; everything travels in clear\n"));
	if (mechanism)
		buffer_printf(&words, "login: as %s, by %s\n", deliver->target->user ? deliver->target->user : "nobody", mechanism);
	else
		buffer_append(&words, SLICE("login: none\n"));
	(void)cli_print(buffer_peek(&words), NULL);
}

int deliver_try(struct deliver *deliver, courant_error **err)
{
	AUTO(buffer) struct buffer words = BUFFER_LIMIT(LINE_MAX_BYTES);

	if (outlet_try(deliver->outlet, tell_found, deliver, err) < 0)
		return -1;
	target_write(&words, deliver->target);
	buffer_append(&words, deliver->target->kind == TARGET_MX ? SLICE(": known when a mail is sent\n") : SLICE(": OK\n"));
	return cli_print(buffer_peek(&words), err);
}

int deliver_finish(struct deliver *deliver)
{
	courant_error *err = NULL;

	if (outlet_finish(deliver->outlet, &err) < 0)
		deliver->status = result_worse(deliver->status, cli_fail(deliver->call, err));
	return deliver->status;
}

static int send_composed(const struct cli_call *call, const struct deliver_account *account, courant_message *message, int *ret_status,
			 bool *ret_elsewhere, courant_error **err)
{
	AUTO(target) struct target target = {0};
	AUTO(outgoing) struct outgoing outgoing = {.bytes = NULL};
	AUTO(deliver) struct deliver *deliver = NULL;

	/* Composed first: what cannot be sent must not cost a connection or a question. */
	if (outgoing_init(&outgoing, message, COURANT_NOTIFY_DEFAULT, err) < 0 || deliver_target(call, account, &target, err) < 0 ||
	    !(deliver = deliver_new(call, &target, account, err)) || deliver_send(deliver, &outgoing.mail, err) < 0)
		return -1;
	*ret_status = deliver_finish(deliver);
	*ret_elsewhere = deliver->is_all_deferred && (*ret_status == cli_exit_status(COURANT_TEMPORARY) ||
						      *ret_status == cli_exit_status(COURANT_HOST_UNKNOWN));
	return 0;
}

int deliver_message(const struct cli_call *call, const struct deliver_account *account, courant_message *message, bool *ret_elsewhere)
{
	courant_error *err = NULL;
	int status = 0;

	*ret_elsewhere = false;
	return send_composed(call, account, message, &status, ret_elsewhere, &err) < 0 ? cli_fail(call, err) : status;
}
