/* SPDX-License-Identifier: MIT */
/* wanted.h - what sections ask for: figures by their names, columns, tiles, pictures */
#ifndef COURANT_REPORT_WANTED_H
#define COURANT_REPORT_WANTED_H
#include "report/file.h"
#include "report/yaml.h"

#define WANTED_COLUMNS_MAX 32
#define WANTED_FIGURES_MAX 12 /* tiles, three a row */
#define WANTED_CHARTS_MAX  16
#define WANTED_LIST_MAX    32

/* A text of the file, without control characters; NULL with a fault. */
const char *wanted_line(struct report_file *, const struct yaml_node *key, const struct yaml_node *value, struct faults *);

/* "system.network.sent" */
void wanted_read_reference(struct report_file *, struct reference *, const struct yaml_node *key, const struct yaml_node *value, struct faults *);

/* One or several of them. */
void wanted_read_references(struct report_file *, struct reference **, size_t *ret_n, const struct yaml_node *key, const struct yaml_node *value,
			    struct faults *);

/* [sent, received], or {sent: Sent, received: Received} with what they are called. */
void wanted_read_columns(struct report_file *, struct wanted_columns *, const struct yaml_node *key, const struct yaml_node *value, struct faults *);

/* web.totals, {figure: system.network.sent, statistic: max}, or a list of such. */
void wanted_read_figures(struct report_file *, struct section *, const struct yaml_node *key, const struct yaml_node *value, struct faults *);

/* system.network, {series: system.network, kind: areas}, or a list of such. */
void wanted_read_charts(struct report_file *, struct section *, const struct yaml_node *key, const struct yaml_node *value, struct faults *);

/* "always", "data" or "several": 0, 1 or 2 rows. */
void wanted_read_when(unsigned *ret_least_rows, const struct yaml_node *key, const struct yaml_node *value, struct faults *);

/* Of what the built-in report says there is no place in the file. */
static inline struct place place_in(const struct report_file *file, const struct yaml_node *node)
{
	return file->is_default ? (struct place){0, 0} : (struct place){node->line, node->column};
}
#endif
