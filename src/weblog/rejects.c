/* SPDX-License-Identifier: MIT */
/* rejects.c - samples of the lines that could not be read (rejects.h) */
#include "weblog/rejects.h"

#include "base/alloc.h"
#include "weblog/feed.h"

int rejects_add(struct rejects *rejects, uint32_t file, uint32_t block, uint64_t line, enum line_fault fault, slice text)
{
	const size_t n = rejects->n_samples[fault];

	rejects->n++;
	if (n == REJECTS_EACH)
		return 0;
	text = slice_part(text, 0, REJECTS_TEXT_BYTES);

	char *copy = mem_copy(text);

	if (!copy)
		return -1;
	rejects->samples[fault][n] = (struct reject){.file = file, .block = block, .line = line, .text = copy, .text_len = text.len};
	rejects->n_samples[fault]++;
	return 0;
}

void rejects_number(struct rejects *rejects, uint32_t file, const struct feed *feed)
{
	for (size_t fault = 0; fault < LINE_FAULTS; fault++) {
		for (size_t i = 0; i < rejects->n_samples[fault]; i++) {
			struct reject *reject = &rejects->samples[fault][i];

			if (reject->file != file || reject->is_numbered)
				continue;
			reject->line += feed_lines_before(feed, reject->block);
			reject->is_numbered = true;
		}
	}
}

static bool is_before(const struct reject *a, const struct reject *b)
{
	return a->file != b->file ? a->file < b->file : a->line < b->line;
}

/* Puts a sample in its place, if it is among the first. Takes its text. */
static void insert(struct reject *samples, size_t *n, const struct reject *sample)
{
	size_t at = *n;

	while (at && is_before(sample, &samples[at - 1]))
		at--;
	if (at == REJECTS_EACH) {
		free(sample->text);
		return;
	}
	if (*n == REJECTS_EACH)
		free(samples[--*n].text);
	memmove(samples + at + 1, samples + at, (*n - at) * sizeof *samples);
	samples[at] = *sample;
	++*n;
}

void rejects_join(struct rejects *rejects, struct rejects *other)
{
	rejects->n += other->n;
	for (size_t fault = 0; fault < LINE_FAULTS; fault++)
		for (size_t i = 0; i < other->n_samples[fault]; i++)
			insert(rejects->samples[fault], &rejects->n_samples[fault], &other->samples[fault][i]);
	*other = (struct rejects){0};
}

void rejects_release(struct rejects *rejects)
{
	for (size_t fault = 0; fault < LINE_FAULTS; fault++)
		for (size_t i = 0; i < rejects->n_samples[fault]; i++)
			free(rejects->samples[fault][i].text);
	*rejects = (struct rejects){0};
}
