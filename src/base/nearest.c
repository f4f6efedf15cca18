/* SPDX-License-Identifier: MIT */
/* nearest.c - distance between words (optimal string alignment) */
#include "base/nearest.h"

#include "base/ascii.h"

#define WORD_MAX_BYTES 63 /* longer than any key or option of ours; rows of the table below lie on the stack */

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static bool is_same(char a, char b)
{
	return ascii_lower(a) == ascii_lower(b);
}

size_t nearest_distance(slice a, slice b)
{
	/* The last two rows and the one being filled: row i, column j is the distance of a's first i bytes to b's first j. */
	size_t rows[3][WORD_MAX_BYTES + 1];

	if (a.len > WORD_MAX_BYTES || b.len > WORD_MAX_BYTES)
		return slice_equal_nocase(a, b) ? 0 : a.len > b.len ? a.len : b.len;
	for (size_t j = 0; j <= b.len; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t *row = rows[i % 3];
		const size_t *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];

		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			const bool same = is_same(a.ptr[i - 1], b.ptr[j - 1]);

			row[j] = least(above[j - 1] + !same, least(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && is_same(a.ptr[i - 1], b.ptr[j - 2]) &&
			    is_same(a.ptr[i - 2], b.ptr[j - 1]))
				row[j] = least(row[j], two_above[j - 2] + 1);
		}
	}
	return rows[a.len % 3][b.len];
}

const char *nearest_word(slice word, const char *const *words)
{
	const char *best = NULL;
	/* Two letters may be wrong, of longer words a third; but one must be right: "form" is "from", "xy" is not "to". */
	size_t best_distance = (word.len < 6 ? 2 : word.len / 3) + 1;

	for (; *words; words++) {
		const slice candidate = slice_of(*words);
		const size_t distance = nearest_distance(word, candidate);

		if (distance < best_distance && distance < candidate.len && distance < word.len) {
			best = *words;
			best_distance = distance;
		}
	}
	return best;
}
