/* SPDX-License-Identifier: MIT */
/* rejects.c - samples of the lines that could not be read (rejects.h) */
#include "weblog/rejects.h"

#include "base/alloc.h"

int rejects_add(struct rejects *rejects, uint32_t file, uint64_t line, enum line_fault fault, slice text)
{
	const size_t n = rejects->n_samples[fault];

	rejects->n++;
	if (n == REJECTS_EACH)
		return 0;
	text = slice_part(text, 0, REJECTS_TEXT_BYTES);

	char *copy = mem_copy(text);

	if (!copy)
		return -1;
	rejects->samples[fault][n] = (struct reject){file, line, fault, copy, text.len};
	rejects->n_samples[fault]++;
	return 0;
}

void rejects_release(struct rejects *rejects)
{
	for (size_t fault = 0; fault < LINE_FAULTS; fault++)
		for (size_t i = 0; i < rejects->n_samples[fault]; i++)
			free(rejects->samples[fault][i].text);
	*rejects = (struct rejects){0};
}
