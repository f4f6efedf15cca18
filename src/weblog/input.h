/* SPDX-License-Identifier: MIT */
/* input.h - the bytes of a log: a file, standard input or a reader, plain or compressed (known by the first bytes) */
#ifndef COURANT_WEBLOG_INPUT_H
#define COURANT_WEBLOG_INPUT_H
#include <courant/reader.h>

#include "base/auto.h"
#include "base/fail.h"

struct input;

/* "-" is standard input. COURANT_NO_INPUT when it cannot be opened or is a folder. Of a file that grows, what it has now is read. */
struct input *input_open(const char *path, courant_error **err);
/* One that can be read again: what yields its bytes only once, as a pipe, is copied to an unlinked temporary file. */
struct input *input_open_again(const char *path, courant_error **err);
struct input *input_new_reader(courant_reader *reader, const char *name, courant_error **err); /* takes it */
void input_free(struct input *);
AUTO_DEFINE(input, struct input, input_free)

/* Up to `size` bytes, unpacked; 0 is the end. Packed data that end too early or are damaged are an error, after all that could be unpacked. */
int input_read(struct input *, char *into, size_t size, size_t *ret_n, courant_error **err);

/* Back to the first byte of a reader, or of what input_open_again gave: the same file, whatever its name belongs to by now. */
int input_rewind(struct input *, courant_error **err);

/* The end comes after so many more bytes; UINT64_MAX: where it is. */
void input_limit(struct input *, uint64_t bytes);

/* Lets somebody see all bytes that are read from now on, in order. */
void input_watch(struct input *, void (*watch)(void *context, slice bytes), void *context);

/* Who is told how far it has been read: bytes as they lie in the file, and how many it has; 0 when that is not known. */
struct input_teller {
	void (*tell)(void *context, const char *name, uint64_t bytes, uint64_t size);
	void *context;
};
void input_set_teller(struct input *, const struct input_teller *); /* borrowed, and may be NULL */

/* "gzip", "zstd", "xz", "bzip2", or NULL for plain text. Known after the first read. */
const char *input_packing(const struct input *);
#endif
