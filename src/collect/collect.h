/* SPDX-License-Identifier: MIT */
/* collect.h - samples into RRD files, which are made when they are first needed */
#ifndef COURANT_COLLECT_COLLECT_H
#define COURANT_COLLECT_COLLECT_H
#include "samples/layout.h"

/* Puts one sample into FOLDER/NAME.rrd; the folder is made, too. How often the counters of each table have begun anew is filled in: once more than in
 * the file when one is lower than it was.
 * A sample that is not newer than the file's last one is passed over. COURANT_CANT_CREATE, COURANT_IO; COURANT_NO_INPUT when the file is another's. */
int collect_store(struct rrd_pipe *, const char *folder, const struct layout *, int64_t time_ms, double *figures, courant_error **err);

/* Several samples of one file, oldest first, into a file that is new: n times layout->n_figures. */
int collect_store_all(struct rrd_pipe *, const char *folder, const struct layout *, const int64_t *times_ms, double *figures, size_t n, courant_error **err);
#endif
