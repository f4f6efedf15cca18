/* SPDX-License-Identifier: MIT */
/* setup.c - courant setup: the steps from nothing to a configuration that works (setup.h) */
#include "cli/setup.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/file.h"
#include "base/secret.h"
#include "cli/deliver.h"
#include "cli/options.h"
#include "cli/settings.h"
#include "client/provider.h"
#include "mime/mailbox.h"

#define TEXT_MAX_BYTES   ((size_t)16 << 10)
#define CONFIG_MAX_BYTES ((size_t)256 << 10)
#define SYSTEM_FOLDER    "/etc/courant"

static void setup_release(struct setup *setup)
{
	char *const texts[] = {setup->path, setup->folder, setup->server, setup->user, setup->host, setup->address, setup->recipient, setup->password_path,
			       setup->account.name, setup->account.server, setup->account.from, setup->account.password_command,
			       setup->account.password_file, setup->account.ca_file, setup->account.token_command, setup->account.proxy};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		free(texts[i]);
	secret_free(setup->account.password);
	*setup = (struct setup){0};
}
AUTO_DEFINE_VALUE(setup, struct setup, setup_release)

/* ---- one answer: from an option, a person, or by default ---- */

struct question {
	const char *option;
	const char *words;
	const char *fallback;        /* offered to a person; NULL: none */
	const char *without_asking;  /* taken when nobody can be asked; NULL: the option is needed */
	int (*take)(struct setup *, const char *answer, courant_error **err);
};

static int settle(struct setup *setup, const struct question *question, courant_error **err)
{
	const char *given = cli_value(setup->call, question->option);

	if (!given && !setup->is_asking)
		given = question->without_asking;
	if (!given && !setup->is_asking)
		return fail(err, COURANT_USAGE, "setup needs --%s, for there is no terminal to ask on", question->option);
	if (given)
		return question->take(setup, given, err) < 0 ? fail_within(err, "--%s", question->option) : 0;
	for (;;) {
		AUTO(free) char *answer = NULL;
		courant_error *fault = NULL;

		if (setup_ask(question->words, question->fallback, &answer, err) < 0)
			return -1;
		if (question->take(setup, answer, &fault) == 0)
			return 0;
		(void)cli_fail(setup->call, fault);
	}
}

/* ---- whose mail it is ---- */

static int take_from(struct setup *setup, const char *answer, courant_error **err)
{
	AUTO(arena) struct arena arena = {0};
	struct mailbox_list list = {0};
	AUTO(buffer) struct buffer address = BUFFER_LIMIT(TEXT_MAX_BYTES);

	if (mailbox_list_parse(&list, &arena, slice_of(answer), MAILBOX_ONE, err) < 0)
		return -1;
	mailbox_write_spec(&address, &list.items[0], MAILBOX_UTF8);
	free(setup->address);
	setup->address = NULL;
	return buffer_take(&address, &setup->address, NULL, err) < 0 ? -1 : setup_set_text(&setup->account.from, answer, err);
}

static int find_address(struct setup *setup, courant_error **err)
{
	return settle(setup,
		      &(struct question){.option = "from", .words = "Who mails are from, as Ops <ops@example.com>", .take = take_from}, err);
}

/* ---- the server ---- */

/* "mail.example.com" is a host; everything else is what --server takes. */
static int write_url(struct buffer *url, const char *answer)
{
	const slice text = slice_of(answer);
	const bool is_host = slice_find_slice(text, SLICE("://")) == SLICE_NONE && slice_find(text, '.') != SLICE_NONE &&
			     slice_find(text, '/') == SLICE_NONE && slice_find(text, '@') == SLICE_NONE;

	if (is_host)
		buffer_append(url, SLICE("smtp://"));
	buffer_append(url, text);
	return buffer_check(url, NULL);
}

static int take_server(struct setup *setup, const char *answer, courant_error **err)
{
	AUTO(buffer) struct buffer url = BUFFER_LIMIT(TEXT_MAX_BYTES);
	AUTO(target) struct target target = {0};

	if (write_url(&url, answer) < 0)
		return fail_memory(err);
	if (target_parse(buffer_peek(&url), &target, err) < 0)
		return -1;
	setup->needs_login = target.kind == TARGET_SMTP && target.protocol == COURANT_SMTP && !target.no_login;
	return setup_set_text(&setup->user, target.user, err) < 0 || setup_set_text(&setup->host, target.host, err) < 0 ? -1 : setup_set_text(&setup->server, url.bytes, err);
}

