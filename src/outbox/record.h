/* SPDX-License-Identifier: MIT */
/* record.h - what the outbox keeps: messages, mails, recipients, attempts (the story is in outbox.h)
 *
 * A message is bytes, stored once however many mails carry it. A mail is an envelope around a message. A recipient is where a mail has come to with
 * one address. An attempt is one try for one recipient, and is never changed. Texts are borrowed from whoever made the record. */
#ifndef COURANT_OUTBOX_RECORD_H
#define COURANT_OUTBOX_RECORD_H
#include <courant/engine.h>

#include "base/fail.h"
#include "base/slice.h"

#define DIGEST_BYTES 32 /* SHA-256 */

/* Never an instant: nothing is due, nothing expires, nothing is settled. */
#define NEVER INT64_MAX

enum outbox_state {
	OUTBOX_QUEUED,   /* not tried yet */
	OUTBOX_LEASED,   /* a runner has it in hand */
	OUTBOX_ACCEPTED, /* 250 after the final dot. The end */
	OUTBOX_DEFERRED, /* tried, not delivered, due again */
	OUTBOX_REFUSED,  /* will not be delivered: refused, expired, given up. The end, until somebody says retry */
	OUTBOX_UNKNOWN,  /* perhaps delivered: the connection, or the runner, was lost behind the end of the message. Due again, or held */
	OUTBOX_HELD,     /* by somebody's word, until they say release */
	OUTBOX_STATES
};
/* "queued" … ; false when there is none of that name. */
const char *outbox_state_name(enum outbox_state);
bool outbox_state_parse(slice, enum outbox_state *ret);

struct outbox_mail {
	int64_t id;
	int64_t message;          /* the id of its bytes */
	uint64_t size_bytes;      /* of them */
	int64_t route;            /* the id of its accounts */
	const char *sender_ascii; /* as struct courant_path: "" is the empty return path, NULL has no ASCII form */
	const char *sender_utf8;
	unsigned flags;           /* of enum courant_mail_flags */
	unsigned ret;             /* of enum courant_return */
	const char *envelope_id;  /* or NULL */
	const char *message_id;   /* of the header, with its brackets; "" when it has none */
	const char *subject;      /* decoded, the beginning of it */
	const char *origin;       /* who queued it: "send", "report weekly", "uid 33" */
	int64_t queued_ms;
	int64_t expires_ms;       /* worthless from then on; NEVER */
	int64_t finished_ms;      /* every recipient has come to an end; NEVER: not yet */
	int64_t notice_of;        /* it tells what became of that mail; 0: it is an ordinary one */
};

struct outbox_recipient {
	int64_t id, mail, route;
	const char *address_ascii, *address_utf8; /* as struct courant_path */
	unsigned notify;          /* of enum courant_notify */
	const char *orcpt;        /* or NULL */
	enum outbox_state state;
	unsigned attempts;        /* that are over */
	unsigned unknowns;        /* of them: perhaps delivered */
	int64_t due_ms;           /* NEVER: nobody takes it up */
	int64_t runner;           /* who has it leased; 0: nobody */
	int64_t changed_ms;       /* when it came to its state */
	int code;                 /* the last reply: 250; 0: the words are ours */
	const char *enhanced;     /* "5.1.1"; "" */
	const char *reply;        /* its text, lines joined by LF, as the server wrote it */
	const char *server;       /* whose it is: "mail.example.com:587", with [address] behind it where it was looked up */
};

struct outbox_attempt {
	int64_t recipient;
	int64_t at_ms;
	enum outbox_state outcome; /* ACCEPTED, DEFERRED, REFUSED or UNKNOWN */
	int code;
	const char *enhanced, *reply, *server;
};

/* A message is kept for as long as any mail carries it. */
struct outbox_message {
	unsigned char digest[DIGEST_BYTES];
	uint64_t size_bytes;
	slice body;        /* ptr NULL: it is large and lies in a file, by the name of its digest ... */
	const char *draft; /* ... and here, until the store has taken it over */
};

/* One mail for each recipient of a slot, ever: a report about a window (schedule/schedule.h, schedule_identity()). */
struct outbox_slot {
	const char *report;
	int64_t from_ms, to_ms;
};

/* One that was queued now, for that address; its texts are borrowed. */
struct outbox_recipient outbox_recipient_of(const struct courant_recipient *, int64_t now_ms);

/* The address to show: in UTF-8 where there are two forms. */
static inline const char *outbox_address(const struct outbox_recipient *recipient)
{
	return recipient->address_utf8 ? recipient->address_utf8 : recipient->address_ascii;
}
#endif
