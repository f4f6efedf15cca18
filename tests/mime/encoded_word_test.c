/* SPDX-License-Identifier: MIT */
/* encoded_word_test.c - text that is not ASCII in headers */
#include "mime/encoded_word.h"

#include "base/fail.h"
#include "base/random.h"
#include "base/utf8.h"
#include "mime/header.h"
#include "tap.h"

static const struct {
	const char *name, *text, *header;
} written[] = {
	{"short Chinese as B", "官网流量数据报表",
	 "Subject: =?utf-8?B?5a6Y572R5rWB6YeP5pWw5o2u5oql6KGo?=\r\n"},
	{"mostly ASCII as Q", "internationalisé !",
	 "Subject: =?utf-8?Q?internationalis=C3=A9?= !\r\n"},
	{"plain ASCII stays", "Test email from A", "Subject: Test email from A\r\n"},
	{"an empty text", "", "Subject:\r\n"},
	{"a blank at the begin is kept", " x", "Subject: =?utf-8?Q?_x?=\r\n"},
	{"a blank at the end is kept", "x ", "Subject: =?utf-8?Q?x_?=\r\n"},
	{"two blanks inside are kept", "a  b c", "Subject: =?utf-8?Q?a__b?= c\r\n"},
	{"blanks alone", "   ", "Subject: =?utf-8?Q?___?=\r\n"},
	{"what looks encoded is encoded",
	 "=?utf-8?Q?x?=", "Subject: =?utf-8?B?PT91dGYtOD9RP3g/PQ==?=\r\n"},
	{"a run of foreign words is one", "你 好 ok", "Subject: =?utf-8?B?5L2gIOWlvQ==?= ok\r\n"},
	{"a question mark is not special", "What? = no?", "Subject: What? = no?\r\n"},
};

static void texts_are_encoded_where_they_must_be(void)
{
	EACH (row, written) {
		AUTO(buffer) struct buffer out = BUFFER_LIMIT(4096);

		tap_row(row->name);
		header_write_text(&out, SLICE("Subject"), slice_of(row->text), HEADER_TEXT);
		CHECK_SLICE(buffer_peek(&out), slice_of(row->header));
	}
}

static const struct {
	const char *name, *value, *text;
} read_words[] = {
	{"B", "=?utf-8?B?5a6Y572R?=", "官网"},
	{"Q with underscores", "=?UTF-8?q?d=C3=A9j=C3=A0_vu?=", "déjà vu"},
	{"blanks between two words fall away", "=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab"},
	{"a fold between two words falls away", "=?utf-8?Q?a?=\r\n =?utf-8?Q?b?=", "ab"},
	{"blanks between a word and text stay", "=?utf-8?Q?a?= b =?utf-8?Q?c?=", "a b c"},
	{"a character cut between two words", "=?utf-8?B?5a4=?= =?utf-8?B?mA==?=", "官"},
	{"latin 1", "=?iso-8859-1?Q?caf=E9?=", "café"},
	{"gb2312 that is really gb18030", "=?gb2312?B?0rXO8Q==?=", "业务"},
	{"iso-2022-jp", "=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"},
	{"a language", "=?us-ascii*en?Q?hello?=", "hello"},
	{"an unknown charset stays", "=?x-unknown?Q?a?=", "=?x-unknown?Q?a?="},
	{"broken base64 stays", "=?utf-8?B?@@@?= x", "=?utf-8?B?@@@?= x"},
	{"an unfinished word stays", "=?utf-8?Q?abc", "=?utf-8?Q?abc"},
	{"no word at all", "a =? b", "a =? b"},
	{"words of two charsets", "=?utf-8?Q?=C3=A9?= =?iso-8859-1?Q?=E9?=", "éé"},
	{"a word glued to text", "x=?utf-8?Q?a?=y", "xay"},
	{"folding is undone", "a\r\n b", "a b"},
};

static void encoded_words_are_read(void)
{
	EACH (row, read_words) {
		AUTO(buffer) struct buffer out = BUFFER_LIMIT(4096);

		tap_row(row->name);
		encoded_words_decode(&out, slice_of(row->value));
		CHECK_SLICE(buffer_peek(&out), slice_of(row->text));
	}
}

