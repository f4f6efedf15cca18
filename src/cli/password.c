/* SPDX-License-Identifier: MIT */
/* password.c - where a password comes from: a command, a file, the environment, ~/.netrc, a person at a terminal */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/secret.h"
#include "cli/cli.h"
#include "cli/netrc.h"

#define PASSWORD_MAX_BYTES 4096 /* OAuth tokens have up to two thousand */
#define NETRC_MAX_BYTES    ((size_t)256 << 10)
#define PROMPT_MAX_BYTES   1024

extern char **environ;

/* Its first line. */
static char *first_line(slice text, const char *name, courant_error **err)
{
	slice line = SLICE("");

	(void)slice_next_line(&text, &line);
	if (line.len == 0 || memchr(line.ptr, '\0', line.len)) {
		(void)fail(err, COURANT_CONFIG, "no password comes from %s", name);
		return NULL;
	}

	char *password = mem_copy(line);

	if (!password)
		(void)fail_memory(err);
	return password;
}

/* Reads into room that was made before: a buffer that grows would leave copies of a secret behind. */
static int read_secret(int fd, size_t limit, const char *name, struct buffer *ret, courant_error **err)
{
	char *room = buffer_room(ret, limit);
	size_t len = 0;

	if (!room)
		return fail_memory(err);
	while (len < limit) {
		const ssize_t n = read(fd, room + len, limit - len);

		if (n == 0) {
			buffer_added(ret, len);
			return 0;
		}
		if (n > 0)
			len += (size_t)n;
		else if (errno != EINTR)
			return fail_errno(err, errno, "cannot read %s", name);
	}
	return fail(err, COURANT_CONFIG, "%s gives more than %zu bytes: that is no password", name, limit);
}

/* ---- a command ---- */

static int spawn_shell(const char *command, int out, pid_t *ret, courant_error **err)
{
	char *const words[] = {(char *)"sh", (char *)"-c", (char *)command, NULL};
	posix_spawn_file_actions_t actions;
	int status = posix_spawn_file_actions_init(&actions);

	if (status == 0) {
		status = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
		if (status == 0)
			status = posix_spawn(ret, "/bin/sh", &actions, NULL, words, environ);
		(void)posix_spawn_file_actions_destroy(&actions);
	}
	return status ? fail_errno_as(err, COURANT_CONFIG, status, "cannot run the password command") : 0;
}

static int wait_for(pid_t pid)
{
	int status = -1;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
	}
	return status;
}

static char *from_command(const char *command, courant_error **err)
{
	AUTO(secret_buffer) struct buffer output = BUFFER_LIMIT(PASSWORD_MAX_BYTES);
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0) {
		(void)fail_errno(err, errno, "cannot run the password command");
		return NULL;
	}

	AUTO(close) int in = ends[0];
	AUTO(close) int out = ends[1];

	if (spawn_shell(command, out, &pid, err) < 0)
		return NULL;
	(void)close(STEAL_FD(out));

	const int read_status = read_secret(in, PASSWORD_MAX_BYTES - 1, "the password command", &output, err);

	/* Closed first: a command that writes without end must not wait for us while we wait for it. */
	(void)close(STEAL_FD(in));

	const int status = wait_for(pid);

	if (read_status < 0)
		return NULL;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		(void)fail(err, COURANT_CONFIG, "the password command failed (%s %d)", WIFEXITED(status) ? "exit status" : "signal",
			   WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
		return NULL;
	}
	return first_line(buffer_peek(&output), "the password command", err);
}

/* ---- files ---- */

/* A file that holds a password, with whom may read it looked at on the open file. */
static int open_private(const char *path, courant_error **err)
{
	AUTO(close) int fd = file_open(path, err);
	struct stat facts;

	if (fd < 0)
		return -1;
	if (fstat(fd, &facts) < 0)
		return fail_errno(err, errno, "cannot look at %s", path);
	if (S_ISREG(facts.st_mode) && (facts.st_mode & (S_IRGRP | S_IROTH)))
		return fail(err, COURANT_CONFIG, "others may read %s, which holds a password: chmod 600 it", path);
	return STEAL_FD(fd);
}

