/* SPDX-License-Identifier: MIT */
/* utf8_wide.c - UTF-8 checked by looking up each byte and the one before it
 *
 * The way of Keiser and Lemire ("Validating UTF-8 in less than one instruction per byte", 2020):
 * every fault of two bytes in a row shows as a bit that three tables have in common, looked up by
 * the first byte's two halves and the second byte's upper half. What is left is that third and
 * fourth bytes stand just where a lead byte two or three places earlier wants them. */
#include "base/utf8_wide.h"

#ifdef UTF8_WIDE
#include <immintrin.h>
#include <stdint.h>

#define AVX2       __attribute__((target("avx2")))
#define STEP_BYTES ((size_t)32)

enum {
	TOO_SHORT = 1 << 0,  /* a lead byte, then no continuation */
	TOO_LONG = 1 << 1,   /* ASCII, then a continuation */
	OVERLONG_3 = 1 << 2, /* E0 and less than A0 */
	TOO_LARGE = 1 << 3,  /* F4 and 90 or more, or F5 and more */
	SURROGATE = 1 << 4,  /* ED and A0 or more */
	OVERLONG_2 = 1 << 5, /* C0, C1 */
	TOO_LARGE_1000 = 1 << 6,
	OVERLONG_4 = 1 << 6, /* F0 and less than 90 */
	TWO_CONTS = 1 << 7,  /* a continuation after a continuation: right only in the third and
				fourth place */
	CARRY = TOO_SHORT | TOO_LONG | TWO_CONTS
};

#define TWICE(...) _mm256_setr_epi8(__VA_ARGS__, __VA_ARGS__)

/* The bytes as they stood n places earlier, those of the step before coming in. */
#define EARLIER(now, before, n)                                                                    \
	_mm256_alignr_epi8(now, _mm256_permute2x128_si256(before, now, 0x21), 16 - (n))

AVX2 static inline __m256i upper_half(__m256i bytes)
{
	return _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(15));
}

AVX2 static inline __m256i pairs_check(__m256i now, __m256i one_earlier)
{
	const __m256i first_upper =
		TWICE(TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG,
		      TOO_LONG, (char)TWO_CONTS, (char)TWO_CONTS, (char)TWO_CONTS, (char)TWO_CONTS,
		      TOO_SHORT | OVERLONG_2, TOO_SHORT, TOO_SHORT | OVERLONG_3 | SURROGATE,
		      TOO_SHORT | TOO_LARGE | TOO_LARGE_1000 | OVERLONG_4);
	const __m256i first_lower =
		TWICE((char)(CARRY | OVERLONG_3 | OVERLONG_2 | OVERLONG_4),
		      (char)(CARRY | OVERLONG_2), (char)CARRY, (char)CARRY,
		      (char)(CARRY | TOO_LARGE), (char)(CARRY | TOO_LARGE | TOO_LARGE_1000),
		      (char)(CARRY | TOO_LARGE | TOO_LARGE_1000),
		      (char)(CARRY | TOO_LARGE | TOO_LARGE_1000),
		      (char)(CARRY | TOO_LARGE | TOO_LARGE_1000),
		      (char)(CARRY | TOO_LARGE | TOO_LARGE_1000),
		      (char)(CARRY | TOO_LARGE | TOO_LARGE_1000),
		      (char)(CARRY | TOO_LARGE | TOO_LARGE_1000),
		      (char)(CARRY | TOO_LARGE | TOO_LARGE_1000),
		      (char)(CARRY | TOO_LARGE | TOO_LARGE_1000 | SURROGATE),
		      (char)(CARRY | TOO_LARGE | TOO_LARGE_1000),
		      (char)(CARRY | TOO_LARGE | TOO_LARGE_1000));
	const __m256i second_upper =
		TWICE(TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
		      TOO_SHORT,
		      (char)(TOO_LONG | OVERLONG_2 | TWO_CONTS | OVERLONG_3 | TOO_LARGE_1000 |
			     OVERLONG_4),
		      (char)(TOO_LONG | OVERLONG_2 | TWO_CONTS | OVERLONG_3 | TOO_LARGE),
		      (char)(TOO_LONG | OVERLONG_2 | TWO_CONTS | SURROGATE | TOO_LARGE),
		      (char)(TOO_LONG | OVERLONG_2 | TWO_CONTS | SURROGATE | TOO_LARGE), TOO_SHORT,
		      TOO_SHORT, TOO_SHORT, TOO_SHORT);
	const __m256i by_first = _mm256_and_si256(
		_mm256_shuffle_epi8(first_upper, upper_half(one_earlier)),
		_mm256_shuffle_epi8(first_lower,
				    _mm256_and_si256(one_earlier, _mm256_set1_epi8(15))));

	return _mm256_and_si256(by_first, _mm256_shuffle_epi8(second_upper, upper_half(now)));
}

AVX2 static inline __m256i step_check(__m256i now, __m256i before)
{
	const __m256i pairs = pairs_check(now, EARLIER(now, before, 1));
	/* A byte over DF two places earlier, or over EF three places earlier, wants a continuation
	 * here. */
	const __m256i third =
		_mm256_subs_epu8(EARLIER(now, before, 2), _mm256_set1_epi8((char)(0xe0 - 0x80)));
	const __m256i fourth =
		_mm256_subs_epu8(EARLIER(now, before, 3), _mm256_set1_epi8((char)(0xf0 - 0x80)));
	const __m256i wanted =
		_mm256_and_si256(_mm256_or_si256(third, fourth), _mm256_set1_epi8((char)0x80));

	return _mm256_xor_si256(wanted, pairs);
}

AVX2 bool utf8_is_valid_avx2(slice text)
{
	__m256i before = _mm256_setzero_si256();
	__m256i faults = _mm256_setzero_si256();
	bool was_ascii = true;
	size_t at = 0;

	/* One step more than there are bytes: NULs behind the end show a character that was cut. */
	for (; at <= text.len; at += STEP_BYTES) {
		char rest[STEP_BYTES] = {0};
		const char *from = text.ptr + at;

		if (text.len - at < STEP_BYTES) {
			if (text.len > at)
				memcpy(rest, from, text.len - at);
			from = rest;
		}

		const __m256i now = _mm256_loadu_si256((const __m256i *)from);
		const bool is_ascii = _mm256_movemask_epi8(now) == 0;

		if (!is_ascii || !was_ascii)
			faults = _mm256_or_si256(faults, step_check(now, before));
		was_ascii = is_ascii;
		before = now;
	}
	return _mm256_testz_si256(faults, faults);
}
#endif
