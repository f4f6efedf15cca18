/* SPDX-License-Identifier: MIT */
/* parcel.c - a mail under way (parcel.h) */
#include "outbox/parcel.h"

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/file.h"

static const char *keep(struct parcel *parcel, const char *text, bool *is_fine)
{
	const slice kept = text ? arena_copy(&parcel->arena, slice_of(text)) : (slice){NULL, 0};

	*is_fine &= !text || kept.ptr;
	return kept.ptr;
}

struct parcel *parcel_new(const struct outbox_mail *mail, courant_reader *message, courant_error **err)
{
	AUTO(reader) courant_reader *taken = message;
	AUTO(parcel) struct parcel *parcel = message ? mem_alloc(sizeof *parcel) : NULL;
	bool is_fine = true;

	if (!parcel) {
		if (message)
			(void)fail_memory(err);
		return NULL;
	}
	parcel->message = STEAL(taken);
	parcel->mail = *mail;
	parcel->mail.sender_ascii = keep(parcel, mail->sender_ascii, &is_fine);
	parcel->mail.sender_utf8 = keep(parcel, mail->sender_utf8, &is_fine);
	parcel->mail.envelope_id = keep(parcel, mail->envelope_id, &is_fine);
	parcel->mail.message_id = keep(parcel, mail->message_id, &is_fine);
	parcel->mail.subject = keep(parcel, mail->subject, &is_fine);
	parcel->mail.origin = keep(parcel, mail->origin, &is_fine);
	if (is_fine)
		return STEAL(parcel);
	(void)fail_memory(err);
	return NULL;
}

void parcel_free(struct parcel *parcel)
{
	if (!parcel)
		return;
	results_release(&parcel->results);
	courant_reader_free(parcel->message);
	arena_release(&parcel->arena);
	free(parcel);
}

void parcel_free_all(struct parcel *parcel)
{
	while (parcel) {
		struct parcel *next = parcel->next;

		parcel_free(parcel);
		parcel = next;
	}
}

/* Room for one more: doubles whenever n is a power of two. */
static void *room_for_one(struct parcel *parcel, void *items, size_t n, size_t size)
{
	return n & (n - 1) || (n == 0 && items) ? items : arena_grow(&parcel->arena, items, n, n ? 2 * n : 1, size);
}

int parcel_add(struct parcel *parcel, const struct outbox_recipient *recipient, courant_error **err)
{
	struct outbox_recipient *grown = room_for_one(parcel, parcel->recipients, parcel->n, sizeof *grown);
	bool is_fine = true;

	if (!grown)
		return fail_memory(err);
	parcel->recipients = grown;
	grown[parcel->n] = *recipient;
	grown[parcel->n].address_ascii = keep(parcel, recipient->address_ascii, &is_fine);
	grown[parcel->n].address_utf8 = keep(parcel, recipient->address_utf8, &is_fine);
	grown[parcel->n].orcpt = keep(parcel, recipient->orcpt, &is_fine);
	grown[parcel->n].enhanced = keep(parcel, recipient->enhanced, &is_fine);
	grown[parcel->n].reply = keep(parcel, recipient->reply, &is_fine);
	grown[parcel->n].server = keep(parcel, recipient->server, &is_fine);
	parcel->n++;
	return is_fine ? 0 : fail_memory(err);
}

int parcel_finish(struct parcel *parcel, courant_error **err)
{
	struct courant_recipient *paths = arena_alloc(&parcel->arena, parcel->n * sizeof *paths);

	if (!paths)
		return fail_memory(err);
	for (size_t i = 0; i < parcel->n; i++) {
		const struct outbox_recipient *from = &parcel->recipients[i];

		paths[i] = (struct courant_recipient){
			.path = {.ascii = from->address_ascii, .utf8 = from->address_utf8}, .notify = from->notify, .orcpt = from->orcpt};
	}
	parcel->wire = (struct courant_mail){
		.sender = {.ascii = parcel->mail.sender_ascii, .utf8 = parcel->mail.sender_utf8},
		.recipients = paths,
		.n_recipients = parcel->n,
		.message = parcel->message,
		.flags = parcel->mail.flags,
		.size_bytes = parcel->mail.size_bytes,
		.ret = (enum courant_return)parcel->mail.ret,
		.envelope_id = parcel->mail.envelope_id,
		.context = parcel,
	};
	/* Now, so that nothing can keep us from remembering what will have happened. */
	return results_init(&parcel->results, parcel->n, err);
}

