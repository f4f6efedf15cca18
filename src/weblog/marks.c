/* SPDX-License-Identifier: MIT */
/* marks.c - where quotes, backslashes and line feeds stand (marks.h) */
#include "weblog/marks.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

static bool always(void)
{
	return true;
}

static void find_portable(const char *bytes, size_t n, uint64_t *ret_bits)
{
	for (; n; n -= 64, bytes += 64) {
		uint64_t word = 0;

		for (size_t i = 0; i < 64; i++)
			word |= (uint64_t)(bytes[i] == '"' || bytes[i] == '\\' || bytes[i] == '\n') << i;
		*ret_bits++ = word;
	}
}

#if defined(__x86_64__)
static uint64_t sixteen(const char *bytes)
{
	const __m128i at = _mm_loadu_si128((const __m128i *)(const void *)bytes);
	const __m128i quotes = _mm_cmpeq_epi8(at, _mm_set1_epi8('"'));
	const __m128i slashes = _mm_cmpeq_epi8(at, _mm_set1_epi8('\\'));
	const __m128i ends = _mm_cmpeq_epi8(at, _mm_set1_epi8('\n'));

	return (uint32_t)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quotes, slashes), ends));
}

static void find_sse2(const char *bytes, size_t n, uint64_t *ret_bits)
{
	for (; n; n -= 64, bytes += 64)
		*ret_bits++ = sixteen(bytes) | sixteen(bytes + 16) << 16 | sixteen(bytes + 32) << 32 | sixteen(bytes + 48) << 48;
}

__attribute__((target("avx2"))) static void find_avx2(const char *bytes, size_t n, uint64_t *ret_bits)
{
	const __m256i quote = _mm256_set1_epi8('"'), slash = _mm256_set1_epi8('\\'), end = _mm256_set1_epi8('\n');

	for (; n; n -= 64, bytes += 64) {
		const __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)bytes);
		const __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(bytes + 32));
		const __m256i marks_low = _mm256_or_si256(_mm256_or_si256(_mm256_cmpeq_epi8(low, quote), _mm256_cmpeq_epi8(low, slash)),
							  _mm256_cmpeq_epi8(low, end));
		const __m256i marks_high = _mm256_or_si256(
			_mm256_or_si256(_mm256_cmpeq_epi8(high, quote), _mm256_cmpeq_epi8(high, slash)), _mm256_cmpeq_epi8(high, end));

		*ret_bits++ = (uint32_t)_mm256_movemask_epi8(marks_low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(marks_high) << 32;
	}
}

static bool has_avx2(void)
{
	return __builtin_cpu_supports("avx2");
}

__attribute__((target("avx512bw"))) static void find_avx512(const char *bytes, size_t n, uint64_t *ret_bits)
{
	const __m512i quote = _mm512_set1_epi8('"'), slash = _mm512_set1_epi8('\\'), end = _mm512_set1_epi8('\n');

	for (; n; n -= 64, bytes += 64) {
		const __m512i at = _mm512_loadu_si512((const void *)bytes);

		*ret_bits++ = _mm512_cmpeq_epi8_mask(at, quote) | _mm512_cmpeq_epi8_mask(at, slash) | _mm512_cmpeq_epi8_mask(at, end);
	}
}

static bool has_avx512(void)
{
	return __builtin_cpu_supports("avx512bw");
}
#endif

const struct marks_way marks_ways[] = {
	{"portable", find_portable, always},
#if defined(__x86_64__)
	{"sse2", find_sse2, always},
	{"avx2", find_avx2, has_avx2},
	{"avx512", find_avx512, has_avx512},
#endif
};
const size_t marks_ways_count = sizeof marks_ways / sizeof *marks_ways;

const struct marks_way *marks_best(void)
{
	size_t i = marks_ways_count - 1;

	while (!marks_ways[i].is_there())
		i--;
	return &marks_ways[i];
}
