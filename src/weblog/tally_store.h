/* SPDX-License-Identifier: MIT */
/* tally_store.h - the figures of a quarter of an hour, as bytes that can be kept and added to others
 *
 * Zones differ by quarters of an hour, so that from those of UTC the hours and days of every zone can be put together. */
#ifndef COURANT_WEBLOG_TALLY_STORE_H
#define COURANT_WEBLOG_TALLY_STORE_H
#include "weblog/tally.h"

#define QUARTER_S       900
#define TALLY_MAX_BYTES ((size_t)1 << 30) /* of a quarter, unpacked */

/* The beginning of the quarter that holds the instant. */
static inline int64_t quarter_of(int64_t time_s)
{
	return time_s - (time_s % QUARTER_S + QUARTER_S) % QUARTER_S;
}

/* Appends a tally in UTC, all of whose hits lie in the quarter. It is of no use afterwards, but to be released. */
int tally_write(struct tally *, int64_t quarter_s, struct buffer *out, courant_error **err);

/* Adds what was written to a tally of any zone whose offset is a multiple of fifteen minutes; COURANT_USAGE for another one. COURANT_NO_INPUT: damaged; then
 * the tally is of no use. */
int tally_read(struct tally *, int64_t quarter_s, slice bytes, courant_error **err);
#endif
