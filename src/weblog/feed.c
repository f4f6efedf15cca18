/* SPDX-License-Identifier: MIT */
/* feed.c - the blocks of one file (feed.h) */
#include "weblog/feed.h"

#include "base/alloc.h"
#include "base/ascii.h"

#define SHOWN_BYTES 80 /* of a line in an error */

int feed_init(struct feed *feed, struct input *input, const struct formats *formats, const char *name, courant_error **err)
{
	*feed = (struct feed){.input = input, .formats = formats, .name = name};
	feed->carry = mem_array(LINES_MAX, 1);
	if (!feed->carry || pthread_mutex_init(&feed->lock, NULL) != 0) {
		free(feed->carry);
		return fail_memory(err);
	}
	return 0;
}

void feed_release(struct feed *feed)
{
	(void)pthread_mutex_destroy(&feed->lock); /* nobody holds it */
	free(feed->carry);
	free(feed->block_lines);
	free(feed->first_text);
}

/* ---- blocks ---- */

/* The last line feed among the n bytes before `end`. */
static const char *find_last_end(const char *end, size_t n)
{
	while (n && end[-1] != '\n') {
		end--;
		n--;
	}
	return n ? end - 1 : NULL;
}

/* Fills the block with whole lines. What is left of the last one is carried over. */
static int fill(struct feed *feed, struct block *block, courant_error **err)
{
	const char *last = NULL;
	size_t n;

	memcpy(block->bytes, feed->carry, feed->carry_len);
	block->len = feed->carry_len;
	feed->carry_len = 0;
	/* The first block decides the format, so it is not cut where a pipe happens to pause. */
	do {
		if (input_read(feed->input, block->bytes + block->len, FEED_READ_BYTES, &n, err) < 0)
			return -1;
		block->len += n;

		const char *found = find_last_end(block->bytes + block->len, n);

		last = found ? found : last;
	} while (n && ((!feed->n_blocks && block->len < FEED_READ_BYTES) || (!last && block->len <= FEED_LINE_BYTES)));
	if (n == 0) {
		feed->is_over = true;
	} else if (last) {
		const size_t whole = (size_t)(last - block->bytes) + 1;

		feed->carry_len = block->len - whole;
		memcpy(feed->carry, last + 1, feed->carry_len);
		block->len = whole;
	}
	block->is_long_line = n && !last;
	return 0;
}

/* Takes the end of a line that was too long off the block; its beginning has been given away. */
static void skip_long_line(struct feed *feed, struct block *block)
{
	const char *stop = memchr(block->bytes, '\n', block->len);
	const size_t skip = stop ? (size_t)(stop - block->bytes) + 1 : block->len;

	memmove(block->bytes, block->bytes + skip, block->len - skip);
	block->len -= skip;
	feed->is_in_long_line = !stop;
}

static int next_block(struct feed *feed, struct block *block, courant_error **err)
{
	do {
		if (feed->is_over) {
			block->len = 0;
			return 0;
		}
		if (fill(feed, block, err) < 0)
			return -1;
		if (feed->is_in_long_line) {
			skip_long_line(feed, block);
			block->is_long_line = false;
		}
	} while (!block->len);
	feed->is_in_long_line |= block->is_long_line;
	return 0;
}

/* Windows' programs write a mark before UTF-8, which is no part of the first line. */
static void skip_mark(struct block *block)
{
	if (block->len <= 3 || memcmp(block->bytes, "\xef\xbb\xbf", 3) != 0)
		return;
	block->len -= 3;
	memmove(block->bytes, block->bytes + 3, block->len);
}

/* ---- the format ---- */

/* Text has no control characters but those that end or separate. */
static bool is_binary(slice block)
{
	size_t controls = 0;

	block = slice_part(block, 0, 4096);
	for (size_t i = 0; i < block.len; i++)
		controls += ascii_is_control(block.ptr[i]) && !ascii_is_space(block.ptr[i]);
	return controls > block.len / 50;
}

