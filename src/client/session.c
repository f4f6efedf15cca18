/* SPDX-License-Identifier: MIT */
/* session.c - courant/smtp.h: the engine led by hand over one link, a step a call */
#include "client/session.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/idn.h"
#include "client/envelope.h"
#include "client/link.h"
#include "client/survey.h"
#include "net/tls.h"

#define HOST_MAX_BYTES 512
#define PORT_SMTP      25
#define PORT_SMTPS     465

courant_smtp *courant_smtp_new(const char *host, uint16_t port, courant_error **err)
{
	courant_smtp *smtp = mem_alloc(sizeof *smtp);

	if (!smtp) {
		(void)fail_memory(err);
		return NULL;
	}
	smtp->reply = (struct buffer)BUFFER_LIMIT(SESSION_REPLY_MAX_BYTES);
	smtp->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (smtp->stop_fd < 0)
		(void)fail_errno(err, errno, "cannot make a session");
	if (smtp->stop_fd < 0 || (host && courant_smtp_connect(smtp, host, port, err) < 0)) {
		courant_smtp_free(smtp);
		return NULL;
	}
	return smtp;
}

void courant_smtp_close(courant_smtp *smtp)
{
	link_free(smtp->link);
	smtp->link = NULL;
	smtp->is_greeted = smtp->has_carried = false;
}

void courant_smtp_free(courant_smtp *smtp)
{
	if (!smtp)
		return;
	courant_smtp_close(smtp);
	session_forget_login(smtp);
	tls_context_free(smtp->tls_context);
	results_release(&smtp->results);
	buffer_release(&smtp->reply);
	free(smtp->hello);
	free(smtp->source);
	proxy_release(&smtp->proxy);
	free(smtp->host);
	free(smtp->verify_name);
	if (smtp->stop_fd >= 0)
		(void)close(smtp->stop_fd);
	free(smtp);
}

/* ---- settings ---- */

void courant_smtp_set_protocol(courant_smtp *smtp, enum courant_protocol protocol)
{
	smtp->protocol = protocol;
}

void courant_smtp_set_timeout(courant_smtp *smtp, uint64_t timeout_ms)
{
	smtp->timeout_ms = timeout_ms;
}

void courant_smtp_set_trace(courant_smtp *smtp, courant_trace_fn *trace, void *context)
{
	smtp->trace = trace;
	smtp->trace_context = context;
}

void courant_smtp_set_progress(courant_smtp *smtp, courant_progress_fn *progress, void *context)
{
	smtp->progress = progress;
	smtp->progress_context = context;
}

int courant_smtp_set_hello(courant_smtp *smtp, const char *name, courant_error **err)
{
	/* The engine knows what a name may look like. */
	const struct courant_engine_options probe = {.hello = name};
	courant_engine *engine = courant_engine_new(&probe, err);

	if (!engine)
		return -1;
	courant_engine_free(engine);

	char *copy = mem_copy_text(name);

	if (!copy)
		return fail_memory(err);
	free(smtp->hello);
	smtp->hello = copy;
	return 0;
}

int courant_smtp_set_source(courant_smtp *smtp, const char *address, courant_error **err)
{
	if (address && !address_is_numeric(slice_of(address)))
		return fail(err, COURANT_USAGE, "not an IP address to connect from: \"%s\"", address);

	char *copy = mem_copy_text(address);

	if (address && !copy)
		return fail_memory(err);
	free(smtp->source);
	smtp->source = copy;
	return 0;
}

int courant_smtp_set_proxy(courant_smtp *smtp, const char *url, courant_error **err)
{
	struct proxy proxy = {0};

	if (url && proxy_parse(slice_of(url), &proxy, err) < 0)
		return -1;
	proxy_release(&smtp->proxy);
	smtp->proxy = proxy;
	return 0;
}

