/* SPDX-License-Identifier: MIT */
/* file_sources.c - reading "web: {weblog: [access.log, access.log.1], state: web.ledger}" */
#include "report/file_sources.h"

#include "base/alloc.h"
#include "report/binding.h"
#include "report/values.h"
#include "report/wanted.h"

#define SETTINGS_MAX 200

void file_sources_release(struct file_source *sources, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(sources[i].settings);
		free(sources[i].name_places);
		free(sources[i].value_places);
	}
	free(sources);
}

bool file_source_has(const struct file_source *source, slice name)
{
	for (size_t i = 0; i < source->n_settings; i++)
		if (slice_equal(source->settings[i].name, name))
			return true;
	return false;
}

bool file_source_is_unnamed(const struct file_source *source)
{
	return source->n_settings == 1 && source->settings[0].value.len == 0 && slice_equal(source->settings[0].name, SLICE("weblog"));
}

/* Copies of a text for a setting; ptr NULL without memory, and a fault says so. */
static slice keep(struct report_file *file, const struct yaml_node *node, struct faults *faults)
{
	const char *kept = report_file_keep(file, node->text);

	if (!kept)
		faults_add(faults, node->line, node->column, "no memory for this text");
	return slice_from(kept, kept ? node->text.len : 0);
}

/* Room for one more. */
static bool grow(struct file_source *source)
{
	const size_t n = source->n_settings + 1;
	struct source_setting *settings = mem_resize(source->settings, n, sizeof *settings);
	struct place *names, *values;

	source->settings = settings ? settings : source->settings;
	names = settings ? mem_resize(source->name_places, n, sizeof *names) : NULL;
	source->name_places = names ? names : source->name_places;
	values = names ? mem_resize(source->value_places, n, sizeof *values) : NULL;
	source->value_places = values ? values : source->value_places;
	return values;
}

int file_source_add(struct file_source *source, const struct source_setting *setting, struct place name, struct place value, courant_error **err)
{
	if (source->n_settings == SETTINGS_MAX)
		return fail(err, COURANT_TOO_LARGE, "more than %d values for one source", SETTINGS_MAX);
	if (!grow(source))
		return fail_memory(err);
	source->name_places[source->n_settings] = name;
	source->value_places[source->n_settings] = value;
	source->settings[source->n_settings++] = *setting;
	return 0;
}

/* `entry` is the key of a map's entry, or NULL. */
static void add_setting(struct report_file *file, struct file_source *source, const struct yaml_node *name, const struct yaml_node *entry,
			const struct yaml_node *value, struct faults *faults)
{
	courant_error *error = NULL;
	slice text;

	if (!yaml_read_text(entry ? entry : name, value, faults, &text))
		return;

	const struct source_setting setting = {.name = keep(file, name, faults),
					       .key = entry ? keep(file, entry, faults) : (slice){NULL, 0},
					       .value = keep(file, value, faults)};

	if (file_source_add(source, &setting, place_in(file, entry ? entry : name), place_in(file, value), &error) < 0)
		value_fault(value, error, faults);
}

static void read_setting(struct report_file *file, struct file_source *source, const struct yaml_node *name, const struct yaml_node *value,
			 struct faults *faults)
{
	if (slice_equal(name->text, SLICE("optional"))) {
		value_read_yes(&source->is_optional, name, value, faults);
		return;
	}
	if (value->kind == YAML_MAP) {
		for (const struct yaml_node *entry = value->first; entry; entry = entry->next->next)
			add_setting(file, source, name, entry, entry->next, faults);
		return;
	}
	for (const struct yaml_node *item = NULL; (item = yaml_next_item(value, item));)
		add_setting(file, source, name, NULL, item, faults);
}

static bool check_name(const struct yaml_node *name, struct faults *faults)
{
	if (name->text.len == 0 || slice_find(name->text, '.') != SLICE_NONE) {
		faults_add(faults, name->line, name->column, "the name of a source must not be empty or hold a dot");
		return false;
	}
	if (slice_equal(name->text, SLICE(QUALITY_NAME))) {
		faults_add(faults, name->line, name->column, "no source can be called \"" QUALITY_NAME "\": it is what summaries call the figures of several");
		return false;
	}
	return true;
}

static void read_source(struct report_file *file, const struct yaml_node *name, const struct yaml_node *value, struct faults *faults)
{
	struct file_source *source = &file->sources[file->n_sources++];

	source->place = place_in(file, name);
	source->name = wanted_line(file, name, name, faults);
	if (value->kind != YAML_MAP || !value->first) {
		faults_add(faults, value->line, value->column, "the source \"%.*s\" is a map with its kind and place ({weblog: access.log}), not %s",
			   SLICE_ARGS(name->text), value->kind == YAML_MAP ? "an empty one" : yaml_kind_name(value));
		return;
	}
	for (const struct yaml_node *setting = value->first; setting; setting = setting->next->next)
		read_setting(file, source, setting, setting->next, faults);
}

void file_sources_read(struct report_file *file, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	(void)key;
	if (value->kind != YAML_MAP || !value->first) {
		faults_add(faults, value->line, value->column,
			   "\"sources\" is a map of names and sources (web: {weblog: /var/log/nginx/access.log*}), not %s",
			   value->kind == YAML_MAP ? "an empty one" : yaml_kind_name(value));
		return;
	}
	file_sources_release(file->sources, file->n_sources);
	file->n_sources = 0;
	if (!(file->sources = mem_array(FILE_SOURCES_MAX, sizeof *file->sources))) {
		faults_add(faults, value->line, value->column, "no memory for the sources");
		return;
	}
	for (const struct yaml_node *name = value->first; name; name = name->next->next) {
		if (file->n_sources == FILE_SOURCES_MAX) {
			faults_add(faults, name->line, name->column, "more than %d sources", FILE_SOURCES_MAX);
			return;
		}
		if (check_name(name, faults))
			read_source(file, name, name->next, faults);
	}
}
