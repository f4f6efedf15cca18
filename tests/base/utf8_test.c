/* SPDX-License-Identifier: MIT */
/* utf8_test.c - the borders of RFC 3629, section 4, and columns as terminals count them */
#include "base/utf8.h"

#include "tap.h"

static void characters_are_decoded_and_written(void)
{
	static const struct {
		const char *name, *bytes;
		uint32_t code;
	} rows[] = {
		{"the last of one byte", "\x7f", 0x7F},
		{"the first of two", "\xc2\x80", 0x80},
		{"the last of two", "\xdf\xbf", 0x7FF},
		{"the first of three", "\xe0\xa0\x80", 0x800},
		{"the last before the surrogates", "\xed\x9f\xbf", 0xD7FF},
		{"the first after the surrogates", "\xee\x80\x80", 0xE000},
		{"the last of three", "\xef\xbf\xbf", 0xFFFF},
		{"the first of four", "\xf0\x90\x80\x80", 0x10000},
		{"the last of all", "\xf4\x8f\xbf\xbf", 0x10FFFF},
		{"Chinese", "搜", 0x641C},
		{"an emoji", "\xf0\x9f\x98\x80", 0x1F600},
	};

	EACH (row, rows) {
		AUTO(buffer) struct buffer written = BUFFER_LIMIT(10);
		slice rest = slice_of(row->bytes);

		tap_row(row->name);
		CHECK_INT(utf8_next(&rest), row->code);
		CHECK_INT(rest.len, 0);
		utf8_write(&written, row->code);
		CHECK_SLICE(buffer_peek(&written), slice_of(row->bytes));
		CHECK(utf8_is_valid(slice_of(row->bytes)));
	}
}

static void what_is_not_utf8_is_refused(void)
{
	static const struct {
		const char *name, *bytes;
		size_t at; /* of the first bad byte */
	} rows[] = {
		{"a byte that continues nothing", "a\x80", 1},
		{"an overlong NUL", "\xc0\x80", 0},
		{"an overlong slash of two bytes", "\xc0\xaf", 0},
		{"C1 begins nothing", "\xc1\xbf", 0},
		{"an overlong slash of three bytes", "\xe0\x80\xaf", 0},
		{"the last overlong of three", "\xe0\x9f\xbf", 0},
		{"the last overlong of four", "\xf0\x8f\xbf\xbf", 0},
		{"the first surrogate", "abc\xed\xa0\x80", 3},
		{"the last surrogate", "\xed\xbf\xbf", 0},
		{"over the last character", "\xf4\x90\x80\x80", 0},
		{"F5 begins nothing", "\xf5\x80\x80\x80", 0},
		{"FF", "12345678\xff", 8},
		{"two bytes wanted, one there", "\xc3", 0},
		{"three wanted, two there", "\xe6\x90", 0},
		{"four wanted, three there", "\xf0\x9f\x98", 0},
		{"a second byte that is a letter", "\xc3" "a", 0},
		{"a third byte that is a letter", "\xe6\x90" "a", 0},
		{"a fourth byte that is a letter", "\xf0\x9f\x98" "a", 0},
		{"after much text", "0123456789abcdef0123456789搜索0123\xe9", 36},
	};

	EACH (row, rows) {
		const slice text = slice_of(row->bytes);
		slice rest = slice_after(text, row->at);

		tap_row(row->name);
		CHECK_INT(utf8_find_invalid(text), row->at);
		CHECK(!utf8_is_valid(text));
		CHECK_INT(utf8_next(&rest), UTF8_BAD);
		CHECK_INT(rest.len, text.len - row->at - 1); /* one byte at a time */
	}
}

/* Every text of two and three bytes, by the table of RFC 3629 written down once more, differently. */
static void short_texts_are_valid_as_the_grammar_says(void)
{
	unsigned wrong = 0;

	for (unsigned code = 0; code < 0x1000000; code += code < 0xE00000 ? 0x137 : 1) {
		const unsigned char at[3] = {(unsigned char)(code >> 16), (unsigned char)(code >> 8), (unsigned char)code};
		const bool tail1 = at[1] >> 6 == 2, tail2 = at[2] >> 6 == 2;
		const unsigned value = (at[0] & 15u) << 12 | (at[1] & 63u) << 6 | (at[2] & 63u);
		const bool three = at[0] >> 4 == 14 && tail1 && tail2 && value >= 0x800 && (value < 0xD800 || value > 0xDFFF);
		const bool two_one = at[0] >= 0xC2 && at[0] <= 0xDF && tail1 && at[2] < 128;
		const bool one_two = at[0] < 128 && at[1] >= 0xC2 && at[1] <= 0xDF && tail2;
		const bool ones = at[0] < 128 && at[1] < 128 && at[2] < 128;

		wrong += utf8_is_valid(slice_from((const char *)at, 3)) != (three || two_one || one_two || ones);
	}
	CHECK_INT(wrong, 0);
}

