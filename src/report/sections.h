/* SPDX-License-Identifier: MIT */
/* sections.h - the sections of a report file: what is shown, from top to bottom */
#ifndef COURANT_REPORT_SECTIONS_H
#define COURANT_REPORT_SECTIONS_H
#include "report/file.h"
#include "report/yaml.h"

#define SECTIONS_MAX 40

/* Reads the list into the file, in place of the sections that it has. */
void sections_read(struct report_file *, const struct yaml_node *list, struct faults *);

void sections_release(struct report_file *);
void section_release(struct section *);
#endif
