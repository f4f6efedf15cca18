/* SPDX-License-Identifier: MIT */
/* consumer.c - a program outside the tree, in what C99 and C++17 have in common, that happens to use names which the library uses inside */
#include <courant/courant.h>
#include <stdio.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif
int fail(void);
int buffer_append(void);
int slice_equal(void);
int mem_alloc(void);
#ifdef __cplusplus
}
#endif

int fail(void)
{
	return 1;
}

int buffer_append(void)
{
	return 2;
}

int slice_equal(void)
{
	return 3;
}

int mem_alloc(void)
{
	return 4;
}

int main(void)
{
	courant_error *err = NULL;
	courant_reader *reader = courant_reader_new_bytes("some bytes", 10, &err);
	char bytes[16];
	size_t n = 0;

	if (!reader || courant_reader_read(reader, bytes, sizeof bytes, &n, &err) < 0 || n != 10 || memcmp(bytes, "some bytes", 10) != 0) {
		fprintf(stderr, "%s\n", courant_error_sentence(err));
		return 1;
	}
	courant_reader_free(reader);
	if (courant_reader_new_file("/nonexistent", &err) || courant_error_code(err) != COURANT_NO_INPUT)
		return 1;
	printf("%s\n", courant_error_sentence(err));
	courant_error_free(err);
	return fail() + buffer_append() + slice_equal() + mem_alloc() == 10 ? 0 : 1;
}
