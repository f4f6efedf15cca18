/* SPDX-License-Identifier: MIT */
/* config.c - reading courant.yaml */
#include "report/config.h"

#include <sys/stat.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/secret.h"
#include "report/file.h"
#include "report/values.h"

#define LENGTH(rows) (sizeof(rows) / sizeof *(rows))

struct reading {
	struct config *config;
	const struct yaml_node *order;
	const struct yaml_node *serve;    /* the key */
	const struct yaml_node *password; /* the first one that stands in the file itself */
};

struct account_reading {
	struct reading *reading;
	struct config_account *account;
};

#define ACCOUNT_TEXT(field, reader)                                                                \
	static void read_##field(void *into, const struct yaml_node *key,                          \
	                         const struct yaml_node *value, struct faults *faults)             \
	{                                                                                          \
		reader(&((struct account_reading *)into)->account->field, key, value, faults);     \
	}
ACCOUNT_TEXT(from, value_read_address)
ACCOUNT_TEXT(password_command, value_read_text)
ACCOUNT_TEXT(password_file, value_read_line)
ACCOUNT_TEXT(ca_file, value_read_line)
ACCOUNT_TEXT(token_command, value_read_text)
ACCOUNT_TEXT(proxy, value_read_line)
#undef ACCOUNT_TEXT

static void note_password(struct reading *reading, const struct yaml_node *node)
{
	if (!reading->password)
		reading->password = node;
}

static void read_password(void *into, const struct yaml_node *key, const struct yaml_node *value,
                          struct faults *faults)
{
	struct account_reading *reading = into;

	note_password(reading->reading, value);
	value_read_text(&reading->account->password, key, value, faults);
}

/* "smtp://user:secret@host": a password between the first colon behind the scheme and the @. */
static bool holds_password(slice url)
{
	const size_t scheme = slice_find_slice(url, SLICE("://"));
	const slice rest = scheme == SLICE_NONE ? url : slice_after(url, scheme + 3);
	const size_t at = slice_find_last(rest, '@');

	return scheme != SLICE_NONE && at != SLICE_NONE &&
	       slice_find(slice_part(rest, 0, at), ':') != SLICE_NONE;
}

static void read_server(void *into, const struct yaml_node *key, const struct yaml_node *value,
                        struct faults *faults)
{
	struct account_reading *reading = into;

	value_read_line(&reading->account->server, key, value, faults);
	if (value->kind == YAML_TEXT && holds_password(value->text))
		note_password(reading->reading, value);
}

static const struct yaml_key account_keys[] = {
        {"server", read_server},
        {"from", read_from},
        {"password_command", read_password_command},
        {"password_file", read_password_file},
        {"password", read_password},
        {"ca_file", read_ca_file},
        {"token_command", read_token_command},
        {"proxy", read_proxy},
};

static void read_accounts(void *into, const struct yaml_node *key, const struct yaml_node *value,
                          struct faults *faults)
{
	struct reading *reading = into;
	struct config *config = reading->config;

	(void)key;
	if (value->kind != YAML_MAP) {
		faults_add(faults, value->line, value->column,
		           "\"accounts\" is a map of names and accounts, not %s",
		           yaml_kind_name(value));
		return;
	}
	for (const struct yaml_node *name = value->first; name && name->next;
	     name = name->next->next) {
		struct config_account *grown =
		        mem_resize(config->accounts, config->n_accounts + 1, sizeof *grown);

		if (grown)
			config->accounts = grown;
		char *copy = grown ? mem_copy(name->text) : NULL;
		if (!copy) {
			faults_add(faults, name->line, name->column, "no memory for this account");
			return;
		}
		struct config_account *account = &config->accounts[config->n_accounts++];
		*account = (struct config_account){.name = copy};
		struct account_reading inner = {reading, account};
		const size_t before = faults->n + faults->n_more;
		yaml_read_map(name->next, "an account", account_keys, LENGTH(account_keys), &inner,
		              faults);
		if (!account->server && faults->n + faults->n_more == before)
			faults_add(faults, name->line, name->column,
			           "the account \"%s\" needs a \"server\"", account->name);
	}
}

static void read_order(void *into, const struct yaml_node *key, const struct yaml_node *value,
                       struct faults *faults)
{
	struct reading *reading = into;

	reading->order = value;
	value_read_texts(&reading->config->order, key, value, faults);
}

static void read_reports(void *into, const struct yaml_node *key, const struct yaml_node *value,
                         struct faults *faults)
{
	value_read_texts(&((struct reading *)into)->config->reports, key, value, faults);
}

static void read_owner(void *into, const struct yaml_node *key, const struct yaml_node *value,
                       struct faults *faults)
{
	value_read_address(&((struct reading *)into)->config->owner, key, value, faults);
}

static void read_aliases(void *into, const struct yaml_node *key, const struct yaml_node *value,
                         struct faults *faults)
{
	value_read_line(&((struct reading *)into)->config->aliases, key, value, faults);
}

/* ---- the outbox ---- */

