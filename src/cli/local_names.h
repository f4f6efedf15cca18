/* SPDX-License-Identifier: MIT */
/* local_names.h - who gets the mail of "root": recipients without a domain, as cron and the
 * programs of a machine name them
 *
 * Nobody has a mailbox here. A name is looked up in the aliases (name: address, address;
 * "default" stands for every other name); what stays a name goes to the machine's owner or,
 * without one, to that name at the sender's domain. */
#ifndef COURANT_CLI_LOCAL_NAMES_H
#define COURANT_CLI_LOCAL_NAMES_H
#include "mime/mailbox.h"

struct local_names {
	const char *aliases; /* a file such as /etc/aliases, which must be there; NULL: none */
	const char *owner;   /* addresses, or NULL */
};

/* Puts addresses in the place of such names. `domain` is the sender's, and may be empty.
 * COURANT_CONFIG when an alias leads to a program, a file or in a circle, or a name to nobody;
 * COURANT_NO_INPUT when the aliases cannot be read. */
int local_names_resolve(const struct local_names *, slice domain, struct mailbox_list *recipients,
			struct arena *, courant_error **err);
#endif
