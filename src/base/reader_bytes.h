/* SPDX-License-Identifier: MIT */
/* reader_bytes.h - reading without a copy, where the bytes lie in memory already */
#ifndef COURANT_BASE_READER_BYTES_H
#define COURANT_BASE_READER_BYTES_H
#include <courant/reader.h>

#include "base/slice.h"

/* The next bytes, at most `max`, as if they had been read; none at the end. They live as long as the reader. False when it is no reader of memory:
 * courant_reader_read() it then. */
bool reader_take_bytes(courant_reader *, size_t max, slice *ret);
#endif
