/* SPDX-License-Identifier: MIT */
/* text_write.h - plain text in a fixed-width font: 70 columns, CJK characters two each */
#ifndef COURANT_RENDER_TEXT_WRITE_H
#define COURANT_RENDER_TEXT_WRITE_H
#include "render/view.h"

#define TEXT_COLUMNS 70

/* The finished page: no-break blanks, en dashes and the like become ASCII (at the end, since lines must not break at such a blank), and
 * lines lose the blanks at their ends. */
void text_plain(struct buffer *, slice text);

/* Flush left or right in a field of so many columns; a longer text pushes on. `text` is harmless already (table/stranger.h). */
void text_left(struct buffer *, slice text, size_t columns);
void text_right(struct buffer *, slice text, size_t columns);

/* Broken into lines of TEXT_COLUMNS at blanks and between CJK characters, the second and later ones indented. The first begins where the
 * buffer's last line ends, which must be at `indent`. Ends with a line end. */
void text_wrap(struct buffer *, slice text, size_t indent);

void text_rule(struct buffer *, char sign);

/* The runs of a sentence as one clean text. */
void text_sentence(struct buffer *, const struct sentence *, size_t max_columns);

/* Whether a mark " !" was written. */
bool text_tiles(struct buffer *, const struct view *);
void text_chart(struct buffer *, const struct view *);
void text_bars(struct buffer *, const struct view *);
bool text_table(struct buffer *, const struct view *);
void text_passages(struct buffer *, const struct view *);
void text_pictures(struct buffer *, const struct view *);
void text_strip(struct buffer *, const struct view *);
void text_attachment(struct buffer *, const struct view *);

/* What stands below a table, in parentheses. */
void text_after(struct buffer *, const struct view *);

/* "+7.7%", or "-" for what cannot be compared in a column. */
void text_change(struct buffer *, const struct change *, enum language);
#endif
