/* SPDX-License-Identifier: MIT */
/* notice.c - composing and queueing delivery-status mails (notice.h) */
#include "outbox/notice.h"

#include <courant/message.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/printable.h"
#include "base/utf8.h"
#include "client/outgoing.h"
#include "mime/date.h"
#include "outbox/body.h"

#define WORDS_MAX_BYTES  ((size_t)1 << 20)
#define RECIPIENTS_TOLD  1000 /* the rest is only counted */
#define DIAGNOSTIC_BYTES 500
#define SUBJECT_MAX_BYTES 4000

AUTO_DEFINE(message, courant_message, courant_message_free)

AUTO_DEFINE(part, courant_part, courant_part_free)

static size_t n_told(const struct notice *notice)
{
	return notice->n < RECIPIENTS_TOLD ? notice->n : RECIPIENTS_TOLD;
}

static bool is_held(const struct outbox_recipient *recipient)
{
	return recipient->state == OUTBOX_UNKNOWN;
}

static bool is_any_dead(const struct notice *notice)
{
	for (size_t i = 0; i < notice->n; i++)
		if (!is_held(&notice->recipients[i]))
			return true;
	return false;
}

/* ---- for a person ---- */

/* "550 5.1.1 no such user", on one line. */
static void write_reply(struct buffer *into, const struct outbox_recipient *recipient)
{
	slice rest = slice_of(recipient->reply), line;
	bool is_first = true;

	if (recipient->code)
		buffer_printf(into, "%d ", recipient->code);
	if (recipient->enhanced[0])
		buffer_printf(into, "%s ", recipient->enhanced);
	for (; slice_next_line(&rest, &line); is_first = false) {
		buffer_append(into, is_first ? SLICE("") : SLICE(" "));
		printable_write(into, utf8_cut(line, DIAGNOSTIC_BYTES));
	}
}

static void write_fate(struct buffer *into, const struct outbox_recipient *recipient)
{
	buffer_append(into, SLICE("  <"));
	printable_write(into, slice_of(outbox_address(recipient)));
	buffer_printf(into, ">\n    %s%s", is_held(recipient) ? "perhaps delivered" : "not delivered",
		      recipient->attempts == 0	? ""
		      : recipient->attempts > 1 ? " after several attempts"
						: "");
	if (recipient->server[0]) {
		buffer_append(into, SLICE("; "));
		printable_write(into, slice_of(recipient->server));
		buffer_append(into, SLICE(" said:\n    "));
	} else {
		buffer_append(into, SLICE(":\n    "));
	}
	write_reply(into, recipient);
	buffer_append_byte(into, '\n');
	if (!is_held(recipient) && recipient->unknowns > 0)
		buffer_append(into, SLICE("    An earlier attempt may have delivered it all the same.\n"));
	buffer_append_byte(into, '\n');
}

static void write_words(struct buffer *into, const struct notice *notice)
{
	const struct outbox_mail *mail = notice->mail;

	buffer_append(into, is_any_dead(notice) ? SLICE("This mail could not be delivered:\n\n")
						: SLICE("Nobody knows whether this mail was delivered, and it is not tried again by itself:\n\n"));
	buffer_append(into, SLICE("  Subject: "));
	printable_write(into, slice_of(mail->subject));
	buffer_append(into, SLICE("\n  Queued: "));
	date_write(into, mail->queued_ms, 0);
	buffer_append(into, SLICE("\n  Message-ID: "));
	printable_write(into, slice_of(mail->message_id));
	buffer_append(into, SLICE("\n\n"));
	for (size_t i = 0; i < n_told(notice); i++)
		write_fate(into, &notice->recipients[i]);
	if (notice->n > n_told(notice))
		buffer_printf(into, "  ... and %zu more.\n\n", notice->n - n_told(notice));
	buffer_printf(into, "It stays in the outbox as number %lld. \"courant outbox show %lld\" tells every attempt,\n\"courant outbox retry %lld\" sends it again, "
			    "\"courant outbox drop %lld\" forgets it.\n",
		      (long long)mail->id, (long long)mail->id, (long long)mail->id, (long long)mail->id);
}