static void read_file(void *into, const struct yaml_node *key, const struct yaml_node *value,
                      struct faults *faults)
{
	value_read_line(&((struct config_outbox *)into)->file, key, value, faults);
}

static void read_socket(void *into, const struct yaml_node *key, const struct yaml_node *value,
                        struct faults *faults)
{
	value_read_line(&((struct config_outbox *)into)->socket, key, value, faults);
}

static void read_unknown(void *into, const struct yaml_node *key, const struct yaml_node *value,
                         struct faults *faults)
{
	static const char *const words[] = {"retry", "hold", NULL};
	unsigned word = 0;

	value_read_word(&word, words, key, value, faults);
	((struct config_outbox *)into)->holds_unknown = word == 1;
}

static void read_give_up(void *into, const struct yaml_node *key, const struct yaml_node *value,
                         struct faults *faults)
{
	value_read_duration(&((struct config_outbox *)into)->give_up_ms, MS_PER_HOUR, 30 * MS_PER_DAY,
	                    key, value, faults);
}

static void read_keep(void *into, const struct yaml_node *key, const struct yaml_node *value,
                      struct faults *faults)
{
	value_read_duration(&((struct config_outbox *)into)->keep_ms, MS_PER_HOUR, 3660 * MS_PER_DAY,
	                    key, value, faults);
}

static void read_connections(void *into, const struct yaml_node *key, const struct yaml_node *value,
                             struct faults *faults)
{
	value_read_count(&((struct config_outbox *)into)->connections, 1, 64, key, value, faults);
}

static const struct yaml_key outbox_keys[] = {
        {"file", read_file},       {"socket", read_socket}, {"unknown", read_unknown},
        {"give_up", read_give_up}, {"keep", read_keep},     {"connections", read_connections},
};

/* A file alone, or a map with a file in it. */
static void read_outbox(void *into, const struct yaml_node *key, const struct yaml_node *value,
                        struct faults *faults)
{
	struct config_outbox *outbox = &((struct reading *)into)->config->outbox;
	const size_t before = faults->n + faults->n_more;

	if (value->kind != YAML_MAP) {
		value_read_line(&outbox->file, key, value, faults);
		return;
	}
	yaml_read_map(value, "\"outbox\"", outbox_keys, LENGTH(outbox_keys), outbox, faults);
	if (!outbox->file && faults->n + faults->n_more == before)
		faults_add(faults, key->line, key->column, "\"outbox\" needs a \"file\"");
}

static void read_serve(void *into, const struct yaml_node *key, const struct yaml_node *value,
                       struct faults *faults)
{
	struct reading *reading = into;

	reading->serve = key;
	config_serve_read(&reading->config->serve, value, faults);
}

static void read_timezone(void *into, const struct yaml_node *key, const struct yaml_node *value,
                          struct faults *faults)
{
	value_read_zone(&((struct reading *)into)->config->timezone, key, value, faults);
}

static void read_language(void *into, const struct yaml_node *key, const struct yaml_node *value,
                          struct faults *faults)
{
	struct config *config = ((struct reading *)into)->config;

	value_read_language(&config->language, &config->has_language, key, value, faults);
}

static void read_samples(void *into, const struct yaml_node *key, const struct yaml_node *value,
                         struct faults *faults)
{
	config_read_samples(&((struct reading *)into)->config->samples, key, value, faults);
}

static void read_mysql(void *into, const struct yaml_node *key, const struct yaml_node *value,
                       struct faults *faults)
{
	config_read_mysql(&((struct reading *)into)->config->samples, key, value, faults);
}

static void read_targets(void *into, const struct yaml_node *key, const struct yaml_node *value,
                         struct faults *faults)
{
	config_read_targets(&((struct reading *)into)->config->samples, key, value, faults);
}

static const struct yaml_key config_keys[] = {
        {"accounts", read_accounts}, {"account", read_order},     {"reports", read_reports},
        {"owner", read_owner},       {"language", read_language}, {"timezone", read_timezone},
        {"aliases", read_aliases},   {"outbox", read_outbox},     {"samples", read_samples},
        {"mysql", read_mysql},       {"targets", read_targets},   {"serve", read_serve},
};

/* The names in `account` must be those of accounts. */
static void check_order(const struct reading *reading, struct faults *faults)
{
	if (!reading->order)
		return;
	for (const struct yaml_node *item = NULL; (item = yaml_next_item(reading->order, item));) {
		AUTO(free)
		const char **names = mem_array(reading->config->n_accounts + 1, sizeof *names);

		if (!names || item->kind != YAML_TEXT ||
		    config_find_account(reading->config, item->text))
			continue;
		for (size_t i = 0; i < reading->config->n_accounts; i++)
			names[i] = reading->config->accounts[i].name;
		yaml_unknown(item, "account", names, faults);
	}
}

/* What the service does again and again must come to something. */
static void check_serve(const struct reading *reading, struct faults *faults)
{
	const struct config_samples *samples = &reading->config->samples;
	const struct config_serve *serve = &reading->config->serve;

	if ((serve->collect_ms || serve->probe_ms) && !samples->folder)
		faults_add(faults, reading->serve->line, reading->serve->column, "\"serve\" takes samples that nobody keeps: \"samples: FOLDER\" says where");
	if (serve->probe_ms && !samples->n_targets)
		faults_add(faults, reading->serve->line, reading->serve->column, "\"serve\" probes nothing: \"targets: URL\" says what");
}

