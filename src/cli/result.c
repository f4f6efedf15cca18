/* SPDX-License-Identifier: MIT */
/* result.c - what became of a recipient, printed */
#include "cli/result.h"

#include <courant/smtp.h>

#include "base/printable.h"
#include "cli/cli.h"
#include "client/queue_id.h"
#include "table/export.h"

#define LINE_MAX_BYTES ((size_t)64 << 10)

static const char *address_of(const struct courant_recipient *recipient)
{
	return recipient->path.utf8 ? recipient->path.utf8 : recipient->path.ascii;
}

static void write_reply(struct buffer *into, const struct courant_result *result)
{
	slice rest = slice_from(result->text, result->text_size), line;
	bool is_first = true;

	if (result->code)
		buffer_printf(into, "%d ", result->code);
	if (result->enhanced[0])
		buffer_printf(into, "%u.%u.%u ", result->enhanced[0], result->enhanced[1], result->enhanced[2]);
	while (slice_next_line(&rest, &line)) {
		buffer_append(into, is_first ? SLICE("") : SLICE(" "));
		printable_write(into, line);
		is_first = false;
	}
}

void result_print(const struct courant_recipient *recipient, const struct courant_result *result)
{
	AUTO(buffer) struct buffer line = BUFFER_LIMIT(LINE_MAX_BYTES);

	buffer_printf(&line, "%-8s  ", courant_outcome_name(result->outcome));
	printable_write(&line, slice_of(address_of(recipient)));
	buffer_append(&line, SLICE("  "));
	write_reply(&line, result);
	buffer_append_byte(&line, '\n');
	(void)cli_print(buffer_peek(&line), NULL);
}

static void write_text(struct buffer *into, const char *key, slice text)
{
	buffer_printf(into, "%s\"%s\":", into->len > 1 ? "," : "", key);
	export_json_text(into, text);
}

static void write_result(struct buffer *into, const struct courant_result *result)
{
	write_text(into, "outcome", slice_of(courant_outcome_name(result->outcome)));
	write_text(into, "phase", slice_of(courant_phase_name(result->phase)));
	if (result->code)
		buffer_printf(into, ",\"code\":%d", result->code);
	if (result->enhanced[0])
		buffer_printf(into, ",\"enhanced\":\"%u.%u.%u\"", result->enhanced[0], result->enhanced[1], result->enhanced[2]);

	AUTO(buffer) struct buffer safe = BUFFER_LIMIT(LINE_MAX_BYTES);
	const slice text = slice_from(result->text, result->text_size);

	printable_write(&safe, text);
	write_text(into, "reply", buffer_peek(&safe));
	if (result->outcome == COURANT_OUTCOME_ACCEPTED && queue_id_find(text).len > 0)
		write_text(into, "queue_id", queue_id_find(text));
}

static void write_tls(struct buffer *into, const struct outlet_report *report)
{
	if (!report->tls_version) {
		buffer_append(into, SLICE(",\"tls\":null"));
		return;
	}
	buffer_printf(into, ",\"tls\":{\"version\":\"%s\",\"cipher\":\"%s\",\"verified\":%s,\"resumed\":%s}", report->tls_version, report->tls_cipher,
		      report->is_verified ? "true" : "false", report->is_resumed ? "true" : "false");
}

static void write_time(struct buffer *into, const char *key, int64_t ms, bool is_first)
{
	buffer_printf(into, "%s\"%s\":", is_first ? "" : ",", key);
	if (ms < 0)
		buffer_append(into, SLICE("null"));
	else
		buffer_printf(into, "%lld", (long long)ms);
}

void result_print_json(const struct outlet_report *report, size_t i, const char *server, const char *message)
{
	AUTO(buffer) struct buffer line = BUFFER_LIMIT(4 * LINE_MAX_BYTES);
	slice text;

	buffer_append_byte(&line, '{');
	write_text(&line, "recipient", slice_of(address_of(&report->mail->recipients[i])));
	if (message)
		write_text(&line, "message", slice_of(message));
	write_result(&line, &report->results->at[i]);
	write_text(&line, "server", slice_of(server));
	if (report->peer[0])
		write_text(&line, "peer", slice_of(report->peer));
	write_tls(&line, report);
	buffer_append(&line, SLICE(",\"times\":{"));
	write_time(&line, "connect_ms", report->connect_ms, true);
	write_time(&line, "tls_ms", report->tls_ms, false);
	write_time(&line, "mail_ms", report->ended_ms - report->begun_ms, false);
	buffer_append(&line, SLICE("}"));
	if (report->error)
		write_text(&line, "error", slice_of(courant_error_sentence(report->error)));
	buffer_append(&line, SLICE("}\n"));
	if (buffer_slice(&line, &text, NULL) == 0)
		(void)cli_print(text, NULL);
}

int result_worse(int a, int b)
{
	static const int order[] = {79, 75};

	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		if (a == order[i] || b == order[i])
			return order[i];
	return a ? a : b;
}
