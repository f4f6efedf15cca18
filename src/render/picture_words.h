/* SPDX-License-Identifier: MIT */
/* picture_words.h - a picture in words: its alt text, the line under it, its plain twin
 *
 * All out of the same samples and quantities as the drawing. */
#ifndef COURANT_RENDER_PICTURE_WORDS_H
#define COURANT_RENDER_PICTURE_WORDS_H
#include "render/document.h"
#include "render/quantity.h"

/* "MB/s", "GiB，总量 24.1": the unit, and the note behind it. */
void picture_write_unit(struct buffer *, const struct picture *, const struct quantity *);

/* "命中率 99.95%" */
void picture_write_figure(struct buffer *, const struct picture *, enum figure_context);

/* When something was: "01:00"; "11/10 01:00" in a window of more than a day; "11/10" of days. */
void picture_write_time(struct buffer *, const struct picture *, const struct samples *, int64_t at_ms);

/* The longest gap, with what the words say of one and of several; false when there is none, or nothing else. */
bool picture_write_gaps(struct buffer *, const struct picture *, const struct samples *, enum word one, enum word several);

/* Title, unit, and now, average, maximum (time) and p95 of each series; gaps. */
void picture_write_alt(struct buffer *, const struct picture *, const struct quantity *, const struct samples *);

/* What the picture shows: the first two that hold of a gap, a target missed, a whole nearly filled, a peak, a rise at the end, a change
 * against the former line; else that it is level. The first one is bold. */
int picture_find(struct sentence *ret, const struct picture *, const struct quantity *, const struct samples *, courant_error **err);

/* The picture in characters, 70 columns wide. */
void picture_write_text(struct buffer *, const struct picture *, const struct quantity *, const struct samples *);
#endif
