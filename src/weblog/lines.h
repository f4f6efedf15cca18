/* SPDX-License-Identifier: MIT */
/* lines.h - the lines of a block, told apart by the marks in it
 *
 *     lines_begin(&lines, way, block, len);  the block has LINES_SLACK bytes behind it that may be read
 *     while (lines_next(&lines, parts, &stamps, &line)) …
 *
 * An ordinary line is read by looking only at what stands around its quotes; every other one goes to line_parse, which decides. Both say the same. */
#ifndef COURANT_WEBLOG_LINES_H
#define COURANT_WEBLOG_LINES_H
#include "weblog/line.h"
#include "weblog/marks.h"

#define LINES_SLACK 64
#define LINES_MAX   ((size_t)1 << 20) /* of a block, in bytes */

struct lines {
	const char *block, *at, *end;
	size_t word;    /* index of the marks' word that is looked at */
	uint64_t marks; /* what is left of it */
	uint64_t bits[LINES_MAX / 64 + 1];
};

void lines_begin(struct lines *, const struct marks_way *, const char *block, size_t len);

struct line_text {
	slice text;            /* without its end */
	enum line_fault fault; /* of a line that is not empty */
};

/* False at the end of the block. ret_line is filled when the text is not empty and there is no fault. */
bool lines_next(struct lines *, unsigned parts, struct stamp_cache *, struct line_text *ret, struct log_line *ret_line);

/* The same for lines of other formats, which are only cut apart. */
bool lines_cut(struct lines *, slice *ret);
#endif
