/* SPDX-License-Identifier: MIT */
/* aside.c - a detached thread and a descriptor that tells of its end */
#include "net/aside.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

void aside_let_go(struct aside *aside)
{
	if (atomic_fetch_sub(&aside->holders, 1) > 1)
		return;
	if (aside->ready_fd >= 0)
		(void)close(aside->ready_fd);
	aside->release(aside);
}

static void *run(void *context)
{
	struct aside *aside = context;
	const uint64_t one = 1;

	aside->work(aside);
	atomic_store_explicit(&aside->is_done, true, memory_order_release);
	/* Cannot fail: the counter is at 0. */
	ssize_t written = write(aside->ready_fd, &one, sizeof one);
	(void)written;
	aside_let_go(aside);
	return NULL;
}

/* No signal of the program's shall be handled in our thread. */
static int start_thread(struct aside *aside)
{
	pthread_attr_t detached;
	pthread_t ignored;
	sigset_t all, before;

	(void)sigfillset(&all);
	(void)pthread_attr_init(&detached);
	(void)pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	const int status = pthread_create(&ignored, &detached, run, aside);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	(void)pthread_attr_destroy(&detached);
	return status;
}

int aside_start(struct aside *aside)
{
	atomic_init(&aside->holders, 2);
	atomic_init(&aside->is_done, false);
	aside->ready_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	const int status = aside->ready_fd < 0 ? errno : start_thread(aside);

	if (status)
		atomic_store(&aside->holders, 1);
	return status;
}
