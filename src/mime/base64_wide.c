/* SPDX-License-Identifier: MIT */
/* base64_wide.c - many groups of three bytes at a time
 *
 * Both ways are the same: bring the three bytes of each group into one 32-bit lane, move its four
 * six-bit fields to the four bytes of the lane, and turn the values into characters. With AVX2 the
 * fields move by two multiplications and the characters come from adding an offset looked up by
 * class; VBMI has an instruction for each of the two. */
#include "mime/base64_wide.h"

#ifdef BASE64_WIDE
#include <immintrin.h>

#include "mime/base64.h"

#define AVX2   __attribute__((target("avx2")))
#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi")))

/* 24 bytes into 32 characters. The low lane reads bytes 0 to 15, the high one 8 to 23 shifted by
 * its shuffle: nothing outside the 24 is read. */
AVX2 static inline __m256i avx2_characters(const unsigned char *from)
{
	const __m128i low = _mm_loadu_si128((const __m128i *)from);
	const __m128i high = _mm_loadu_si128((const __m128i *)(from + 8));
	/* b a c b of each group; what the high lane wants begins 4 bytes later. */
	const __m256i spread =
		_mm256_setr_epi8(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10, 5, 4, 6, 5, 8,
				 7, 9, 8, 11, 10, 12, 11, 14, 13, 15, 14);
	const __m256i in = _mm256_shuffle_epi8(
		_mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1), spread);
	/* Each lane holds the bytes b a c b: fields 1 and 3 move right by a high multiplication, 2
	 * and 4 left by a low one. */
	const __m256i right = _mm256_mulhi_epu16(
		_mm256_and_si256(in, _mm256_set1_epi32(0x0fc0fc00)), _mm256_set1_epi32(0x04000040));
	const __m256i left = _mm256_mullo_epi16(_mm256_and_si256(in, _mm256_set1_epi32(0x003f03f0)),
						_mm256_set1_epi32(0x01000010));
	const __m256i values = _mm256_or_si256(right, left);
	/* Classes: 0 for 26 to 51, 1 to 10 for 52 to 61, 11 and 12 for + and /, 13 for 0 to 25. */
	const __m256i over = _mm256_subs_epu8(values, _mm256_set1_epi8(51));
	const __m256i below = _mm256_cmpgt_epi8(_mm256_set1_epi8(26), values);
	const __m256i class = _mm256_or_si256(over, _mm256_and_si256(below, _mm256_set1_epi8(13)));
	const __m256i offsets = _mm256_setr_epi8(
		'a' - 26, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52,
		'0' - 52, '0' - 52, '0' - 52, '+' - 62, '/' - 63, 'A', 0, 0, 'a' - 26, '0' - 52,
		'0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52,
		'0' - 52, '+' - 62, '/' - 63, 'A', 0, 0);

	return _mm256_add_epi8(values, _mm256_shuffle_epi8(offsets, class));
}

AVX2 size_t base64_avx2_groups(char *to, const unsigned char *from, size_t n)
{
	size_t done = 0;

	for (; n - done >= 24; done += 24, to += 32)
		_mm256_storeu_si256((__m256i *)to, avx2_characters(from + done));
	return done;
}

/* A line is 24 + 24 + 9 bytes: the third piece is read as the last 24, and only its end is written
 * over what the second has written. */
AVX2 size_t base64_avx2_lines(char *to, const unsigned char *from, size_t n)
{
	size_t done = 0;

	for (; n - done >= BASE64_LINE_BYTES;
	     done += BASE64_LINE_BYTES, to += BASE64_LINE_CHARS + 2) {
		_mm256_storeu_si256((__m256i *)to, avx2_characters(from + done));
		_mm256_storeu_si256((__m256i *)(to + 32), avx2_characters(from + done + 24));
		_mm256_storeu_si256((__m256i *)(to + 44), avx2_characters(from + done + 33));
		to[76] = '\r';
		to[77] = '\n';
	}
	return done;
}

struct vbmi {
	__m512i spread, shifts, alphabet;
};

AVX512 static inline struct vbmi vbmi_tables(void)
{
	static const unsigned char spread[64] = {
		1,  0,  2,  1,  4,  3,  5,  4,  7,  6,  8,  7,  10, 9,  11, 10,
		13, 12, 14, 13, 16, 15, 17, 16, 19, 18, 20, 19, 22, 21, 23, 22,
		25, 24, 26, 25, 28, 27, 29, 28, 31, 30, 32, 31, 34, 33, 35, 34,
		37, 36, 38, 37, 40, 39, 41, 40, 43, 42, 44, 43, 46, 45, 47, 46,
	};

	return (struct vbmi){
		.spread = _mm512_loadu_si512(spread),
		/* The bit offsets of the four fields in b a c b, twice. */
		.shifts = _mm512_set1_epi64(0x3036242a1016040a),
		.alphabet = _mm512_loadu_si512(
			"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"),
	};
}

/* 48 bytes into 64 characters. The permutation by values ignores all but their low six bits. */
AVX512 static inline __m512i vbmi_characters(const struct vbmi *tables, __m512i in)
{
	const __m512i lanes = _mm512_permutexvar_epi8(tables->spread, in);

	return _mm512_permutexvar_epi8(_mm512_multishift_epi64_epi8(tables->shifts, lanes),
				       tables->alphabet);
}

AVX512 size_t base64_avx512_groups(char *to, const unsigned char *from, size_t n)
{
	const struct vbmi tables = vbmi_tables();
	size_t done = 0;

	for (; n - done >= 64; done += 48, to += 64)
		_mm512_storeu_si512(to, vbmi_characters(&tables, _mm512_loadu_si512(from + done)));
	for (; n - done >= 3;) {
		const size_t bytes = n - done >= 48 ? 48 : (n - done) / 3 * 3;
		const __m512i in = _mm512_maskz_loadu_epi8(((uint64_t)1 << bytes) - 1, from + done);
		const size_t characters = bytes / 3 * 4;
		const __mmask64 kept =
			characters == 64 ? ~(__mmask64)0 : ((__mmask64)1 << characters) - 1;

		_mm512_mask_storeu_epi8(to, kept, vbmi_characters(&tables, in));
		done += bytes;
		to += characters;
	}
	return done;
}

/* A line is 48 + 9 bytes: 64 characters, then 12 with the CRLF behind them in one store. Only the
 * last line must not read past the end. */
AVX512 size_t base64_avx512_lines(char *to, const unsigned char *from, size_t n)
{
	const struct vbmi tables = vbmi_tables();
	const __m128i line_end =
		_mm_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '\r', '\n', 0, 0);
	size_t done = 0;

	for (; n - done >= BASE64_LINE_BYTES;
	     done += BASE64_LINE_BYTES, to += BASE64_LINE_CHARS + 2) {
		const __m512i first = _mm512_maskz_loadu_epi8(((uint64_t)1 << 48) - 1, from + done);
		const __m512i rest =
			_mm512_maskz_loadu_epi8(((uint64_t)1 << 9) - 1, from + done + 48);
		const __m128i tail = _mm512_castsi512_si128(vbmi_characters(&tables, rest));

		_mm512_storeu_si512(to, vbmi_characters(&tables, first));
		_mm_mask_storeu_epi8(to + 64, 0x3fff, _mm_mask_blend_epi8(0x3000, tail, line_end));
	}
	return done;
}
#endif
