/* SPDX-License-Identifier: MIT */
/* unpack.c - which ways of unpacking there are (unpack.h) */
#include "weblog/unpack.h"

static const struct unpacker *const unpackers[] = {&unpack_gzip, &unpack_zstd, &unpack_xz, &unpack_bzip2};

/* A frame of zstd that holds what is to be skipped (RFC 8878, 3.1.2): some programs begin with one. */
static bool is_skippable(slice bytes)
{
	return bytes.len >= 4 && (bytes.ptr[0] & 0xf0) == 0x50 && memcmp(bytes.ptr + 1, "\x2a\x4d\x18", 3) == 0;
}

const struct unpacker *unpack_find(slice first_bytes)
{
	if (is_skippable(first_bytes))
		return &unpack_zstd;
	for (size_t i = 0; i < sizeof unpackers / sizeof *unpackers; i++)
		if (slice_starts(first_bytes, unpackers[i]->magic))
			return unpackers[i];
	return NULL;
}
