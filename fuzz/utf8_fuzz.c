/* SPDX-License-Identifier: MIT */
/* utf8_fuzz.c - decoding, cutting, showing: what is cut is whole, what is shown is shown unchanged */
#include "base/printable.h"
#include "base/utf8.h"
#include "base/utf8_wide.h"
#include "fuzz.h"

static size_t find_bad(slice text)
{
	slice rest = text;

	while (rest.len) {
		const size_t at = text.len - rest.len;

		if (utf8_next(&rest) == UTF8_BAD)
			return at;
	}
	return SLICE_NONE;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const slice text = slice_from((const char *)data, size);
	AUTO(buffer) struct buffer shown = BUFFER_LIMIT(size * 10 + 1);
	slice once;

	MUST(utf8_find_invalid(text) == find_bad(text));
#ifdef UTF8_WIDE
	MUST(!__builtin_cpu_supports("avx2") || utf8_is_valid_avx2(text) == (find_bad(text) == SLICE_NONE));
#endif
	for (size_t n = 0; n <= size && n < 20; n++) {
		MUST(utf8_cut(text, n).len <= n);
		MUST(!utf8_is_valid(text) || utf8_is_valid(utf8_cut(text, n)));
		MUST(utf8_width(utf8_cut_width(text, n)) <= n);
	}
	MUST(utf8_count(text) <= size);
	printable_write(&shown, text);
	MUST(buffer_slice(&shown, &once, NULL) == 0);
	MUST(utf8_is_valid(once) && printable_is(once));
	MUST(printable_is(text) == slice_equal(once, text));
	return 0;
}
