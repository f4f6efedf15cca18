/* SPDX-License-Identifier: MIT */
/* status_codes.h - what a status code means, in a few words */
#ifndef COURANT_REPORT_STATUS_CODES_H
#define COURANT_REPORT_STATUS_CODES_H
#include <stdint.h>

#include "table/words.h"

/* "" for a code that nobody has given a meaning. */
slice status_code_meaning(uint64_t code, enum language);
#endif
