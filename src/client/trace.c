/* SPDX-License-Identifier: MIT */
/* trace.c - a dialogue for the eye */
#include <courant/smtp.h>

#include <unistd.h>

#include "base/file.h"
#include "base/printable.h"

/* A line of a server has 8 KB at most, and each byte of it may become six. */
#define LINE_MAX_BYTES ((size_t)64 << 10)

void courant_trace_stderr(void *context, enum courant_direction direction, const char *line, size_t n)
{
	static const char *const marks[] = {[COURANT_FROM_CLIENT] = "C: ", [COURANT_FROM_SERVER] = "S: ", [COURANT_NOTE] = "* "};
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(LINE_MAX_BYTES);

	(void)context;
	buffer_append(&text, slice_of(marks[direction]));
	printable_write(&text, slice_from(line, n));
	buffer_append_byte(&text, '\n');
	(void)file_write_all(STDERR_FILENO, buffer_peek(&text), "standard error", NULL);
}
