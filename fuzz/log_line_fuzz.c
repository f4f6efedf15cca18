/* SPDX-License-Identifier: MIT */
/* log_line_fuzz.c - lines of access logs: fast and plain reading agree, and no slice leaves its line */
#include "base/auto.h"
#include "fuzz.h"
#include "weblog/definitions.h"
#include "weblog/format.h"
#include "weblog/lines.h"

static void check_inside(slice part, slice line)
{
	MUST(!part.ptr || (part.ptr >= line.ptr && part.ptr + part.len <= line.ptr + line.len));
}

static bool is_same(slice a, slice b)
{
	return a.ptr == b.ptr && a.len == b.len;
}

static void check_line(const struct line_text *text, unsigned parts, struct stamp_cache *stamps, const struct log_line *line)
{
	struct log_line plain;
	const enum line_fault fault = line_parse(parts, stamps, text->text, &plain);

	MUST(fault == text->fault);
	if (fault)
		return;
	check_inside(line->address, text->text);
	check_inside(line->path, text->text);
	check_inside(line->agent, text->text);
	check_inside(line->rest, text->text);
	check_inside(referrer_site(line->referrer), text->text);
	(void)path_is_static(line->path, NULL);
	MUST(is_same(line->address, plain.address) && is_same(line->method, plain.method) && is_same(line->path, plain.path));
	MUST(is_same(line->referrer, plain.referrer) && is_same(line->agent, plain.agent));
	MUST(line->rest.len == plain.rest.len);
	MUST(line->time_s == plain.time_s && line->status == plain.status && line->size_bytes == plain.size_bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const size_t len = size > LINES_MAX ? LINES_MAX : size;
	AUTO(free) char *block = calloc(len + LINES_SLACK, 1);
	AUTO(free) struct lines *lines = malloc(sizeof *lines);

	if (!block || !lines)
		return 0;
	if (len)
		memcpy(block, data, len);
	(void)format_recognise(slice_from(block, len));
	for (unsigned parts = 0; parts <= (LINE_HOST | LINE_AGENT); parts++) {
		struct stamp_cache stamps = {0}, plain_stamps = {0};
		struct line_text text;
		struct log_line line;

		lines_begin(lines, marks_best(), block, len);
		while (lines_next(lines, parts, &stamps, &text, &line))
			if (text.text.len)
				check_line(&text, parts, &plain_stamps, &line);
	}
	return 0;
}
