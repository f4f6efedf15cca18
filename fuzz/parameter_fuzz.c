/* SPDX-License-Identifier: MIT */
/* parameter_fuzz.c - Content-Type and Content-Disposition: any bytes are survived, what is accepted
 * strictly comes back */
#include "fuzz.h"
#include "mime/header.h"
#include "mime/parameter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const slice text = slice_from((const char *)data, size);
	AUTO(arena) struct arena arena = {0};
	AUTO(buffer) struct buffer out = BUFFER_LIMIT((size_t)1 << 24);
	struct parameters lenient = {0}, strict = {0}, again = {0};
	slice rest, line;

	(void)parameters_parse(&lenient, &arena, text, PARAMETERS_LENIENT, NULL);
	MUST(lenient.n <= PARAMETERS_MAX);
	if (header_write(&out, SLICE("Content-Type"), text, NULL) < 0)
		return 0;
	MUST(parameters_parse(&strict, &arena, text, PARAMETERS_STRICT, NULL) == 0);
	rest = buffer_peek(&out);
	while (slice_next_line(&rest, &line))
		MUST(line.len <= LINE_MAX_BYTES && slice_trim(line).len > 0);
	MUST(parameters_parse(&again, &arena, slice_part(buffer_peek(&out), 13, out.len - 15),
			      PARAMETERS_STRICT, NULL) == 0);
	MUST(slice_equal(again.word, strict.word));
	MUST(again.n == strict.n);
	for (size_t i = 0; i < strict.n; i++)
		MUST(slice_equal(parameters_get(&again, strict.items[i].name),
				 strict.items[i].value));
	return 0;
}
