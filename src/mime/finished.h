/* SPDX-License-Identifier: MIT */
/* finished.h - a message that somebody else wrote, to be sent as it is
 *
 * It keeps its bytes but for four things: line ends become CRLF; Bcc and Resent-Bcc go; so does
 * the line that mailboxes put before a message; and what every mail must have and this one has
 * not (Date, Message-ID, a From with an address) is put in front. The body is read as it streams
 * by, of any size. */
#ifndef COURANT_MIME_FINISHED_H
#define COURANT_MIME_FINISHED_H
#include <courant/message.h>

#include "mime/header_parse.h"

struct finished;

/* Takes the message, always; NULL: it failed before. Reads its header, and the whole of it once to
 * know its facts. COURANT_TOO_LARGE for a header over its limit. */
struct finished *finished_new(courant_reader *message, courant_error **err);
void finished_free(struct finished *);
AUTO_DEFINE(finished, struct finished, finished_free)

/* Who it is from and goes to by its header: the newest Resent- fields when there are any (RFC
 * 5322, 3.6.6), else Sender or From; To, Cc and Bcc. The addresses live as long as the message
 * does; `recipients` is added to. Names without a domain are among the recipients, with an empty
 * one. */
int finished_sender(struct finished *, struct mailbox_list *ret, courant_error **err);
int finished_recipients(struct finished *, struct mailbox_list *recipients, courant_error **err);
/* What From says, names without a domain too. */
int finished_author(struct finished *, struct mailbox_list *ret, courant_error **err);

/* What stands in front when it is missing. Texts are copied. An empty From ("") adds none. */
struct finished_defaults {
	const char *from; /* an address as for courant_message_set_from(), or NULL */
	int64_t instant_ms;
	int offset_s;
	const char *message_id; /* with its brackets */
	bool mends;             /* what has NULs or lines over 998 bytes is made anew (mend.h), not refused */
};

/* The bytes to be sent; size and facts are known. The reader borrows the finished message.
 * COURANT_INVALID for a NUL, or for a line over 998 bytes, which no server has to take. */
courant_reader *finished_reader_new(struct finished *, const struct finished_defaults *,
				    courant_error **err);
/* The facts of these bytes, once there is a reader. */
const struct courant_facts *finished_facts(const struct finished *);
#endif
