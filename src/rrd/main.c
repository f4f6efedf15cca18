/* SPDX-License-Identifier: MIT */
/* main.c - courant-rrd: RRD files for courant, which talks to it over a pipe
 *
 * Nothing else of Courant links librrd. It takes no arguments: it answers one line after the other (samples/rrd_words.h) until its input ends. */
#include <errno.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/file.h"
#include "rrd/answer.h"
#include "samples/rrd_words.h"

#define READ_BYTES 65536

/* librrd makes room for what a damaged file says it holds. (A sanitizer wants more than this for itself.) */
static void limit_memory(void)
{
#if !defined(__SANITIZE_ADDRESS__)
	const struct rlimit limit = {(rlim_t)4 << 30, (rlim_t)4 << 30};

	(void)setrlimit(RLIMIT_AS, &limit);
#endif
}

static int say(slice bytes)
{
	return file_write_all(STDOUT_FILENO, bytes, "the pipe", NULL);
}

/* Answers the lines that are there; what is left is the beginning of the next. */
static int answer_lines(struct buffer *got)
{
	size_t end;

	while ((end = slice_find(buffer_peek(got), '\n')) != SLICE_NONE) {
		AUTO(buffer) struct buffer out = BUFFER_LIMIT(ANSWER_MAX_BYTES);

		answer(slice_part(buffer_peek(got), 0, end), &out);
		if (say(buffer_peek(&out)) < 0)
			return -1;
		buffer_drop(got, end + 1);
	}
	return 0;
}

int main(void)
{
	AUTO(buffer) struct buffer got = BUFFER_LIMIT(RRD_LINE_MAX_BYTES + READ_BYTES);

	limit_memory();
	if (isatty(STDIN_FILENO)) {
		(void)file_write_all(STDERR_FILENO, SLICE("courant-rrd is run by courant; there is nothing to be typed here\n"), "standard error", NULL);
		return 64;
	}
	if (say(SLICE(RRD_GREETING "\n")) < 0)
		return 74;
	for (;;) {
		char *room = buffer_room(&got, READ_BYTES);
		const ssize_t n = room ? read(STDIN_FILENO, room, READ_BYTES) : -1;

		if (n == 0)
			return 0;
		if (n < 0 && room && errno == EINTR)
			continue;
		if (n < 0)
			return 74;
		buffer_added(&got, (size_t)n);
		if (answer_lines(&got) < 0)
			return 74;
	}
}
