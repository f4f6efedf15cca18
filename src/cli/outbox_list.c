/* SPDX-License-Identifier: MIT */
/* outbox_list.c - courant outbox list (outbox_view.h) */
#include "base/printable.h"
#include "base/utf8.h"
#include "cli/columns.h"
#include "cli/outbox_view.h"
#include "table/export.h"

#define OUT_MAX_BYTES   ((size_t)1 << 30)
#define SUBJECT_COLUMNS 30
#define BLOCK_BYTES     ((size_t)64 << 10) /* of JSON, before it is written */

void outbox_write_reply(struct buffer *into, int code, const char *enhanced, const char *reply)
{
	slice rest = slice_of(reply), line;
	bool is_first = true;

	if (code)
		buffer_printf(into, "%d ", code);
	if (enhanced[0])
		buffer_printf(into, "%s ", enhanced);
	for (; slice_next_line(&rest, &line); is_first = false) {
		buffer_append(into, is_first ? SLICE("") : SLICE(" "));
		printable_write(into, line);
	}
}

/* ---- JSON ---- */

void outbox_write_text_json(struct buffer *into, const char *key, const char *text)
{
	AUTO(buffer) struct buffer safe = BUFFER_LIMIT(OUT_MAX_BYTES);

	buffer_printf(into, ",\"%s\":", key);
	printable_write(&safe, slice_of(text));
	export_json_text(into, buffer_peek(&safe));
}

void outbox_write_instant_json(struct buffer *into, const char *key, int64_t ms)
{
	buffer_printf(into, ",\"%s\":", key);
	if (ms == NEVER) {
		buffer_append(into, SLICE("null"));
		return;
	}
	buffer_append_byte(into, '"');
	rfc3339_write(into, ms, 0);
	buffer_append_byte(into, '"');
}

void outbox_write_recipient_json(struct buffer *into, const struct outbox_recipient *recipient)
{
	buffer_printf(into, "{\"mail\":%lld", (long long)recipient->mail);
	outbox_write_text_json(into, "recipient", outbox_address(recipient));
	outbox_write_text_json(into, "state", outbox_state_name(recipient->state));
	outbox_write_instant_json(into, "since", recipient->changed_ms);
	outbox_write_instant_json(into, "next", recipient->due_ms);
	buffer_printf(into, ",\"attempts\":%u,\"unknown\":%u", recipient->attempts, recipient->unknowns);
	if (recipient->code)
		buffer_printf(into, ",\"code\":%d", recipient->code);
	if (recipient->enhanced[0])
		outbox_write_text_json(into, "enhanced", recipient->enhanced);
	outbox_write_text_json(into, "reply", recipient->reply);
	outbox_write_text_json(into, "server", recipient->server);
}

/* ---- the list ---- */

struct listing {
	struct queue_store *store;
	const struct zone *zone;
	int64_t now_ms;
	bool is_json;
	struct columns columns;
	struct buffer json;
	size_t n[OUTBOX_STATES];
};

static void write_when(struct buffer *into, const struct zone *zone, int64_t ms)
{
	struct civil at;

	zone_to_civil(zone, ms, &at);
	buffer_printf(into, "%04d-%02d-%02d %02d:%02d", at.year, at.month, at.day, at.hour, at.minute);
}

/* "in 4 min", "now", "-". */
static void write_next(struct buffer *into, int64_t due_ms, int64_t now_ms)
{
	const int64_t left_min = due_ms == NEVER ? 0 : (due_ms - now_ms + MS_PER_MINUTE - 1) / MS_PER_MINUTE;

	if (due_ms == NEVER)
		buffer_append_byte(into, '-');
	else if (left_min <= 0)
		buffer_append(into, SLICE("now"));
	else if (left_min < 120)
		buffer_printf(into, "in %lld min", (long long)left_min);
	else
		buffer_printf(into, "in %lld h", (long long)(left_min / 60));
}

static void add_line(struct listing *listing, const struct outbox_mail *mail, const struct outbox_recipient *recipient)
{
	AUTO(buffer) struct buffer cell = BUFFER_LIMIT(OUT_MAX_BYTES);

	buffer_printf(&cell, "%lld", (long long)recipient->mail);
	columns_add(&listing->columns, buffer_peek(&cell));
	columns_add(&listing->columns, slice_of(outbox_state_name(recipient->state)));
	buffer_cut(&cell, 0);
	write_when(&cell, listing->zone, mail->queued_ms);
	columns_add(&listing->columns, buffer_peek(&cell));
	buffer_cut(&cell, 0);
	write_next(&cell, recipient->due_ms, listing->now_ms);
	columns_add(&listing->columns, buffer_peek(&cell));
	columns_add(&listing->columns, slice_of(outbox_address(recipient)));
	columns_add(&listing->columns, utf8_cut_width(slice_of(mail->subject), SUBJECT_COLUMNS));
	buffer_cut(&cell, 0);
	outbox_write_reply(&cell, recipient->code, recipient->enhanced, recipient->reply);
	columns_add(&listing->columns, buffer_peek(&cell));
}

