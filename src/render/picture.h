/* SPDX-License-Identifier: MIT */
/* picture.h - a table as a picture: one description, from which the PNG, its alt text, the line under it and its plain twin are made
 *
 * The table's first column says where a row stands: a time (the start of the row's step) or, for bars, a name. A series is a column of
 * figures; series of one picture have one type. What is unknown is a gap. All four renderings read the same samples (render/samples.h),
 * so that they cannot disagree.
 *
 * A description borrows everything: texts, tables and zone must live as long as it is used. */
#ifndef COURANT_RENDER_PICTURE_H
#define COURANT_RENDER_PICTURE_H
#include "base/buffer.h"
#include "base/zone.h"
#include "table/format.h"
#include "table/table.h"
#include "table/words.h"

enum picture_kind {
	PICTURE_LINES,   /* lines over time, with a min-max band where there is one */
	PICTURE_AREAS,   /* each filled down to the next: parts that lie within one another, the greatest first (memory used, active) */
	PICTURE_STACKED, /* each on top of the former: parts that add up */
	PICTURE_BARS,    /* a bar a row and series, over time or named */
	PICTURE_WEEK,    /* a point a day: the first series with its value large, the second below, the third above it; volume beneath */
};

/* Who gets which colour. Series that ask for none get blue, amber, green, purple in turn; amber is left out beside a threshold. */
enum series_colour { SERIES_ANY, SERIES_BLUE, SERIES_AMBER, SERIES_GREEN, SERIES_PURPLE };

struct picture_series {
	size_t column;     /* of the table */
	size_t low, high;  /* columns of the least and greatest within a row's step; SLICE_NONE: none */
	const char *label; /* short, at the line's end: "发送" */
	const char *name;  /* in the footer and in words: "网络发送"; NULL: the label */
	enum series_colour colour;
};
#define PICTURE_SERIES_MAX 8 /* four at most have a colour of their own */

/* The first series some time before, drawn behind it. Rows of another table are moved so that its window's begin lies on this one's. */
struct picture_former {
	const struct table *table; /* NULL: the picture's own */
	size_t column;             /* SLICE_NONE: no comparison */
	const char *label;         /* "上周同期": what it is called */
};

enum reference_kind {
	REFERENCE_TARGET, /* what the first series should stay below (or, for ratios that should be high, above): dashed in the alarm colour */
	REFERENCE_TOTAL,  /* the whole that the series are parts of: dashed in ink */
};
struct picture_reference {
	enum reference_kind kind;
	bool is_floor;     /* a target that the series should stay above */
	double value;      /* in the unit of the columns: bytes, seconds, 0 to 1 */
	const char *label; /* "目标", "总量"; the value of a target is written behind it */
};
#define PICTURE_REFERENCES_MAX 4

/* A figure at the title line's right end: a ratio whose line would be flat. */
struct picture_figure {
	const char *label; /* "命中率"; NULL: none */
	enum table_type type;
	struct table_cell cell;
};

struct picture {
	enum picture_kind kind;
	enum language language;
	const struct zone *zone; /* NULL: UTC */
	const char *title;
	const char *unit; /* of plain numbers and rates: "次/s"; NULL: the type's own */
	const char *note; /* grey behind the unit: "总量 24.1"; NULL: none */
	unsigned width, height; /* CSS px; 0: 370x180, a week 640x180 */
	bool is_fine;     /* ratios with two decimals */
	bool is_from_zero; /* plain numbers too; rates, counts, bytes and times always are */

	struct picture_series series[PICTURE_SERIES_MAX];
	size_t n_series;
	struct picture_former former;
	struct picture_reference references[PICTURE_REFERENCES_MAX];
	size_t n_references;
	struct picture_figure figure;
	size_t volume;            /* PICTURE_WEEK: column of counts that stands beneath; SLICE_NONE: none */
	const char *volume_label; /* "请求" */
};

/* A picture without series, former and volume. */
struct picture picture_of(enum picture_kind, enum language, const struct zone *, const char *title);
/* One more series; at most PICTURE_SERIES_MAX. Returns it, for its band and colour. */
struct picture_series *picture_add(struct picture *, size_t column, const char *label);

#define PICTURE_MIN_PX 120
#define PICTURE_MAX_PX 1600 /* what a mail reader shows at all */

/* What is wrong with the description for this table, in a sentence: no such column, a column of texts, two types, a size. */
int picture_check(const struct picture *, const struct table *, courant_error **err);
#endif