/* ---- for a program (RFC 3464) ---- */

/* utf-8-addr-xtext of RFC 6533, 3, where the address is not ASCII. */
static void write_typed_address(struct buffer *into, const struct outbox_recipient *recipient)
{
	slice rest = slice_of(recipient->address_ascii);

	if (rest.ptr) {
		buffer_printf(into, "rfc822; %s", recipient->address_ascii);
		return;
	}
	buffer_append(into, SLICE("utf-8; "));
	for (rest = slice_of(recipient->address_utf8); rest.len > 0;) {
		const uint32_t code = utf8_next(&rest);

		if (code > ' ' && code < 127 && code != '\\' && code != '+' && code != '=')
			buffer_append_byte(into, (char)code);
		else
			buffer_printf(into, "\\x{%X}", code);
	}
}

/* ASCII on one line, as a field must be. */
static void write_field_text(struct buffer *into, slice text)
{
	for (size_t i = 0; i < text.len && i < DIAGNOSTIC_BYTES; i++)
		buffer_append_byte(into, text.ptr[i] == '\n' ? ' ' : ascii_is_control(text.ptr[i]) || ascii_is_eight_bit(text.ptr[i]) ? '?' : text.ptr[i]);
}

/* A status of the class that the action has: a 4.x.x was said of something that was not given up yet. */
static void write_status(struct buffer *into, const struct outbox_recipient *recipient)
{
	const char wanted = is_held(recipient) ? '4' : '5';

	if (recipient->enhanced[0] == wanted)
		buffer_append(into, slice_of(recipient->enhanced));
	else if (is_held(recipient))
		buffer_append(into, SLICE("4.4.2")); /* bad connection (RFC 3463, 3.5) */
	else if (recipient->code >= 500)
		buffer_append(into, SLICE("5.0.0"));
	else
		buffer_append(into, SLICE("5.4.7")); /* delivery time expired */
}

static void write_recipient_fields(struct buffer *into, const struct outbox_recipient *recipient)
{
	const slice server = slice_of(recipient->server);
	const size_t host_len = strcspn(recipient->server, ": [");

	buffer_append(into, SLICE("\n"));
	if (recipient->orcpt) {
		buffer_append(into, SLICE("Original-Recipient: "));
		write_field_text(into, slice_of(recipient->orcpt));
		buffer_append_byte(into, '\n');
	}
	buffer_append(into, SLICE("Final-Recipient: "));
	write_typed_address(into, recipient);
	buffer_printf(into, "\nAction: %s\nStatus: ", is_held(recipient) ? "delayed" : "failed");
	write_status(into, recipient);
	buffer_append_byte(into, '\n');
	if (recipient->code && host_len > 0) {
		buffer_append(into, SLICE("Remote-MTA: dns; "));
		write_field_text(into, slice_part(server, 0, host_len));
		buffer_printf(into, "\nDiagnostic-Code: smtp; %d ", recipient->code);
		if (recipient->enhanced[0])
			buffer_printf(into, "%s ", recipient->enhanced);
		write_field_text(into, slice_of(recipient->reply));
		buffer_append_byte(into, '\n');
	}
	buffer_append(into, SLICE("Last-Attempt-Date: "));
	date_write(into, recipient->changed_ms, 0);
	buffer_append_byte(into, '\n');
}

static void write_fields(struct buffer *into, const struct notice *notice, const char *hostname)
{
	buffer_printf(into, "Reporting-MTA: dns; %s\n", hostname);
	if (notice->mail->envelope_id) {
		buffer_append(into, SLICE("Original-Envelope-Id: "));
		write_field_text(into, slice_of(notice->mail->envelope_id));
		buffer_append_byte(into, '\n');
	}
	buffer_append(into, SLICE("Arrival-Date: "));
	date_write(into, notice->mail->queued_ms, 0);
	buffer_append_byte(into, '\n');
	for (size_t i = 0; i < n_told(notice); i++)
		write_recipient_fields(into, &notice->recipients[i]);
}

/* ---- the parts ---- */

