/* SPDX-License-Identifier: MIT */
/* pages.h - a very small HTTP server for one machine: GET and HEAD of a few pages, on loopback
 *
 * Every connection carries one request. A request whose Host is not this machine's loopback is refused, so that a page in somebody's browser cannot read
 * what is told here by giving a name of its own to 127.0.0.1. Nothing waits: the caller polls. */
#ifndef COURANT_SERVE_PAGES_H
#define COURANT_SERVE_PAGES_H
#include <poll.h>

#include "base/buffer.h"

#define PAGES_CONNECTIONS_MAX 16
#define PAGES_FDS_MAX         (PAGES_CONNECTIONS_MAX + 1)

struct pages;

struct page {
	int status;       /* 200 */
	const char *type; /* "text/plain; charset=utf-8" */
	struct buffer *body;
};

/* Fills in a page; false: there is none of that path. */
typedef bool page_fn(void *context, slice path, struct page *);

/* Listens there. COURANT_USAGE for an address that is not loopback or no socket of this machine's. */
struct pages *pages_new(slice where, page_fn *, void *context, courant_error **err);
void pages_free(struct pages *);
AUTO_DEFINE(pages, struct pages, pages_free)

/* "127.0.0.1:9925", where it listens in fact. */
int pages_write_address(const struct pages *, struct buffer *, courant_error **err);

/* What to poll for: at most PAGES_FDS_MAX. */
size_t pages_fds(const struct pages *, struct pollfd *ret);
int64_t pages_deadline_ms(const struct pages *);
/* The answer to a request, from its first line to the empty one. */
void pages_answer(page_fn *, void *context, slice request, struct buffer *ret);

/* Does what can be done now. */
void pages_turn(struct pages *, int64_t monotonic_ms);
#endif