static int find_server(struct setup *setup, courant_error **err)
{
	AUTO(buffer) struct buffer guess = BUFFER_LIMIT(TEXT_MAX_BYTES);
	const slice address = slice_of(setup->address);
	const slice domain = slice_after(address, slice_find_last(address, '@') + 1);
	const struct provider *provider = provider_find_domain(domain);

	if (provider)
		buffer_append(&guess, slice_of(provider->name));
	else
		buffer_printf(&guess, "smtp://mail.%.*s", SLICE_ARGS(domain));
	if (buffer_check(&guess, err) < 0)
		return -1;
	return settle(setup,
		      &(struct question){
			      .option = "server",
			      .words = "The mail server: a provider (126, 163, aliyun, exmail, gmail, outlook, qq), a host, or a URL as smtps://mail.example.com",
			      .fallback = guess.bytes,
			      .without_asking = provider ? guess.bytes : NULL,
			      .take = take_server,
		      },
		      err);
}

/* ---- the login ---- */

static int take_user(struct setup *setup, const char *answer, courant_error **err)
{
	if (strcmp(answer, "-") == 0)
		return setup_set_text(&setup->user, NULL, err);
	for (const char *at = answer; *at; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			return fail(err, COURANT_USAGE, "a login name holds no control characters");
	return setup_set_text(&setup->user, answer, err);
}

/* The URL with the user in it, percent-encoded where a URL would mean something else by it. */
static int write_server(struct setup *setup, courant_error **err)
{
	AUTO(buffer) struct buffer url = BUFFER_LIMIT(TEXT_MAX_BYTES);
	const slice server = slice_of(setup->server);
	const size_t scheme = slice_find_slice(server, SLICE("://"));
	const size_t begin = scheme == SLICE_NONE ? 0 : scheme + 3;
	const slice rest = slice_after(server, begin);
	const size_t at = slice_find_last(slice_part(rest, 0, slice_find(rest, '?')), '@');

	if (!setup->user || !setup->needs_login)
		return setup_set_text(&setup->account.server, setup->server, err);
	buffer_append(&url, slice_part(server, 0, begin));
	for (const char *c = setup->user; *c; c++) {
		if (ascii_is_alnum(*c) || (unsigned char)*c >= 0x80 || strchr("@._-+=~", *c))
			buffer_append_byte(&url, *c);
		else
			buffer_printf(&url, "%%%02X", (unsigned char)*c);
	}
	buffer_append_byte(&url, '@');
	buffer_append(&url, at == SLICE_NONE ? rest : slice_after(rest, at + 1));
	free(setup->account.server);
	setup->account.server = NULL;
	return buffer_take(&url, &setup->account.server, NULL, err);
}

static int find_user(struct setup *setup, courant_error **err)
{
	const bool is_provider = provider_find_host(slice_of(setup->host));

	if (setup->needs_login && (!setup->user || cli_value(setup->call, "user")) &&
	    settle(setup,
		   &(struct question){
			   .option = "user",
			   .words = "Login name, or - for no login",
			   .fallback = setup->address,
			   .without_asking = is_provider ? setup->address : "-",
			   .take = take_user,
		   },
		   err) < 0)
		return -1;
	return write_server(setup, err);
}

/* ---- the account's name, and where a password of it would be ---- */

static int name_account(struct setup *setup, courant_error **err)
{
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(TEXT_MAX_BYTES);
	const char *given = cli_value(setup->call, "account"), *file = cli_value(setup->call, "password-file");
	const struct provider *provider = provider_find_host(slice_of(setup->host));
	const char *name = given ? given : provider ? provider->name : "main";

	for (const char *c = name; *c; c++)
		if (!ascii_is_alnum(*c) && *c != '-' && *c != '_')
			return fail(err, COURANT_USAGE, "--account: \"%s\" is not a name of letters, digits, - and _", name);
	if (!name[0] || name[0] == '-')
		return fail(err, COURANT_USAGE, "--account: a name begins with a letter or a digit");
	if (file)
		buffer_append(&path, slice_of(file));
	else
		buffer_printf(&path, "%s%s%s.password", setup->folder, setup->folder[1] ? "/" : "", name);
	return buffer_check(&path, err) < 0 || setup_set_text(&setup->account.name, name, err) < 0 ? -1 : setup_set_path(&setup->password_path, path.bytes, err);
}

/* ---- trying it ---- */

static const struct deliver_account *show(const struct config_account *account, struct deliver_account *into)
{
	struct config config = {.accounts = (struct config_account *)account, .n_accounts = 1};

	return settings_account(&config, into);
}

/* A call of courant send with these words (NULL at the end), which it borrows. */
static int call_send(const struct setup *setup, char **words, struct cli_call *ret, courant_error **err)
{
	int n = 0;

	while (words[n])
		n++;
	*ret = *setup->call;
	ret->command = cli_command_find("send", NULL);
	ret->words = words;
	ret->values = NULL;
	ret->arguments = NULL;
	ret->n_arguments = 0;
	if (options_parse(ret, n, words, err) < 0)
		return -1;
	ret->is_verbose = setup->call->is_verbose;
	ret->is_quiet = setup->call->is_quiet;
	return 0;
}

static int try_once(struct setup *setup, courant_error **err)
{
	char *no_words[] = {NULL};
	struct deliver_account shown;
	const struct deliver_account *account = show(&setup->account, &shown);
	AUTO(call) struct cli_call call = {.command = setup->call->command};
	AUTO(target) struct target target = {0};
	AUTO(deliver) struct deliver *deliver = NULL;

	if (call_send(setup, no_words, &call, err) < 0 || deliver_target(&call, account, &target, err) < 0)
		return -1;
	deliver = deliver_new(&call, &target, account, err);
	return deliver ? deliver_try(deliver, err) : -1;
}

static int find_way_in(struct setup *setup, courant_error **err)
{
	return find_server(setup, err) < 0 || find_user(setup, err) < 0 || name_account(setup, err) < 0 || setup_find_password(setup, err) < 0 ? -1 : 0;
}

enum { AGAIN_PASSWORD, AGAIN_SERVER, WRITE_IT };

/* After a failure. *ret_is_over: write it as it is. */
static int change(struct setup *setup, bool *ret_is_over, courant_error **err)
{
	static const char *const choices[] = {[AGAIN_PASSWORD] = "give another password", [AGAIN_SERVER] = "give another server or login",
					      [WRITE_IT] = "write the configuration as it is", "end, and write nothing", NULL};
	size_t choice;

	if (setup_choose("What now?", choices, &choice, err) < 0)
		return -1;
	*ret_is_over = choice == WRITE_IT;
	if (choice > WRITE_IT)
		return fail(err, COURANT_USAGE, "setup was ended; nothing has been written");
	if (choice != WRITE_IT)
		setup_forget_password(setup);
	return choice == AGAIN_PASSWORD ? (setup->user ? setup_ask_for_password(setup, err) : 0) : choice == AGAIN_SERVER ? find_way_in(setup, err) : 0;
}

static int try_until_it_works(struct setup *setup, courant_error **err)
{
	bool is_over = cli_flag(setup->call, "offline");

	while (!is_over) {
		courant_error *why = NULL;
		const struct provider *provider = provider_find_host(slice_of(setup->host));

		if (try_once(setup, &why) == 0)
			return 0;
		if (provider && courant_error_code(why) == COURANT_LOGIN)
			cli_warn(setup->call, "%s", provider->hint);
		/* What an option says is not asked again. */
		if (!setup->is_asking || cli_value(setup->call, "server"))
			return fail_pass(err, why);
		(void)cli_fail(setup->call, why);
		if (change(setup, &is_over, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- the file ---- */

static int find_path(struct setup *setup, courant_error **err)
{
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(TEXT_MAX_BYTES);

	if (settings_new_path(setup->call, &path, err) < 0 || setup_set_path(&setup->path, path.bytes, err) < 0)
		return -1;

	const size_t slash = slice_find_last(slice_of(setup->path), '/');

	setup->folder = mem_copy(slice_from(setup->path, slash ? slash : 1));
	return setup->folder ? 0 : fail_memory(err);
}

/* One that is there is not replaced by accident. */
static int check_path(struct setup *setup, courant_error **err)
{
	AUTO(buffer) struct buffer question = BUFFER_LIMIT(TEXT_MAX_BYTES);
	bool may_replace = cli_flag(setup->call, "force");

	if (access(setup->path, F_OK) < 0 || may_replace)
		return 0;
	buffer_printf(&question, "%s is there already. Replace it, and keep it as courant.yaml.old (yes or no)?", setup->path);
	if (buffer_check(&question, err) < 0 || (setup->is_asking && setup_confirm(question.bytes, &may_replace, err) < 0))
		return -1;
	return may_replace ? 0
			   : fail(err, COURANT_CANT_CREATE, "%s is there already; with --force it is replaced, and kept as %s.old", setup->path, setup->path);
}

/* A second name for the one that is there; the new one takes the first from it. */
static int keep_old(const struct setup *setup, courant_error **err)
{
	AUTO(buffer) struct buffer old = BUFFER_LIMIT(TEXT_MAX_BYTES);

	buffer_printf(&old, "%s.old", setup->path);
	if (buffer_check(&old, err) < 0)
		return -1;
	if (access(setup->path, F_OK) < 0)
		return 0;
	/* Not there is as well. */
	(void)unlink(old.bytes);
	return link(setup->path, old.bytes) == 0 ? 0 : fail_errno_as(err, COURANT_CANT_CREATE, errno, "cannot keep %s as %s", setup->path, old.bytes);
}

/* The system's own is for everyone who sends, and read by the service; a password is never in it. */
static mode_t mode_of(const struct setup *setup)
{
	return geteuid() == 0 && strcmp(setup->folder, SYSTEM_FOLDER) == 0 && !setup->account.password ? 0644 : 0600;
}

static int write_config(struct setup *setup, courant_error **err)
{
	AUTO(secret_buffer) struct buffer text = BUFFER_LIMIT(CONFIG_MAX_BYTES);
	AUTO(buffer) struct buffer said = BUFFER_LIMIT(TEXT_MAX_BYTES);
	slice bytes;

	buffer_append(&text, SLICE("# Written by courant setup; courant.yaml(5) explains it.\n"));
	config_write(&text, &setup->account, setup->address);
	if (buffer_slice(&text, &bytes, err) < 0 || keep_old(setup, err) < 0 || file_write_atomic(setup->path, bytes, mode_of(setup), err) < 0 ||
	    (setup->account.password && setup_give_to_service(setup, setup->path, err) < 0))
		return -1;
	buffer_printf(&said, "written: %s\n", setup->path);
	return setup->call->is_quiet ? 0 : cli_print(buffer_peek(&said), err);
}

/* ---- the test mail ---- */

static int take_recipient(struct setup *setup, const char *answer, courant_error **err)
{
	if (strcmp(answer, "-") != 0 && mailbox_check_spec(slice_of(answer), err) < 0)
		return -1;
	return setup_set_text(&setup->recipient, answer, err);
}

/* As courant send would, by the file that was just written. The exit status. */
static int send_test(struct setup *setup, courant_error **err)
{
	if (cli_flag(setup->call, "offline"))
		return 0;
	if (settle(setup,
		   &(struct question){
			   .option = "to",
			   .words = "Who gets a test mail, or - for nobody",
			   .fallback = setup->address,
			   .without_asking = setup->address,
			   .take = take_recipient,
		   },
		   err) < 0)
		return -1;
	if (strcmp(setup->recipient, "-") == 0)
		return 0;

	char *words[] = {(char *)"--config", setup->path, (char *)"--to", setup->recipient, (char *)"--subject", (char *)"Courant can send mail", (char *)"--text-body",
			 (char *)"This mail was sent by courant setup: the mail server takes mail from this machine.\n", NULL};
	AUTO(call) struct cli_call call = {.command = setup->call->command};

	return call_send(setup, words, &call, err) < 0 ? -1 : send_run(&call);
}

static int set_up(struct setup *setup, courant_error **err)
{
	const struct cli_call *call = setup->call;

	if (find_path(setup, err) < 0 || check_path(setup, err) < 0 || find_address(setup, err) < 0 ||
	    setup_set_path(&setup->account.ca_file, cli_value(call, "ca-file"), err) < 0 || setup_set_text(&setup->account.proxy, cli_value(call, "proxy"), err) < 0 ||
	    find_way_in(setup, err) < 0 || try_until_it_works(setup, err) < 0 || file_make_folder(setup->folder, geteuid() == 0 ? 0755 : 0700, err) < 0 ||
	    setup_keep_password(setup, err) < 0 || write_config(setup, err) < 0)
		return -1;
	return send_test(setup, err);
}

int setup_run(struct cli_call *call)
{
	AUTO(setup) struct setup setup = {.call = call, .is_asking = isatty(STDIN_FILENO)};
	courant_error *err = NULL;
	const int status = set_up(&setup, &err);

	return status < 0 ? cli_fail(call, err) : status;
}
