/* SPDX-License-Identifier: MIT */
/* carry.h - the outbox's runner for a command: the accounts of courant.yaml are its ways */
#ifndef COURANT_CLI_CARRY_H
#define COURANT_CLI_CARRY_H
#include "cli/settings.h"
#include "outbox/runner.h"

struct carry;

/* What is told of it, as in struct runner_options. */
struct carry_hooks {
	void (*settled)(void *context, const struct outbox_mail *, const struct outbox_recipient *);
	void (*say)(void *context, const char *sentence);
	void *context;
};

/* The configuration and the outbox are borrowed. `words` say who we are: "flush". COURANT_CONFIG without an account. */
struct carry *carry_new(const struct cli_call *, const struct config *, struct outbox *, const char *words, const struct carry_hooks *, courant_error **err);
void carry_free(struct carry *);
AUTO_DEFINE(carry, struct carry, carry_free)

struct runner *carry_runner(const struct carry *);
#endif
