/* SPDX-License-Identifier: MIT */
/* source.c - the kinds of sources, and what is the same for all of them (source.h) */
#include "source/source.h"

#include "base/alloc.h"
#include "base/nearest.h"
#include "source/own.h"

#define KINDS_MAX   8
#define OPTIONS_MAX 32
#define NAMES_MAX   512 /* of tables, when the nearest is looked for */

const struct source_kind *const source_kinds[] = {&source_csv, &source_probe, &source_prometheus, &source_rrd, &source_weblog_kind, NULL};

const struct source_kind *source_kind_find(slice name)
{
	for (size_t i = 0; source_kinds[i]; i++)
		if (slice_equal(name, slice_of(source_kinds[i]->name)))
			return source_kinds[i];
	return NULL;
}

/* ---- What a report file says ---- */

static const struct source_option *find_option(const struct source_kind *kind, slice name)
{
	for (size_t i = 0; i < kind->n_options; i++)
		if (slice_equal(name, slice_of(kind->options[i].name)))
			return &kind->options[i];
	return NULL;
}

static int wrong_name(const struct settings *settings, size_t i, courant_error **err, const char *format, slice name, const char *nearest, const char *known)
{
	*settings->wrong = (struct source_wrong){i, true};
	if (nearest)
		return fail(err, COURANT_CONFIG, "unknown %s \"%.*s\" (did you mean \"%s\"?)", format, SLICE_ARGS(name), nearest);
	return fail(err, COURANT_CONFIG, "unknown %s \"%.*s\"; known are %s", format, SLICE_ARGS(name), known);
}

static void write_names(struct buffer *out, const char *const *names)
{
	for (size_t i = 0; names[i]; i++)
		buffer_printf(out, "%s%s", i == 0 ? "" : names[i + 1] ? ", " : " and ", names[i]);
}

/* The kind: the one setting that has its name. */
static const struct source_kind *choose_kind(const struct settings *settings, courant_error **err)
{
	const char *names[KINDS_MAX + 1] = {0};
	AUTO(buffer) struct buffer known = BUFFER_LIMIT(1024);
	const struct source_kind *kind = NULL;

	for (size_t i = 0; source_kinds[i]; i++)
		names[i] = source_kinds[i]->name;
	write_names(&known, names);
	for (size_t i = 0; i < settings->n; i++) {
		const struct source_kind *found = source_kind_find(settings->items[i].name);

		if (found && kind && found != kind) {
			*settings->wrong = (struct source_wrong){i, true};
			(void)fail(err, COURANT_CONFIG, "a source is of one kind, not of %s and %s", kind->name, found->name);
			return NULL;
		}
		kind = found ? found : kind;
	}
	if (kind)
		return kind;
	for (size_t i = 0; i < settings->n; i++) {
		const char *nearest = nearest_word(settings->items[i].name, names);

		if (nearest || settings->n == 1) {
			(void)wrong_name(settings, i, err, "kind of source", settings->items[i].name, nearest, known.bytes);
			return NULL;
		}
	}
	(void)fail(err, COURANT_CONFIG, "a source needs a kind: %s", known.bytes ? known.bytes : "");
	return NULL;
}

static int check_setting(const struct settings *settings, const struct source_kind *kind, size_t i, courant_error **err)
{
	const struct source_setting *setting = &settings->items[i];
	const struct source_option *option = find_option(kind, setting->name);

	if (!option) {
		const char *names[OPTIONS_MAX + 1] = {0};
		AUTO(buffer) struct buffer known = BUFFER_LIMIT(4096);

		for (size_t k = 0; k < kind->n_options && k < OPTIONS_MAX; k++)
			names[k] = kind->options[k].name;
		write_names(&known, names);
		return wrong_name(settings, i, err, "option of a source", setting->name, nearest_word(setting->name, names), known.bytes);
	}
	if ((setting->key.ptr != NULL) != (option->shape == SOURCE_MAP))
		return settings_fail(settings, i, err, option->shape == SOURCE_MAP ? "\"%s\" is a map of names and values" : "\"%s\" is no map", option->name);
	if (option->shape == SOURCE_TEXT && settings_find(settings, option->name, i + 1) != SLICE_NONE)
		return settings_fail(settings, settings_find(settings, option->name, i + 1), err, "\"%s\" is one value, not a list", option->name);
	if (!setting->value.len && !option->may_be_empty)
		return settings_fail(settings, i, err, "\"%s\" needs a value", option->name);
	return setting->value.len && memchr(setting->value.ptr, '\0', setting->value.len) ? settings_fail(settings, i, err, "\"%s\" holds a NUL", option->name) : 0;
}

struct source *source_new(const struct source_setting *items, size_t n_settings, const struct source_context *context, struct source_wrong *ret_wrong,
			  courant_error **err)
{
	struct source_wrong wrong = {n_settings, false};
	const struct settings settings = {items, n_settings, context, ret_wrong ? ret_wrong : &wrong};

	*settings.wrong = wrong;

	const struct source_kind *kind = choose_kind(&settings, err);

	if (!kind)
		return NULL;
	for (size_t i = 0; i < n_settings; i++)
		if (check_setting(&settings, kind, i, err) < 0)
			return NULL;

	struct source *source = kind->functions->make(&settings, err);

	if (source) {
		source->kind = kind;
		source->now_ms = context->now_ms;
		source->zone = source->own_zone ? source->own_zone : context->zone;
	}
	return source;
}

