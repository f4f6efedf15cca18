/* SPDX-License-Identifier: MIT */
/* nearest_test.c - distances counted by hand, and the words that were meant */
#include "base/nearest.h"

#include "tap.h"

static void distances_count_single_mistakes(void)
{
	static const struct {
		const char *name, *a, *b;
		size_t distance;
	} rows[] = {
		{"equal words", "title", "title", 0},
		{"case does not count", "Title", "tITLE", 0},
		{"a letter too many", "tittle", "title", 1},
		{"a letter missing", "titl", "title", 1},
		{"a letter replaced", "tatle", "title", 1},
		{"two neighbours swapped", "tilte", "title", 1},
		{"swapped at the end", "titel", "title", 1},
		{"three mistakes", "kitten", "sitting", 3},
		{"nothing and a word", "", "abc", 3},
		{"a word and nothing", "abc", "", 3},
	};

	EACH (row, rows) {
		tap_row(row->name);
		CHECK_INT(nearest_distance(slice_of(row->a), slice_of(row->b)), row->distance);
	}
}

static void the_word_that_was_meant_is_found(void)
{
	static const char *const words[] = {"report", "title", "language", "timezone", "period", "to", NULL};
	static const struct {
		const char *name, *word, *meant;
	} rows[] = {
		{"one letter wrong", "timezome", "timezone"},
		{"letters swapped", "langauge", "language"},
		{"capitals", "Title", "title"},
		{"short words need more than one right letter", "xy", NULL},
		{"one letter more", "too", "to"},
		{"nothing near", "colour", NULL},
		{"an empty word", "", NULL},
		{"a very long word",
		 "timezonetimezonetimezonetimezonetimezonetimezonetimezonetimezonetimezone", NULL},
	};

	EACH (row, rows) {
		tap_row(row->name);
		CHECK_TEXT(nearest_word(slice_of(row->word), words), row->meant);
	}
}

TESTS(TEST(distances_count_single_mistakes), TEST(the_word_that_was_meant_is_found))
