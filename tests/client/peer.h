/* SPDX-License-Identifier: MIT */
/* peer.h - a mail server in a thread of the test: smtp/server.h over loopback, with TLS */
#ifndef COURANT_TESTS_CLIENT_PEER_H
#define COURANT_TESTS_CLIENT_PEER_H
#include <stdint.h>

#include "smtp/server.h"

struct peer;

struct peer_options {
	struct server_options server;
	bool breaks_tls;           /* offers it, and hangs up when the handshake begins */
	size_t greets;             /* only so many connections; those behind them hear nothing. 0: all */
	size_t mails_a_connection; /* closes silently after so many; 0: never */
};

/* A login is user ops, password secret; recipients at refused.example are refused. Ends the program when it cannot start. */
struct peer *peer_start(const struct peer_options *);
void peer_stop(struct peer *);

uint16_t peer_port(const struct peer *);
const char *peer_certificate(const struct peer *); /* PEM */

/* What has come so far: mails, and the last one's bytes and recipients. For use when nothing is under way. */
size_t peer_mails(const struct peer *);
size_t peer_connections(const struct peer *);
slice peer_message(const struct peer *);
size_t peer_recipients(const struct peer *);
#endif
