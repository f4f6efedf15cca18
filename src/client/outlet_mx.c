/* SPDX-License-Identifier: MIT */
/* outlet_mx.c - mails straight to the servers of their recipients' domains (RFC 5321, 5.1)
 *
 * A mail is cut by domain, and each part goes over a connection of its own to the domain's hosts in turn, until nobody in it is
 * deferred any more. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "client/link.h"
#include "client/outlet_own.h"
#include "net/mx.h"
#include "smtp/path.h"

/* What one mail has come to. */
struct errand {
	const struct outlet *outlet;
	const struct courant_mail *mail;
	struct results results;
	bool *is_settled;                    /* by recipient */
	struct courant_recipient *part;      /* the recipients of the mail under way ... */
	size_t *origins;                     /* ... and their numbers in the whole one */
	courant_error *why[COURANT_OUTCOME_UNKNOWN + 1]; /* the first reason for each outcome */
	courant_error *why_deferred;         /* by the last host; another one may do better */
	/* Of the last connection. */
	char peer[128], tls_version[16], tls_cipher[64];
	bool is_verified, is_resumed, was_secured;
	int64_t connect_ms, tls_ms;
};

static void errand_release(struct errand *errand)
{
	for (size_t i = 0; i < sizeof errand->why / sizeof *errand->why; i++)
		courant_error_free(errand->why[i]);
	courant_error_free(errand->why_deferred);
	results_release(&errand->results);
	free(errand->is_settled);
	free(errand->part);
	free(errand->origins);
}
AUTO_DEFINE_VALUE(errand, struct errand, errand_release)

static void keep_reason(struct errand *errand, enum courant_outcome outcome, const courant_error *why)
{
	if (why && !errand->why[outcome])
		(void)fail_copy(&errand->why[outcome], why);
}

static slice domain_of(const struct errand *errand, size_t i)
{
	const struct courant_path *path = &errand->mail->recipients[i].path;

	return path_domain(slice_of(path->ascii ? path->ascii : path->utf8));
}

/* The recipients of the domain who have still no final result. Their number. */
static size_t gather(struct errand *errand, slice domain)
{
	size_t n = 0;

	for (size_t i = 0; i < errand->mail->n_recipients; i++) {
		if (errand->is_settled[i] || !slice_equal_nocase(domain_of(errand, i), domain))
			continue;
		errand->part[n] = errand->mail->recipients[i];
		errand->origins[n++] = i;
	}
	return n;
}

/* No host was reached, or none needs to be. */
static void settle_without_host(struct errand *errand, size_t n, courant_error *why)
{
	const enum courant_code code = courant_error_code(why);
	const int reply = courant_error_reply(why);
	const slice text = slice_of(courant_error_sentence(why));
	struct courant_result result = {.outcome = code == COURANT_HOST_UNKNOWN ? COURANT_OUTCOME_REFUSED : outlet_outcome_of(why),
					.phase = COURANT_PHASE_CONNECT, .code = reply, .text = text.ptr, .text_size = text.len};

	/* "Recipient address has null MX" (RFC 7505, 4.2). */
	if (reply == 556)
		memcpy(result.enhanced, (const unsigned short[]){5, 1, 10}, sizeof result.enhanced);
	for (size_t i = 0; i < n; i++)
		results_set(&errand->results, errand->origins[i], &result);
	keep_reason(errand, result.outcome, why);
}

static void copy_text(char *into, size_t size, const char *text)
{
	(void)snprintf(into, size, "%s", text ? text : "");
}

/* A host's word: whoever is not deferred is settled. */
static void collect(void *context, const struct outlet_report *report)
{
	struct errand *errand = context;
	const enum courant_outcome worst = results_worst(report->results);

	for (size_t i = 0; i < report->results->n; i++) {
		const size_t origin = errand->origins[i];

		results_set(&errand->results, origin, &report->results->at[i]);
		errand->is_settled[origin] = report->results->at[i].outcome != COURANT_OUTCOME_DEFERRED;
	}
	courant_error_free(STEAL(errand->why_deferred));
	if (worst != COURANT_OUTCOME_DEFERRED)
		keep_reason(errand, worst, report->error);
	else if (report->error)
		(void)fail_copy(&errand->why_deferred, report->error);
	copy_text(errand->peer, sizeof errand->peer, report->peer);
	copy_text(errand->tls_version, sizeof errand->tls_version, report->tls_version);
	copy_text(errand->tls_cipher, sizeof errand->tls_cipher, report->tls_cipher);
	errand->was_secured = report->tls_version != NULL;
	errand->is_verified = report->is_verified;
	errand->is_resumed = report->is_resumed;
	errand->connect_ms = report->connect_ms;
	errand->tls_ms = report->tls_ms;
}

/* What is demanded of a host: what the user has said, which by default is TLS if there is any (RFC 7435). A domain's policy (MTA-STS,
 * RFC 8461) or the host's TLSA records (DANE, RFC 7672) would raise the demand here and nowhere else. */
static void demand(const struct target *target, const struct mx_host *host, struct target *ret)
{
	*ret = *target;
	ret->kind = TARGET_SMTP;
	ret->host = (char *)host->name; /* borrowed, as everything else in it */
}

