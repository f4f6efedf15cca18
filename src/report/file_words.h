/* SPDX-License-Identifier: MIT */
/* file_words.h - the sources that a command line names in place of a report file's */
#ifndef COURANT_REPORT_FILE_WORDS_H
#define COURANT_REPORT_FILE_WORDS_H
#include "report/file.h"

/* Each word is a source as source_new_from_word() reads it, a log where its ending does not tell; "NAME=" in front says whose place it takes. Without it: logs that of the
 * first log, another one that of the source which the file is named after ("mysql.rrd"), else that of the first of its kind that no word has taken. Of a built-in report's
 * own sources those that no word names are left out. COURANT_USAGE: the report has no place for it. */
int file_words_take(struct report_file *, const char *const *words, size_t n, courant_error **err);

/* The ledger of the first log. COURANT_USAGE: the report has none. */
int file_words_set_ledger(struct report_file *, const char *path, courant_error **err);
#endif
