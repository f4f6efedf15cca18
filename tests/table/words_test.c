/* SPDX-License-Identifier: MIT */
#include "table/words.h"

#include "base/ascii.h"
#include "base/utf8.h"
#include "tap.h"

static void every_word_is_there_in_both_languages(void)
{
	for (unsigned id = 0; id < WORDS; id++)
		for (unsigned language = 0; language < LANGUAGES; language++) {
			const slice text = slice_of(word(id, language));

			CHECK(text.len > 0);
			CHECK(utf8_is_valid(text));
		}
}

/* A place is {0} to {9}, or {0:one|many}; braces have no other use. */
static bool is_well_formed(slice text)
{
	slice piece, place, form;

	while (slice_next(&text, '{', &piece)) {
		if (slice_find(piece, '}') != SLICE_NONE)
			return false;
		if (!text.ptr)
			return true;
		if (slice_find(text, '}') == SLICE_NONE || !slice_next(&text, '}', &place))
			return false;
		if (place.len == 0 || !ascii_is_digit(place.ptr[0]))
			return false;
		if (place.len == 1)
			continue;
		if (place.ptr[1] != ':' || !slice_next(&place, '|', &form) || !place.ptr || place.len == 0 ||
		    slice_find(place, '|') != SLICE_NONE)
			return false;
	}
	return true;
}

static void sentences_are_read_back(void)
{
	static const struct {
		const char *name;
		enum word id;
		const char *text;
		bool is_it;
		const char *figures[3];
	} rows[] = {
		{"each place", WORD_FAILURE_CSV_FIELDS, "a.csv:3: 4 fields, where the first line has 2", true, {"a.csv", "3", "4"}},
		{"a place at the end takes the rest", WORD_FAILURE_OPEN, "cannot open a: b: c", true, {"a", "b: c"}},
		{"what stands at the end is looked for there", WORD_FAILURE_COLUMN, "a: there is no column \"b\"c\"", true, {"a", "b\"c"}},
		{"another sentence", WORD_FAILURE_OPEN, "cannot read a: b", false, {NULL}},
		{"an empty place", WORD_FAILURE_EMPTY, " is empty", false, {NULL}},
		{"more at the end", WORD_FAILURE_EMPTY, "a is empty now", false, {NULL}},
		{"without places", WORD_FAILURE_TIME, "time", true, {NULL}},
		{"without places, and more", WORD_FAILURE_TIME, "times", false, {NULL}},
	};

	EACH (row, rows) {
		slice figures[WORD_FIGURES_MAX] = {{0}};

		tap_row(row->name);
		CHECK(word_read(row->id, slice_of(row->text), figures) == row->is_it);
		for (size_t i = 0; i < 3 && row->figures[i]; i++)
			CHECK_SLICE(figures[i], slice_of(row->figures[i]));
	}
}

static void every_place_is_well_formed(void)
{
	for (unsigned id = 0; id < WORDS; id++)
		for (unsigned language = 0; language < LANGUAGES; language++) {
			tap_row(word(id, language));
			CHECK(is_well_formed(slice_of(word(id, language))));
		}
}

static void figures_stand_in_their_places(void)
{
	static const struct {
		enum language language;
		const char *rows, *sum, *sentence;
	} rows[] = {
		{LANGUAGE_EN, "1,284", "62,891", "1,284 more pages with 62,891 views"},
		{LANGUAGE_EN, "1", "1", "1 more page with 1 view"},
		{LANGUAGE_EN, "1", "11", "1 more page with 11 views"},
		{LANGUAGE_EN, "{0}", "%s", "{0} more pages with %s views"},
		{LANGUAGE_ZH, "1,284", "62,891", "其余 1,284 个页面共 62,891 次"},
	};

	EACH (row, rows) {
		AUTO(buffer) struct buffer out = BUFFER_LIMIT(256);

		tap_row(row->sentence);
		WORD_WRITE(&out, WORD_MORE_PAGES, row->language, slice_of(row->rows), slice_of(row->sum));
		CHECK_TEXT(out.bytes, row->sentence);
	}
	tap_row("a figure that was not given");

	AUTO(buffer) struct buffer out = BUFFER_LIMIT(256);

	WORD_WRITE(&out, WORD_MORE_PAGES, LANGUAGE_ZH, SLICE("7"));
	CHECK_TEXT(out.bytes, "其余 7 个页面共  次");
}

static void languages_are_known_by_their_tags(void)
{
	static const struct {
		const char *text;
		int language;
	} rows[] = {{"zh", LANGUAGE_ZH}, {"en", LANGUAGE_EN}, {"zh-CN", LANGUAGE_ZH}, {"ZH_cn", LANGUAGE_ZH}, {"en-GB", LANGUAGE_EN},
		    {"", -1},	       {"z", -1},	    {"de", -1},		    {"english", -1}};

	EACH (row, rows) {
		enum language language = LANGUAGE_EN;
		const bool is_known = language_parse(slice_of(row->text), &language);

		tap_row(row->text);
		CHECK_INT(is_known ? (int)language : -1, row->language);
	}
	CHECK_TEXT(language_tag(LANGUAGE_ZH), "zh-CN");
	CHECK_TEXT(language_tag(LANGUAGE_EN), "en");
}

TESTS(TEST(every_word_is_there_in_both_languages), TEST(every_place_is_well_formed),
      TEST(figures_stand_in_their_places), TEST(sentences_are_read_back), TEST(languages_are_known_by_their_tags))
