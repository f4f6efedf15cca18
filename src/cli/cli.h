/* SPDX-License-Identifier: MIT */
/* cli.h - one call of the courant command: its words read by the one table of commands (commands.c) */
#ifndef COURANT_CLI_CLI_H
#define COURANT_CLI_CLI_H
#include <stdint.h>

#include <courant/reader.h>

#include "base/buffer.h"
#include "base/fail.h"
#include "table/words.h"

/* One option of a command. */
struct cli_option {
	const char *name;  /* "from": written --from */
	char letter;       /* 'v', or 0 */
	const char *value; /* what stands for the value in help ("ADDRESS"); NULL: a flag */
	bool repeats;
	const char *help;  /* one sentence without a full stop */
	const char *group; /* heading in help; NULL: "Options" */
	const char *words; /* what shells offer as value: "starttls|tls", one of them; "success,failure", some of them; NULL: what `value` says (complete.h) */
};

struct cli_call;

struct cli_command {
	const char *name;
	const char *arguments; /* "LOG…" for the usage line */
	const char *first_words; /* what shells offer as first argument besides: "list|forget"; NULL: nothing */
	const char *summary;   /* one sentence for `courant --help` */
	const char *about;     /* paragraphs for its own help and manual; lines that begin with a blank stay as they are */
	const char *examples;  /* lines of commands, tried by a test; a line that begins with '#' explains the next */
	const struct cli_option *options;
	size_t n_options;
	size_t min_arguments, max_arguments; /* max SIZE_MAX: any number */
	int (*run)(struct cli_call *);       /* returns the exit status */
};

/* Sorted by name; NULL at the end. */
extern const struct cli_command *const cli_commands[];
/* COURANT_USAGE names the nearest one. */
const struct cli_command *cli_command_find(const char *name, courant_error **err);

/* --help, --quiet, --verbose: every command has them, no command lists them. */
#define CLI_COMMON_OPTIONS 3
extern const struct cli_option cli_common_options[CLI_COMMON_OPTIONS];
/* The i-th of them as this command has it: without its letter where the command uses that for something else. */
struct cli_option cli_common_option(const struct cli_command *, size_t i);

/* What every run function gets. */
struct cli_call {
	const struct cli_command *command;
	char **words;     /* of the whole call: the program's, the command's, what followed; NULL at the end */
	char **arguments; /* what is no option */
	size_t n_arguments;
	int64_t now_ms;         /* COURANT_NOW (RFC 3339) or the clock */
	int64_t mail_date_ms;   /* of mails that are made: SOURCE_DATE_EPOCH, or now_ms */
	bool is_repeatable;     /* SOURCE_DATE_EPOCH is set: ids and boundaries of mails repeat as well */
	bool is_verbose, is_quiet;
	struct cli_value *values; /* in options.c: one for each option, then the common ones */
};

/* The option's value, the last one given; NULL when it was not. The name must be one of the command's. */
const char *cli_value(const struct cli_call *, const char *option);
bool cli_flag(const struct cli_call *, const char *option);
/* All values of a repeatable option in order; *ret_n may be 0. Borrowed while the call lives. */
const char *const *cli_values(const struct cli_call *, const char *option, size_t *ret_n);

struct zone;
/* What is a fault of a file (COURANT_CONFIG) is wrong usage on a command line: the same sentence as COURANT_USAGE. Takes the error. -1 */
int cli_fail_usage(courant_error *error, courant_error **err);

/* The time zone that an option names. COURANT_USAGE for an unknown one. */
struct zone *cli_zone(const char *name, courant_error **err);

/* What --language says, or what `ret` has already. */
int cli_language(const struct cli_call *, enum language *ret, courant_error **err);

/* The exit status of an error (sysexits.h, and 79), after printing "courant: sentence" on standard error. Takes the error. */
int cli_fail(const struct cli_call *, courant_error *error);
int cli_exit_status(enum courant_code);

/* What each status means, for the manual; {0, NULL} at the end. */
struct cli_status {
	int status;
	const char *meaning;
};
extern const struct cli_status cli_statuses[];

/* A line on standard error, "courant: …", unless -q. */
void cli_warn(const struct cli_call *, const char *format, ...) FAIL_FORMAT(2, 3);

/* Standard output, unbuffered; escapes nothing. COURANT_IO when it cannot be written (a full disk); a closed pipe ends the program quietly,
 * by SIGPIPE. */
int cli_print(slice, courant_error **err);
/* All that the reader yields. */
int cli_print_reader(courant_reader *, courant_error **err);

/* From now on SIGTERM and SIGINT become bytes to read at this descriptor: a loop ends between two steps. -1 on failure. */
int cli_stop_open(courant_error **err);

/* The password by the house's order: command, file, COURANT_PASSWORD, ~/.netrc, a prompt on a terminal. In cli/password.c. Cleared by secret_free. */
struct cli_password_source {
	const char *command, *file; /* NULL: not given */
	const char *user, *host;
	bool never_asks;            /* nobody sits at the terminal */
};
char *cli_password_take(const struct cli_password_source *, courant_error **err);
/* From a person at the terminal only, whatever else there is. */
char *cli_password_ask(const struct cli_password_source *, courant_error **err);

int catch_run(struct cli_call *);
int chart_run(struct cli_call *);
int check_run(struct cli_call *);
int collect_run(struct cli_call *);
int help_run(struct cli_call *);
int ledger_run(struct cli_call *);
int next_run(struct cli_call *);
int outbox_run(struct cli_call *);
int probe_run(struct cli_call *);
int report_run(struct cli_call *);
int send_run(struct cli_call *);
int sendmail_run(struct cli_call *);
int serve_run(struct cli_call *);
int setup_run(struct cli_call *);
int weblog_run(struct cli_call *);
#endif
