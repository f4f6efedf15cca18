/* SPDX-License-Identifier: MIT */
#include "source/source.h"

#include "tap.h"

#define S(setting_name, setting_value)              {SLICE_INIT(setting_name), {NULL, 0}, SLICE_INIT(setting_value)}
#define M(setting_name, setting_key, setting_value) {SLICE_INIT(setting_name), SLICE_INIT(setting_key), SLICE_INIT(setting_value)}
#define NONE                                        SIZE_MAX /* the source as a whole is wrong */

static const struct {
	const char *name;
	struct source_setting settings[4];
	size_t n, wrong;
	bool is_name;
	const char *sentence;
} faults[] = {
	{"an unknown kind", {S("rdr", "x.rrd")}, 1, 0, true, "unknown kind of source \"rdr\" (did you mean \"rrd\"?)"},
	{"a kind like no other", {S("oracle", "x")}, 1, 0, true, "unknown kind of source \"oracle\"; known are csv, "},
	{"an unknown kind among options", {S("consolidation", "max"), S("rdr", "x")}, 2, 1, true, "unknown kind of source \"rdr\" (did you mean \"rrd\"?)"},
	{"no kind at all", {S("consolidation", "max"), S("types", "x")}, 2, NONE, false, "a source needs a kind: csv, "},
	{"two kinds", {S("rrd", "x.rrd"), S("csv", "x.csv")}, 2, 1, true, "a source is of one kind, not of rrd and csv"},
	{"an unknown option", {S("rrd", "x.rrd"), S("consolidaton", "max")}, 2, 1, true,
	 "unknown option of a source \"consolidaton\" (did you mean \"consolidation\"?)"},
	{"an option of another kind", {S("csv", "x.csv"), S("jobs", "2")}, 2, 1, true, "unknown option of a source \"jobs\"; known are csv, separator"},
	{"an unknown word", {S("rrd", "x.rrd"), S("consolidation", "sum")}, 2, 1, false, "\"consolidation\" is \"sum\", not average, min, max or last"},
	{"a word nearby", {S("rrd", "x.rrd"), S("consolidation", "mx")}, 2, 1, false, "\"consolidation\" is \"mx\" (did you mean \"max\"?)"},
	{"a value twice", {S("rrd", "x.rrd"), S("rrd", "y.rrd")}, 2, 1, false, "\"rrd\" is one value, not a list"},
	{"a map for a text", {S("rrd", "x.rrd"), M("consolidation", "a", "max")}, 2, 1, false, "\"consolidation\" is no map"},
	{"a text for a map", {S("rrd", "x.rrd"), S("types", "rate")}, 2, 1, false, "\"types\" is a map of names and values"},
	{"no value", {S("rrd", "")}, 1, 0, false, "\"rrd\" needs a value"},
	{"a NUL", {S("rrd", "a\0b")}, 1, 0, false, "\"rrd\" holds a NUL"},
	{"an unknown type", {S("rrd", "x.rrd"), M("types", "a", "bytes/sec")}, 2, 1, false, "\"types\": unknown type \"bytes/sec\" (did you mean \"bytes/s\"?)"},
	{"a type that is no number", {S("rrd", "x.rrd"), M("types", "a", "text")}, 2, 1, false, "\"types\": unknown type \"text\""},
	{"a duration that is none", {S("rrd", "x.rrd"), S("resolution", "often")}, 2, 1, false, "\"resolution\" is \"often\", not a duration such as"},
	{"an unknown zone", {S("csv", "x.csv"), S("timezone", "Asia/Shangai")}, 2, 1, false, "Asia/Shanghai"},
	{"a number out of range", {S("weblog", "x.log"), S("jobs", "0")}, 2, 1, false, "\"jobs\" is \"0\", not a number from 1 to 64"},
	{"a status that is none", {S("weblog", "x.log"), S("status", "abc")}, 2, 1, false, "abc"},
	{"a filter with a ledger", {S("weblog", "x.log"), S("state", "l"), S("path", "/a*")}, 3, 1, false, "a ledger counts every hit"},
};

static void faults_are_placed(void)
{
	EACH (row, faults) {
		struct source_wrong wrong = {77, false};
		courant_error *err = NULL;

		tap_row(row->name);

		AUTO(source) struct source *source = source_new(row->settings, row->n, &(struct source_context){.now_ms = 0}, &wrong, &err);

		CHECK(!source);
		CHECK_ERROR(err, COURANT_CONFIG, row->sentence);
		CHECK_INT(wrong.setting, row->wrong == NONE ? row->n : row->wrong);
		CHECK_INT(wrong.is_name, row->is_name);
	}
}

