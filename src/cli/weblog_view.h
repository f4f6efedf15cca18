/* SPDX-License-Identifier: MIT */
/* weblog_view.h - a table on a terminal: aligned, with a bar for its first figure */
#ifndef COURANT_CLI_WEBLOG_VIEW_H
#define COURANT_CLI_WEBLOG_VIEW_H
#include "base/buffer.h"
#include "base/zone.h"
#include "table/table.h"

struct view {
	size_t columns;  /* of the terminal */
	bool is_coloured;
};

/* What the descriptor shows: colours and the width of a terminal; 80 columns and none for anything else. */
struct view view_of_terminal(int fd);

/* A table with no rows is left out when it is one of several. */
void view_write(const struct view *, struct buffer *, const struct table *, const struct zone *, bool is_one_of_several);
#endif
