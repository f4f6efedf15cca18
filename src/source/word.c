/* SPDX-License-Identifier: MIT */
/* word.c - a source in one word of a command line: KIND:PLACE;OPTION=VALUE;OPTION.NAME=VALUE… */
#include "source/own.h"

#define SETTINGS_MAX 64

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

	*ret = (struct source_setting){.name = slice_part(name, 0, dot), .value = slice_after(option, equals + 1)};
	if (dot != SLICE_NONE)
		ret->key = slice_after(name, dot + 1);
	return equals != SLICE_NONE && equals > 0;
}

struct source *source_new_from_word(const char *word, const struct source_context *context, courant_error **err)
{
	struct source_setting settings[SETTINGS_MAX];
	AUTO(error) courant_error *error = NULL;
	slice rest = slice_of(word), option;
	size_t n = 1;

	(void)slice_next(&rest, ';', &settings[0].value);
	settings[0].key = (slice){NULL, 0};
	settings[0].name = take_kind(&settings[0].value);
	if (!settings[0].name.ptr) {
		(void)fail(err, COURANT_USAGE, "%s: what kind of source is it? Say it in front (csv:%s); courant report --sources lists the kinds", word, word);
		return NULL;
	}
	while (slice_next(&rest, ';', &option)) {
		if (n == SETTINGS_MAX || !read_option(option, &settings[n++])) {
			(void)fail(err, COURANT_USAGE, "%s: \"%.*s\" is no option such as consolidation=max", word, SLICE_ARGS(option));
			return NULL;
		}
	}

	struct source *source = source_new(settings, n, context, NULL, &error);

	if (!source)
		(void)fail(err, courant_error_code(error) == COURANT_CONFIG ? COURANT_USAGE : courant_error_code(error), "%s: %s", word,
			   courant_error_sentence(error));
	return source;
}
