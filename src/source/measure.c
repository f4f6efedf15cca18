/* SPDX-License-Identifier: MIT */
/* measure.c - the words for what numbers are (measure.h) */
#include "source/measure.h"

#include "base/alloc.h"
#include "base/nearest.h"

const struct measure measures[] = {
	{"bits/s", TABLE_BYTE_RATE, 0.125, "bits a second, shown as bytes a second"},
	{"bytes", TABLE_BYTES, 1, "bytes that were sent or written, in powers of 1000; rows that are joined are added up"},
	{"bytes/s", TABLE_BYTE_RATE, 1, "bytes a second"},
	{"count", TABLE_COUNT, 1, "whole numbers of what happened; rows that are joined are added up"},
	{"KiB", TABLE_MEMORY, 1024, "memory in units of 1024 bytes"},
	{"memory", TABLE_MEMORY, 1, "bytes of memory, in powers of 1024"},
	{"ms", TABLE_SECONDS, 0.001, "a duration in milliseconds"},
	{"number", TABLE_NUMBER, 1, "a number"},
	{"percent", TABLE_RATIO, 0.01, "a share from 0 to 100"},
	{"rate", TABLE_RATE, 1, "times a second"},
	{"ratio", TABLE_RATIO, 1, "a share from 0 to 1"},
	{"seconds", TABLE_SECONDS, 1, "a duration in seconds"},
	{"text", TABLE_TEXT, 1, "words"},
	{"time", TABLE_TIME, 1, "dates and times"},
};
const size_t measures_n = sizeof measures / sizeof *measures;

const struct measure *measure_find(slice word)
{
	for (size_t i = 0; i < measures_n; i++)
		if (slice_equal(word, slice_of(measures[i].word)))
			return &measures[i];
	return NULL;
}

static bool is_number(const struct measure *measure)
{
	return measure->type != TABLE_TEXT && measure->type != TABLE_TIME;
}

static int unknown(const struct settings *settings, size_t at, const char *name, bool any, courant_error **err)
{
	const struct source_setting *setting = &settings->items[at];
	const char *words[sizeof measures / sizeof *measures + 1] = {0};
	AUTO(buffer) struct buffer known = BUFFER_LIMIT(1024);
	size_t n = 0;

	for (size_t i = 0; i < measures_n; i++)
		if (any || is_number(&measures[i]))
			words[n++] = measures[i].word;
	for (size_t i = 0; i < n; i++)
		buffer_printf(&known, "%s%s", i == 0 ? "" : i + 1 < n ? ", " : " and ", words[i]);

	const char *nearest = nearest_word(setting->value, words);

	if (nearest)
		return settings_fail(settings, at, err, "\"%s\": unknown type \"%.*s\" (did you mean \"%s\"?)", name, SLICE_ARGS(setting->value), nearest);
	return settings_fail(settings, at, err, "\"%s\": unknown type \"%.*s\"; known are %s", name, SLICE_ARGS(setting->value), known.bytes);
}

/* The one of that column, made when it is new. */
static struct override *override_of(struct overrides *overrides, slice column, courant_error **err)
{
	for (size_t i = 0; i < overrides->n; i++)
		if (slice_equal(column, slice_of(overrides->items[i].column)))
			return &overrides->items[i];

	struct override *grown = mem_resize(overrides->items, overrides->n + 1, sizeof *grown);
	char *copy = mem_copy(column);

	overrides->items = grown ? grown : overrides->items;
	if (!grown || !copy) {
		free(copy);
		(void)fail_memory(err);
		return NULL;
	}
	grown[overrides->n] = (struct override){.column = copy};
	return &grown[overrides->n++];
}

static int read_types(const struct settings *settings, bool any, struct overrides *overrides, courant_error **err)
{
	for (size_t at = 0; (at = settings_find(settings, "types", at)) != SLICE_NONE; at++) {
		const struct measure *found = measure_find(settings->items[at].value);
		struct override *override = override_of(overrides, settings->items[at].key, err);

		if (!override)
			return -1;
		if (!found || (!any && !is_number(found)))
			return unknown(settings, at, "types", any, err);
		override->measure = found;
	}
	return 0;
}

static int read_units(const struct settings *settings, struct overrides *overrides, courant_error **err)
{
	for (size_t at = 0; (at = settings_find(settings, "units", at)) != SLICE_NONE; at++) {
		struct override *override = override_of(overrides, settings->items[at].key, err);

		if (!override)
			return -1;
		free(override->unit);
		if (!(override->unit = mem_copy(settings->items[at].value)))
			return fail_memory(err);
	}
	return 0;
}

static int read_counters(const struct settings *settings, struct overrides *overrides, courant_error **err)
{
	for (size_t at = 0; (at = settings_find(settings, "counters", at)) != SLICE_NONE; at++) {
		struct override *override = override_of(overrides, settings->items[at].value, err);

		if (!override)
			return -1;
		override->is_counter = true;
	}
	return 0;
}

int overrides_read(const struct settings *settings, bool any, struct overrides *ret, courant_error **err)
{
	return read_types(settings, any, ret, err) < 0 || read_units(settings, ret, err) < 0 || read_counters(settings, ret, err) < 0 ? -1 : 0;
}

void overrides_release(struct overrides *overrides)
{
	for (size_t i = 0; i < overrides->n; i++) {
		free(overrides->items[i].column);
		free(overrides->items[i].unit);
	}
	free(overrides->items);
	*overrides = (struct overrides){0};
}

const struct override *overrides_find(const struct overrides *overrides, slice column)
{
	static const struct override nothing;

	for (size_t i = 0; i < overrides->n; i++)
		if (slice_equal(column, slice_of(overrides->items[i].column)))
			return &overrides->items[i];
	return &nothing;
}

static bool is_among(const char *name, const char *const *names)
{
	for (; *names; names++)
		if (slice_equal(slice_of(name), slice_of(*names)))
			return true;
	return false;
}

int overrides_check(const struct overrides *overrides, const char *const *columns, const char *what, courant_error **err)
{
	for (size_t i = 0; i < overrides->n; i++) {
		const char *name = overrides->items[i].column;

		if (is_among(name, columns))
			continue;

		const char *nearest = nearest_word(slice_of(name), columns);

		return nearest ? fail(err, COURANT_CONFIG, "there is no %s \"%s\" (did you mean \"%s\"?)", what, name, nearest)
			       : fail(err, COURANT_CONFIG, "there is no %s \"%s\"", what, name);
	}
	return 0;
}
