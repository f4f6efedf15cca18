/* SPDX-License-Identifier: MIT */
/* image_size_fuzz.c - logos of any bytes: the reading ends, and sizes are within limits */
#include "fuzz.h"
#include "render/image_size.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct image_size found;

	if (image_size_of(slice_from((const char *)data, size), &found))
		MUST(found.width && found.height && found.width <= 65535 && found.height <= 65535 && found.subtype);
	return 0;
}
