/* SPDX-License-Identifier: MIT */
/* filter.h - which hits are counted: by virtual host, path and status */
#ifndef COURANT_WEBLOG_FILTER_H
#define COURANT_WEBLOG_FILTER_H
#include "base/fail.h"
#include "weblog/line.h"

#define FILTER_PATTERNS_MAX 32

struct filter {
	slice hosts[FILTER_PATTERNS_MAX], paths[FILTER_PATTERNS_MAX], excluded[FILTER_PATTERNS_MAX];
	size_t n_hosts, n_paths, n_excluded;
	struct {
		unsigned from, to; /* both included */
	} statuses[FILTER_PATTERNS_MAX];
	size_t n_statuses;
};

/* Each may be called several times: of the same kind, one must match. Patterns are borrowed; * stands for any bytes, ? for one. */
int filter_add_host(struct filter *, const char *pattern, courant_error **err);    /* letters in capitals or not; without the port */
int filter_add_path(struct filter *, const char *pattern, courant_error **err);
int filter_add_excluded(struct filter *, const char *pattern, courant_error **err); /* paths that are not counted */
int filter_add_status(struct filter *, const char *status, courant_error **err);    /* "404", "5xx", "400-499" */

static inline bool filter_is_empty(const struct filter *filter)
{
	return !filter->n_hosts && !filter->n_paths && !filter->n_excluded && !filter->n_statuses;
}

bool filter_passes(const struct filter *, const struct log_line *);

/* Whether the whole text fits the pattern. */
bool filter_fits(slice text, slice pattern, bool ignores_case);
#endif
