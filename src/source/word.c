/* SPDX-License-Identifier: MIT */
/* word.c - a source in one word of a command line: KIND:PLACE;OPTION=VALUE;OPTION.NAME=VALUE… */
#include "source/own.h"

/* What the ending of a place tells. */
static const struct {
	const char *beginning, *ending, *kind;
} places[] = {
	{"http://", "", "prometheus"}, {"https://", "", "prometheus"}, {"", ".csv", "csv"},    {"", ".tsv", "csv"},	{"", ".rrd", "rrd"},
	{"", ".db", "probe"},	       {"", ".log", "weblog"},	       {"", ".gz", "weblog"}, {"", ".zst", "weblog"}, {"", ".xz", "weblog"},
};

static slice guess_kind(slice place)
{
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (slice_starts_nocase(place, slice_of(places[i].beginning)) && slice_ends(place, slice_of(places[i].ending)) &&
		    source_kind_find(slice_of(places[i].kind)))
			return slice_of(places[i].kind);
	return (slice){NULL, 0};
}

/* "csv" of "csv:data.csv", when it is a kind. */
static slice take_kind(slice *place)
{
	const size_t colon = slice_find(*place, ':');
	const slice kind = colon == SLICE_NONE ? SLICE("") : slice_part(*place, 0, colon);

	if (!source_kind_find(kind))
		return guess_kind(*place);
	*place = slice_after(*place, colon + 1);
	return kind;
}

/* "types.load=number" */
static bool read_option(slice option, struct source_setting *ret)
{
	const size_t equals = slice_find(option, '=');
	const slice name = slice_part(option, 0, equals);
	const size_t dot = slice_find(name, '.');

	*ret = (struct source_setting){.name = slice_part(name, 0, dot), .value = slice_after(option, equals + 1), .folder = ""};
	if (dot != SLICE_NONE)
		ret->key = slice_after(name, dot + 1);
	return equals != SLICE_NONE && equals > 0;
}

int source_read_word(const char *word, const char *kind, struct source_setting *ret, size_t max, size_t *ret_n, courant_error **err)
{
	slice rest = slice_of(word), option;
	size_t n = 1;

	*ret = (struct source_setting){.folder = ""};
	(void)slice_next(&rest, ';', &ret->value);
	ret->name = take_kind(&ret->value);
	if (!ret->name.ptr)
		ret->name = slice_of(kind);
	if (!ret->name.len)
		return fail(err, COURANT_USAGE, "%s: what kind of source is it? Say it in front (csv:%s); courant report --sources lists the kinds", word, word);
	while (slice_next(&rest, ';', &option))
		if (n == max || !read_option(option, &ret[n++]))
			return fail(err, COURANT_USAGE, "%s: \"%.*s\" is no option such as consolidation=max", word, SLICE_ARGS(option));
	*ret_n = n;
	return 0;
}

struct source *source_new_from_word(const char *word, const struct source_context *context, courant_error **err)
{
	struct source_setting settings[SOURCE_SETTINGS_MAX];
	AUTO(error) courant_error *error = NULL;
	size_t n = 0;

	if (source_read_word(word, NULL, settings, SOURCE_SETTINGS_MAX, &n, err) < 0)
		return NULL;

	struct source *source = source_new(settings, n, context, NULL, &error);

	if (!source)
		(void)fail(err, courant_error_code(error) == COURANT_CONFIG ? COURANT_USAGE : courant_error_code(error), "%s: %s", word,
			   courant_error_sentence(error));
	return source;
}
