/* SPDX-License-Identifier: MIT */
/* engine_mail.c - mails under way: what replies mean for them, results */
#include "smtp/engine_state.h"

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
	const struct courant_event event = {.kind = COURANT_EVENT_RECIPIENT,
					    .mail = mail->mail,
					    .recipient = recipient,
					    .result = *result};

	if (mail->fates[recipient] == FATE_TAKEN)
		mail->taken--;
	mail->fates[recipient] = FATE_SETTLED;
	mail->settled++;
	mail->outcomes |= 1u << result->outcome;
	mail->last = *result;
	event_push(engine, event, text);
}

void mail_settle_rest(struct courant_engine *engine, struct transaction *mail,
		      const struct courant_result *result, slice text)
{
	for (size_t i = 0; i < mail->mail->n_recipients && mail->settled < mail->mail->n_recipients;
	     i++)
		if (mail->fates[i] != FATE_SETTLED)
			mail_settle(engine, mail, i, result, text);
}

void mail_end(struct courant_engine *engine, struct transaction *mail)
{
	static const enum courant_outcome order[] = {
		COURANT_OUTCOME_ACCEPTED, COURANT_OUTCOME_UNKNOWN, COURANT_OUTCOME_DEFERRED,
		COURANT_OUTCOME_REFUSED};
	struct courant_event event = {
		.kind = COURANT_EVENT_MESSAGE, .mail = mail->mail, .result = mail->last};
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

/* ---- replies ---- */

/* A reply that means nothing here: the two sides no longer speak of the same command. */
static void close_nonsense(struct courant_engine *engine, const struct reply *reply,
			   const char *what)
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

bool mail_reply_mail(struct courant_engine *engine, const struct command *command,
		     const struct reply *reply)
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

/* "Too many recipients": 452 (552 in older servers: RFC 5321, 4.5.3.1.10), unless the enhanced
 * code speaks of something else. */
static bool is_too_many(const struct reply *reply)
{
	if (reply->enhanced[0] != 0)
		return reply->enhanced[1] == 5 && reply->enhanced[2] == 3;
	return reply->code == 452 || reply->code == 552;
}

bool mail_reply_rcpt(struct courant_engine *engine, const struct command *command,
		     const struct reply *reply)
{
	struct transaction *mail = command->mail;
	const struct courant_result result = result_of(reply, COURANT_PHASE_RCPT);

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
static void settle_taken(struct courant_engine *engine, struct transaction *mail,
			 const struct courant_result *result, slice text)
{
	for (size_t i = 0; mail->taken > 0 && i < mail->mail->n_recipients; i++)
		if (mail->fates[i] == FATE_TAKEN)
			mail_settle(engine, mail, i, result, text);
}

bool mail_reply_data(struct courant_engine *engine, const struct command *command,
		     const struct reply *reply)
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
	return (reply->code == 500 || reply->code == 502 || reply->code == 504) &&
	       mail->taken > 0 && !(mail->mail->flags & COURANT_MAIL_BINARY);
}

static void refuse_chunk(struct courant_engine *engine, struct transaction *mail,
			 const struct reply *reply, enum courant_phase phase)
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

bool mail_reply_chunk(struct courant_engine *engine, const struct command *command,
		      const struct reply *reply)
{
	if (reply->code >= 300 && reply->code < 400)
		close_nonsense(engine, reply, "answers BDAT with nonsense");
	else if (reply->code >= 400)
		refuse_chunk(engine, command->mail, reply, COURANT_PHASE_BODY);
	return true;
}

/* LMTP: the next accepted recipient's own reply (RFC 2033, 4.2). True at the last. */
static bool settle_one(struct courant_engine *engine, struct transaction *mail,
		       const struct courant_result *result, slice text)
{
	while (mail->final_next < mail->mail->n_recipients &&
	       mail->fates[mail->final_next] != FATE_TAKEN)
		mail->final_next++;
	if (mail->final_next < mail->mail->n_recipients)
		mail_settle(engine, mail, mail->final_next++, result, text);
	return mail->taken == 0;
}

bool mail_reply_final(struct courant_engine *engine, const struct command *command,
		      const struct reply *reply)
{
	struct transaction *mail = command->mail;
	const struct courant_result result = result_of(reply, COURANT_PHASE_FINAL);
	const bool was_chunk = command->kind == COMMAND_BDAT_LAST;

	if (reply->code >= 300 && reply->code < 400) {
		close_nonsense(engine, reply, "answers the end of the message with nonsense");
		return true;
	}
	if (was_chunk && (mail->begin_again || mail->is_refused || mail->taken == 0 ||
			  may_begin_again(mail, reply))) {
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
	const struct courant_result lost = {.outcome = COURANT_OUTCOME_DEFERRED};
	courant_error *error = NULL;

	/* Its last block may be written already, and wait to be sent. */
	if (!mail && engine->n_pending > 0)
		mail = engine->pending[engine->pending_head].mail;
	if (mail)
		settle_taken(engine, mail, &result, reply->text);
	(void)fail_reply(&error, 0, engine, reply, "refuses a message before its end");
	/* It is this one that is refused; the others only lose their connection. */
	mail_settle_all(engine, &lost, slice_of(courant_error_sentence(error)));
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
		mail_enqueue(engine, mail);
	else
		mail_end(engine, mail);
}

/* The recipients of the transaction under way. */
static void settle_asked(struct courant_engine *engine, struct transaction *mail,
			 const struct courant_result *result, slice text)
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
		/* The end of the message was on its way and was not answered: nobody knows.
		 * After 421 the server has said that it did nothing. */
		if (mail->has_ended && sent >= mail->end_at && !engine->said_421) {
			own.outcome = COURANT_OUTCOME_UNKNOWN;
			own.phase = COURANT_PHASE_FINAL;
			settle_asked(engine, mail, &own, text);
			own = *result;
		}
		own.phase = engine->is_open && mail != head && mail != engine->current
				    ? COURANT_PHASE_IDLE
				    : phase;
		mail_settle_rest(engine, mail, &own, text);
		mail_end(engine, mail);
	}
}
