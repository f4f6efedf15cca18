/* SPDX-License-Identifier: MIT */
/* outbox_show.c - courant outbox show: one mail, its recipients, each attempt, its header (outbox_view.h) */
#include "base/file.h"
#include "base/num.h"
#include "base/printable.h"
#include "cli/outbox_view.h"
#include "table/export.h"

#define OUT_MAX_BYTES    ((size_t)256 << 20)
#define HEADER_MAX_BYTES ((size_t)64 << 10)

struct showing {
	struct queue_store *store;
	const struct zone *zone;
	int64_t now_ms;
	bool is_json;
	struct buffer out;
	int64_t route;     /* of the mail */
	size_t n;          /* recipients, or attempts of one, so far */
};

static void showing_release(struct showing *showing)
{
	buffer_release(&showing->out);
}
AUTO_DEFINE_VALUE(showing, struct showing, showing_release)

/* ---- for people ---- */

/* "2026-11-27 09:00:12 +08:00" */
static void write_time(struct buffer *into, const struct zone *zone, int64_t ms)
{
	const int offset_min = zone_offset_at(zone, ms) / 60;
	const int away_min = offset_min < 0 ? -offset_min : offset_min;
	struct civil at;

	zone_to_civil(zone, ms, &at);
	buffer_printf(into, "%04d-%02d-%02d %02d:%02d:%02d %c%02d:%02d", at.year, at.month, at.day, at.hour, at.minute, at.second, offset_min < 0 ? '-' : '+',
		      away_min / 60, away_min % 60);
}

static void write_field(struct buffer *into, const char *name, const char *text)
{
	buffer_printf(into, "%s: ", name);
	printable_write(into, slice_of(text));
	buffer_append_byte(into, '\n');
}

static void write_time_field(struct buffer *into, const char *name, const struct zone *zone, int64_t ms)
{
	if (ms == NEVER)
		return;
	buffer_printf(into, "%s: ", name);
	write_time(into, zone, ms);
	buffer_append_byte(into, '\n');
}

static int add_route_name(void *context, int64_t id, const char *accounts, courant_error **err)
{
	struct showing *showing = context;

	(void)err;
	if (id == showing->route)
		write_field(&showing->out, "accounts", accounts[0] ? accounts : "those of courant.yaml");
	return 0;
}

static void write_mail(struct showing *showing, const struct outbox_mail *mail)
{
	struct buffer *into = &showing->out;

	buffer_printf(into, "mail: %lld\n", (long long)mail->id);
	write_field(into, "subject", mail->subject);
	write_field(into, "return path", mail->sender_utf8 ? mail->sender_utf8 : mail->sender_ascii[0] ? mail->sender_ascii : "<>");
	write_field(into, "message id", mail->message_id);
	buffer_append(into, SLICE("size: "));
	num_write_grouped(into, mail->size_bytes);
	buffer_append(into, SLICE(" bytes\n"));
	write_time_field(into, "queued", showing->zone, mail->queued_ms);
	write_field(into, "by", mail->origin);
	write_time_field(into, "expires", showing->zone, mail->expires_ms);
	write_time_field(into, "finished", showing->zone, mail->finished_ms);
	if (mail->notice_of)
		buffer_printf(into, "tells of: mail %lld\n", (long long)mail->notice_of);
	showing->route = mail->route;
	(void)showing->store->calls->each_route(showing->store, add_route_name, showing, NULL); /* a line less */
}

static int add_attempt(void *context, const struct outbox_attempt *attempt, courant_error **err)
{
	struct showing *showing = context;
	struct buffer *into = &showing->out;

	(void)err;
	buffer_append(into, SLICE("    "));
	write_time(into, showing->zone, attempt->at_ms);
	buffer_printf(into, "  %-8s  ", outbox_state_name(attempt->outcome));
	printable_write(into, slice_of(attempt->server));
	buffer_append(into, attempt->server[0] ? SLICE(": ") : SLICE(""));
	outbox_write_reply(into, attempt->code, attempt->enhanced, attempt->reply);
	buffer_append_byte(into, '\n');
	return buffer_check(into, err);
}

static int add_recipient(void *context, const struct outbox_recipient *recipient, courant_error **err)
{
	struct showing *showing = context;
	struct buffer *into = &showing->out;

	buffer_append(into, SLICE("\n<"));
	printable_write(into, slice_of(outbox_address(recipient)));
	buffer_printf(into, ">: %s since ", outbox_state_name(recipient->state));
	write_time(into, showing->zone, recipient->changed_ms);
	if (recipient->due_ms != NEVER && recipient->due_ms > showing->now_ms) {
		buffer_append(into, SLICE(", next at "));
		write_time(into, showing->zone, recipient->due_ms);
	}
	if (recipient->unknowns > 0 && recipient->state != OUTBOX_ACCEPTED)
		buffer_append(into, SLICE(", perhaps delivered already"));
	buffer_append_byte(into, '\n');
	return showing->store->calls->each_attempt(showing->store, recipient->id, add_attempt, showing, err);
}

