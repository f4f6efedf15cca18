/* SPDX-License-Identifier: MIT */
/* formats.h - all formats that lines can be in: those of format.h, patterns, W3C, JSON
 *
 * Made once, then only read, by any thread. */
#ifndef COURANT_WEBLOG_FORMATS_H
#define COURANT_WEBLOG_FORMATS_H
#include "weblog/format.h"
#include "weblog/json.h"
#include "weblog/w3c.h"

struct formats;

/* `asked`: NULL, the name of a format ("combined", "w3c", "json", "alb" …), "json:address=KEY,…", or the words of nginx's log_format or Apache's LogFormat; borrowed.
 * COURANT_USAGE when it is none of them. */
struct formats *formats_new(const char *asked, courant_error **err);
void formats_free(struct formats *);
AUTO_DEFINE(formats, struct formats, formats_free)

/* One that was chosen once, by its name: NULL when it is unknown, or was given in words that are not those asked for now. */
const struct log_format *formats_find(const struct formats *, slice name);
/* The one in which a log goes on: that which is asked for now, else formats_find's. */
const struct log_format *formats_continue(const struct formats *, slice name);

/* The format of the lines, whether asked for or recognised; NULL when none of them is in a known one. */
const struct log_format *formats_choose(const struct formats *, slice lines);

/* How well a format fits the first lines. */
struct format_sample {
	size_t lines, readable; /* of at most FORMAT_SAMPLE that are not empty */
};
#define FORMAT_SAMPLE 200
void formats_sample(const struct log_format *, slice lines, struct format_sample *ret);

/* Whether the format was asked for, and so is not recognised. */
bool formats_is_asked(const struct formats *);

/* Whoever reads lines has one. */
struct line_reader {
	struct line_parts_read parts;
	struct w3c w3c;
};

/* A line that is not in one of the formats of format.h. True in *ret_directive: it is none, but says how to read those that follow. */
enum line_fault formats_read(const struct log_format *, struct line_reader *, slice line, struct log_line *ret, bool *ret_directive);

/* Follows the directives of lines that somebody else reads. */
void formats_follow(const struct log_format *, struct w3c *, slice lines);
#endif
