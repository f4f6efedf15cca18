/* SPDX-License-Identifier: MIT */
/* w3c.h - W3C extended logs (IIS, CloudFront …): what stands where is said by #Fields, which may change in the middle
 *
 * https://www.w3.org/TR/WD-logfile. Times are UTC. */
#ifndef COURANT_WEBLOG_W3C_H
#define COURANT_WEBLOG_W3C_H
#include "weblog/pattern.h"

#define W3C_COLUMNS_MAX 64

/* What the directives so far have said. A zeroed one: nothing. */
struct w3c {
	enum pattern_field columns[W3C_COLUMNS_MAX];
	size_t n;
	char date[10]; /* of #Date, for logs with the time alone */
	bool has_date;
};

/* Lines that begin with #. */
bool w3c_is_directive(slice line);
void w3c_direct(struct w3c *, slice line);

enum line_fault w3c_read(const struct w3c *, struct line_parts_read *, slice line, struct log_line *ret);
#endif
