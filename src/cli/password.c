/* SPDX-License-Identifier: MIT */
/* password.c - where a password comes from: a command, a file, the environment, ~/.netrc, a person at a terminal */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/secret_file.h"
#include "cli/cli.h"
#include "cli/netrc.h"

#define NETRC_MAX_BYTES    ((size_t)256 << 10)
#define PROMPT_MAX_BYTES   1024

extern char **environ;

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
	AUTO(secret_buffer) struct buffer output = BUFFER_LIMIT(SECRET_MAX_BYTES);
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

	const int read_status = secret_read(in, SECRET_MAX_BYTES - 1, "the password command", &output, err);

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
	return secret_first_line(buffer_peek(&output), "the password command", err);
}

/* ---- files ---- */

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

	AUTO(close) int fd = secret_open(path.bytes, err);

	if (fd < 0 || secret_read(fd, NETRC_MAX_BYTES - 1, path.bytes, &text, err) < 0)
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
	char *room = buffer_room(ret, SECRET_MAX_BYTES - 1);

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
	const ssize_t n = status < 0 ? -1 : read(terminal, room, SECRET_MAX_BYTES - 1);

	(void)tcsetattr(terminal, TCSAFLUSH, &before);
	(void)file_write_all(terminal, SLICE("\n"), "the terminal", NULL);
	if (n < 0)
		return fail_errno(err, errno, "cannot read the password");
	buffer_added(ret, (size_t)n);
	return 0;
}

char *cli_password_ask(const struct cli_password_source *source, courant_error **err)
{
	AUTO(secret_buffer) struct buffer typed = BUFFER_LIMIT(SECRET_MAX_BYTES);
	AUTO(close) int terminal = source->never_asks ? -1 : open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

	if (terminal < 0) {
		(void)fail(err, COURANT_CONFIG,
			   "no password for %s at %s: give it by --password-command, --password-file, COURANT_PASSWORD or ~/.netrc", source->user,
			   source->host);
		return NULL;
	}
	return ask(terminal, source, &typed, err) < 0 ? NULL : secret_first_line(buffer_peek(&typed), "the terminal", err);
}

char *cli_password_take(const struct cli_password_source *source, courant_error **err)
{
	const char *from_environment = getenv("COURANT_PASSWORD");
	char *found = NULL;

	if (source->command)
		return from_command(source->command, err);
	if (source->file)
		return secret_take_file(source->file, err);
	if (from_environment)
		return secret_first_line(slice_of(from_environment), "COURANT_PASSWORD", err);
	if (from_netrc(source, &found, err) < 0)
		return NULL;
	return found ? found : cli_password_ask(source, err);
}
