/* SPDX-License-Identifier: MIT */
/* serve_health.c - is all well? /health, /metrics, the textfile, and whoever must hear of it (serve.h) */
#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "cli/serve.h"
#include "serve/metrics.h"

#define LOOK_MS           MS_PER_SECOND
#define FILE_MS           (15 * MS_PER_SECOND)
#define TROUBLES_MAX      ((size_t)16 << 10)
#define METRICS_MAX_BYTES ((size_t)256 << 10)
#define FAILURES_RUNNING  3 /* of an errand: one or two may be chance */

bool serve_is_well(const struct serve *serve)
{
	/* More than there is room for is no silence. */
	return serve->health.troubles.len == 0 && buffer_check(&serve->health.troubles, NULL) == 0;
}

/* ---- the outbox ---- */

struct look {
	struct queue_store *store;
	int64_t now_ms;
	bool has_waiting;
	int64_t oldest_due_ms;
};

static int look_at_route(void *context, int64_t id, const char *accounts, courant_error **err)
{
	struct look *look = context;
	int64_t due_ms;

	(void)accounts;
	if (look->store->calls->next_due(look->store, id, &due_ms, err) < 0)
		return -1;
	look->has_waiting |= due_ms != NEVER;
	if (due_ms <= look->now_ms && (look->oldest_due_ms == 0 || due_ms < look->oldest_due_ms))
		look->oldest_due_ms = due_ms;
	return 0;
}

static int look_at_outbox(struct serve *serve, courant_error **err)
{
	struct look look = {.store = outbox_store(serve->queue), .now_ms = clock_now_ms()};

	if (look.store->calls->each_route(look.store, look_at_route, &look, err) < 0)
		return -1;
	serve->health.has_waiting = look.has_waiting;
	serve->health.oldest_due_ms = look.oldest_due_ms;
	return 0;
}

static uint64_t count(const struct serve *serve, enum outbox_state state)
{
	const uint64_t n_of_old = serve->old ? runner_counts(carry_runner(serve->old->carry))->states[state] : 0; /* until it ends: retire() */

	return serve->past.states[state] + n_of_old + runner_counts(carry_runner(serve->plan->carry))->states[state];
}

/* Mail waits, what is tried is put off, and nothing leaves. */
static void look_for_stuck(struct serve *serve, int64_t monotonic_ms)
{
	struct serve_health *health = &serve->health;
	const uint64_t n_accepted = count(serve, OUTBOX_ACCEPTED), n_deferred = count(serve, OUTBOX_DEFERRED);

	if (!health->has_waiting || n_accepted > health->n_accepted) {
		health->n_accepted = n_accepted;
		health->n_deferred = n_deferred;
		health->stuck_since_ms = 0;
	} else if (n_deferred > health->n_deferred && health->stuck_since_ms == 0) {
		health->stuck_since_ms = monotonic_ms;
	}
}

/* ---- what is wrong ---- */

static void add_trouble(struct serve *serve, const char *format, ...) FAIL_FORMAT(2, 3);
static void add_trouble(struct serve *serve, const char *format, ...)
{
	struct buffer *troubles = &serve->health.troubles;
	va_list args;

	va_start(args, format);
	buffer_vprintf(troubles, format, args);
	va_end(args);
	buffer_append_byte(troubles, '\n');
}

static void find_troubles(struct serve *serve, int64_t monotonic_ms)
{
	struct serve_health *health = &serve->health;
	AUTO(error) courant_error *err = NULL;
	const char *path;
	unsigned failures;

	buffer_release(&health->troubles);
	health->troubles = (struct buffer)BUFFER_LIMIT(TROUBLES_MAX);
	if (look_at_outbox(serve, &err) < 0)
		add_trouble(serve, "the outbox cannot be read: %s", courant_error_sentence(err));
	else
		look_for_stuck(serve, monotonic_ms);
	if (health->stuck_since_ms && monotonic_ms - health->stuck_since_ms >= (int64_t)serve->plan->config.serve.patience_ms)
		add_trouble(serve, "mail waits, and none has left for %lld s", (long long)((monotonic_ms - health->stuck_since_ms) / MS_PER_SECOND));
	if (health->reload_trouble)
		add_trouble(serve, "the new configuration was refused, the old one is in force: %s", health->reload_trouble);
	for (size_t i = 0; (path = slots_failing(serve->slots, i, &failures)); i++)
		add_trouble(serve, "report %s failed %u %s", path, failures, failures == 1 ? "time" : "times running");
	for (enum serve_errand_kind kind = 0; kind < SERVE_ERRANDS; kind++)
		if (kind != SERVE_HEARTBEAT && serve->errands[kind].failures >= FAILURES_RUNNING)
			add_trouble(serve, "%s failed %u times running", serve_errand_name(kind), serve->errands[kind].failures);
}

/* Once for each trouble: it may be told again when all was well in between. */
static void tell(struct serve *serve, int64_t monotonic_ms)
{
	struct serve_health *health = &serve->health;
	const bool is_stuck = slice_find_slice(buffer_peek(&health->troubles), SLICE("none has left")) != SLICE_NONE ||
			      slice_find_slice(buffer_peek(&health->troubles), SLICE("outbox cannot")) != SLICE_NONE;

	if (is_stuck && !health->has_notified)
		serve_notify(serve, health->troubles.bytes, monotonic_ms);
	health->has_notified = is_stuck;
}

/* ---- figures ---- */

#define COUNTER(of_name, of_help, of_label, of_value, number)                                                                     \
	(struct metric){.name = (of_name), .type = "counter", .help = (of_help), .label = (of_label), .of = (of_value), .value = (int64_t)(number)}
