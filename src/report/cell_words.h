/* SPDX-License-Identifier: MIT */
/* cell_words.h - the English words that our own sources write into cells, in the report's language: kinds of failures, kinds of robots, reasons */
#ifndef COURANT_REPORT_CELL_WORDS_H
#define COURANT_REPORT_CELL_WORDS_H
#include "report/say.h"
#include "table/table.h"

/* What a cell of that column says; WORDS: it is no word of ours. */
enum word cell_word(const char *column, slice text);

/* The same as text, which stays as it is when it is no word of ours. */
slice cell_words(const struct say *, const char *column, slice text);

/* A table of one of our own sources, in these words. Takes the table, always; NULL is passed on. */
struct table *cell_words_table(const struct say *, struct table *, courant_error **err);
#endif
