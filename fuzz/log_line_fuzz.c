/* SPDX-License-Identifier: MIT */
/* log_line_fuzz.c - lines of access logs: fields lie inside their line, and each line has one of a few fates */
#include "fuzz.h"
#include "weblog/format.h"
#include "weblog/line.h"

static bool lies_within(slice part, slice whole)
{
	return !part.ptr || (part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len);
}

static void check_line(unsigned parts, struct stamp_cache *cache, slice line)
{
	struct log_line got;
	const enum line_fault fault = line_parse(parts, cache, line, &got);

	MUST(fault < LINE_FAULTS);
	if (fault != LINE_FINE)
		return;
	MUST(lies_within(got.address, line) && lies_within(got.method, line) && lies_within(got.path, line));
	MUST(lies_within(got.referrer, line) && lies_within(got.agent, line) && lies_within(got.rest, line));
	MUST(got.status <= 999 && got.address.len > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const slice text = slice_from((const char *)data, size);
	struct stamp_cache cache = {0};
	slice rest = text, line;

	(void)format_recognise(text);
	while (slice_next_line(&rest, &line))
		for (unsigned parts = 0; parts <= (LINE_HOST | LINE_AGENT); parts++)
			check_line(parts, &cache, line);
	return 0;
}
