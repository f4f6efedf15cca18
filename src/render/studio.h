/* SPDX-License-Identifier: MIT */
/* studio.h - where pictures are made: fonts, pixels and the packer, kept from one picture to the next
 *
 * One thread at a time. */
#ifndef COURANT_RENDER_STUDIO_H
#define COURANT_RENDER_STUDIO_H
#include "render/document.h"
#include "render/picture.h"

struct studio;

struct studio *studio_new(courant_error **err);
void studio_free(struct studio *);
AUTO_DEFINE(studio, struct studio, studio_free)

#define PICTURE_MAX_BYTES ((size_t)4 << 20)

/* Picture, alt text, finding and plain twin, all out of the same samples. COURANT_INVALID: the description does not fit the table; COURANT_CONFIG: no font has a letter of it. */
int studio_draw(struct studio *, const struct picture *, const struct table *, struct rendered *ret, courant_error **err);

/* The PNG alone, appended. */
int studio_draw_png(struct studio *, const struct picture *, const struct table *, struct buffer *ret, courant_error **err);
#endif
