/* SPDX-License-Identifier: MIT */
/* pages_fuzz.c - requests by HTTP: each has one answer with a length that is right, and only this machine's names have a page */
#include "base/num.h"
#include "fuzz.h"
#include "serve/pages.h"

static bool page(void *context, slice path, struct page *page)
{
	(void)context;
	if (!slice_starts(path, SLICE("/h")))
		return false;
	buffer_append(page->body, path);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const slice request = slice_from((const char *)data, size);
	AUTO(buffer) struct buffer answer = BUFFER_LIMIT((size_t)1 << 20);
	uint64_t length = 0;

	pages_answer(page, NULL, request, &answer);

	const slice all = buffer_peek(&answer);
	const size_t head = slice_find_slice(all, SLICE("\r\n\r\n")), at = slice_find_slice(all, SLICE("Content-Length: "));

	MUST(slice_starts(all, SLICE("HTTP/1.1 ")) && head != SLICE_NONE && at < head);

	slice rest = slice_after(all, at + sizeof "Content-Length: " - 1), number;

	MUST(slice_next_line(&rest, &number) && num_parse_u64(number, &length));
	MUST(slice_starts(request, SLICE("HEAD ")) || all.len - head - 4 == length);
	if (slice_starts(all, SLICE("HTTP/1.1 200 ")))
		MUST(slice_find_slice(request, SLICE("/h")) != SLICE_NONE);
	return 0;
}
