/* SPDX-License-Identifier: MIT */
/* printable_test.c - what is shown as it is, and what as its number */
#include "base/printable.h"

#include "tap.h"

static const struct {
	const char *name;
	slice text;
	const char *shown;
} rows[] = {
	{"plain words", SLICE_INIT("GET /a?b=c HTTP/1.1"), "GET /a?b=c HTTP/1.1"},
	{"nothing", SLICE_INIT(""), ""},
	{"Chinese", SLICE_INIT("搜索"), "搜索"},
	{"an emoji with its variation selector", SLICE_INIT("\xe2\x9d\xa4\xef\xb8\x8f"), "\xe2\x9d\xa4\xef\xb8\x8f"},
	{"a combining accent", SLICE_INIT("e\xcc\x81"), "e\xcc\x81"},
	{"a backslash stays", SLICE_INIT("\\u{1b}"), "\\u{1b}"},
	{"an escape sequence", SLICE_INIT("\033[31m"), "\\u{1b}[31m"},
	{"line ends and tabs", SLICE_INIT("a\r\n\tb"), "a\\u{d}\\u{a}\\u{9}b"},
	{"NUL", SLICE_INIT("a\0b"), "a\\u{0}b"},
	{"DEL", SLICE_INIT("\x7f"), "\\u{7f}"},
	{"C1: a control sequence in one character", SLICE_INIT("\xc2\x9b"), "\\u{9b}"},
	{"a right-to-left override", SLICE_INIT("\xe2\x80\xae" "gpj.exe"), "\\u{202e}gpj.exe"},
	{"an isolate", SLICE_INIT("\xe2\x81\xa6" "a\xe2\x81\xa9"), "\\u{2066}a\\u{2069}"},
	{"an Arabic letter mark", SLICE_INIT("\xd8\x9c"), "\\u{61c}"},
	{"line and paragraph separators", SLICE_INIT("\xe2\x80\xa8\xe2\x80\xa9"), "\\u{2028}\\u{2029}"},
	{"a zero-width space", SLICE_INIT("a\xe2\x80\x8b" "b"), "a\\u{200b}b"},
	{"a byte order mark", SLICE_INIT("\xef\xbb\xbf" "a"), "\\u{feff}a"},
	{"a soft hyphen", SLICE_INIT("\xc2\xad"), "\\u{ad}"},
	{"a Hangul filler", SLICE_INIT("\xe3\x85\xa4"), "\\u{3164}"},
	{"a tag character", SLICE_INIT("\xf3\xa0\x80\xa1"), "\\u{e0021}"},
	{"U+FFFF, which is no character", SLICE_INIT("\xef\xbf\xbf"), "\\u{ffff}"},
	{"a replacement character", SLICE_INIT("\xef\xbf\xbd"), "\xef\xbf\xbd"},
	{"a byte that is not UTF-8", SLICE_INIT("a\xff" "b"), "a\\xffb"},
	{"an overlong slash", SLICE_INIT("\xc0\xaf"), "\\xc0\\xaf"},
	{"a surrogate", SLICE_INIT("\xed\xa0\x80"), "\\xed\\xa0\\x80"},
	{"a character cut short", SLICE_INIT("a\xe6\x90"), "a\\xe6\\x90"},
	{"Latin-1", SLICE_INIT("caf\xe9"), "caf\\xe9"},
};

static void strangers_texts_are_shown(void)
{
	EACH (row, rows) {
		AUTO(buffer) struct buffer shown = BUFFER_LIMIT(1000);
		AUTO(buffer) struct buffer again = BUFFER_LIMIT(1000);

		tap_row(row->name);
		printable_write(&shown, row->text);
		CHECK_SLICE(buffer_peek(&shown).ptr ? buffer_peek(&shown) : SLICE(""), slice_of(row->shown));
		CHECK_INT(printable_is(row->text), slice_equal(row->text, slice_of(row->shown)));
		printable_write(&again, buffer_peek(&shown));
		CHECK(slice_equal(buffer_peek(&again), buffer_peek(&shown)));
	}
}

TESTS(TEST(strangers_texts_are_shown))
