/* SPDX-License-Identifier: MIT */
/* reader.h - where bytes come from: pulled in pieces, rewound, measured
 *
 * A reader yields the same bytes each time it is read from its beginning, in constant memory. Messages are readers,
 * and attachments are made of them. A reader is used by one thread at a time. */
#ifndef COURANT_READER_H
#define COURANT_READER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <courant/error.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct courant_reader courant_reader;

/* What is known of the bytes before they are read. */
struct courant_facts {
	uint64_t size_bytes;    /* how many there are */
	size_t longest_line;    /* in bytes, without its CRLF */
	bool has_eight_bit;     /* a byte over 127 occurs */
	bool has_nul;           /* a NUL occurs */
	bool has_bare_line_end; /* a CR without LF or an LF without CR occurs */
};

/* What a reader of one's own is made of. `read` puts up to `size` bytes at `into` and says how many in `*ret_n`; 0 is the
 * end. `rewind` goes back to the first byte. Both return 0, or -1 after setting the error. `size` says the number of
 * bytes if it is known (true) or returns false; it may be NULL. `free` may be NULL. */
struct courant_reader_calls {
	int (*read)(void *context, void *into, size_t size, size_t *ret_n, courant_error **err);
	int (*rewind)(void *context, courant_error **err);
	bool (*size)(void *context, uint64_t *ret_bytes);
	void (*free)(void *context);
};

/* Bytes in memory, copied. */
COURANT_API courant_reader *courant_reader_new_bytes(const void *bytes, size_t size, courant_error **err);

/* The same without a copy: the bytes must live, and stay as they are, as long as the reader does. */
COURANT_API courant_reader *courant_reader_new_borrowed(const void *bytes, size_t size, courant_error **err);

/* A file. It is opened now, read later; COURANT_NO_INPUT when it cannot be opened or is a folder. A file that shrinks or grows while
 * it is read is an error (COURANT_IO), for its size may have been announced. A pipe is first copied to an unlinked temporary file. */
COURANT_API courant_reader *courant_reader_new_file(const char *path, courant_error **err);

/* A file descriptor, which is taken: closed on failure too. What cannot be rewound (a pipe, a terminal) is first
 * copied to an unlinked temporary file. `name` stands in errors. */
COURANT_API courant_reader *courant_reader_new_descriptor(int fd, const char *name, courant_error **err);

/* A reader of one's own. `context` is taken: calls->free gets it in courant_reader_free(), and also when this fails. `calls` is copied. */
COURANT_API courant_reader *courant_reader_new(const struct courant_reader_calls *calls, void *context, courant_error **err);

/* Up to `size` bytes; *ret_n is 0 only at the end. */
COURANT_API int courant_reader_read(courant_reader *reader, void *into, size_t size, size_t *ret_n, courant_error **err);
COURANT_API int courant_reader_rewind(courant_reader *reader, courant_error **err);

/* True, and the number of bytes from the beginning, when it is known without reading. */
COURANT_API bool courant_reader_size(courant_reader *reader, uint64_t *ret_bytes);

/* Reads everything once, from the beginning, and rewinds. */
COURANT_API int courant_reader_measure(courant_reader *reader, struct courant_facts *ret, courant_error **err);

COURANT_API void courant_reader_free(courant_reader *reader);

#ifdef __cplusplus
}
#endif
#endif
