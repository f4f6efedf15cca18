/* SPDX-License-Identifier: MIT */
/* outlet_sendmail.c - mails to the sendmail program of this machine: sendmail -i -f SENDER -- RECIPIENT… */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "client/outlet_own.h"
#include "net/stream.h"

#define BLOCK_BYTES        16384
#define DEFAULT_TIMEOUT_MS (5 * MS_PER_MINUTE)

static struct outlet *program_make(const struct outlet_options *options, courant_error **err)
{
	struct outlet *outlet = mem_alloc(sizeof *outlet);

	(void)options;
	if (!outlet)
		(void)fail_memory(err);
	return outlet;
}

static const char *address_of(const struct courant_path *path)
{
	return path->ascii ? path->ascii : path->utf8;
}

static pid_t spawn(const struct outlet *outlet, const struct courant_mail *mail, int in, courant_error **err)
{
	static char *const nothing[] = {NULL};
	char *const *environment = outlet->options.environment ? outlet->options.environment : nothing;
	const char *program = outlet->options.target->path;
	const char *sender = address_of(&mail->sender);
	const char **words = mem_array(mail->n_recipients + 6, sizeof *words);
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t pipe_only;
	pid_t pid = -1;
	size_t n = 0;

	if (!words)
		return fail_memory(err);
	words[n++] = program;
	words[n++] = "-i";
	words[n++] = "-f";
	words[n++] = sender[0] ? sender : "<>";
	words[n++] = "--";
	for (size_t i = 0; i < mail->n_recipients; i++)
		words[n++] = address_of(&mail->recipients[i].path);

	(void)sigemptyset(&pipe_only);
	(void)sigaddset(&pipe_only, SIGPIPE);
	(void)posix_spawnattr_init(&attributes);
	(void)posix_spawnattr_setsigdefault(&attributes, &pipe_only);
	(void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	(void)posix_spawn_file_actions_init(&actions);
	int status = posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	if (status == 0)
		status = posix_spawn(&pid, program, &actions, &attributes, (char *const *)words, environment);
	(void)posix_spawn_file_actions_destroy(&actions);
	(void)posix_spawnattr_destroy(&attributes);
	free(words);
	return status ? fail_errno_as(err, COURANT_CONFIG, status, "cannot run %s", program) : pid;
}

/* The message with LF line ends, as the program expects it. */
static int feed(struct stream *out, courant_reader *message, const struct wait *wait, courant_error **err)
{
	char block[BLOCK_BYTES];
	size_t n;

	if (courant_reader_rewind(message, err) < 0)
		return -1;
	do {
		size_t kept = 0;

		if (courant_reader_read(message, block, sizeof block, &n, err) < 0)
			return -1;
		/* A message's only CRs are those of its line ends. */
		for (size_t i = 0; i < n; i++)
			if (block[i] != '\r')
				block[kept++] = block[i];
		if (stream_write(out, slice_from(block, kept), wait, err) < 0)
			return -1;
	} while (n > 0);
	return 0;
}

static int judge(const char *program, int status, courant_error **err)
{
	if (WIFSIGNALED(status))
		return fail(err, COURANT_TEMPORARY, "%s was ended by signal %d", program, WTERMSIG(status));
	switch (WEXITSTATUS(status)) {
	case 0:
		return 0;
	case EX_TEMPFAIL:
	case EX_OSERR:
	case EX_OSFILE:
	case EX_IOERR:
		return fail(err, COURANT_TEMPORARY, "%s could not take the mail (exit status %d): try again later", program, WEXITSTATUS(status));
	default:
		return fail(err, COURANT_REFUSED, "%s refuses the mail (exit status %d)", program, WEXITSTATUS(status));
	}
}

/* Waits for the program's end; poll(2) cannot, so its end of the socket tells: it closes with the program. */
static int await(const char *program, pid_t pid, struct stream *stream, const struct wait *wait, courant_error **err)
{
	courant_error *why = NULL;
	char ignored[64];
	size_t n = 1;
	int status = 0;

	while (n > 0 && stream_read(stream, ignored, sizeof ignored, &n, wait, &why) == 0) {
	}
	if (why)
		(void)kill(pid, SIGTERM);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
	}
	return why ? fail_pass(err, why) : judge(program, status, err);
}

/* A socket rather than a pipe: writing to a program that has ended must not raise SIGPIPE in ours. */
static int send_by(const struct outlet *outlet, const struct courant_mail *mail, courant_error **err)
{
	const struct target *target = outlet->options.target;
	const int64_t patience_ms = target->timeout_ms ? (int64_t)target->timeout_ms : DEFAULT_TIMEOUT_MS;
	const struct wait wait = {.deadline_ms = clock_monotonic_ms() + patience_ms, .cancel_fd = outlet->options.cancel_fd};
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return fail_errno(err, errno, "cannot talk to %s", target->path);

	AUTO(close) int theirs = ends[1];
	AUTO(stream) struct stream ours = STREAM_CLOSED;

	stream_init(&ours, ends[0]);
	/* Only our end: the program's must wait. */
	if (fcntl(ends[0], F_SETFL, O_NONBLOCK) < 0)
		return fail_errno(err, errno, "cannot talk to %s", target->path);

	const pid_t pid = spawn(outlet, mail, theirs, err);

	if (pid < 0)
		return -1;
	(void)close(STEAL_FD(theirs));

	courant_error *why = NULL;

	if (feed(&ours, mail->message, &wait, &why) < 0 && courant_error_code(why) != COURANT_TEMPORARY) {
		/* Half a message must not be taken for a whole one: the program is ended before it sees an end. */
		(void)kill(pid, SIGKILL);
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
		}
		return fail_pass(err, why);
	}
	/* One that stopped reading says by its status what it thinks. */
	courant_error_free(why);
	(void)shutdown(ours.fd, SHUT_WR);
	return await(target->path, pid, &ours, &wait, err);
}

static int program_send(struct outlet *outlet, const struct courant_mail *mail, courant_error **err)
{
	const int64_t begun_ms = clock_monotonic_ms();
	courant_error *why = NULL;

	(void)err;
	(void)send_by(outlet, mail, &why);
	outlet_tell(outlet, mail, why, "handed to the program", begun_ms);
	return 0;
}

static int program_finish(struct outlet *outlet, courant_error **err)
{
	(void)outlet;
	(void)err;
	return 0;
}

static void program_free(struct outlet *outlet)
{
	free(outlet);
}

const struct outlet_calls outlet_sendmail = {.make = program_make, .send = program_send, .finish = program_finish, .free = program_free};
