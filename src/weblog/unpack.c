/* SPDX-License-Identifier: MIT */
/* unpack.c - which ways of unpacking there are (unpack.h) */
#include "weblog/unpack.h"

static const struct unpacker *const unpackers[] = {&unpack_gzip, &unpack_zstd, &unpack_xz, &unpack_bzip2};

const struct unpacker *unpack_find(slice first_bytes)
{
	for (size_t i = 0; i < sizeof unpackers / sizeof *unpackers; i++)
		if (slice_starts(first_bytes, unpackers[i]->magic))
			return unpackers[i];
	return NULL;
}
