/* SPDX-License-Identifier: MIT */
/* file_words.c - finding the place of a source that a command line names */
#include "report/file_words.h"

#include "base/alloc.h"
#include "report/file_sources.h"

#define KIND_OF_LOGS "weblog"

/* "web" of "web=access.log", where it is a source. */
static struct file_source *take_name(struct report_file *file, const char **word)
{
	const size_t equals = slice_find(slice_of(*word), '=');

	for (size_t i = 0; equals != SLICE_NONE && i < file->n_sources; i++) {
		if (slice_equal(slice_part(slice_of(*word), 0, equals), slice_of(file->sources[i].name))) {
			*word += equals + 1;
			return &file->sources[i];
		}
	}
	return NULL;
}

/* "mysql" of "/srv/host7/mysql.rrd" */
static slice stem_of(slice path)
{
	const size_t slash = slice_find_last(path, '/');
	const slice name = slash == SLICE_NONE ? path : slice_after(path, slash + 1);

	return slice_part(name, 0, slice_find(name, '.'));
}

static struct file_source *find_place(struct report_file *file, const struct source_setting *setting)
{
	const bool is_log = slice_equal(setting->name, SLICE(KIND_OF_LOGS));

	for (size_t i = 0; i < file->n_sources && !is_log; i++)
		if (file_source_has(&file->sources[i], setting->name) && slice_equal(stem_of(setting->value), slice_of(file->sources[i].name)))
			return &file->sources[i];
	for (size_t i = 0; i < file->n_sources; i++)
		if (file_source_has(&file->sources[i], setting->name) && (is_log || !file->sources[i].is_of_words))
			return &file->sources[i];
	return NULL;
}

/* What the file says of the place goes; its other options stay. */
static void forget(struct file_source *source, slice name)
{
	size_t kept = 0;

	for (size_t i = 0; i < source->n_settings; i++) {
		if (slice_equal(source->settings[i].name, name))
			continue;
		source->settings[kept] = source->settings[i];
		source->name_places[kept] = source->name_places[i];
		source->value_places[kept++] = source->value_places[i];
	}
	source->n_settings = kept;
}

static int add(struct report_file *file, struct file_source *source, const struct source_setting *setting, courant_error **err)
{
	const char *name = report_file_keep(file, setting->name), *value = report_file_keep(file, setting->value);
	const char *key = setting->key.ptr ? report_file_keep(file, setting->key) : NULL;

	if (!name || !value || (setting->key.ptr && !key))
		return fail_memory(err);
	return file_source_add(source, &(struct source_setting){slice_of(name), slice_of(key), slice_of(value), ""}, (struct place){0, 0}, (struct place){0, 0}, err);
}

static int take_word(struct report_file *file, const char *word, courant_error **err)
{
	struct source_setting settings[SOURCE_SETTINGS_MAX];
	const char *rest = word;
	struct file_source *source = take_name(file, &rest);
	size_t n;

	if (source_read_word(rest, KIND_OF_LOGS, settings, SOURCE_SETTINGS_MAX, &n, err) < 0)
		return -1;
	source = source ? source : find_place(file, &settings[0]);
	if (!source)
		return fail(err, COURANT_USAGE, "%s: the report has no (other) source of kind %.*s; NAME=%s puts it in the place of the source NAME", word,
			    SLICE_ARGS(settings[0].name), word);
	for (size_t i = 0; i < n; i++) {
		if (!source->is_of_words || i > 0)
			forget(source, settings[i].name);
		if (!file_source_has(source, settings[0].name) && i == 0)
			source->n_settings = 0;
		if (add(file, source, &settings[i], err) < 0)
			return -1;
		source->is_of_words = true;
	}
	source->is_optional = false;
	return 0;
}

int file_words_take(struct report_file *file, const char *const *words, size_t n, courant_error **err)
{
	for (size_t i = 0; i < n; i++)
		if (take_word(file, words[i], err) < 0)
			return -1;
	for (size_t i = 0; i < file->n_sources && n > 0; i++)
		file->sources[i].is_left_out = file->sources[i].place.line == 0 && !file->sources[i].is_of_words;
	return 0;
}

int file_words_set_ledger(struct report_file *file, const char *path, courant_error **err)
{
	for (size_t i = 0; i < file->n_sources; i++) {
		struct file_source *source = &file->sources[i];

		if (!file_source_has(source, SLICE(KIND_OF_LOGS)))
			continue;
		forget(source, SLICE("state"));
		return add(file, source, &(struct source_setting){.name = SLICE("state"), .value = slice_of(path)}, err);
	}
	return fail(err, COURANT_USAGE, "--state %s: the report is of no access log", path);
}