static int check_secrecy(const char *path, const struct stat *status, const struct reading *reading,
                         courant_error **err)
{
	if (!reading->password || !(status->st_mode & (S_IRWXG | S_IRWXO)))
		return 0;
	return fail(err, COURANT_CONFIG,
	            "%s holds a password (line %d) and others may read it: chmod 600 %s", path,
	            reading->password->line, path);
}

static slice folder_of(slice path)
{
	const size_t slash = slice_find_last(path, '/');

	return slash == SLICE_NONE ? SLICE("") : slice_part(path, 0, slash ? slash : 1);
}

/* A relative one lies beside the configuration, wherever the program is started. */
static int place_outbox(struct config *config, courant_error **err)
{
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(4096);

	if (config->outbox.file[0] == '/' || !config->folder[0])
		return 0;
	buffer_printf(&path, "%s/%s", config->folder, config->outbox.file);
	free(STEAL(config->outbox.file));
	return buffer_take(&path, &config->outbox.file, NULL, err);
}

int config_load(const char *path, struct faults *faults, struct config *ret, courant_error **err)
{
	AUTO(close) int fd = file_open(path, err);
	/* The bytes may hold a password, and so may the tree. */
	AUTO(secret_buffer) struct buffer bytes = BUFFER_LIMIT(YAML_MAX_BYTES);
	AUTO(yaml) struct yaml yaml = {0};
	AUTO(config) struct config config = {.serve = CONFIG_SERVE_DEFAULTS};
	struct stat status;
	slice text;

	if (fd < 0)
		return -1;
	if (fstat(fd, &status) < 0 || file_read_all(fd, path, &bytes, err) < 0 ||
	    buffer_slice(&bytes, &text, err) < 0)
		return fail_within(err, "cannot read the configuration");
	if (yaml_parse(text, faults, &yaml, err) < 0)
		return -1;
	if (yaml.root) {
		struct reading reading = {.config = &config};

		yaml_read_map(yaml.root, "the configuration", config_keys, LENGTH(config_keys),
		              &reading, faults);
		check_order(&reading, faults);
		check_serve(&reading, faults);
		if (check_secrecy(path, &status, &reading, err) < 0)
			return -1;
	}
	if (!faults_is_empty(faults))
		return fail(err, COURANT_CONFIG, "%s has %zu %s", path, faults->n + faults->n_more,
		            faults->n + faults->n_more == 1 ? "fault" : "faults");
	if (!(config.folder = mem_copy(folder_of(slice_of(path)))))
		return fail_memory(err);
	if (config.outbox.file && place_outbox(&config, err) < 0)
		return -1;
	*ret = config;
	config = (struct config){0};
	return 0;
}

const struct config_account *config_find_account(const struct config *config, slice name)
{
	for (size_t i = 0; i < config->n_accounts; i++) {
		if (slice_equal(name, slice_of(config->accounts[i].name)))
			return &config->accounts[i];
	}
	return NULL;
}

int config_prefer_accounts(struct config *config, const struct report_file *file, struct faults *faults, courant_error **err)
{
	AUTO(texts) struct texts order = {NULL, 0};

	if (file->accounts.n == 0)
		return 0;
	for (size_t i = 0; i < file->accounts.n; i++) {
		const slice name = slice_of(file->accounts.items[i]);

		if (!config_find_account(config, name))
			faults_add(faults, file->accounts_place.line, file->accounts_place.column, "courant.yaml has no account \"%.*s\"", SLICE_ARGS(name));
		if (texts_add(&order, name, err) < 0)
			return -1;
	}
	if (!faults_is_empty(faults))
		return report_file_fail(file->path, faults, err);
	texts_release(&config->order);
	config->order = order;
	order = (struct texts){NULL, 0};
	return 0;
}

const struct config_account *config_account_at(const struct config *config, size_t i)
{
	if (config->order.n)
		return i < config->order.n
		               ? config_find_account(config, slice_of(config->order.items[i]))
		               : NULL;
	return i < config->n_accounts ? &config->accounts[i] : NULL;
}

void config_release(struct config *config)
{
	for (size_t i = 0; i < config->n_accounts; i++) {
		struct config_account *account = &config->accounts[i];

		free(account->name);
		free(account->server);
		free(account->from);
		free(account->password_command);
		free(account->password_file);
		free(account->ca_file);
		free(account->token_command);
		free(account->proxy);
		secret_free(account->password);
	}
	free(config->accounts);
	free(config->folder);
	free(config->outbox.file);
	free(config->outbox.socket);
	texts_release(&config->order);
	texts_release(&config->reports);
	config_serve_release(&config->serve);
	free(config->owner);
	free(config->aliases);
	free(config->timezone);
	config_samples_release(&config->samples);
	*config = (struct config){0};
}
