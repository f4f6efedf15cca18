/* SPDX-License-Identifier: MIT */
/* setup_password.c - where the account's password comes from: options, the environment, or questions (setup.h) */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/secret.h"
#include "cli/setup.h"
#include "client/provider.h"

#define TEXT_MAX_BYTES ((size_t)16 << 10)

int setup_set_text(char **at, const char *text, courant_error **err)
{
	free(*at);
	*at = mem_copy_text(text);
	return *at || !text ? 0 : fail_memory(err);
}

int setup_set_path(char **at, const char *path, courant_error **err)
{
	AUTO(buffer) struct buffer whole = BUFFER_LIMIT(TEXT_MAX_BYTES);

	if (path && path[0] != '/') {
		AUTO(free) char *here = getcwd(NULL, 0);

		if (!here)
			return fail_errno(err, errno, "where is %s? The working folder has no name", path);
		buffer_printf(&whole, "%s%s", here, here[1] ? "/" : "");
	}
	buffer_append(&whole, slice_of(path));
	return buffer_check(&whole, err) < 0 ? -1 : setup_set_text(at, path ? whole.bytes : NULL, err);
}

enum way { WAY_FILE, WAY_PASS, WAY_SECRET_TOOL, WAY_COMMAND, WAY_OLD_FILE, WAY_TOKEN, WAY_CONFIG };

static const struct {
	const char *words;
	const char *keep;  /* NULL: nothing is typed */
} ways[] = {
	[WAY_FILE] = {"I type it, and it is kept in a file that nobody else can read", "file"},
	[WAY_PASS] = {"I type it, and it is kept by pass", "pass"},
	[WAY_SECRET_TOOL] = {"I type it, and it is kept in the desktop's keyring (secret-tool)", "secret-tool"},
	[WAY_COMMAND] = {"a command prints it", NULL},
	[WAY_OLD_FILE] = {"it is the first line of a file", NULL},
	[WAY_TOKEN] = {"a command prints an OAuth token instead", NULL},
	[WAY_CONFIG] = {"I type it, and it stands in courant.yaml itself", "config"},
};
#define N_WAYS (sizeof ways / sizeof *ways)

static int choose_way(enum way *ret, courant_error **err)
{
	const char *choices[N_WAYS + 1] = {0};
	size_t chosen[N_WAYS], n = 0, choice;

	for (size_t i = 0; i < N_WAYS; i++) {
		if (ways[i].keep && !setup_keep_is_there(ways[i].keep))
			continue;
		chosen[n] = i;
		choices[n++] = ways[i].words;
	}
	if (setup_choose("Where does the password come from?", choices, &choice, err) < 0)
		return -1;
	*ret = (enum way)chosen[choice];
	return 0;
}

static int type_password(struct setup *setup, courant_error **err)
{
	const struct cli_password_source source = {.user = setup->user, .host = setup->host};

	secret_free(setup->account.password);
	setup->account.password = cli_password_ask(&source, err);
	return setup->account.password ? 0 : -1;
}

int setup_ask_for_password(struct setup *setup, courant_error **err)
{
	enum way way;

	if (choose_way(&way, err) < 0)
		return -1;
	if (ways[way].keep) {
		setup->keep = ways[way].keep;
		return type_password(setup, err);
	}

	AUTO(free) char *answer = NULL;

	if (setup_ask(way == WAY_OLD_FILE ? "The file" : "The command", NULL, &answer, err) < 0)
		return -1;
	return way == WAY_COMMAND    ? setup_set_text(&setup->account.password_command, answer, err)
	       : way == WAY_OLD_FILE ? setup_set_path(&setup->account.password_file, answer, err)
				     : setup_set_text(&setup->account.token_command, answer, err);
}

static int read_keep(struct setup *setup, courant_error **err)
{
	const char *given = cli_value(setup->call, "keep");

	setup->keep = given ? given : "file";
	for (size_t i = 0; setup_keeps[i]; i++)
		if (strcmp(setup_keeps[i], setup->keep) == 0)
			return setup_keep_is_there(setup->keep) ? 0 : fail(err, COURANT_USAGE, "--keep: there is no program %s", setup->keep);
	return fail(err, COURANT_USAGE, "--keep is \"%s\", not file, pass, secret-tool or config", setup->keep);
}

void setup_forget_password(struct setup *setup)
{
	struct config_account *account = &setup->account;

	secret_free(account->password);
	free(account->password_command);
	free(account->password_file);
	free(account->token_command);
	account->password = account->password_command = account->password_file = account->token_command = NULL;
}

int setup_find_password(struct setup *setup, courant_error **err)
{
	const struct cli_call *call = setup->call;
	struct config_account *account = &setup->account;
	const struct provider *provider = provider_find_host(slice_of(setup->host));
	const char *file = cli_value(call, "password-file"), *environment = getenv("COURANT_PASSWORD");
	const bool is_there = file && access(file, F_OK) == 0;

	if (!setup->user)
		return 0;
	if (read_keep(setup, err) < 0 || setup_set_text(&account->token_command, cli_value(call, "token-command"), err) < 0 ||
	    setup_set_text(&account->password_command, cli_value(call, "password-command"), err) < 0 ||
	    setup_set_path(&account->password_file, is_there ? file : NULL, err) < 0)
		return -1;
	if (account->token_command || account->password_command || account->password_file)
		return 0;
	if (environment)
		return setup_set_text(&account->password, environment, err);
	/* ~/.netrc may have it; else deliver.c says what is missing. */
	if (!setup->is_asking)
		return 0;
	if (provider)
		cli_warn(call, "%s", provider->hint);
	return file || cli_value(call, "keep") ? type_password(setup, err) : setup_ask_for_password(setup, err);
}
