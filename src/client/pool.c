/* SPDX-License-Identifier: MIT */
/* pool.c - courant/pool.h: the way out (outlet.h) with copies of what the caller may forget */
#include <courant/pool.h>

#include <errno.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "client/envelope.h"
#include "client/outlet.h"
#include "client/survey.h"
#include "net/wait.h"

/* A mail on its way, in our words: what is found out about its message stands in a copy. */
struct parcel {
	struct courant_mail mail; /* first: the outlet gives it back */
	const struct courant_mail *given; /* the caller's; NULL: made of a message */
	struct envelope envelope;
	courant_reader *bytes; /* of that message */
	struct parcel *previous, *next;
};

struct courant_pool {
	struct target target;
	struct outlet *outlet;
	struct parcel *first;
	size_t n_pending;
	courant_pool_done_fn *done;
	void *done_context;
	atomic_bool is_cancelled;
	int stop_fd; /* readable: courant_pool_cancel() was called */
};

static void parcel_free(struct parcel *parcel)
{
	if (!parcel)
		return;
	courant_reader_free(parcel->bytes);
	envelope_release(&parcel->envelope);
	free(parcel);
}
AUTO_DEFINE(parcel, struct parcel, parcel_free)

static void unlink_parcel(courant_pool *pool, struct parcel *parcel)
{
	if (parcel->previous)
		parcel->previous->next = parcel->next;
	else
		pool->first = parcel->next;
	if (parcel->next)
		parcel->next->previous = parcel->previous;
	pool->n_pending--;
}

static void come_back(void *context, const struct outlet_report *report)
{
	courant_pool *pool = context;
	struct parcel *parcel = (struct parcel *)report->mail;
	const struct courant_pool_report told = {
		.mail = parcel->given ? parcel->given : &parcel->mail,
		.context = parcel->mail.context,
		.results = report->results->at,
		.n_results = report->results->n,
		.error = report->error,
		.peer = report->peer,
		.tls_version = report->tls_version,
		.tls_cipher = report->tls_cipher,
		.tls_is_verified = report->is_verified,
		.tls_is_resumed = report->is_resumed,
		.took_ms = report->ended_ms - report->begun_ms,
	};

	unlink_parcel(pool, parcel);
	if (pool->done)
		pool->done(pool->done_context, &told);
	parcel_free(parcel);
}

static int open_outlet(courant_pool *pool, const struct courant_pool_options *options, courant_error **err)
{
	const struct outlet_options wanted = {
		.target = &pool->target,
		.password = options->password,
		.token = options->token,
		.connections = options->connections,
		.window = options->window,
		.per_connection = options->mails_per_connection,
		.per_minute = options->mails_per_minute,
		.cancel_fd = pool->stop_fd,
		.trace = options->trace,
		.trace_context = options->trace_context,
		.done = come_back,
		.done_context = pool,
	};

	pool->outlet = outlet_new(&wanted, err);
	return pool->outlet ? 0 : -1;
}

courant_pool *courant_pool_new(const struct courant_pool_options *options, courant_error **err)
{
	courant_pool *pool = mem_alloc(sizeof *pool);

	if (!pool) {
		(void)fail_memory(err);
		return NULL;
	}
	pool->done = options->done;
	pool->done_context = options->done_context;
	pool->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (pool->stop_fd < 0)
		(void)fail_errno(err, errno, "cannot make a pool");
	else if (!options->server)
		(void)fail(err, COURANT_USAGE, "a pool needs a server");
	else if (target_parse(slice_of(options->server), &pool->target, err) == 0 && target_finish(&pool->target, err) == 0 &&
		 open_outlet(pool, options, err) == 0)
		return pool;
	courant_pool_free(pool);
	return NULL;
}

void courant_pool_free(courant_pool *pool)
{
	if (!pool)
		return;
	/* The outlet first: it borrows all the others. */
	outlet_free(pool->outlet);
	while (pool->first) {
		struct parcel *parcel = pool->first;

		unlink_parcel(pool, parcel);
		parcel_free(parcel);
	}
	target_release(&pool->target);
	auto_close(&pool->stop_fd);
	free(pool);
}

size_t courant_pool_room(const courant_pool *pool)
{
	return atomic_load(&pool->is_cancelled) ? 0 : outlet_room(pool->outlet);
}

size_t courant_pool_pending(const courant_pool *pool)
{
	return pool->n_pending;
}

static int fail_cancelled(courant_error **err)
{
	return fail(err, COURANT_CANCELLED, "stopped on request");
}

/* Takes the parcel, except when it fails. */
static int submit(courant_pool *pool, struct parcel *parcel, courant_error **err)
{
	if (atomic_load(&pool->is_cancelled))
		return fail_cancelled(err);
	if (survey_mail(&parcel->mail, err) < 0)
		return -1;
	parcel->next = pool->first;
	if (parcel->next)
		parcel->next->previous = parcel;
	pool->first = parcel;
	pool->n_pending++;
	/* A way without connections gives it back at once. */
	if (outlet_submit(pool->outlet, &parcel->mail, err) == 0)
		return 0;
	unlink_parcel(pool, parcel);
	return -1;
}

int courant_pool_submit(courant_pool *pool, const struct courant_mail *mail, courant_error **err)
{
	AUTO(parcel) struct parcel *parcel = mem_alloc(sizeof *parcel);

	if (!parcel)
		return fail_memory(err);
	parcel->mail = *mail;
	parcel->given = mail;
	if (submit(pool, parcel, err) < 0)
		return -1;
	parcel = NULL;
	return 0;
}

int courant_pool_submit_message(courant_pool *pool, courant_message *message, void *context, courant_error **err)
{
	AUTO(parcel) struct parcel *parcel = mem_alloc(sizeof *parcel);

	if (!parcel)
		return fail_memory(err);
	if (envelope_of_message(&parcel->envelope, message, COURANT_NOTIFY_DEFAULT, NULL, err) < 0 ||
	    !(parcel->bytes = courant_message_reader_new(message, err)))
		return -1;
	envelope_mail(&parcel->envelope, &parcel->mail);
	parcel->mail.message = parcel->bytes;
	parcel->mail.context = context;
	if (submit(pool, parcel, err) < 0)
		return -1;
	parcel = NULL;
	return 0;
}

int courant_pool_step(courant_pool *pool, int timeout_ms, courant_error **err)
{
	if (atomic_load(&pool->is_cancelled)) {
		outlet_stop(pool->outlet);
		return fail_cancelled(err);
	}
	return outlet_step(pool->outlet, timeout_ms < 0 ? WAIT_FOREVER : clock_monotonic_ms() + timeout_ms, err);
}

int courant_pool_finish(courant_pool *pool, courant_error **err)
{
	while (pool->n_pending > 0)
		if (courant_pool_step(pool, -1, err) < 0)
			return -1;
	if (atomic_load(&pool->is_cancelled))
		return courant_pool_step(pool, 0, err);
	return outlet_finish(pool->outlet, err);
}

void courant_pool_cancel(courant_pool *pool)
{
	const uint64_t one = 1;

	/* The flag for a loop that has no need to wait, the descriptor for one that waits. */
	atomic_store(&pool->is_cancelled, true);
	/* Fails only when it was called 2^64 times already. */
	const ssize_t ignored = write(pool->stop_fd, &one, sizeof one);

	(void)ignored;
}
