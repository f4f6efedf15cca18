/* SPDX-License-Identifier: MIT */
/* proxy.h - through a proxy to a server: SOCKS5 (RFC 1928, RFC 1929) and HTTP CONNECT (RFC 9110, 9.3.6), without I/O
 *
 * The proxy looks the server's name up. Not a byte more is read than belongs to its answer: what follows is the server's. */
#ifndef COURANT_NET_PROXY_H
#define COURANT_NET_PROXY_H
#include "base/buffer.h"

enum proxy_kind { PROXY_SOCKS5, PROXY_HTTP };

struct proxy {
	enum proxy_kind kind;
	char *host;
	uint16_t port;
	char *user, *password; /* NULL: none */
};

/* "socks5://[user:password@]host[:port]", "http://…"; ports 1080 and 8080. COURANT_USAGE. */
int proxy_parse(slice url, struct proxy *ret, courant_error **err);
void proxy_release(struct proxy *);
AUTO_DEFINE_VALUE(proxy, struct proxy, proxy_release)

/* One conversation with it. */
struct proxy_talk;
struct proxy_talk *proxy_talk_new(const struct proxy *, const char *host, uint16_t port, courant_error **err);
void proxy_talk_free(struct proxy_talk *);
AUTO_DEFINE(proxy_talk, struct proxy_talk, proxy_talk_free)

slice proxy_talk_output(const struct proxy_talk *); /* borrowed until the next call */
void proxy_talk_sent(struct proxy_talk *, size_t n);

/* How many bytes may be read now at most; never 0 before the end. */
size_t proxy_talk_room(const struct proxy_talk *);

/* 1: the way to the server is open; 0: go on; -1: the proxy refuses (COURANT_TEMPORARY, COURANT_LOGIN), or is none (COURANT_PROTOCOL). */
int proxy_talk_receive(struct proxy_talk *, slice bytes, courant_error **err);
#endif
