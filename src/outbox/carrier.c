/* SPDX-License-Identifier: MIT */
/* carrier.c - an outlet in a thread (carrier.h) */
#include "outbox/carrier.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"

/* While mails are under way and there is room for more, how soon a new one is seen. */
#define GLANCE_MS 10

struct carrier {
	struct carrier_options options;
	pthread_t thread;
	bool has_thread; /* to be waited for; the owner's */
	unsigned connections;
	int bell_fd, cancel_fd;

	pthread_mutex_t lock; /* for what follows */
	struct parcel *in, **in_end, *out, **out_end;
	size_t load;
	bool is_closing, is_closed;

	/* The worker's own. */
	struct outlet *outlet;
	size_t n_busy;
	int64_t idle_since_ms;
};

static void ring(int fd)
{
	const uint64_t one = 1;
	const ssize_t written = fd < 0 ? 0 : write(fd, &one, sizeof one);

	(void)written; /* a counter that is full is rung already */
}

static void silence(int fd)
{
	uint64_t count;
	const ssize_t n = read(fd, &count, sizeof count);

	(void)n; /* nothing was rung */
}

struct carrier *carrier_new(const struct carrier_options *options, courant_error **err)
{
	struct carrier *carrier = mem_alloc(sizeof *carrier);

	if (!carrier) {
		(void)fail_memory(err);
		return NULL;
	}
	(void)pthread_mutex_init(&carrier->lock, NULL); /* never fails for a default one */
	carrier->options = *options;
	carrier->in_end = &carrier->in;
	carrier->out_end = &carrier->out;
	carrier->is_closed = true;
	carrier->bell_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	carrier->cancel_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (carrier->bell_fd >= 0 && carrier->cancel_fd >= 0)
		return carrier;
	(void)fail_errno(err, errno, "cannot make an event descriptor");
	carrier_free(carrier);
	return NULL;
}

/* ---- the lists ---- */

static void give_back(struct carrier *carrier, struct parcel *parcel)
{
	parcel->next = NULL;
	(void)pthread_mutex_lock(&carrier->lock);
	*carrier->out_end = parcel;
	carrier->out_end = &parcel->next;
	(void)pthread_mutex_unlock(&carrier->lock);
	ring(carrier->options.ring_fd);
}

static struct parcel *take_in(struct carrier *carrier)
{
	struct parcel *parcel;

	(void)pthread_mutex_lock(&carrier->lock);
	parcel = carrier->in;
	if (parcel && !(carrier->in = parcel->next))
		carrier->in_end = &carrier->in;
	(void)pthread_mutex_unlock(&carrier->lock);
	return parcel;
}

bool carrier_give(struct carrier *carrier, struct parcel *parcel)
{
	(void)pthread_mutex_lock(&carrier->lock);

	const bool is_open = !carrier->is_closed;

	if (is_open) {
		parcel->next = NULL;
		*carrier->in_end = parcel;
		carrier->in_end = &parcel->next;
		carrier->load++;
	}
	(void)pthread_mutex_unlock(&carrier->lock);
	if (is_open)
		ring(carrier->bell_fd);
	return is_open;
}

struct parcel *carrier_take(struct carrier *carrier)
{
	struct parcel *list;

	(void)pthread_mutex_lock(&carrier->lock);
	list = carrier->out;
	for (const struct parcel *parcel = list; parcel; parcel = parcel->next)
		carrier->load--;
	carrier->out = NULL;
	carrier->out_end = &carrier->out;
	(void)pthread_mutex_unlock(&carrier->lock);
	return list;
}

size_t carrier_load(struct carrier *carrier)
{
	(void)pthread_mutex_lock(&carrier->lock);

	const size_t load = carrier->load;

	(void)pthread_mutex_unlock(&carrier->lock);
	return load;
}

static bool is_closing(struct carrier *carrier)
{
	(void)pthread_mutex_lock(&carrier->lock);

	const bool closing = carrier->is_closing;

	(void)pthread_mutex_unlock(&carrier->lock);
	return closing;
}

bool carrier_is_closed(struct carrier *carrier)
{
	(void)pthread_mutex_lock(&carrier->lock);

	const bool closed = carrier->is_closed;

	(void)pthread_mutex_unlock(&carrier->lock);
	return closed;
}

/* ---- the work ---- */

static void on_done(void *context, const struct outlet_report *report)
{
	struct carrier *carrier = context;
	struct parcel *parcel = report->mail->context;

	parcel_keep_report(parcel, report, carrier->options.server ? carrier->options.server : report->peer, carrier->options.is_final);
	carrier->n_busy--;
	give_back(carrier, parcel);
}

/* The parcel, and all that wait with it: what cannot be opened now is not tried for each of them. */
static void fail_all(struct carrier *carrier, struct parcel *parcel, const courant_error *why)
{
	for (; parcel; parcel = take_in(carrier)) {
		parcel_keep_error(parcel, why, carrier->options.server ? carrier->options.server : "");
		give_back(carrier, parcel);
	}
}

