/* SPDX-License-Identifier: MIT */
/* wait.h - how long an operation may take, and who may interrupt it
 *
 * A deadline is an instant of clock_monotonic_ms(), so it holds for a whole phase however many reads that takes: a server
 * that drips one byte a second gains nothing. */
#ifndef COURANT_NET_WAIT_H
#define COURANT_NET_WAIT_H
#include <poll.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/fail.h"

#define WAIT_FOREVER INT64_MAX

struct wait {
	int64_t deadline_ms; /* monotonic; WAIT_FOREVER */
	int cancel_fd;       /* stop when it becomes readable; -1: nobody can */
};

/* The most descriptors that one wait_poll() watches. */
#define WAIT_MAX_FDS 16

/* Waits for one of the descriptors, but no longer than until `at_ms` (WAIT_FOREVER: only the deadline counts). The number of
 * those that are ready; 0 when `at_ms` came first; -1 with COURANT_TIMEOUT or COURANT_CANCELLED. n may be 0. */
int wait_poll(struct pollfd *fds, size_t n, int64_t at_ms, const struct wait *, courant_error **err);

/* The same for any number. `fds` has room for one more than n, and `until_ms` is an ordinary end: 0 then. */
int wait_poll_many(struct pollfd *fds, size_t n, int64_t until_ms, int cancel_fd, courant_error **err);

/* The same for one descriptor: 0 when it is ready. */
int wait_fd(int fd, short events, const struct wait *, courant_error **err);

/* "mail.example.com:587 took too long" needs the length in words: "300 s", "1.5 s". */
void wait_write_duration(struct buffer *, int64_t duration_ms);
#endif
