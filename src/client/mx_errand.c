/* SPDX-License-Identifier: MIT */
/* mx_errand.c - a mail cut by domain */
#include "client/mx_errand.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "client/outlet_own.h"
#include "smtp/path.h"

void errand_free(struct errand *errand)
{
	if (!errand)
		return;
	for (size_t i = 0; i < errand->n_parts; i++) {
		courant_error_free(errand->parts[i].why);
		free(errand->parts[i].recipients);
		free(errand->parts[i].origins);
	}
	for (size_t i = 0; i < sizeof errand->why / sizeof *errand->why; i++)
		courant_error_free(errand->why[i]);
	results_release(&errand->results);
	free(errand->parts);
	free(errand);
}

static slice domain_of(const struct courant_recipient *recipient)
{
	return path_domain(slice_of(recipient->path.ascii ? recipient->path.ascii : recipient->path.utf8));
}

slice part_domain(const struct part *part)
{
	return domain_of(&part->recipients[0]);
}

/* ---- cutting ---- */

/* Marks the recipients from `first` on that have its domain. Their number. */
static size_t mark_domain(const struct courant_mail *mail, size_t first, bool *is_taken)
{
	const slice domain = domain_of(&mail->recipients[first]);
	size_t n = 0;

	for (size_t i = first; i < mail->n_recipients; i++) {
		if (is_taken[i] || !slice_equal_nocase(domain_of(&mail->recipients[i]), domain))
			continue;
		is_taken[i] = true;
		n++;
	}
	return n;
}

/* A part more; what points to the others is wrong afterwards. */
static struct part *add_part(struct errand *errand)
{
	/* Doubles: 1, 2, 4, … whenever n is such a number. */
	if ((errand->n_parts & (errand->n_parts - 1)) == 0) {
		struct part *more = mem_resize(errand->parts, errand->n_parts ? errand->n_parts * 2 : 1, sizeof *errand->parts);

		if (!more)
			return NULL;
		errand->parts = more;
	}

	struct part *part = &errand->parts[errand->n_parts++];

	*part = (struct part){.errand = errand};
	return part;
}

/* The part of this recipient's domain, which has n of them. */
static int cut_part(struct errand *errand, size_t first, size_t n, courant_error **err)
{
	const struct courant_mail *mail = errand->mail;
	const slice domain = domain_of(&mail->recipients[first]);
	struct part *part = add_part(errand);

	if (!part)
		return fail_memory(err);
	part->mail = *mail;
	part->mail.recipients = part->recipients = mem_array(n, sizeof *part->recipients);
	part->origins = mem_array(n, sizeof *part->origins);
	if (!part->recipients || !part->origins)
		return fail_memory(err);
	part->mail.n_recipients = 0;
	for (size_t i = first; part->mail.n_recipients < n; i++) {
		if (!slice_equal_nocase(domain_of(&mail->recipients[i]), domain))
			continue;
		part->recipients[part->mail.n_recipients] = mail->recipients[i];
		part->origins[part->mail.n_recipients++] = i;
	}
	return 0;
}

static int cut_parts(struct errand *errand, courant_error **err)
{
	const size_t n = errand->mail->n_recipients;
	AUTO(free) bool *is_taken = mem_array(n, sizeof *is_taken);

	if (!is_taken)
		return fail_memory(err);
	for (size_t i = 0; i < n; i++)
		if (!is_taken[i] && cut_part(errand, i, mark_domain(errand->mail, i, is_taken), err) < 0)
			return -1;
	return 0;
}

struct errand *errand_new(const struct courant_mail *mail, courant_error **err)
{
	AUTO(errand) struct errand *errand = mem_alloc(sizeof *errand);

	if (!errand) {
		(void)fail_memory(err);
		return NULL;
	}
	errand->mail = mail;
	errand->begun_ms = clock_monotonic_ms();
	errand->connect_ms = errand->tls_ms = -1;
	if (results_init(&errand->results, mail->n_recipients, err) < 0 || cut_parts(errand, err) < 0)
		return NULL;
	errand->n_left = errand->n_parts;
	return STEAL(errand);
}

