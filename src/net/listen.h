/* SPDX-License-Identifier: MIT */
/* listen.h - a socket that waits for connections */
#ifndef COURANT_NET_LISTEN_H
#define COURANT_NET_LISTEN_H
#include "net/address.h"

/* Listens at "127.0.0.1:2525", "[::1]:0" (port 0: a free one), ":2525" or "2525" (loopback), "/run/mail.sock" or "localhost:2525". The
 * descriptor never blocks. *ret is where it listens in fact. COURANT_USAGE for what is no address, COURANT_CANT_CREATE when the system says no. */
int listen_open(slice where, int *ret_fd, struct net_address *ret, courant_error **err);

/* The next connection: its descriptor, non-blocking, small writes at once. -1 with errno when there is none now (EAGAIN) or it went away. */
int listen_accept(int fd, struct net_address *ret_peer);

/* After an accept that failed: until when the socket is not to be polled (monotonic), 0: it may be at once. Without descriptors or memory the connection stays
 * in the queue and the socket readable, so that polling would spin. */
int64_t listen_rest_until(int error_number, int64_t now_ms);
#endif
