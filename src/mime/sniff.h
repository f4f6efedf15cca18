/* SPDX-License-Identifier: MIT */
/* sniff.h - the type of a file by its first bytes, else by the ending of its name */
#ifndef COURANT_MIME_SNIFF_H
#define COURANT_MIME_SNIFF_H
#include "base/slice.h"

#define SNIFF_BYTES 512

/* "image/png"; NULL when neither tells. `beginning` is the first SNIFF_BYTES of the content, or all
 * of it. */
const char *sniff_type(slice beginning, slice name);
#endif
