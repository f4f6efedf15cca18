/* SPDX-License-Identifier: MIT */
/* lines_test.c - every way of finding marks finds the same ones, and the fast reading of lines says what line_parse says */
#include "weblog/lines.h"

#include "base/alloc.h"
#include "base/auto.h"
#include "base/random.h"
#include "tap.h"

#define BLOCK_BYTES ((size_t)1 << 16)

#define TIME "[10/Oct/2000:13:55:36 -0700]"
#define HEAD "192.0.2.1 - - " TIME " "

static const char *const seeds[] = {
	HEAD "\"GET /index.html?a=b HTTP/1.1\" 200 2326 \"http://example.com/\" \"Mozilla/5.0 (X11)\"",
	"www.example.com:443 2001:db8::1 - John Doe " TIME " \"POST /x HTTP/2.0\" 304 - \"-\" \"-\" 0.003",
	HEAD "\"GET /\\\"x\\\" HTTP/1.0\" 404 5 \"a\\\"b\" \"c\\\\\"",
	HEAD "\"\" 400 0 \"-\" \"-\"",
	"192.0.2.1 -  " TIME " \"GET  /two  blanks  HTTP/1.1 \" 200 1",
	"192.0.2.1 - \"\" " TIME " \"GET / HTTP/1.1\" 200 1 \"-\" \"x\"y",
	"192.0.2.1 - " TIME " " TIME " \"GET / HTTP/1.1\" 200 123456789012345 \"\" \"\"",
	HEAD "\"a b\" 000 - \"-\" \"q\"",
	HEAD "\"GET / HTTP/1.1\" 200 1",
	"192.0.2.1, 198.51.100.7 - - " TIME " \"GET / HTTP/1.1\" 200 1 \"-\" \"x\"",
	"",
	"rubbish \" \\ \"",
};

/* Lines of the seeds, some with a byte changed, taken out or put in. */
static size_t make_block(char *block, struct random_stream *random)
{
	static const char bytes[] = "\"\\ []-:/\n\r?0a\0";
	size_t len = 0;

	while (len < BLOCK_BYTES - 400) {
		const char *seed = seeds[random_below(random, sizeof seeds / sizeof *seeds)];
		size_t n = strlen(seed);
		char *at = block + len;

		memcpy(at, seed, n);
		for (uint64_t changes = random_below(random, 3); n && changes; changes--) {
			const size_t where = random_below(random, n);

			if (random_below(random, 2)) {
				at[where] = bytes[random_below(random, sizeof bytes)];
			} else {
				memmove(at + where, at + where + 1, n - where - 1);
				n--;
			}
		}
		len += n;
		if (random_below(random, 10) == 0)
			block[len++] = '\r';
		block[len++] = '\n';
	}
	return len - random_below(random, 2);
}

static void check_same_line(const struct log_line *got, const struct log_line *want)
{
	CHECK_SLICE(got->host, want->host);
	CHECK_SLICE(got->address, want->address);
	CHECK_SLICE(got->method, want->method);
	CHECK_SLICE(got->path, want->path);
	CHECK_SLICE(got->referrer, want->referrer);
	CHECK_SLICE(got->agent, want->agent);
	CHECK_SLICE(got->rest, want->rest);
	CHECK_INT(got->time_s, want->time_s);
	CHECK_INT(got->offset_s, want->offset_s);
	CHECK_INT(got->size_bytes, want->size_bytes);
	CHECK_INT(got->status, want->status);
}

static void check_block(struct lines *lines, const struct marks_way *way, slice block, unsigned parts)
{
	struct stamp_cache stamps = {0}, other_stamps = {0};
	struct line_text text;
	struct log_line got, want;
	slice rest = block, line;

	lines_begin(lines, way, block.ptr, block.len);
	while (slice_next_line(&rest, &line)) {
		enum line_fault fault;

		if (!rest.ptr && line.len && line.ptr[line.len - 1] == '\r')
			line.len--;
		if (!CHECK(lines_next(lines, parts, &stamps, &text, &got)))
			return;
		CHECK_SLICE(text.text, line);
		if (!line.len)
			continue;
		fault = line_parse(parts, &other_stamps, line, &want);
		CHECK_INT(text.fault, fault);
		if (!fault && !text.fault)
			check_same_line(&got, &want);
	}
	CHECK(!lines_next(lines, parts, &stamps, &text, &got));
}

static void fast_and_plain_reading_agree(void)
{
	AUTO(free) char *block = mem_alloc(BLOCK_BYTES + LINES_SLACK);
	AUTO(free) struct lines *lines = mem_alloc(sizeof *lines);
	struct random_stream random = {11};

	for (size_t way = 0; way < marks_ways_count; way++) {
		if (!marks_ways[way].is_there())
			continue;
		tap_row(marks_ways[way].name);
		for (unsigned parts = 0; parts <= (LINE_HOST | LINE_AGENT); parts++)
			for (int round = 0; round < 3; round++)
				check_block(lines, &marks_ways[way], slice_from(block, make_block(block, &random)), parts);
	}
}

static void all_ways_find_the_same_marks(void)
{
	enum { BYTES = 64 * 50 };
	char bytes[BYTES + 64];
	uint64_t want[BYTES / 64], got[BYTES / 64];
	struct random_stream random = {5};

	for (int round = 0; round < 200; round++) {
		const size_t at = random_below(&random, 64); /* any alignment */

		for (size_t i = 0; i < sizeof bytes; i++)
			bytes[i] = random_below(&random, 4) ? (char)random_next(&random) : "\"\\\n\r"[random_below(&random, 4)];
		marks_ways[0].find(bytes + at, BYTES, want);
		for (size_t i = 0; i < BYTES; i++)
			if ((want[i / 64] >> i % 64 & 1) != (strchr("\"\\\n", bytes[at + i]) && bytes[at + i]))
				CHECK_INT(i, -1);
		for (size_t way = 1; way < marks_ways_count; way++) {
			if (!marks_ways[way].is_there())
				continue;
			tap_row(marks_ways[way].name);
			marks_ways[way].find(bytes + at, BYTES, got);
			CHECK(memcmp(got, want, sizeof got) == 0);
		}
	}
}

TESTS(TEST(all_ways_find_the_same_marks), TEST(fast_and_plain_reading_agree))
