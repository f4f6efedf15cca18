/* SPDX-License-Identifier: MIT */
/* dot_ended.c - copies standard input up to a lone dot */
#include "cli/dot_ended.h"

#include <errno.h>
#include <unistd.h>

#include "base/file.h"

#define BLOCK_BYTES 65536

/* How much of a lone dot's line has been seen at the beginning of a line. */
enum state { INSIDE, AT_BEGIN, AFTER_DOT, AFTER_CR };

/* What is known from block to block. A dot that may turn out to be alone is held back. */
struct scan {
	enum state state;
	bool is_ended;
	int fd; /* the copy */
	const char *name;
};

static int copy(const struct scan *scan, slice bytes, courant_error **err)
{
	return bytes.len == 0 ? 0
	       : file_write_all(scan->fd, bytes, "the temporary copy", err) < 0
		       ? fail_within(err, "%s", scan->name)
		       : 0;
}

/* What was held back since the line began turns out to be text. */
static int copy_held(const struct scan *scan, courant_error **err)
{
	return scan->state == AFTER_DOT  ? copy(scan, SLICE("."), err)
	       : scan->state == AFTER_CR ? copy(scan, SLICE(".\r"), err)
					 : 0;
}

static int copy_block(struct scan *scan, slice block, courant_error **err)
{
	size_t from = 0;

	for (size_t i = 0; i < block.len && !scan->is_ended; i++) {
		const char c = block.ptr[i];

		if (scan->state == AT_BEGIN && c == '.') {
			if (copy(scan, slice_part(block, from, i - from), err) < 0)
				return -1;
			scan->state = AFTER_DOT;
			from = i + 1;
		} else if (scan->state == AFTER_DOT && c == '\r') {
			scan->state = AFTER_CR;
			from = i + 1;
		} else if (scan->state >= AFTER_DOT && c == '\n') {
			scan->is_ended = true;
		} else {
			if (copy_held(scan, err) < 0)
				return -1;
			scan->state = c == '\n' ? AT_BEGIN : INSIDE;
		}
	}
	return scan->is_ended ? 0 : copy(scan, slice_after(block, from), err);
}

courant_reader *dot_ended_new(int fd, const char *name, courant_error **err)
{
	AUTO(close) int made = file_open_temporary(NULL, err);
	struct scan scan = {.state = AT_BEGIN, .fd = made, .name = name};
	char block[BLOCK_BYTES];
	ssize_t n = 1;

	while (made >= 0 && n != 0 && !scan.is_ended) {
		n = read(fd, block, sizeof block);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			(void)fail_errno(err, errno, "cannot read %s", name);
		if (n < 0 || copy_block(&scan, slice_from(block, (size_t)n), err) < 0)
			return NULL;
	}
	/* A dot without its line end is the last line, too. */
	if (made < 0 || (!scan.is_ended && scan.state == AFTER_CR && copy_held(&scan, err) < 0))
		return NULL;
	if (lseek(made, 0, SEEK_SET) < 0) {
		(void)fail_errno(err, errno, "cannot read the temporary copy of %s", name);
		return NULL;
	}
	return courant_reader_new_descriptor(STEAL_FD(made), name, err);
}
