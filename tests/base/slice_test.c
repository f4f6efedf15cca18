/* SPDX-License-Identifier: MIT */
/* slice_test.c - comparing, finding, cutting, also at both ends of nothing */
#include "base/slice.h"

#include "base/ascii.h"
#include "tap.h"

static const slice nothing = {NULL, 0};

static void slices_compare_as_bytes(void)
{
	static const struct {
		const char *name, *a, *b;
		int order;
	} rows[] = {
		{"equal", "abc", "abc", 0},          {"the shorter first", "ab", "abc", -1},
		{"the longer last", "abc", "ab", 1}, {"nothing first", "", "a", -1},
		{"capitals first", "B", "a", -1},    {"bytes over 127 last", "z", "\xc3\xa9", -1},
	};

	EACH (row, rows) {
		tap_row(row->name);

		const slice a = slice_of(row->a), b = slice_of(row->b);
		const int order = slice_compare(a, b);

		CHECK_INT((order > 0) - (order < 0), row->order);
		CHECK_INT(slice_equal(a, b), row->order == 0);
	}
	tap_row("nothing");
	CHECK(slice_equal(nothing, SLICE("")));
	CHECK_INT(slice_compare(nothing, SLICE("")), 0);
	CHECK(slice_equal_nocase(SLICE("Content-TYPE"), SLICE("content-type")));
	CHECK(!slice_equal_nocase(SLICE("\xc3\x89"), SLICE("\xc3\xa9"))); /* É, é: ASCII only */
	CHECK(!slice_equal_nocase(SLICE("a"), SLICE("ab")));
	CHECK(!slice_equal_nocase(SLICE("@"), SLICE("`")));
}

static void beginnings_and_ends(void)
{
	CHECK(slice_starts(SLICE("xn--abc"), SLICE("xn--")));
	CHECK(!slice_starts(SLICE("xn"), SLICE("xn--")));
	CHECK(slice_starts(nothing, SLICE("")));
	CHECK(slice_starts_nocase(SLICE("XN--abc"), SLICE("xn--")));
	CHECK(!slice_starts_nocase(SLICE("X"), SLICE("xn--")));
	CHECK(slice_ends(SLICE("access.log.gz"), SLICE(".gz")));
	CHECK(!slice_ends(SLICE("gz"), SLICE(".gz")));
	CHECK(slice_ends(SLICE("abc"), nothing));
}

static void parts_are_cut_to_what_is_there(void)
{
	const slice text = SLICE("0123456789");

	CHECK_SLICE(slice_part(text, 2, 3), SLICE("234"));
	CHECK_SLICE(slice_part(text, 8, 100), SLICE("89"));
	CHECK_SLICE(slice_part(text, 10, 1), SLICE(""));
	CHECK_SLICE(slice_part(text, SIZE_MAX, SIZE_MAX), SLICE(""));
	CHECK_SLICE(slice_after(text, 7), SLICE("789"));
	CHECK_SLICE(slice_after(text, 11), SLICE(""));
	CHECK(slice_after(nothing, 1).ptr == NULL);
}

static void bytes_are_found(void)
{
	const slice text = slice_from("a,b\0,c", 6);

	CHECK_INT(slice_find(text, ','), 1);
	CHECK_INT(slice_find_last(text, ','), 4);
	CHECK_INT(slice_find(text, '\0'), 3);
	CHECK(slice_find(text, 'x') == SLICE_NONE);
	CHECK(slice_find(nothing, 'x') == SLICE_NONE);
	CHECK(slice_find_last(nothing, 'x') == SLICE_NONE);
	CHECK_INT(slice_find_slice(SLICE("one two two"), SLICE("two")), 4);
	CHECK(slice_find_slice(SLICE("one"), SLICE("one more")) == SLICE_NONE);
	CHECK_INT(slice_find_slice(SLICE("one"), nothing), 0);
	CHECK(slice_find_slice(nothing, SLICE("x")) == SLICE_NONE);
}

