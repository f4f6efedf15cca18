/* SPDX-License-Identifier: MIT */
/* digest.h - what a report says, in a number: two reports with the same figures and the same verdict have the same one
 *
 * Counted are the status, headline figures, charts and tables as they are now. What moves with the calendar (times, the period, the comparison) is not. */
#ifndef COURANT_REPORT_DIGEST_H
#define COURANT_REPORT_DIGEST_H
#include "render/document.h"

int digest_document(const struct document *, uint64_t *ret, courant_error **err);
#endif
