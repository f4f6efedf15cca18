/* SPDX-License-Identifier: MIT */
/* export.h - tables as JSON (RFC 8259) and CSV (RFC 4180), for programs */
#ifndef COURANT_TABLE_EXPORT_H
#define COURANT_TABLE_EXPORT_H
#include "base/buffer.h"
#include "base/zone.h"
#include "table/table.h"

/* An array of row objects, or one object for a head with is_single. Times as RFC 3339 in the zone, unknown as null, ratios and seconds as numbers.
 * Text must be UTF-8 (the weblog tables write bytes that are not as \xNN before). -1: the table's rows could not be read. */
int export_json(struct buffer *, const struct table *, const struct zone *, courant_error **err);

/* A head line and a line a row, CRLF, quoted where needed; a text that begins with = + - @ TAB or CR has ' in front. Unknown is an empty field. */
int export_csv(struct buffer *, const struct table *, const struct zone *, courant_error **err);

/* What of the table is not exact: {"columns":["visitors"],"error":0.02,"missed":17}, without what it has not. */
void export_json_estimate(struct buffer *, const struct table *);

/* A JSON string with its quotes. */
void export_json_text(struct buffer *, slice text);
#endif
