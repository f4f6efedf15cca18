/* SPDX-License-Identifier: MIT */
/* serve_reports.c - reports that are due are made by courant-report, a process each (serve.h) */
#include "base/clock.h"
#include "cli/report_job.h"
#include "cli/serve.h"

#define TEXT_MAX_BYTES ((size_t)16 << 10)

/* ---- what became of one ---- */

static bool has_line(slice words, slice beginning, slice part)
{
	for (slice line; slice_next_line(&words, &line);)
		if (slice_starts(line, beginning) && slice_find_slice(line, part) != SLICE_NONE)
			return true;
	return false;
}

/* A wrong file stays wrong, however often it is read. */
static enum slots_outcome outcome_of(const struct child *child)
{
	const int status = child_status(child);

	if (status == 0 && !child_is_late(child))
		return has_line(child_words(child), SLICE(JOB_SLOT_LINE), SLICE("not mailed")) ? SLOTS_SKIPPED : SLOTS_SENT;
	return status == cli_exit_status(COURANT_USAGE) || status == cli_exit_status(COURANT_CONFIG) ? SLOTS_HOPELESS : SLOTS_FAILED;
}

static void tell_owner(struct serve *serve, const struct slots_run *run, const struct slots_verdict *verdict, slice words, int64_t monotonic_ms)
{
	AUTO(buffer) struct buffer subject = BUFFER_LIMIT(TEXT_MAX_BYTES);
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(TEXT_MAX_BYTES);
	const bool has_failed = verdict->failures > 0;
	const unsigned n = has_failed ? verdict->failures : verdict->skips;

	buffer_printf(&subject, has_failed ? "Courant: the report %s failed" : "Courant: the report %s was not sent", run->path);
	buffer_printf(&text, "The report %s ", run->path);
	buffer_append(&text, has_failed ? SLICE("could not be made") : SLICE("was not sent, as its \"send\" says"));
	buffer_append(&text, SLICE(": its run of "));
	rfc3339_write(&text, run->slot.at_ms, 0);
	if (n > 1)
		buffer_printf(&text, ", and %u before it without a break", n - 1);
	buffer_printf(&text, ".\n\nIt said:\n\n%.*s\n\nTry it by hand:\n\n    courant report %s --slot last\n", SLICE_ARGS(words), run->path);
	if (buffer_check(&subject, NULL) == 0 && buffer_check(&text, NULL) == 0)
		serve_tell_owner(serve, subject.bytes, text.bytes, monotonic_ms);
}

static void count(struct serve *serve, enum slots_outcome outcome)
{
	serve->n_sent += outcome == SLOTS_SENT;
	serve->n_skipped += outcome == SLOTS_SKIPPED;
	serve->n_failed += outcome == SLOTS_FAILED || outcome == SLOTS_HOPELESS;
}

static void settle(struct serve *serve, const struct slots_run *run, enum slots_outcome outcome, int status, slice words, int64_t monotonic_ms)
{
	static const char *const events[] = {
		[SLOTS_SENT] = "report made", [SLOTS_SKIPPED] = "report not sent", [SLOTS_FAILED] = "report failed", [SLOTS_HOPELESS] = "report failed"};
	const bool has_failed = outcome == SLOTS_FAILED || outcome == SLOTS_HOPELESS;
	AUTO(error) courant_error *err = NULL;
	AUTO(free) char *said = mem_copy(words);
	AUTO(buffer) struct buffer slot = BUFFER_LIMIT(100);
	struct slots_verdict verdict;

	rfc3339_write(&slot, run->slot.at_ms, 0);
	if (slots_done(serve->slots, run, outcome, serve_now_ms(serve), &verdict, &err) < 0)
		LOG(&serve->log, LOG_ERROR, "run not remembered", LOG_TEXT("report", run->path), LOG_TEXT("reason", courant_error_sentence(err)));
	LOG(&serve->log, has_failed ? LOG_WARNING : LOG_INFO, events[outcome], LOG_TEXT("report", run->path), LOG_TEXT("slot", slot.bytes),
	    LOG_NUMBER("attempt", run->attempt), LOG_NUMBER("status", status), LOG_TEXT("again", verdict.is_over ? "no" : "yes"), LOG_TEXT("said", said));
	if (!verdict.is_over)
		return;
	count(serve, outcome);
	if (verdict.tells_owner)
		tell_owner(serve, run, &verdict, words, monotonic_ms);
}

