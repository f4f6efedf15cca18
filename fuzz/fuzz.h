/* SPDX-License-Identifier: MIT */
/* fuzz.h - what each fuzz target is made of
 *
 * fuzz/NAME_fuzz.c defines LLVMFuzzerTestOneInput; fuzz/corpus/NAME/ holds the inputs it starts from; one line in
 * fuzz/meson.build names it. With -Dfuzz=true and clang it becomes a libFuzzer program, else it is linked with driver.c and is a test. */
#ifndef COURANT_FUZZ_FUZZ_H
#define COURANT_FUZZ_FUZZ_H
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Returns 0. Data ends exactly where its memory ends, so that the address sanitizer sees each byte read beyond it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A property that holds for every input, NDEBUG or not. */
#define MUST(condition)                                                                            \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			(void)fprintf(stderr, "%s:%d: must hold: %s\n", __FILE__, __LINE__, #condition); \
			abort();                                                                   \
		}                                                                                  \
	} while (0)
#endif
