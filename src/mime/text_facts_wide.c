/* SPDX-License-Identifier: MIT */
/* text_facts_wide.c - the same pass over a text with AVX2: 64 bytes a step become masks of one bit
 * a byte */
#include "mime/text_facts.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include "base/ascii.h"

#define AVX2       __attribute__((target("avx2,popcnt,bmi")))
#define STEP_BYTES ((size_t)64)

struct masks {
	uint64_t line_ends, returns, eight_bit, controls, nuls, equals;
};

struct halves {
	__m256i low, high;
};

AVX2 static inline uint64_t mask_of(__m256i low, __m256i high)
{
	return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high)
							     << 32;
}

AVX2 static inline uint64_t mask_of_byte(struct halves bytes, char byte)
{
	const __m256i wanted = _mm256_set1_epi8(byte);

	return mask_of(_mm256_cmpeq_epi8(bytes.low, wanted), _mm256_cmpeq_epi8(bytes.high, wanted));
}

AVX2 static inline struct masks masks_of(const char *at)
{
	const struct halves bytes = {_mm256_loadu_si256((const __m256i *)at),
				     _mm256_loadu_si256((const __m256i *)(at + 32))};
	const __m256i last_control = _mm256_set1_epi8(31);
	const uint64_t low =
		mask_of(_mm256_cmpeq_epi8(_mm256_min_epu8(bytes.low, last_control), bytes.low),
			_mm256_cmpeq_epi8(_mm256_min_epu8(bytes.high, last_control), bytes.high));
	struct masks masks = {
		.line_ends = mask_of_byte(bytes, '\n'),
		.eight_bit = mask_of(bytes.low, bytes.high),
		.equals = mask_of_byte(bytes, '='),
		.controls = low | mask_of_byte(bytes, 127),
	};

	/* Most texts have nothing below the blank but line feeds. */
	if (low & ~masks.line_ends) {
		masks.returns = mask_of_byte(bytes, '\r');
		masks.nuls = mask_of_byte(bytes, '\0');
		masks.controls &= ~(mask_of_byte(bytes, '\t') | masks.returns);
	}
	masks.controls &= ~masks.line_ends;
	return masks;
}

static void line_look(struct text_facts *facts, slice line)
{
	if (line.len > facts->longest_line)
		facts->longest_line = line.len;
	if (line.len == 0)
		return;
	facts->has_trailing_blank |= ascii_is_blank(line.ptr[line.len - 1]);
	switch (*line.ptr) {
	case '.':
		facts->has_dot_line = true;
		break;
	case 'F':
		facts->has_from_line |= slice_starts(line, SLICE("From "));
		break;
	case '-':
		facts->has_hyphen_line |= slice_starts(line, SLICE("--"));
		break;
	}
}

/* The line that ends with the LF at `end`. */
static void line_end(struct text_facts *facts, const char *begin, const char *end)
{
	const bool has_return = end > begin && end[-1] == '\r';

	facts->has_bare_lf |= !has_return;
	line_look(facts, slice_from(begin, (size_t)(end - begin) - has_return));
}

AVX2 void text_facts_measure_avx2(struct text_facts *facts, slice text)
{
	const char *begin = text.ptr; /* of the current line */
	const char *at = text.ptr;
	const char *const end = text.ptr + text.len;
	char rest[STEP_BYTES + 1];

	*facts = (struct text_facts){0};
	while (at < end) {
		const size_t n = (size_t)(end - at) < STEP_BYTES ? (size_t)(end - at) : STEP_BYTES;
		const char *from = at;
		bool line_follows = n == STEP_BYTES && at + n < end && at[n] == '\n';

		/* What is left at the end is filled up with letters, which change nothing. */
		if (n < STEP_BYTES) {
			memset(rest, 'x', sizeof rest);
			memcpy(rest, at, n);
			from = rest;
		}

		const struct masks masks = masks_of(from);
		const uint64_t bare_returns =
			masks.returns & ~(masks.line_ends >> 1 | (uint64_t)line_follows << 63);

		facts->n_lines += (size_t)__builtin_popcountll(masks.line_ends);
		facts->n_eight_bit += (size_t)__builtin_popcountll(masks.eight_bit);
		facts->n_escapes += (size_t)__builtin_popcountll(masks.eight_bit | masks.controls |
								 masks.equals | bare_returns);
		facts->has_nul |= masks.nuls != 0;
		facts->has_bare_cr |= bare_returns != 0;
		facts->has_control |= (masks.controls | bare_returns) != 0;
		for (uint64_t ends = masks.line_ends; ends; ends &= ends - 1) {
			const char *line = at + __builtin_ctzll(ends);

			line_end(facts, begin, line);
			begin = line + 1;
		}
		at += n;
	}
	if (begin < end)
		line_look(facts, slice_from(begin, (size_t)(end - begin)));
}
#endif
