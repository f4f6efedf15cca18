/* SPDX-License-Identifier: MIT */
/* faults.h - everything that is wrong with a file, each with its line and column */
#ifndef COURANT_REPORT_FAULTS_H
#define COURANT_REPORT_FAULTS_H
#include "base/buffer.h"

#define FAULTS_MAX 100 /* told one by one; what follows is only counted */

struct fault {
	int line, column; /* from 1; a column is a character. Line 0: the file as a whole */
	char *text;
};

struct faults {
	slice file; /* its name, borrowed */
	struct fault list[FAULTS_MAX];
	size_t n;
	size_t n_more; /* not kept */
};

void faults_init(struct faults *, slice file);
void faults_release(struct faults *);
AUTO_DEFINE_VALUE(faults, struct faults, faults_release)

/* One more; a text that cannot be kept is still counted. */
void faults_add(struct faults *, int line, int column, const char *format, ...) FAIL_FORMAT(4, 5);

static inline bool faults_is_empty(const struct faults *faults)
{
	return faults->n == 0 && faults->n_more == 0;
}

/* "file:line:column: text", a line each, in the order of the file; control characters of the file's own text are made visible. */
void faults_write(struct faults *, struct buffer *ret);
#endif
