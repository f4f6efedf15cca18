/* SPDX-License-Identifier: MIT */
/* known.h - the series that courant collect writes: what they and their columns are called, and how they are drawn
 *
 * A table of another source with the same name and columns is drawn the same way; any other is drawn as it is, under its own names. */
#ifndef COURANT_REPORT_KNOWN_H
#define COURANT_REPORT_KNOWN_H
#include "render/picture.h"
#include "table/words.h"

#define KNOWN_COLUMNS_MAX 4

struct known_column {
	const char *name; /* "read_requests" */
	enum word label;  /* short, at the line's end: 读 */
	enum word full;   /* 读请求 */
};

struct known_series {
	const char *table;
	enum word title;  /* of the picture: 网络吞吐 */
	enum word prefix; /* before a column's full name: 网络; WORDS: none */
	enum picture_kind kind;
	struct known_column columns[KNOWN_COLUMNS_MAX]; /* those that are drawn, in their order; name NULL: no more */
	const char *total; /* the column that the first is a part of; NULL: none */
	const char *ratio; /* a column that stands as a figure in the title; NULL: none. It is 1 - part / whole: */
	const char *ratio_part, *ratio_whole;
	enum word ratio_label;
};

/* NULL: unknown. The first column must be there, or it is another table of that name. */
const struct known_series *known_series_find(const char *table);

/* NULL: unknown. */
const struct known_column *known_series_column(const struct known_series *, const char *column);
#endif
