/* SPDX-License-Identifier: MIT */
/* progress.c - how far a log has been read (progress.h) */
#include "cli/progress.h"

#include <inttypes.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/printable.h"
#include "cli/screen.h"

#define PATIENCE_MS    500 /* what takes less needs no line */
#define PAUSE_MS       200
#define NUMBER_MAX     16  /* columns of the figure before the name */
#define LINE_MAX_BYTES 4096
#define BYTES_PER_MB   1000000
#define ERASE          "\r\033[K"

/* A terminal that takes no bytes has nobody to tell. */
static void show(slice line)
{
	(void)file_write_all(STDERR_FILENO, line, "standard error", NULL);
}

static void tell(void *context, const char *name, uint64_t bytes, uint64_t size)
{
	AUTO(buffer) struct buffer line = BUFFER_LIMIT(LINE_MAX_BYTES);
	AUTO(buffer) struct buffer shown_name = BUFFER_LIMIT(LINE_MAX_BYTES);
	struct progress *progress = context;
	const int64_t now_ms = clock_monotonic_ms();
	slice text;

	if (now_ms < progress->due_ms)
		return;
	progress->due_ms = now_ms + PAUSE_MS;
	if (size)
		buffer_printf(&line, ERASE "%3" PRIu64 " %%", bytes < size ? (uint64_t)(100.0 * (double)bytes / (double)size) : 100);
	else
		buffer_printf(&line, ERASE "%" PRIu64 " MB", bytes / BYTES_PER_MB);
	/* A line that is broken could not be erased: a name without room is left out. */
	printable_write(&shown_name, slice_of(name));
	if (buffer_slice(&shown_name, &text, NULL) == 0 && text.len + NUMBER_MAX < screen_of_terminal(STDERR_FILENO).columns)
		buffer_printf(&line, "  %.*s", SLICE_ARGS(text));
	show(buffer_peek(&line));
	progress->is_shown = true;
}

const struct input_teller *progress_begin(struct progress *progress, const struct cli_call *call)
{
	*progress = (struct progress){.teller = {tell, progress}, .due_ms = clock_monotonic_ms() + PATIENCE_MS};
	return call->is_quiet || !isatty(STDERR_FILENO) ? NULL : &progress->teller;
}

void progress_end(struct progress *progress)
{
	if (progress->is_shown)
		show(SLICE(ERASE));
	progress->is_shown = false;
}
