/* SPDX-License-Identifier: MIT */
/* log_format_fuzz.c - the compiler of formats, and lines of every format: the first line is the format that is asked for, those that follow are read */
#include "base/auto.h"
#include "fuzz.h"
#include "weblog/formats.h"
#include "weblog/lines.h"

static void read_lines(const struct log_format *format, slice lines, char *scratch)
{
	struct line_reader reader = {.parts = {.scratch = scratch}};
	struct log_line line;
	bool is_directive;
	slice text;

	while (slice_next_line(&lines, &text)) {
		if (!text.len || formats_read(format, &reader, text, &line, &is_directive) != LINE_FINE || is_directive)
			continue;
		MUST(line.address.len && line.status <= 999 && line.duration_us >= LINE_NO_DURATION);
		MUST(reader.parts.scratch_len <= LINES_MAX);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {"w3c", "json", "traefik", "alb", "elb", "s3", "haproxy", "haproxy_raw", "cloudfront", "squid"};
	AUTO(free) char *asked = calloc(size + 1, 1);
	AUTO(free) char *scratch = malloc(LINES_MAX);
	slice lines = slice_from((const char *)data, size > LINES_MAX ? LINES_MAX : size), first;

	if (!asked || !scratch || !slice_next_line(&lines, &first))
		return 0;
	memcpy(asked, first.ptr, first.len);

	AUTO(formats) struct formats *own = formats_new(asked, NULL);

	if (own)
		read_lines(formats_choose(own, lines), lines, scratch);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		AUTO(formats) struct formats *formats = formats_new(names[i], NULL);

		if (formats)
			read_lines(formats_choose(formats, lines), lines, scratch);
	}
	return 0;
}
