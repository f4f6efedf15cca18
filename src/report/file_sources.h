/* SPDX-License-Identifier: MIT */
/* file_sources.h - the sources of a report file: names, and what the registry of sources (source/source.h) is to be told
 *
 * Nothing is checked here but what every source must have: a plan makes the sources, and tells their faults. */
#ifndef COURANT_REPORT_FILE_SOURCES_H
#define COURANT_REPORT_FILE_SOURCES_H
#include "report/file.h"
#include "report/yaml.h"

#define FILE_SOURCES_MAX 32

/* Reads the map into the file, in place of the sources that it has. */
void file_sources_read(struct report_file *, const struct yaml_node *key, const struct yaml_node *value, struct faults *);

/* One more setting; its texts are borrowed. */
int file_source_add(struct file_source *, const struct source_setting *, struct place name, struct place value, courant_error **err);

void file_sources_release(struct file_source *, size_t n);
#endif