/* Every rule of RFC 2047 that a header can break. */
static void header_check_lines(slice header)
{
	slice rest = header, line;

	while (slice_next_line(&rest, &line)) {
		slice words = line, word;

		CHECK(line.len <= LINE_MAX_BYTES);
		CHECK(slice_trim(line).len > 0);
		while (slice_next(&words, ' ', &word)) {
			AUTO(buffer) struct buffer alone = BUFFER_LIMIT(4096);

			if (!slice_starts(word, SLICE("=?")))
				continue;
			CHECK(word.len <= ENCODED_WORD_MAX);
			CHECK(line.len <= FOLD_COLUMNS);
			encoded_words_decode(&alone, word);
			CHECK(utf8_is_valid(buffer_peek(&alone)));
			CHECK(alone.len > 0);
			/* Padding only in the last word of a run. */
			if (slice_ends(word, SLICE("=?=")) &&
			    slice_find_slice(word, SLICE("?B?")) != SLICE_NONE)
				CHECK(!slice_starts(rest, SLICE(" =?")) || words.ptr);
		}
	}
}

static void text_roundtrip(slice text)
{
	AUTO(buffer) struct buffer header = BUFFER_LIMIT((size_t)1 << 20);
	AUTO(buffer) struct buffer again = BUFFER_LIMIT((size_t)1 << 20);

	header_write_text(&header, SLICE("Subject"), text, HEADER_TEXT);
	header_check_lines(buffer_peek(&header));
	/* Behind "Subject:", and its blank if there is one, and without the last CRLF. */
	slice value = slice_part(buffer_peek(&header), 8, header.len - 10);

	if (slice_starts(value, SLICE(" ")))
		value = slice_after(value, 1);
	else if (slice_starts(value, SLICE("\r\n ")))
		value = slice_after(value, 3);
	encoded_words_decode(&again, value);
	CHECK_SLICE(buffer_peek(&again), text);
}

/* decode(encode(x)) == x, for texts made of everything that has gone wrong elsewhere. */
static void what_is_encoded_is_decoded_to_the_same(void)
{
	static const char *const pieces[] = {"a",
					     " ",
					     "  ",
					     "\t",
					     "官",
					     "é",
					     "😀",
					     "=?",
					     "?=",
					     "=?utf-8?Q?x?=",
					     "word ",
					     "_",
					     "=",
					     "?",
					     "עברית",
					     "\"",
					     "verylongwordwithoutanyblankinside",
					     ".",
					     "@",
					     "<",
					     "(",
					     "日本語テキスト",
					     "x\xcc\x81"};
	struct random_stream random = {42};

	for (int round = 0; round < 3000; round++) {
		AUTO(buffer) struct buffer text = BUFFER_LIMIT((size_t)1 << 16);
		const uint64_t n = random_below(&random, round < 2500 ? 20 : 300);

		for (uint64_t i = 0; i < n; i++)
			buffer_append(&text, slice_of(pieces[random_below(
						     &random, sizeof pieces / sizeof *pieces)]));
		text_roundtrip(buffer_peek(&text));
	}
}

static void a_word_over_900_bytes_is_encoded(void)
{
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(4096);
	AUTO(buffer) struct buffer header = BUFFER_LIMIT((size_t)1 << 16);

	buffer_append_repeated(&text, 'x', 1500);
	header_write_text(&header, SLICE("X-Token"), buffer_peek(&text), HEADER_OPAQUE);
	header_check_lines(buffer_peek(&header));
	buffer_cut(&text, 800);
	buffer_cut(&header, 0);
	header_write_text(&header, SLICE("X-Token"), buffer_peek(&text), HEADER_OPAQUE);
	CHECK(slice_find_slice(buffer_peek(&header), SLICE("=?")) == SLICE_NONE);
	text_roundtrip(buffer_peek(&text));
}

TESTS(TEST(texts_are_encoded_where_they_must_be), TEST(encoded_words_are_read),
      TEST(what_is_encoded_is_decoded_to_the_same), TEST(a_word_over_900_bytes_is_encoded))