#define GAUGE(of_name, of_help, number) (struct metric){.name = (of_name), .type = "gauge", .help = (of_help), .value = (int64_t)(number)}

static size_t fill_errands(const struct serve *serve, struct metric *metrics)
{
	size_t n = 0;

	for (enum serve_errand_kind kind = 0; kind < SERVE_ERRANDS; kind++)
		metrics[n++] = COUNTER("courant_errands_total", "Samples, probes and heartbeats that were made.", "errand", serve_errand_name(kind), serve->errands[kind].n_done);
	for (enum serve_errand_kind kind = 0; kind < SERVE_ERRANDS; kind++)
		metrics[n++] =
			COUNTER("courant_errands_failed_total", "Samples, probes and heartbeats that failed.", "errand", serve_errand_name(kind), serve->errands[kind].n_failed);
	return n;
}

static size_t fill_reports(const struct serve *serve, struct metric *metrics)
{
	const char *help = "Runs of reports that came to an end.";
	const int64_t due_ms = slots_due_ms(serve->slots);
	size_t n = 0;

	metrics[n++] = COUNTER("courant_reports_total", help, "outcome", "sent", serve->n_sent);
	metrics[n++] = COUNTER("courant_reports_total", help, "outcome", "skipped", serve->n_skipped);
	metrics[n++] = COUNTER("courant_reports_total", help, "outcome", "failed", serve->n_failed);
	metrics[n++] = COUNTER("courant_reports_total", help, "outcome", "let_go", serve->n_let_go);
	metrics[n++] = GAUGE("courant_reports_running", "Reports that are being made.", serve_reports_running(serve));
	if (due_ms < INT64_MAX) {
		metrics[n] = GAUGE("courant_next_report_timestamp_seconds", "When the next report is due.", due_ms);
		metrics[n++].is_ms = true;
	}
	return n;
}

static void write_metrics(const struct serve *serve, struct buffer *out)
{
	const struct serve_health *health = &serve->health;
	struct metric metrics[64];
	size_t n = 0;

	metrics[n++] = GAUGE("courant_healthy", "Whether all is well; /health says what is not.", serve_is_well(serve));
	metrics[n++] = GAUGE("courant_start_time_seconds", "When the service began.", serve->started_ms);
	metrics[n - 1].is_ms = true;
	metrics[n++] = GAUGE("courant_config_refused", "Whether the newest configuration is faulty, and an older one in force.", health->reload_trouble != NULL);
	for (enum outbox_state state = 0; state < OUTBOX_STATES; state++)
		if (state != OUTBOX_QUEUED && state != OUTBOX_LEASED && state != OUTBOX_HELD)
			metrics[n++] =
				COUNTER("courant_recipients_total", "Recipients by what an attempt has made of them.", "state", outbox_state_name(state), count(serve, state));
	metrics[n++] = GAUGE("courant_mail_waiting", "Whether mail waits in the outbox.", health->has_waiting);
	metrics[n++] = GAUGE("courant_mail_overdue_seconds", "For how long the oldest mail has been due.", health->oldest_due_ms ? clock_now_ms() - health->oldest_due_ms : 0);
	metrics[n - 1].is_ms = true;
	metrics[n++] = COUNTER("courant_mails_taken_total", "Mails that were handed over at the socket.", NULL, NULL, serve->n_taken);
	n += fill_reports(serve, metrics + n);
	n += fill_errands(serve, metrics + n);
	metrics_write(out, metrics, n);
}
#undef COUNTER
#undef GAUGE

static void write_file(struct serve *serve)
{
	const char *path = serve->plan->config.serve.metrics;
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(METRICS_MAX_BYTES);
	AUTO(error) courant_error *err = NULL;
	slice bytes;

	if (!path)
		return;
	write_metrics(serve, &text);
	if (buffer_slice(&text, &bytes, &err) < 0 || file_write_atomic(path, bytes, 0644, &err) < 0)
		LOG(&serve->log, LOG_ERROR, "metrics not written", LOG_TEXT("reason", courant_error_sentence(err)));
}

bool serve_page(void *context, slice path, struct page *page)
{
	struct serve *serve = context;

	if (slice_equal(path, SLICE("/metrics"))) {
		page->type = "text/plain; version=0.0.4; charset=utf-8";
		write_metrics(serve, page->body);
		return true;
	}
	if (!slice_equal(path, SLICE("/health")))
		return false;
	page->status = serve_is_well(serve) ? 200 : 503;
	buffer_append(page->body, serve_is_well(serve) ? SLICE("ok\n") : buffer_peek(&serve->health.troubles));
	return true;
}

void serve_health_turn(struct serve *serve, int64_t monotonic_ms)
{
	struct serve_health *health = &serve->health;
	const bool was_well = serve_is_well(serve);

	if (serve->notice && child_turn(serve->notice, monotonic_ms)) {
		if (child_status(serve->notice) != 0)
			LOG(&serve->log, LOG_ERROR, "notify failed", LOG_NUMBER("status", child_status(serve->notice)));
		child_free(STEAL(serve->notice));
	}
	if (monotonic_ms < health->next_ms)
		return;
	health->next_ms = monotonic_ms + LOOK_MS;
	find_troubles(serve, monotonic_ms);
	if (was_well && !serve_is_well(serve))
		LOG(&serve->log, LOG_WARNING, "not well", LOG_TEXT("because", health->troubles.bytes));
	else if (!was_well && serve_is_well(serve))
		LOG(&serve->log, LOG_INFO, "well again", LOG_TEXT("because", "the troubles are over"));
	tell(serve, monotonic_ms);
	if (monotonic_ms >= health->next_file_ms) {
		health->next_file_ms = monotonic_ms + FILE_MS;
		write_file(serve);
	}
}
