/* SPDX-License-Identifier: MIT */
/* page.h - reads a rendered page the way a strict mail reader would, and checks it against the rules for HTML that survives */
#ifndef COURANT_TESTS_RENDER_PAGE_H
#define COURANT_TESTS_RENDER_PAGE_H
#include "base/buffer.h"

/* What a walk over a page is told. */
struct page_reader {
	void *self;
	void (*element)(void *self, slice tag); /* all between < and >, comments left out */
	void (*text)(void *self, slice text, bool is_shown);
};

/* Checks everything: elements, attributes, properties, nesting, widths, grounds, contrast, links, lines, size. Each fault is a failed
 * check that names it. `reader` may be NULL. */
void page_check(slice html, const struct page_reader *reader);

/* Character data as a person reads it: entities decoded. */
void page_decode(struct buffer *, slice text);
#endif