static void ascii_is_told_apart(void)
{
	char text[40];

	CHECK(utf8_is_ascii(SLICE("")));
	CHECK(utf8_is_ascii((slice){NULL, 0}));
	CHECK(utf8_is_valid((slice){NULL, 0}));
	for (size_t i = 0; i < sizeof text; i++) {
		memset(text, 'x', sizeof text);
		CHECK(utf8_is_ascii(slice_from(text, i)));
		text[i] = '\x80';
		CHECK(!utf8_is_ascii(slice_from(text, sizeof text)));
		CHECK_INT(utf8_find_invalid(slice_from(text, sizeof text)), i);
	}
}

static void cutting_leaves_characters_whole(void)
{
	static const struct {
		const char *name, *text;
		size_t max;
		const char *want;
	} rows[] = {
		{"short enough", "abc", 3, "abc"},
		{"between letters", "abc", 2, "ab"},
		{"nothing", "abc", 0, ""},
		{"before a character of three bytes", "a搜", 3, "a"},
		{"behind it", "a搜b", 4, "a搜"},
		{"inside one of four", "a\xf0\x9f\x98\x80", 4, "a"},
		{"inside one of two", "\xc3\xa9\xc3\xa9", 3, "\xc3\xa9"},
		{"bad bytes are cut anywhere", "\x80\x80\x80\x80", 3, "\x80\x80\x80"},
	};

	EACH (row, rows) {
		tap_row(row->name);
		CHECK_SLICE(utf8_cut(slice_of(row->text), row->max), slice_of(row->want));
	}
}

static void characters_have_columns(void)
{
	static const struct {
		const char *name;
		uint32_t code;
		unsigned width;
	} rows[] = {
		{"a letter", 'a', 1},
		{"NUL", 0, 0},
		{"DEL", 0x7F, 0},
		{"a C1 control", 0x9B, 0},
		{"a no-break space", 0xA0, 1},
		{"a soft hyphen", 0xAD, 1},
		{"an accented letter", 0xE9, 1},
		{"a combining accent", 0x301, 0},
		{"Cyrillic", 0x416, 1},
		{"a Hebrew point", 0x5B0, 0},
		{"a Thai vowel above", 0xE34, 0},
		{"a Hangul syllable", 0xAC00, 2},
		{"a medial Hangul vowel", 0x1161, 0},
		{"a zero-width space", 0x200B, 0},
		{"an en dash", 0x2013, 1},
		{"an ellipsis", 0x2026, 1},
		{"an arrow", 0x2191, 1},
		{"a box", 0x2588, 1},
		{"a check mark as emoji", 0x2705, 2},
		{"a heart drawn as text", 0x2764, 1},
		{"a variation selector", 0xFE0F, 0},
		{"an ideographic space", 0x3000, 2},
		{"Hiragana", 0x3042, 2},
		{"the first ideograph", 0x4E00, 2},
		{"a full-width letter", 0xFF21, 2},
		{"half-width Katakana", 0xFF71, 1},
		{"a smiley", 0x1F600, 2},
		{"an ideograph of plane 2", 0x20000, 2},
		{"private use", 0xE000, 1},
		{"a tag", 0xE0041, 0},
	};

	EACH (row, rows) {
		tap_row(row->name);
		CHECK_INT(utf8_char_width(row->code), row->width);
	}
}

static void texts_have_columns(void)
{
	const slice text = SLICE("ab搜索e\xcc\x81!");

	CHECK_INT(utf8_width(text), 8);
	CHECK_INT(utf8_count(text), 7);
	CHECK_INT(utf8_width(SLICE("a\xff\xfe")), 3);
	CHECK_INT(utf8_count(SLICE("a\xff\xfe")), 3);
	CHECK_INT(utf8_width(SLICE("")), 0);
	CHECK_SLICE(utf8_cut_width(text, 8), text);
	CHECK_SLICE(utf8_cut_width(text, 7), SLICE("ab搜索e\xcc\x81"));
	CHECK_SLICE(utf8_cut_width(text, 5), SLICE("ab搜"));
	CHECK_SLICE(utf8_cut_width(text, 3), SLICE("ab"));
	CHECK_SLICE(utf8_cut_width(text, 0), SLICE(""));
}

TESTS(TEST(characters_are_decoded_and_written), TEST(what_is_not_utf8_is_refused),
      TEST(short_texts_are_valid_as_the_grammar_says), TEST(ascii_is_told_apart),
      TEST(cutting_leaves_characters_whole), TEST(characters_have_columns), TEST(texts_have_columns))
