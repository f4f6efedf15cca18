/* SPDX-License-Identifier: MIT */
/* places.h - where sources lie, and why one could not be read, in words */
#ifndef COURANT_REPORT_PLACES_H
#define COURANT_REPORT_PLACES_H
#include "report/plan.h"
#include "report/say.h"

/* Of several paths in one folder the folder is said once, and of a long path the end says more than the beginning. */
slice place_name(struct say *, const char *const *places, size_t i);

/* Why the source is not open: "/var/lib/courant/mysql.rrd does not exist". */
slice place_failure(struct say *, const struct plan_source *);
#endif