static int flush_json(struct listing *listing, size_t over, courant_error **err)
{
	slice text;

	if (listing->json.len <= over)
		return 0;
	if (buffer_slice(&listing->json, &text, err) < 0 || cli_print(text, err) < 0)
		return -1;
	buffer_cut(&listing->json, 0);
	return 0;
}

static int add_json(struct listing *listing, const struct outbox_mail *mail, const struct outbox_recipient *recipient, courant_error **err)
{
	struct buffer *into = &listing->json;

	outbox_write_recipient_json(into, recipient);
	outbox_write_text_json(into, "subject", mail->subject);
	outbox_write_text_json(into, "sender", mail->sender_utf8 ? mail->sender_utf8 : mail->sender_ascii);
	outbox_write_text_json(into, "message_id", mail->message_id);
	outbox_write_text_json(into, "origin", mail->origin);
	outbox_write_instant_json(into, "queued", mail->queued_ms);
	outbox_write_instant_json(into, "expires", mail->expires_ms);
	buffer_printf(into, ",\"size\":%llu}\n", (unsigned long long)mail->size_bytes);
	return flush_json(listing, BLOCK_BYTES, err);
}

static int add_recipient(void *context, const struct outbox_recipient *recipient, courant_error **err)
{
	struct listing *listing = context;
	AUTO(arena) struct arena arena = {0};
	struct outbox_mail mail;
	const int found = listing->store->calls->find_mail(listing->store, recipient->mail, &arena, &mail, err);

	/* Somebody may have dropped it meanwhile. */
	if (found <= 0)
		return found;
	listing->n[recipient->state]++;
	if (listing->is_json)
		return add_json(listing, &mail, recipient, err);
	add_line(listing, &mail, recipient);
	return 0;
}

/* "3 recipients: 2 deferred, 1 refused" */
static void write_sum(struct buffer *into, const struct listing *listing)
{
	size_t n = 0;
	const char *before = ": ";

	for (size_t i = 0; i < OUTBOX_STATES; i++)
		n += listing->n[i];
	if (n == 0) {
		buffer_append(into, SLICE("nothing waits\n"));
		return;
	}
	buffer_printf(into, "%zu recipient%s", n, n == 1 ? "" : "s");
	for (size_t i = 0; i < OUTBOX_STATES; i++) {
		if (listing->n[i] == 0)
			continue;
		buffer_printf(into, "%s%zu %s", before, listing->n[i], outbox_state_name((enum outbox_state)i));
		before = ", ";
	}
	buffer_append_byte(into, '\n');
}

static int print_lines(const struct cli_call *call, struct listing *listing, courant_error **err)
{
	AUTO(buffer) struct buffer out = BUFFER_LIMIT(OUT_MAX_BYTES);
	slice text;

	if (listing->columns.n_cells > 7)
		columns_write(&listing->columns, &out);
	if (!call->is_quiet)
		write_sum(&out, listing);
	return buffer_slice(&out, &text, err) < 0 ? -1 : cli_print(text, err);
}

static void listing_release(struct listing *listing)
{
	columns_release(&listing->columns);
	buffer_release(&listing->json);
}
AUTO_DEFINE_VALUE(listing, struct listing, listing_release)

int outbox_list(const struct cli_call *call, struct outbox *outbox, const struct outbox_filter *filter, courant_error **err)
{
	static const char *const heads[] = {"ID", "STATE", "QUEUED", "NEXT", "TO", "SUBJECT", "LAST REPLY"};
	AUTO(zone) struct zone *zone = zone_load_system(err);
	AUTO(listing) struct listing listing = {.store = outbox_store(outbox),
						.zone = zone,
						.now_ms = call->now_ms,
						.is_json = cli_flag(call, "json"),
						.columns = COLUMNS(7),
						.json = BUFFER_LIMIT(OUT_MAX_BYTES)};

	if (!zone)
		return -1;
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		columns_add(&listing.columns, slice_of(heads[i]));
	if (listing.store->calls->each_filtered(listing.store, filter, add_recipient, &listing, err) < 0)
		return -1;
	return listing.is_json ? flush_json(&listing, 0, err) : print_lines(call, &listing, err);
}
