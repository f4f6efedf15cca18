/* SPDX-License-Identifier: MIT */
/* engine_mail.c - mails: handing in, what replies mean for them, results */
#include "base/alloc.h"
#include "smtp/engine_state.h"
#include "smtp/path.h"

#define OFFERS(engine, name) (((engine)->offer.bits & COURANT_EXTENSION_##name) != 0)

/* ---- results ---- */

static struct courant_result result_of(const struct reply *reply, enum courant_phase phase)
{
	struct courant_result result = {.phase = phase, .code = reply->code};

	result.outcome = reply->code < 300   ? COURANT_OUTCOME_ACCEPTED
			 : reply->code < 500 ? COURANT_OUTCOME_DEFERRED
					     : COURANT_OUTCOME_REFUSED;
	memcpy(result.enhanced, reply->enhanced, sizeof result.enhanced);
	return result;
}

void mail_settle(struct courant_engine *engine, struct transaction *mail, size_t recipient,
		 const struct courant_result *result, slice text)
{
	const struct courant_event event = {
		.kind = COURANT_EVENT_RECIPIENT, .mail = mail->mail, .recipient = recipient, .result = *result};

	if (mail->fates[recipient] == FATE_TAKEN)
		mail->taken--;
	mail->fates[recipient] = FATE_SETTLED;
	mail->settled++;
	mail->outcomes |= 1u << result->outcome;
	mail->last = *result;
	event_push(engine, event, text);
}

void mail_settle_rest(struct courant_engine *engine, struct transaction *mail, const struct courant_result *result,
		      slice text)
{
	for (size_t i = 0; i < mail->mail->n_recipients && mail->settled < mail->mail->n_recipients; i++)
		if (mail->fates[i] != FATE_SETTLED)
			mail_settle(engine, mail, i, result, text);
}

/* One recipient or all, refused by ourselves. */
static void refuse(struct courant_engine *engine, struct transaction *mail, size_t recipient, const char *why)
{
	const struct courant_result result = {.outcome = COURANT_OUTCOME_REFUSED, .phase = COURANT_PHASE_MAIL};

	if (recipient == SLICE_NONE)
		mail_settle_rest(engine, mail, &result, slice_of(why));
	else
		mail_settle(engine, mail, recipient, &result, slice_of(why));
}

/* The mail is done: MESSAGE, and its place is free. */
static void end_mail(struct courant_engine *engine, struct transaction *mail)
{
	static const enum courant_outcome order[] = {COURANT_OUTCOME_ACCEPTED, COURANT_OUTCOME_UNKNOWN,
						     COURANT_OUTCOME_DEFERRED, COURANT_OUTCOME_REFUSED};
	struct courant_event event = {.kind = COURANT_EVENT_MESSAGE, .mail = mail->mail, .result = mail->last};
	size_t i = 0;

	while (i < 3 && !(mail->outcomes & 1u << order[i]))
		i++;
	event.result.outcome = order[i];
	event_push(engine, event, SLICE(""));
	mail->mail = NULL;
	engine->n_active--;
	if (engine->current == mail)
		engine->current = NULL;
}

/* ---- handing in ---- */

const char *mail_path(const struct courant_path *path, bool is_utf8)
{
	return (is_utf8 && path->utf8) || !path->ascii ? path->utf8 : path->ascii;
}

static int check_path(const struct courant_path *path, unsigned flags, const char *what, courant_error **err)
{
	if (!path->ascii && !path->utf8)
		return fail(err, COURANT_USAGE, "%s has no address", what);
	if (path->ascii && path_check(slice_of(path->ascii), flags, what, err) < 0)
		return -1;
	return path->utf8 ? path_check(slice_of(path->utf8), flags | PATH_UTF8, what, err) : 0;
}

/* RFC 3461: ENVID has at most 100 characters as xtext, ORCPT 500. */
static int check_text(const char *text, size_t max_bytes, const char *what, courant_error **err)
{
	for (const char *at = text; at && *at; at++)
		if ((unsigned char)*at < 32 || *at == 127)
			return fail(err, COURANT_INVALID, "%s %s holds a control character", what, text);
	if (text && strlen(text) > max_bytes)
		return fail(err, COURANT_INVALID, "%s has more than %zu bytes", what, max_bytes);
	return 0;
}

