/* SPDX-License-Identifier: MIT */
/* setup_ask.c - questions on a terminal (setup.h) */
#include <errno.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/num.h"
#include "cli/setup.h"

#define LINE_MAX_BYTES 4096
#define TEXT_MAX_BYTES ((size_t)64 << 10)

static int fail_ended(courant_error **err)
{
	return fail(err, COURANT_USAGE, "setup was ended; nothing has been written");
}

/* A terminal gives one line a read. */
static int read_answer(char **ret, courant_error **err)
{
	char line[LINE_MAX_BYTES];
	ssize_t n;

	do
		n = read(STDIN_FILENO, line, sizeof line);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return fail_errno(err, errno, "cannot read the answer");
	if (n == 0)
		return fail_ended(err);
	*ret = mem_copy(slice_trim_space(slice_from(line, (size_t)n)));
	return *ret ? 0 : fail_memory(err);
}

static int print(struct buffer *text, courant_error **err)
{
	slice bytes;

	return buffer_slice(text, &bytes, err) < 0 || cli_print(bytes, err) < 0 ? -1 : 0;
}

int setup_ask(const char *question, const char *fallback, char **ret, courant_error **err)
{
	for (;;) {
		AUTO(buffer) struct buffer words = BUFFER_LIMIT(TEXT_MAX_BYTES);
		AUTO(free) char *answer = NULL;

		buffer_printf(&words, "%s", question);
		if (fallback)
			buffer_printf(&words, " [%s]", fallback);
		buffer_append(&words, SLICE(": "));
		if (print(&words, err) < 0 || read_answer(&answer, err) < 0)
			return -1;
		if (answer[0]) {
			*ret = STEAL(answer);
			return 0;
		}
		if (fallback) {
			*ret = mem_copy_text(fallback);
			return *ret ? 0 : fail_memory(err);
		}
	}
}

int setup_choose(const char *question, const char *const *choices, size_t *ret, courant_error **err)
{
	AUTO(buffer) struct buffer words = BUFFER_LIMIT(TEXT_MAX_BYTES);
	size_t n = 0;

	buffer_printf(&words, "\n%s\n", question);
	for (; choices[n]; n++)
		buffer_printf(&words, "  %zu  %s\n", n + 1, choices[n]);
	if (print(&words, err) < 0)
		return -1;
	for (;;) {
		AUTO(free) char *answer = NULL;
		uint64_t number;

		if (setup_ask("Which one", "1", &answer, err) < 0)
			return -1;
		if (num_parse_range(slice_of(answer), 1, n, &number)) {
			*ret = (size_t)number - 1;
			return 0;
		}
	}
}

int setup_confirm(const char *question, bool *ret, courant_error **err)
{
	AUTO(free) char *answer = NULL;

	if (setup_ask(question, "no", &answer, err) < 0)
		return -1;
	*ret = slice_starts_nocase(SLICE("yes"), slice_of(answer));
	return 0;
}
