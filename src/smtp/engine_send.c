/* SPDX-License-Identifier: MIT */
/* engine_send.c - mails handed in, what they need of the server */
#include "base/alloc.h"
#include "smtp/engine_state.h"
#include "smtp/mail_check.h"
#include "smtp/path.h"

/* ---- handing in ---- */

const char *mail_path(const struct courant_path *path, bool is_utf8)
{
	return (is_utf8 && path->utf8) || !path->ascii ? path->utf8 : path->ascii;
}

size_t courant_engine_room(const courant_engine *engine)
{
	return courant_engine_is_spent(engine) ? 0 : engine->n_mails - engine->n_active;
}

bool courant_engine_is_spent(const courant_engine *engine)
{
	const uint64_t waiting = engine->n_started + engine->n_queue;

	return engine->is_closed || engine->wants_quit ||
	       (engine->offer.mail_max > 0 && waiting >= engine->offer.mail_max);
}

static struct transaction *free_slot(struct courant_engine *engine)
{
	for (size_t i = 0; i < engine->n_mails; i++)
		if (!engine->mails[i].mail)
			return &engine->mails[i];
	return NULL;
}

static int reserve_fates(struct transaction *mail, size_t n, courant_error **err)
{
	if (n <= mail->fates_space)
		return 0;

	unsigned char *fates = mem_resize(mail->fates, n, 1);

	if (!fates)
		return fail_memory(err);
	mail->fates = fates;
	mail->fates_space = n;
	return 0;
}

void mail_enqueue(struct courant_engine *engine, struct transaction *mail)
{
	mail->stage = STAGE_BEGIN;
	mail->has_ended = false;
	engine->queue[(engine->queue_head + engine->n_queue++) % engine->n_mails] = mail;
}

int courant_engine_send(courant_engine *engine, const struct courant_mail *mail,
			courant_error **err)
{
	struct transaction *slot = courant_engine_room(engine) > 0 ? free_slot(engine) : NULL;
	const bool wants_tls = engine->options.tls == COURANT_TLS_STARTTLS ||
			       engine->options.tls == COURANT_TLS_IMPLICIT;

	if (!slot)
		return fail(err, COURANT_USAGE, "the session has no room for another mail now");
	if (engine->is_open && wants_tls && !engine->is_secured)
		return fail(err, COURANT_TLS, "%s: TLS is wanted and not there: nothing is sent",
			    engine->host);
	if (engine->is_open && engine->wants_login && !engine->is_logged_in)
		return fail(err, COURANT_LOGIN, "%s: a login is wanted and has not been done",
			    engine->host);
	if (mail_check(mail, err) < 0 || reserve_fates(slot, mail->n_recipients, err) < 0 ||
	    event_reserve(engine, mail->n_recipients + 1, err) < 0)
		return -1;
	*slot = (struct transaction){
		.mail = mail, .fates = slot->fates, .fates_space = slot->fates_space};
	memset(slot->fates, FATE_NEW, mail->n_recipients);
	engine->n_active++;
	mail_enqueue(engine, slot);
	return 0;
}

/* ---- what a mail needs ---- */

static uint64_t size_of(const struct courant_mail *mail)
{
	uint64_t size_bytes = mail->size_bytes;

	if (size_bytes == 0)
		(void)courant_reader_size(mail->message, &size_bytes);
	return size_bytes;
}

static bool needs_utf8(const struct courant_mail *mail)
{
	return (mail->flags & COURANT_MAIL_UTF8_HEADER) || !mail->sender.ascii ||
	       path_has_parameter(slice_of(mail->parameters), SLICE("SMTPUTF8"));
}

static bool any_recipient(const struct courant_mail *mail,
			  bool (*has)(const struct courant_recipient *))
{
	for (size_t i = 0; i < mail->n_recipients; i++)
		if (has(&mail->recipients[i]))
			return true;
	return false;
}

