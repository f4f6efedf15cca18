/* SPDX-License-Identifier: MIT */
/* catch.h - a mail server for trying things out: whatever is sent to it becomes a file in a maildir, nothing goes on
 *
 * Many connections at once, one loop. Each mail is kept as it came over the wire, with Return-Path, an X-Envelope-To for each recipient and a Received line in
 * front, and is on disk before the client hears 250. */
#ifndef COURANT_CATCH_CATCH_H
#define COURANT_CATCH_CATCH_H
#include "base/fail.h"
#include "net/address.h"

struct catch;

enum catch_tls { CATCH_TLS_STARTTLS, CATCH_TLS_FIRST, CATCH_TLS_NONE };

struct catch_options {
	const char *maildir;
	const char *user, *password;            /* NULL: whoever comes may send; else a login is required, inside TLS unless there is none */
	enum catch_tls tls;
	slice certificate_pem, key_pem;         /* with TLS */
	uint64_t size_max_bytes;                /* 0: 64 MB */
	uint64_t mails_max;                     /* ends after so many; 0: never */
	int stop_fd;                            /* ends when it becomes readable */
	/* A mail is in the maildir, as new/NAME; `summary` is "from <…> to <…>", fit for a terminal. May be NULL. */
	void (*caught)(void *context, const char *name, slice summary);
	void *context;
};

/* Texts are borrowed while it lives. Listens when this returns. */
struct catch *catch_new(const struct catch_options *, slice where, courant_error **err);
void catch_free(struct catch *);
AUTO_DEFINE(catch, struct catch, catch_free)

/* Where it listens in fact. */
const struct net_address *catch_address(const struct catch *);

/* Serves until it is stopped or has caught enough: 0. */
int catch_serve(struct catch *, courant_error **err);
#endif
