/* SPDX-License-Identifier: MIT */
/* image_size.h - what kind of picture bytes are, and how large: PNG, JPEG, GIF, from their first bytes */
#ifndef COURANT_RENDER_IMAGE_SIZE_H
#define COURANT_RENDER_IMAGE_SIZE_H
#include "base/slice.h"

struct image_size {
	const char *subtype; /* "png", "jpeg", "gif" */
	unsigned width, height; /* 1 to 65535 */
};

/* False for anything else, and for sizes that no logo has. */
bool image_size_of(slice bytes, struct image_size *ret);
#endif