static int take_tls_options(courant_smtp *smtp, const struct courant_tls_options *options, courant_error **err)
{
	static const struct courant_tls_options defaults;

	if (!options)
		options = &defaults;

	const struct tls_policy policy = {
		.ca_file = options->ca_file,
		.ca_folder = options->ca_folder,
		.ca_pem = slice_of(options->ca_pem),
		.pin = options->pin,
		.certificate_file = options->certificate_file,
		.key_file = options->key_file,
		.certificate_pem = slice_of(options->certificate_pem),
		.key_pem = slice_of(options->key_pem),
		.minimum = options->minimum,
		.is_opportunistic = smtp->tls == COURANT_TLS_OPPORTUNISTIC,
	};
	struct tls_context *context = tls_context_new_client(&policy, err);

	if (!context)
		return -1;

	char *name = mem_copy_text(options->verify_name);

	if (options->verify_name && !name) {
		tls_context_free(context);
		return fail_memory(err);
	}
	tls_context_free(smtp->tls_context);
	free(smtp->verify_name);
	smtp->tls_context = context;
	smtp->verify_name = name;
	return 0;
}

int courant_smtp_set_tls(courant_smtp *smtp, enum courant_tls tls, const struct courant_tls_options *options, courant_error **err)
{
	if (smtp->link)
		return fail(err, COURANT_USAGE, "how TLS is used is said before connecting");
	smtp->tls = tls;
	return tls == COURANT_TLS_NONE ? 0 : take_tls_options(smtp, options, err);
}

/* ---- the loop ---- */

/* The session is over: later calls shall say so, not speak to a server that is gone. */
static int end(courant_smtp *smtp, const courant_error *why, courant_error **err)
{
	const bool is_known = why != NULL;

	if (is_known)
		(void)fail_copy(err, why);
	courant_smtp_close(smtp);
	return is_known ? -1 : fail(err, COURANT_TEMPORARY, "%s has closed the connection", smtp->host);
}

static void keep_reply(courant_smtp *smtp, const struct courant_event *event)
{
	if (event->result.code == 0)
		return;
	smtp->reply_code = event->result.code;
	buffer_cut(&smtp->reply, 0);
	buffer_append(&smtp->reply, slice_from(event->result.text, event->result.text_size));
}

static void report_progress(courant_smtp *smtp)
{
	if (smtp->progress && smtp->progress_size)
		smtp->progress(smtp->progress_context, smtp->progress_passed, smtp->progress_size);
}

static bool is_shaking(const courant_smtp *smtp)
{
	const enum courant_phase phase = courant_engine_phase(link_engine(smtp->link));

	return phase == COURANT_PHASE_STARTTLS || phase == COURANT_PHASE_TLS;
}

int session_run(courant_smtp *smtp, int until, struct courant_event *ret, courant_error **err)
{
	const struct wait wait = {.deadline_ms = WAIT_FOREVER, .cancel_fd = smtp->stop_fd};

	if (!smtp->link)
		return fail(err, COURANT_USAGE, "the session is not connected");
	for (;;) {
		if (atomic_load(&smtp->is_cancelled)) {
			courant_smtp_close(smtp);
			return fail(err, COURANT_CANCELLED, "stopped on request");
		}

		bool progress = link_step(smtp->link, clock_monotonic_ms());

		report_progress(smtp);
		while (link_next(smtp->link, ret)) {
			progress = true;
			if (ret->kind == COURANT_EVENT_CLOSED)
				return end(smtp, ret->error, err);
			keep_reply(smtp, ret);
			if (ret->kind == COURANT_EVENT_RECIPIENT)
				results_set(&smtp->results, ret->recipient, &ret->result);
			if ((int)ret->kind == until)
				return 0;
		}
		if (until == SESSION_UNTIL_SECURED && !is_shaking(smtp))
			return 0;
		if (progress)
			continue;

		struct pollfd fds[DIAL_MAX_FDS];
		int64_t at_ms;
		const size_t n = link_wishes(smtp->link, fds, &at_ms);

		if (wait_poll(fds, n, at_ms, &wait, err) < 0) {
			courant_smtp_close(smtp);
			return -1;
		}
		link_wake(smtp->link);
	}
}

/* Some events carry the server's refusal of what was asked. */
static int run_step(courant_smtp *smtp, int until, courant_error **err)
{
	struct courant_event event;

	if (session_run(smtp, until, &event, err) < 0)
		return -1;
	return event.error ? fail_copy(err, event.error) : 0;
}

/* ---- connecting ---- */

