/* SPDX-License-Identifier: MIT */
/* quoted_printable_test.c - both ways */
#include "mime/quoted_printable.h"

#include "base/random.h"
#include "tap.h"

static const struct {
	const char *name, *text, *encoded;
} texts[] = {
	{"plain text", "Hello, world", "Hello, world"},
	{"LF becomes CRLF", "a\nb\n", "a\r\nb\r\n"},
	{"CRLF stays", "a\r\nb", "a\r\nb"},
	{"a lone CR is a character", "a\rb", "a=0Db"},
	{"UTF-8", "café", "caf=C3=A9"},
	{"the equals sign", "a=b", "a=3Db"},
	{"a blank at a line's end", "a \nb", "a=20\r\nb"},
	{"a tab at a line's end", "a\t\r\nb", "a=09\r\nb"},
	{"a blank at the very end", "a ", "a=20"},
	{"From at a line's begin", "From x\nFrom y", "=46rom x\r\n=46rom y"},
	{"From inside a line", "a From b", "a From b"},
	{"a lone dot", ".\n", "=2E\r\n"},
	{"a boundary", "--x\n-y", "=2D-x\r\n-y"},
	{"NUL and escape", "\x1b", "=1B"},
	{"76 characters need a soft break",
	 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=\r\naaaaa"},
};

static void texts_are_encoded(void)
{
	EACH (row, texts) {
		struct qp_encoder encoder = {.mode = QP_TEXT};
		char room[512];

		tap_row(row->name);
		CHECK_SLICE(
			slice_from(room, qp_encode(&encoder, room, row->text, strlen(row->text))),
			slice_of(row->encoded));
	}
}

static void binary_keeps_its_line_ends(void)
{
	struct qp_encoder encoder = {.mode = QP_BINARY};
	char room[64];

	CHECK_SLICE(slice_from(room, qp_encode(&encoder, room, "a\r\nb\n", 5)),
		    SLICE("a=0D=0Ab=0A"));
}

static void lines_check(slice encoded)
{
	slice line;

	while (slice_next_line(&encoded, &line)) {
		CHECK(line.len <= 76);
		CHECK(!slice_ends(line, SLICE(" ")) && !slice_ends(line, SLICE("\t")));
		CHECK(!slice_starts(line, SLICE(".")) && !slice_starts(line, SLICE("--")) &&
		      !slice_starts(line, SLICE("From ")));
	}
}

static void what_is_encoded_is_decoded_to_the_same(void)
{
	static const char *const pieces[] = {"a",  " ",     "\t", "\r\n", "官",   "é",   "=", ".",
					     "--", "From ", "\r", "word", "\x7f", "Fro", "-"};
	struct random_stream random = {3};

	for (int round = 0; round < 3000; round++) {
		char text[2048], encoded[4 * 2048 + 8], again[4 * 2048 + 8];
		struct qp_encoder encoder = {.mode = round % 2 ? QP_TEXT : QP_BINARY};
		size_t n = 0;

		for (uint64_t i = random_below(&random, 200); i; i--) {
			const slice piece = slice_of(
				pieces[random_below(&random, sizeof pieces / sizeof *pieces)]);

			memcpy(text + n, piece.ptr, piece.len);
			n += piece.len;
		}

		const size_t size = qp_encode(&encoder, encoded, text, n);

		CHECK(size <= qp_max_size(n));
		lines_check(slice_from(encoded, size));
		CHECK_SLICE(slice_from(again, qp_decode(again, encoded, size)),
			    slice_from(text, n));
	}
}

static const struct {
	const char *name, *encoded, *text;
} forgiven[] = {
	{"lower case", "=c3=a9", "é"},
	{"an equals sign alone", "a=b", "a=b"},
	{"a soft break with blanks behind it", "a= \t\r\nb", "ab"},
	{"a soft break with LF only", "a=\nb", "ab"},
	{"an equals sign at the end", "a=", "a"},
	{"half an escape at the end", "a=C", "a=C"},
};

static void decoding_forgives_what_mails_do(void)
{
	EACH (row, forgiven) {
		char room[64];

		tap_row(row->name);
		CHECK_SLICE(slice_from(room, qp_decode(room, row->encoded, strlen(row->encoded))),
			    slice_of(row->text));
	}
}

TESTS(TEST(texts_are_encoded), TEST(binary_keeps_its_line_ends),
      TEST(what_is_encoded_is_decoded_to_the_same), TEST(decoding_forgives_what_mails_do))
