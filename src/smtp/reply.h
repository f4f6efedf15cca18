/* SPDX-License-Identifier: MIT */
/* reply.h - replies of an SMTP server, as they arrive: code, enhanced code, text (RFC 5321, 4.2; RFC 2034)
 *
 * A reply comes in lines; all but the last have '-' after the code, and every line must carry
 * the same code. Lines end in CRLF; a lone LF is accepted, a bare code is legal. The text is
 * what the server wrote, unsanitised. */
#ifndef COURANT_SMTP_REPLY_H
#define COURANT_SMTP_REPLY_H
#include "base/buffer.h"

/* RFC 5321, 4.5.3.1.5 says 512 bytes a line; real servers write more. What is over these limits
 * is no reply. */
#define REPLY_LINE_MAX_BYTES ((size_t)8 * 1024)
#define REPLY_MAX_BYTES      ((size_t)64 * 1024)
#define REPLY_MAX_LINES      1000

struct reply {
	int code;                   /* 200 to 599 */
	unsigned short enhanced[3]; /* 5, 1, 1 for "5.1.1"; zeros when there is none, or its
	                             * class is not the code's */
	slice text;                 /* lines joined by LF, without code and enhanced code */
	slice raw;                  /* lines joined by LF, with the enhanced code: for EHLO,
	                             * whose first words may look like one */
};

struct reply_reader {
	struct buffer text;    /* of the reply so far: what follows the code, each line ended by
	                        * LF */
	struct buffer line;    /* the begin of a line that has not ended yet */
	struct buffer clean;   /* without enhanced codes: what reply.text points into */
	int code;              /* of the reply so far, 0 before its first line */
	unsigned lines;
};

void reply_reader_init(struct reply_reader *);
void reply_reader_release(struct reply_reader *);
AUTO_DEFINE_VALUE(reply_reader, struct reply_reader, reply_reader_release)

/* Reads from the front of *in up to the end of one reply, and cuts off what it has read. 1: *ret
 * is a whole reply, borrowed until the next call; 0: more bytes are needed, *in is empty; -1
 * with COURANT_PROTOCOL: what came is no reply. */
int reply_read(struct reply_reader *, slice *in, struct reply *ret, courant_error **err);

/* "5.1.1" at the begin of text, followed by a blank or its end: its length with the blank, or 0. */
size_t reply_parse_enhanced(slice text, unsigned short ret[3]);
#endif
