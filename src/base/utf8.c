/* SPDX-License-Identifier: MIT */
/* utf8.c - decoding by the table of RFC 3629, section 4 */
#include "base/utf8.h"

#include "base/utf8_wide.h"

/* Shorter texts are checked sooner one by one. */
#define WORTH_BYTES 32

/* What a first byte asks for: how many bytes in all, and the range of the second one, which rules out overlong forms (C0, C1, E0, F0),
 * surrogates (ED) and what is over U+10FFFF (F4 and up). */
static unsigned length_of(unsigned char first, unsigned char *ret_min, unsigned char *ret_max)
{
	*ret_min = 0x80;
	*ret_max = 0xBF;
	if (first < 0x80)
		return 1;
	if (first < 0xC2)
		return 0;
	if (first < 0xE0)
		return 2;
	if (first < 0xF0) {
		if (first == 0xE0)
			*ret_min = 0xA0;
		else if (first == 0xED)
			*ret_max = 0x9F;
		return 3;
	}
	if (first == 0xF0)
		*ret_min = 0x90;
	else if (first == 0xF4)
		*ret_max = 0x8F;
	return first <= 0xF4 ? 4 : 0;
}

/* The length of the valid character at the beginning, or 0. */
static inline unsigned char_length(slice text)
{
	const unsigned char *at = (const unsigned char *)text.ptr;
	unsigned char min, max;
	const unsigned n = length_of(at[0], &min, &max);

	if (n <= 1)
		return n;
	if (text.len < n || at[1] < min || at[1] > max)
		return 0;
	for (unsigned i = 2; i < n; i++)
		if ((at[i] & 0xC0) != 0x80)
			return 0;
	return n;
}

uint32_t utf8_next(slice *rest)
{
	const unsigned char *at = (const unsigned char *)rest->ptr;
	const unsigned n = char_length(*rest);

	*rest = slice_from(rest->ptr + (n ? n : 1), rest->len - (n ? n : 1));
	switch (n) {
	case 1:
		return at[0];
	case 2:
		return (at[0] & 0x1Fu) << 6 | (at[1] & 0x3Fu);
	case 3:
		return (at[0] & 0x0Fu) << 12 | (at[1] & 0x3Fu) << 6 | (at[2] & 0x3Fu);
	case 4:
		return (at[0] & 0x07u) << 18 | (at[1] & 0x3Fu) << 12 | (at[2] & 0x3Fu) << 6 | (at[3] & 0x3Fu);
	default:
		return UTF8_BAD;
	}
}

static char continuation(uint32_t bits)
{
	return (char)(0x80 | (bits & 0x3F));
}

void utf8_write(struct buffer *buffer, uint32_t code)
{
	char bytes[4];
	size_t n = 0;

	if (code < 0x80) {
		bytes[n++] = (char)code;
	} else if (code < 0x800) {
		bytes[n++] = (char)(0xC0 | code >> 6);
		bytes[n++] = continuation(code);
	} else if (code < 0x10000) {
		bytes[n++] = (char)(0xE0 | code >> 12);
		bytes[n++] = continuation(code >> 6);
		bytes[n++] = continuation(code);
	} else {
		bytes[n++] = (char)(0xF0 | code >> 18);
		bytes[n++] = continuation(code >> 12);
		bytes[n++] = continuation(code >> 6);
		bytes[n++] = continuation(code);
	}
	buffer_append(buffer, slice_from(bytes, n));
}

/* How many bytes at the beginning are ASCII; eight are looked at in one step, so up to seven of them may be left over. */
static size_t ascii_run(slice text)
{
	const uint64_t high_bits = UINT64_C(0x8080808080808080);
	size_t at = 0;

	for (; text.len - at >= sizeof(uint64_t); at += sizeof(uint64_t)) {
		uint64_t word;

		memcpy(&word, text.ptr + at, sizeof word);
		if (word & high_bits)
			break;
	}
	return at;
}

size_t utf8_find_invalid(slice text)
{
	slice rest = text;

#ifdef UTF8_WIDE
	/* The wide way does not say where: what is not valid is looked at once more. */
	if (text.len >= WORTH_BYTES && __builtin_cpu_supports("avx2") && utf8_is_valid_avx2(text))
		return SLICE_NONE;
#endif
	while (rest.len) {
		rest = slice_after(rest, ascii_run(rest));
		for (unsigned i = 0; i < 8 && rest.len; i++) {
			const unsigned n = char_length(rest);

			if (n == 0)
				return text.len - rest.len;
			rest = slice_from(rest.ptr + n, rest.len - n);
		}
	}
	return SLICE_NONE;
}

bool utf8_is_valid(slice text)
{
	return utf8_find_invalid(text) == SLICE_NONE;
}

bool utf8_is_ascii(slice text)
{
	for (size_t at = ascii_run(text); at < text.len; at++)
		if ((unsigned char)text.ptr[at] > 127)
			return false;
	return true;
}

slice utf8_cut(slice text, size_t max_bytes)
{
	if (text.len <= max_bytes)
		return text;
	/* The character that the cut falls into began at most three bytes before it. */
	for (size_t back = 1; back <= 3 && back <= max_bytes; back++)
		if (char_length(slice_after(text, max_bytes - back)) > back)
			return slice_part(text, 0, max_bytes - back);
	return slice_part(text, 0, max_bytes);
}

size_t utf8_count(slice text)
{
	size_t n = 0;

	for (; text.len; n++)
		(void)utf8_next(&text);
	return n;
}
