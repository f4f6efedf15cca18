/* SPDX-License-Identifier: MIT */
/* serve_errands.c - what courant-report does for the service again and again: samples, probes, the heartbeat (serve.h) */
#include <sysexits.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "cli/serve.h"

static const struct {
	const char *name;
	const char *words[4];
	int fine; /* an exit status that is one, too: a probe has found what is down, and kept it */
} errands[] = {
	[SERVE_COLLECT] = {"collect", {"collect", "--quiet"}, 0},
	[SERVE_PROBE] = {"probe", {"probe", "--quiet"}, EX_UNAVAILABLE},
	[SERVE_HEARTBEAT] = {"heartbeat", {"check", "--heartbeat", "--quiet"}, 0},
};

const char *serve_errand_name(enum serve_errand_kind kind)
{
	return errands[kind].name;
}

static int64_t every_ms(const struct serve *serve, enum serve_errand_kind kind)
{
	const struct config_serve *config = &serve->plan->config.serve;

	switch (kind) {
	case SERVE_COLLECT:
		return (int64_t)config->collect_ms;
	case SERVE_PROBE:
		return (int64_t)config->probe_ms;
	case SERVE_HEARTBEAT:
		return config->heartbeat ? (int64_t)config->heartbeat_every_ms : 0;
	case SERVE_ERRANDS:
		break;
	}
	return 0;
}

static void fail_errand(struct serve *serve, enum serve_errand_kind kind, int status, const char *said)
{
	struct serve_errand *errand = &serve->errands[kind];

	errand->failures++;
	errand->n_failed++;
	LOG(&serve->log, LOG_WARNING, "errand failed", LOG_TEXT("errand", errands[kind].name), LOG_NUMBER("status", status), LOG_NUMBER("running", errand->failures),
	    LOG_TEXT("said", said));
}

static void start(struct serve *serve, enum serve_errand_kind kind, int64_t monotonic_ms)
{
	AUTO(error) courant_error *err = NULL;

	serve->errands[kind].child = serve_start_program(serve, errands[kind].words, monotonic_ms + (int64_t)serve->plan->config.serve.time_limit_ms, &err);
	if (!serve->errands[kind].child)
		fail_errand(serve, kind, cli_exit_status(courant_error_code(err)), courant_error_sentence(err));
}

static void finish(struct serve *serve, enum serve_errand_kind kind)
{
	struct serve_errand *errand = &serve->errands[kind];
	AUTO(child) struct child *child = STEAL(errand->child);
	AUTO(free) char *said = mem_copy(child_words(child));

	if (child_status(child) != 0 && (child_status(child) != errands[kind].fine || child_is_late(child))) {
		if (!serve->is_stopping)
			fail_errand(serve, kind, child_status(child), said);
		return;
	}
	errand->failures = 0;
	errand->n_done++;
	LOG(&serve->log, LOG_DEBUG, "errand done", LOG_TEXT("errand", errands[kind].name));
}

/* One at a time; what has taken longer than its interval is not made up for. A heart that is not well does not beat. */
static void turn(struct serve *serve, enum serve_errand_kind kind, int64_t monotonic_ms)
{
	struct serve_errand *errand = &serve->errands[kind];
	const int64_t interval_ms = every_ms(serve, kind);

	if (errand->child && child_turn(errand->child, monotonic_ms))
		finish(serve, kind);
	if (serve->is_stopping || interval_ms == 0 || monotonic_ms < errand->next_ms || errand->child)
		return;
	errand->next_ms += errand->next_ms == 0 ? monotonic_ms + interval_ms : interval_ms;
	if (errand->next_ms <= monotonic_ms)
		errand->next_ms = monotonic_ms + interval_ms;
	if (kind != SERVE_HEARTBEAT || serve_is_well(serve))
		start(serve, kind, monotonic_ms);
}

void serve_errands_turn(struct serve *serve, int64_t monotonic_ms)
{
	for (enum serve_errand_kind kind = 0; kind < SERVE_ERRANDS; kind++)
		turn(serve, kind, monotonic_ms);
}

void serve_errands_stop(struct serve *serve, int64_t monotonic_ms)
{
	for (enum serve_errand_kind kind = 0; kind < SERVE_ERRANDS; kind++)
		if (serve->errands[kind].child)
			child_stop(serve->errands[kind].child, monotonic_ms);
}

size_t serve_errands_running(const struct serve *serve)
{
	size_t n = 0;

	for (enum serve_errand_kind kind = 0; kind < SERVE_ERRANDS; kind++)
		n += serve->errands[kind].child != NULL;
	return n;
}

size_t serve_errands_fds(const struct serve *serve, struct pollfd *ret)
{
	size_t n = 0;

	for (enum serve_errand_kind kind = 0; kind < SERVE_ERRANDS; kind++)
		if (serve->errands[kind].child)
			n += child_fds(serve->errands[kind].child, ret + n);
	return n;
}

int64_t serve_errands_due_ms(const struct serve *serve)
{
	int64_t first_ms = INT64_MAX;

	for (enum serve_errand_kind kind = 0; kind < SERVE_ERRANDS; kind++) {
		const struct serve_errand *errand = &serve->errands[kind];
		const int64_t due_ms = errand->child                                        ? child_deadline_ms(errand->child)
				       : every_ms(serve, kind) > 0 && !serve->is_stopping ? errand->next_ms
											   : INT64_MAX;

		first_ms = due_ms < first_ms ? due_ms : first_ms;
	}
	return first_ms;
}