static int check_orcpt(const char *orcpt, courant_error **err)
{
	if (orcpt && (orcpt[0] == ';' || !strchr(orcpt, ';')))
		return fail(err, COURANT_INVALID, "the original recipient %s has no type (\"rfc822;\") before it", orcpt);
	return check_text(orcpt, 500, "the original recipient", err);
}

static int check_recipient(const struct courant_engine *engine, const struct courant_recipient *to,
			   courant_error **err)
{
	(void)engine;
	if ((to->notify & COURANT_NOTIFY_NEVER) && to->notify != COURANT_NOTIFY_NEVER)
		return fail(err, COURANT_USAGE, "NOTIFY=NEVER stands alone");
	if (check_path(&to->path, PATH_LOCAL, "recipient", err) < 0 || check_orcpt(to->orcpt, err) < 0)
		return -1;
	return path_check_parameters(slice_of(to->parameters), err);
}

static int check_mail(const struct courant_engine *engine, const struct courant_mail *mail, courant_error **err)
{
	if (!mail->message || mail->n_recipients == 0)
		return fail(err, COURANT_USAGE, "a mail needs a message and a recipient");
	if (mail->priority < -9 || mail->priority > 9)
		return fail(err, COURANT_USAGE, "a priority is from -9 to 9");
	if (mail->deliver_by_mode && mail->deliver_by_mode != 'R' && mail->deliver_by_mode != 'N')
		return fail(err, COURANT_USAGE, "the mode of DELIVERBY is R or N");
	if (mail->deliver_by_mode == 'R' && mail->deliver_by_s <= 0)
		return fail(err, COURANT_USAGE, "DELIVERBY with mode R needs a time above 0");
	if (mail->deliver_by_s > 999999999 || mail->deliver_by_s < -999999999 || mail->hold_for_s > 999999999)
		return fail(err, COURANT_USAGE, "a time of more than 999999999 seconds");
	if (check_path(&mail->sender, PATH_EMPTY, "sender", err) < 0 ||
	    check_text(mail->envelope_id, 100, "the envelope id", err) < 0 ||
	    check_text(mail->hold_until, 40, "the time to hold until", err) < 0 ||
	    path_check_parameters(slice_of(mail->parameters), err) < 0)
		return -1;
	for (size_t i = 0; i < mail->n_recipients; i++)
		if (check_recipient(engine, &mail->recipients[i], err) < 0)
			return -1;
	return 0;
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

static void enqueue(struct courant_engine *engine, struct transaction *mail)
{
	mail->stage = STAGE_BEGIN;
	mail->has_ended = false;
	engine->queue[(engine->queue_head + engine->n_queue++) % engine->n_mails] = mail;
}

int courant_engine_send(courant_engine *engine, const struct courant_mail *mail, courant_error **err)
{
	struct transaction *slot = courant_engine_room(engine) > 0 ? free_slot(engine) : NULL;
	const bool wants_tls = engine->options.tls == COURANT_TLS_STARTTLS || engine->options.tls == COURANT_TLS_IMPLICIT;

	if (!slot)
		return fail(err, COURANT_USAGE, "the session has no room for another mail now");
	if (engine->is_open && wants_tls && !engine->is_secured)
		return fail(err, COURANT_TLS, "%s: TLS is wanted and not there: nothing is sent", engine->host);
	if (engine->is_open && engine->wants_login && !engine->is_logged_in)
		return fail(err, COURANT_LOGIN, "%s: a login is wanted and has not been done", engine->host);
	if (check_mail(engine, mail, err) < 0 || reserve_fates(slot, mail->n_recipients, err) < 0 ||
	    event_reserve(engine, mail->n_recipients + 1, err) < 0)
		return -1;
	*slot = (struct transaction){.mail = mail, .fates = slot->fates, .fates_space = slot->fates_space};
	memset(slot->fates, FATE_NEW, mail->n_recipients);
	engine->n_active++;
	enqueue(engine, slot);
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

static bool any_recipient(const struct courant_mail *mail, bool (*has)(const struct courant_recipient *))
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
	if ((mail->flags & COURANT_MAIL_REQUIRE_TLS) && !(engine->is_secured && engine->tls.verified))
		needs |= COURANT_EXTENSION_REQUIRETLS;
	if (size_max > 0 && size_bytes > size_max)
		needs |= COURANT_EXTENSION_SIZE;
	if ((mail->flags & COURANT_MAIL_BINARY) && (engine->chunking_fails || engine->options.no_chunking))
		needs |= COURANT_EXTENSION_CHUNKING;
	return needs;
}

/* What cannot be left out without changing what was asked for; DSN and MT-PRIORITY can (RFC 3461, 5.2.2; RFC 6710, 4.1). */
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

/* RFC 9422, 4.3: so many different domains in one transaction; those of further ones wait for the next. */
static void limit_domains(struct courant_engine *engine, struct transaction *mail, uint64_t max)
{
	uint64_t n_domains = 0;

	(void)engine;
	for (size_t i = 0; i < mail->mail->n_recipients; i++) {
		const slice domain = path_domain(slice_of(mail_path(&mail->mail->recipients[i].path, mail->is_utf8)));
		bool is_known = false;

		if (mail->fates[i] != FATE_NEW)
			continue;
		for (size_t j = 0; j < i && !is_known; j++)
			is_known = mail->fates[j] == FATE_NEW &&
				   slice_equal_nocase(domain, path_domain(slice_of(mail_path(
								      &mail->mail->recipients[j].path, mail->is_utf8))));
		if (!is_known && ++n_domains > max)
			mail->fates[i] = FATE_LATER;
	}
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

	mail->next = mail->asked = mail->answered = mail->taken = mail->final_next = 0;
	mail->is_refused = mail->begin_again = mail->has_ended = false;
	refuse_locally(engine, mail);
	if (mail->settled < mail->mail->n_recipients && courant_reader_rewind(mail->mail->message, &error) < 0) {
		refuse(engine, mail, SLICE_NONE, courant_error_sentence(error));
		courant_error_free(error);
	}
	if (mail->settled == mail->mail->n_recipients) {
		end_mail(engine, mail);
		return false;
	}
	mail->size_bytes = size_of(mail->mail);
	mail->is_utf8 = OFFERS(engine, SMTPUTF8) && (needs_utf8(mail->mail) || any_recipient(mail->mail, has_no_ascii));
	mail->by_chunks = OFFERS(engine, CHUNKING) && !engine->options.no_chunking && !engine->chunking_fails;
	if (engine->offer.domain_max > 0)
		limit_domains(engine, mail, engine->offer.domain_max);
	if (engine->offer.recipient_max > 0)
		limit_recipients(mail, engine->offer.recipient_max);
	return true;
}

/* ---- replies ---- */

/* A reply that means nothing here: the two sides no longer speak of the same command. */
static void close_nonsense(struct courant_engine *engine, const struct reply *reply, const char *what)
{
	courant_error *error = NULL;

	(void)fail_reply(&error, COURANT_PROTOCOL, engine, reply, what);
	engine_close(engine, error, NULL);
}

void mail_give_up(struct courant_engine *engine, struct transaction *mail)
{
	mail->is_refused = true;
	engine->needs_reset = true;
	if (mail->stage != STAGE_DATA) /* its reply is awaited: it may need its dot */
		mail->stage = STAGE_OVER;
}

bool mail_reply_mail(struct courant_engine *engine, const struct command *command, const struct reply *reply)
{
	const struct courant_result result = result_of(reply, COURANT_PHASE_MAIL);

	if (reply->code >= 300 && reply->code < 400) {
		close_nonsense(engine, reply, "answers MAIL FROM with nonsense");
	} else if (reply->code >= 400) {
		mail_settle_rest(engine, command->mail, &result, reply->text);
		mail_give_up(engine, command->mail);
	}
	return true;
}

/* "Too many recipients": 452 (552 in older servers: RFC 5321, 4.5.3.1.10), unless the enhanced code speaks of something else. */
static bool is_too_many(const struct reply *reply)
{
	if (reply->enhanced[0] != 0)
		return reply->enhanced[1] == 5 && reply->enhanced[2] == 3;
	return reply->code == 452 || reply->code == 552;
}

bool mail_reply_rcpt(struct courant_engine *engine, const struct command *command, const struct reply *reply)
{
	struct transaction *mail = command->mail;
	const struct courant_result result = result_of(reply, COURANT_PHASE_RCPT);

	mail->answered++;
	if (reply->code >= 300 && reply->code < 400) {
		close_nonsense(engine, reply, "answers RCPT TO with nonsense");
		return true;
	}
	if (mail->fates[command->recipient] != FATE_ASKED)
		return true; /* MAIL was refused: all is said */
	if (reply->code < 300) {
		mail->fates[command->recipient] = FATE_TAKEN;
		mail->taken++;
	} else if (mail->taken > 0 && is_too_many(reply)) {
		mail->fates[command->recipient] = FATE_LATER;
	} else {
		mail_settle(engine, mail, command->recipient, &result, reply->text);
	}
	return true;
}

/* Every recipient of this transaction gets this result. */
static void settle_taken(struct courant_engine *engine, struct transaction *mail, const struct courant_result *result,
			 slice text)
{
	for (size_t i = 0; mail->taken > 0 && i < mail->mail->n_recipients; i++)
		if (mail->fates[i] == FATE_TAKEN)
			mail_settle(engine, mail, i, result, text);
}

bool mail_reply_data(struct courant_engine *engine, const struct command *command, const struct reply *reply)
{
	struct transaction *mail = command->mail;
	const struct courant_result result = result_of(reply, COURANT_PHASE_DATA);

	if (reply->code < 400 && reply->code != 354) {
		close_nonsense(engine, reply, "answers DATA with nonsense");
	} else if (reply->code >= 400) {
		settle_taken(engine, mail, &result, reply->text);
		mail->stage = STAGE_OVER;
		mail_give_up(engine, mail);
	} else if (mail->is_refused || mail->taken == 0) {
		/* RFC 2920, 3.1: it goes ahead without a recipient; one dot ends it. */
		buffer_append(&engine->out, SLICE(".\r\n"));
		engine_wait(engine, COMMAND_EMPTY_DOT, mail, 0);
		mail->stage = STAGE_OVER;
		mail_give_up(engine, mail);
	} else {
		mail->stage = STAGE_BODY;
		mail->filter = (struct body_filter)BODY_FILTER_DATA;
	}
	return true;
}

/* The server offers CHUNKING and does not know BDAT: RSET, and once more with DATA. */
static bool may_begin_again(const struct transaction *mail, const struct reply *reply)
{
	return (reply->code == 500 || reply->code == 502 || reply->code == 504) && mail->taken > 0 &&
	       !(mail->mail->flags & COURANT_MAIL_BINARY);
}

static void refuse_chunk(struct courant_engine *engine, struct transaction *mail, const struct reply *reply,
			 enum courant_phase phase)
{
	const struct courant_result result = result_of(reply, phase);

	if (mail->begin_again)
		return;
	if (may_begin_again(mail, reply)) {
		engine->chunking_fails = true;
		mail->begin_again = true;
	} else {
		settle_taken(engine, mail, &result, reply->text);
	}
	mail_give_up(engine, mail);
}

bool mail_reply_chunk(struct courant_engine *engine, const struct command *command, const struct reply *reply)
{
	if (reply->code >= 300 && reply->code < 400)
		close_nonsense(engine, reply, "answers BDAT with nonsense");
	else if (reply->code >= 400)
		refuse_chunk(engine, command->mail, reply, COURANT_PHASE_BODY);
	return true;
}

/* LMTP: the next accepted recipient's own reply (RFC 2033, 4.2). True at the last. */
static bool settle_one(struct courant_engine *engine, struct transaction *mail, const struct courant_result *result,
		       slice text)
{
	while (mail->final_next < mail->mail->n_recipients && mail->fates[mail->final_next] != FATE_TAKEN)
		mail->final_next++;
	if (mail->final_next < mail->mail->n_recipients)
		mail_settle(engine, mail, mail->final_next++, result, text);
	return mail->taken == 0;
}

bool mail_reply_final(struct courant_engine *engine, const struct command *command, const struct reply *reply)
{
	struct transaction *mail = command->mail;
	const struct courant_result result = result_of(reply, COURANT_PHASE_FINAL);
	const bool was_chunk = command->kind == COMMAND_BDAT_LAST;

	if (reply->code >= 300 && reply->code < 400) {
		close_nonsense(engine, reply, "answers the end of the message with nonsense");
		return true;
	}
	if (was_chunk && (mail->begin_again || mail->is_refused || mail->taken == 0 || may_begin_again(mail, reply))) {
		refuse_chunk(engine, mail, reply, COURANT_PHASE_FINAL);
		return true;
	}
	if (engine->options.protocol == COURANT_LMTP)
		return settle_one(engine, mail, &result, reply->text);
	if (was_chunk && reply->code >= 400)
		engine->needs_reset = true;
	settle_taken(engine, mail, &result, reply->text);
	return true;
}

void mail_reply_early(struct courant_engine *engine, const struct reply *reply)
{
	struct transaction *mail = engine->current;
	const struct courant_result result = result_of(reply, COURANT_PHASE_BODY);
	courant_error *error = NULL;

	/* Its last block may be written already, and wait to be sent. */
	if (!mail && engine->n_pending > 0)
		mail = engine->pending[engine->pending_head].mail;
	if (mail)
		settle_taken(engine, mail, &result, reply->text);
	(void)fail_reply(&error, COURANT_TEMPORARY, engine, reply, "refuses a message before its end");
	engine_close(engine, error, NULL);
}

/* ---- the end ---- */

/* What was not taken in this transaction is tried in the next one. */
static bool has_more(struct transaction *mail)
{
	bool has = false;

	for (size_t i = 0; i < mail->mail->n_recipients; i++) {
		if (mail->fates[i] == FATE_SETTLED)
			continue;
		mail->fates[i] = FATE_NEW;
		has = true;
	}
	return has;
}

void mail_finish(struct courant_engine *engine, struct transaction *mail)
{
	if (!mail->mail || mail->outstanding > 0 || mail->stage != STAGE_OVER)
		return;
	if (engine->current == mail)
		engine->current = NULL;
	if (mail->settled < mail->mail->n_recipients && has_more(mail))
		enqueue(engine, mail);
	else
		end_mail(engine, mail);
}

/* The recipients of the transaction under way. */
static void settle_asked(struct courant_engine *engine, struct transaction *mail, const struct courant_result *result,
			 slice text)
{
	for (size_t i = 0; i < mail->mail->n_recipients; i++)
		if (mail->fates[i] == FATE_ASKED || mail->fates[i] == FATE_TAKEN)
			mail_settle(engine, mail, i, result, text);
}

void mail_settle_all(struct courant_engine *engine, const struct courant_result *result, slice text)
{
	const uint64_t sent = engine->out_dropped + engine->out_at;
	const struct transaction *head =
		engine->n_pending > 0 ? engine->pending[engine->pending_head].mail : NULL;
	const enum courant_phase phase = courant_engine_phase(engine);

	for (size_t i = 0; i < engine->n_mails; i++) {
		struct transaction *mail = &engine->mails[i];
		struct courant_result own = *result;

		if (!mail->mail)
			continue;
		/* The end of the message was on its way and was not answered: nobody knows. After 421 the server has said that it did nothing. */
		if (mail->has_ended && sent >= mail->end_at && !engine->said_421) {
			own.outcome = COURANT_OUTCOME_UNKNOWN;
			own.phase = COURANT_PHASE_FINAL;
			settle_asked(engine, mail, &own, text);
			own = *result;
		}
		own.phase = engine->is_open && mail != head && mail != engine->current ? COURANT_PHASE_IDLE : phase;
		mail_settle_rest(engine, mail, &own, text);
		end_mail(engine, mail);
	}
}
