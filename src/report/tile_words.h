/* SPDX-License-Identifier: MIT */
/* tile_words.h - a headline figure in a sentence: "memory used 99.5%" */
#ifndef COURANT_REPORT_TILE_WORDS_H
#define COURANT_REPORT_TILE_WORDS_H
#include "render/document.h"
#include "report/say.h"

/* The figure alone, as its tile shows it. */
slice tile_figure(struct say *, const struct tile *);

/* Name and figure; `with_change`: and how it has changed, if that is known. Empty for an unknown figure. */
slice tile_words(struct say *, const struct tile *, bool with_change);

/* The i-th tile of a document that has a figure, or NULL. */
const struct tile *tile_of_document(const struct document *, size_t i);
#endif
