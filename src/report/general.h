/* SPDX-License-Identifier: MIT */
/* general.h - what a built-in report shows of a source that it was not made for: courant report performance router.rrd */
#ifndef COURANT_REPORT_GENERAL_H
#define COURANT_REPORT_GENERAL_H
#include "report/plan.h"

/* A source that is open and lacks some of what the built-in report shows: each of its series becomes a picture, and all of them figures. What a report file
 * says itself stays. */
int general_show(struct report_plan *, courant_error **err);
#endif
