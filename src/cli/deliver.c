/* SPDX-License-Identifier: MIT */
/* deliver.c - options → target → outlet → a line a recipient and an exit status */
#include "cli/deliver.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <courant/smtp.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/printable.h"
#include "base/secret.h"
#include "client/envelope.h"
#include "client/survey.h"

#define LINE_MAX_BYTES ((size_t)64 << 10)

struct deliver {
	const struct cli_call *call;
	const struct target *target;
	struct outlet *outlet;
	int status; /* the worst so far */
};

/* ---- the server ---- */

/* Options whose name is the parameter's, but for '-' and '_'. */
static const struct {
	const char *option, *parameter;
} parameters[] = {
	{"tls", "tls"},   {"ca-file", "ca_file"}, {"verify-name", "verify_name"}, {"pin", "pin"},     {"cert", "cert"},       {"key", "key"},
	{"tls-min", "tls_min"}, {"auth", "auth"}, {"hello", "hello"}, {"source", "source"}, {"timeout", "timeout"},
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
	const char *server = option ? option : account ? account->server : NULL;
	AUTO(target) struct target target = {0};

	if (!server)
		return fail(err, COURANT_USAGE, "no mail server: give one by --server smtp://[user@]host[:port], or an account in courant.yaml");
	if (target_parse(slice_of(server), &target, err) < 0)
		return fail_within(err, "--server");
	if (account && account->ca_file && !target.ca_file &&
	    target_set(&target, SLICE("ca_file"), slice_of(account->ca_file), err) < 0)
		return -1;
	if (apply_options(call, &target, err) < 0 || target_finish(&target, err) < 0)
		return -1;
	*ret = target;
	target = (struct target){0};
	return 0;
}

static int take_password(const struct cli_call *call, const struct target *target, const struct deliver_account *account, char **ret,
			 courant_error **err)
{
	struct cli_password_source source = {
		.command = cli_value(call, "password-command"), .file = cli_value(call, "password-file"), .user = target->user, .host = target->host};

	if (!target->user || target->no_login)
		return 0;
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

static void trace(void *context, enum courant_direction direction, const char *line, size_t n)
{
	static const char *const marks[] = {[COURANT_FROM_CLIENT] = "C: ", [COURANT_FROM_SERVER] = "S: ", [COURANT_NOTE] = "* "};
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(LINE_MAX_BYTES);

	(void)context;
	buffer_append(&text, slice_of(marks[direction]));
	printable_write(&text, slice_from(line, n));
	buffer_append_byte(&text, '\n');
	(void)file_write_all(STDERR_FILENO, buffer_peek(&text), "standard error", NULL);
}

static void write_reply(struct buffer *into, const struct courant_result *result)
{
	slice rest = slice_from(result->text, result->text_size), line;
	bool is_first = true;

	if (result->code)
		buffer_printf(into, "%d ", result->code);
	if (result->enhanced[0])
		buffer_printf(into, "%u.%u.%u ", result->enhanced[0], result->enhanced[1], result->enhanced[2]);
	while (slice_next_line(&rest, &line)) {
		buffer_append(into, is_first ? SLICE("") : SLICE(" "));
		printable_write(into, line);
		is_first = false;
	}
}

/* "accepted  ann@example.org  250 2.0.0 queued as 17" */
static void print_result(const struct courant_recipient *recipient, const struct courant_result *result)
{
	AUTO(buffer) struct buffer line = BUFFER_LIMIT(LINE_MAX_BYTES);

	buffer_printf(&line, "%-8s  ", courant_outcome_name(result->outcome));
	printable_write(&line, slice_of(recipient->path.utf8 ? recipient->path.utf8 : recipient->path.ascii));
	buffer_append(&line, SLICE("  "));
	write_reply(&line, result);
	buffer_append_byte(&line, '\n');
	(void)cli_print(buffer_peek(&line), NULL);
}

/* 79 before 75 before everything else before 0: what may have been delivered needs a look, what is deferred another try. */
static int worse(int a, int b)
{
	static const int order[] = {79, 75};

	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		if (a == order[i] || b == order[i])
			return order[i];
	return a ? a : b;
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

static void report_mail(void *context, const struct outlet_report *report)
{
	struct deliver *deliver = context;
	const int status = status_of(report);
	AUTO(buffer) struct buffer name = BUFFER_LIMIT(1024);
	courant_error *why = NULL;

	for (size_t i = 0; !deliver->call->is_quiet && i < report->results->n; i++)
		print_result(&report->mail->recipients[i], &report->results->at[i]);
	deliver->status = worse(deliver->status, status);
	if (status == 0)
		return;
	target_write(&name, deliver->target);
	if (report->error)
		(void)fail_copy(&why, report->error);
	else
		(void)results_fail(report->results, report->mail, name.bytes, &why);
	(void)cli_fail(deliver->call, why);
}

/* ---- the whole way ---- */

struct deliver *deliver_new(const struct cli_call *call, const struct target *target, const struct deliver_account *account, courant_error **err)
{
	AUTO(secret) char *password = NULL;
	AUTO(deliver) struct deliver *deliver = mem_alloc(sizeof *deliver);

	if (!deliver) {
		(void)fail_memory(err);
		return NULL;
	}
	if (take_password(call, target, account, &password, err) < 0)
		return NULL;
	deliver->call = call;
	deliver->target = target;

	const struct outlet_options options = {
		.target = target,
		.password = password,
		.cancel_fd = -1,
		.trace = call->is_verbose ? trace : NULL,
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

int deliver_finish(struct deliver *deliver)
{
	courant_error *err = NULL;

	if (outlet_finish(deliver->outlet, &err) < 0)
		deliver->status = worse(deliver->status, cli_fail(deliver->call, err));
	return deliver->status;
}

static int send_composed(const struct cli_call *call, const struct deliver_account *account, courant_message *message, int *ret_status,
			 courant_error **err)
{
	AUTO(target) struct target target = {0};
	AUTO(envelope) struct envelope envelope = {0};
	AUTO(reader) courant_reader *bytes = NULL;
	AUTO(deliver) struct deliver *deliver = NULL;
	struct courant_mail mail;

	/* Composed first: what cannot be sent must not cost a connection or a question. */
	if (envelope_of_message(&envelope, message, COURANT_NOTIFY_DEFAULT, NULL, err) < 0 ||
	    !(bytes = courant_message_reader_new(message, err)))
		return -1;
	envelope_mail(&envelope, &mail);
	mail.message = bytes;
	if (survey_mail(&mail, err) < 0 || deliver_target(call, account, &target, err) < 0 ||
	    !(deliver = deliver_new(call, &target, account, err)) || deliver_send(deliver, &mail, err) < 0)
		return -1;
	*ret_status = deliver_finish(deliver);
	return 0;
}

int deliver_message(const struct cli_call *call, const struct deliver_account *account, courant_message *message)
{
	courant_error *err = NULL;
	int status = 0;

	return send_composed(call, account, message, &status, &err) < 0 ? cli_fail(call, err) : status;
}
