/* SPDX-License-Identifier: MIT */
/* csv_text.h - the bytes of a CSV file as UTF-8 */
#ifndef COURANT_SOURCE_CSV_TEXT_H
#define COURANT_SOURCE_CSV_TEXT_H
#include "base/buffer.h"

#define CSV_FILE_MAX_BYTES ((size_t)256 << 20) /* a greater one belongs into a database */

/* The whole file, out of its charset (NULL: it is UTF-8). COURANT_NO_INPUT names the line where it is none; COURANT_CONFIG: the charset is unknown. */
int csv_read_text(const char *path, const char *charset, struct buffer *ret, courant_error **err);
#endif
