/* SPDX-License-Identifier: MIT */
/* crew.h - several threads at work on a log, a scanner each
 *
 * Whoever has nothing to count reads the next block and tells its lines apart; the hits go to those who own their addresses, and each counts its share. So every
 * address, and every visitor, is known to one scanner only, and nothing must be sought in the tables of others when all is added up. */
#ifndef COURANT_WEBLOG_CREW_H
#define COURANT_WEBLOG_CREW_H
#include "weblog/scanner.h"

#define CREW_MAX 64

/* Reads the file to its end, beginning with the first scanner's block, which has been filled. */
int crew_read(struct scanner *scanners, size_t n, struct feed *, uint32_t file, courant_error **err);

/* scanner_finish for all of them. */
int crew_finish(struct scanner *scanners, size_t n, courant_error **err);
#endif
