/* SPDX-License-Identifier: MIT */
/* html_write.h - text into HTML: made harmless, escaped, in lines that mail can carry */
#ifndef COURANT_RENDER_HTML_WRITE_H
#define COURANT_RENDER_HTML_WRITE_H
#include "render/document.h"
#include "render/view.h"

/* A figure or a date is never longer than this; a longer text is a fault that shows. */
#define FIGURE_MAX_BYTES 256

/* The text as one piece of character data. A line that would grow too long for mail (RFC 5322, 2.1.1: 998 bytes) goes on inside an empty
 * element's tag, where a line end means nothing. */
void html_text(struct buffer *, slice text, size_t max_columns);

/* The same where no element may stand: in <title>, or in an attribute. */
void html_plain_text(struct buffer *, slice text, size_t max_columns);

void html_path(struct buffer *, slice path, size_t max_columns);

/* Bold runs in `bold`, a colour. */
void html_sentence(struct buffer *, const struct sentence *, size_t max_columns, const char *bold);

/* A row of the one column that a mail is, and its end. */
void html_section_open(struct buffer *, unsigned top_px, unsigned bottom_px);
void html_section_close(struct buffer *);

/* What is missing from the air above a block, when the one before it has left some below itself. */
static inline unsigned html_rest(unsigned wanted_px, const struct view *view)
{
	return wanted_px > view->above_px ? wanted_px - view->above_px : 0;
}

/* A grey line above or below a table. */
void html_note(struct buffer *, slice text, size_t max_columns);

/* The blocks; each writes whole sections. */
void html_tiles(struct buffer *, const struct view *);
void html_chart(struct buffer *, const struct view *);
void html_bars(struct buffer *, const struct view *);
void html_table(struct buffer *, const struct view *);
void html_passages(struct buffer *, const struct view *);
void html_pictures(struct buffer *, const struct view *);
unsigned html_pictures_below(const struct block *); /* the air that they leave below themselves */
void html_strip(struct buffer *, const struct view *);
void html_attachment(struct buffer *, const struct view *);

/* The sender's logo, as a row of the title's table. */
void html_logo(struct buffer *, const struct document *);

/* The colour of an hour of the strip. */
const char *html_state_colour(enum hour_state);
#endif
