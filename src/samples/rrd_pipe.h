/* SPDX-License-Identifier: MIT */
/* rrd_pipe.h - RRD files, read and written by the program courant-rrd over a pipe
 *
 * librrd is heavy and under the GPL, and its files may be damaged: so it works in a process of its own, started when the first file is asked for, which ends
 * with the pipe. It is believed no more than the network: everything it says is checked. */
#ifndef COURANT_SAMPLES_RRD_PIPE_H
#define COURANT_SAMPLES_RRD_PIPE_H
#include "base/auto.h"
#include "base/fail.h"
#include "samples/rrd_words.h"

struct rrd_pipe;

/* `program` is where courant-rrd lies; NULL: nowhere, which is told when it is first needed. Copied. */
struct rrd_pipe *rrd_pipe_new(const char *program, courant_error **err);
void rrd_pipe_free(struct rrd_pipe *);
AUTO_DEFINE(rrd_pipe, struct rrd_pipe, rrd_pipe_free)

/* ---- What lies in a file ---- */

struct rrd_source {
	char name[RRD_NAME_MAX_BYTES + 1];
	enum rrd_type type;
	int64_t heartbeat_s;
	double least, greatest; /* of the values, or rates; NaN: unlimited */
	double last;            /* the value of the last update, before it became a rate; NaN: unknown */
};

struct rrd_archive {
	enum rrd_consolidation consolidation;
	int64_t steps; /* of the file's make one row */
	int64_t rows;
};

struct rrd_facts {
	int64_t step_s, last_s; /* when it was last updated */
	struct rrd_source *sources;
	size_t n_sources;
	struct rrd_archive *archives;
	size_t n_archives;
};

/* COURANT_NO_INPUT: missing, unreadable, damaged, no RRD file, or one of a machine of another kind. */
int rrd_pipe_facts(struct rrd_pipe *, const char *path, struct rrd_facts *ret, courant_error **err);
void rrd_facts_release(struct rrd_facts *);
AUTO_DEFINE_VALUE(rrd_facts, struct rrd_facts, rrd_facts_release)
const struct rrd_source *rrd_facts_find(const struct rrd_facts *, slice name); /* or NULL */

/* ---- Reading ---- */

struct rrd_rows {
	int64_t from_s, step_s; /* row i is of the step_s seconds that begin at from_s + i * step_s */
	size_t n_rows, n_columns;
	char (*names)[RRD_NAME_MAX_BYTES + 1];
	double *values;         /* n_rows times n_columns; NaN: unknown */
	size_t n_heard;         /* rows that have come so far, while they come */
};

/* What `rrdtool fetch` gives for the window: of the archive that suits it and the resolution (seconds a row; 0: as fine as there is). */
int rrd_pipe_fetch(struct rrd_pipe *, const char *path, enum rrd_consolidation, int64_t from_s, int64_t to_s, int64_t resolution_s,
                   struct rrd_rows *ret, courant_error **err);
void rrd_rows_release(struct rrd_rows *);
AUTO_DEFINE_VALUE(rrd_rows, struct rrd_rows, rrd_rows_release)

/* ---- Writing ---- */

/* A new file for samples after `from_s`. COURANT_CANT_CREATE, also when a file is there. */
int rrd_pipe_create(struct rrd_pipe *, const char *path, int64_t from_s, const struct rrd_facts *, courant_error **err);

/* Samples, oldest first: n times n_names values, NaN for what is not known. Those that are not newer than the file's last one are passed over. Times in ms. */
int rrd_pipe_update(struct rrd_pipe *, const char *path, const char *const *names, size_t n_names, const int64_t *times_ms, const double *values, size_t n,
                    courant_error **err);
#endif
