/* SPDX-License-Identifier: MIT */
/* column_words.h - what columns of any source are called, where nothing else is said */
#ifndef COURANT_REPORT_COLUMN_WORDS_H
#define COURANT_REPORT_COLUMN_WORDS_H
#include "report/say.h"

/* Empty: the column has no other name than its own. */
slice column_words(const struct say *, const char *column);
#endif