/* The name as the network knows it. */
static int take_host(courant_smtp *smtp, const char *host, courant_error **err)
{
	slice name = slice_of(host);
	AUTO(buffer) struct buffer ascii = BUFFER_LIMIT(HOST_MAX_BYTES);

	if (slice_starts(name, SLICE("[")) && slice_ends(name, SLICE("]")))
		name = slice_part(name, 1, name.len - 2);
	if (slice_starts(name, SLICE("/")) || address_is_numeric(name))
		buffer_append(&ascii, name);
	else if (idn_to_ascii(name, &ascii, err) < 0)
		return fail_within(err, "the server's name");

	char *copy;

	if (buffer_take(&ascii, &copy, NULL, err) < 0)
		return -1;
	free(smtp->host);
	smtp->host = copy;
	return 0;
}

int courant_smtp_connect(courant_smtp *smtp, const char *host, uint16_t port, courant_error **err)
{
	courant_smtp_close(smtp);
	session_forget_login(smtp);
	smtp->port = port;
	return take_host(smtp, host, err) < 0 ? -1 : session_dial(smtp, err);
}

int session_dial(courant_smtp *smtp, courant_error **err)
{
	uint16_t port = smtp->port;

	courant_smtp_close(smtp);
	if (smtp->tls != COURANT_TLS_NONE && !smtp->tls_context && take_tls_options(smtp, NULL, err) < 0)
		return -1;
	if (port == 0)
		port = smtp->tls == COURANT_TLS_IMPLICIT ? PORT_SMTPS : PORT_SMTP;

	const struct link_options options = {
		.dial = {.host = smtp->host, .port = port, .source = smtp->source, .proxy = smtp->proxy.host ? &smtp->proxy : NULL},
		.name = smtp->host,
		.verify_name = smtp->verify_name ? smtp->verify_name : smtp->host,
		.tls = smtp->tls_context,
		.connect_timeout_ms = (int64_t)smtp->timeout_ms,
		.engine = {.protocol = smtp->protocol, .tls = smtp->tls, .hello = smtp->hello, .by_hand = true,
			   .timeout_ms = smtp->timeout_ms, .trace = smtp->trace, .trace_context = smtp->trace_context},
	};

	smtp->link = link_new(&options, clock_monotonic_ms(), err);
	return smtp->link ? run_step(smtp, COURANT_EVENT_GREETED, err) : -1;
}

int courant_smtp_ehlo(courant_smtp *smtp, courant_error **err)
{
	if (!smtp->link)
		return fail(err, COURANT_USAGE, "EHLO comes after connecting");
	if (courant_engine_hello(link_engine(smtp->link), err) < 0 || run_step(smtp, COURANT_EVENT_HELLO, err) < 0)
		return -1;
	smtp->is_greeted = true;
	return 0;
}

static bool is_secured(const courant_smtp *smtp)
{
	return smtp->link && link_tls(smtp->link);
}

static int greet(courant_smtp *smtp, courant_error **err)
{
	return smtp->is_greeted ? 0 : courant_smtp_ehlo(smtp, err);
}

int courant_smtp_starttls(courant_smtp *smtp, const struct courant_tls_options *options, courant_error **err)
{
	if (!smtp->link)
		return fail(err, COURANT_USAGE, "STARTTLS comes after connecting");
	if (smtp->tls == COURANT_TLS_NONE || (options && take_tls_options(smtp, options, err) < 0))
		return fail(err, COURANT_USAGE, "TLS was switched off for this session");

	const char *name = smtp->verify_name ? smtp->verify_name : smtp->host;

	if (link_set_tls(smtp->link, smtp->tls_context, name, err) < 0 || greet(smtp, err) < 0 ||
	    courant_engine_starttls(link_engine(smtp->link), err) < 0)
		return -1;
	/* The engine has nothing to say when the handshake is done: what follows is a new EHLO. */
	smtp->is_greeted = false;
	return run_step(smtp, SESSION_UNTIL_SECURED, err) < 0 ? -1 : courant_smtp_ehlo(smtp, err);
}

