/* SPDX-License-Identifier: MIT */
/* change.h - a figure against the former one: its direction, its size, and whether it deserves a colour */
#ifndef COURANT_TABLE_CHANGE_H
#define COURANT_TABLE_CHANGE_H
#include "table/format.h"
#include "table/table.h"

/* Which way is good news. */
enum better { BETTER_NEITHER, BETTER_UP, BETTER_DOWN };

enum change_kind {
	CHANGE_UNKNOWN, /* no comparison: one of the two is not known */
	CHANGE_LEVEL,   /* less than 0.5 % (a ratio: less than 0.005 points) */
	CHANGE_NEW,     /* from zero */
	CHANGE_SHARE,   /* by so many percent */
	CHANGE_TIMES,   /* to so many times the former, from double on */
	CHANGE_POINTS,  /* a ratio: by so many percentage points */
};

/* A colour is earned by a change of at least 5 % that is, for counts, also more than chance: over 3 times the root of the former count
 * (of 1, when there were none). */
enum judgement { JUDGEMENT_NONE, JUDGEMENT_BETTER, JUDGEMENT_WORSE };

struct change {
	enum change_kind kind;
	bool is_up;
	double amount; /* 0.077 for 7.7 %, 3.1 for 3.1 times, 0.0006 for 0.06 points */
	enum judgement judgement;
};

struct change change_of(enum table_type, struct table_cell now, struct table_cell former, enum better);

/* "▲ 7.7%", "▼ 1.8%", "– 持平", "▲ ×3.1", "新增", "无对比"; in plain text "+7.7%", "-1.8%", "x3.1", "level". The mark " !" is the caller's. */
void change_write(struct buffer *, const struct change *, enum figure_context, enum language);
#endif
