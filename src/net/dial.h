/* SPDX-License-Identifier: MIT */
/* dial.h - reach a server: look its name up, try its addresses, first come first served (happy eyeballs, RFC 8305)
 *
 * An object that waits for nothing itself: dial_wishes() says what to poll for and until when, dial_step() goes on. dial_wait() does both. */
#ifndef COURANT_NET_DIAL_H
#define COURANT_NET_DIAL_H
#include "net/proxy.h"
#include "net/resolve.h"
#include "net/wait.h"

/* A dead first address costs this long, not the whole time-out (RFC 8305, 5). */
#define DIAL_NEXT_ADDRESS_MS 250
#define DIAL_MAX_FDS         RESOLVE_MAX_ADDRESSES

struct dial;

struct dial_options {
	const char *host;   /* a domain in ASCII, an IP address, or the path of a unix socket (begins with '/') */
	uint16_t port;
	const char *source; /* connect from this IP address of ours; NULL: as the system likes */
	const struct proxy *proxy; /* through this one, which looks the host up; NULL: directly. Borrowed for the call */
};

/* Texts are copied. COURANT_USAGE when the source is no address. */
struct dial *dial_new(const struct dial_options *, courant_error **err);
void dial_free(struct dial *);
AUTO_DEFINE(dial, struct dial, dial_free)

/* The descriptors to wait for, and the instant when dial_step() shall be called in any case (WAIT_FOREVER: none). Their number. */
size_t dial_wishes(const struct dial *, struct pollfd fds[DIAL_MAX_FDS], int64_t *ret_at_ms);

enum dial_status {
	DIAL_FAILED = -1, /* the error is set: COURANT_HOST_UNKNOWN, COURANT_TEMPORARY … */
	DIAL_GOES_ON,
	DIAL_CONNECTED /* *ret_fd is the caller's: non-blocking, CLOEXEC, small writes go out at once */
};
enum dial_status dial_step(struct dial *, int64_t now_ms, int *ret_fd, courant_error **err);

/* Waits for the connection. */
int dial_wait(struct dial *, const struct wait *, int *ret_fd, courant_error **err);
#endif
