/* SPDX-License-Identifier: MIT */
/* base64.c - the portable encoder, the decoder, and the choice of the encoder */
#include "mime/base64.h"

#include <string.h>

#include "mime/base64_wide.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool base64_lines_size(uint64_t n, uint64_t *ret)
{
	const uint64_t rest = n % BASE64_LINE_BYTES;
	uint64_t size;

	if (__builtin_mul_overflow(n / BASE64_LINE_BYTES, BASE64_LINE_CHARS + 2, &size) ||
	    __builtin_add_overflow(size, rest ? base64_size(rest) + 2 : 0, &size))
		return false;
	*ret = size;
	return true;
}

static inline void group_encode(char *to, const unsigned char *from)
{
	const uint32_t bits = (uint32_t)from[0] << 16 | (uint32_t)from[1] << 8 | from[2];

	to[0] = alphabet[bits >> 18];
	to[1] = alphabet[bits >> 12 & 63];
	to[2] = alphabet[bits >> 6 & 63];
	to[3] = alphabet[bits & 63];
}

static size_t encode_portable(char *to, const unsigned char *from, size_t n)
{
	char *at = to;

	for (; n >= 3; n -= 3, from += 3, at += 4)
		group_encode(at, from);
	if (n) {
		const unsigned char last[3] = {from[0], n == 2 ? from[1] : 0, 0};

		group_encode(at, last);
		if (n == 1)
			at[2] = '=';
		at[3] = '=';
		at += 4;
	}
	return (size_t)(at - to);
}

/* Each wide encoder does as many whole groups (or whole lines) as it likes and says how many bytes
 * it took; the portable one does the rest. */
struct encoder {
	size_t (*groups)(char *to, const unsigned char *from, size_t n);
	size_t (*lines)(char *to, const unsigned char *from, size_t n);
};

static size_t nothing(char *to, const unsigned char *from, size_t n)
{
	(void)to;
	(void)from;
	(void)n;
	return 0;
}

static const struct encoder encoders[] = {
	[BASE64_PORTABLE] = {nothing, nothing},
#ifdef BASE64_WIDE
	[BASE64_AVX2] = {base64_avx2_groups, base64_avx2_lines},
	[BASE64_AVX512] = {base64_avx512_groups, base64_avx512_lines},
#endif
};

bool base64_has(enum base64_kind kind)
{
	switch (kind) {
	case BASE64_PORTABLE:
		return true;
#ifdef BASE64_WIDE
	case BASE64_AVX2:
		return __builtin_cpu_supports("avx2");
	case BASE64_AVX512:
		return __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512bw") &&
		       __builtin_cpu_supports("avx512vl");
#else
	case BASE64_AVX2:
	case BASE64_AVX512:
		return false;
#endif
	}
	return false;
}

/* Set once; two threads that come first at the same time write the same value. */
static enum base64_kind best_kind(void)
{
	static int chosen = -1;
	int kind = __atomic_load_n(&chosen, __ATOMIC_RELAXED);

	if (kind < 0) {
		kind = base64_has(BASE64_AVX512) ? BASE64_AVX512
		       : base64_has(BASE64_AVX2) ? BASE64_AVX2
						 : BASE64_PORTABLE;
		__atomic_store_n(&chosen, kind, __ATOMIC_RELAXED);
	}
	return (enum base64_kind)kind;
}

size_t base64_encode_as(enum base64_kind kind, char *to, const void *from, size_t n)
{
	const unsigned char *bytes = from;
	const size_t done = encoders[kind].groups(to, bytes, n);

	return done / 3 * 4 + encode_portable(to + done / 3 * 4, bytes + done, n - done);
}

size_t base64_encode_lines_as(enum base64_kind kind, char *to, const void *from, size_t n)
{
	const unsigned char *bytes = from;
	size_t done = encoders[kind].lines(to, bytes, n);
	char *at = to + done / BASE64_LINE_BYTES * (BASE64_LINE_CHARS + 2);

	while (done < n) {
		const size_t line = n - done < BASE64_LINE_BYTES ? n - done : BASE64_LINE_BYTES;

		at += base64_encode_as(kind, at, bytes + done, line);
		*at++ = '\r';
		*at++ = '\n';
		done += line;
	}
	return (size_t)(at - to);
}

size_t base64_encode(char *to, const void *from, size_t n)
{
	return base64_encode_as(best_kind(), to, from, n);
}

size_t base64_encode_lines(char *to, const void *from, size_t n)
{
	return base64_encode_lines_as(best_kind(), to, from, n);
}

enum { STRANGE = 64, BLANK = 65, PADDING = 66 };

static unsigned char value_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (unsigned char)(c - 'A');
	if (c >= 'a' && c <= 'z')
		return (unsigned char)(c - 'a' + 26);
	if (c >= '0' && c <= '9')
		return (unsigned char)(c - '0' + 52);
	switch (c) {
	case '+':
		return 62;
	case '/':
		return 63;
	case '=':
		return PADDING;
	case ' ':
	case '\t':
	case '\r':
	case '\n':
		return BLANK;
	default:
		return STRANGE;
	}
}

size_t base64_decode(struct base64_decoder *decoder, void *to, const char *from, size_t n)
{
	unsigned char *at = to;

	for (size_t i = 0; i < n; i++) {
		const unsigned char value = value_of(from[i]);

		if (value < 64) {
			decoder->is_padded = false;
			decoder->bits = decoder->bits << 6 | value;
			decoder->n_bits += 6;
			if (decoder->n_bits >= 8) {
				decoder->n_bits -= 8;
				*at++ = (unsigned char)(decoder->bits >> decoder->n_bits);
			}
		} else if (value == PADDING) {
			/* What is left of a group is no byte. */
			decoder->is_padded = true;
			decoder->bits = decoder->n_bits = 0;
		} else {
			decoder->n_strange += value == STRANGE;
		}
	}
	return (size_t)(at - (unsigned char *)to);
}

bool base64_decode_is_whole(const struct base64_decoder *decoder)
{
	return decoder->n_bits == 0 || decoder->is_padded;
}