static char *from_file(const char *path, courant_error **err)
{
	AUTO(secret_buffer) struct buffer text = BUFFER_LIMIT(PASSWORD_MAX_BYTES);
	AUTO(close) int fd = open_private(path, err);

	if (fd < 0 || read_secret(fd, PASSWORD_MAX_BYTES - 1, path, &text, err) < 0)
		return NULL;
	return first_line(buffer_peek(&text), path, err);
}

/* *ret stays NULL when there is no file, or nothing in it for this host and user. */
static int from_netrc(const struct cli_password_source *source, char **ret, courant_error **err)
{
	const char *home = getenv("HOME");
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(4096);
	AUTO(secret_buffer) struct buffer text = BUFFER_LIMIT(NETRC_MAX_BYTES);
	slice found;

	if (!home)
		return 0;
	buffer_printf(&path, "%s/.netrc", home);
	if (buffer_check(&path, NULL) < 0 || access(path.bytes, F_OK) < 0)
		return 0;

	AUTO(close) int fd = open_private(path.bytes, err);

	if (fd < 0 || read_secret(fd, NETRC_MAX_BYTES - 1, path.bytes, &text, err) < 0)
		return -1;
	if (!netrc_find(buffer_peek(&text), slice_of(source->host), slice_of(source->user), &found))
		return 0;
	*ret = mem_copy(found);
	return *ret ? 0 : fail_memory(err);
}

/* ---- a person ---- */

static int ask(int terminal, const struct cli_password_source *source, struct buffer *ret, courant_error **err)
{
	AUTO(buffer) struct buffer prompt = BUFFER_LIMIT(PROMPT_MAX_BYTES);
	struct termios before, silent;
	char *room = buffer_room(ret, PASSWORD_MAX_BYTES - 1);

	if (!room)
		return fail_memory(err);
	if (tcgetattr(terminal, &before) < 0)
		return fail_errno(err, errno, "cannot ask for the password");
	silent = before;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	buffer_printf(&prompt, "Password of %s at %s: ", source->user, source->host);
	if (tcsetattr(terminal, TCSAFLUSH, &silent) < 0)
		return fail_errno(err, errno, "cannot ask for the password");

	int status = file_write_all(terminal, buffer_peek(&prompt), "the terminal", err);
	/* A terminal gives one line a read. */
	const ssize_t n = status < 0 ? -1 : read(terminal, room, PASSWORD_MAX_BYTES - 1);

	(void)tcsetattr(terminal, TCSAFLUSH, &before);
	(void)file_write_all(terminal, SLICE("\n"), "the terminal", NULL);
	if (n < 0)
		return fail_errno(err, errno, "cannot read the password");
	buffer_added(ret, (size_t)n);
	return 0;
}

char *cli_password_ask(const struct cli_password_source *source, courant_error **err)
{
	AUTO(secret_buffer) struct buffer typed = BUFFER_LIMIT(PASSWORD_MAX_BYTES);
	AUTO(close) int terminal = source->never_asks ? -1 : open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

	if (terminal < 0) {
		(void)fail(err, COURANT_CONFIG,
			   "no password for %s at %s: give it by --password-command, --password-file, COURANT_PASSWORD or ~/.netrc", source->user,
			   source->host);
		return NULL;
	}
	return ask(terminal, source, &typed, err) < 0 ? NULL : first_line(buffer_peek(&typed), "the terminal", err);
}

char *cli_password_take(const struct cli_password_source *source, courant_error **err)
{
	const char *from_environment = getenv("COURANT_PASSWORD");
	char *found = NULL;

	if (source->command)
		return from_command(source->command, err);
	if (source->file)
		return from_file(source->file, err);
	if (from_environment)
		return first_line(slice_of(from_environment), "COURANT_PASSWORD", err);
	if (from_netrc(source, &found, err) < 0)
		return NULL;
	return found ? found : cli_password_ask(source, err);
}
