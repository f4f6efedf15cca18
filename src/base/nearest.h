/* SPDX-License-Identifier: MIT */
/* nearest.h - the word that was meant: "timezome" is nearest to "timezone" */
#ifndef COURANT_BASE_NEAREST_H
#define COURANT_BASE_NEAREST_H
#include "base/slice.h"

/* How many letters must be put in, taken out, replaced or swapped with their neighbour to make one of the other; ASCII case does not
 * count. Words over 63 bytes are as far as they are long. */
size_t nearest_distance(slice a, slice b);

/* The nearest of the words (NULL at the end), the first one of equals; NULL when none is near enough to have been meant. */
const char *nearest_word(slice word, const char *const *words);
#endif
