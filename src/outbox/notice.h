/* SPDX-License-Identifier: MIT */
/* notice.h - the mail that says what was not delivered: multipart/report (RFC 6522) with message/delivery-status (RFC 3464)
 *
 * It goes to the return path of the mail, as RFC 5321, 6.1 wants it, and to the owner. It has the empty return path itself, so that no other server answers
 * it; a notice that cannot be delivered is never told of. */
#ifndef COURANT_OUTBOX_NOTICE_H
#define COURANT_OUTBOX_NOTICE_H
#include "outbox/queue.h"

/* What is told: a mail and those of its recipients that were refused, given up, expired, or wait for a word. */
struct notice {
	const struct outbox_mail *mail;
	const struct outbox_recipient *recipients;
	size_t n;
	slice header; /* of the message, as far as it is there */
};

/* Puts the notice into the queue, unless there is nobody to tell. */
int notice_queue(struct queue *, const struct notice *, int64_t now_ms, courant_error **err);
#endif
