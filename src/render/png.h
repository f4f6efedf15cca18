/* SPDX-License-Identifier: MIT */
/* png.h - pixels as a small PNG (ISO/IEC 15948): a palette, no alpha, no physical size
 *
 * A picture has a few colours and their shades at edges. Those that would be missed least become their neighbours, so that PNG_COLOURS are
 * enough and a picture stays below 20 KB. */
#ifndef COURANT_RENDER_PNG_H
#define COURANT_RENDER_PNG_H
#include <stdint.h>

#include "base/auto.h"
#include "base/buffer.h"

#define PNG_COLOURS 40

struct png_writer; /* keeps its memory from one picture to the next */

struct png_writer *png_writer_new(courant_error **err);
void png_writer_free(struct png_writer *);
AUTO_DEFINE(png_writer, struct png_writer, png_writer_free)

/* Appends the file. Pixels are 0xRRGGBB, row after row. Colours of `kept` that occur come out exactly. */
int png_write(struct png_writer *, struct buffer *, const uint32_t *pixels, unsigned width, unsigned height, const uint32_t *kept,
	      size_t n_kept, courant_error **err);
#endif
