/* SPDX-License-Identifier: MIT */
/* stranger.h - text out of logs and databases, made fit to be shown
 *
 * Whoever may send a request chooses these bytes. What comes out of here is UTF-8 of one line in which nothing is invisible, overrides
 * the direction of writing or moves a terminal's cursor (base/printable.h); it is still to be escaped for HTML. */
#ifndef COURANT_TABLE_STRANGER_H
#define COURANT_TABLE_STRANGER_H
#include "base/buffer.h"

/* At most max_columns columns of a fixed-width font, the last being "…" when it was cut. No limit: SIZE_MAX. */
void stranger_write(struct buffer *, slice text, size_t max_columns);

/* The same for the path of a request: percent-encoded characters beyond ASCII are decoded when they are UTF-8 and can be shown (/%E6%90%9C → /搜);
 * everything else stays as it was written. */
void stranger_write_path(struct buffer *, slice path, size_t max_columns);
#endif
