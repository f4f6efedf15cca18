/* SPDX-License-Identifier: MIT */
/* sections.h - the sections of a report file: a figure's table, how it is shown, how many rows */
#ifndef COURANT_REPORT_SECTIONS_H
#define COURANT_REPORT_SECTIONS_H
#include "report/file.h"
#include "report/yaml.h"

#define SECTIONS_MAX 40

/* Reads the list into the file, whose source is known already. */
void sections_read(struct report_file *, const struct yaml_node *list, struct faults *);

/* Those of the built-in report. */
int sections_set_default(struct report_file *, courant_error **err);

void sections_release(struct report_file *);
#endif
