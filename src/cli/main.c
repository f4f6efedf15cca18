/* SPDX-License-Identifier: MIT */
/* main.c - courant COMMAND …: finds the command, reads the environment and the words, runs it */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/num.h"
#include "cli/help.h"
#include "cli/options.h"

/* A descriptor under 3 that is closed would be given to the next file that is opened: what is printed would end in it. */
static bool open_standard_files(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		/* For the wrong direction, so that using it is still an error. */
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			return false;
	return true;
}

/* The instant that every command takes for now, and the one that mails carry. */
static int read_instants(struct cli_call *call, courant_error **err)
{
	const char *now = getenv("COURANT_NOW");
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	/* The last second of the year 9999, the last one a date can be written for. */
	const uint64_t epoch_max = 253402300799;
	uint64_t epoch_s = 0;
	int offset_s;

	call->now_ms = clock_now_ms();
	if (now && !rfc3339_parse(slice_of(now), &call->now_ms, &offset_s))
		return fail(err, COURANT_CONFIG, "COURANT_NOW is %s, not a time like 2026-11-10T08:00:00+08:00", now);
	if (epoch && !num_parse_range(slice_of(epoch), 0, epoch_max, &epoch_s))
		return fail(err, COURANT_CONFIG, "SOURCE_DATE_EPOCH is %s, not a number of seconds since 1970", epoch);
	call->is_repeatable = epoch;
	call->mail_date_ms = epoch ? (int64_t)epoch_s * MS_PER_SECOND : call->now_ms;
	return 0;
}

/* `whole` are the words of the call from the program's name on, `words` those behind the command's. */
static int run_command(const struct cli_command *command, char **whole, int n_words, char **words)
{
	AUTO(call) struct cli_call call = {.command = command, .words = whole};
	courant_error *err = NULL;

	if (options_parse(&call, n_words, words, &err) < 0 || read_instants(&call, &err) < 0)
		return cli_fail(&call, err);
	if (cli_flag(&call, "help"))
		return help_print(&call, command);
	return command->run(&call);
}

static int print_version(const struct cli_call *call)
{
	courant_error *err = NULL;

	return cli_print(SLICE("courant " COURANT_VERSION "\n"), &err) < 0 ? cli_fail(call, err) : 0;
}

static int run(char **whole, int n_words, char **words)
{
	static const struct cli_call nothing;
	courant_error *err = NULL;

	if (n_words == 0) {
		(void)fail(&err, COURANT_USAGE, "a command is missing; courant --help lists what there is");
		return cli_fail(&nothing, err);
	}

	const slice first = slice_of(words[0]);

	if (slice_equal(first, SLICE("--help")) || slice_equal(first, SLICE("-h")))
		return help_print(&nothing, NULL);
	if (slice_equal(first, SLICE("--version")) || slice_equal(first, SLICE("-V")))
		return print_version(&nothing);
	if (slice_starts(first, SLICE("-"))) {
		(void)fail(&err, COURANT_USAGE, "a command comes before options such as %s; courant --help lists what there is",
			   words[0]);
		return cli_fail(&nothing, err);
	}

	const struct cli_command *command = cli_command_find(words[0], &err);

	return command ? run_command(command, whole, n_words - 1, words + 1) : cli_fail(&nothing, err);
}

/* Called as /usr/sbin/sendmail. */
static bool is_named_sendmail(const char *path)
{
	const char *slash = strrchr(path, '/');

	return strcmp(slash ? slash + 1 : path, "sendmail") == 0;
}

int main(int argc, char **argv)
{
	if (!open_standard_files())
		return EX_OSERR;
	/* A server that hangs up is an error with a sentence, not the end of the program. */
	(void)signal(SIGPIPE, SIG_IGN);
	/* Ignored is what a program is started with by some that never wait: then the system would forget how its own children end. */
	(void)signal(SIGCHLD, SIG_DFL);
	if (argc > 0 && is_named_sendmail(argv[0]))
		return run_command(cli_command_find("sendmail", NULL), argv, argc - 1, argv + 1);
	return run(argv, argc > 0 ? argc - 1 : 0, argv + 1);
}
