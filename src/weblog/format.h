/* SPDX-License-Identifier: MIT */
/* format.h - which format a log is in, recognised from its lines */
#ifndef COURANT_WEBLOG_FORMAT_H
#define COURANT_WEBLOG_FORMAT_H
#include <stdbool.h>

#include "weblog/line.h"

struct pattern;
struct json_keys;

struct log_format {
	const char *name;
	unsigned parts;         /* enum line_parts */
	enum log_times {
		TIMES_NONE,
		TIMES_SECONDS,      /* the request's time follows the agent: 0.123 */
		TIMES_MICROSECONDS, /* 123456 */
	} times;
	bool has_upstream_time; /* … and behind it another one, which is not counted */
	enum log_kind {
		FORMAT_LINE, /* read by line.h */
		FORMAT_PATTERN,
		FORMAT_W3C,
		FORMAT_JSON,
	} kind;
	const struct pattern *pattern;
	const struct json_keys *keys;
};

/* "common" and the others by their names; NULL when there is no such. */
const struct log_format *format_named(slice name);

/* The request's time from what follows the agent. */
int64_t format_duration_us(const struct log_format *, slice rest);

/* Looks at lines until FORMAT_SAMPLE_LINES of them could be read, and chooses the format that most of them have. NULL when no line is in any. A line that the
 * chosen one can't read is rejected later. */
#define FORMAT_SAMPLE_LINES 2000
const struct log_format *format_recognise(slice lines);

/* What a line should look like, for people. */
extern const char format_expected[];
#endif
