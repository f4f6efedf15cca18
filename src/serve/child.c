/* SPDX-License-Identifier: MIT */
/* child.c - starting a program and hearing it to its end (child.h) */
#include "serve/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"

#define GRACE_MS INT64_C(5000) /* between "please" and the end */
#define LOOK_MS  INT64_C(100)  /* without pidfd_open(2) */

struct child {
	pid_t pid;
	int pidfd; /* -1: this kernel has none */
	int words_fd;
	struct buffer words;
	int64_t until_ms;
	bool is_asked, is_late, is_over;
	int status;
};

static int spawn(struct child *child, const char *path, char *const words[], char *const environment[], int out)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, all;
	int status = posix_spawn_file_actions_init(&actions);

	if (status != 0)
		return status;
	(void)posix_spawnattr_init(&attributes);
	(void)sigemptyset(&none);
	(void)sigfillset(&all);
	/* What we block and ignore is ours alone. */
	(void)posix_spawnattr_setsigmask(&attributes, &none);
	(void)posix_spawnattr_setsigdefault(&attributes, &all);
	(void)posix_spawnattr_setpgroup(&attributes, 0);
	(void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
	status = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	if (status == 0)
		status = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	if (status == 0)
		status = posix_spawn_file_actions_adddup2(&actions, out, STDERR_FILENO);
	if (status == 0)
		status = posix_spawn(&child->pid, path, &actions, &attributes, words, environment);
	(void)posix_spawn_file_actions_destroy(&actions);
	(void)posix_spawnattr_destroy(&attributes);
	return status;
}

struct child *child_start(const char *path, char *const words[], char *const environment[], int64_t until_ms, courant_error **err)
{
	AUTO(child) struct child *child = mem_alloc(sizeof *child);
	int ends[2];

	if (!child) {
		(void)fail_memory(err);
		return NULL;
	}
	child->pid = -1;
	child->pidfd = child->words_fd = -1;
	child->until_ms = until_ms;
	child->words = (struct buffer)BUFFER_LIMIT(4 * CHILD_WORDS_MAX);
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0) {
		(void)fail_errno(err, errno, "cannot run %s", path);
		return NULL;
	}
	child->words_fd = ends[0];

	AUTO(close) int out = ends[1];
	int error_number = fcntl(out, F_SETFL, 0) < 0 ? errno : spawn(child, path, words, environment, out);

	if (error_number != 0) {
		child->pid = -1;
		(void)fail_errno_as(err, COURANT_CONFIG, error_number, "cannot run %s", path);
		return NULL;
	}
	child->pidfd = pidfd_open(child->pid, 0);
	return STEAL(child);
}

void child_free(struct child *child)
{
	if (!child)
		return;
	if (child->pid > 0 && !child->is_over) {
		(void)kill(-child->pid, SIGKILL);
		while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR) {
		}
	}
	auto_close(&child->pidfd);
	auto_close(&child->words_fd);
	buffer_release(&child->words);
	free(child);
}

size_t child_fds(const struct child *child, struct pollfd ret[2])
{
	size_t n = 0;

	if (child->words_fd >= 0)
		ret[n++] = (struct pollfd){.fd = child->words_fd, .events = POLLIN};
	if (child->pidfd >= 0 && !child->is_over)
		ret[n++] = (struct pollfd){.fd = child->pidfd, .events = POLLIN};
	return n;
}

int64_t child_deadline_ms(const struct child *child)
{
	if (child->is_over)
		return 0;
	return child->pidfd < 0 ? clock_monotonic_ms() + LOOK_MS : child->until_ms;
}

static void read_words(struct child *child)
{
	while (child->words_fd >= 0) {
		char bytes[4096];
		const ssize_t n = read(child->words_fd, bytes, sizeof bytes);

		if (n > 0) {
			buffer_append(&child->words, slice_from(bytes, (size_t)n));
			if (child->words.len > CHILD_WORDS_MAX)
				buffer_drop(&child->words, child->words.len - CHILD_WORDS_MAX);
		} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
			auto_close(&child->words_fd);
			child->words_fd = -1;
		} else if (errno == EAGAIN) {
			return;
		}
	}
}

void child_stop(struct child *child, int64_t monotonic_ms)
{
	if (child->is_over || child->is_asked)
		return;
	child->is_asked = true;
	child->until_ms = monotonic_ms + GRACE_MS;
	(void)kill(-child->pid, SIGTERM);
}

bool child_turn(struct child *child, int64_t monotonic_ms)
{
	int status;

	read_words(child);
	if (!child->is_over && waitpid(child->pid, &status, WNOHANG) == child->pid) {
		child->is_over = true;
		child->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		/* What it said last; what programs of its own still say is no matter of ours. */
		read_words(child);
		return true;
	}
	if (!child->is_over && monotonic_ms >= child->until_ms) {
		if (child->is_asked) {
			(void)kill(-child->pid, SIGKILL);
			child->until_ms = monotonic_ms + GRACE_MS;
		} else {
			child->is_late = true;
			child_stop(child, monotonic_ms);
		}
	}
	return child->is_over;
}

int child_status(const struct child *child)
{
	return child->status;
}

bool child_is_late(const struct child *child)
{
	return child->is_late;
}

slice child_words(const struct child *child)
{
	return child->words.len > 0 ? slice_trim_space(buffer_peek(&child->words)) : SLICE("");
}
