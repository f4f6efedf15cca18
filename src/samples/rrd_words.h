/* SPDX-License-Identifier: MIT */
/* rrd_words.h - what courant and its program courant-rrd say to each other, read and written in one place
 *
 * Lines of words with a blank between, ended by LF. In a word, blanks, '%', control bytes and DEL are written %XX, so that any path and any sentence is one;
 * an empty word is written "%". Numbers are decimal (the shortest that reads back the same); what is not known is "U".
 *
 *     courant-rrd 1                                         its greeting: the version of this language
 *     info PATH                                             step SECONDS, last SECONDS, ds NAME TYPE HEARTBEAT MIN MAX LAST …, rra CF STEPS ROWS …, ok
 *     create PATH STEP FROM ds NAME TYPE HEARTBEAT MIN MAX … rra CF STEPS ROWS …               ok; never over a file that is there
 *     update PATH NAME:NAME… SECONDS:VALUE:VALUE… …         ok; samples that are not newer than the file's last are passed over
 *     fetch PATH CF FROM TO RESOLUTION                      rows FROM STEP COUNT NAME…, row VALUE…, ok: row i is of the seconds after FROM + i * STEP
 *
 * Whatever goes wrong is answered by "error CODE SENTENCE", a code of courant/error.h. */
#ifndef COURANT_SAMPLES_RRD_WORDS_H
#define COURANT_SAMPLES_RRD_WORDS_H
#include <stdint.h>

#include "base/buffer.h"

#define RRD_GREETING       "courant-rrd 1"
#define RRD_LINE_MAX_BYTES ((size_t)256 * 1024) /* an update of some thousand samples */
#define RRD_SOURCES_MAX    256                  /* data sources in a file */
#define RRD_ARCHIVES_MAX   64
#define RRD_VALUES_MAX     ((size_t)8 << 20) /* of one fetch */
#define RRD_NAME_MAX_BYTES 19                /* of a data source: rrdcreate(1) */
#define RRD_TIME_MAX_S     INT64_C(253402300799) /* the end of the year 9999 */

void rrd_write_word(struct buffer *, slice word); /* with a blank before it, but at the beginning of a line */
void rrd_write_number(struct buffer *, double);   /* NaN: "U" */
void rrd_write_whole(struct buffer *, int64_t);

/* The next word of a line, decoded into `into`, which is emptied first. False at the end, and for an escape that is none. */
bool rrd_next_word(slice *rest, struct buffer *into);

/* The next word, as a number. "U" is NaN where it may be. False: it is none. */
bool rrd_next_number(slice *rest, double *ret);
bool rrd_next_whole(slice *rest, int64_t min, int64_t max, int64_t *ret);

/* "sent": letters, digits, "_" and "-", at most RRD_NAME_MAX_BYTES. */
bool rrd_name_is_valid(slice);

/* How a data source's values become rates. A GAUGE is none, and a COMPUTE is made of others: neither is a counter. */
enum rrd_type { RRD_GAUGE, RRD_COUNTER, RRD_DERIVE, RRD_DCOUNTER, RRD_DDERIVE, RRD_ABSOLUTE, RRD_COMPUTE };
bool rrd_type_parse(slice, enum rrd_type *ret);
const char *rrd_type_name(enum rrd_type);

/* How several values become one. Forecasts (HWPREDICT and its kind) are left alone. */
enum rrd_consolidation { RRD_AVERAGE, RRD_MIN, RRD_MAX, RRD_LAST };
#define RRD_CONSOLIDATIONS 4
bool rrd_consolidation_parse(slice, enum rrd_consolidation *ret);
const char *rrd_consolidation_name(enum rrd_consolidation);
#endif
