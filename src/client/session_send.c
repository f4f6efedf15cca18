/* SPDX-License-Identifier: MIT */
/* session_send.c - mails over a session */
#include "base/alloc.h"
#include "base/file.h"
#include "base/reader_known.h"
#include "client/envelope.h"
#include "client/link.h"
#include "client/session.h"
#include "client/survey.h"

/* The reader that the engine reads: it counts what passes, and stays the caller's. */
static int counting_read(void *context, void *into, size_t size, size_t *ret_n, courant_error **err)
{
	courant_smtp *smtp = context;

	if (courant_reader_read(smtp->message, into, size, ret_n, err) < 0)
		return -1;
	smtp->progress_passed += *ret_n;
	return 0;
}

static int counting_rewind(void *context, courant_error **err)
{
	courant_smtp *smtp = context;

	smtp->progress_passed = 0;
	return courant_reader_rewind(smtp->message, err);
}

static bool counting_size(void *context, uint64_t *ret_bytes)
{
	const courant_smtp *smtp = context;

	return courant_reader_size(smtp->message, ret_bytes);
}

static int try_rest(courant_smtp *smtp, courant_error **err)
{
	struct courant_mail *mail = &smtp->rest.mail;
	struct courant_event event;

	if (session_make_ready(smtp, err) < 0 || survey_mail(mail, err) < 0 || courant_engine_send(link_engine(smtp->link), mail, err) < 0 ||
	    session_run(smtp, COURANT_EVENT_MESSAGE, &event, err) < 0)
		return -1;
	smtp->has_carried = true;
	return 0;
}

/* Over one connection, and over the next ones as long as those before were of use: an idle one that the server has closed, or closes in this
 * instant; one that takes no more mails. */
static int try_mail(courant_smtp *smtp, courant_error **err)
{
	bool has_carried;

	if ((session_is_gone(smtp) || session_is_spent(smtp)) && session_again(smtp, err) < 0)
		return -1;
	for (;;) {
		has_carried = smtp->has_carried;
		if (try_rest(smtp, err) < 0)
			return -1;
		if (!session_has_rest(smtp, has_carried))
			return 0;
		if (session_again(smtp, err) < 0)
			return -1;
	}
}

static int send_mail(courant_smtp *smtp, struct courant_mail *mail, courant_reader *message, courant_error **err)
{
	static const struct courant_reader_calls counting = {.read = counting_read, .rewind = counting_rewind, .size = counting_size};
	AUTO(reader) courant_reader *counted = courant_reader_new(&counting, smtp, err);

	if (!counted)
		return -1;
	if (reader_known(message))
		reader_know(counted, reader_known(message));
	smtp->message = message;
	smtp->progress_passed = smtp->progress_size = 0;
	(void)courant_reader_size(message, &smtp->progress_size);
	mail->message = counted;
	rest_init(&smtp->rest, mail);

	const int status = try_mail(smtp, err);

	rest_release(&smtp->rest);
	smtp->message = NULL;
	smtp->progress_size = 0;
	return status < 0 ? -1 : results_fail(&smtp->results, mail, smtp->host, err);
}

/* ---- options ---- */

/* The texts among them, which the session keeps copies of. */
static const char **option_texts(struct courant_send_options *options, size_t i)
{
	const char **const texts[] = {&options->envelope_id, &options->hold_until, &options->mail_parameters, &options->recipient_parameters};

	return i < sizeof texts / sizeof *texts ? texts[i] : NULL;
}

void session_forget_options(courant_smtp *smtp)
{
	const char **text;

	for (size_t i = 0; (text = option_texts(&smtp->defaults, i)); i++)
		free((char *)(uintptr_t)*text);
	smtp->defaults = (struct courant_send_options){0};
}

int courant_smtp_set_send_options(courant_smtp *smtp, const struct courant_send_options *options, courant_error **err)
{
	const char **text;

	if (options && options->n_recipients > 0)
		return fail(err, COURANT_USAGE, "options of single recipients belong to a message, not to a session");
	session_forget_options(smtp);
	if (!options)
		return 0;

	struct courant_send_options copy = *options;
	bool is_whole = true;

	for (size_t i = 0; (text = option_texts(&copy, i)); i++) {
		const char *given = *text;

		*text = mem_copy_text(given);
		is_whole = is_whole && (!given || *text);
	}
	smtp->defaults = copy;
	if (is_whole)
		return 0;
	session_forget_options(smtp);
	return fail_memory(err);
}

/* What the message's own options say, else what the session's do. */
static struct courant_send_options merged(const courant_smtp *smtp, const struct courant_send_options *own)
{
	const struct courant_send_options *more = &smtp->defaults;
	struct courant_send_options all = *more;