void source_free(struct source *source)
{
	if (!source)
		return;

	struct zone *own_zone = source->own_zone;
	struct source_table *tables = source->tables;

	for (size_t i = 0; i < source->n_tables; i++) {
		for (size_t k = 0; k < tables[i].n_columns; k++) {
			free((char *)tables[i].columns[k].name);
			free((char *)tables[i].columns[k].unit);
		}
		free((struct table_column *)tables[i].columns);
		free((char *)tables[i].name);
	}
	free(tables);
	source->kind->functions->free(source);
	zone_free(own_zone);
}

/* ---- Opening ---- */

int source_open(struct source *source, const struct source_window *windows, size_t n_windows, courant_error **err)
{
	source->n_windows = n_windows < SOURCE_WINDOWS ? n_windows : SOURCE_WINDOWS;
	for (size_t i = 0; i < source->n_windows; i++)
		source->windows[i] = windows[i];
	return source->kind->functions->begin(source, err);
}

int source_look(struct source *source, const struct source_window *windows, size_t n_windows, bool *ret_is_open, courant_error **err)
{
	*ret_is_open = !source->kind->functions->look;
	return *ret_is_open ? source_open(source, windows, n_windows, err) : source->kind->functions->look(source, err);
}

int source_need_zone(struct source *source, courant_error **err)
{
	if (!source->zone)
		source->zone = source->own_zone = zone_new_fixed(0, err);
	return source->zone ? 0 : -1;
}

static bool copy_columns(struct table_column *to, const struct table_column *from, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		to[i].type = from[i].type;
		to[i].name = mem_copy_text(from[i].name);
		to[i].unit = mem_copy_text(from[i].unit);
		if (!to[i].name || (from[i].unit && !to[i].unit))
			return false;
	}
	return true;
}

int source_add_table(struct source *source, slice name, bool is_series, const struct table_column *columns, size_t n_columns, courant_error **err)
{
	static const struct table_column time = {"time", TABLE_TIME};
	struct source_table *grown = mem_resize(source->tables, source->n_tables + 1, sizeof *grown);
	const size_t n = columns ? n_columns + is_series : 0;

	if (!grown)
		return fail_memory(err);
	source->tables = grown;

	struct source_table *table = &grown[source->n_tables++];
	struct table_column *copies = columns ? mem_array(n, sizeof *copies) : NULL;

	/* Complete enough to be freed, whatever fails now. */
	*table = (struct source_table){.name = mem_copy(name), .is_series = is_series, .columns = copies, .n_columns = copies ? n : 0};
	if (!table->name || (columns && !copies) || (copies && is_series && !copy_columns(copies, &time, 1)) ||
	    (copies && !copy_columns(copies + is_series, columns, n_columns)))
		return fail_memory(err);
	return 0;
}

/* ---- Taking ---- */

const struct source_table *source_find_table(const struct source *source, slice name, courant_error **err)
{
	const char *names[NAMES_MAX + 1] = {0};
	AUTO(buffer) struct buffer known = BUFFER_LIMIT((size_t)64 * 1024);

	if (!name.len && source->n_tables)
		return source->tables;
	for (size_t i = 0; i < source->n_tables; i++) {
		if (slice_equal(name, slice_of(source->tables[i].name)))
			return &source->tables[i];
		if (i < NAMES_MAX)
			names[i] = source->tables[i].name;
	}

	const char *nearest = nearest_word(name, names);

	write_names(&known, names);
	if (!source->n_tables)
		(void)fail(err, COURANT_CONFIG, "there is no table \"%.*s\": the source has none", SLICE_ARGS(name));
	else if (nearest)
		(void)fail(err, COURANT_CONFIG, "there is no table \"%.*s\" (did you mean \"%s\"?)", SLICE_ARGS(name), nearest);
	else
		(void)fail(err, COURANT_CONFIG, "there is no table \"%.*s\"; there are %s", SLICE_ARGS(name), known.bytes ? known.bytes : "");
	return NULL;
}

bool source_table_has(const struct source_table *table, const char *column)
{
	for (size_t i = 0; i < table->n_columns; i++)
		if (slice_equal(slice_of(table->columns[i].name), slice_of(column)))
			return true;
	return false;
}

const struct source_table *source_table_at(const struct source *source, size_t i)
{
	return i < source->n_tables ? &source->tables[i] : NULL;
}

const struct source_window *source_window(const struct source *source, const struct source_request *request)
{
	static const struct source_window all = {INT64_MIN, INT64_MAX};

	return request->window < source->n_windows ? &source->windows[request->window] : &all;
}

struct table *source_take(struct source *source, const struct source_table *table, const struct source_request *request, courant_error **err)
{
	return source->kind->functions->take(source, table, request, err);
}

void source_facts(const struct source *source, struct source_facts *ret)
{
	*ret = (struct source_facts){.kind = source->kind->name, .n_places = 1};
	source->kind->functions->facts(source, ret);
}

const struct zone *source_zone(const struct source *source)
{
	return source->zone;
}