/* ---- what came of it ---- */

static void keep_server(struct parcel *parcel, const char *server)
{
	bool is_fine = true;

	parcel->server = keep(parcel, server, &is_fine);
	if (!parcel->server)
		parcel->server = "";
	parcel->is_tried = true;
}

/* No connection came as far as MAIL. What was refused then was not the mail. */
static bool is_before_mail(const struct courant_result *result)
{
	return result->phase < COURANT_PHASE_MAIL && (result->outcome == COURANT_OUTCOME_DEFERRED || result->outcome == COURANT_OUTCOME_REFUSED);
}

void parcel_keep_report(struct parcel *parcel, const struct outlet_report *report, const char *server, bool is_final)
{
	keep_server(parcel, server);
	parcel->is_unheard = !is_final;
	for (size_t i = 0; i < report->results->n; i++) {
		results_set(&parcel->results, i, &report->results->at[i]);
		parcel->is_unheard &= is_before_mail(&report->results->at[i]);
	}
}

void parcel_keep_error(struct parcel *parcel, const courant_error *error, const char *server)
{
	const slice words = slice_of(courant_error_sentence(error));
	const struct courant_result result = {.outcome = COURANT_OUTCOME_DEFERRED, .phase = COURANT_PHASE_CONNECT, .text = words.ptr, .text_size = words.len};

	keep_server(parcel, server);
	parcel->is_unheard = true;
	for (size_t i = 0; i < parcel->n; i++)
		results_set(&parcel->results, i, &result);
}

void parcel_attempt(struct parcel *parcel, size_t i, int64_t now_ms, struct outbox_attempt *ret)
{
	static const enum outbox_state states[] = {
		[COURANT_OUTCOME_ACCEPTED] = OUTBOX_ACCEPTED,
		[COURANT_OUTCOME_REFUSED] = OUTBOX_REFUSED,
		[COURANT_OUTCOME_DEFERRED] = OUTBOX_DEFERRED,
		[COURANT_OUTCOME_UNKNOWN] = OUTBOX_UNKNOWN,
	};
	const struct courant_result *result = &parcel->results.at[i];
	AUTO(buffer) struct buffer enhanced = BUFFER_LIMIT(32);
	bool is_fine = true;

	if (result->enhanced[0])
		buffer_printf(&enhanced, "%u.%u.%u", result->enhanced[0], result->enhanced[1], result->enhanced[2]);
	*ret = (struct outbox_attempt){
		.recipient = parcel->recipients[i].id,
		.at_ms = now_ms,
		.outcome = parcel->is_unheard ? OUTBOX_DEFERRED : states[result->outcome],
		/* Of a connection that was not to be had a sentence tells, with the reply in it: the words are ours. */
		.code = result->phase == COURANT_PHASE_CONNECT ? 0 : result->code,
		.enhanced = keep(parcel, enhanced.bytes ? enhanced.bytes : "", &is_fine),
		.reply = keep(parcel, result->text ? result->text : "", &is_fine),
		.server = parcel->server,
	};
	ret->enhanced = ret->enhanced ? ret->enhanced : "";
	ret->reply = ret->reply ? ret->reply : "";
}

int parcel_go_on(struct parcel *parcel, int64_t now_ms, courant_error **err)
{
	struct outbox_attempt *grown = arena_grow(&parcel->arena, parcel->attempts, parcel->n_attempts, parcel->n_attempts + parcel->n, sizeof *grown);

	if (!grown)
		return fail_memory(err);
	parcel->attempts = grown;
	for (size_t i = 0; i < parcel->n; i++)
		parcel_attempt(parcel, i, now_ms, &grown[parcel->n_attempts++]);
	parcel->is_tried = parcel->is_unheard = false;
	parcel->way++;
	return 0;
}
