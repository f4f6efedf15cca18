/* SPDX-License-Identifier: MIT */
/* attachments.h - what a report file attaches: workbooks, and files as they are */
#ifndef COURANT_REPORT_ATTACHMENTS_H
#define COURANT_REPORT_ATTACHMENTS_H
#include "report/file.h"
#include "report/yaml.h"

#define ATTACHMENTS_MAX 16

/* Reads the list into the file, in place of the attachments that it has. */
void attachments_read(struct report_file *, const struct yaml_node *key, const struct yaml_node *value, struct faults *);

void attachments_release(struct report_file *);
#endif