	if (!own)
		return all;
	all.flags |= own->flags;
	all.ret = own->ret ? own->ret : more->ret;
	all.envelope_id = own->envelope_id ? own->envelope_id : more->envelope_id;
	if (own->deliver_by_s || own->deliver_by_mode) {
		all.deliver_by_s = own->deliver_by_s;
		all.deliver_by_mode = own->deliver_by_mode;
	}
	if (own->hold_for_s || own->hold_until) {
		all.hold_for_s = own->hold_for_s;
		all.hold_until = own->hold_until;
	}
	all.priority = own->priority ? own->priority : more->priority;
	all.mail_parameters = own->mail_parameters ? own->mail_parameters : more->mail_parameters;
	all.notify = own->notify ? own->notify : more->notify;
	all.recipient_parameters = own->recipient_parameters ? own->recipient_parameters : more->recipient_parameters;
	all.recipients = own->recipients;
	all.n_recipients = own->n_recipients;
	return all;
}

/* What is said of single recipients wins over what is said of all. */
static int apply_to_recipients(struct envelope *envelope, const struct courant_send_options *options, courant_error **err)
{
	if (options->n_recipients > envelope->n)
		return fail(err, COURANT_USAGE, "there are options for %zu recipients, and %zu recipients", options->n_recipients, envelope->n);
	for (size_t i = 0; i < options->n_recipients; i++) {
		const struct courant_recipient_options *own = &options->recipients[i];
		struct courant_recipient *to = &envelope->recipients[i];

		to->notify = own->notify ? own->notify : to->notify;
		to->orcpt = own->orcpt;
		to->parameters = own->parameters ? own->parameters : to->parameters;
	}
	return 0;
}

static int send_envelope(courant_smtp *smtp, struct envelope *envelope, courant_reader *message, const struct courant_send_options *options, courant_error **err)
{
	struct courant_mail mail;

	if (apply_to_recipients(envelope, options, err) < 0)
		return -1;
	envelope_mail(envelope, &mail);
	mail.flags = options->flags;
	mail.ret = options->ret;
	mail.envelope_id = options->envelope_id;
	mail.deliver_by_s = options->deliver_by_s;
	mail.deliver_by_mode = options->deliver_by_mode;
	mail.hold_for_s = options->hold_for_s;
	mail.hold_until = options->hold_until;
	mail.priority = options->priority;
	mail.parameters = options->mail_parameters;
	return send_mail(smtp, &mail, message, err);
}

static int send_to(courant_smtp *smtp, const char *from, const char *const *recipients, size_t n, courant_reader *message,
		   const struct courant_send_options *own, courant_error **err)
{
	const struct courant_send_options options = merged(smtp, own);
	AUTO(envelope) struct envelope envelope = {0};

	if (envelope_set_sender(&envelope, from, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (envelope_add(&envelope, recipients[i], options.notify, options.recipient_parameters, err) < 0)
			return -1;
	return send_envelope(smtp, &envelope, message, &options, err);
}

static int send_message(courant_smtp *smtp, courant_message *message, const struct courant_send_options *own, courant_error **err)
{
	const struct courant_send_options options = merged(smtp, own);
	AUTO(envelope) struct envelope envelope = {0};
	AUTO(reader) courant_reader *bytes = NULL;

	if (envelope_of_message(&envelope, message, options.notify, options.recipient_parameters, err) < 0 ||
	    results_init(&smtp->results, envelope.n, err) < 0 || !(bytes = courant_message_reader_new(message, err)))
		return -1;
	return send_envelope(smtp, &envelope, bytes, &options, err);
}

/* Takes the error of a mail that failed. What was not said to a server is told by its words. */
static int fail_mail(courant_smtp *smtp, courant_error *why, courant_error **err)
{
	const bool is_unfit = courant_error_code(why) == COURANT_INVALID;

	results_set_rest(&smtp->results, is_unfit ? COURANT_OUTCOME_REFUSED : COURANT_OUTCOME_DEFERRED, slice_of(courant_error_sentence(why)));
	return fail_pass(err, why);
}

int courant_smtp_sendmail(courant_smtp *smtp, const char *from, const char *const *recipients, size_t n, courant_reader *message,
			  const struct courant_send_options *options, courant_error **err)
{
	courant_error *why = NULL;

	/* What became of the last mail is no news of this one. */
	if (results_init(&smtp->results, n, err) < 0)
		return -1;
	return send_to(smtp, from, recipients, n, message, options, &why) < 0 ? fail_mail(smtp, why, err) : 0;
}

int courant_smtp_send_message(courant_smtp *smtp, courant_message *message, const struct courant_send_options *options, courant_error **err)
{
	courant_error *why = NULL;

	results_release(&smtp->results);
	return send_message(smtp, message, options, &why) < 0 ? fail_mail(smtp, why, err) : 0;
}

/* ---- results ---- */

size_t courant_smtp_result_count(const courant_smtp *smtp)
{
	return smtp ? smtp->results.n : 0;
}

const struct courant_result *courant_smtp_result(const courant_smtp *smtp, size_t i)
{
	return i < courant_smtp_result_count(smtp) ? &smtp->results.at[i] : NULL;
}
