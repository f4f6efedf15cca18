/* SPDX-License-Identifier: MIT */
/* log_input_fuzz.c - whatever the bytes are, plain or packed, they are read to an end or refused */
#include "base/auto.h"
#include "fuzz.h"
#include "weblog/input.h"

#define OUT_MAX ((size_t)1 << 24) /* a small input can unpack to very much */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char out[65536];
	AUTO(input) struct input *input = input_new_reader(courant_reader_new_bytes(data, size, NULL), "fuzz", NULL);
	size_t sum = 0, n = 1;

	if (!input)
		return 0;
	while (n && sum < OUT_MAX && input_read(input, out, 1 + sum % sizeof out, &n, NULL) == 0) {
		MUST(n <= sizeof out);
		sum += n;
	}
	if (!input_packing(input) && n == 0)
		MUST(sum == size);
	return 0;
}