static int note_unknown(struct feed *feed, slice lines, courant_error **err)
{
	slice line;

	if (feed->first_text)
		return 0;
	if (is_binary(lines))
		return fail(err, COURANT_NO_INPUT, "%s is binary, not an access log", feed->name);
	while (slice_next_line(&lines, &line)) {
		feed->unknown_lines++;
		if (!line.len)
			continue;
		feed->first_line = feed->unknown_lines;
		feed->first_text = mem_copy(slice_part(line, 0, SHOWN_BYTES));
		return feed->first_text ? 0 : fail_memory(err);
	}
	return 0;
}

static int find_offset(struct feed *feed, const struct block *block, slice lines, courant_error **err)
{
	AUTO(free) char *scratch = mem_array(LINES_MAX, 1);
	struct line_reader reader = {.parts = {.scratch = scratch}, .w3c = block->w3c};
	struct log_line line;
	bool is_directive;
	slice text;

	if (!scratch)
		return fail_memory(err);
	while (!feed->has_offset && slice_next_line(&lines, &text)) {
		feed->has_offset = text.len && formats_read(feed->format, &reader, text, &line, &is_directive) == LINE_FINE && !is_directive;
		if (feed->has_offset) {
			feed->offset_s = line.offset_s;
			feed->first_s = line.time_s;
		}
	}
	return 0;
}

static int decide_format(struct feed *feed, struct block *block, courant_error **err)
{
	/* As formats_choose sees them. */
	const slice lines = slice_from(block->bytes, block->len - (block->bytes[block->len - 1] == '\r'));

	if (!feed->format) {
		feed->format = formats_choose(feed->formats, lines);
		if (feed->format)
			formats_sample(feed->format, lines, &feed->sample);
	}
	block->w3c = feed->w3c;
	formats_follow(feed->format, &feed->w3c, lines);
	if (!feed->format)
		return note_unknown(feed, lines, err);
	return feed->has_offset ? 0 : find_offset(feed, block, lines, err);
}

int feed_check(const struct feed *feed, courant_error **err)
{
	if (feed->format || !feed->first_text)
		return 0;
	return fail(err, COURANT_NO_INPUT, "%s is in no format that is known: line %llu is \"%s\"%s, expected: %s", feed->name,
		    (unsigned long long)feed->first_line, feed->first_text, strlen(feed->first_text) == SHOWN_BYTES ? " …" : "",
		    format_expected);
}

/* ---- giving away ---- */

static int number_block(struct feed *feed, struct block *block, courant_error **err)
{
	/* Room doubles at powers of two. */
	if ((feed->n_blocks & (feed->n_blocks - 1)) == 0) {
		uint64_t *lines = mem_resize(feed->block_lines, feed->n_blocks ? 2 * feed->n_blocks : 1, sizeof *lines);

		if (!lines)
			return fail_memory(err);
		feed->block_lines = lines;
	}
	block->number = (uint32_t)feed->n_blocks;
	block->format = feed->format;
	feed->block_lines[feed->n_blocks++] = 0;
	return 0;
}

static int give(struct feed *feed, struct block *block, courant_error **err)
{
	if (feed->has_failed)
		return 0;
	if (next_block(feed, block, err) < 0) {
		feed->has_failed = true;
		return -1;
	}
	if (!feed->n_blocks)
		skip_mark(block);
	if (block->len && (decide_format(feed, block, err) < 0 || number_block(feed, block, err) < 0)) {
		feed->has_failed = true;
		return -1;
	}
	return block->len != 0;
}

int feed_next(struct feed *feed, struct block *block, courant_error **err)
{
	(void)pthread_mutex_lock(&feed->lock); /* cannot fail: initialised, and not held by this thread */

	const int result = give(feed, block, err);

	(void)pthread_mutex_unlock(&feed->lock);
	return result;
}

void feed_count(struct feed *feed, const struct block *block, uint64_t lines)
{
	(void)pthread_mutex_lock(&feed->lock);
	feed->block_lines[block->number] = lines;
	(void)pthread_mutex_unlock(&feed->lock);
}

uint64_t feed_lines_before(const struct feed *feed, uint32_t block)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < block; i++)
		sum += feed->block_lines[i];
	return sum;
}
