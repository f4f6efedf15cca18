/* SPDX-License-Identifier: MIT */
/* enclosures.h - what comes with a report's mail: names, and where the bytes are */
#ifndef COURANT_REPORT_ENCLOSURES_H
#define COURANT_REPORT_ENCLOSURES_H
#include "report/file.h"
#include "report/labels.h"
#include "report/yaml.h"

/* One of them; its name is safe as a file's. */
struct enclosure {
	char *name; /* 业务服务质量周报(12周).xlsx */
	char *path; /* of the file; NULL: the workbook, which is the document's */
	char *type; /* NULL: by its content and name */
};

struct enclosures {
	struct enclosure *items;
	size_t n;
};
void enclosures_release(struct enclosures *);
AUTO_DEFINE_VALUE(enclosures, struct enclosures, enclosures_release)

/* What the file attaches, with the period in the names: {week} is the week of the year, {date} the day, {from} and {to} the first and last day of the period, {title}
 * the report's. A fault for a file that cannot be read. */
int enclosures_choose(struct enclosures *, const struct report_file *, struct say *, const struct span *, slice title, struct faults *, courant_error **err);

/* A fault for a word in braces that is none of these. */
void enclosure_check_name(const struct yaml_node *value, struct faults *);

/* A name as it can be in any file system: no folders, no control characters, no dots in front. */
void enclosure_write_name(struct buffer *, slice name);
#endif