static bool begin(struct carrier *carrier, struct parcel *parcel)
{
	AUTO(error) courant_error *why = NULL;

	if (!carrier->outlet)
		carrier->outlet = carrier->options.open(carrier->options.context, carrier->connections, carrier->cancel_fd, on_done, carrier, &why);
	if (!carrier->outlet) {
		fail_all(carrier, parcel, why);
		return false;
	}
	carrier->n_busy++;
	if (outlet_submit(carrier->outlet, &parcel->wire, &why) == 0)
		return true;
	carrier->n_busy--;
	parcel_keep_error(parcel, why, carrier->options.server ? carrier->options.server : "");
	give_back(carrier, parcel);
	return true;
}

static void begin_some(struct carrier *carrier)
{
	while (!carrier->outlet || outlet_room(carrier->outlet) > 0) {
		struct parcel *parcel = take_in(carrier);

		if (!parcel || !begin(carrier, parcel))
			return;
	}
}

static void return_untouched(struct carrier *carrier)
{
	for (struct parcel *parcel; (parcel = take_in(carrier));)
		give_back(carrier, parcel);
}

/* Says goodbye, unless it was stopped. */
static void close_outlet(struct carrier *carrier)
{
	if (carrier->outlet)
		(void)outlet_finish(carrier->outlet, NULL); /* nothing is under way: there is nothing to fail */
	outlet_free(carrier->outlet);
	carrier->outlet = NULL;
}

/* True: closed now. Not when a parcel came at the last moment. */
static bool try_close(struct carrier *carrier)
{
	close_outlet(carrier);
	(void)pthread_mutex_lock(&carrier->lock);
	if (!carrier->in)
		carrier->is_closed = true;

	const bool closed = carrier->is_closed;

	(void)pthread_mutex_unlock(&carrier->lock);
	if (closed)
		ring(carrier->options.ring_fd);
	return closed;
}

/* What can be done; waits a little when there is something to wait for. True: closed. */
static bool work(struct carrier *carrier, bool may_wait)
{
	const bool closing = is_closing(carrier);

	if (closing)
		return_untouched(carrier);
	else
		begin_some(carrier);
	if (carrier->n_busy > 0) {
		const int64_t now_ms = clock_monotonic_ms();
		const int64_t until_ms = !may_wait ? now_ms : outlet_room(carrier->outlet) > 0 && !closing ? now_ms + GLANCE_MS : INT64_MAX;

		/* Stopped: everything has come back, and it takes nothing any more. */
		if (outlet_step(carrier->outlet, until_ms, NULL) < 0) {
			outlet_free(carrier->outlet);
			carrier->outlet = NULL;
		}
		carrier->idle_since_ms = clock_monotonic_ms();
		return false;
	}
	if (closing || clock_monotonic_ms() - carrier->idle_since_ms >= carrier->options.idle_ms)
		return try_close(carrier);
	return false;
}

static void wait_for_bell(struct carrier *carrier)
{
	struct pollfd bell = {.fd = carrier->bell_fd, .events = POLLIN};
	const int64_t left_ms = carrier->idle_since_ms + carrier->options.idle_ms - clock_monotonic_ms();

	(void)poll(&bell, 1, left_ms > 0 ? (int)left_ms : 0); /* whatever comes of it, the lists are looked at */
	silence(carrier->bell_fd);
}

static void *run(void *context)
{
	struct carrier *carrier = context;

	while (!work(carrier, true))
		if (carrier->n_busy == 0 && !is_closing(carrier))
			wait_for_bell(carrier);
	return NULL;
}

void carrier_work(struct carrier *carrier)
{
	if (!carrier_is_closed(carrier))
		(void)work(carrier, false);
}

/* ---- opening and closing ---- */

/* No signal of the program's shall be handled in the thread. */
static int start(struct carrier *carrier, courant_error **err)
{
	sigset_t all, before;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);

	const int status = pthread_create(&carrier->thread, NULL, run, carrier);

	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	carrier->has_thread = status == 0;
	return status ? fail_errno_as(err, COURANT_TEMPORARY, status, "cannot start a thread") : 0;
}

/* A thread that has closed ends by itself. */
static void join(struct carrier *carrier)
{
	if (carrier->has_thread)
		(void)pthread_join(carrier->thread, NULL);
	carrier->has_thread = false;
}

int carrier_open(struct carrier *carrier, unsigned connections, courant_error **err)
{
	if (!carrier_is_closed(carrier))
		return 0;
	join(carrier);
	silence(carrier->cancel_fd);
	silence(carrier->bell_fd);
	carrier->connections = connections;
	carrier->is_closing = carrier->is_closed = false;
	carrier->idle_since_ms = clock_monotonic_ms();
	if (carrier->options.is_inline || start(carrier, err) == 0)
		return 0;
	carrier->is_closed = true;
	return -1;
}

void carrier_close(struct carrier *carrier)
{
	(void)pthread_mutex_lock(&carrier->lock);
	carrier->is_closing = true;
	(void)pthread_mutex_unlock(&carrier->lock);
	ring(carrier->bell_fd);
}

void carrier_cancel(struct carrier *carrier)
{
	ring(carrier->cancel_fd);
	carrier_close(carrier);
}

void carrier_free(struct carrier *carrier)
{
	if (!carrier)
		return;
	carrier_cancel(carrier);
	join(carrier);
	parcel_free_all(carrier->in);
	parcel_free_all(carrier->out);
	outlet_free(carrier->outlet);
	auto_close(&carrier->bell_fd);
	auto_close(&carrier->cancel_fd);
	(void)pthread_mutex_destroy(&carrier->lock);
	free(carrier);
}
