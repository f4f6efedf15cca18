/* SPDX-License-Identifier: MIT */
/* runner_begin.c - how a runner signs on and off, and what all of its files use (runner_own.h) */
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <sys/eventfd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "mime/mailbox.h"
#include "outbox/runner_own.h"

#define SENTENCE_BYTES 4096
#define WAIT_MS        100  /* for carriers that are told to stop */
#define GOODBYE_MS     2500 /* a QUIT takes 2 s at most */

int64_t runner_now_ms(const struct runner *runner)
{
	return runner->options.now_ms ? runner->options.now_ms() : clock_now_ms();
}

int64_t runner_monotonic_ms(const struct runner *runner)
{
	return runner->options.monotonic_ms ? runner->options.monotonic_ms() : clock_monotonic_ms();
}

void runner_say(const struct runner *runner, const char *format, ...)
{
	AUTO(buffer) struct buffer sentence = BUFFER_LIMIT(SENTENCE_BYTES);
	va_list args;

	if (!runner->options.say)
		return;
	va_start(args, format);
	buffer_vprintf(&sentence, format, args);
	va_end(args);
	if (sentence.bytes)
		runner->options.say(runner->options.context, sentence.bytes);
}

/* The claim comes before the commit: nobody sees the number without its owner. */
static int sign_on(struct runner *runner, courant_error **err)
{
	struct queue_store *store = runner->queue.store;
	int64_t id = 0;

	if (store->calls->begin(store, err) < 0)
		return -1;
	if (store->calls->add_runner(store, runner->options.words, runner_now_ms(runner), &id, err) < 0 ||
	    store->calls->claim(store, CLAIM_RUNNER, (uint64_t)id, err) < 0) {
		store->calls->rollback(store);
		return -1;
	}
	runner->queue.runner = id;
	return store->calls->commit(store, err);
}

/* With full hands the number stays: the next runner finds it dead, and that nobody knows what became of what it had. */
static void sign_off(struct runner *runner)
{
	struct queue_store *store = runner->queue.store;

	if (runner_has_empty_hands(runner) && store->calls->begin(store, NULL) == 0) {
		if (store->calls->remove_runner(store, runner->queue.runner, NULL) == 0)
			(void)store->calls->commit(store, NULL); /* its row is found dead then, and holds nothing */
		else
			store->calls->rollback(store);
	}
	store->calls->drop(store, CLAIM_RUNNER, (uint64_t)runner->queue.runner);
}

static int find_sender(struct runner *runner, courant_error **err)
{
	AUTO(arena) struct arena arena = {0};
	AUTO(buffer) struct buffer address = BUFFER_LIMIT(MAILBOX_MAX_BYTES);
	struct mailbox_list list = {0};
	const char *from = runner->options.notice.from;

	if (!from)
		return 0;
	if (mailbox_list_parse(&list, &arena, slice_of(from), MAILBOX_ONE, err) < 0)
		return fail_within(err, "the sender of notices");
	mailbox_write_spec(&address, &list.items[0], MAILBOX_ASCII);
	if (buffer_take(&address, &runner->sender, NULL, err) < 0)
		return -1;
	runner->queue.notice.sender = runner->sender;
	return 0;
}

struct runner *runner_new(const struct runner_options *options, courant_error **err)
{
	AUTO(runner) struct runner *runner = mem_alloc(sizeof *runner);

	if (!runner) {
		(void)fail_memory(err);
		return NULL;
	}
	runner->options = *options;
	runner->settling_end = &runner->settling;
	runner->queue = (struct queue){.store = outbox_store(options->outbox), .retry = options->retry, .notice = options->notice, .random = {options->seed}};
	runner->ring_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (runner->ring_fd < 0) {
		(void)fail_errno(err, errno, "cannot make an event descriptor");
		return NULL;
	}
	if (options->n_ways == 0) {
		(void)fail(err, COURANT_USAGE, "there is no account to send mails by");
		return NULL;
	}
	if (find_sender(runner, err) < 0 || ways_make(runner, err) < 0 || sign_on(runner, err) < 0)
		return NULL;
	return STEAL(runner);
}

/* What is under way is cut short, and written if the store lets us; connections that do nothing are said goodbye to. */
static void wind_up(struct runner *runner)
{
	struct pollfd ring = {.fd = runner->ring_fd, .events = POLLIN};
	const int64_t patience_ms = runner_has_empty_hands(runner) ? runner_monotonic_ms(runner) + GOODBYE_MS : INT64_MIN;

	runner_stop(runner, patience_ms);
	for (;;) {
		(void)runner_turn(runner);
		if (runner->retry_ms > runner_monotonic_ms(runner) || (runner_is_idle(runner) && ways_are_closed(runner)))
			return;
		(void)poll(&ring, 1, WAIT_MS); /* whatever comes of it, the next turn looks */
	}
}

void runner_free(struct runner *runner)
{
	if (!runner)
		return;
	if (runner->queue.runner) {
		wind_up(runner);
		sign_off(runner);
	}
	ways_free(runner);
	parcel_free_all(runner->settling);
	routes_release(runner);
	auto_close(&runner->ring_fd);
	free(runner->sender);
	free(runner);
}
