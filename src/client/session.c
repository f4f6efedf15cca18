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
#include "client/link.h"
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
	if (!smtp)
		return;
	link_free(smtp->link);
	smtp->link = NULL;
	smtp->is_greeted = smtp->has_carried = smtp->goes_in_clear = false;
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
	session_forget_options(smtp);
	free(smtp->hello);
	free(smtp->source);
	proxy_release(&smtp->proxy);
	free(smtp->host);
	free(smtp->verify_name);
	if (smtp->stop_fd >= 0)
		(void)close(smtp->stop_fd);
	free(smtp);
}

/* ---- the loop ---- */

/* The session is over: later calls shall say so, not speak to a server that is gone. */
static int end(courant_smtp *smtp, const courant_error *why, courant_error **err)
{
	const bool is_known = why != NULL;

	if (is_known)
		(void)fail_copy(err, why);
	smtp->may_go_in_clear = link_may_go_in_clear(smtp->link);
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

static void keep_result(courant_smtp *smtp, const struct courant_event *event)
{
	if (event->kind == COURANT_EVENT_RECIPIENT)
		results_set(&smtp->results, rest_origin(&smtp->rest, event->recipient), &event->result);
}

/* We end it, whatever is under way: the results say how far that has got. Takes the error. */
static int give_up(courant_smtp *smtp, courant_error *why, courant_error **err)
{
	struct courant_event event;

	(void)fail_copy(err, why);
	link_give_up(smtp->link, why, clock_monotonic_ms());
	while (link_next(smtp->link, &event))
		keep_result(smtp, &event);
	courant_smtp_close(smtp);
	return -1;
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

int session_check(const courant_smtp *smtp, courant_error **err)
{
	if (atomic_load(&smtp->is_cancelled))
		return fail(err, COURANT_CANCELLED, "stopped on request");
	return smtp->link ? 0 : fail(err, COURANT_USAGE, "the session is not connected");
}

int session_run(courant_smtp *smtp, int until, struct courant_event *ret, courant_error **err)
{
	const struct wait wait = {.deadline_ms = WAIT_FOREVER, .cancel_fd = smtp->stop_fd};
	courant_error *why = NULL;

	if (!smtp->link)
		return session_check(smtp, err);
	for (;;) {
		if (session_check(smtp, &why) < 0)
			return give_up(smtp, why, err);

		bool progress = link_step(smtp->link, clock_monotonic_ms());

		report_progress(smtp);
		while (link_next(smtp->link, ret)) {
			progress = true;
			if (ret->kind == COURANT_EVENT_CLOSED)
				return end(smtp, ret->error, err);
			keep_reply(smtp, ret);
			keep_result(smtp, ret);
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

		if (wait_poll(fds, n, at_ms, &wait, &why) < 0)
			return give_up(smtp, why, err);
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
	smtp->uses_helo = false;
	return take_host(smtp, host ? host : "", err) < 0 ? -1 : session_dial(smtp, err);
}

int session_dial(courant_smtp *smtp, courant_error **err)
{
	uint16_t port = smtp->port;

	courant_smtp_close(smtp);
	if (smtp->tls != COURANT_TLS_NONE && !smtp->tls_context && session_take_tls(smtp, NULL, err) < 0)
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

static int hello(courant_smtp *smtp, enum courant_greeting how, const char *name, courant_error **err)
{
	if (session_check(smtp, err) < 0 || courant_engine_hello(link_engine(smtp->link), how, name, err) < 0 || (name && courant_smtp_set_hello(smtp, name, err) < 0) ||
	    run_step(smtp, COURANT_EVENT_HELLO, err) < 0)
		return -1;
	smtp->is_greeted = true;
	smtp->uses_helo = how == COURANT_HELO;
	return 0;
}

int courant_smtp_ehlo(courant_smtp *smtp, const char *name, courant_error **err)
{
	return hello(smtp, COURANT_EHLO, name, err);
}

int courant_smtp_helo(courant_smtp *smtp, const char *name, courant_error **err)
{
	return hello(smtp, COURANT_HELO, name, err);
}

int courant_smtp_lhlo(courant_smtp *smtp, const char *name, courant_error **err)
{
	smtp->protocol = COURANT_LMTP;
	return hello(smtp, COURANT_LHLO, name, err);
}

bool session_is_secured(const courant_smtp *smtp)
{
	return smtp->link && link_tls(smtp->link);
}

static int greet(courant_smtp *smtp, courant_error **err)
{
	return smtp->is_greeted ? 0 : hello(smtp, smtp->uses_helo ? COURANT_HELO : COURANT_EHLO, NULL, err);
}

static int starttls(courant_smtp *smtp, const struct courant_tls_options *options, courant_error **err)
{
	if (session_check(smtp, err) < 0)
		return -1;
	if (session_is_secured(smtp))
		return fail(err, COURANT_USAGE, "the session has TLS already");
	if (smtp->tls == COURANT_TLS_NONE)
		return fail(err, COURANT_USAGE, "TLS was switched off for this session");
	if (options && session_take_tls(smtp, options, err) < 0)
		return -1;

	const char *name = smtp->verify_name ? smtp->verify_name : smtp->host;

	if (link_set_tls(smtp->link, smtp->tls_context, name, err) < 0 || greet(smtp, err) < 0 ||
	    courant_engine_starttls(link_engine(smtp->link), err) < 0)
		return -1;
	/* The engine has nothing to say when the handshake is done: what follows is a new EHLO. */
	smtp->is_greeted = false;
	return run_step(smtp, SESSION_UNTIL_SECURED, err) < 0 ? -1 : hello(smtp, COURANT_EHLO, NULL, err);
}

int courant_smtp_starttls(courant_smtp *smtp, const struct courant_tls_options *options, courant_error **err)
{
	courant_error *why = NULL;

	if (starttls(smtp, options, &why) == 0)
		return 0;
	/* Whoever overlooks this goes on with a session that is closed, not with one in clear. */
	if (courant_error_code(why) == COURANT_TLS)
		courant_smtp_quit(smtp);
	return fail_pass(err, why);
}

/* TLS when there is some: a server that offers it and then refuses it is spoken to in clear, and one whose handshake fails over a new connection. */
static int try_starttls(courant_smtp *smtp, courant_error **err)
{
	AUTO(error) courant_error *why = NULL;

	smtp->may_go_in_clear = false;
	if (smtp->goes_in_clear || !courant_smtp_extension(smtp, "STARTTLS") || starttls(smtp, NULL, &why) == 0)
		return 0;

	const bool was_refused = smtp->link && courant_error_reply(why) >= 400;

	if (!was_refused && !smtp->may_go_in_clear)
		return fail_copy(err, why);
	if (was_refused)
		smtp->is_greeted = true;
	else if (session_dial(smtp, err) < 0 || greet(smtp, err) < 0)
		return -1;
	smtp->goes_in_clear = true;
	return 0;
}

int session_make_ready(courant_smtp *smtp, courant_error **err)
{
	if (session_check(smtp, err) < 0 || greet(smtp, err) < 0)
		return -1;
	if (session_is_secured(smtp) || smtp->tls == COURANT_TLS_NONE)
		return 0;
	return smtp->tls == COURANT_TLS_OPPORTUNISTIC ? try_starttls(smtp, err) : courant_smtp_starttls(smtp, NULL, err);
}

/* ---- login ---- */

int courant_smtp_login(courant_smtp *smtp, const char *user, const char *password, courant_error **err)
{
	return courant_smtp_login_with(smtp, &(struct courant_login){.user = user, .password = password}, err);
}

int courant_smtp_login_with(courant_smtp *smtp, const struct courant_login *login, courant_error **err)
{
	if (session_make_ready(smtp, err) < 0 || courant_engine_login(link_engine(smtp->link), login, err) < 0)
		return -1;
	return run_step(smtp, COURANT_EVENT_LOGIN, err) < 0 ? -1 : session_keep_login(smtp, login, err);
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

	if (smtp && smtp->link && link_engine(smtp->link)) {
		courant_engine_quit(link_engine(smtp->link), clock_monotonic_ms());
		/* Runs into the end of the connection, which is what is wanted. */
		(void)session_run(smtp, SESSION_UNTIL_CLOSED, &ignored, NULL);
	}
	courant_smtp_close(smtp);
}
