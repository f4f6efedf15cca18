/* SPDX-License-Identifier: MIT */
/* extension.h - what a server's EHLO offers (RFC 5321, 4.1.1.1) */
#ifndef COURANT_SMTP_EXTENSION_H
#define COURANT_SMTP_EXTENSION_H
#include <courant/engine.h>

#include "smtp/reply.h"

struct extensions {
	unsigned bits;             /* of enum courant_extension */
	uint64_t size_max_bytes;   /* SIZE; 0: no limit said */
	uint64_t hold_max_s;       /* FUTURERELEASE */
	uint64_t deliver_by_min_s; /* DELIVERBY */
	uint64_t mail_max;         /* LIMITS (RFC 9422); 0: no limit */
	uint64_t recipient_max;
	uint64_t domain_max;
	struct buffer lines;       /* the reply's lines, each ended by NUL */
	struct buffer logins;      /* the mechanisms of all AUTH lines, separated by blanks */
};

void extensions_init(struct extensions *);
void extensions_release(struct extensions *);

/* Forgets what was learnt; then reads the answer to EHLO. */
void extensions_forget(struct extensions *);
int extensions_read(struct extensions *, const struct reply *, courant_error **err);

/* The parameters behind the keyword; NULL when it is not offered. */
const char *extensions_find(const struct extensions *, slice keyword);
#endif
