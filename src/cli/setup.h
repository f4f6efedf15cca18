/* SPDX-License-Identifier: MIT */
/* setup.h - courant setup: from questions (or options) to an account that works, and courant.yaml
 *
 * setup.c goes through the steps, setup_password.c finds the password, setup_ask.c speaks with the person, setup_keep.c puts the password where it belongs. */
#ifndef COURANT_CLI_SETUP_H
#define COURANT_CLI_SETUP_H
#include "cli/cli.h"
#include "report/config.h"

struct setup {
	const struct cli_call *call;
	bool is_asking;               /* a person is at the terminal */
	char *path;                   /* of the configuration */
	char *folder;                 /* it lies in */
	char *server, *user;          /* as given; user NULL: no login */
	char *host;                   /* of the server, for questions */
	char *address;                /* of `from`, without the name */
	char *recipient;              /* of the test mail; "-": nobody */
	bool needs_login;             /* it is a server that knows people */
	const char *keep;             /* where a password that was typed is kept: one of setup_keeps */
	char *password_path;          /* of the file for it */
	struct config_account account;
};

/* ---- setup_ask.c: the end of input is COURANT_USAGE ---- */

/* Asks for a line; an empty one is the fallback, and asked again without one. *ret is the caller's. */
int setup_ask(const char *question, const char *fallback, char **ret, courant_error **err);

/* One of the choices (NULL at the end), by its number; an empty line is the first. */
int setup_choose(const char *question, const char *const *choices, size_t *ret, courant_error **err);

/* Yes or no; an empty line is no. */
int setup_confirm(const char *question, bool *ret, courant_error **err);

/* ---- setup_password.c ---- */

/* A copy in the place of what was there. A path becomes absolute: the file may be used from any folder. */
int setup_set_text(char **at, const char *text, courant_error **err);
int setup_set_path(char **at, const char *path, courant_error **err);

/* By the options and the environment; else a person is asked. Nothing is found without either: ~/.netrc may have it. */
int setup_find_password(struct setup *, courant_error **err);
int setup_ask_for_password(struct setup *, courant_error **err);
/* What was said before does not hold any more. */
void setup_forget_password(struct setup *);

/* ---- setup_keep.c ---- */

/* "file", "pass", "secret-tool", "config"; NULL at the end. */
extern const char *const setup_keeps[];

/* Whether this machine has the program that such a way needs. */
bool setup_keep_is_there(const char *keep);

/* Puts account.password there, and the way back to it into the account, which holds no password afterwards (but for "config"). */
int setup_keep_password(struct setup *, courant_error **err);

/* A file of root's below /etc/courant is given to the user courant, under whom the service runs, when there is one. */
int setup_give_to_service(const struct setup *, const char *path, courant_error **err);
#endif
