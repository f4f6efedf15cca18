/* SPDX-License-Identifier: MIT */
/* metrics.h - figures as Prometheus reads them: the text format, version 0.0.4 */
#ifndef COURANT_SERVE_METRICS_H
#define COURANT_SERVE_METRICS_H
#include <stdint.h>

#include "base/buffer.h"

struct metric {
	const char *name;  /* "courant_mails"; several rows with one name stand together */
	const char *type;  /* "counter", "gauge" */
	const char *help;
	const char *label; /* NULL: none */
	const char *of;    /* the label's value */
	int64_t value;
	bool is_ms;        /* the value is milliseconds, written as seconds */
};

void metrics_write(struct buffer *, const struct metric *, size_t n);
#endif