static courant_part *words_part(const struct notice *notice, courant_error **err)
{
	AUTO(buffer) struct buffer words = BUFFER_LIMIT(WORDS_MAX_BYTES);
	slice text;

	write_words(&words, notice);
	return buffer_slice(&words, &text, err) < 0 ? NULL : courant_text_new(text.ptr, text.len, "plain", NULL, err);
}

static courant_part *fields_part(const struct notice *notice, const char *hostname, courant_error **err)
{
	AUTO(buffer) struct buffer fields = BUFFER_LIMIT(WORDS_MAX_BYTES);
	AUTO(part) courant_part *part = NULL;
	slice text;

	write_fields(&fields, notice, hostname);
	if (buffer_slice(&fields, &text, err) < 0)
		return NULL;
	part = courant_data_new(courant_reader_new_bytes(text.ptr, text.len, err), "message/delivery-status", err);
	return part && courant_part_set_encoding(part, COURANT_ENCODING_7BIT, err) == 0 ? STEAL(part) : NULL;
}

/* The header as it is; bytes that are no UTF-8 are shown as such. */
static courant_part *header_part(slice message, courant_error **err)
{
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(8 * WORDS_MAX_BYTES);
	slice rest = message, line, shown;

	while (slice_next_line(&rest, &line) && line.len > 0) {
		/* A tab that begins a folded line is no stranger. */
		if (line.ptr[0] == '\t') {
			buffer_append_byte(&text, '\t');
			line = slice_after(line, 1);
		}
		printable_write(&text, line);
		buffer_append_byte(&text, '\n');
	}
	return buffer_slice(&text, &shown, err) < 0 ? NULL : courant_text_new(shown.ptr, shown.len, "rfc822-headers", NULL, err);
}

static courant_part *compose_body(const struct notice *notice, const char *hostname, courant_error **err)
{
	AUTO(part) courant_part *whole = courant_multipart_new("report", err);

	if (!whole || courant_part_set_parameter(whole, "Content-Type", "report-type", "delivery-status", err) < 0 ||
	    courant_multipart_add(whole, words_part(notice, err), err) < 0 || courant_multipart_add(whole, fields_part(notice, hostname, err), err) < 0 ||
	    courant_multipart_add(whole, header_part(notice->header, err), err) < 0)
		return NULL;
	return STEAL(whole);
}

/* ---- the mail ---- */

static void write_subject(struct buffer *into, const struct notice *notice)
{
	buffer_append(into, is_any_dead(notice) ? SLICE("Not delivered: ") : SLICE("Perhaps not delivered: "));
	printable_write(into, slice_of(notice->mail->subject));
}

static bool wants_failures(const struct outbox_recipient *recipient)
{
	return recipient->notify == COURANT_NOTIFY_DEFAULT || recipient->notify & COURANT_NOTIFY_FAILURE;
}

/* The return path, if it is one and one of the recipients does not forbid it (RFC 3461, 4.1). */
static const char *return_path(const struct notice *notice)
{
	const char *sender = notice->mail->sender_utf8 ? notice->mail->sender_utf8 : notice->mail->sender_ascii;

	for (size_t i = 0; sender && sender[0] && i < notice->n; i++)
		if (wants_failures(&notice->recipients[i]))
			return sender;
	return NULL;
}

static int address(courant_message *message, const char *sender, const struct notice_policy *policy, courant_error **err)
{
	if (courant_message_set_from(message, policy->from, err) < 0 || courant_message_set_envelope_sender(message, "", err) < 0 ||
	    (sender && courant_message_add_to(message, sender, err) < 0))
		return -1;
	return policy->owner ? courant_message_add_to(message, policy->owner, err) : 0;
}

