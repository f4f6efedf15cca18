/* SPDX-License-Identifier: MIT */
/* screen.h - tables on a terminal: aligned, with bars, and colours where there is a terminal */
#ifndef COURANT_CLI_SCREEN_H
#define COURANT_CLI_SCREEN_H
#include "base/buffer.h"
#include "base/zone.h"
#include "table/table.h"

struct screen {
	size_t columns;  /* of the terminal */
	bool is_coloured;
};

/* What the descriptor shows: colours and the width of a terminal; 80 columns and none for anything else, nor colours with NO_COLOR. */
struct screen screen_of_terminal(int fd);

/* One table. `rows`: no more than so many of a series of times, the last ones; 0: all. */
void screen_write(const struct screen *, struct buffer *, const struct table *, const struct zone *, size_t rows);

/* The same under a title: its name and what it is. Nothing when it has no rows. */
void screen_write_titled(const struct screen *, struct buffer *, const struct table *, const char *about, const struct zone *, size_t rows);

/* ---- for others that write to a terminal ---- */

enum screen_colour { SCREEN_PLAIN, SCREEN_BOLD, SCREEN_FAINT, SCREEN_BAR, SCREEN_BAD, SCREEN_WORSE };

/* Text in a colour, where there are colours. */
void screen_write_coloured(const struct screen *, struct buffer *, enum screen_colour, slice text);

/* A figure as it stands in a table: ~ before an estimate, which has no more digits than it deserves. */
void screen_write_figure(struct buffer *, const struct table *, size_t row, size_t column, const struct zone *);
#endif
