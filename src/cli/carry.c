/* SPDX-License-Identifier: MIT */
/* carry.c - accounts → targets → ways → a runner (carry.h) */
#include "cli/carry.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <courant/smtp.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/secret.h"

#define CONNECTIONS_DEFAULT 2
#define KEEP_DEFAULT_MS     (7 * MS_PER_DAY)
#define IDLE_MS             (2 * MS_PER_SECOND)
#define NAME_MAX_BYTES      1024

extern char **environ;

struct carry {
	const struct cli_call *call;
	const struct config *config;
	struct carry_hooks hooks;
	struct target *targets; /* by account */
	struct runner_way *ways;
	char **servers;         /* their names */
	size_t *order;
	struct utsname machine;
	char *words;
	struct runner *runner;
};

/* ---- ways out ---- */

static int fill_target(const struct config_account *account, struct target *ret, courant_error **err)
{
	AUTO(target) struct target target = {0};

	if (target_parse(slice_of(account->server), &target, err) < 0 ||
	    (account->ca_file && !target.ca_file && target_set(&target, SLICE("ca_file"), slice_of(account->ca_file), err) < 0) ||
	    (account->proxy && !target.proxy.host && target_set(&target, SLICE("proxy"), slice_of(account->proxy), err) < 0) || target_finish(&target, err) < 0)
		return fail_within(err, "account %s", account->name);
	*ret = target;
	target = (struct target){0};
	return 0;
}

static int fill_way(struct carry *carry, size_t i, courant_error **err)
{
	const struct config_account *account = &carry->config->accounts[i];
	struct target *target = &carry->targets[i];
	AUTO(buffer) struct buffer name = BUFFER_LIMIT(NAME_MAX_BYTES);

	if (fill_target(account, target, err) < 0)
		return -1;
	target_write(&name, target);
	if (buffer_take(&name, &carry->servers[i], NULL, err) < 0)
		return -1;
	carry->ways[i] = (struct runner_way){
		.name = account->name,
		.server = target->kind == TARGET_MX ? NULL : carry->servers[i],
		.connections = carry->config->outbox.connections ? carry->config->outbox.connections : CONNECTIONS_DEFAULT,
		.is_final = target->kind == TARGET_MX,
		.waits = target->kind != TARGET_MX && target->kind != TARGET_SMTP,
	};
	return 0;
}

static int fill_ways(struct carry *carry, courant_error **err)
{
	const struct config *config = carry->config;
	const size_t n = config->n_accounts;

	if (n == 0)
		return fail(err, COURANT_CONFIG, "courant.yaml has no account to send by");
	carry->targets = mem_array(n, sizeof *carry->targets);
	carry->ways = mem_array(n, sizeof *carry->ways);
	carry->servers = mem_array(n, sizeof *carry->servers);
	carry->order = mem_array(n, sizeof *carry->order);
	if (!carry->targets || !carry->ways || !carry->servers || !carry->order)
		return fail_memory(err);
	for (size_t i = 0; i < n; i++)
		if (fill_way(carry, i, err) < 0)
			return -1;
	return 0;
}

static size_t fill_order(struct carry *carry)
{
	const struct config_account *account;
	size_t n = 0;

	while (n < carry->config->n_accounts && (account = config_account_at(carry->config, n)))
		carry->order[n++] = (size_t)(account - carry->config->accounts);
	return n;
}

/* ---- opening one ---- */

static int take_secrets(const struct config_account *account, const struct target *target, char **ret_password, char **ret_token, courant_error **err)
{
	struct cli_password_source source = {
		.command = account->token_command, .user = target->user, .host = target->host, .never_asks = true};

	if (!target->user || target->no_login)
		return 0;
	if (source.command) {
		*ret_token = cli_password_take(&source, err);
		return *ret_token ? 0 : -1;
	}
	if (account->password) {
		*ret_password = mem_copy_text(account->password);
		return *ret_password ? 0 : fail_memory(err);
	}
	source.command = account->password_command;
	source.file = account->password_file;
	*ret_password = cli_password_take(&source, err);
	return *ret_password ? 0 : -1;
}

