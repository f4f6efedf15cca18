/* SPDX-License-Identifier: MIT */
/* rrd_answer.h - what courant-rrd says, checked line by line */
#ifndef COURANT_SAMPLES_RRD_ANSWER_H
#define COURANT_SAMPLES_RRD_ANSWER_H
#include "samples/rrd_pipe.h"

enum rrd_heard {
	RRD_MORE,     /* other lines follow */
	RRD_DONE,     /* "ok" */
	RRD_FAILED,   /* "error …", which is in err now */
	RRD_NONSENSE, /* no answer */
};

/* What becomes of a line that is neither: its first word, and what follows. False: it makes no sense, or there is no memory for it. */
typedef bool rrd_hear(slice kind, slice rest, struct buffer *word, void *into);

/* `word` is room for one. `hear` may be NULL: no other line is expected. */
enum rrd_heard rrd_answer_hear(slice line, struct buffer *word, rrd_hear *hear, void *into, courant_error **err);

rrd_hear rrd_hear_facts; /* into a zeroed struct rrd_facts */
rrd_hear rrd_hear_rows;  /* into a zeroed struct rrd_rows */

/* Whether all has been heard that there must be, after RRD_DONE. */
bool rrd_facts_are_complete(const struct rrd_facts *);
bool rrd_rows_are_complete(const struct rrd_rows *);
#endif
