/* SPDX-License-Identifier: MIT */
/* line.h - one line of an access log, told apart by position and quoting
 *
 *     [HOST] ADDRESS IDENTITY USER [TIME] "REQUEST" STATUS SIZE ["REFERRER" "AGENT"] …
 *
 * Fields are separated by one blank. A user may hold blanks: it ends where " [TIME]" begins. In a quoted field a backslash takes the next byte with it, so
 * that \" ends nothing (\x22 does not either). Nothing is ever searched for by its looks. */
#ifndef COURANT_WEBLOG_LINE_H
#define COURANT_WEBLOG_LINE_H
#include "base/slice.h"
#include "weblog/stamp.h"

/* What a format has beside the fields of the common one. */
enum line_parts {
	LINE_HOST = 1 << 0,  /* the virtual host in front */
	LINE_AGENT = 1 << 1, /* referrer and agent behind */
};

enum line_fault {
	LINE_FINE,
	LINE_TOO_LONG,
	LINE_NO_HOST,
	LINE_NO_ADDRESS,
	LINE_NO_IDENTITY,
	LINE_NO_TIME,
	LINE_IMPOSSIBLE_TIME,
	LINE_NO_REQUEST,
	LINE_OPEN_REQUEST,
	LINE_NO_STATUS,
	LINE_NO_SIZE,
	LINE_NO_REFERRER,
	LINE_NO_AGENT,
	LINE_NO_FIELD,
	LINE_FAULTS
};

/* "no three-digit status": for the table of rejected lines. */
const char *line_fault_text(enum line_fault);

/* Slices borrow from the line. */
struct log_line {
	slice host;            /* the virtual host without its port; ptr NULL: the format has none */
	slice address;
	slice method, path;    /* of a request of exactly three words, the path cut at '?'; else ptr is NULL */
	slice referrer, agent; /* ptr NULL: the format has none; "-" as written */
	slice rest;            /* what follows the last known field, without the blank before it */
	int64_t time_s;        /* since 1970 UTC */
	int offset_s;          /* as written, east of UTC */
	uint64_t size_bytes;   /* "-" is 0 */
	int64_t duration_us;   /* of the answer; LINE_NO_DURATION when it is not known */
	unsigned status;
};

#define LINE_NO_DURATION (-1)

/* A line without its end. On a fault, *ret holds nothing of use. */
enum line_fault line_parse(unsigned parts, struct stamp_cache *, slice line, struct log_line *ret);

/* The address that a word is, or with which a proxy's list of them begins: "192.0.2.1, 198.51.100.7". Inline, for it is run on every line. */
static inline slice line_address(slice word)
{
	return slice_part(word, 0, word.len - (word.len > 1 && word.ptr[word.len - 1] == ','));
}

/* A virtual host's name without its port. */
slice line_host(slice word);

/* Splits a request into method and path, if it has exactly three words. */
void line_split_request(slice request, slice *ret_method, slice *ret_path);
#endif