/* The header as it is, but for what a terminal must not see. */
static int write_header(struct showing *showing, courant_reader *message, courant_error **err)
{
	AUTO(buffer) struct buffer head = BUFFER_LIMIT(HEADER_MAX_BYTES + 1);
	char *room = buffer_room(&head, HEADER_MAX_BYTES);
	slice rest, line;
	size_t n = 1;

	while (room && n > 0 && head.len < HEADER_MAX_BYTES) {
		if (courant_reader_read(message, head.bytes + head.len, HEADER_MAX_BYTES - head.len, &n, err) < 0)
			return -1;
		buffer_added(&head, n);
	}
	buffer_append(&showing->out, SLICE("\n"));
	for (rest = buffer_peek(&head); slice_next_line(&rest, &line) && line.len > 0;) {
		buffer_append(&showing->out, SLICE("    "));
		printable_write(&showing->out, line.ptr[0] == '\t' ? slice_after(line, 1) : line);
		buffer_append_byte(&showing->out, '\n');
	}
	return buffer_check(&head, err);
}

static int show_people(struct showing *showing, const struct outbox_mail *mail, courant_error **err)
{
	AUTO(reader) courant_reader *message = NULL;

	write_mail(showing, mail);
	if (showing->store->calls->each_recipient(showing->store, mail->id, add_recipient, showing, err) < 0 ||
	    showing->store->calls->open_message(showing->store, mail->message, &message, err) < 0)
		return -1;
	return write_header(showing, message, err);
}

/* ---- JSON ---- */

static int add_attempt_json(void *context, const struct outbox_attempt *attempt, courant_error **err)
{
	struct showing *showing = context;
	struct buffer *into = &showing->out;

	buffer_printf(into, "%s{\"outcome\":\"%s\"", showing->n++ > 0 ? "," : "", outbox_state_name(attempt->outcome));
	outbox_write_instant_json(into, "at", attempt->at_ms);
	if (attempt->code)
		buffer_printf(into, ",\"code\":%d", attempt->code);
	if (attempt->enhanced[0])
		outbox_write_text_json(into, "enhanced", attempt->enhanced);
	outbox_write_text_json(into, "reply", attempt->reply);
	outbox_write_text_json(into, "server", attempt->server);
	buffer_append_byte(into, '}');
	return buffer_check(into, err);
}

static int add_recipient_json(void *context, const struct outbox_recipient *recipient, courant_error **err)
{
	struct showing *showing = context;

	if (showing->n > 0)
		buffer_append_byte(&showing->out, ',');
	showing->n = 0;
	outbox_write_recipient_json(&showing->out, recipient);
	buffer_append(&showing->out, SLICE(",\"history\":["));
	if (showing->store->calls->each_attempt(showing->store, recipient->id, add_attempt_json, showing, err) < 0)
		return -1;
	buffer_append(&showing->out, SLICE("]}"));
	showing->n = 1;
	return 0;
}

static int show_json(struct showing *showing, const struct outbox_mail *mail, courant_error **err)
{
	struct buffer *into = &showing->out;

	buffer_printf(into, "{\"mail\":%lld", (long long)mail->id);
	outbox_write_text_json(into, "subject", mail->subject);
	outbox_write_text_json(into, "sender", mail->sender_utf8 ? mail->sender_utf8 : mail->sender_ascii);
	outbox_write_text_json(into, "message_id", mail->message_id);
	outbox_write_text_json(into, "origin", mail->origin);
	buffer_printf(into, ",\"size\":%llu", (unsigned long long)mail->size_bytes);
	outbox_write_instant_json(into, "queued", mail->queued_ms);
	outbox_write_instant_json(into, "expires", mail->expires_ms);
	outbox_write_instant_json(into, "finished", mail->finished_ms);
	buffer_append(into, SLICE(",\"recipients\":["));
	if (showing->store->calls->each_recipient(showing->store, mail->id, add_recipient_json, showing, err) < 0)
		return -1;
	buffer_append(into, SLICE("]}\n"));
	return 0;
}

/* ---- the command ---- */

static int print_message(struct queue_store *store, int64_t message, courant_error **err)
{
	AUTO(reader) courant_reader *bytes = NULL;

	return store->calls->open_message(store, message, &bytes, err) < 0 ? -1 : cli_print_reader(bytes, err);
}

int outbox_show(const struct cli_call *call, struct outbox *outbox, int64_t id, courant_error **err)
{
	struct queue_store *store = outbox_store(outbox);
	AUTO(arena) struct arena arena = {0};
	AUTO(zone) struct zone *zone = zone_load_system(err);
	AUTO(showing) struct showing showing = {
		.store = store, .zone = zone, .now_ms = call->now_ms, .is_json = cli_flag(call, "json"), .out = BUFFER_LIMIT(OUT_MAX_BYTES)};
	struct outbox_mail mail;
	slice text;

	if (!zone)
		return -1;

	const int found = store->calls->find_mail(store, id, &arena, &mail, err);

	if (found <= 0)
		return found < 0 ? -1 : fail(err, COURANT_NO_INPUT, "the outbox has no mail %lld", (long long)id);
	if (cli_flag(call, "message"))
		return print_message(store, mail.message, err);
	if ((showing.is_json ? show_json(&showing, &mail, err) : show_people(&showing, &mail, err)) < 0)
		return -1;
	return buffer_slice(&showing.out, &text, err) < 0 ? -1 : cli_print(text, err);
}