static struct outlet *open_outlet(void *context, size_t way, unsigned connections, int cancel_fd, outlet_done_fn *done, void *done_context, courant_error **err)
{
	struct carry *carry = context;
	const struct config_account *account = &carry->config->accounts[way];
	const struct target *target = &carry->targets[way];
	AUTO(secret) char *password = NULL;
	AUTO(secret) char *token = NULL;

	if (take_secrets(account, target, &password, &token, err) < 0) {
		(void)fail_within(err, "account %s", account->name);
		return NULL;
	}

	const struct outlet_options options = {
		.target = target,
		.connections = connections,
		.password = password,
		.token = token,
		.environment = environ,
		.cancel_fd = cancel_fd,
		.trace = carry->call->is_verbose ? courant_trace_stderr : NULL,
		.done = done,
		.done_context = done_context,
	};

	return outlet_new(&options, err);
}

static void settled(void *context, const struct outbox_mail *mail, const struct outbox_recipient *recipient)
{
	const struct carry *carry = context;

	if (carry->hooks.settled)
		carry->hooks.settled(carry->hooks.context, mail, recipient);
}

static void say(void *context, const char *sentence)
{
	const struct carry *carry = context;

	if (carry->hooks.say)
		carry->hooks.say(carry->hooks.context, sentence);
}

/* ---- the runner ---- */

static int make_runner(struct carry *carry, struct outbox *outbox, courant_error **err)
{
	const struct config *config = carry->config;
	const size_t n_order = fill_order(carry);
	const char *from = n_order > 0 ? config->accounts[carry->order[0]].from : NULL;
	const struct runner_options options = {
		.outbox = outbox,
		.words = carry->words,
		.ways = carry->ways,
		.n_ways = config->n_accounts,
		.order = carry->order,
		.n_order = n_order,
		.retry = {.give_up_ms = (int64_t)config->outbox.give_up_ms, .holds_unknown = config->outbox.holds_unknown},
		.notice = {.owner = config->owner, .from = from ? from : config->owner, .hostname = carry->machine.nodename},
		.keep_ms = config->outbox.keep_ms ? (int64_t)config->outbox.keep_ms : KEEP_DEFAULT_MS,
		.seed = random_u64(),
		.idle_ms = IDLE_MS,
		.open = open_outlet,
		.settled = settled,
		.say = say,
		.context = carry,
	};

	carry->runner = runner_new(&options, err);
	return carry->runner ? 0 : -1;
}

struct carry *carry_new(const struct cli_call *call, const struct config *config, struct outbox *outbox, const char *words, const struct carry_hooks *hooks,
			courant_error **err)
{
	AUTO(carry) struct carry *carry = mem_alloc(sizeof *carry);
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(NAME_MAX_BYTES);

	if (!carry) {
		(void)fail_memory(err);
		return NULL;
	}
	carry->call = call;
	carry->config = config;
	carry->hooks = *hooks;
	(void)uname(&carry->machine); /* cannot fail with room for it */
	buffer_printf(&text, "%s at %s, process %ld", words, carry->machine.nodename, (long)getpid());
	if (buffer_take(&text, &carry->words, NULL, err) < 0 || fill_ways(carry, err) < 0 || make_runner(carry, outbox, err) < 0)
		return NULL;
	return STEAL(carry);
}

void carry_free(struct carry *carry)
{
	if (!carry)
		return;
	runner_free(carry->runner);
	for (size_t i = 0; i < carry->config->n_accounts; i++) {
		if (carry->targets)
			target_release(&carry->targets[i]);
		if (carry->servers)
			free(carry->servers[i]);
	}
	free(carry->targets);
	free(carry->ways);
	free(carry->servers);
	free(carry->order);
	free(carry->words);
	free(carry);
}

struct runner *carry_runner(const struct carry *carry)
{
	return carry->runner;
}
