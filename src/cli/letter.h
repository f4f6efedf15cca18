/* SPDX-License-Identifier: MIT */
/* letter.h - one mail to be sent, composed of options or finished by somebody else, held
 * together until it is */
#ifndef COURANT_CLI_LETTER_H
#define COURANT_CLI_LETTER_H
#include <courant/engine.h>

#include "cli/cli.h"
#include "cli/local_names.h"

struct letter;

/* Composed of the options of compose.h; `default_from` as there. */
struct letter *letter_compose(const struct cli_call *, const char *default_from,
			      courant_error **err);

/* A finished message out of a file, or of standard input ("-"). Its envelope is that of the
 * options --from, --to, --cc and --bcc as far as they are given, else what its header says. */
struct letter *letter_open(const struct cli_call *, const char *path, courant_error **err);

/* What is said of a finished message beside its header. Borrowed during the call. */
struct letter_order {
	const char *name;               /* of the message, for sentences */
	const char *sender;             /* an address; "" or "<>": the empty return path; NULL: what the header says */
	const char *default_sender;     /* when the header says nothing of use; NULL: that is a fault */
	struct mailbox_list recipients; /* their ground is the caller's */
	bool reads_recipients;          /* those of the header, too */
	const char *from;               /* when it lacks a From; NULL: the sender */
	const char *full_name;          /* of that From; NULL: none was said */
	bool mends;                     /* what no server has to take is made anew, not refused (mime/mend.h) */
	const struct local_names *local; /* who gets the mail of names without a domain; NULL: they are faults */
};

/* Takes the message, always; NULL: it failed before. */
struct letter *letter_take(const struct cli_call *, const struct letter_order *,
			   courant_reader *message, courant_error **err);

void letter_free(struct letter *);
AUTO_DEFINE(letter, struct letter, letter_free)

/* As the engine wants it; its context is the letter. Borrowed. */
const struct courant_mail *letter_mail(const struct letter *);

/* Worthless after so many seconds: the server is told (DELIVERBY). */
void letter_set_expiry(struct letter *, int64_t seconds);

/* The file's name, or NULL. */
const char *letter_path(const struct letter *);

/* The files that --message PATH means: the file itself or, of a maildir, every mail in new/ and
 * cur/ by name. COURANT_NO_INPUT. */
struct letter_paths {
	char **items;
	size_t n;
};
int letter_paths_add(struct letter_paths *, const char *path, courant_error **err);
void letter_paths_release(struct letter_paths *);
AUTO_DEFINE_VALUE(letter_paths, struct letter_paths, letter_paths_release)
#endif
