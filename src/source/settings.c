/* SPDX-License-Identifier: MIT */
/* settings.c - reading what a report file says of a source (own.h) */
#include <stdarg.h>

#include "base/alloc.h"
#include "base/nearest.h"
#include "base/num.h"
#include "source/own.h"

#define SENTENCE_MAX_BYTES 8192
#define PATH_MAX_BYTES     4096
#define YEAR_MS            (366 * MS_PER_DAY)

size_t settings_find(const struct settings *settings, const char *name, size_t from)
{
	for (size_t i = from; i < settings->n; i++)
		if (slice_equal(settings->items[i].name, slice_of(name)))
			return i;
	return SLICE_NONE;
}

slice settings_text(const struct settings *settings, const char *name)
{
	const size_t i = settings_find(settings, name, 0);

	return i == SLICE_NONE ? (slice){NULL, 0} : settings->items[i].value;
}

int settings_fail(const struct settings *settings, size_t i, courant_error **err, const char *format, ...)
{
	AUTO(buffer) struct buffer sentence = BUFFER_LIMIT(SENTENCE_MAX_BYTES);
	va_list args;

	va_start(args, format);
	buffer_vprintf(&sentence, format, args);
	va_end(args);
	*settings->wrong = (struct source_wrong){i, false};
	return fail(err, COURANT_CONFIG, "%s", sentence.bytes ? sentence.bytes : "a setting is wrong");
}

int settings_word(const struct settings *settings, const char *name, const char *const *words, unsigned *ret, courant_error **err)
{
	const size_t i = settings_find(settings, name, 0);

	if (i == SLICE_NONE)
		return 0;

	const slice value = settings->items[i].value;
	AUTO(buffer) struct buffer known = BUFFER_LIMIT(SENTENCE_MAX_BYTES);

	for (unsigned k = 0; words[k]; k++) {
		if (slice_equal(value, slice_of(words[k]))) {
			*ret = k;
			return 0;
		}
		buffer_printf(&known, "%s%s", k == 0 ? "" : words[k + 1] ? ", " : " or ", words[k]);
	}

	const char *nearest = nearest_word(value, words);

	return nearest ? settings_fail(settings, i, err, "\"%s\" is \"%.*s\" (did you mean \"%s\"?)", name, SLICE_ARGS(value), nearest)
		       : settings_fail(settings, i, err, "\"%s\" is \"%.*s\", not %s", name, SLICE_ARGS(value), known.bytes);
}

int settings_duration(const struct settings *settings, const char *name, int64_t *ret_ms, courant_error **err)
{
	const size_t i = settings_find(settings, name, 0);
	uint64_t duration_ms;

	if (i == SLICE_NONE)
		return 0;
	if (!num_parse_duration(settings->items[i].value, &duration_ms) || duration_ms < MS_PER_SECOND || duration_ms > YEAR_MS)
		return settings_fail(settings, i, err, "\"%s\" is \"%.*s\", not a duration such as 300, 5 min or 1 h", name,
				     SLICE_ARGS(settings->items[i].value));
	*ret_ms = (int64_t)duration_ms;
	return 0;
}

int settings_zone(const struct settings *settings, const char *name, struct zone **ret, courant_error **err)
{
	const size_t i = settings_find(settings, name, 0);

	if (i == SLICE_NONE)
		return 0;
	*ret = zone_load(settings->items[i].value, err);
	*settings->wrong = *ret ? *settings->wrong : (struct source_wrong){i, false};
	return *ret ? 0 : -1;
}

char *settings_path(const struct settings *settings, size_t i, courant_error **err)
{
	AUTO(buffer) struct buffer whole = BUFFER_LIMIT(PATH_MAX_BYTES);
	const struct source_setting *setting = &settings->items[i];
	const char *folder = setting->folder ? setting->folder : settings->context->folder;
	const slice path = setting->value;
	char *taken = NULL;

	if (path.len && path.ptr[0] != '/' && folder && folder[0])
		buffer_printf(&whole, "%s/", folder);
	buffer_append(&whole, path);
	(void)buffer_take(&whole, &taken, NULL, err);
	return taken;
}
