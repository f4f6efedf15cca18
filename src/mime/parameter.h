/* SPDX-License-Identifier: MIT */
/* parameter.h - headers of a word and parameters: Content-Type, Content-Disposition (RFC 2045, 5.1;
 * RFC 2183; RFC 2231) */
#ifndef COURANT_MIME_PARAMETER_H
#define COURANT_MIME_PARAMETER_H
#include "mime/arena.h"
#include "mime/fold.h"

struct parameter {
	slice name;  /* lower case */
	slice value; /* UTF-8, unquoted, decoded */
};

/* "text/html; charset=utf-8" taken apart. */
struct parameters {
	slice word; /* "text/html", lower case */
	struct parameter *items;
	size_t n;
	size_t space;
};

#define PARAMETERS_MAX 200

enum parameter_flags {
	PARAMETERS_STRICT, /* ours: a fault is COURANT_INVALID */
	PARAMETERS_LENIENT /* a stranger's: what can be understood, and nothing fails but memory */
};

/* Everything is copied into the arena. Reading understands RFC 2231 (pieces, charsets) and, as
 * readers do, encoded words in values. */
int parameters_parse(struct parameters *, struct arena *, slice value, enum parameter_flags,
		     courant_error **err);

/* The value, or {NULL, 0}. */
slice parameters_get(const struct parameters *, slice name);
/* Copied; replaces. A value of {NULL, 0} removes. */
int parameters_set(struct parameters *, struct arena *, slice name, slice value,
		   courant_error **err);

/* Characters of a token: "text", "x-mac-creator". */
bool parameter_is_token(slice);
/* "type/subtype", both tokens. */
bool parameter_is_type(slice);

/* "; name=value": as a token or quoted when it is ASCII and fits a line, else by RFC 2231: one
 * piece when that fits 78 columns, else as many as needed, all of them percent-encoded. */
void parameter_write(struct fold *, slice name, slice value);

/* Content-Type's name for readers that know no RFC 2231: a quoted string, with encoded words in it
 * when it is not ASCII (which RFC 2047, 5 forbids, and QQ mail, 163 and the old Outlook need).
 * `charset` of the words; {NULL, 0}: UTF-8. */
int parameter_write_name(struct fold *, slice value, slice charset, courant_error **err);

/* The whole header: parsed strictly, written again. */
int parameters_write_header(struct buffer *, slice name, slice value, courant_error **err);
#endif