/* What a mail or a password needs: a greeting, and TLS unless it was switched off. */
static int make_ready(courant_smtp *smtp, courant_error **err)
{
	if (!smtp->link)
		return fail(err, COURANT_USAGE, "the session is not connected");
	if (greet(smtp, err) < 0)
		return -1;
	if (is_secured(smtp) || smtp->tls == COURANT_TLS_NONE)
		return 0;
	if (smtp->tls == COURANT_TLS_OPPORTUNISTIC && !courant_smtp_extension(smtp, "STARTTLS"))
		return 0;
	return courant_smtp_starttls(smtp, NULL, err);
}

/* ---- login ---- */

int courant_smtp_login(courant_smtp *smtp, const char *user, const char *password, courant_error **err)
{
	return courant_smtp_login_with(smtp, &(struct courant_login){.user = user, .password = password}, err);
}

int courant_smtp_login_with(courant_smtp *smtp, const struct courant_login *login, courant_error **err)
{
	if (make_ready(smtp, err) < 0 || courant_engine_login(link_engine(smtp->link), login, err) < 0)
		return -1;
	return run_step(smtp, COURANT_EVENT_LOGIN, err) < 0 ? -1 : session_keep_login(smtp, login, err);
}

/* ---- sending ---- */

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

static int try_mail(courant_smtp *smtp, struct courant_mail *mail, courant_error **err)
{
	struct courant_event event;

	if (results_init(&smtp->results, mail->n_recipients, err) < 0 || make_ready(smtp, err) < 0 || survey_mail(mail, err) < 0 ||
	    courant_engine_send(link_engine(smtp->link), mail, err) < 0 || session_run(smtp, COURANT_EVENT_MESSAGE, &event, err) < 0)
		return -1;
	smtp->has_carried = true;
	return 0;
}

/* An idle connection that the server has closed, or closes in this instant, is made anew once: the mail was not begun. */
static int try_twice(courant_smtp *smtp, struct courant_mail *mail, courant_error **err)
{
	const bool has_carried = smtp->has_carried;

	if (session_is_gone(smtp))
		return session_again(smtp, err) < 0 ? -1 : try_mail(smtp, mail, err);
	if (try_mail(smtp, mail, err) < 0)
		return -1;
	if (!has_carried || !session_lost_nothing(smtp))
		return 0;
	return session_again(smtp, err) < 0 ? -1 : try_mail(smtp, mail, err);
}

static int send_mail(courant_smtp *smtp, struct courant_mail *mail, courant_reader *message, courant_error **err)
{
	static const struct courant_reader_calls counting = {.read = counting_read, .rewind = counting_rewind, .size = counting_size};
	AUTO(reader) courant_reader *counted = courant_reader_new(&counting, smtp, err);

	/* What became of the last mail is no news of this one. */
	if (!counted || results_init(&smtp->results, mail->n_recipients, err) < 0)
		return -1;
	smtp->message = message;
	smtp->progress_passed = smtp->progress_size = 0;
	(void)courant_reader_size(message, &smtp->progress_size);
	mail->message = counted;

	const int status = try_twice(smtp, mail, err);

	smtp->message = NULL;
	smtp->progress_size = 0;
	return status < 0 ? -1 : results_fail(&smtp->results, mail, smtp->host, err);
}

static void apply_options(struct courant_mail *mail, const struct courant_send_options *options)
{
	mail->flags = options->flags;
	mail->ret = options->ret;
	mail->envelope_id = options->envelope_id;
	mail->parameters = options->mail_parameters;
}

