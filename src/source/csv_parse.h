/* SPDX-License-Identifier: MIT */
/* csv_parse.h - records and fields of comma-separated values (RFC 4180), as they are met: other separators, lone LF, a byte order mark, blank lines
 *
 * A field in quotes may hold separators, line breaks and doubled quotes. A faulty record is an error that names its line. */
#ifndef COURANT_SOURCE_CSV_PARSE_H
#define COURANT_SOURCE_CSV_PARSE_H
#include "base/buffer.h"

#define CSV_FIELDS_MAX      512
#define CSV_FIELD_MAX_BYTES ((size_t)64 * 1024)

struct csv {
	slice rest;        /* what has not been read; borrowed */
	const char *name;  /* of the file, for errors; borrowed */
	char separator;
	uint64_t line;     /* of the next record, from 1 */
	struct buffer unquoted; /* fields of this record that held doubled quotes */
	slice fields[CSV_FIELDS_MAX]; /* of this record: from the text or from `unquoted`, until the next one */
	bool is_quoted[CSV_FIELDS_MAX];
	size_t n_fields;
	uint64_t record_line; /* where this record begins */
};

/* `separator` 0: the one of comma, semicolon and tab that the first record has most often. */
void csv_init(struct csv *, slice text, const char *name, char separator);
void csv_release(struct csv *);
AUTO_DEFINE_VALUE(csv, struct csv, csv_release)

/* The next record: 1, 0 at the end, -1. Blank lines are passed over. */
int csv_next(struct csv *, courant_error **err);
#endif