static void kinds_are_sorted_and_explained(void)
{
	AUTO(buffer) struct buffer help = BUFFER_LIMIT((size_t)1 << 20);

	source_write_help(&help);
	for (size_t i = 0; source_kinds[i]; i++) {
		const struct source_kind *kind = source_kinds[i];

		tap_row(kind->name);
		CHECK(i == 0 || strcmp(source_kinds[i - 1]->name, kind->name) < 0);
		CHECK(source_kind_find(slice_of(kind->name)) == kind);
		CHECK_TEXT(kind->options[0].name, kind->name);
		CHECK(slice_find_slice(buffer_peek(&help), slice_of(kind->help)) != SLICE_NONE);
		for (size_t k = 0; k < kind->n_options; k++) {
			CHECK(kind->options[k].help && kind->options[k].value);
			CHECK(slice_find_slice(buffer_peek(&help), slice_of(kind->options[k].help)) != SLICE_NONE);
		}
	}
	CHECK(!source_kind_find(SLICE("")));
}

static void relative_paths_begin_at_the_file_s_folder(void)
{
	const struct source_setting settings[] = {S("csv", "data.csv")};
	AUTO(source) struct source *source = source_new(settings, 1, &(struct source_context){.folder = "/nonexistent/reports"}, NULL, NULL);
	struct source_facts facts;
	courant_error *err = NULL;

	source_facts(source, &facts);
	CHECK_TEXT(facts.kind, "csv");
	CHECK_TEXT(facts.places[0], "/nonexistent/reports/data.csv");
	CHECK(source_open(source, NULL, 0, &err) < 0);
	CHECK_ERROR(err, COURANT_NO_INPUT, "/nonexistent/reports/data.csv: No such file or directory");
}

static void words_of_a_command_line_are_sources(void)
{
	static const struct {
		const char *word, *kind, *place;
	} rows[] = {
		{"data.csv", "csv", "data.csv"},       {"csv:data.txt", "csv", "data.txt"},	   {"/var/lib/a.rrd;consolidation=max", "rrd", "/var/lib/a.rrd"},
		{"access.log", "weblog", "access.log"}, {"a.rrd;types.load=number;units.load=x", "rrd", "a.rrd"},
	};
	static const struct {
		const char *word, *sentence;
	} wrong[] = {
		{"data.foo", "data.foo: what kind of source is it? Say it in front (csv:data.foo)"},
		{"a.rrd;max", "a.rrd;max: \"max\" is no option such as consolidation=max"},
		{"a.rrd;=max", "is no option"},
		{"a.rrd;consolidation=", "\"consolidation\" needs a value"},
	};

	EACH (row, rows) {
		AUTO(source) struct source *source = source_new_from_word(row->word, &(struct source_context){.now_ms = 0}, NULL);
		struct source_facts facts;

		tap_row(row->word);
		if (!CHECK(source))
			continue;
		source_facts(source, &facts);
		CHECK_TEXT(facts.kind, row->kind);
		if (!slice_equal(slice_of(row->kind), SLICE("weblog")))
			CHECK_TEXT(facts.places[0], row->place);
	}
	EACH (row, wrong) {
		courant_error *err = NULL;

		tap_row(row->word);
		CHECK(!source_new_from_word(row->word, &(struct source_context){.now_ms = 0}, &err));
		CHECK_ERROR(err, COURANT_USAGE, row->sentence);
	}
}

static void no_memory_is_an_error(void)
{
	static const struct source_setting settings[] = {S("csv", "data.csv"), M("types", "a", "rate"), M("units", "a", "pages"), S("counters", "a"),
							 };

	EACH_ALLOCATION {
		courant_error *err = NULL;
		AUTO(source) struct source *source = source_new(settings, 4, &(struct source_context){.folder = "x"}, NULL, &err);

		CHECK(source || courant_error_code(err) == COURANT_NO_MEMORY);
		courant_error_free(err);
	}
}

TESTS(TEST(faults_are_placed), TEST(kinds_are_sorted_and_explained), TEST(relative_paths_begin_at_the_file_s_folder), TEST(words_of_a_command_line_are_sources),
      TEST(no_memory_is_an_error))
