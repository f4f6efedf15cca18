/* SPDX-License-Identifier: MIT */
/* parameter_fuzz.c - a stranger's Content-Type and encoded words: nothing but memory fails, and what comes out is UTF-8 */
#include "mime/parameter.h"

#include "base/utf8.h"
#include "fuzz.h"
#include "mime/encoded_word.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const slice text = slice_from((const char *)data, size);
	AUTO(buffer) struct buffer decoded = BUFFER_LIMIT(size * 8 + 100000);
	struct parameters parameters = {0};
	struct arena arena;
	char ground[4096];

	arena_init(&arena, ground, sizeof ground);
	MUST(parameters_parse(&parameters, &arena, text, PARAMETERS_LENIENT, NULL) == 0);
	for (size_t i = 0; i < parameters.n; i++)
		MUST(slice_find(parameters.items[i].name, ';') == SLICE_NONE);
	parameters = (struct parameters){0};
	(void)parameters_parse(&parameters, &arena, text, PARAMETERS_STRICT, NULL);
	arena_release(&arena);
	encoded_words_decode(&decoded, text);
	MUST(buffer_check(&decoded, NULL) == 0);
	MUST(!utf8_is_valid(text) || utf8_is_valid(buffer_peek(&decoded)));
	return 0;
}
