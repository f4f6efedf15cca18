/* SPDX-License-Identifier: MIT */
/* dialogue_mail.h - the words of "options" and "mail" of a dialogue as the engine's structs */
#ifndef COURANT_TESTS_DIALOGUE_MAIL_H
#define COURANT_TESTS_DIALOGUE_MAIL_H
#include <courant/engine.h>

#include "base/slice.h"

#define PLAYED_RECIPIENTS_MAX 200

struct kept {
	char *texts[2 * PLAYED_RECIPIENTS_MAX + 20];
	size_t n;
};

struct played_options {
	struct courant_engine_options options;
	struct courant_login login;
	bool is_verified, shows_steps;
	struct kept kept;
};

struct played_mail {
	struct courant_mail mail;
	struct courant_recipient recipients[PLAYED_RECIPIENTS_MAX];
	struct kept kept;
};

void options_read(const char *words, struct played_options *ret);
void mail_read(const char *words, struct played_mail *ret); /* its pointers point into *ret: it
                                                             * must not move */
void kept_free(struct kept *);
#endif