/* ---- results ---- */

static void keep_reason(struct errand *errand, enum courant_outcome outcome, const courant_error *why)
{
	if (why && !errand->why[outcome])
		(void)fail_copy(&errand->why[outcome], why);
}

static void copy_text(char *into, size_t size, const char *text)
{
	(void)snprintf(into, size, "%s", text ? text : "");
}

static void note_connection(struct errand *errand, const struct outlet_report *report)
{
	copy_text(errand->peer, sizeof errand->peer, report->peer);
	copy_text(errand->tls_version, sizeof errand->tls_version, report->tls_version);
	copy_text(errand->tls_cipher, sizeof errand->tls_cipher, report->tls_cipher);
	errand->was_secured = report->tls_version != NULL;
	errand->is_verified = report->is_verified;
	errand->is_resumed = report->is_resumed;
	errand->connect_ms = report->connect_ms;
	errand->tls_ms = report->tls_ms;
}

bool part_collect(struct part *part, const struct outlet_report *report)
{
	const enum courant_outcome worst = results_worst(report->results);
	size_t n = 0;

	note_connection(part->errand, report);
	for (size_t i = 0; i < report->results->n; i++) {
		const struct courant_result *result = &report->results->at[i];

		results_set(&part->errand->results, part->origins[i], result);
		if (result->outcome != COURANT_OUTCOME_DEFERRED)
			continue;
		part->recipients[n] = part->recipients[i];
		part->origins[n++] = part->origins[i];
	}
	courant_error_free(STEAL(part->why));
	if (worst != COURANT_OUTCOME_DEFERRED)
		keep_reason(part->errand, worst, report->error);
	else if (report->error)
		(void)fail_copy(&part->why, report->error);
	part->mail.n_recipients = n;
	return n > 0;
}

static void set_results(struct part *part, enum courant_outcome outcome, const courant_error *why)
{
	const slice text = slice_of(courant_error_sentence(why));
	struct courant_result result = {.outcome = outcome, .phase = COURANT_PHASE_CONNECT, .code = courant_error_reply(why), .text = text.ptr,
					.text_size = text.len};

	/* "Recipient address has null MX" (RFC 7505, 4.2). */
	if (result.code == 556)
		memcpy(result.enhanced, (const unsigned short[]){5, 1, 10}, sizeof result.enhanced);
	for (size_t i = 0; i < part->mail.n_recipients; i++)
		results_set(&part->errand->results, part->origins[i], &result);
}

void part_settle(struct part *part, const courant_error *why)
{
	const enum courant_outcome outcome = courant_error_code(why) == COURANT_HOST_UNKNOWN ? COURANT_OUTCOME_REFUSED : outlet_outcome_of(why);

	set_results(part, outcome, why);
	keep_reason(part->errand, outcome, why);
}

void part_defer(struct part *part, const courant_error *why)
{
	set_results(part, COURANT_OUTCOME_DEFERRED, why);
	courant_error_free(STEAL(part->why));
	(void)fail_copy(&part->why, why);
}

bool part_end(struct part *part)
{
	keep_reason(part->errand, COURANT_OUTCOME_DEFERRED, part->why);
	return --part->errand->n_left == 0;
}

void errand_tell(const struct errand *errand, outlet_done_fn *done, void *context)
{
	const struct outlet_report report = {
		.mail = errand->mail,
		.results = &errand->results,
		.error = errand->why[results_worst(&errand->results)],
		.peer = errand->peer,
		.tls_version = errand->was_secured ? errand->tls_version : NULL,
		.tls_cipher = errand->was_secured ? errand->tls_cipher : NULL,
		.is_verified = errand->is_verified,
		.is_resumed = errand->is_resumed,
		.begun_ms = errand->begun_ms,
		.ended_ms = clock_monotonic_ms(),
		.connect_ms = errand->connect_ms,
		.tls_ms = errand->tls_ms,
	};

	if (done)
		done(context, &report);
}