static bool has_no_ascii(const struct courant_recipient *to)
{
	return !to->path.ascii;
}

static bool has_dsn(const struct courant_recipient *to)
{
	return to->notify != COURANT_NOTIFY_DEFAULT || to->orcpt;
}

unsigned courant_engine_missing(const courant_engine *engine, const struct courant_mail *mail)
{
	const uint64_t size_bytes = size_of(mail);
	const uint64_t size_max = engine->offer.size_max_bytes;
	unsigned needs = 0;

	if (mail->flags & COURANT_MAIL_EIGHT_BIT)
		needs |= COURANT_EXTENSION_8BITMIME;
	if (mail->flags & COURANT_MAIL_BINARY)
		needs |= COURANT_EXTENSION_BINARYMIME | COURANT_EXTENSION_CHUNKING;
	if (needs_utf8(mail) || any_recipient(mail, has_no_ascii))
		needs |= COURANT_EXTENSION_SMTPUTF8;
	if (mail->flags & COURANT_MAIL_REQUIRE_TLS)
		needs |= COURANT_EXTENSION_REQUIRETLS;
	if (mail->ret || mail->envelope_id || any_recipient(mail, has_dsn))
		needs |= COURANT_EXTENSION_DSN;
	if (mail->deliver_by_s || mail->deliver_by_mode)
		needs |= COURANT_EXTENSION_DELIVERBY;
	if (mail->hold_for_s || mail->hold_until)
		needs |= COURANT_EXTENSION_FUTURERELEASE;
	if (mail->priority)
		needs |= COURANT_EXTENSION_MT_PRIORITY;
	needs &= ~engine->offer.bits;
	/* RFC 8689, 4.2: only over TLS whose certificate was verified. */
	if ((mail->flags & COURANT_MAIL_REQUIRE_TLS) &&
	    !(engine->is_secured && engine->tls.verified))
		needs |= COURANT_EXTENSION_REQUIRETLS;
	if (size_max > 0 && size_bytes > size_max)
		needs |= COURANT_EXTENSION_SIZE;
	if ((mail->flags & COURANT_MAIL_BINARY) &&
	    (engine->chunking_fails || engine->options.no_chunking))
		needs |= COURANT_EXTENSION_CHUNKING;
	return needs;
}

/* What cannot be left out without changing what was asked for; DSN and MT-PRIORITY can (RFC
 * 3461, 5.2.2; RFC 6710, 4.1). */
static const struct {
	enum courant_extension bit;
	const char *why;
} obstacles[] = {
	{COURANT_EXTENSION_SIZE, "the message is larger than the server takes"},
	{COURANT_EXTENSION_8BITMIME, "the server takes no 8-bit messages (8BITMIME)"},
	{COURANT_EXTENSION_BINARYMIME, "the server takes no binary messages (BINARYMIME)"},
	{COURANT_EXTENSION_CHUNKING, "the server takes no binary messages (CHUNKING)"},
	{COURANT_EXTENSION_REQUIRETLS, "the server does not promise TLS on the way (REQUIRETLS)"},
	{COURANT_EXTENSION_DELIVERBY, "the server takes no time to deliver by (DELIVERBY)"},
	{COURANT_EXTENSION_FUTURERELEASE, "the server does not hold messages (FUTURERELEASE)"},
};

#define NO_UTF8 "the server takes no addresses or headers in UTF-8 (SMTPUTF8)"

/* One recipient or all, refused by ourselves. */
static void refuse(struct courant_engine *engine, struct transaction *mail, size_t recipient,
		   const char *why)
{
	const struct courant_result result = {.outcome = COURANT_OUTCOME_REFUSED,
					      .phase = COURANT_PHASE_MAIL};

	if (recipient == SLICE_NONE)
		mail_settle_rest(engine, mail, &result, slice_of(why));
	else
		mail_settle(engine, mail, recipient, &result, slice_of(why));
}

