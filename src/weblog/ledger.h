/* SPDX-License-Identifier: MIT */
/* ledger.h - what has been counted, remembered: each line of each log once, however often and under whatever name the log is given
 *
 *     AUTO(ledger) struct ledger *ledger = ledger_open(path, LEDGER_COUNT, err);
 *     for each log: ledger_count(ledger, log, formats, err)
 *     ledger_fill(ledger, …), and the tables are printed as if all logs had just been read
 *
 * A log is known again by its content (fingerprint.h): when it has been renamed, rotated, packed, or has grown, only the lines that are new are counted. Two logs
 * that begin with the same few lines and then differ are two; when they are alike for longer, the second is a copy that was cut and went on in another way, and
 * its first lines have been counted. For each log and quarter of an hour the figures are kept (tally_store.h), so any period in any zone can be
 * reported without the logs. Figures and position are written in one transaction per log: whatever is killed at whatever instant, the next run goes on where
 * the last finished log ended. Another process waits until a log is done.
 *
 * A last line without an end is kept as text: it counts, and is counted again from its beginning when the log has grown. */
#ifndef COURANT_WEBLOG_LEDGER_H
#define COURANT_WEBLOG_LEDGER_H
#include <courant/error.h>

#include "base/auto.h"
#include "base/fail.h"
#include "table/table.h"
#include "weblog/scanner.h"

struct ledger;

enum ledger_use {
	LEDGER_COUNT,  /* made when it is missing */
	LEDGER_CHANGE, /* must be there */
	LEDGER_READ,   /* nothing will be written */
};

/* Errors as store_open's. */
struct ledger *ledger_open(const char *path, enum ledger_use, courant_error **err);
/* What keys are hashed with: that of the visitors that it knows. */
uint64_t ledger_seed(const struct ledger *);

/* Bounds the memory that counting takes, before the first log: quarters that do not fit are written, and when one alone does not, it is thinned (tally_thin.c). */
void ledger_limit(struct ledger *, size_t bytes);

/* Who is told how far a log has been read; borrowed, and may be NULL. */
void ledger_set_teller(struct ledger *, const struct input_teller *);
void ledger_free(struct ledger *);
AUTO_DEFINE(ledger, struct ledger, ledger_free)

/* Counts the lines of a log that have not been counted, "-" for standard input. Errors as weblog_add_path's; then nothing of this log has been counted. */
int ledger_count(struct ledger *, const char *path, const struct formats *, courant_error **err);

/* The offset from UTC of the first line of the first log; false when there is none. */
int ledger_first_offset(struct ledger *, bool *ret_has, int *ret_offset_s, courant_error **err);

/* Gives the scanner the figures of its windows, and of all logs lines, hits and rejected samples. The windows' ends lie on quarters of an hour
 * (COURANT_USAGE). Each log is a file for `add_file`, which returns its number, or -1 when there is no memory. */
struct ledger_filling {
	struct scanner *scanner;
	const struct formats *formats;
	int64_t (*add_file)(void *context, slice name);
	void *context;
	const struct log_format *format; /* of the first log */
	bool has_agents;
};
int ledger_fill(struct ledger *, struct ledger_filling *, courant_error **err);

/* ---- looking after it ---- */

/* A row a log: its number, last name, bytes, lines, hits, rejected lines, first and last hit, when it was last counted. */
struct table *ledger_list(struct ledger *, courant_error **err);

/* Forgets logs by number or name: their figures are gone, and they would be counted anew. Says how many there were. */
int ledger_forget(struct ledger *, slice number_or_name, uint64_t *ret_n, courant_error **err);
int ledger_forget_all(struct ledger *, uint64_t *ret_n, courant_error **err);

/* Forgets the figures before an instant, on a quarter of an hour; the logs stay known. */
int ledger_forget_before(struct ledger *, int64_t before_ms, courant_error **err);
#endif
