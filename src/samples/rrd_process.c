/* SPDX-License-Identifier: MIT */
/* rrd_process.c - running courant-rrd (rrd_process.h) */
#include "samples/rrd_process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "samples/rrd_words.h"

/* Making a file of ten megabytes on a slow disk takes seconds. */
#define PATIENCE_MS     (60 * MS_PER_SECOND)
#define READ_BYTES      65536
#define UNREAD_MAX_BYTES (RRD_LINE_MAX_BYTES + READ_BYTES)

void rrd_process_init(struct rrd_process *process, char *program)
{
	*process = (struct rrd_process){.program = program, .in = -1, .out = -1, .got = BUFFER_LIMIT(UNREAD_MAX_BYTES)};
}

static void end(struct rrd_process *process)
{
	if (!process->pid)
		return;
	(void)close(process->in);
	(void)close(process->out);
	while (waitpid(process->pid, NULL, 0) < 0 && errno == EINTR) {
	}
	process->pid = 0;
	process->in = process->out = -1;
	process->taken = 0;
	buffer_cut(&process->got, 0);
}

void rrd_process_release(struct rrd_process *process)
{
	end(process);
	buffer_release(&process->got);
	free(process->program);
	process->program = NULL;
}

int rrd_process_give_up(struct rrd_process *process, courant_error **err)
{
	/* It may not be listening any more. */
	if (process->pid)
		(void)kill(process->pid, SIGKILL);
	end(process);
	return fail(err, COURANT_PROTOCOL, "%s gives an answer that makes no sense: is it of another version?", process->program);
}

/* ---- starting ---- */

static int spawn(const char *program, int in, int out, pid_t *ret)
{
	static char *const environment[] = {(char *)"LC_ALL=C", (char *)"PATH=/usr/bin:/bin", NULL};
	char *const words[] = {(char *)program, NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t pipe_only;
	int status = posix_spawn_file_actions_init(&actions);

	if (status)
		return status;
	(void)sigemptyset(&pipe_only);
	(void)sigaddset(&pipe_only, SIGPIPE);
	(void)posix_spawnattr_init(&attributes);
	(void)posix_spawnattr_setsigdefault(&attributes, &pipe_only);
	(void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	status = posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	if (!status)
		status = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	if (!status)
		status = posix_spawn(ret, program, &actions, &attributes, words, environment);
	(void)posix_spawnattr_destroy(&attributes);
	(void)posix_spawn_file_actions_destroy(&actions);
	return status;
}

static int make_pipe(int ends[2], courant_error **err)
{
	return pipe2(ends, O_CLOEXEC) < 0 ? fail_errno(err, errno, "cannot make a pipe") : 0;
}

/* The other side's ends of the pipes must be blocking: they stay as they are made. */
static void make_patient(int fd)
{
	(void)fcntl(fd, F_SETFL, O_NONBLOCK);
}

static int start(struct rrd_process *process, courant_error **err)
{
	int question[2], answer[2];
	slice greeting;

	if (!process->program)
		return fail(err, COURANT_CONFIG,
			    "RRD files need the program courant-rrd, which is not installed: install the package courant-rrd, or build Courant with "
			    "-Drrd=enabled and librrd-dev");
	if (make_pipe(question, err) < 0)
		return -1;

	AUTO(close) int their_in = question[0];
	AUTO(close) int our_out = question[1];

	if (make_pipe(answer, err) < 0)
		return -1;

	AUTO(close) int our_in = answer[0];
	AUTO(close) int their_out = answer[1];
	pid_t pid;
	const int status = spawn(process->program, their_in, their_out, &pid);

	if (status)
		return fail_errno_as(err, COURANT_CONFIG, status, "cannot run %s", process->program);
	make_patient(our_in);
	make_patient(our_out);
	process->pid = pid;
	process->in = STEAL_FD(our_out);
	process->out = STEAL_FD(our_in);
	(void)close(STEAL_FD(their_out));
	if (rrd_process_hear(process, &greeting, err) < 0)
		return -1;
	return slice_equal(greeting, SLICE(RRD_GREETING)) ? 0 : rrd_process_give_up(process, err);
}

/* ---- talking ---- */

static int await(struct rrd_process *process, int fd, short events, int64_t deadline_ms, courant_error **err)
{
	struct pollfd poll_fd = {.fd = fd, .events = events};

	for (;;) {
		const int64_t left_ms = deadline_ms - clock_monotonic_ms();
		const int n = left_ms > 0 ? poll(&poll_fd, 1, (int)left_ms) : 0;

		if (n > 0)
			return 0;
		if (n == 0) {
			(void)fail(err, COURANT_TIMEOUT, "%s has said nothing for %d s", process->program, (int)(PATIENCE_MS / MS_PER_SECOND));
			return rrd_process_give_up(process, err);
		}
		if (errno != EINTR)
			return fail_errno(err, errno, "cannot wait for %s", process->program);
	}
}

static int has_ended(struct rrd_process *process, courant_error **err)
{
	(void)fail(err, COURANT_IO, "%s ended in the middle of its work", process->program);
	return rrd_process_give_up(process, err);
}

int rrd_process_ask(struct rrd_process *process, slice line, courant_error **err)
{
	const int64_t deadline_ms = clock_monotonic_ms() + PATIENCE_MS;

	if (!process->pid && start(process, err) < 0)
		return -1;
	while (line.len) {
		const ssize_t n = write(process->in, line.ptr, line.len);

		if (n > 0)
			line = slice_after(line, (size_t)n);
		else if (errno == EAGAIN) {
			if (await(process, process->in, POLLOUT, deadline_ms, err) < 0)
				return -1;
		} else if (errno != EINTR)
			return has_ended(process, err);
	}
	return 0;
}

int rrd_process_hear(struct rrd_process *process, slice *ret, courant_error **err)
{
	const int64_t deadline_ms = clock_monotonic_ms() + PATIENCE_MS;

	for (;;) {
		const slice unread = slice_after(buffer_peek(&process->got), process->taken);
		const size_t end_at = slice_find(unread, '\n');

		if (end_at != SLICE_NONE) {
			*ret = slice_part(unread, 0, end_at);
			process->taken += end_at + 1;
			return 0;
		}
		buffer_drop(&process->got, process->taken);
		process->taken = 0;
		if (await(process, process->out, POLLIN, deadline_ms, err) < 0)
			return -1;

		char *room = buffer_room(&process->got, READ_BYTES);

		if (!room)
			return rrd_process_give_up(process, err);

		const ssize_t n = read(process->out, room, READ_BYTES);

		if (n > 0)
			buffer_added(&process->got, (size_t)n);
		else if (n == 0)
			return has_ended(process, err);
		else if (errno != EINTR && errno != EAGAIN)
			return fail_errno(err, errno, "cannot read from %s", process->program);
	}
}