int courant_smtp_sendmail(courant_smtp *smtp, const char *from, const char *const *recipients, size_t n, courant_reader *message,
			  const struct courant_send_options *options, courant_error **err)
{
	static const struct courant_send_options none;
	AUTO(envelope) struct envelope envelope = {0};
	struct courant_mail mail;

	options = options ? options : &none;
	if (envelope_set_sender(&envelope, from, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (envelope_add(&envelope, recipients[i], options->notify, options->recipient_parameters, err) < 0)
			return -1;
	envelope_mail(&envelope, &mail);
	apply_options(&mail, options);
	return send_mail(smtp, &mail, message, err);
}

int courant_smtp_send_message(courant_smtp *smtp, courant_message *message, const struct courant_send_options *options, courant_error **err)
{
	static const struct courant_send_options none;
	AUTO(envelope) struct envelope envelope = {0};
	AUTO(reader) courant_reader *bytes = NULL;
	struct courant_mail mail;

	options = options ? options : &none;
	if (envelope_of_message(&envelope, message, options->notify, options->recipient_parameters, err) < 0 ||
	    !(bytes = courant_message_reader_new(message, err)))
		return -1;
	envelope_mail(&envelope, &mail);
	apply_options(&mail, options);
	return send_mail(smtp, &mail, bytes, err);
}

size_t courant_smtp_result_count(const courant_smtp *smtp)
{
	return smtp->results.n;
}

const struct courant_result *courant_smtp_result(const courant_smtp *smtp, size_t i)
{
	return i < smtp->results.n ? &smtp->results.at[i] : NULL;
}

/* ---- other commands ---- */

static int command(courant_smtp *smtp, int status, const char *name, courant_error **err)
{
	struct courant_event event;

	if (status < 0 || session_run(smtp, COURANT_EVENT_REPLY, &event, err) < 0)
		return -1;
	if (event.result.code >= 200 && event.result.code < 300)
		return 0;
	return fail_reply_code(err, event.result.code < 500 ? COURANT_TEMPORARY : COURANT_REFUSED, event.result.code, "%s answers %s with %d %s",
			       smtp->host, name, event.result.code, event.result.text);
}

int courant_smtp_verify(courant_smtp *smtp, const char *word, courant_error **err)
{
	return make_ready(smtp, err) < 0 ? -1 : command(smtp, courant_engine_verify(link_engine(smtp->link), word, err), "VRFY", err);
}

int courant_smtp_noop(courant_smtp *smtp, courant_error **err)
{
	return make_ready(smtp, err) < 0 ? -1 : command(smtp, courant_engine_noop(link_engine(smtp->link), err), "NOOP", err);
}

int courant_smtp_rset(courant_smtp *smtp, courant_error **err)
{
	return make_ready(smtp, err) < 0 ? -1 : command(smtp, courant_engine_reset(link_engine(smtp->link), err), "RSET", err);
}

/* ---- facts ---- */

const char *courant_smtp_extension(const courant_smtp *smtp, const char *name)
{
	return smtp->link && link_engine(smtp->link) ? courant_engine_parameters(link_engine(smtp->link), name) : NULL;
}

const char *courant_smtp_login_mechanism(const courant_smtp *smtp)
{
	return smtp->link && link_engine(smtp->link) ? courant_engine_mechanism(link_engine(smtp->link)) : NULL;
}

int courant_smtp_reply_code(const courant_smtp *smtp)
{
	return smtp->reply_code;
}

const char *courant_smtp_reply_text(const courant_smtp *smtp)
{
	return smtp->reply.len > 0 ? smtp->reply.bytes : "";
}

const char *courant_smtp_tls_version(const courant_smtp *smtp)
{
	return is_secured(smtp) ? tls_version(link_tls(smtp->link)) : NULL;
}

const char *courant_smtp_tls_cipher(const courant_smtp *smtp)
{
	return is_secured(smtp) ? tls_cipher(link_tls(smtp->link)) : NULL;
}

bool courant_smtp_tls_is_verified(const courant_smtp *smtp)
{
	return is_secured(smtp) && tls_is_verified(link_tls(smtp->link));
}

bool courant_smtp_tls_is_resumed(const courant_smtp *smtp)
{
	return is_secured(smtp) && tls_is_resumed(link_tls(smtp->link));
}

/* ---- ending ---- */

void courant_smtp_cancel(courant_smtp *smtp)
{
	const uint64_t one = 1;

	/* The flag for a loop that has no need to wait, the descriptor for one that waits. */
	atomic_store(&smtp->is_cancelled, true);
	/* Fails only when it was called 2^64 times already. */
	const ssize_t ignored = write(smtp->stop_fd, &one, sizeof one);

	(void)ignored;
}

void courant_smtp_quit(courant_smtp *smtp)
{
	struct courant_event ignored;

	if (smtp->link && link_engine(smtp->link)) {
		courant_engine_quit(link_engine(smtp->link), clock_monotonic_ms());
		/* Runs into the end of the connection, which is what is wanted. */
		(void)session_run(smtp, SESSION_UNTIL_CLOSED, &ignored, NULL);
	}
	courant_smtp_close(smtp);
}