/* ---- running ---- */

static void start(struct serve *serve, struct serve_report *place, const struct slots_run *run, int64_t monotonic_ms)
{
	AUTO(error) courant_error *err = NULL;
	AUTO(buffer) struct buffer slot = BUFFER_LIMIT(100);

	if (run->n_let_go > 0) {
		LOG(&serve->log, LOG_WARNING, "missed runs let go", LOG_TEXT("report", run->path), LOG_NUMBER("at_least", run->n_let_go));
		serve->n_let_go += run->n_let_go;
	}
	rfc3339_write(&slot, run->slot.at_ms, 0);
	if (buffer_check(&slot, &err) == 0) {
		const char *const words[] = {"report", run->path, "--send", "--slot", slot.bytes, NULL};

		place->run = *run;
		place->child = serve_start_program(serve, words, monotonic_ms + (int64_t)serve->plan->config.serve.time_limit_ms, &err);
	}
	if (place->child)
		LOG(&serve->log, LOG_DEBUG, "report begun", LOG_TEXT("report", run->path), LOG_TEXT("slot", slot.bytes));
	else
		settle(serve, run, SLOTS_FAILED, cli_exit_status(courant_error_code(err)), slice_of(courant_error_sentence(err)), monotonic_ms);
}

static void finish(struct serve *serve, struct serve_report *place, int64_t monotonic_ms)
{
	AUTO(child) struct child *child = STEAL(place->child);
	AUTO(buffer) struct buffer words = BUFFER_LIMIT(TEXT_MAX_BYTES);

	buffer_append(&words, child_words(child));
	if (child_is_late(child))
		buffer_append(&words, SLICE("\nit took too long, and was ended (time_limit)"));
	/* Told to stop because we stop: it is taken up again when we are back. */
	if (serve->is_stopping && child_status(child) != 0)
		return;
	settle(serve, &place->run, outcome_of(child), child_status(child), buffer_peek(&words), monotonic_ms);
}

void serve_reports_turn(struct serve *serve, int64_t monotonic_ms)
{
	for (size_t i = 0; i < SERVE_REPORTS_MAX; i++) {
		struct serve_report *place = &serve->reports[i];
		struct slots_run run;

		if (place->child && child_turn(place->child, monotonic_ms))
			finish(serve, place, monotonic_ms);
		if (!place->child && !serve->is_stopping && slots_next(serve->slots, serve_now_ms(serve), &run))
			start(serve, place, &run, monotonic_ms);
	}
}

void serve_reports_stop(struct serve *serve, int64_t monotonic_ms)
{
	for (size_t i = 0; i < SERVE_REPORTS_MAX; i++)
		if (serve->reports[i].child)
			child_stop(serve->reports[i].child, monotonic_ms);
}

size_t serve_reports_running(const struct serve *serve)
{
	size_t n = 0;

	for (size_t i = 0; i < SERVE_REPORTS_MAX; i++)
		n += serve->reports[i].child != NULL;
	return n;
}

size_t serve_reports_fds(const struct serve *serve, struct pollfd *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < SERVE_REPORTS_MAX; i++)
		if (serve->reports[i].child)
			n += child_fds(serve->reports[i].child, ret + n);
	return n;
}

int64_t serve_reports_due_ms(const struct serve *serve, int64_t monotonic_ms)
{
	const int64_t due_ms = slots_due_ms(serve->slots);
	int64_t first_ms = INT64_MAX;

	/* With every place taken, the next one that is free looks. */
	if (!serve->is_stopping && due_ms < INT64_MAX && serve_reports_running(serve) < SERVE_REPORTS_MAX)
		first_ms = monotonic_ms + (due_ms - serve_now_ms(serve));
	for (size_t i = 0; i < SERVE_REPORTS_MAX; i++)
		if (serve->reports[i].child && child_deadline_ms(serve->reports[i].child) < first_ms)
			first_ms = child_deadline_ms(serve->reports[i].child);
	return first_ms;
}
