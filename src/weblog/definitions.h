/* SPDX-License-Identifier: MIT */
/* definitions.h - what is counted, in words and as the few rules that several files need */
#ifndef COURANT_WEBLOG_DEFINITIONS_H
#define COURANT_WEBLOG_DEFINITIONS_H
#include "base/slice.h"

/* Whether the path ends in the suffix of a static file, in capitals or not. */
bool path_is_static(slice path);

/* The site of a referrer: the host of its address without user, port and what follows; {NULL, 0} when it has none ("-", "about:blank"). As written, in
 * capitals or not. */
slice referrer_site(slice referrer);
#endif