/* Refuses what this server cannot carry. */
static void refuse_locally(struct courant_engine *engine, struct transaction *mail)
{
	const unsigned missing = courant_engine_missing(engine, mail->mail);

	for (size_t i = 0; i < sizeof obstacles / sizeof *obstacles; i++)
		if (missing & obstacles[i].bit)
			refuse(engine, mail, SLICE_NONE, obstacles[i].why);
	if (!(missing & COURANT_EXTENSION_SMTPUTF8))
		return;
	if (needs_utf8(mail->mail)) {
		refuse(engine, mail, SLICE_NONE, NO_UTF8);
		return;
	}
	for (size_t i = 0; i < mail->mail->n_recipients; i++)
		if (mail->fates[i] != FATE_SETTLED && has_no_ascii(&mail->mail->recipients[i]))
			refuse(engine, mail, i, NO_UTF8);
}

static slice recipient_domain(const struct transaction *mail, size_t recipient)
{
	return path_domain(
		slice_of(mail_path(&mail->mail->recipients[recipient].path, mail->is_utf8)));
}

/* Whether one of the recipients from `first` to `last` stands for this one's domain. */
static bool has_domain(const struct transaction *mail, size_t recipient, size_t first, size_t last)
{
	const slice domain = recipient_domain(mail, recipient);

	for (size_t i = first; i <= last; i++)
		if (mail->fates[i] == FATE_FIRST &&
		    slice_equal_nocase(domain, recipient_domain(mail, i)))
			return true;
	return false;
}

/* RFC 9422, 4.3: so many different domains in one transaction; those of further ones wait for
 * the next. */
static void limit_domains(struct transaction *mail, uint64_t max)
{
	uint64_t n_domains = 0;
	size_t first = 0, last = 0;

	for (size_t i = 0; i < mail->mail->n_recipients; i++) {
		if (mail->fates[i] != FATE_NEW ||
		    (n_domains > 0 && has_domain(mail, i, first, last)))
			continue;
		mail->fates[i] = n_domains < max ? FATE_FIRST : FATE_LATER;
		if (mail->fates[i] == FATE_LATER)
			continue;
		last = i;
		if (n_domains++ == 0)
			first = i;
	}
	for (size_t i = 0; i < mail->mail->n_recipients; i++)
		if (mail->fates[i] == FATE_FIRST)
			mail->fates[i] = FATE_NEW;
}

static void limit_recipients(struct transaction *mail, uint64_t max)
{
	uint64_t n = 0;

	for (size_t i = 0; i < mail->mail->n_recipients; i++)
		if (mail->fates[i] == FATE_NEW && ++n > max)
			mail->fates[i] = FATE_LATER;
}

bool mail_start(struct courant_engine *engine, struct transaction *mail)
{
	courant_error *error = NULL;

	mail->next = mail->taken = mail->final_next = 0;
	mail->is_refused = mail->begin_again = mail->has_ended = false;
	refuse_locally(engine, mail);
	if (mail->settled < mail->mail->n_recipients &&
	    courant_reader_rewind(mail->mail->message, &error) < 0) {
		refuse(engine, mail, SLICE_NONE, courant_error_sentence(error));
		courant_error_free(error);
	}
	if (mail->settled == mail->mail->n_recipients) {
		mail_end(engine, mail);
		return false;
	}
	mail->size_bytes = size_of(mail->mail);
	mail->is_utf8 = OFFERS(engine, SMTPUTF8) &&
			(needs_utf8(mail->mail) || any_recipient(mail->mail, has_no_ascii));
	mail->by_chunks =
		OFFERS(engine, CHUNKING) && !engine->options.no_chunking && !engine->chunking_fails;
	if (engine->offer.domain_max > 0)
		limit_domains(mail, engine->offer.domain_max);
	if (engine->offer.recipient_max > 0)
		limit_recipients(mail, engine->offer.recipient_max);
	return true;
}
