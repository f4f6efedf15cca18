/* SPDX-License-Identifier: MIT */
/* mailbox.h - addresses (RFC 5322, 3.4; RFC 6532): read into parts, written from parts, never
 * copied through
 *
 * A list holds mailboxes in their order; a group is a beginning and an end around its mailboxes,
 * which is what it looks like in a header, too. */
#ifndef COURANT_MIME_MAILBOX_H
#define COURANT_MIME_MAILBOX_H
#include "base/buffer.h"
#include "mime/arena.h"

/* RFC 5321, 4.5.3.1: a path has at most 256 bytes, with its brackets. */
#define MAILBOX_MAX_BYTES       254
#define MAILBOX_LOCAL_MAX_BYTES 64

/* More recipients than any server takes in one mail; keeps a hostile header from filling the
 * memory. */
#define MAILBOX_LIST_MAX 100000

enum mailbox_kind { MAILBOX_ADDRESS, MAILBOX_GROUP_BEGIN, MAILBOX_GROUP_END };

struct mailbox {
	enum mailbox_kind kind;
	slice name;   /* display name, or the group's; unquoted, UTF-8; empty: none */
	slice local;  /* before the @, unquoted, UTF-8 */
	slice domain; /* behind it, as given: ASCII, UTF-8, or "[192.0.2.1]" */
	slice ascii;  /* the domain in A-labels */
};

struct mailbox_list {
	struct mailbox *items;
	size_t n;
	size_t space;
	size_t n_mailboxes;
	size_t n_broken; /* MAILBOX_LENIENT: pieces that were no address, and left out */
};

enum mailbox_flags {
	MAILBOX_STRICT = 0,  /* what a person or a program of ours wrote: the first fault is
				COURANT_INVALID */
	MAILBOX_LENIENT = 1, /* what a stranger's header holds: obsolete forms, encoded words;
				faults are counted and left out */
	MAILBOX_BARE_ALLOWED =
		2,      /* "root" is an address with an empty domain (sendmail's command line) */
	MAILBOX_ONE = 4 /* exactly one mailbox, no group */
};

/* Adds the addresses of the text to the list. Their bytes lie in the arena; the text itself is not
 * needed afterwards. Comments are left out, but a comment behind a bare address is its name, as in
 * the oldest mails: "ann@example.org (Ann)". */
int mailbox_list_parse(struct mailbox_list *, struct arena *, slice text, enum mailbox_flags,
		       courant_error **err);

/* One more at the end; its texts are not copied. */
int mailbox_list_add(struct mailbox_list *, struct arena *, const struct mailbox *, courant_error **err);

/* Whether it is exactly one addr-spec, "local@domain", without name and brackets. */
int mailbox_check_spec(slice text, courant_error **err);

/* "local@domain": the local part quoted where it must be. */
enum mailbox_form { MAILBOX_ASCII, MAILBOX_UTF8 };
void mailbox_write_spec(struct buffer *, const struct mailbox *, enum mailbox_form);

/* Whether only SMTPUTF8 can carry it (RFC 6531): the local part is not ASCII. */
bool mailbox_needs_utf8(const struct mailbox *);

/* "Name <local@domain>" for a person, UTF-8, the name quoted where it must be. */
void mailbox_write(struct buffer *, const struct mailbox *);

/* A host name in ASCII that needs no look from libidn2: letters, digits, hyphens and underscores in
 * labels of a length. */
bool mailbox_is_plain_host(slice domain);
/* "[192.0.2.1]", "[IPv6:2001:db8::1]" (RFC 5321, 4.1.3). */
bool mailbox_is_literal(slice domain);

/* A name that is atoms and single blanks only, so that it needs no quotes (RFC 5322, 3.2.3). */
bool mailbox_name_is_bare(slice name);
/* "text" with quotes around it; quotes and backslashes escaped. */
void quoted_string_write(struct buffer *, slice text);
#endif
