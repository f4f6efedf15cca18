/* SPDX-License-Identifier: MIT */
/* dump.h - a drawing as lines of text, by a ruler on which every letter has the same width */
#ifndef COURANT_TESTS_RENDER_DUMP_H
#define COURANT_TESTS_RENDER_DUMP_H
#include "pictures.h"
#include "render/drawing.h"

/* Half the size a column: 6 px of 12 px letters. */
extern const struct ruler dump_ruler;

/* The sitter's drawing by that ruler. */
int dump_draw(struct drawing *, const struct sitting *, courant_error **err);

/* A line a mark; of a long line its first and last points, and how many there are. */
void dump_write(struct buffer *, const struct drawing *);
#endif
