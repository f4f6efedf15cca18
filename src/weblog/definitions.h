/* SPDX-License-Identifier: MIT */
/* definitions.h - what is counted, in words and as the few rules that several files need */
#ifndef COURANT_WEBLOG_DEFINITIONS_H
#define COURANT_WEBLOG_DEFINITIONS_H
#include "base/fail.h"
#include "base/slice.h"

/* A list of suffixes, with or without dots, between blanks and commas, as path_is_static takes it; the caller's to free. COURANT_USAGE for what no
 * suffix can be. */
char *suffixes_read(const char *list, courant_error **err);

/* Whether the path ends in the suffix of a static file, in capitals or not; suffixes NULL: in one of those that --definitions names. */
bool path_is_static(slice path, const char *suffixes);

/* The site of a referrer: the host of its address without user, port and what follows; {NULL, 0} when it has none ("-", "about:blank"). As written, in
 * capitals or not. */
slice referrer_site(slice referrer);
#endif
