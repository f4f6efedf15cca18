/* SPDX-License-Identifier: MIT */
/* faults.c - collecting faults, and writing them in the order of the file */
#include "report/faults.h"

#include "base/printable.h"

#define FAULT_MAX_BYTES 2000

void faults_init(struct faults *faults, slice file)
{
	*faults = (struct faults){.file = file};
}

void faults_release(struct faults *faults)
{
	for (size_t i = 0; i < faults->n; i++)
		free(faults->list[i].text);
	faults->n = faults->n_more = 0;
}

void faults_add(struct faults *faults, int line, int column, const char *format, ...)
{
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(FAULT_MAX_BYTES);
	struct fault *fault = &faults->list[faults->n];
	va_list args;

	va_start(args, format);
	buffer_vprintf(&text, format, args);
	va_end(args);
	if (faults->n == FAULTS_MAX || buffer_take(&text, &fault->text, NULL, NULL) < 0) {
		faults->n_more++;
		return;
	}
	fault->line = line;
	fault->column = column;
	faults->n++;
}

static bool is_before(const struct fault *a, const struct fault *b)
{
	return a->line != b->line ? a->line < b->line : a->column < b->column;
}

/* Insertion: at most a hundred, nearly in order, and those at one place stay in the order they were found. */
static void sort(struct faults *faults)
{
	for (size_t i = 1; i < faults->n; i++) {
		const struct fault moved = faults->list[i];
		size_t at = i;

		for (; at > 0 && is_before(&moved, &faults->list[at - 1]); at--)
			faults->list[at] = faults->list[at - 1];
		faults->list[at] = moved;
	}
}

void faults_write(struct faults *faults, struct buffer *ret)
{
	sort(faults);
	for (size_t i = 0; i < faults->n; i++) {
		const struct fault *fault = &faults->list[i];

		printable_write(ret, faults->file);
		if (fault->line > 0)
			buffer_printf(ret, ":%d:%d", fault->line, fault->column);
		buffer_append(ret, SLICE(": "));
		printable_write(ret, slice_of(fault->text));
		buffer_append_byte(ret, '\n');
	}
	if (faults->n_more) {
		printable_write(ret, faults->file);
		buffer_printf(ret, ": %zu more faults\n", faults->n_more);
	}
}
