/* SPDX-License-Identifier: MIT */
/* settings.c - finding and reading courant.yaml */
#include "cli/settings.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"

#define PATH_MAX_BYTES   4096
#define SYSTEM_PATH      "/etc/courant/courant.yaml"

/* Where errors cannot be told there is nobody to tell it to. */
static void print(const struct buffer *faulty)
{
	(void)file_write_all(STDERR_FILENO, buffer_peek(faulty), "standard error", NULL);
}

void settings_print_faults(struct faults *faults)
{
	AUTO(buffer) struct buffer faulty = BUFFER_LIMIT(SETTINGS_FAULTS_MAX);

	faults_write(faults, &faulty);
	print(&faulty);
}

static bool is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

/* The user's own file, or an empty buffer when there is no home. */
static void write_user_path(struct buffer *path)
{
	const char *folder = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (folder && folder[0] == '/')
		buffer_printf(path, "%s/courant/courant.yaml", folder);
	else if (home && home[0])
		buffer_printf(path, "%s/.config/courant/courant.yaml", home);
}

int settings_new_path(const struct cli_call *call, struct buffer *ret, courant_error **err)
{
	const char *named = cli_value(call, "config");
	const char *path = named ? named : getenv("COURANT_CONFIG");

	if (path && path[0])
		buffer_append(ret, slice_of(path));
	else if (geteuid() == 0)
		buffer_append(ret, SLICE(SYSTEM_PATH));
	else
		write_user_path(ret);
	if (ret->len == 0 && buffer_check(ret, NULL) == 0)
		return fail(err, COURANT_USAGE, "where is the configuration to be? There is no home folder: give --config FILE");
	return buffer_check(ret, err);
}

/* A copy of the path, or NULL without an error when there is no configuration. */
static char *find(const struct cli_call *call, courant_error **err)
{
	AUTO(buffer) struct buffer own = BUFFER_LIMIT(PATH_MAX_BYTES);
	const char *named = cli_value(call, "config");
	const char *path = named ? named : getenv("COURANT_CONFIG");

	if (!path || !path[0]) {
		write_user_path(&own);
		path = own.bytes && buffer_check(&own, NULL) == 0 && is_there(own.bytes) ? own.bytes
		       : is_there(SYSTEM_PATH) ? SYSTEM_PATH
		                             : NULL;
	}
	char *copy = path ? mem_copy_text(path) : NULL;
	if (path && !copy)
		(void)fail_memory(err);
	return copy;
}

static const struct deliver_account *show(const struct config_account *account, struct deliver_account *into)
{
	*into = (struct deliver_account){
		.server = account->server,
		.password_command = account->password_command,
		.password_file = account->password_file,
		.password = account->password,
		.ca_file = account->ca_file,
		.token_command = account->token_command,
		.proxy = account->proxy,
		.from = account->from,
	};
	return into;
}

const struct deliver_account *settings_account_at(const struct config *config, size_t i, struct deliver_account *into)
{
	const struct config_account *account = config_account_at(config, i);

	return account ? show(account, into) : NULL;
}

const struct deliver_account *settings_account(const struct config *config, struct deliver_account *into)
{
	return settings_account_at(config, 0, into);
}

int settings_choose_account(const struct cli_call *call, const struct config *config, struct deliver_account *into, const struct deliver_account **ret,
			    courant_error **err)
{
	const char *name = cli_value(call, "account");
	const struct config_account *account = name ? config_find_account(config, slice_of(name)) : config_account_at(config, 0);

	if (name && config->n_accounts == 0)
		return fail(err, COURANT_CONFIG, "no account %s: there is no courant.yaml that has accounts; courant setup writes one", name);
	if (name && !account)
		return fail(err, COURANT_CONFIG, "courant.yaml has no account %s", name);
	*ret = account ? show(account, into) : NULL;
	return 0;
}

int settings_samples(const struct cli_call *call, const struct config *config, char **ret, courant_error **err)
{
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(PATH_MAX_BYTES);
	const char *named = cli_value(call, "into"), *configured = config->samples.folder;

	if (!named && !configured)
		return 0;
	if (!named && configured[0] != '/' && config->folder[0])
		buffer_printf(&path, "%s/", config->folder);
	buffer_append(&path, slice_of(named ? named : configured));
	return buffer_take(&path, ret, NULL, err);
}

int settings_read(const struct cli_call *call, struct config *ret, struct buffer *faulty, courant_error **err)
{
	AUTO(error) courant_error *error = NULL;
	AUTO(free) char *path = find(call, &error);
	AUTO(faults) struct faults faults = {.n = 0};

	if (!path)
		return error ? fail_pass(err, STEAL(error)) : 0;
	faults_init(&faults, slice_of(path));
	if (config_load(path, &faults, ret, err) == 0)
		return 0;
	faults_write(&faults, faulty);
	return -1;
}

int settings_load(const struct cli_call *call, struct config *ret, courant_error **err)
{
	AUTO(buffer) struct buffer faulty = BUFFER_LIMIT(SETTINGS_FAULTS_MAX);

	if (settings_read(call, ret, &faulty, err) == 0)
		return 0;
	print(&faulty);
	return -1;
}
