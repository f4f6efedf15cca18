/* SPDX-License-Identifier: MIT */
/* text_test.c - texts that flow, calendars, and charsets */
#include "base/fail.h"
#include "mime/charset.h"
#include "mime/part.h"
#include "tap.h"

#define WORDS                                                                                      \
	"one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"

static const struct {
	const char *name, *text, *flowed;
} flows[] = {
	{"a short line", "hello\n", "hello\r\n"},
	{"no line end at the end", "hello", "hello"},
	{"a long paragraph is cut behind a blank", WORDS "\n",
	 "one two three four five six seven eight nine ten eleven twelve thirteen \r\nfourteen fifteen\r\n"},
	{"blanks at a paragraph's end would join it with the next", "a  \nb\n", "a\r\nb\r\n"},
	{"the signature's line keeps its blank", "-- \nAnn\n", "-- \r\nAnn\r\n"},
	{"a quote, a blank and From are stuffed", "> a\n b\nFrom c\n",
	 " > a\r\n  b\r\n From c\r\n"},
	{"a word that is longer than a line",
	 "https://example.org/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa b\n",
	 "https://example.org/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa \r\nb\r\n"},
	{"empty lines", "a\n\nb\n", "a\r\n\r\nb\r\n"},
	{"an empty text", "", ""},
};

static void long_paragraphs_flow(void)
{
	EACH (row, flows) {
		AUTO(part)
		courant_part *part =
			courant_text_new(row->text, COURANT_TERMINATED, "plain", NULL, NULL);

		tap_row(row->name);
		CHECK_INT(courant_text_set_flowed(part, NULL), 0);
		CHECK_TEXT(part->text, row->flowed);
		CHECK_INT(courant_text_set_flowed(part, NULL), 0);
		CHECK_TEXT(part->text, row->flowed);
	}
}

static void only_plain_text_flows(void)
{
	AUTO(part) courant_part *html = courant_text_new("x", 1, "html", NULL, NULL);
	AUTO(part) courant_part *plain = courant_text_new("x", 1, NULL, NULL, NULL);
	courant_error *err = NULL;
	size_t n;

	CHECK_INT(courant_text_set_flowed(html, &err), -1);
	CHECK_ERROR(err, COURANT_USAGE, "text/plain");
	CHECK_INT(courant_text_set_flowed(plain, &err), 0);

	AUTO(free) char *bytes = courant_part_take_bytes(plain, &n, &err);

	CHECK(slice_find_slice(slice_from(bytes, n),
			       SLICE("text/plain; charset=utf-8; format=flowed\r\n")) !=
	      SLICE_NONE);
}

#define CALENDAR                                                                                   \
	"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

static const struct {
	const char *name, *text, *method, *words; /* words NULL: fine */
} calendars[] = {
	{"the method is taken from the calendar", CALENDAR, NULL, NULL},
	{"the method is the calendar's", CALENDAR, "REQUEST", NULL},
	{"another method", CALENDAR, "CANCEL", "\"REQUEST\", not \"CANCEL\""},
	{"no calendar", "hello", NULL, "BEGIN:VCALENDAR"},
	{"a method that is no word", "BEGIN:VCALENDAR\nMETHOD:a b\n", NULL, "no word"},
};

static void calendars_carry_their_method(void)
{
	EACH (row, calendars) {
		courant_error *err = NULL;
		AUTO(part)
		courant_part *part =
			courant_calendar_new(row->text, COURANT_TERMINATED, row->method, &err);

		tap_row(row->name);
		CHECK_INT(part != NULL, row->words == NULL);
		if (row->words)
			CHECK_ERROR(err, COURANT_INVALID, row->words);
		else
			CHECK_TEXT(courant_part_parameter(part, "Content-Type", "method"),
				   "REQUEST");
	}
}

static const struct {
	const char *name, *charset, *bytes, *text; /* text NULL: unknown */
} charsets[] = {
	{"latin 1", "iso-8859-1", "caf\xe9", "café"},
	{"an alias that iconv does not know", "x-gbk", "\xd2\xb5", "业"},
	{"gb2312 with a character of gbk", "gb2312", "\x82\xb7\xd2\xb5", "偡业"},
	{"a cut character", "gb18030", "a\xd2", "a\xef\xbf\xbd"},
	{"shift state", "ISO-2022-JP", "\x1b$BF|\x1b(B!", "日!"},
	{"UTF-7", "utf-7", "+ZeVnLIqe-", "日本語"},
	{"what is not UTF-8", "utf-8", "a\xff\xc3\xa9", "a\xef\xbf\xbdé"},
	{"no such charset", "x-none", "a", NULL},
	{"no name at all", "a b", "a", NULL},
};

static void charsets_are_read(void)
{
	EACH (row, charsets) {
		AUTO(buffer) struct buffer text = BUFFER_LIMIT(1 << 16);

		tap_row(row->name);
		CHECK_INT(charset_to_utf8(slice_of(row->bytes), slice_of(row->charset), &text),
			  row->text != NULL);
		CHECK_INT(charset_is_known(slice_of(row->charset)), row->text != NULL);
		if (row->text)
			CHECK_SLICE(buffer_peek(&text), slice_of(row->text));
	}
}

static void a_stateful_charset_ends_as_it_began(void)
{
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(1 << 16);

	CHECK_INT(charset_from_utf8(SLICE("日"), SLICE("iso-2022-jp"), &text, NULL), 0);
	CHECK_SLICE(buffer_peek(&text), SLICE("\x1b$BF|\x1b(B"));
}

static void the_character_that_a_charset_lacks_is_named(void)
{
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(1 << 16);
	courant_error *err = NULL;

	CHECK_INT(charset_from_utf8(SLICE("a\nb简体"), SLICE("big5"), &text, &err), -1);
	CHECK_ERROR(err, COURANT_INVALID, "big5 has no \"简\" (line 2");
}

TESTS(TEST(the_character_that_a_charset_lacks_is_named), TEST(long_paragraphs_flow), TEST(only_plain_text_flows), TEST(calendars_carry_their_method),
      TEST(charsets_are_read), TEST(a_stateful_charset_ends_as_it_began))
