/* SPDX-License-Identifier: MIT */
/* quality_parts.h - the blocks that are made of latency and availability, and the reading of both */
#ifndef COURANT_REPORT_QUALITY_PARTS_H
#define COURANT_REPORT_QUALITY_PARTS_H
#include "report/build.h"

/* When a section asks for latency or availability: who knows them, and what. In quality_read.c. */
int quality_read(struct build *, courant_error **err);
/* Of an access log: quality_log.c. */
int quality_read_log(struct build *, const struct log *, bool latency, bool availability, courant_error **err);

/* Of probes: quality_probe.c. */
int quality_read_probe(struct build *, const struct plan_source *, bool latency, bool availability, courant_error **err);

/* "quality": all of its tiles; "quality.p95": that one. A fault for another name. */
int quality_add_tiles(struct build *, struct block *, const struct wanted_figure *, courant_error **err);

int quality_add_latency(struct build *, const struct section *, courant_error **err);
/* The table of the source of latency that has a row an hour. */
const char *quality_hours_table(const struct build *);

/* A block column without a bar. */
void quality_show(const struct build *, struct block *, enum word head, struct block_column);

/* Why there is nothing: no source that could be read, or none that knows. */
int quality_add_nothing(struct build *, enum block_kind, const struct section *, enum word heading, enum word nothing, courant_error **err);

/* A row a day, `with_whole`: and the whole as the last one, whose percentiles are those of all requests. */
struct table *quality_days(const struct build *, bool with_whole, courant_error **err);
/* What happened, a row each. */
struct table *quality_events(const struct build *, courant_error **err);

/* A sheet a kind of figure: of a week with a column a weekday. */
int quality_add_sheets(struct build *, courant_error **err);

int quality_add_availability(struct build *, const struct section *, courant_error **err);
#endif
