/* SPDX-License-Identifier: MIT */
/* layout.h - how much of a document a mail has room for
 *
 * What is cut is cut for every rendering, so that all show the same rows. */
#ifndef COURANT_RENDER_LAYOUT_H
#define COURANT_RENDER_LAYOUT_H
#include "render/view.h"

/* Gmail shows no more than about 102 KB of a mail's HTML as it is encoded. */
#define HTML_MAX_BYTES         80000 /* with the CRs of its line ends */
#define HTML_ENCODED_MAX_BYTES 100000

/* As many rows of each table as fit; when no rows would be few enough, as many blocks. */
int layout_fit(const struct document *, struct layout *ret, courant_error **err);

/* In html.c: the page as laid out. */
void html_page(struct buffer *, const struct document *, const struct layout *);
#endif
