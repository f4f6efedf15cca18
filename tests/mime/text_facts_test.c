/* SPDX-License-Identifier: MIT */
/* text_facts_test.c - what a text is like, and the encoding it gets */
#include "mime/text_facts.h"

#include "base/buffer.h"
#include "base/random.h"
#include "tap.h"

static const struct {
	const char *name, *text;
	enum courant_encoding encoding;
} rows[] = {
	{"ASCII", "Hello\nworld\n", COURANT_ENCODING_7BIT},
	{"nothing", "", COURANT_ENCODING_7BIT},
	{"an accent", "caf\xc3\xa9", COURANT_ENCODING_QUOTED_PRINTABLE},
	{"a trailing blank", "a \nb", COURANT_ENCODING_QUOTED_PRINTABLE},
	{"a From line", "a\nFrom b", COURANT_ENCODING_QUOTED_PRINTABLE},
	{"From inside a line", "a From b", COURANT_ENCODING_7BIT},
	{"a dot alone", "a\n.\n", COURANT_ENCODING_QUOTED_PRINTABLE},
	{"a bare CR", "a\rb", COURANT_ENCODING_QUOTED_PRINTABLE},
	{"a signature", "a\n--\nb", COURANT_ENCODING_7BIT},
	{"tabs", "a\tb", COURANT_ENCODING_7BIT},
	{"a line of 79",
	 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	 COURANT_ENCODING_QUOTED_PRINTABLE},
	{"much Chinese",
	 "官网流量数据报表官网流量数据报表官网流量数据报表官网流量数据报表官网流量数据报表官网流量数据报表官网流量数据报表官网流量数据报表",
	 COURANT_ENCODING_BASE64},
};

static void the_encoding_follows_from_the_text(void)
{
	EACH (row, rows) {
		struct text_facts facts;

		tap_row(row->name);
		text_facts_measure(&facts, slice_of(row->text));
		CHECK_INT(text_facts_encoding(&facts, strlen(row->text)), row->encoding);
	}
}

static void lines_and_bytes_are_counted(void)
{
	const slice text = SLICE("abc\r\nd\xc3\xa9=\n\x01\0--\n");
	struct text_facts facts;

	text_facts_measure(&facts, text);
	CHECK_INT(facts.n_lines, 3);
	CHECK_INT(facts.longest_line, 4);
	CHECK_INT(facts.n_eight_bit, 2);
	CHECK_INT(facts.n_escapes, 5);
	CHECK(facts.has_nul && facts.has_control && facts.has_bare_lf);
	CHECK(!facts.has_bare_cr && !facts.has_hyphen_line);
}

static void the_wide_way_agrees_with_the_portable_one(void)
{
#if defined(__x86_64__)
	static const char *const pieces[] = {"a",    " ",   "\t",    "\r\n",
					     "\n",   "\r",  "官",    "=",
					     ".",    "--",  "From ", "long words without an end ",
					     "\x01", "\x7f"};
	struct random_stream random = {11};

	if (!__builtin_cpu_supports("avx2"))
		return;
	for (int round = 0; round < 5000; round++) {
		AUTO(buffer) struct buffer text = BUFFER_LIMIT(1 << 16);
		struct text_facts portable, wide;

		for (uint64_t n = random_below(&random, 60); n; n--)
			buffer_append(&text, slice_of(pieces[random_below(
						     &random, sizeof pieces / sizeof *pieces)]));
		if (random_below(&random, 9) == 0)
			buffer_append_byte(&text, '\0');
		memset(&portable, 0, sizeof portable);
		memset(&wide, 0, sizeof wide);
		text_facts_measure_portable(&portable, buffer_peek(&text));
		text_facts_measure_avx2(&wide, buffer_peek(&text));
		CHECK_SLICE(slice_from((const char *)&wide, sizeof wide),
			    slice_from((const char *)&portable, sizeof portable));
	}
#endif
}

TESTS(TEST(the_encoding_follows_from_the_text), TEST(lines_and_bytes_are_counted),
      TEST(the_wide_way_agrees_with_the_portable_one))