static courant_message *compose(const struct notice *notice, const char *sender, const struct notice_policy *policy, int64_t now_ms, courant_error **err)
{
	AUTO(message) courant_message *message = courant_message_new(err);
	AUTO(buffer) struct buffer subject = BUFFER_LIMIT(SUBJECT_MAX_BYTES);

	write_subject(&subject, notice);
	if (!message || buffer_check(&subject, err) < 0 || address(message, sender, policy, err) < 0 ||
	    courant_message_set_subject(message, subject.bytes, err) < 0 || courant_message_set_date(message, now_ms, 0, err) < 0)
		return NULL;
	(void)courant_message_set_references(message, notice->mail->message_id, NULL); /* an id that is none refers to nothing */
	/* RFC 3834, 5. */
	if (courant_message_add_header(message, "Auto-Submitted", "auto-replied", err) < 0 ||
	    courant_message_set_body(message, compose_body(notice, policy->hostname ? policy->hostname : "localhost", err), err) < 0)
		return NULL;
	return STEAL(message);
}

/* ---- into the queue ---- */

static int add_recipients(struct queue *queue, const struct courant_mail *mail, int64_t id, int64_t route, int64_t now_ms, courant_error **err)
{
	for (size_t i = 0; i < mail->n_recipients; i++) {
		struct outbox_recipient recipient = outbox_recipient_of(&mail->recipients[i], now_ms);

		recipient.mail = id;
		recipient.route = route;
		if (queue->store->calls->add_recipient(queue->store, &recipient, &recipient.id, err) < 0)
			return -1;
	}
	return 0;
}

/* By the configuration's own accounts: those of the mail have just failed, perhaps. */
static int add_mail(struct queue *queue, const struct notice *notice, courant_message *message, const struct courant_mail *mail, int64_t now_ms, courant_error **err)
{
	struct queue_store *store = queue->store;
	AUTO(body) struct body body = {.fd = -1};
	const char *id = courant_message_id(message, err);
	struct outbox_mail row = {
		.sender_ascii = "", .flags = mail->flags, .message_id = id, .origin = "notice", .queued_ms = now_ms, .expires_ms = NEVER, .finished_ms = NEVER,
		.notice_of = notice->mail->id};
	AUTO(buffer) struct buffer subject = BUFFER_LIMIT(SUBJECT_MAX_BYTES);

	write_subject(&subject, notice);
	row.subject = subject.bytes ? subject.bytes : "";
	if (!id || body_read(&body, mail->message, NULL, err) < 0 || store->calls->add_message(store, &body.message, &row.message, err) < 0 ||
	    store->calls->add_route(store, "", &row.route, err) < 0 || store->calls->add_mail(store, &row, &row.id, err) < 0)
		return -1;
	return add_recipients(queue, mail, row.id, row.route, now_ms, err);
}

/* What the notice was composed of. */
struct composed {
	courant_message *message;
	struct outgoing outgoing;
};

static void composed_release(struct composed *composed)
{
	outgoing_release(&composed->outgoing);
	courant_message_free(composed->message);
	*composed = (struct composed){0};
}
AUTO_DEFINE_VALUE(composed, struct composed, composed_release)

static int compose_mail(struct composed *ret, const struct notice *notice, const char *sender, const struct notice_policy *policy, int64_t now_ms,
			courant_error **err)
{
	composed_release(ret);
	ret->message = compose(notice, sender, policy, now_ms, err);
	return ret->message ? outgoing_init(&ret->outgoing, ret->message, COURANT_NOTIFY_NEVER, err) : -1;
}

int notice_queue(struct queue *queue, const struct notice *notice, int64_t now_ms, courant_error **err)
{
	const struct notice_policy *policy = &queue->notice;
	const char *sender = return_path(notice);
	AUTO(composed) struct composed composed = {0};
	AUTO(error) courant_error *why = NULL;

	if (!policy->from || (!policy->owner && !sender))
		return 0;
	/* A return path to which no mail can be composed must not keep the result from being settled. */
	if (compose_mail(&composed, notice, sender, policy, now_ms, &why) < 0 && courant_error_code(why) != COURANT_NO_MEMORY) {
		courant_error_free(STEAL(why));
		if (!policy->owner || compose_mail(&composed, notice, NULL, policy, now_ms, &why) < 0)
			return courant_error_code(why) == COURANT_NO_MEMORY ? fail_pass(err, STEAL(why)) : 0;
	}
	return why ? fail_pass(err, STEAL(why)) : add_mail(queue, notice, composed.message, &composed.outgoing.mail, now_ms, err);
}
