/* SPDX-License-Identifier: MIT */
/* feed.h - the blocks of one file, in order, for whoever asks next
 *
 * A block holds whole lines. Its format is decided before it is given away, so that all who count agree. */
#ifndef COURANT_WEBLOG_FEED_H
#define COURANT_WEBLOG_FEED_H
#include <pthread.h>

#include "weblog/formats.h"
#include "weblog/input.h"
#include "weblog/lines.h"

#define FEED_READ_BYTES ((size_t)256 * 1024)          /* stays in the second-level cache until its lines are counted */
#define FEED_LINE_BYTES (LINES_MAX - FEED_READ_BYTES) /* a longer line is rejected */

struct block {
	char *bytes; /* LINES_MAX + LINES_SLACK, its owner's */
	size_t len;
	uint32_t number;                 /* in the file */
	const struct log_format *format; /* NULL: none of the lines so far is in a known one */
	struct w3c w3c;                  /* what the directives before it have said */
	bool is_long_line;               /* it is but the beginning of a line that is too long */
};

struct feed {
	pthread_mutex_t lock;
	struct input *input;
	const char *name;
	char *carry; /* the beginning of a line whose end has not been read */
	size_t carry_len;
	bool is_over, has_failed, is_in_long_line;
	const struct formats *formats;
	const struct log_format *format;
	struct format_sample sample; /* how well it fits */
	struct w3c w3c;
	bool has_offset;
	int offset_s; /* of the first line that could be read */
	int64_t first_s; /* its time */
	uint64_t *block_lines; /* how many lines each block has, told by who counted it */
	size_t n_blocks;
	char *first_text; /* while no format is known: the first line that is not empty */
	uint64_t first_line, unknown_lines;
};

/* Borrows input, formats and name. */
int feed_init(struct feed *, struct input *, const struct formats *, const char *name, courant_error **err);
void feed_release(struct feed *);

/* The next block: 1, or 0 at the end, or -1. Any thread may call it. */
int feed_next(struct feed *, struct block *, courant_error **err);

/* Says how many lines a block has, empty ones too. */
void feed_count(struct feed *, const struct block *, uint64_t lines);

/* Lines before the block; all blocks before it have been counted. */
uint64_t feed_lines_before(const struct feed *, uint32_t block);

/* An error when there were lines, and none in a known format. */
int feed_check(const struct feed *, courant_error **err);
#endif