/* Goes to one host with the mail's part. -1: somebody has asked to stop. */
static int visit(struct errand *errand, const struct mx_host *host, size_t n)
{
	struct courant_mail mail = *errand->mail;
	struct outlet_options options = errand->outlet->options;
	struct target target;
	courant_error *why = NULL;

	demand(options.target, host, &target);
	mail.recipients = errand->part;
	mail.n_recipients = n;
	options.target = &target;
	options.connections = options.window = 1;
	options.done = collect;
	options.done_context = errand;

	AUTO(outlet) struct outlet *outlet = outlet_new(&options, &why);

	if (!outlet || outlet_send(outlet, &mail, &why) < 0) {
		AUTO(error) courant_error *reason = why;

		settle_without_host(errand, n, reason);
		return 0;
	}

	const int status = outlet_finish(outlet, &why);

	courant_error_free(why);
	return status;
}

/* All recipients of a domain. -1: somebody has asked to stop. */
static int deliver_domain(struct errand *errand, slice domain)
{
	const struct outlet_options *options = &errand->outlet->options;
	const struct target *target = options->target;
	const int64_t patience_ms = target->timeout_ms ? (int64_t)target->timeout_ms : LINK_CONNECT_TIMEOUT_MS;
	const struct wait wait = {.deadline_ms = clock_monotonic_ms() + patience_ms, .cancel_fd = options->cancel_fd};
	AUTO(error) courant_error *why = NULL;
	struct mx_list hosts = {.n = 0};
	size_t n = gather(errand, domain);
	int status = 0;

	if (mx_look_up(domain, target->resolver.len ? &target->resolver : NULL, &wait, &hosts, &why) < 0) {
		settle_without_host(errand, n, why);
		status = courant_error_code(why) == COURANT_CANCELLED ? -1 : 0;
	}
	for (size_t i = 0; i < hosts.n && n > 0 && status == 0; i++) {
		status = visit(errand, &hosts.at[i], n);
		n = gather(errand, domain);
	}
	for (size_t i = 0; i < n; i++)
		errand->is_settled[errand->origins[i]] = true;
	if (n > 0)
		keep_reason(errand, COURANT_OUTCOME_DEFERRED, errand->why_deferred);
	courant_error_free(STEAL(errand->why_deferred));
	return status;
}

static int errand_init(struct errand *errand, const struct outlet *outlet, const struct courant_mail *mail, courant_error **err)
{
	errand->outlet = outlet;
	errand->mail = mail;
	errand->connect_ms = errand->tls_ms = -1;
	errand->is_settled = mem_array(mail->n_recipients, sizeof *errand->is_settled);
	errand->part = mem_array(mail->n_recipients, sizeof *errand->part);
	errand->origins = mem_array(mail->n_recipients, sizeof *errand->origins);
	if (!errand->is_settled || !errand->part || !errand->origins)
		return fail_memory(err);
	return results_init(&errand->results, mail->n_recipients, err);
}

static void report_errand(const struct errand *errand, int64_t begun_ms)
{
	const struct outlet_options *options = &errand->outlet->options;
	const struct outlet_report report = {
		.mail = errand->mail,
		.results = &errand->results,
		.error = errand->why[results_worst(&errand->results)],
		.peer = errand->peer,
		.tls_version = errand->was_secured ? errand->tls_version : NULL,
		.tls_cipher = errand->was_secured ? errand->tls_cipher : NULL,
		.is_verified = errand->is_verified,
		.is_resumed = errand->is_resumed,
		.begun_ms = begun_ms,
		.ended_ms = clock_monotonic_ms(),
		.connect_ms = errand->connect_ms,
		.tls_ms = errand->tls_ms,
	};

	if (options->done)
		options->done(options->done_context, &report);
}

/* ---- the way out ---- */

struct to_mx {
	struct outlet outlet; /* first */
	bool is_stopped;
};

static int fail_stopped(courant_error **err)
{
	return fail(err, COURANT_CANCELLED, "stopped on request");
}

/* The files and names that the target tells of are tried before anybody is asked anything. */
static int try_target(const struct outlet_options *options, courant_error **err)
{
	struct mx_host nobody = {.name = "localhost"};
	struct outlet_options trial = *options;
	struct target target;

	demand(options->target, &nobody, &target);
	trial.target = &target;

	AUTO(outlet) struct outlet *outlet = outlet_new(&trial, err);

	return outlet ? 0 : -1;
}

static struct outlet *mx_make(const struct outlet_options *options, courant_error **err)
{
	struct to_mx *made;

	if (try_target(options, err) < 0)
		return NULL;
	made = mem_alloc(sizeof *made);
	if (!made) {
		(void)fail_memory(err);
		return NULL;
	}
	return &made->outlet;
}

static int mx_send(struct outlet *outlet, const struct courant_mail *mail, courant_error **err)
{
	struct to_mx *to_mx = (struct to_mx *)outlet;
	const int64_t begun_ms = clock_monotonic_ms();
	AUTO(errand) struct errand errand = {0};

	if (to_mx->is_stopped)
		return fail_stopped(err);
	if (mail->n_recipients == 0)
		return fail(err, COURANT_USAGE, "the mail has no recipient");
	if (errand_init(&errand, outlet, mail, err) < 0)
		return -1;
	for (size_t i = 0; i < mail->n_recipients && !to_mx->is_stopped; i++)
		to_mx->is_stopped = !errand.is_settled[i] && deliver_domain(&errand, domain_of(&errand, i)) < 0;
	report_errand(&errand, begun_ms);
	return 0;
}

static int mx_finish(struct outlet *outlet, courant_error **err)
{
	return ((struct to_mx *)outlet)->is_stopped ? fail_stopped(err) : 0;
}

static void mx_free(struct outlet *outlet)
{
	free(outlet);
}

const struct outlet_calls outlet_mx = {.make = mx_make, .send = mx_send, .finish = mx_finish, .free = mx_free};
