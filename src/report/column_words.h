/* SPDX-License-Identifier: MIT */
/* column_words.h - what columns of any source are called, where nothing else is said */
#ifndef COURANT_REPORT_COLUMN_WORDS_H
#define COURANT_REPORT_COLUMN_WORDS_H
#include "report/say.h"
#include "table/table.h"

/* Empty: the column has no other name than its own. */
slice column_words(const struct say *, const char *column);

/* Whether its shares are told to two decimals: availability, hit ratios. */
bool column_is_fine(const struct table_column *);
#endif
