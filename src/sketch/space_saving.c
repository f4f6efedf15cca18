/* SPDX-License-Identifier: MIT */
/* space_saving.c - which keys came most often (space_saving.h) */
#include "sketch/space_saving.h"

#include <stdlib.h>

static int compare(const void *left, const void *right)
{
	const uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

struct space_saving_cut space_saving_cut(uint64_t *mosts, size_t n)
{
	struct space_saving_cut cut = {0};

	if (!n)
		return cut;
	qsort(mosts, n, sizeof *mosts, compare);
	cut.missed = mosts[(n - 1) / 2];
	for (size_t i = (n - 1) / 2 + 1; i < n && mosts[i] == cut.missed; i++)
		cut.may_stay++;
	return cut;
}