static void blanks_are_trimmed(void)
{
	CHECK_SLICE(slice_trim(SLICE(" \t a b \t")), SLICE("a b"));
	CHECK_SLICE(slice_trim(SLICE("a\r\n")), SLICE("a\r\n"));
	CHECK_SLICE(slice_trim_space(SLICE("\n a\r\n")), SLICE("a"));
	CHECK_SLICE(slice_trim(SLICE(" \t ")), SLICE(""));
	CHECK_SLICE(slice_trim(slice_from(" \0 ", 3)), slice_from("\0", 1));
	CHECK_SLICE(slice_trim(nothing), nothing);
}

/* The pieces with "|" behind each. */
static void check_pieces(const char *name, slice text, bool are_lines, const char *want)
{
	char got[64] = "";
	size_t n = 0;
	slice piece;

	tap_row(name);
	while (n < 40 && (are_lines ? slice_next_line(&text, &piece) : slice_next(&text, ',', &piece))) {
		for (size_t i = 0; i < piece.len; i++)
			got[n++] = piece.ptr[i];
		got[n++] = '|';
	}
	CHECK_TEXT(got, want);
}

static void lists_are_walked(void)
{
	check_pieces("two", SLICE("a,b"), false, "a|b|");
	check_pieces("one", SLICE("a"), false, "a|");
	check_pieces("an empty one is one empty piece", SLICE(""), false, "|");
	check_pieces("commas alone", SLICE(",,"), false, "|||");
	check_pieces("nothing has no piece", nothing, false, "");
}

static void lines_are_walked(void)
{
	check_pieces("LF", SLICE("a\nb\n"), true, "a|b|");
	check_pieces("CRLF", SLICE("a\r\nb\r\n"), true, "a|b|");
	check_pieces("a last line without end", SLICE("a\nb"), true, "a|b|");
	check_pieces("a CR without LF stays", SLICE("a\rb\r"), true, "a\rb\r|");
	check_pieces("empty lines", SLICE("\n\r\n\n"), true, "|||");
	check_pieces("an empty text has none", SLICE(""), true, "");
	check_pieces("nothing has none", nothing, true, "");
}

static void classes_of_bytes_are_those_of_ascii(void)
{
	for (int i = 0; i < 256; i++) {
		const char c = (char)i;
		const bool digit = i >= 48 && i <= 57, capital = i >= 65 && i <= 90, small = i >= 97 && i <= 122;

		if (ascii_is_digit(c) != digit || ascii_is_alpha(c) != (capital || small) ||
		    ascii_is_alnum(c) != (digit || capital || small) || ascii_is_control(c) != (i < 32 || i == 127) ||
		    ascii_is_eight_bit(c) != (i > 127) || ascii_is_blank(c) != (i == 32 || i == 9) ||
		    ascii_is_space(c) != (i == 32 || (i >= 9 && i <= 13)) ||
		    (unsigned char)ascii_lower(c) != (capital ? i + 32 : i) ||
		    (unsigned char)ascii_upper(c) != (small ? i - 32 : i))
			CHECK_INT(i, -1);
	}
	CHECK(ascii_is_one_of('b', "abc"));
	CHECK(!ascii_is_one_of('d', "abc"));
	CHECK(!ascii_is_one_of('\0', "abc"));
	CHECK(ascii_is_atext('~') && ascii_is_atext('\xe9') && !ascii_is_atext('.') && !ascii_is_atext('\0'));
	CHECK_INT(ascii_hex_value('0'), 0);
	CHECK_INT(ascii_hex_value('9'), 9);
	CHECK_INT(ascii_hex_value('a'), 10);
	CHECK_INT(ascii_hex_value('F'), 15);
	CHECK_INT(ascii_hex_value('g'), -1);
	CHECK_INT(ascii_hex_value('\xe9'), -1);
}

TESTS(TEST(slices_compare_as_bytes), TEST(beginnings_and_ends), TEST(parts_are_cut_to_what_is_there),
      TEST(bytes_are_found), TEST(blanks_are_trimmed), TEST(lists_are_walked), TEST(lines_are_walked),
      TEST(classes_of_bytes_are_those_of_ascii))
