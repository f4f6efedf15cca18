/* SPDX-License-Identifier: MIT */
/* address_test.c - every text is told again as it was written, and no two have the same key */
#include "weblog/address.h"

#include "tap.h"

static const struct {
	const char *text;
	size_t text_len, key_len;
} texts[] = {
	{"1.2.3.4", 7, 7},          {"10.2.3.4", 8, 8},            {"100.20.30.4", 11, 8},      {"192.168.100.200", 15, 8},
	{"255.255.255.2555", 16, 16}, {"0010.2.3.4", 10, 8},       {"2001:db8::1", 11, 11},     {"fe80::12", 8, 8},
	{"::ffff:10.2.3.4", 15, 15}, {"-", 1, 1},                  {"", 0, 0},                  {"host.example", 12, 12},
	{"10.2.3.4=", 9, 9},        {"========", 8, 8},            {"10.2.3.4-", 9, 9},         {"10:20;30<40", 11, 8},
	/* What could be taken for a packed one, and for one that was told apart from that. */
	{"abcdefg\xff", 8, 9},      {"abcdefg\xff\0", 9, 10},     {"abcdefg\xff\0\0", 10, 11}, {"10.2.3.4\0", 9, 10},
	{"10.2.3.\xfe", 8, 9},      {"\xfe" "0.2.3.4", 8, 8},
};

static void texts_are_told_again(void)
{
	enum { N = sizeof texts / sizeof *texts };
	AUTO(buffer) struct buffer scratch = BUFFER_LIMIT(1000);
	char keys[N][32];
	size_t lens[N];

	for (size_t i = 0; i < N; i++) {
		const slice text = slice_from(texts[i].text, texts[i].text_len);
		char space[ADDRESS_TEXT_BYTES];
		uint64_t packed;
		slice key;

		tap_row(texts[i].text);
		CHECK_INT(address_key(text, &packed, &scratch, &key, NULL), 0);
		CHECK_INT(key.len, texts[i].key_len);
		CHECK_SLICE(address_text(key, space), text);
		memcpy(keys[i], key.ptr, key.len);
		lens[i] = key.len;
		for (size_t k = 0; k < i; k++)
			CHECK(lens[k] != lens[i] || memcmp(keys[k], keys[i], lens[i]) != 0);
	}
}

/* Each byte at each place. */
static void every_byte_is_told_again(void)
{
	AUTO(buffer) struct buffer scratch = BUFFER_LIMIT(1000);
	char text[] = "198.51.100.77";

	for (size_t i = 0; i < sizeof text - 1; i++) {
		const char before = text[i];

		for (int byte = 0; byte < 256; byte++) {
			char space[ADDRESS_TEXT_BYTES];
			uint64_t packed;
			slice key;

			text[i] = (char)byte;
			CHECK_INT(address_key(slice_from(text, sizeof text - 1), &packed, &scratch, &key, NULL), 0);
			if (!slice_equal(address_text(key, space), slice_from(text, sizeof text - 1)))
				CHECK_INT(byte, -1);
		}
		text[i] = before;
	}
}

static void what_is_around_an_address_is_taken_off(void)
{
	static const struct {
		const char *text, *address;
	} rows[] = {
		{"192.0.2.1", "192.0.2.1"},     {"192.0.2.1:80", "192.0.2.1"},   {"192.0.2.1,", "192.0.2.1"},       {"192.0.2.1:80,", "192.0.2.1"},
		{"2001:db8::1", "2001:db8::1"}, {"[2001:db8::1]", "2001:db8::1"}, {"[2001:db8::1]:443", "2001:db8::1"}, {"[2001:db8::1", "[2001:db8::1"},
		{"host.example:80", "host.example"}, {"-", "-"}, {"[", "["}, {"[]", ""}, {"]", "]"}, {":", ""}, {",", ""},
	};

	EACH (row, rows) {
		tap_row(row->text);
		CHECK_SLICE(address_bare(slice_of(row->text)), slice_of(row->address));
	}
}

TESTS(TEST(what_is_around_an_address_is_taken_off), TEST(texts_are_told_again), TEST(every_byte_is_told_again))
