/* SPDX-License-Identifier: MIT */
/* setup_keep.c - a password that was typed goes into a file, a keyring or, when the user insists, courant.yaml (setup.h) */
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/secret.h"
#include "cli/setup.h"

#define TEXT_MAX_BYTES     4096
#define PASSWORD_MAX_BYTES 8192

extern char **environ;

/* ---- a program that keeps secrets ---- */

/* Runs it with the text on its standard input. */
static int run_with_input(char *const words[], slice text, courant_error **err)
{
	posix_spawn_file_actions_t actions;
	int ends[2], status = 0;
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return fail_errno(err, errno, "cannot run %s", words[0]);

	AUTO(close) int in = ends[0];
	AUTO(close) int out = ends[1];
	int error_number = posix_spawn_file_actions_init(&actions);

	if (error_number == 0) {
		error_number = posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
		if (error_number == 0)
			error_number = posix_spawnp(&child, words[0], &actions, NULL, words, environ);
		(void)posix_spawn_file_actions_destroy(&actions);
	}
	if (error_number != 0)
		return fail_errno_as(err, COURANT_CONFIG, error_number, "cannot run %s", words[0]);
	(void)close(STEAL_FD(in));

	/* A program that ends without reading says why by its exit status. */
	(void)file_write_all(out, text, words[0], NULL);
	(void)close(STEAL_FD(out));
	while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return fail(err, COURANT_CANT_CREATE, "%s did not take the password (%s %d)", words[0], WIFEXITED(status) ? "exit status" : "signal",
			    WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
	return 0;
}

/* The account's name holds nothing that a shell would understand (setup.c). */
static int set_command(struct setup *setup, const char *front, courant_error **err)
{
	AUTO(buffer) struct buffer command = BUFFER_LIMIT(TEXT_MAX_BYTES);

	buffer_printf(&command, "%s%s", front, setup->account.name);
	return buffer_take(&command, &setup->account.password_command, NULL, err);
}

static int keep_by_pass(struct setup *setup, courant_error **err)
{
	AUTO(buffer) struct buffer name = BUFFER_LIMIT(TEXT_MAX_BYTES);

	buffer_printf(&name, "courant/%s", setup->account.name);
	if (buffer_check(&name, err) < 0)
		return -1;

	char *const words[] = {(char *)"pass", (char *)"insert", (char *)"--multiline", (char *)"--force", name.bytes, NULL};

	return run_with_input(words, slice_of(setup->account.password), err) < 0 ? -1 : set_command(setup, "pass show courant/", err);
}

static int keep_by_secret_tool(struct setup *setup, courant_error **err)
{
	AUTO(buffer) struct buffer label = BUFFER_LIMIT(TEXT_MAX_BYTES);

	buffer_printf(&label, "--label=courant %s", setup->account.name);
	if (buffer_check(&label, err) < 0)
		return -1;

	char *const words[] = {(char *)"secret-tool", (char *)"store", label.bytes, (char *)"service", (char *)"courant", (char *)"account", setup->account.name, NULL};

	return run_with_input(words, slice_of(setup->account.password), err) < 0 ? -1
										  : set_command(setup, "secret-tool lookup service courant account ", err);
}

/* ---- files ---- */

int setup_give_to_service(const struct setup *setup, const char *path, courant_error **err)
{
	if (geteuid() != 0 || !slice_starts(slice_of(setup->path), SLICE("/etc/courant/")))
		return 0;

	const struct passwd *user = getpwnam("courant");

	if (user && lchown(path, user->pw_uid, user->pw_gid) < 0)
		return fail_errno_as(err, COURANT_CANT_CREATE, errno, "cannot give %s to the user courant", path);
	return 0;
}

static int keep_in_file(struct setup *setup, courant_error **err)
{
	AUTO(secret_buffer) struct buffer line = BUFFER_LIMIT(PASSWORD_MAX_BYTES);
	const char *path = setup->password_path;
	bool may_replace = cli_flag(setup->call, "force");

	if (access(path, F_OK) == 0 && !may_replace) {
		AUTO(buffer) struct buffer question = BUFFER_LIMIT(TEXT_MAX_BYTES);

		buffer_printf(&question, "%s is there already. Replace it (yes or no)?", path);
		if (buffer_check(&question, err) < 0 || (setup->is_asking && setup_confirm(question.bytes, &may_replace, err) < 0))
			return -1;
		if (!may_replace)
			return fail(err, COURANT_CANT_CREATE, "%s is there already; with --force it is replaced", path);
	}
	(void)buffer_room(&line, PASSWORD_MAX_BYTES - 1);
	buffer_printf(&line, "%s\n", setup->account.password);

	slice bytes;

	if (buffer_slice(&line, &bytes, err) < 0 || file_write_atomic(path, bytes, 0600, err) < 0 || setup_give_to_service(setup, path, err) < 0)
		return -1;
	setup->account.password_file = mem_copy_text(path);
	return setup->account.password_file ? 0 : fail_memory(err);
}

/* ---- the table ---- */

static int keep_in_config(struct setup *setup, courant_error **err)
{
	(void)setup;
	(void)err;
	return 0;
}

static const struct {
	const char *program; /* it needs */
	int (*keep)(struct setup *, courant_error **err);
} ways[] = {
	{NULL, keep_in_file},
	{"pass", keep_by_pass},
	{"secret-tool", keep_by_secret_tool},
	{NULL, keep_in_config},
};

const char *const setup_keeps[] = {"file", "pass", "secret-tool", "config", NULL};

static size_t find_way(const char *keep)
{
	size_t i = 0;

	while (!slice_equal(slice_of(setup_keeps[i]), slice_of(keep)))
		i++;
	return i;
}

bool setup_keep_is_there(const char *keep)
{
	const char *program = ways[find_way(keep)].program;
	const char *folders = getenv("PATH");
	slice rest = slice_of(folders ? folders : "/usr/local/bin:/usr/bin:/bin");

	if (!program)
		return true;
	for (slice folder; slice_next(&rest, ':', &folder);) {
		AUTO(buffer) struct buffer path = BUFFER_LIMIT(TEXT_MAX_BYTES);

		buffer_printf(&path, "%.*s/%s", SLICE_ARGS(folder), program);
		if (buffer_check(&path, NULL) == 0 && access(path.bytes, X_OK) == 0)
			return true;
	}
	return false;
}

int setup_keep_password(struct setup *setup, courant_error **err)
{
	const size_t i = find_way(setup->keep);

	if (!setup->account.password)
		return 0;
	if (ways[i].keep(setup, err) < 0)
		return fail_within(err, "the password could not be kept");
	if (ways[i].keep != keep_in_config) {
		secret_free(setup->account.password);
		setup->account.password = NULL;
	}
	return 0;
}
