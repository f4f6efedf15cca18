/* SPDX-License-Identifier: MIT */
/* base64_test.c - three encoders that agree, and the decoder */
#include "mime/base64.h"

#include "base/random.h"
#include "tap.h"

/* RFC 4648, 10 */
static const struct {
	const char *name, *text, *encoded;
} vectors[] = {
	{"nothing", "", ""},
	{"one byte", "f", "Zg=="},
	{"two bytes", "fo", "Zm8="},
	{"three bytes", "foo", "Zm9v"},
	{"four bytes", "foob", "Zm9vYg=="},
	{"five bytes", "fooba", "Zm9vYmE="},
	{"six bytes", "foobar", "Zm9vYmFy"},
};

static void the_vectors_of_the_rfc_hold(void)
{
	EACH (row, vectors) {
		char room[64];

		tap_row(row->name);
		CHECK_SLICE(slice_from(room, base64_encode(room, row->text, strlen(row->text))),
			    slice_of(row->encoded));
	}
}

static void lines_hold_76_characters_and_end_in_crlf(void)
{
	char room[400];
	unsigned char bytes[58] = {0};
	uint64_t size;

	CHECK(base64_lines_size(58, &size));
	CHECK_INT(size, 76 + 2 + 4 + 2);
	CHECK_INT(base64_encode_lines(room, bytes, 58), size);
	CHECK_SLICE(slice_from(room + 76, 8), SLICE("\r\nAA==\r\n"));
	CHECK(base64_lines_size(0, &size));
	CHECK_INT(size, 0);
	CHECK(!base64_lines_size(UINT64_MAX - 5, &size));
}

#define MOST_BYTES 700

/* Every length and every alignment: the wide encoders give what the portable one gives, and touch
 * nothing behind it. */
static void the_wide_encoders_agree_with_the_portable_one(void)
{
	static const enum base64_kind kinds[] = {BASE64_AVX2, BASE64_AVX512};
	struct random_stream random = {7};
	unsigned char bytes[MOST_BYTES + 64];
	char want[2 * MOST_BYTES], got[2 * MOST_BYTES];

	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (unsigned char)random_next(&random);
	for (size_t k = 0; k < 2; k++) {
		tap_row(k ? "AVX-512" : "AVX2");
		for (size_t n = 0; n <= MOST_BYTES && base64_has(kinds[k]); n++) {
			const unsigned char *from = bytes + n % 64;

			memset(want, '#', sizeof want);
			memset(got, '#', sizeof got);
			CHECK(base64_encode_as(BASE64_PORTABLE, want, from, n) ==
			      base64_encode_as(kinds[k], got, from, n));
			CHECK(memcmp(want, got, sizeof want) == 0);
			memset(want, '#', sizeof want);
			memset(got, '#', sizeof got);
			CHECK(base64_encode_lines_as(BASE64_PORTABLE, want, from, n) ==
			      base64_encode_lines_as(kinds[k], got, from, n));
			CHECK(memcmp(want, got, sizeof want) == 0);
		}
	}
}

static void all_64_characters_are_made_by_each_encoder(void)
{
	unsigned char bytes[48];
	char room[64];

	for (size_t i = 0; i < 16; i++) {
		const uint32_t group = (uint32_t)(4 * i) << 18 | (uint32_t)(4 * i + 1) << 12 |
				       (uint32_t)(4 * i + 2) << 6 | (uint32_t)(4 * i + 3);

		bytes[3 * i] = (unsigned char)(group >> 16);
		bytes[3 * i + 1] = (unsigned char)(group >> 8);
		bytes[3 * i + 2] = (unsigned char)group;
	}
	for (enum base64_kind kind = BASE64_PORTABLE; kind <= BASE64_AVX512; kind++) {
		if (!base64_has(kind))
			continue;
		CHECK_INT(base64_encode_as(kind, room, bytes, sizeof bytes), 64);
		CHECK_SLICE(
			slice_from(room, 64),
			SLICE("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"));
	}
}

static const struct {
	const char *name, *encoded, *text;
	bool is_whole;
	unsigned n_strange;
} decoded[] = {
	{"a whole text", "Zm9vYmFy", "foobar", true, 0},
	{"padding", "Zm9vYg==", "foob", true, 0},
	{"lines", "Zm9v\r\nYmFy\r\n", "foobar", true, 0},
	{"missing padding", "Zm9vYg", "foob", false, 0},
	{"bytes outside the alphabet", "Zm9*v", "foo", true, 1},
	{"a second text behind the padding", "Zg==Zm8=", "ffo", true, 0},
	{"nothing", "", "", true, 0},
};

static void decoding_forgives_what_mails_do(void)
{
	EACH (row, decoded) {
		for (size_t cut = 0; cut <= strlen(row->encoded); cut++) {
			struct base64_decoder decoder = {0};
			char room[64];

			tap_row(row->name);

			const size_t first = base64_decode(&decoder, room, row->encoded, cut);
			const size_t rest =
				base64_decode(&decoder, room + first, row->encoded + cut,
					      strlen(row->encoded) - cut);

			CHECK_SLICE(slice_from(room, first + rest), slice_of(row->text));
			CHECK_INT(base64_decode_is_whole(&decoder), row->is_whole);
			CHECK_INT(decoder.n_strange, row->n_strange);
		}
	}
}

TESTS(TEST(the_vectors_of_the_rfc_hold), TEST(lines_hold_76_characters_and_end_in_crlf),
      TEST(the_wide_encoders_agree_with_the_portable_one),
      TEST(all_64_characters_are_made_by_each_encoder), TEST(decoding_forgives_what_mails_do))
