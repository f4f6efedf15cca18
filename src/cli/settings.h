/* SPDX-License-Identifier: MIT */
/* settings.h - courant.yaml for a command: where it is, what is wrong with it, which account sends */
#ifndef COURANT_CLI_SETTINGS_H
#define COURANT_CLI_SETTINGS_H
#include "cli/cli.h"
#include "cli/deliver.h"
#include "report/config.h"

/* The option of a command that reads it, as a row of its table in commands.c. */
#define SETTINGS_OPTION                                                                                    \
	{                                                                                                  \
		.name = "config", .value = "FILE",                                                         \
		.help = "read FILE instead of ~/.config/courant/courant.yaml or /etc/courant/courant.yaml" \
	}

/* The first that is there of --config, $COURANT_CONFIG, ~/.config/courant/courant.yaml ($XDG_CONFIG_HOME) and /etc/courant/courant.yaml; a file that is
 * named must be there. Without any *ret is empty. Every fault of the file is told on standard error. */
int settings_load(const struct cli_call *, struct config *ret, courant_error **err);

/* The same, but that the faults become lines of `faulty`. */
#define SETTINGS_FAULTS_MAX ((size_t)1 << 20)
int settings_read(const struct cli_call *, struct config *ret, struct buffer *faulty, courant_error **err);

/* Where a new one belongs: --config, $COURANT_CONFIG, else root's in /etc/courant, anybody else's at home. COURANT_USAGE without a home. */
int settings_new_path(const struct cli_call *, struct buffer *ret, courant_error **err);

/* The first account to send by, shown as deliver.h wants it: borrowed from the configuration. NULL without one. */
const struct deliver_account *settings_account(const struct config *, struct deliver_account *into);

/* The i-th one, in the order to try them. NULL behind the last. */
const struct deliver_account *settings_account_at(const struct config *, size_t i, struct deliver_account *into);

/* The one that --account names, else the first; *ret is NULL when there are none. COURANT_CONFIG when there is none of that name. */
int settings_choose_account(const struct cli_call *, const struct config *, struct deliver_account *into, const struct deliver_account **ret, courant_error **err);

/* The folder for samples: --into, else `samples` of the configuration (relative: beside that file). *ret stays NULL without either; the caller frees it. */
int settings_samples(const struct cli_call *, const struct config *, char **ret, courant_error **err);

/* Each fault as a line on standard error. */
void settings_print_faults(struct faults *);
#endif
