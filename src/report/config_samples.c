/* SPDX-License-Identifier: MIT */
/* config_samples.c - collecting and probing in courant.yaml (config_samples.h) */
#include "report/config_samples.h"

#include "base/alloc.h"
#include "report/values.h"

#define LENGTH(rows) (sizeof(rows) / sizeof *(rows))
#define PORT_MAX     65535
#define TARGETS_MAX  1000

void config_read_samples(struct config_samples *samples, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	value_read_line(&samples->folder, key, value, faults);
}

/* ---- mysql ---- */

#define MYSQL_TEXT(field, reader)                                                                                                                              \
	static void read_##field(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)                                    \
	{                                                                                                                                                          \
		reader(&((struct config_mysql *)into)->field, key, value, faults);                                                                                 \
	}
MYSQL_TEXT(host, value_read_line)
MYSQL_TEXT(socket, value_read_line)
MYSQL_TEXT(user, value_read_line)
MYSQL_TEXT(password_command, value_read_text)
MYSQL_TEXT(password_file, value_read_line)
MYSQL_TEXT(ca_file, value_read_line)
#undef MYSQL_TEXT

static void read_port(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	value_read_count(&((struct config_mysql *)into)->port, 1, PORT_MAX, key, value, faults);
}

static void read_tls(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	static const char *const words[] = {"verified", "none", NULL};
	unsigned word = 0;

	value_read_word(&word, words, key, value, faults);
	((struct config_mysql *)into)->is_clear = word;
}

void config_read_mysql(struct config_samples *samples, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	static const struct yaml_key keys[] = {
		{"host", read_host},     {"port", read_port},
		{"socket", read_socket}, {"user", read_user},
		{"tls", read_tls},       {"password_command", read_password_command},
		{"ca_file", read_ca_file}, {"password_file", read_password_file},
	};

	(void)key;
	yaml_read_map(value, "\"mysql\"", keys, LENGTH(keys), &samples->mysql, faults);
	if (samples->mysql.host && samples->mysql.socket)
		faults_add(faults, key->line, key->column, "\"mysql\" is reached either by a \"host\" or by a \"socket\"");
}

/* ---- targets ---- */

static const char *option_of(slice name)
{
	for (size_t i = 0; probe_target_options[i]; i++)
		if (slice_equal(name, slice_of(probe_target_options[i])))
			return probe_target_options[i];
	return NULL;
}

static void read_option(struct probe_target *target, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	const char *option = option_of(key->text);

	if (!option) {
		yaml_unknown(key, "key of a target", probe_target_options, faults);
		return;
	}
	for (const struct yaml_node *item = NULL; (item = yaml_next_item(value, item));) {
		courant_error *error = NULL;
		slice text;

		if (yaml_read_text(key, item, faults, &text) && probe_target_set(target, option, text, &error) < 0)
			value_fault(item, error, faults);
	}
}

static void read_target(struct probe_target *target, const struct yaml_node *item, struct faults *faults)
{
	const size_t before = faults->n + faults->n_more;
	const struct yaml_node *place = item->kind == YAML_MAP && item->first ? item->first : item;
	courant_error *error = NULL;

	switch (item->kind) {
	case YAML_TEXT:
		if (probe_target_set(target, "url", item->text, &error) < 0)
			value_fault(item, error, faults);
		break;
	case YAML_MAP:
		for (const struct yaml_node *key = item->first; key && key->next; key = key->next->next)
			read_option(target, key, key->next, faults);
		break;
	case YAML_LIST:
		faults_add(faults, item->line, item->column, "a target is a URL, or a map with a \"url\", not a list");
		break;
	}
	if (faults->n + faults->n_more == before && probe_target_finish(target, &error) < 0)
		value_fault(place, error, faults);
}

/* Two targets of one name would be one in the figures. */
static void check_name(const struct config_samples *samples, const struct yaml_node *item, struct faults *faults)
{
	const struct probe_target *last = &samples->targets[samples->n_targets - 1];

	for (size_t i = 0; last->name && i + 1 < samples->n_targets; i++)
		if (samples->targets[i].name && slice_equal(slice_of(samples->targets[i].name), slice_of(last->name)))
			faults_add(faults, item->line, item->column, "two targets are called \"%s\": give one of them another \"name\"", last->name);
}

void config_read_targets(struct config_samples *samples, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	for (const struct yaml_node *item = NULL; (item = yaml_next_item(value, item));) {
		struct probe_target *grown = mem_resize(samples->targets, samples->n_targets + 1, sizeof *grown);

		if (!grown || samples->n_targets == TARGETS_MAX) {
			faults_add(faults, key->line, key->column, "these are too many targets (%d at most)", TARGETS_MAX);
			samples->targets = grown ? grown : samples->targets;
			return;
		}
		samples->targets = grown;
		probe_target_init(&grown[samples->n_targets++]);
		read_target(&grown[samples->n_targets - 1], item, faults);
		check_name(samples, item->kind == YAML_MAP && item->first ? item->first : item, faults);
	}
}

void config_samples_release(struct config_samples *samples)
{
	char *const texts[] = {samples->folder,
			       samples->mysql.host,
			       samples->mysql.socket,
			       samples->mysql.user,
			       samples->mysql.password_command,
			       samples->mysql.password_file,
			       samples->mysql.ca_file};

	for (size_t i = 0; i < LENGTH(texts); i++)
		free(texts[i]);
	for (size_t i = 0; i < samples->n_targets; i++)
		probe_target_release(&samples->targets[i]);
	free(samples->targets);
	*samples = (struct config_samples){0};
}
