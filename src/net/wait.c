/* SPDX-License-Identifier: MIT */
/* wait.c - poll(2) with an absolute deadline */
#include "net/wait.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>

#include "base/clock.h"

static int poll_timeout(int64_t until_ms, int64_t now_ms)
{
	if (until_ms == WAIT_FOREVER)
		return -1;
	if (until_ms <= now_ms)
		return 0;
	return until_ms - now_ms > INT_MAX ? INT_MAX : (int)(until_ms - now_ms);
}

int wait_poll_many(struct pollfd *fds, size_t n, int64_t until_ms, int cancel_fd, courant_error **err)
{
	fds[n] = (struct pollfd){.fd = cancel_fd, .events = POLLIN};
	for (;;) {
		const int ready = poll(fds, n + 1, poll_timeout(until_ms, clock_monotonic_ms()));

		if (ready < 0 && errno != EINTR)
			return fail_errno(err, errno, "cannot wait for the network");
		if (ready > 0 && fds[n].revents)
			return fail(err, COURANT_CANCELLED, "stopped on request");
		if (ready > 0)
			return ready;
		/* poll() counts in its own clock's ticks and may come back a little early. */
		if (clock_monotonic_ms() >= until_ms)
			return 0;
	}
}

int wait_poll(struct pollfd *fds, size_t n, int64_t at_ms, const struct wait *wait, courant_error **err)
{
	struct pollfd watched[WAIT_MAX_FDS + 1];

	assert(n <= WAIT_MAX_FDS);
	for (size_t i = 0; i < n; i++)
		watched[i] = fds[i];

	const int ready = wait_poll_many(watched, n, at_ms < wait->deadline_ms ? at_ms : wait->deadline_ms, wait->cancel_fd, err);

	for (size_t i = 0; i < n; i++)
		fds[i].revents = ready > 0 ? watched[i].revents : 0;
	if (ready == 0 && clock_monotonic_ms() >= wait->deadline_ms)
		return fail(err, COURANT_TIMEOUT, "timed out");
	return ready;
}

int wait_fd(int fd, short events, const struct wait *wait, courant_error **err)
{
	struct pollfd one = {.fd = fd, .events = events};

	return wait_poll(&one, 1, WAIT_FOREVER, wait, err) < 0 ? -1 : 0;
}

void wait_write_duration(struct buffer *into, int64_t duration_ms)
{
	if (duration_ms % MS_PER_SECOND == 0)
		buffer_printf(into, "%lld s", (long long)(duration_ms / MS_PER_SECOND));
	else
		buffer_printf(into, "%lld.%03lld s", (long long)(duration_ms / MS_PER_SECOND), (long long)(duration_ms % MS_PER_SECOND));
}
