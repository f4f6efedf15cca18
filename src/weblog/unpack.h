/* SPDX-License-Identifier: MIT */
/* unpack.h - one way of unpacking compressed bytes; several streams behind each other count as one */
#ifndef COURANT_WEBLOG_UNPACK_H
#define COURANT_WEBLOG_UNPACK_H
#include "base/fail.h"

enum unpack_result {
	UNPACK_MORE,   /* goes on */
	UNPACK_STREAM, /* one stream has ended; another may follow */
	UNPACK_BROKEN, /* the data are damaged */
};

struct unpacker {
	const char *name;         /* "gzip" */
	const char *text_program; /* what shows as much as can be read: "zcat" */
	slice magic;              /* the first bytes */
	void *(*begin)(courant_error **err);
	/* Moves *in and *into on by what was used and written. After UNPACK_STREAM the next call begins a new stream. */
	enum unpack_result (*step)(void *state, slice *in, char **into, size_t *into_size);
	void (*end)(void *state);
};

extern const struct unpacker unpack_bzip2, unpack_gzip, unpack_xz, unpack_zstd;

/* The one whose magic the bytes begin with, or NULL. */
const struct unpacker *unpack_find(slice first_bytes);
#define UNPACK_MAGIC_BYTES 6
#endif
