/* SPDX-License-Identifier: MIT */
/* outlet_sendmail.c - mails to the sendmail program of this machine: sendmail -i -f SENDER -- RECIPIENT… */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "client/outlet_own.h"
#include "net/stream.h"
#include "smtp/mail_check.h"

#define BLOCK_BYTES        16384
#define GRACE_MS           (2 * MS_PER_SECOND) /* to end when asked to */
#define LOOK_MS            100                 /* without pidfd_open(2) */
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

/* The message with LF line ends, as the program expects it. 1: it has all of it; 0: it stopped reading; -1: it will not get the rest. */
static int feed(struct stream *out, courant_reader *message, const struct wait *wait, courant_error **err)
{
	char block[BLOCK_BYTES];
	size_t n;

	if (courant_reader_rewind(message, err) < 0)
		return -1;
	do {
		AUTO(error) courant_error *why = NULL;
		size_t kept = 0;

		if (courant_reader_read(message, block, sizeof block, &n, err) < 0)
			return -1;
		/* A message's only CRs are those of its line ends. */
		for (size_t i = 0; i < n; i++)
			if (block[i] != '\r')
				block[kept++] = block[i];
		if (stream_write(out, slice_from(block, kept), wait, &why) < 0)
			return courant_error_code(why) == COURANT_TEMPORARY ? 0 : fail_pass(err, STEAL(why));
	} while (n > 0);
	return 1;
}

static int judge(const char *program, int status, bool has_all, courant_error **err)
{
	if (WIFSIGNALED(status) && has_all)
		return fail(err, COURANT_UNKNOWN, "%s was ended by signal %d when it had the whole mail: perhaps delivered", program, WTERMSIG(status));
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

/* Until the program has ended. COURANT_UNKNOWN: nobody can tell how, as where SIGCHLD is ignored. */
static int await(pid_t pid, const struct wait *wait, int *ret_status, courant_error **err)
{
	AUTO(close) int pidfd = pidfd_open(pid, 0);
	struct pollfd end = {.fd = pidfd, .events = POLLIN};

	for (;;) {
		const pid_t ended = waitpid(pid, ret_status, WNOHANG);

		if (ended == pid)
			return 0;
		if (ended < 0 && errno != EINTR)
			return fail_errno_as(err, COURANT_UNKNOWN, errno, "cannot learn how the program has ended: perhaps delivered");
		if (wait_poll(&end, pidfd >= 0, pidfd >= 0 ? WAIT_FOREVER : clock_monotonic_ms() + LOOK_MS, wait, err) < 0)
			return -1;
	}
}

static void kill_now(pid_t pid)
{
	(void)kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
	}
}

/* It has had its time: it is asked to end, then made to. True: it ended with the word that it has taken the mail. */
static bool stop(pid_t pid)
{
	const struct wait grace = {.deadline_ms = clock_monotonic_ms() + GRACE_MS, .cancel_fd = -1};
	AUTO(error) courant_error *why = NULL;
	int status;

	(void)kill(pid, SIGTERM);
	if (await(pid, &grace, &status, &why) == 0)
		return WIFEXITED(status) && WEXITSTATUS(status) == 0;
	if (courant_error_code(why) == COURANT_TIMEOUT)
		kill_now(pid);
	return false;
}

/* What it makes of a mail that it has, or did not want to read to the end. */
static int hear(const char *program, pid_t pid, bool has_all, const struct wait *wait, courant_error **err)
{
	courant_error *why = NULL;
	int status;

	if (await(pid, wait, &status, &why) == 0)
		return judge(program, status, has_all, err);
	if (courant_error_code(why) != COURANT_UNKNOWN && stop(pid)) {
		courant_error_free(why);
		return 0;
	}
	if (!has_all || courant_error_code(why) == COURANT_UNKNOWN)
		return fail_pass(err, why);

	AUTO(error) courant_error *late = why;

	return fail(err, COURANT_UNKNOWN, "%s had the whole mail and did not say what became of it (%s): perhaps delivered", program, courant_error_sentence(late));
}

/* A socket rather than a pipe: writing to a program that has ended must not raise SIGPIPE in ours; and when an end is closed over a byte that nobody has read,
 * the other side reads an error there instead of the end (unix(7) has it as ECONNRESET). So half a mail is not taken for a whole one even by what the program has
 * started and left behind, nor when it is we who are killed: only shutdown() says that it was all. */
static int connect_program(const char *program, int ret_ends[2], courant_error **err)
{
	AUTO(close) int ours = -1;
	AUTO(close) int theirs = -1;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ret_ends) < 0)
		return fail_errno(err, errno, "cannot talk to %s", program);
	ours = ret_ends[0];
	theirs = ret_ends[1];
	/* Only our end: the program's must wait. */
	if (send(theirs, "", 1, MSG_NOSIGNAL) != 1 || fcntl(ours, F_SETFL, O_NONBLOCK) < 0)
		return fail_errno(err, errno, "cannot talk to %s", program);
	ours = theirs = -1;
	return 0;
}

static int send_by(const struct outlet *outlet, const struct courant_mail *mail, courant_error **err)
{
	const struct target *target = outlet->options.target;
	const int64_t patience_ms = target->timeout_ms ? (int64_t)target->timeout_ms : DEFAULT_TIMEOUT_MS;
	const struct wait wait = {.deadline_ms = clock_monotonic_ms() + patience_ms, .cancel_fd = outlet->options.cancel_fd};
	int ends[2];

	if (mail_check(mail, err) < 0 || connect_program(target->path, ends, err) < 0)
		return -1;

	AUTO(close) int theirs = ends[1];
	AUTO(stream) struct stream ours = STREAM_CLOSED;

	stream_init(&ours, ends[0]);

	const pid_t pid = spawn(outlet, mail, theirs, err);

	if (pid < 0)
		return -1;
	(void)close(STEAL_FD(theirs));

	const int fed = feed(&ours, mail->message, &wait, err);

	if (fed < 0) {
		kill_now(pid);
		return -1;
	}
	/* One that stopped reading says by its status what it thinks. */
	if (fed > 0)
		(void)shutdown(ours.fd, SHUT_WR);
	return hear(target->path, pid, fed > 0, &wait, err);
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
